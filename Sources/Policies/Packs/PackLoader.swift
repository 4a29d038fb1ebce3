import CEL
import CustodyCore

/// Reads the YAML of a policy pack and compiles its rules.
///
/// ```yaml
/// pack: sample                     # name: lower-case letters, digits, hyphens
/// version: "1.0.0"
/// title: A sample
/// review: counsel-required         # or counsel-reviewed
/// effective: {from: 2023-07-21}    # optional, also for single rules; both ends inclusive
/// sources: {sp: NIST SP 800-53 Rev. 5}
/// rules:
///   - id: S-01
///     title: Plaintext faces
///     severity: high               # info, low, medium, high, critical
///     citations: [{text: SC-28, source: sp}]
///     when: {subjects: [items], classes: ["face.*"]}   # optional: what the rule is asked about
///     evidence: observation        # or record: what a violation rests on
///     group_by: folder             # or authorization, snapshot: what shares one finding
///     inconclusive: item.encrypted == "unknown"        # CEL, optional, asked first
///     violation: item.encrypted == "no"                # CEL, asked when not inconclusive
///     cause: plaintext             # a code, or cause_from: a CEL string that gives one
///     condition: "{items} of {classes} in {entries} are readable."
///     effect: …
///     recommendation: …
/// ```
///
/// A rule has `violation`, `inconclusive` or both. A condition that needs a fact nobody knows is inconclusive with cause
/// `fact-missing`. With `evidence: observation`, public test material (`specimen`) and weak observations
/// (`weak-evidence`) give at most inconclusive. `Vocabulary` lists what expressions can read.
struct PackLoader {
  static let code = "policy"
  private static let packKeys = [
    "pack", "version", "title", "description", "review", "effective", "sources", "rules",
  ]
  private static let ruleKeys = [
    "id", "title", "severity", "citations", "when", "effective", "inconclusive", "violation", "cause", "cause_from",
    "evidence", "group_by", "condition", "effect", "recommendation",
  ]
  /// Work one evaluation of one expression may do; an expression over a few facts needs far less.
  static let costLimit = 100_000
  /// A longer expression belongs into several rules.
  static let expressionLimit = 8192

  static func load(_ page: YAMLPage, _ bytes: [UInt8]) -> Pack? {
    guard let root = YAMLDocument.parse(bytes, into: page),
      let file = YAMLMapping(root, "a pack", code: code, keys: packKeys, page: page)
    else { return nil }
    let name = file.requiredText("pack")
    if let name, !isName(name) {
      file.complain("bad-name", "a pack's name is made of lower-case letters, digits and hyphens", at: "pack")
    }
    let version = file.requiredText("version")
    let title = file.requiredText("title")
    let review = file.required("review").flatMap { _ in file.choice("review", Pack.Review.self) }
    let sources = sources(file)
    let effective = effective(file)
    var rules: [Rule] = []
    if file.required("rules") != nil {
      if file.list("rules").isEmpty { file.complain("empty", "a pack needs at least one rule", at: "rules") }
      var seen: Set<String> = []
      for entry in file.mappings("rules", "a rule", keys: ruleKeys) {
        if let id = entry.text("id"), !seen.insert(id).inserted {
          entry.complain("duplicate-rule", "rule `\(Printable.escape(id, limit: 60))` is given twice", at: "id")
        }
        if let rule = rule(entry, pack: name ?? "", packEffective: effective, sources: sources) {
          rules.append(rule)
        }
      }
    }
    let description = file.text("description")
    guard let name, let version, let title, let review else { return nil }
    return Pack(
      name: name, version: version, title: title, description: description ?? "", review: review, effective: effective,
      sources: sources, rules: rules)
  }

  private static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
  }

  private static func sources(_ file: YAMLMapping) -> [(tag: String, name: String)] {
    guard let node = file.required("sources") else { return [] }
    guard case .mapping(let pairs) = node.content else {
      file.complain("wrong-type", "`sources` must be a mapping of tags to names, not \(node.kindName)", at: "sources")
      return []
    }
    var sources: [(tag: String, name: String)] = []
    for pair in pairs {
      guard case .scalar(let name, _) = pair.value.content, !pair.value.isNull, !name.isEmpty else {
        file.page.complain(code + ".wrong-type", "a source must be text", at: pair.value.mark)
        continue
      }
      sources.append((pair.key, name))
    }
    return sources.sorted { $0.tag < $1.tag }
  }

  private static func effective(_ m: YAMLMapping) -> Rule.Effective {
    guard let e = m.mapping("effective", "an effective period", keys: ["from", "until"]) else { return .init() }
    let effective = Rule.Effective(from: e.instant("from"), until: e.instant("until", endOfDay: true))
    if let from = effective.from, let until = effective.until, until < from {
      e.complain("contradiction", "`until` lies before `from`", at: "until")
    }
    return effective
  }

  private static func rule(
    _ m: YAMLMapping, pack: String, packEffective: Rule.Effective, sources: [(tag: String, name: String)]
  ) -> Rule? {
    let id = m.requiredText("id")
    if let id, !isRuleId(id) {
      m.complain("bad-id", "a rule id is made of capitals, digits and hyphens", at: "id", hint: "for example AUTH-01")
    }
    let title = m.requiredText("title")
    let severity = m.required("severity").flatMap { _ in m.choice("severity", Severity.self) }
    let citations = citations(m, sources.map(\.tag))
    let when = m.mapping("when", "`when`", keys: ["subjects", "classes"])
    let subjects = when.map { $0.has("subjects") ? $0.choices("subjects", Rule.Subject.self) : [.items] } ?? [.items]
    let classes = classes(when)
    for key in ["subjects", "classes"] where when?.has(key) ?? false && (when?.list(key).isEmpty ?? false) {
      when?.complain("empty", "`\(key)` is an empty list: the rule would never speak", at: key)
    }
    let own = effective(m)
    let period = Rule.Effective(from: own.from ?? packEffective.from, until: own.until ?? packEffective.until)
    let grouping = m.choice("group_by", Rule.Grouping.self) ?? .folder

    let violation = expression(m, "violation", .bool)
    let inconclusive = expression(m, "inconclusive", .bool)
    if !m.has("violation"), !m.has("inconclusive") {
      m.complain("missing-key", "a rule needs `violation`, `inconclusive` or both")
    }
    let cause = cause(m)
    var condition: ConditionTemplate?
    if let text = m.requiredText("condition") {
      condition = ConditionTemplate(text) { name in
        let words = ConditionTemplate.Placeholder.allCases.map(\.rawValue)
        let nearest = Suggestion.nearest(to: name, in: words)
        m.complain(
          "unknown-placeholder", "a condition has no placeholder `\(Printable.escape(name, limit: 40))`",
          at: "condition",
          hint: nearest.map { "did you mean `{\($0)}`?" } ?? "placeholders: " + words.joined(separator: ", "))
      }
    }
    let effect = m.requiredText("effect")
    let recommendation = m.requiredText("recommendation")
    let programs = [violation, inconclusive, cause?.program].compactMap { $0 }
    let phase = phase(of: programs, m)
    guard let id, let title, let severity, let cause, let condition, let effect, let recommendation else { return nil }
    let names = Dictionary(sources.map { ($0.tag, $0.name) }, uniquingKeysWith: { first, _ in first })
    return Rule(
      id: id, pack: pack, title: title, severity: severity, citations: citations,
      criteria: citations.map { (names[$0.source] ?? $0.source) + ", " + $0.text }, subjects: subjects,
      classes: classes, evidence: m.choice("evidence", Rule.Evidence.self) ?? .observation, grouping: grouping,
      effective: period, violation: m.text("violation"), inconclusive: m.text("inconclusive"),
      effect: effect, recommendation: recommendation, cause: cause.value, causeText: cause.text, condition: condition,
      violationProgram: violation, inconclusiveProgram: inconclusive, phase: phase)
  }

  private static func isRuleId(_ text: String) -> Bool {
    (1...32).contains(text.utf8.count)
      && text.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
  }

  private static func citations(_ m: YAMLMapping, _ sources: [String]) -> [Rule.Citation] {
    guard m.required("citations") != nil else { return [] }
    let citations = m.mappings("citations", "a citation", keys: ["text", "source"])
    if citations.isEmpty { m.complain("empty", "a rule cites at least one source", at: "citations") }
    return citations.compactMap { c in
      let text = c.requiredText("text")
      guard let source = c.requiredText("source") else { return nil }
      guard sources.contains(source) else {
        let nearest = Suggestion.nearest(to: source, in: sources)
        c.complain(
          "unknown-source", "the pack's `sources` has no `\(Printable.escape(source, limit: 40))`", at: "source",
          hint: nearest.map { "did you mean `\($0)`?" })
        return nil
      }
      return text.map { Rule.Citation(text: $0, source: source) }
    }
  }

  /// Data classes, where `face.*` stands for every class of a modality. All but unexamined video when not given.
  private static func classes(_ when: YAMLMapping?) -> Set<DataClass> {
    let all = Set(DataClass.allCases).subtracting([.videoUnexamined])
    guard let when, when.has("classes") else { return all }
    var classes: Set<DataClass> = []
    for node in when.list("classes") {
      guard case .scalar(let text, _) = node.content else {
        when.page.complain(code + ".wrong-type", "`classes` must list text, not \(node.kindName)", at: node.mark)
        continue
      }
      let found =
        text.hasSuffix(".*")
        ? all.filter { $0.modality == text.dropLast(2) } : DataClass(rawValue: text).map { [$0] } ?? []
      if found.isEmpty {
        let words = DataClass.allCases.map(\.rawValue)
        let nearest = Suggestion.nearest(to: text, in: words)
        when.page.complain(
          code + ".unknown-value", "there is no data class `\(Printable.escape(text, limit: 60))`", at: node.mark,
          hint: nearest.map { "did you mean `\($0)`?" } ?? "one of: " + words.joined(separator: ", "))
      }
      classes.formUnion(found)
    }
    return classes
  }

  private struct LoadedCause {
    var value: Rule.Cause
    var text: String
    var program: CELProgram?
  }

  private static func cause(_ m: YAMLMapping) -> LoadedCause? {
    if m.has("cause"), m.has("cause_from") {
      m.complain("contradiction", "a rule has either `cause` or `cause_from`", at: "cause_from")
    }
    if m.has("cause_from") {
      return expression(m, "cause_from", .string).map {
        LoadedCause(value: .expression($0), text: m.text("cause_from") ?? "", program: $0)
      }
    }
    guard let code = m.requiredText("cause") else { return nil }
    guard Rule.isCauseCode(code) else {
      m.complain(
        "bad-cause", "a cause is a code of lower-case letters, digits and hyphens", at: "cause",
        hint: "an expression goes into `cause_from`")
      return nil
    }
    return LoadedCause(value: .code(code), text: code, program: nil)
  }

  private static func expression(_ m: YAMLMapping, _ key: String, _ type: CELType) -> CELProgram? {
    guard let source = m.text(key) else { return nil }
    guard source.utf8.count <= expressionLimit else {
      m.complain("expression-too-long", "`\(key)` is longer than \(expressionLimit) bytes", at: key)
      return nil
    }
    do {
      let program = try CELProgram(source, in: Vocabulary.environment, expecting: type, costLimit: costLimit)
      // Constant parts that can only fail would make every answer inconclusive.
      for problem in program.warnings { m.complain(about: problem, in: source, of: key) }
      return program
    } catch {
      for problem in error.all { m.complain(about: problem, in: source, of: key) }
      return nil
    }
  }

  /// When the rule can be decided; a complaint when it asks for things that are never known together.
  private static func phase(of programs: [CELProgram], _ m: YAMLMapping) -> Phase {
    var exact: String?
    var late: String?
    for reference in programs.flatMap(\.references).sorted() {
      let path = reference.split(separator: ".").prefix(2).joined(separator: ".")
      // An object read as a whole may be asked for anything.
      switch Vocabulary.phases[path] ?? .late {
      case .exact: exact = exact ?? path
      case .late: late = late ?? path
      case .early: break
      }
    }
    if let exact, let late {
      m.complain(
        "mixed-phases",
        "a rule cannot read both `\(exact)`, an exact measure of one item, and `\(late)`, known only at the end",
        hint: exact.hasPrefix("item.a") || exact.contains("etain")
          ? "`auth.retention` and `item.clock` are known throughout" : "split the rule in two")
    }
    return late != nil ? .late : exact != nil ? .exact : .early
  }
}

extension YAMLMapping {
  /// A mistake in an expression: where it stands in the file as far as that is certain, with the expression's own line.
  func complain(about problem: CELProblem, in source: String, of key: String) {
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    var mark = mark(of: key)
    if lines.count == 1, case .scalar(_, plain: true)? = node(key)?.content {
      mark.column += max(0, problem.column - 1)
    }
    // Already a sentence: "did you mean 'state'?", "write x.size()".
    var hint = problem.suggestion
    if lines.count > 1, lines.indices.contains(problem.line - 1) {
      let line = Printable.escape(String(lines[problem.line - 1]), limit: 200)
      let place = "line \(problem.line), column \(problem.column) of the expression: \(line)"
      hint = hint.map { place + "; " + $0 } ?? place
    }
    page.complain("policy.expression", "`\(key)`: \(problem.message)", at: mark, hint: hint)
  }
}
