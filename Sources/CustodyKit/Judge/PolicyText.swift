public import CustodyCore
internal import Policies

/// What `custody policy` and `custody register` print.
public enum PolicyText {
  /// One line for each rule, under its pack.
  public static func list(_ packs: [String]) throws(Complaints) -> String {
    let names = packs.isEmpty ? PolicySources.shipped.map(\.name) : packs
    let set = try PolicySources(packs: names).load()
    var lines: [String] = []
    for pack in set.packs {
      lines.append("\(pack.name) \(pack.version): \(pack.title) (review: \(pack.review.rawValue))")
      for rule in pack.rules {
        let severity = rule.severity.rawValue
        lines.append(
          "  " + rule.id + String(repeating: " ", count: max(1, 10 - rule.id.count)) + severity
            + String(repeating: " ", count: max(1, 10 - severity.count)) + rule.title)
      }
    }
    return Self.printable(lines)
  }

  /// A pack as it was written, or one rule with its fields.
  public static func show(_ name: String, in packs: [String]) throws(Complaints) -> String {
    if packs.isEmpty, let pack = PolicySources.shipped.first(where: { $0.name == name }) {
      return String(decoding: pack.bytes, as: UTF8.self)
    }
    let asFile = name.contains("/") || name.hasSuffix(".yaml") || name.hasSuffix(".yml")
    let names = asFile ? [name] : packs.isEmpty ? PolicySources.shipped.map(\.name) : packs
    let set = try PolicySources(packs: names).load()
    let rules = asFile ? set.rules : set.rules.filter { $0.id == name }
    guard !rules.isEmpty else {
      throw Complaints([
        Complaint(
          code: "policy.unknown-rule", "no pack or rule of that name: \(Printable.escape(name, limit: 80))",
          hint: "`custody policy list` names them")
      ])
    }
    return printable(
      rules.flatMap { $0.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) + [""] })
  }

  private static func printable(_ lines: [String]) -> String {
    lines.map { Printable.escape($0, limit: 2000) }.joined(separator: "\n") + "\n"
  }
}
