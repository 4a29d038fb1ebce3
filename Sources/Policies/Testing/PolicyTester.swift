import CEL
public import CustodyCore

/// Runs cases against packs: does every rule answer as expected, is every branch of its expressions tried, and would the
/// cases notice if an operator were another one?
public struct PolicyTester {
  /// What became of one case.
  public struct CaseResult: Sendable {
    public var pack: String
    public var name: String
    public var place: String
    /// Answers that were expected and not given, and the other way round.
    public var missing: [String]
    public var unexpected: [String]
    public var passed: Bool { missing.isEmpty && unexpected.isEmpty }
  }

  /// What the cases tried of one rule.
  public struct RuleCoverage: Sendable {
    public var pack: String
    public var rule: String
    /// Questions asked, and those with an answer.
    public var asked: Int
    public var answered: Int
    /// Two for each condition: that it was once true and once false.
    public var branches: Int
    public var covered: Int
    /// `violation: a == b was never true`
    public var missed: [String]
    public var mutants: Int
    /// Changes that no case noticed.
    public var survivors: [String]
    /// Expected to answer in at least one case.
    public var hasPositive: Bool
    /// Expected to be silent in at least one case in which it was asked.
    public var hasNegative: Bool
  }

  public struct Result: Sendable {
    public var cases: [CaseResult]
    public var rules: [RuleCoverage]

    public var failures: Int { cases.count { !$0.passed } }
    public var coveredRules: Int { rules.count { $0.hasPositive && $0.hasNegative } }
    /// 0…1; 1 when there is no branch.
    public var branchCoverage: Double {
      let all = rules.reduce(0) { $0 + $1.branches }
      return all == 0 ? 1 : Double(rules.reduce(0) { $0 + $1.covered }) / Double(all)
    }
    public var mutants: Int { rules.reduce(0) { $0 + $1.mutants } }
    public var survivors: Int { rules.reduce(0) { $0 + $1.survivors.count } }
  }

  private let digests: DigestFunctions
  private let library: [PolicySource]
  private var questions: [String: [(context: JudgeContext, question: RuleWatcher.Question)]] = [:]
  private var rules: [String: (pack: String, rule: Rule)] = [:]
  private var order: [String] = []
  private var positives: Set<String> = []
  private var negatives: Set<String> = []
  private var results: [CaseResult] = []

  /// - Parameter library: packs that cases may name and packs may extend.
  public init(digests: DigestFunctions, library: [PolicySource]) {
    self.digests = digests
    self.library = library
  }

  /// Runs every case of the files against the packs they name.
  ///
  /// - Throws: every mistake in packs and cases at once.
  public mutating func run(packs: [PolicySource], cases: [PolicySource]) throws(Complaints) {
    var complaints: [Complaint] = []
    var loaded: [String: PolicySet] = [:]
    for source in packs {
      do throws(Complaints) {
        let set = try PolicySet.load(packs: [source], library: packs + library)
        guard let pack = set.packs.last else { continue }
        loaded[pack.name] = set
        for rule in pack.rules {
          order.append(rule.id)
          rules[rule.id] = (pack.name, rule)
        }
      } catch { complaints += error.all }
    }
    for source in cases {
      let page = YAMLPage(name: source.name, bytes: source.bytes)
      let file = CaseLoader.load(page, source, sha256: digests.sha256)
      complaints += page.complaints
      guard let file else { continue }
      guard let set = loaded[file.pack], let pack = packs.first(where: { Self.name($0, set) }) else {
        let nearest = Suggestion.nearest(to: file.pack, in: loaded.keys.sorted())
        complaints.append(
          Complaint(
            code: "cases.unknown-pack",
            "`tests` names a pack that is not here: \(Printable.escape(file.pack, limit: 60))",
            at: page.name, hint: nearest.map { "did you mean `\($0)`?" }))
        continue
      }
      for one in file.cases {
        do throws(Complaints) {
          try run(one, of: file.pack, set, one.settings.isEmpty ? nil : pack, packs)
        } catch { complaints += error.all }
      }
    }
    guard complaints.isEmpty else { throw Complaints(complaints) }
  }

  private static func name(_ source: PolicySource, _ set: PolicySet) -> Bool {
    set.packs.last.map { PackReader.name(of: source) == $0.name } ?? false
  }

  /// - Parameter reloaded: the pack's source when the case sets parameters.
  private mutating func run(
    _ one: PolicyCase, of pack: String, _ loaded: PolicySet, _ reloaded: PolicySource?, _ packs: [PolicySource]
  ) throws(Complaints) {
    var set = loaded
    if let reloaded {
      set = try PolicySet.load(packs: [reloaded], settings: one.settings, library: packs + library)
    }
    set.register = one.rows.map { rows in
      var register = Register(rows: rows)
      register.verifications = one.signatures.map { words in
        rows.map { RowVerification(signatures: [], word: words[$0.id] ?? RowVerification.unsigned) }
      }
      register.requiresSignatures = one.requiresSigned
      return register
    }
    set.records = one.records.map { Records($0) }
    let known = Set(set.packs.last?.rules.map(\.id) ?? [])
    for rule in one.expected.map(\.rule) + (one.about.map(Array.init) ?? []) where !known.contains(rule) {
      throw Complaints([
        Complaint(
          code: "cases.unknown-rule", "pack `\(pack)` has no rule `\(Printable.escape(rule, limit: 60))`", at: one.place
        )
      ])
    }
    let wanted = one.about ?? known
    for p in set.packs.indices { set.packs[p].rules.removeAll { !wanted.contains($0.id) } }
    let watcher = RuleWatcher()
    var judge = Judge(
      policies: set, engagement: one.engagement, asOf: one.asOf, digests: digests, disclosesPaths: false,
      watcher: watcher)
    for entry in one.entries { judge.add(entry) }
    let report = judge.finish(
      snapshots: [], inventory: InventorySummary(sha256: zero, treeSize: 0, rootHash: zero), configuration: [],
      detectors: [])
    let given = Set(
      report.findings.map { PolicyCase.Answer(rule: $0.ruleId, verdict: $0.verdict, cause: $0.cause) })
    let missing = one.expected.subtracting(given).sorted().map(\.shown)
    let unexpected = given.subtracting(one.expected).sorted().map(\.shown)
    results.append(
      CaseResult(pack: pack, name: one.name, place: one.place, missing: missing, unexpected: unexpected))
    var asked: Set<String> = []
    for question in watcher.take() {
      asked.insert(question.rule)
      questions[question.rule, default: []].append((judge.context, question))
    }
    for answer in one.expected { positives.insert(answer.rule) }
    negatives.formUnion(asked.subtracting(one.expected.map(\.rule)))
  }

  private var zero: Digest { Digest(words: (0, 0, 0, 0)) }

  // MARK: what was tried

  /// - Parameter mutates: also tries every one-operator change.
  public func result(mutates: Bool) -> Result {
    Result(cases: results, rules: order.compactMap { id in rules[id].map { coverage($0.pack, $0.rule, mutates) } })
  }

  private func coverage(_ pack: String, _ rule: Rule, _ mutates: Bool) -> RuleCoverage {
    let asked = questions[rule.id] ?? []
    var result = RuleCoverage(
      pack: pack, rule: rule.id, asked: asked.count, answered: asked.count { $0.question.outcome != nil },
      branches: 0, covered: 0, missed: [], mutants: 0, survivors: [], hasPositive: positives.contains(rule.id),
      hasNegative: negatives.contains(rule.id))
    for expression in rule.expressions {
      guard let insight = try? CELInsight(expression.source, in: rule.environment) else { continue }
      var truths: [Int: Set<Bool>] = [:]
      for one in asked where expression.isAsked(one.question, of: rule) {
        for (part, seen) in insight.trace(one.question.slots).truths { truths[part, default: []].formUnion(seen) }
      }
      for part in insight.parts where part.role == .condition {
        result.branches += 2
        for truth in [true, false] {
          if truths[part.id]?.contains(truth) ?? false {
            result.covered += 1
          } else {
            result.missed.append("\(expression.key): \(part.text) was never \(truth)")
          }
        }
      }
      if mutates { mutate(rule, expression, asked, &result) }
    }
    return result
  }

  private func mutate(
    _ rule: Rule, _ expression: RuleExpression, _ asked: [(context: JudgeContext, question: RuleWatcher.Question)],
    _ result: inout RuleCoverage
  ) {
    let mutants =
      (try? CELMutant.all(
        of: expression.source, in: rule.environment, expecting: expression.key == .cause ? .string : .bool,
        costLimit: RuleLoader.costLimit)) ?? []
    for mutant in mutants {
      result.mutants += 1
      let changed = rule.with(mutant.program, as: expression.key)
      let isNoticed = asked.contains { one in
        one.context.answer(
          of: changed, one.question.slots, isSpecimen: one.question.isSpecimen, isWeak: one.question.isWeak)
          != one.question.outcome
      }
      if !isNoticed { result.survivors.append("\(expression.key): \(mutant.change)") }
    }
  }

  /// Nanoseconds that one question of each rule took, in the order of the packs; rules never asked are left out.
  ///
  /// - Parameter clock: elapsed nanoseconds of some running clock.
  public func bench(repetitions: Int, clock: () -> UInt64) -> [(rule: String, nanoseconds: Double)] {
    order.compactMap { id in
      guard let rule = rules[id]?.rule, let asked = questions[id], !asked.isEmpty else { return nil }
      let start = clock()
      var answers = 0
      for _ in 0..<repetitions {
        for one in asked
        where one.context.answer(
          of: rule, one.question.slots, isSpecimen: one.question.isSpecimen, isWeak: one.question.isWeak) != nil
        { answers += 1 }
      }
      let elapsed = clock() &- start
      return answers >= 0 ? (id, Double(elapsed) / Double(repetitions * asked.count)) : nil
    }
  }
}
