import CEL
import CustodyCore
import Testing

@testable import Policies

/// What packs can say beyond rules about items: scopes, parameters, tables, inheritance, dates of contracts.
@Suite struct LanguageTests {
  static func pack(_ rules: String, _ head: String = "", name: String = "sample") -> PolicySource {
    Make.source(
      name + ".yaml",
      """
      pack: \(name)
      version: "1"
      title: Sample
      review: counsel-required
      sources: {s: A source}
      \(head)
      rules:
      \(rules)
      """)
  }

  static func rule(_ id: String, _ lines: String) -> String {
    """
      - id: \(id)
        title: T
        severity: high
        citations: [{text: one, source: s}]
        cause: c
        condition: "{items} {record}"
        effect: e
        recommendation: r
        \(lines.split(separator: "\n").joined(separator: "\n    "))

    """
  }

  private func report(
    _ packs: [PolicySource], _ entries: [Examination], register: PolicySource? = nil, records: String? = nil,
    settings: [String] = [], library: [PolicySource] = [], asOf: Instant = Make.asOf
  ) throws -> Report {
    let set = try PolicySet.load(
      packs: packs, registers: register.map { [$0] } ?? [],
      records: records.map { [Make.source("records.yaml", "records: r\n" + $0)] } ?? [],
      settings: settings.compactMap { ParameterSetting($0) }, library: library)
    let judge = Judge(
      policies: set, engagement: Engagement(holder: "Example Imaging"), asOf: asOf, digests: Make.digests)
    return Make.report(judge, entries)
  }

  private func errors(_ packs: [PolicySource], settings: [String] = [], library: [PolicySource] = []) -> [String] {
    PolicySet.check(packs: packs, settings: settings.compactMap { ParameterSetting($0) }, library: library).errors
      .map(\.code)
  }

  private let faces = (0..<3).map { Make.entry("a/\($0).jpg", index: UInt64($0), [Make.seen(.faceImage)]) }
  private let plates = (3..<5).map { Make.entry("b/\($0).jpg", index: UInt64($0), [Make.seen(.plateImage)]) }

  // MARK: scopes

  @Test func aFolderIsAskedOnce() throws {
    let pack = Self.pack(Self.rule("C-1", "scope: collection\nviolation: collection.items > 2"))
    let report = try report([pack], faces + plates)
    #expect(report.lines == ["C-1 violation c x3"])
    #expect(report.findings.first?.leaves.ranges == ["0-2"])
  }

  @Test func aFolderIsAboutTheClassesOfTheRule() throws {
    let rule = Self.rule("C-1", "scope: collection\nwhen: {classes: [plate.image]}\nviolation: collection.items > 1")
    #expect(try report([Self.pack(rule)], faces + plates).lines == ["C-1 violation c x2"])
  }

  @Test func theSnapshotIsAskedOnceAndAlsoWhenEmpty() throws {
    let full = Self.pack(Self.rule("N-1", "scope: snapshot\nviolation: snapshot.items == 5"))
    #expect(try report([full], faces + plates).lines == ["N-1 violation c x5"])
    let empty = Self.pack(Self.rule("N-1", "scope: snapshot\nviolation: snapshot.items == 0"))
    let report = try report([empty], [])
    #expect(report.lines == ["N-1 violation c x0"])
    #expect(report.findings.first?.counts.entries == 0)
    #expect(report.findings.first?.leaves.ranges == [])
  }

  @Test("what is weak throughout stays weak for folder and snapshot", arguments: ["collection", "snapshot"])
  func weakness(_ scope: String) throws {
    let pack = Self.pack(Self.rule("C-1", "scope: \(scope)\nviolation: snapshot.items > 0"))
    let weak = [Make.entry("a/1.jpg", index: 1, [Make.seen(.faceImage, .weak)])]
    #expect(try report([pack], weak).lines == ["C-1 inconclusive weak-evidence x1"])
    let mixed = weak + [Make.entry("a/2.jpg", index: 2, [Make.seen(.faceImage)])]
    #expect(try report([pack], mixed).lines == ["C-1 violation c x2"])
  }

  @Test func recordsAreAskedOneByOne() throws {
    let pack = Self.pack(
      Self.rule(
        "R-1",
        "scope: record\nwhen: {records: [incident]}\nviolation: record.reportedAt > record.discoveredAt.plus(\"PT1H\")")
    )
    let records = """
      incidents:
        - {id: I-1, discovered_at: 2019-05-01T00:00:00Z, reported_at: 2019-05-01T01:00:00Z}
        - {id: I-2, discovered_at: 2019-05-01T00:00:00Z, reported_at: 2019-05-01T01:00:01Z}
        - {id: I-3, discovered_at: 2019-05-01T00:00:00Z}
        - {id: I-4, discovered_at: 2019-07-01T00:00:00Z, reported_at: 2019-07-09T00:00:00Z}
        - {id: I-5, holder: Somebody, discovered_at: 2019-05-01T00:00:00Z, reported_at: 2019-05-09T00:00:00Z}
      """
    let report = try report([pack], faces, records: records)
    // I-3 has no report: a fact is missing. I-4 had not happened. I-5 is somebody else's.
    #expect(report.lines == ["R-1 inconclusive fact-missing x0", "R-1 violation c x0"])
    #expect(report.findings.map(\.authorization.record) == ["I-2", "I-3"])
    #expect(Set(report.findings.map(\.id)).count == 2)
    #expect(report.findings.map(\.condition).contains("0 items I-2"))
  }

  @Test(
    "names of another scope are unknown",
    arguments: [
      ("collection", "item.encrypted == \"no\""), ("snapshot", "collection.items > 0"), ("record", "item.count > 0"),
      ("item", "record.kind == \"incident\""),
    ])
  func scopesKeepTheirNames(_ scope: String, _ expression: String) {
    let when = scope == "record" ? "\nwhen: {records: [incident]}" : ""
    #expect(
      errors([Self.pack(Self.rule("X-1", "scope: \(scope)\(when)\nviolation: \(expression)"))]) == ["policy.expression"]
    )
  }

  @Test(
    "what a scope has no use for is refused",
    arguments: [
      ("scope: record\nviolation: \"true\"", "policy.missing-key"),
      ("scope: snapshot\nwhen: {records: [incident]}\nviolation: \"true\"", "policy.contradiction"),
      ("scope: collection\nwhen: {subjects: [entries]}\nviolation: \"true\"", "policy.contradiction"),
      ("scope: snapshot\ngroup_by: folder\nviolation: \"true\"", "policy.contradiction"),
    ])
  func whenFitsTheScope(_ lines: String, _ code: String) {
    #expect(errors([Self.pack(Self.rule("X-1", lines))]) == [code])
  }

  // MARK: parameters and tables

  private static let limited = pack(
    rule("P-1", "scope: snapshot\nviolation: snapshot.items > params.most && params.on && \"CBP\" in params.names"),
    "parameters:\n  most: {type: number, default: 4, meaning: m}\n  on: {type: flag, default: true, meaning: m}\n"
      + "  names: {type: list, default: [DHS, CBP], meaning: m}")

  @Test(
    "parameters have defaults and can be set",
    arguments: [
      ([], true), (["sample.most=5"], false), (["sample.most=3"], true), (["sample.on=false"], false),
      (["sample.names=DHS, TSA"], false), (["sample.names=DHS, CBP"], true),
    ] as [([String], Bool)])
  func parameters(_ settings: [String], _ speaks: Bool) throws {
    let report = try report([Self.limited], faces + plates, settings: settings)
    #expect(report.findings.isEmpty != speaks)
  }

  @Test func whatIsSetIsPartOfTheConfiguration() throws {
    let set = try PolicySet.load(packs: [Self.limited], settings: [try #require(ParameterSetting("sample.most=3"))])
    let names = set.configuration(sha256: { Make.hash($0) }).map { $0.role + " " + $0.name }
    #expect(names == ["policy sample.yaml", "parameter sample.most=3"])
  }

  @Test(
    "wrong settings are refused",
    arguments: [
      ("sample.moost=3", "policy.unknown-parameter"), ("other.most=3", "policy.unknown-parameter"),
      ("sample.most=many", "policy.bad-parameter"), ("sample.on=yes", "policy.bad-parameter"),
    ])
  func wrongSettings(_ setting: String, _ code: String) {
    #expect(errors([Self.limited], settings: [setting]) == [code])
  }

  @Test(
    "wrong parameters are refused",
    arguments: [
      ("{type: number, default: many, meaning: m}", "policy.bad-parameter"),
      ("{type: duration, default: 3 days, meaning: m}", "policy.bad-parameter"),
      ("{type: number, default: 3}", "policy.missing-key"),
      ("{type: size, default: 3, meaning: m}", "policy.unknown-value"),
    ])
  func wrongParameters(_ text: String, _ code: String) {
    let pack = Self.pack(Self.rule("P-1", "violation: \"false\""), "parameters:\n  most: \(text)")
    #expect(errors([pack]).first == code)
  }

  @Test func whatNobodyReadsIsWarnedOf() {
    let pack = Self.pack(
      Self.rule("P-1", "violation: \"false\""), "parameters: {most: {type: number, default: 4, meaning: m}}")
    #expect(PolicySet.check(packs: [pack]).warnings.map(\.code) == ["policy.unused-parameter"])
  }

  private static func tabled(_ file: Attachments.Content?) -> PolicySource {
    var source = pack(
      rule(
        "T-1",
        "scope: snapshot\nviolation: '\"a\" in tables.caps && tables.caps[\"a\"].cap == \"P1D\" && !(\"b\" in tables.caps)'"
      ),
      "tables: {caps: caps.yaml}")
    if let file { source.attachments = Attachments(["caps.yaml": file]) }
    return source
  }

  @Test func tablesAreRead() throws {
    let table = Array("table: caps\nversion: \"1\"\nrows:\n  a: {cap: P1D}\n".utf8)
    #expect(try report([Self.tabled(.bytes(table))], faces).lines == ["T-1 violation c x3"])
    #expect(errors([Self.tabled(nil)]).contains("policy.missing-file"))
    #expect(errors([Self.tabled(.missing("is not there"))]).contains("policy.missing-file"))
    #expect(
      errors([Self.tabled(.bytes(Array("table: t\nversion: \"1\"\nrows: [1]".utf8)))]).contains("table.wrong-type"))
    #expect(
      errors([Self.tabled(.bytes(Array("table: t\nversion: \"1\"\nrows: {a: {cap: [1]}}".utf8)))]).contains(
        "table.wrong-type"))
  }

  @Test(
    "only files beside or below are taken",
    arguments: [
      ("caps.yaml", true), ("tables/caps.yaml", true), ("../caps.yaml", false), ("/etc/passwd", false),
      ("a/../../b", false),
      ("", false), ("a\u{0}b", false),
    ])
  func attachments(_ name: String, _ allowed: Bool) {
    #expect(Attachments.isAllowed(name) == allowed)
  }

  // MARK: inheritance

  private static let base = pack(
    rule("B-1", "scope: snapshot\nviolation: snapshot.items > params.most")
      + rule("B-2", "scope: snapshot\nviolation: snapshot.items > 0"),
    "parameters: {most: {type: number, default: 100, meaning: m}}", name: "base")

  private static func heir(_ lines: String) -> PolicySource {
    Make.source(
      "heir.yaml", "pack: heir\nversion: \"1\"\ntitle: H\nreview: counsel-required\nextends: [base]\n" + lines)
  }

  @Test func aPackTakesOverWhatItExtends() throws {
    let heir = Self.heir(
      "set: {base: {most: 2}}\nadjust:\n  - {rule: B-1, severity: critical, reason: contract}\n"
        + "  - {rule: B-2, enabled: false, reason: contract}\n")
    let library = [PolicySource(name: "base", bytes: Self.base.bytes)]
    let report = try report([heir], faces, library: library)
    #expect(report.lines == ["B-1 violation c x3"])
    #expect(report.findings.first?.severity == .critical)
    #expect(report.findings.first?.pack == "base")
    let said = report.limitations.first { $0.code == "rules-adjusted" }?.text ?? ""
    #expect(said.contains("B-1 (heir): severity critical, because contract; B-2 (heir): left out, because contract."))
    // The operator's word outweighs the pack's.
    #expect(try self.report([heir], faces, settings: ["base.most=50"], library: library).findings.isEmpty)
  }

  @Test(
    "mistakes in inheritance are refused",
    arguments: [
      ("adjust: [{rule: B-9, severity: low, reason: r}]", "policy.unknown-rule"),
      ("adjust: [{rule: B-1, severity: low}]", "policy.missing-key"),
      ("set: {base: {moost: 1}}", "policy.unknown-parameter"),
      ("rules: []\nadjust: [{rule: B-2, enabled: maybe, reason: r}]", "policy.wrong-type"),
    ])
  func wrongInheritance(_ lines: String, _ code: String) {
    let library = [PolicySource(name: "base", bytes: Self.base.bytes)]
    #expect(errors([Self.heir(lines)], library: library).contains(code))
  }

  @Test func unknownAndCircularBasesAreRefused() {
    #expect(errors([Self.heir("")]) == ["policy.unknown-pack"])
    let own = Make.source("own.yaml", "pack: own\nversion: \"1\"\ntitle: O\nreview: counsel-required\nextends: [own]\n")
    #expect(errors([own]) == ["policy.extends-itself"])
    let a = "pack: a\nversion: \"1\"\ntitle: A\nreview: counsel-required\nextends: [b]\n"
    let b = "pack: b\nversion: \"1\"\ntitle: B\nreview: counsel-required\nextends: [a]\n"
    let codes = errors([Make.source("a", a)], library: [Make.source("a", a), Make.source("b", b)])
    #expect(codes.contains("policy.extends-itself"))
  }

  // MARK: dates of contracts, citations

  @Test(
    "a clause binds the contracts of its time",
    arguments: [
      ("2023-07-20", ["OLD"]), ("2023-07-21", ["NEW"]), (nil, ["NEW"]),
    ] as [(String?, [String])])
  func contractDates(_ date: String?, _ expected: [String]) throws {
    let pack = Self.pack(
      Self.rule("OLD", "effective: {until: 2023-07-20, by: contract}\nviolation: auth.hasRecord")
        + Self.rule("NEW", "effective: {from: 2023-07-21, by: contract}\nviolation: auth.hasRecord"))
    let register = Make.register(["contract_date": date, "not_after": "2030-01-01"])
    let report = try report([pack], faces, register: register, asOf: Make.moment("2024-01-01T00:00:00Z"))
    #expect(Set(report.findings.map(\.ruleId)) == Set(expected))
  }

  @Test func citationsCarryOldNumbersAndTheirStanding() throws {
    let text = Self.rule("X-1", "violation: \"false\"").replacingFirst(
      "{text: one, source: s}", with: "{text: 52.240-93, source: s, formerly: 52.204-21, standing: secondary}")
    let set = try PolicySet.load(packs: [Self.pack(text)])
    #expect(set.rules.first?.criteria == ["A source, 52.240-93 (formerly 52.204-21) [as reported]"])
  }
}
