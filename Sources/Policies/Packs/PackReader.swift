import CustodyCore

/// Reads packs and the packs they extend, each once, bases first.
struct PackReader {
  private let library: [PolicySource]
  private var settings: [ParameterSetting]
  private(set) var packs: [Pack] = []
  private(set) var sources: [PolicySource] = []
  private(set) var complaints: [Complaint] = []
  private(set) var warnings: [Complaint] = []
  private var owners: [String: String] = [:]
  /// Packs whose bases are being read: one that meets itself there extends itself.
  private var open: [String] = []

  init(library: [PolicySource], settings: [ParameterSetting]) {
    self.library = library
    self.settings = settings
  }

  mutating func read(_ named: [PolicySource]) {
    // Settings that extending packs make count where the operator made none.
    for source in named {
      for setting in PackLoader.baseSettings(of: source)
      where !settings.contains(where: { $0.pack == setting.pack && $0.name == setting.name }) {
        settings.append(setting)
      }
    }
    for source in named { add(source, among: named) }
    for setting in settings {
      let shown = Printable.escape(setting.pack + "." + setting.name, limit: 100)
      if let problem = setting.problem {
        complaints.append(Complaint(code: "policy.bad-parameter", problem, at: "--set " + shown))
      } else if !setting.isUsed {
        let names = packs.flatMap { pack in pack.parameters.map { pack.name + "." + $0.name } }.sorted()
        let nearest = Suggestion.nearest(to: setting.pack + "." + setting.name, in: names)
        complaints.append(
          Complaint(
            code: "policy.unknown-parameter", "no pack that is used has the parameter `\(shown)`", at: "--set",
            hint: nearest.map { "did you mean `\($0)`?" }
              ?? (names.isEmpty ? "these packs have no parameters" : "parameters: " + names.joined(separator: ", "))))
      }
    }
  }

  private mutating func add(_ source: PolicySource, among named: [PolicySource]) {
    guard !sources.contains(where: { $0.bytes == source.bytes && $0.name == source.name }) || named.contains(source)
    else { return }
    let page = YAMLPage(name: source.name, bytes: source.bytes)
    let pack = PackLoader.load(page, source, settings: &settings)
    complaints += page.complaints
    warnings += page.warnings
    guard let pack else {
      sources.append(source)
      return
    }
    for base in pack.bases { extend(pack, base, page, named) }
    sources.append(source)
    for rule in pack.rules {
      if let owner = owners.updateValue(pack.name, forKey: rule.id), owner != pack.name || page.complaints.isEmpty {
        complaints.append(
          Complaint(
            code: "policy.duplicate-rule", "rule `\(rule.id)` of pack `\(pack.name)` is also in pack `\(owner)`",
            at: page.name, hint: "give each rule an id of its own, and each pack only once"))
      }
    }
    packs.append(pack)
    adjust(pack, page)
  }

  private mutating func extend(_ pack: Pack, _ base: String, _ page: YAMLPage, _ named: [PolicySource]) {
    guard !packs.contains(where: { $0.name == base }) else { return }
    guard base != pack.name, !open.contains(base) else {
      complaints.append(
        Complaint(code: "policy.extends-itself", "pack `\(pack.name)` extends itself", at: page.name))
      return
    }
    let found = named.first { Self.name(of: $0) == base } ?? library.first { $0.name == base }
    guard let found else {
      let names = library.map(\.name).sorted()
      let nearest = Suggestion.nearest(to: base, in: names)
      complaints.append(
        Complaint(
          code: "policy.unknown-pack", "there is no pack `\(Printable.escape(base, limit: 60))` to extend",
          at: page.name, hint: nearest.map { "did you mean `\($0)`?" } ?? "name its file with -p as well"))
      return
    }
    // A pack named by the operator comes in its own turn.
    guard !named.contains(found) || !sources.contains(found) else { return }
    open.append(pack.name)
    add(found, among: named.contains(found) ? [] : named)
    open.removeLast()
  }

  /// The name a pack gives itself.
  static func name(of source: PolicySource) -> String? {
    let page = YAMLPage(name: source.name, bytes: source.bytes)
    guard case .mapping(let pairs)? = YAMLDocument.parse(source.bytes, into: page)?.content,
      case .scalar(let name, _)? = pairs.first(where: { $0.key == "pack" })?.value.content
    else { return nil }
    return name
  }

  private mutating func adjust(_ pack: Pack, _ page: YAMLPage) {
    for adjustment in pack.adjustments {
      var isKnown = false
      for p in packs.indices {
        for r in packs[p].rules.indices where packs[p].rules[r].id == adjustment.rule {
          isKnown = true
          if let severity = adjustment.severity { packs[p].rules[r].severity = severity }
        }
        if !adjustment.isEnabled { packs[p].rules.removeAll { $0.id == adjustment.rule } }
      }
      guard !isKnown else { continue }
      let ids = packs.flatMap { $0.rules.map(\.id) }
      let nearest = Suggestion.nearest(to: adjustment.rule, in: ids)
      complaints.append(
        Complaint(
          code: "policy.unknown-rule",
          "`adjust` names the rule `\(Printable.escape(adjustment.rule, limit: 60))`, which no pack used here has",
          at: page.name, hint: nearest.map { "did you mean `\($0)`?" }))
    }
  }
}
