public import CustodyCore

extension Judge {
  /// A judge that can explain the findings it will make, for the second pass over the same inventory.
  ///
  /// - Parameters:
  ///   - rules: the rules of the findings in question.
  ///   - leaves: the first leaves of what they are about, for rules that are asked line by line.
  public static func explaining(
    rules: Set<String>, leaves: Set<UInt64>, policies: PolicySet, engagement: Engagement, asOf: Instant,
    digests: DigestFunctions
  ) -> ExplainingJudge {
    let watcher = RuleWatcher { rule, origin in
      guard rules.contains(rule) else { return false }
      if case .leaf(let leaf) = origin { return leaves.contains(leaf) }
      return true
    }
    return ExplainingJudge(
      judge: Judge(
        policies: policies, engagement: engagement, asOf: asOf, digests: digests, disclosesPaths: false,
        watcher: watcher), watcher: watcher)
  }
}

/// Judges an inventory once more and remembers the questions of some rules.
public struct ExplainingJudge {
  private var judge: Judge
  private let watcher: RuleWatcher

  fileprivate init(judge: Judge, watcher: RuleWatcher) {
    self.judge = judge
    self.watcher = watcher
  }

  public mutating func add(_ e: Examination) { judge.add(e) }

  /// Explanations of the findings with these ids, in the order of the report.
  public func explanations(of ids: Set<String>) -> [Explanation] {
    var builder = FindingBuilder(judge: judge, links: judge.linked().links)
    let findings = builder.findings(notesOrigins: true)
    let questions = watcher.take()
    let explainer = Explainer(context: judge.context)
    return findings.filter { ids.contains($0.id) }.compactMap { finding in
      let origins = builder.origins[finding.id] ?? []
      let question = questions.first {
        $0.rule == finding.ruleId && origins.contains($0.origin) && $0.outcome?.verdict == finding.verdict
          && $0.outcome?.cause == finding.cause
      }
      return question.flatMap { explainer.explain(finding, $0) }
    }
  }
}
