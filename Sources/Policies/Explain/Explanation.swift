import CEL
public import CustodyCore

/// Why a rule said what it said of one finding.
public struct Explanation: Sendable {
  /// One sub-expression with what it gave.
  public struct Line: Sendable {
    public var depth: Int
    public var text: String
    /// Nil: not asked, because the answer was known before.
    public var value: String?
  }
  public struct Expression: Sendable {
    /// `inconclusive`, `violation`, `cause_from`
    public var key: String
    public var lines: [Line]
    /// The smallest sets of conditions whose change would turn the expression's answer round; one to a line, joined by
    /// "and". Empty where the expression did not decide.
    public var changes: [String]
  }
  public var finding: Finding
  public var rule: String
  public var expressions: [Expression]
  /// Rows, certificates and other records that were looked at.
  public var consulted: [String]
}

/// Explains findings of one judge.
struct Explainer {
  let context: JudgeContext

  func explain(_ finding: Finding, _ question: RuleWatcher.Question) -> Explanation? {
    guard let rule = context.rules.first(where: { $0.id == finding.ruleId }) else { return nil }
    var expressions: [Explanation.Expression] = []
    var isDecided = false
    for expression in rule.expressions where expression.isAsked(question, of: rule) {
      guard let insight = try? CELInsight(expression.source, in: rule.environment) else { continue }
      let trace = insight.trace(question.slots)
      var changes: [String] = []
      if expression.key != .cause, !isDecided, case .success(.bool(true)) = trace.result {
        isDecided = true
        changes = Counterfactual(insight, question.slots).changes(to: false)
      }
      expressions.append(
        Explanation.Expression(key: expression.key.rawValue, lines: Self.lines(insight, trace), changes: changes))
    }
    return Explanation(
      finding: finding, rule: rule.text, expressions: expressions, consulted: consulted(finding, question))
  }

  private static func lines(_ insight: CELInsight, _ trace: CELInsight.Trace) -> [Explanation.Line] {
    let byId = Dictionary(insight.parts.map { ($0.id, $0) }, uniquingKeysWith: { a, _ in a })
    var lines: [Explanation.Line] = []
    func walk(_ id: Int, _ depth: Int) {
      guard let part = byId[id], !part.isPlain else { return }
      let value: String? =
        switch trace.outcomes[id] {
        case .value(let value): value.shown
        case .error(let error): "unknown (" + error.description + ")"
        case nil: nil
        }
      lines.append(Explanation.Line(depth: depth, text: part.text, value: value))
      for child in part.children { walk(child, depth + 1) }
    }
    if let root = insight.parts.first { walk(root.id, 0) }
    return lines
  }

  private func consulted(_ finding: Finding, _ question: RuleWatcher.Question) -> [String] {
    var list: [String] = []
    func field(_ object: CELValue?, _ fields: [String], _ name: String) -> CELValue? {
      guard case .object(let object)? = object, let index = fields.firstIndex(of: name) else { return nil }
      return object.celField(index)
    }
    let rule = context.rules.first { $0.id == finding.ruleId }
    if rule?.scope == .item {
      let auth = question.slots.dropFirst(2).first
      let names = Vocabulary.auth.map(\.name)
      let state = field(auth, names, "state")?.shown ?? ""
      list.append(
        "register: " + (finding.authorization.record.map { "closest row \($0), " } ?? "no row; ") + "state \(state)")
      for name in ["failed", "unknown"] {
        if case .list(let words)? = field(auth, names, name), !words.isEmpty {
          list.append("  \(name): " + words.map(\.shown).joined(separator: ", "))
        }
      }
      if let signature = field(auth, names, "signature")?.shown { list.append("  signature: " + signature) }
      let item = question.slots.first
      let items = Vocabulary.item.map(\.name)
      for name in ["destruction", "consent", "receipted", "agencyFile"] {
        if let value = field(item, items, name)?.shown, !["\"none\"", "false"].contains(value) {
          list.append("side records: \(name) \(value)")
        }
      }
    } else if let record = finding.authorization.record, rule?.scope == .record {
      list.append("side record: " + record)
    }
    if question.isSpecimen { list.append("everything it rests on is public test material: at most inconclusive") }
    if question.isWeak { list.append("everything it rests on is weakly observed: at most inconclusive") }
    return list
  }
}

extension CELValue {
  /// For explanations: short, and of what rules can read, which is never a value of the data.
  var shown: String {
    switch self {
    case .null: return "null"
    case .bool(let value): return value ? "true" : "false"
    case .int(let value): return String(value)
    case .uint(let value): return String(value) + "u"
    case .double(let value): return String(value)
    case .string(let text): return "\"" + Printable.escape(text, limit: 120) + "\""
    case .bytes(let bytes): return "\(bytes.count) bytes"
    case .timestamp(let moment): return moment.description
    case .duration(let seconds, _): return "\(seconds)s"
    case .list(let list):
      let first = list.prefix(12).map(\.shown).joined(separator: ", ")
      return "[" + first + (list.count > 12 ? ", … \(list.count) in all" : "") + "]"
    case .map(let map): return "{\(map.count) entries}"
    case .object: return "(facts)"
    case .type(let type): return type.description
    case .optional(let value): return value.map { "optional " + $0.shown } ?? "optional.none"
    }
  }
}
