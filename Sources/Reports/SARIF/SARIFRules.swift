internal import CustodyCore
internal import Records

/// The rules that were broken, each once, in the order of their first finding.
struct SARIFRules {
  private struct Key: Hashable {
    var pack: String
    var rule: String
  }
  private struct Rule {
    var key: Key
    var example: Finding
    var severity: Severity
  }

  private var rules: [Rule] = []
  private var positions: [Key: Int] = [:]
  private var packsOfRule: [String: Int] = [:]

  init(_ findings: [Finding]) {
    for finding in findings {
      let key = Key(pack: finding.pack, rule: finding.ruleId)
      if let position = positions[key] {
        rules[position].severity = max(rules[position].severity, finding.severity)
      } else {
        positions[key] = rules.count
        packsOfRule[finding.ruleId, default: 0] += 1
        rules.append(Rule(key: key, example: finding, severity: finding.severity))
      }
    }
  }

  func index(of finding: Finding) -> Int { positions[Key(pack: finding.pack, rule: finding.ruleId)] ?? 0 }

  /// The rule id; with its pack in front when two packs use the same id.
  func id(at index: Int) -> String {
    let key = rules[index].key
    return packsOfRule[key.rule] == 1 ? key.rule : key.pack + "." + key.rule
  }

  /// Severity to `level` (3.27.10).
  static func level(_ severity: Severity) -> String {
    switch severity {
    case .critical, .high: "error"
    case .medium: "warning"
    case .low, .info: "note"
    }
  }

  /// GitHub's scale: above 9.0 critical, from 7.0 high, from 4.0 medium, above 0 low.
  private static func score(_ severity: Severity) -> String {
    switch severity {
    case .critical: "9.5"
    case .high: "8.0"
    case .medium: "5.5"
    case .low: "3.0"
    case .info: "0.1"
    }
  }

  var descriptors: [JSONValue] {
    rules.indices.map { i in
      let rule = rules[i]
      let finding = rule.example
      var help: [String] = []
      if !finding.criteria.isEmpty { help.append("Criteria: " + finding.criteria.joined(separator: "; ") + ".") }
      if !finding.effect.isEmpty { help.append("Effect: " + finding.effect) }
      if !finding.recommendation.isEmpty { help.append("Recommendation: " + finding.recommendation) }
      if help.isEmpty { help.append("See the policy pack " + finding.pack + ".") }
      var descriptor = JSONObject()
      descriptor.add("id", .string(id(at: i)))
      descriptor.add("shortDescription", ["text": .string(SARIFText.plain(finding.title))])
      descriptor.add(
        "fullDescription", ["text": .string(SARIFText.plain(finding.effect.isEmpty ? finding.title : finding.effect))])
      descriptor.add("help", ["text": .string(help.map(SARIFText.plain).joined(separator: "\n"))])
      descriptor.add("defaultConfiguration", ["level": .string(Self.level(rule.severity))])
      descriptor.add(
        "properties",
        [
          // GitHub reads the score only of rules that carry the tag `security`.
          "tags": ["security", "privacy", "biometrics"],
          "security-severity": .string(Self.score(rule.severity)),
          "pack": .string(finding.pack),
        ])
      return .object(descriptor)
    }
  }
}
