import CustodyCore

/// One example of what a pack says: what is given, and what every rule must answer.
struct PolicyCase: Sendable {
  /// One answer of one rule.
  struct Answer: Sendable, Hashable, Comparable {
    var rule: String
    var verdict: Verdict
    var cause: String

    var shown: String { rule + " " + verdict.rawValue + " " + cause }
    static func < (a: Answer, b: Answer) -> Bool { a.shown < b.shown }
  }

  var name: String
  /// `file:line`
  var place: String
  var asOf: Instant
  var engagement: Engagement
  /// Nil: no register is given.
  var rows: [AuthorizationRow]?
  /// What became of the rows' signatures, by id; nil: no trust file is given.
  var signatures: [String: String]?
  var requiresSigned: Bool
  /// Nil: no side records are given.
  var records: [SideRecord]?
  var settings: [ParameterSetting]
  var entries: [Examination]
  /// Rules that are looked at; nil: every rule of the pack, and one that is not expected must be silent.
  var about: Set<String>?
  var expected: Set<Answer>
}

/// Cases for one pack.
struct CaseFile: Sendable {
  var pack: String
  var cases: [PolicyCase]
}

/// Reads the YAML of cases. docs/policy-language.md describes the form.
struct CaseLoader {
  static let code = "cases"
  static let repeatLimit: Int64 = 10_000
  /// Entries of one case, repeated ones included.
  static let entryLimit = 100_000

  private let page: YAMLPage
  private let source: PolicySource
  private let sha256: ([UInt8]) -> [UInt8]
  private let pack: String
  private let defaults: YAMLMapping?

  static func load(_ page: YAMLPage, _ source: PolicySource, sha256: ([UInt8]) -> [UInt8]) -> CaseFile? {
    guard let root = YAMLDocument.parse(source.bytes, into: page),
      let file = YAMLMapping(root, .cases, code: code, page: page)
    else { return nil }
    let pack = file.requiredText("tests")
    _ = file.text("description")
    let defaults = file.mapping("defaults", Form.given)
    return withoutActuallyEscaping(sha256) { sha256 in
      let loader = CaseLoader(page: page, source: source, sha256: sha256, pack: pack ?? "", defaults: defaults)
      var names: Set<String> = []
      let cases = file.mappings("cases", .policyCase).compactMap { m -> PolicyCase? in
        let found = loader.read(m)
        if let found, !names.insert(found.name).inserted {
          m.complain("duplicate-case", "two cases have this name", at: "name")
        }
        return found
      }
      if cases.isEmpty, page.complaints.isEmpty { file.complain("empty", "there is no case", at: "cases") }
      return pack.map { CaseFile(pack: $0, cases: cases) }
    }
  }

  private func read(_ m: YAMLMapping) -> PolicyCase? {
    let name = m.requiredText("name")
    let given = m.mapping("given", .given)
    func pick<T>(_ key: String, _ read: (YAMLMapping) -> T?) -> T? {
      for m in [given, defaults].compactMap({ $0 }) where m.has(key) { return read(m) }
      return nil
    }
    let asOf = pick("as_of") { $0.instant("as_of") }
    if asOf == nil { m.complain("missing-key", "a case, or the defaults, need `as_of`", at: "name") }
    let holder = pick("holder") { $0.text("holder") }
    let system = pick("system") { $0.text("system") }
    let hasRegister = pick("register") { $0.text("register") } != "none"
    let rows = hasRegister ? self.rows(given) : nil
    let signatures = pick("signatures") { self.signatures($0) }
    let requiresSigned = pick("require_signed") { $0.flag("require_signed") } ?? false
    let records = pick("records") { self.records($0) }
    let settings = pick("set") { self.settings($0) } ?? []
    let entries = pick("entries") { self.entries($0) } ?? []
    let about = m.has("about") ? Set(m.texts("about")) : nil
    let expected = self.expected(m)
    guard let name, let asOf else { return nil }
    return PolicyCase(
      name: name, place: page.name + ":" + String(m.mark.line), asOf: asOf,
      engagement: Engagement(holder: holder == "none" ? nil : holder, system: system == "none" ? nil : system),
      rows: rows, signatures: signatures, requiresSigned: requiresSigned, records: records, settings: settings,
      entries: entries, about: about, expected: expected)
  }

  // MARK: register and records

  /// `rows` as they stand; otherwise the default row with the keys of `row` put in, `null` taking one out.
  private func rows(_ given: YAMLMapping?) -> [AuthorizationRow] {
    if let given, given.has("rows") {
      return given.list("rows").compactMap { row($0) }
    }
    if let base = defaults?.node("row") {
      return [read(patched(base, given?.node("row")))].compactMap { $0 }
    }
    if let own = given?.node("row") { return [row(own)].compactMap { $0 } }
    return (defaults?.list("rows") ?? []).compactMap { row($0) }
  }

  private func row(_ node: YAMLNode) -> AuthorizationRow? {
    // A row of `rows` may be a patch of the default row too: whatever it does not say comes from there.
    read(defaults?.node("row").map { patched($0, node) } ?? node)
  }

  private func read(_ whole: YAMLNode) -> AuthorizationRow? {
    YAMLMapping(whole, .row, code: RegisterLoader.code, page: page)
      .flatMap(RegisterLoader.row)
  }

  private func patched(_ base: YAMLNode, _ patch: YAMLNode?) -> YAMLNode {
    guard let patch, case .mapping(var pairs) = base.content else { return base }
    guard case .mapping(let changes) = patch.content else {
      page.complain(
        Self.code + ".wrong-type", "changes to a row must be a mapping, not \(patch.kindName)", at: patch.mark)
      return base
    }
    for change in changes {
      pairs.removeAll { $0.key == change.key }
      if !change.value.isNull { pairs.append(change) }
    }
    return YAMLNode(content: .mapping(pairs), mark: patch.mark)
  }

  private func records(_ m: YAMLMapping) -> [SideRecord]? {
    guard let node = m.node("records"), case .mapping(let pairs) = node.content else {
      if m.text("records") != "none" {
        m.complain("wrong-type", "`records` lists side records, or is `none`", at: "records")
      }
      return nil
    }
    let named = YAMLNode(
      content: .mapping(
        [(key: "records", mark: node.mark, value: YAMLNode(content: .scalar("case", plain: true), mark: node.mark))]
          + pairs), mark: node.mark)
    var keyFiles: Set<String> = []
    return RecordsLoader.load(page, named, source.attachments, keyFiles: &keyFiles)
  }

  /// The word that stands for a row's verification, by row.
  private func signatures(_ m: YAMLMapping) -> [String: String]? {
    guard let node = m.node("signatures"), case .mapping(let pairs) = node.content else {
      m.complain("wrong-type", "`signatures` maps rows to what became of their signatures", at: "signatures")
      return nil
    }
    var words: [String: String] = [:]
    for pair in pairs {
      guard case .scalar(let word, _) = pair.value.content,
        SignatureVerdict(rawValue: word) != nil || [RowVerification.twoPerson, RowVerification.unsigned].contains(word)
      else {
        page.complain(Self.code + ".unknown-value", "no word for a signature", at: pair.value.mark)
        continue
      }
      words[pair.key] = word
    }
    return words
  }

  private func settings(_ m: YAMLMapping) -> [ParameterSetting]? {
    guard let node = m.node("set"), case .mapping(let pairs) = node.content else {
      m.complain("wrong-type", "`set` maps parameters to values", at: "set")
      return nil
    }
    return pairs.compactMap { pair in
      guard case .scalar(let text, _) = pair.value.content else {
        page.complain(Self.code + ".wrong-type", "a value must be text", at: pair.value.mark)
        return nil
      }
      return ParameterSetting(pack: pack, name: pair.key, text: text)
    }
  }

  // MARK: entries

  private func entries(_ m: YAMLMapping) -> [Examination] {
    var all: [Examination] = []
    for entry in m.mappings("entries", .caseEntry) {
      let copies = entry.integer("repeat", in: 1...Self.repeatLimit) ?? 1
      guard copies <= Int64(Self.entryLimit - all.count) else {
        entry.complain("too-many-entries", "a case has more than \(Self.entryLimit) entries", at: "repeat")
        break
      }
      for copy in 0..<copies {
        if let made = examination(entry, index: all.count, copy: Int(copy)) { all.append(made) }
      }
    }
    return all
  }

  private func examination(_ m: YAMLMapping, index: Int, copy: Int) -> Examination? {
    guard let path = m.requiredText("path") else { return nil }
    let disposition = m.choice("disposition", Disposition.self) ?? .examined
    let content = m.text("content").map { $0 + (copy == 0 ? "" : "/" + String(copy)) } ?? "\(index)"
    let digest = disposition == .failed ? nil : Digest(sha256(Array(("content " + content).utf8)))
    let numbered = copy == 0 ? path : path + "." + String(copy)
    return Examination(
      index: UInt64(index), nonce: Array(sha256(Array(("nonce " + content).utf8)).prefix(16)),
      locator: Self.locator(numbered), size: UInt64(m.integer("size", in: 0...Int64.max) ?? 20_000), sha256: digest,
      kind: ContentKind(rawValue: m.text("kind") ?? "image/jpeg"), modified: m.instant("modified"),
      disposition: disposition, reason: m.text("reason").flatMap { Reason(rawValue: $0) },
      attributes: m.flag("world_readable") ?? false ? ["worldReadable": true] : [:], observations: observations(m))
  }

  private static func locator(_ path: String) -> Locator {
    var components: [[UInt8]] = []
    var rest = Array(path.utf8)[...]
    while let bang = rest.indices.dropLast().first(where: { rest[$0] == 0x21 && rest[$0 + 1] == 0x2F }) {
      components.append(Array(rest[..<bang]))
      rest = rest[(bang + 2)...]
    }
    components.append(Array(rest))
    return Locator(components)
  }

  private func observations(_ m: YAMLMapping) -> [Observation] {
    let classes =
      (m.has("class") ? [m.choice("class", DataClass.self)].compactMap { $0 } : [])
      + m.choices("classes", DataClass.self)
    let strength = m.choice("strength", Strength.self) ?? .strong
    var attributes = Attributes()
    if let captured = m.text("captured") {
      attributes["capturedAt"] = .string(captured)
      attributes["clock"] = .string(m.text("clock") ?? "exif")
    }
    if let encrypted = m.text("encrypted") { attributes["encrypted"] = .string(encrypted) }
    if m.flag("specimen") ?? false { attributes["specimen"] = .string("case") }
    if m.flag("in_picture") ?? false { attributes["inPicture"] = .bool(true) }
    let count = Int(m.integer("count", in: 1...1_000_000) ?? 1)
    return classes.map { dataClass in
      Observation(
        dataClass, detector: m.text("detector") ?? "case." + dataClass.rawValue, version: 1, strength: strength,
        count: count, attributes: attributes)
    }
  }

  // MARK: expectations

  private func expected(_ m: YAMLMapping) -> Set<PolicyCase.Answer> {
    guard m.required("expect") != nil, let node = m.node("expect") else { return [] }
    guard case .mapping(let pairs) = node.content else {
      m.complain("wrong-type", "`expect` maps rules to answers; {} when all are silent", at: "expect")
      return []
    }
    var all: Set<PolicyCase.Answer> = []
    for pair in pairs {
      let answers: [YAMLNode] =
        if case .sequence(let items) = pair.value.content { items } else { [pair.value] }
      for answer in answers {
        guard case .scalar(let text, _) = answer.content, let read = Self.answer(pair.key, text) else {
          page.complain(
            Self.code + ".bad-answer", "an answer is `violation CAUSE` or `inconclusive CAUSE`", at: answer.mark)
          continue
        }
        all.insert(read)
      }
    }
    return all
  }

  private static func answer(_ rule: String, _ text: String) -> PolicyCase.Answer? {
    let words = text.split(separator: " ")
    guard words.count == 2, let verdict = Verdict(rawValue: String(words[0])), verdict != .compliant else { return nil }
    return PolicyCase.Answer(rule: rule, verdict: verdict, cause: String(words[1]))
  }
}
