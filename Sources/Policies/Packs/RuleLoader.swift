import CEL
import CustodyCore

/// Reads one rule of a pack.
///
/// ```yaml
/// id: S-01
/// title: Plaintext faces
/// severity: high                   # info, low, medium, high, critical
/// citations: [{text: SC-28, source: sp, formerly: old number, standing: primary}]
/// scope: item                      # or collection, snapshot, record: what one question is about
/// when: {subjects: [items], classes: ["face.*"], records: [incident]}   # optional: what the rule is asked about
/// evidence: observation            # or record: what a violation rests on
/// group_by: folder                 # or authorization, snapshot: what shares one finding
/// inconclusive: item.encrypted == "unknown"        # CEL, optional, asked first
/// violation: item.encrypted == "no"                # CEL, asked when not inconclusive
/// cause: plaintext                 # a code, or cause_from: a CEL string that gives one
/// condition: "{items} of {classes} in {entries} are readable."
/// effect: …
/// recommendation: …
/// ```
///
/// A rule has `violation`, `inconclusive` or both. A condition that needs a fact nobody knows is inconclusive with cause
/// `fact-missing`. With `evidence: observation`, public test material (`specimen`) and weak observations
/// (`weak-evidence`) give at most inconclusive. `Vocabulary` lists what expressions can read.
struct RuleLoader {
  /// Work one evaluation of one expression may do; an expression over a few facts needs far less.
  static let costLimit = 100_000
  /// A longer expression belongs into several rules.
  static let expressionLimit = 8192

  let pack: String
  let packEffective: Rule.Effective
  let sources: [(tag: String, name: String)]
  let environments: RuleEnvironments
  let params: CELValue
  private let parameters: [Parameter]
  let tables: CELValue

  init(
    pack: String, packEffective: Rule.Effective, sources: [(tag: String, name: String)], parameters: [Parameter],
    tables: [DataTable]
  ) {
    self.pack = pack
    self.packEffective = packEffective
    self.sources = sources
    self.parameters = parameters
    environments = RuleEnvironments(parameters: parameters, tables: tables)
    params = .object(ConstantObject(values: parameters.map(\.value)))
    self.tables = .object(ConstantObject(values: tables.map { .map($0.rows) }))
  }

  func rule(_ m: YAMLMapping) -> Rule? {
    let id = m.requiredText("id")
    if let id, !isRuleId(id) {
      m.complain("bad-id", "a rule id is made of capitals, digits and hyphens", at: "id", hint: "for example AUTH-01")
    }
    let title = m.requiredText("title")
    let severity = m.required("severity").flatMap { _ in m.choice("severity", Severity.self) }
    let citations = citations(m, sources.map(\.tag))
    let scope = m.choice("scope", RuleScope.self) ?? .item
    let when = m.mapping("when", .when)
    let kinds = Set(when?.choices("records", SideRecord.Kind.self) ?? [])
    checkWhen(m, when, scope, kinds)
    let subjects = when.map { $0.has("subjects") ? $0.choices("subjects", Rule.Subject.self) : [.items] } ?? [.items]
    let classes = classes(when)
    for key in Form.when.keys where when?.has(key) ?? false && (when?.list(key).isEmpty ?? false) {
      when?.complain("empty", "`\(key)` is an empty list: the rule would never speak", at: key)
    }
    let own = PackLoader.effective(m)
    let period = Rule.Effective(
      from: own.from ?? packEffective.from, until: own.until ?? packEffective.until,
      clock: m.has("effective") ? own.clock : packEffective.clock)
    let grouping = m.choice("group_by", Rule.Grouping.self) ?? .folder

    let environment = environments[scope]
    let violation = expression(m, "violation", .bool, environment)
    let inconclusive = expression(m, "inconclusive", .bool, environment)
    if !m.has("violation"), !m.has("inconclusive") {
      m.complain("missing-key", "a rule needs `violation`, `inconclusive` or both")
    }
    let cause = cause(m, environment)
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
    let phase = scope == .item ? phase(of: programs, m) : .late
    guard let id, let title, let severity, let cause, let condition, let effect, let recommendation else { return nil }
    let names = Dictionary(sources.map { ($0.tag, $0.name) }, uniquingKeysWith: { first, _ in first })
    return Rule(
      id: id, pack: pack, title: title, severity: severity, citations: citations,
      criteria: citations.map { (names[$0.source] ?? $0.source) + ", " + $0.shown }, scope: scope, records: kinds,
      subjects: subjects, classes: classes, evidence: m.choice("evidence", Rule.Evidence.self) ?? .observation,
      grouping: grouping,
      effective: period, violation: m.text("violation"), inconclusive: m.text("inconclusive"),
      effect: effect, recommendation: recommendation, cause: cause.value, causeText: cause.text, condition: condition,
      violationProgram: violation, inconclusiveProgram: inconclusive, phase: phase, environment: environment,
      params: params,
      parameterMeanings: meanings(of: programs),
      tables: tables)
  }

  private func isRuleId(_ text: String) -> Bool {
    (1...32).contains(text.utf8.count)
      && text.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
  }

  private func citations(_ m: YAMLMapping, _ sources: [String]) -> [Rule.Citation] {
    guard m.required("citations") != nil else { return [] }
    let citations = m.mappings("citations", .citation)
    if citations.isEmpty { m.complain("empty", "a rule cites at least one source", at: "citations") }
    return citations.compactMap { c in
      let text = c.requiredText("text")
      let former = c.text("formerly")
      let standing = c.choice("standing", Rule.Citation.Standing.self)
      guard let source = c.requiredText("source") else { return nil }
      guard sources.contains(source) else {
        let nearest = Suggestion.nearest(to: source, in: sources)
        c.complain(
          "unknown-source", "the pack's `sources` has no `\(Printable.escape(source, limit: 40))`", at: "source",
          hint: nearest.map { "did you mean `\($0)`?" })
        return nil
      }
      return text.map { Rule.Citation(text: $0, source: source, formerly: former, standing: standing) }
    }
  }

  /// Data classes, where `face.*` stands for every class of a modality. All but unexamined video when not given.
  private func classes(_ when: YAMLMapping?) -> Set<DataClass> {
    let all = Set(DataClass.allCases).subtracting([.videoUnexamined])
    guard let when, when.has("classes") else { return all }
    var classes: Set<DataClass> = []
    for node in when.list("classes") {
      guard case .scalar(let text, _) = node.content else {
        when.page.complain(
          PackLoader.code + ".wrong-type", "`classes` must list text, not \(node.kindName)", at: node.mark)
        continue
      }
      let found =
        text.hasSuffix(".*")
        ? all.filter { $0.modality == text.dropLast(2) } : DataClass(rawValue: text).map { [$0] } ?? []
      if found.isEmpty {
        let words = DataClass.allCases.map(\.rawValue)
        let nearest = Suggestion.nearest(to: text, in: words)
        when.page.complain(
          PackLoader.code + ".unknown-value", "there is no data class `\(Printable.escape(text, limit: 60))`",
          at: node.mark,
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

  private func cause(_ m: YAMLMapping, _ environment: CELEnvironment) -> LoadedCause? {
    if m.has("cause"), m.has("cause_from") {
      m.complain("contradiction", "a rule has either `cause` or `cause_from`", at: "cause_from")
    }
    if m.has("cause_from") {
      return expression(m, "cause_from", .string, environment).map {
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

  private func expression(
    _ m: YAMLMapping, _ key: String, _ type: CELType, _ environment: CELEnvironment
  ) -> CELProgram? {
    guard let source = m.text(key) else { return nil }
    guard source.utf8.count <= Self.expressionLimit else {
      m.complain("expression-too-long", "`\(key)` is longer than \(Self.expressionLimit) bytes", at: key)
      return nil
    }
    do {
      let program = try CELProgram(source, in: environment, expecting: type, costLimit: Self.costLimit)
      // Constant parts that can only fail would make every answer inconclusive.
      for problem in program.warnings { m.complain(about: problem, in: source, of: key) }
      return program
    } catch {
      for problem in error.all { m.complain(about: problem, in: source, of: key) }
      return nil
    }
  }

  /// When the rule can be decided; a complaint when it asks for things that are never known together.
  private func phase(of programs: [CELProgram], _ m: YAMLMapping) -> Phase {
    var exact: String?
    var late: String?
    for reference in programs.flatMap(\.references).sorted() {
      let path = reference.split(separator: ".").prefix(2).joined(separator: ".")
      // An object read as a whole may be asked for anything.
      let isConstant = path.hasPrefix("params") || path.hasPrefix("tables")
      switch isConstant ? .early : Vocabulary.phases[path] ?? .late {
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

  private func meanings(of programs: [CELProgram]) -> [String: String] {
    let read = Set(programs.flatMap { $0.references.map { $0.split(separator: ".").prefix(2).joined(separator: ".") } })
    let used = parameters.filter { read.contains("params." + $0.name) }
    return Dictionary(
      used.map { ("params." + $0.name, $0.text + ($0.isSet ? " (set by the operator)" : "") + ": " + $0.meaning) },
      uniquingKeysWith: { a, _ in a })
  }

  /// Keys of `when` that the scope has no use for are mistakes.
  private func checkWhen(
    _ m: YAMLMapping, _ when: YAMLMapping?, _ scope: RuleScope, _ kinds: Set<SideRecord.Kind>
  ) {
    if scope == .record, kinds.isEmpty {
      m.complain(
        "missing-key", "a rule about records needs `when: {records: […]}`", at: "scope",
        hint: "one of: " + SideRecord.Kind.allCases.map(\.rawValue).joined(separator: ", "))
    }
    if scope != .record, when?.has("records") ?? false {
      when?.complain("contradiction", "`records` is for rules with `scope: record`", at: "records")
    }
    if scope != .item, when?.has("subjects") ?? false {
      when?.complain("contradiction", "`subjects` is for rules about items", at: "subjects")
    }
    if scope != .item, m.has("group_by") {
      m.complain("contradiction", "`group_by` is for rules about items", at: "group_by")
    }
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
