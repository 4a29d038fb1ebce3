import CEL
import CustodyCore

/// Reads the YAML of a policy pack and compiles its rules. docs/policy-language.md describes the form.
///
/// ```yaml
/// pack: sample                     # name: lower-case letters, digits, hyphens
/// version: "1.0.0"
/// title: A sample
/// review: counsel-required         # or counsel-reviewed
/// effective: {from: 2023-07-21}    # optional, also for single rules; both ends inclusive
/// extends: [core-authorization]    # optional: packs whose rules are taken as they are
/// adjust: [{rule: AUTH-12, severity: medium, reason: "the contract says so"}]
/// parameters: {limit: {type: duration, default: P1Y, meaning: longest keeping}}
/// tables: {caps: caps.yaml}
/// sources: {sp: NIST SP 800-53 Rev. 5}
/// rules: []                        # see RuleLoader
/// ```
struct PackLoader {
  static let code = "policy"

  /// - Parameter settings: parameters the operator sets; those that fit are marked as used.
  static func load(_ page: YAMLPage, _ source: PolicySource, settings: inout [ParameterSetting]) -> Pack? {
    guard let root = YAMLDocument.parse(source.bytes, into: page),
      let file = YAMLMapping(root, .pack, code: code, page: page)
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
    let bases = file.texts("extends")
    let adjustments = adjustments(file)
    let parameters = Parameter.load(file, settings: &settings, pack: name ?? "")
    let tables = DataTable.load(file, source.attachments)
    let loader = RuleLoader(
      pack: name ?? "", packEffective: effective, sources: sources, parameters: parameters, tables: tables)
    var rules: [Rule] = []
    if bases.isEmpty, file.required("rules") == nil { return nil }
    if bases.isEmpty, file.list("rules").isEmpty {
      file.complain("empty", "a pack needs at least one rule", at: "rules")
    }
    var seen: Set<String> = []
    for entry in file.mappings("rules", .rule) {
      if let id = entry.text("id"), !seen.insert(id).inserted {
        entry.complain("duplicate-rule", "rule `\(Printable.escape(id, limit: 60))` is given twice", at: "id")
      }
      if let rule = loader.rule(entry) { rules.append(rule) }
    }
    warnOfUnused(file, parameters, tables, rules)
    let description = file.text("description")
    guard let name, let version, let title, let review else { return nil }
    return Pack(
      name: name, version: version, title: title, description: description ?? "", review: review, effective: effective,
      sources: sources, rules: rules, bases: bases, adjustments: adjustments, settings: baseSettings(file),
      parameters: parameters, tables: tables)
  }

  private static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
  }

  private static func adjustments(_ file: YAMLMapping) -> [Pack.Adjustment] {
    file.mappings("adjust", .adjustment).compactMap { m in
      let severity = m.choice("severity", Severity.self)
      let isEnabled = m.flag("enabled") ?? true
      let reason = m.requiredText("reason")
      guard let rule = m.requiredText("rule"), let reason else { return nil }
      return Pack.Adjustment(rule: rule, severity: severity, isEnabled: isEnabled, reason: reason)
    }
  }

  /// The same of a pack that is not read yet.
  static func baseSettings(of source: PolicySource) -> [ParameterSetting] {
    let page = YAMLPage(name: source.name, bytes: source.bytes)
    guard let root = YAMLDocument.parse(source.bytes, into: page),
      let file = YAMLMapping(root, .pack, code: code, page: page)
    else { return [] }
    return baseSettings(file)
  }

  /// `set: {PACK: {NAME: VALUE}}`: parameters of the packs that are extended.
  private static func baseSettings(_ file: YAMLMapping) -> [ParameterSetting] {
    guard let node = file.node("set") else { return [] }
    guard case .mapping(let packs) = node.content else {
      file.complain("wrong-type", "`set` maps packs to names and values", at: "set")
      return []
    }
    var settings: [ParameterSetting] = []
    for pack in packs {
      guard case .mapping(let pairs) = pack.value.content else {
        file.page.complain(code + ".wrong-type", "`set` maps packs to names and values", at: pack.value.mark)
        continue
      }
      for pair in pairs {
        guard case .scalar(let text, _) = pair.value.content else {
          file.page.complain(code + ".wrong-type", "a value must be text", at: pair.value.mark)
          continue
        }
        settings.append(ParameterSetting(pack: pack.key, name: pair.key, text: text))
      }
    }
    return settings
  }

  private static func warnOfUnused(
    _ file: YAMLMapping, _ parameters: [Parameter], _ tables: [DataTable], _ rules: [Rule]
  ) {
    let read = Set(rules.flatMap { $0.references.map { $0.split(separator: ".").prefix(2).joined(separator: ".") } })
    for parameter in parameters where !read.contains("params." + parameter.name) && !read.contains("params") {
      file.warn("unused-parameter", "no rule reads the parameter `\(parameter.name)`", at: "parameters")
    }
    for table in tables where !read.contains("tables." + table.name) && !read.contains("tables") {
      file.warn("unused-table", "no rule reads the table `\(table.name)`", at: "tables")
    }
    let cited = Set(rules.flatMap { $0.citations.map(\.source) })
    guard case .mapping(let sources)? = file.node("sources")?.content else { return }
    for source in sources where !cited.contains(source.key) {
      file.page.warn(
        code + ".unused-source", "no rule cites the source `\(Printable.escape(source.key, limit: 60))`",
        at: source.mark)
    }
  }

  private static func sources(_ file: YAMLMapping) -> [(tag: String, name: String)] {
    guard let node = file.has("rules") ? file.required("sources") : file.node("sources") else { return [] }
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

  static func effective(_ m: YAMLMapping) -> Rule.Effective {
    guard let e = m.mapping("effective", .effective) else { return .init() }
    let effective = Rule.Effective(
      from: e.instant("from"), until: e.instant("until", endOfDay: true),
      clock: e.choice("by", Rule.Effective.Clock.self) ?? .asOf)
    if let from = effective.from, let until = effective.until, until < from {
      e.complain("contradiction", "`until` lies before `from`", at: "until")
    }
    return effective
  }
}
