import CustodyCore
import Testing

@testable import Policies

@Suite struct RegisterTests {
  static func load(_ changes: [String: String?]) throws -> AuthorizationRow {
    let set = try PolicySet.load(packs: [], registers: [Make.register(changes)])
    return try #require(set.register?.rows.first)
  }

  @Test func everyFieldIsRead() throws {
    let row = try Self.load([
      "contract_no": "C-1", "task_order": "T-1", "work_orders": "[WO-1, WO-2]",
      "holder": "{name: Sub, role: sub, parent_row: P-1}",
      "flowdown": "[{clause: 52.224-2, sub: Other, date: 2018-01-01}]", "subject_classes": "[travellers]",
      "max_items": "184000", "max_subjects": "5", "prohibited_purposes": "[training]",
      "systems": "[{host: \"nas*\", ato_id: A, ato_expires: 2020-01-01}]", "media": "[share]",
      "retention": "{limit: PT12H, clock: receipt, purpose_end: 2019-03-31}", "hold": "{id: H, until: 2020-01-01}",
      "encryption": "{required: true, algorithm: AES-256, module_cert: \"4282\"}",
      "destruction": "{due: 2019-06-30, method: purge, cert_ids: [D-1]}",
      "sharing": "{recipients: [X], countries: [US]}",
      "legal": "{sorn: S, pia: P, dpia: D, lawful_basis: L, clauses: [a, b]}", "issued_at": "2018-01-01T00:00:00Z",
    ])
    #expect(row.contractNumber == "C-1" && row.taskOrder == "T-1" && row.workOrders == ["WO-1", "WO-2"])
    #expect(row.holder == AuthorizationRow.Holder(name: "Sub", role: .sub, parentRow: "P-1"))
    #expect(row.flowdown.first?.clause == "52.224-2")
    #expect(row.categories == [.faceImage, .plateImage, .plateRead])
    #expect(row.maxItems == 184_000 && row.maxSubjects == 5 && row.subjectClasses == ["travellers"])
    #expect(row.prohibitedPurposes == [.training] && row.purposes == [.matching])
    #expect(row.systems.first?.atoExpires == Make.moment("2020-01-01T23:59:59Z"))
    #expect(row.media == [.share] && row.paths.map(\.description) == ["lane3/**"])
    #expect(row.retention?.limit?.seconds == 43_200 && row.retention?.clock == .receipt)
    #expect(row.retention?.purposeEnd == Make.moment("2019-03-31T23:59:59Z"))
    #expect(row.hold?.id == "H" && row.encryption?.required == true && row.encryption?.moduleCertificate == "4282")
    #expect(row.destruction?.certificateIds == ["D-1"] && row.sharing?.countries == ["US"])
    #expect(row.legal?.clauses == ["a", "b"] && row.issuedAt == Make.moment("2018-01-01T00:00:00Z"))
    #expect(row.assessed?.interval?.months == 12 && row.signatories.first?.claimsSignature == true)
  }

  static let mistakes: [(changes: [String: String?], code: String)] = [
    (["categories": "[\"face.*\"]"], "register.unknown-value"), (["categories": nil], "register.missing-key"),
    (["catgories": "[]"], "register.unknown-key"), (["status": "activ"], "register.unknown-value"),
    (["version": "0"], "register.out-of-range"), (["version": "one"], "register.wrong-type"),
    (["version": "\"1\""], "register.wrong-type"), (["max_items": "-1"], "register.out-of-range"),
    (["not_after": "2017-01-01"], "register.empty-validity"), (["not_before": "yesterday"], "register.bad-time"),
    (["not_before": "2019-02-30"], "register.bad-time"), (["retention": "{limit: 30 days}"], "register.bad-duration"),
    (["retention": "{limit: P30D, clock: purpose-end}"], "register.missing-key"),
    (["prohibited_purposes": "[matching]"], "register.contradiction"), (["holder": "Sub"], "register.wrong-type"),
    (["holder": "{name: Sub}"], "register.missing-key"), (["encryption": "{required: yes}"], "register.wrong-type"),
    (["signatories": "[{name: A, role: king}]"], "register.unknown-value"), (["paths": "lane3"], "register.wrong-type"),
    (["hold": "{until: 2020-01-01}"], "register.missing-key"),
    (["sequence": "0"], "register.out-of-range"), (["sequence": "1000000001"], "register.out-of-range"),
    (["sequence": "first"], "register.wrong-type"), (["previous": "abc"], "register.bad-digest"),
    (["previous": "\"" + String(repeating: "0", count: 63) + "\""], "register.bad-digest"),
    (["max_items": "9007199254740992"], "register.out-of-range"),
    (
      ["signatories": "[" + String(repeating: "{name: A, role: CO}, ", count: 65) + "]"],
      "register.too-many-signatories"
    ),
  ]

  @Test(arguments: mistakes.indices) func mistakesAreRefused(_ i: Int) {
    let (changes, code) = Self.mistakes[i]
    let (errors, _) = PolicySet.check(packs: [], registers: [Make.register(changes)])
    #expect(errors.contains { $0.code == code && $0.location?.hasPrefix("register.yaml:") ?? false }, "\(errors)")
  }

  @Test func sameVersionTwiceIsRefused() {
    let twice = Make.source("r", "register: r\nrows:\n" + Make.row() + Make.row())
    #expect(PolicySet.check(packs: [], registers: [twice]).errors.map(\.code) == ["register.duplicate-row"])
    let other = Make.source("s", "register: s\nrows:\n" + Make.row(["agency": "TSA"]))
    let errors = PolicySet.check(packs: [], registers: [Make.register(), other]).errors
    #expect(errors.map(\.code) == ["register.conflicting-rows"])
  }

  @Test func warningsNameWhatWeakensARow() {
    let bare = Make.register([
      "signatories": nil, "retention": nil, "not_after": nil, "holder": "{name: A, role: sub}",
    ])
    let codes = PolicySet.check(packs: [], registers: [bare]).warnings.map(\.code)
    #expect(codes == ["register.no-parent", "register.unsigned", "register.no-retention", "register.no-end"])
    let dangling = Make.register(["holder": "{name: A, role: sub, parent_row: P}"])
    #expect(PolicySet.check(packs: [], registers: [dangling]).warnings.map(\.code) == ["register.unknown-parent"])
  }

  static let states: [(changes: [String: String?], asOf: String, state: RegisterState)] = [
    ([:], "2019-06-01T00:00:00Z", .active), ([:], "2017-12-31T23:59:59Z", .notYetValid),
    ([:], "2018-01-01T00:00:00Z", .active), ([:], "2019-12-31T23:59:59Z", .active),
    ([:], "2020-01-01T00:00:00Z", .expired), (["status": "draft"], "2019-06-01T00:00:00Z", .draft),
    (["status": "suspended"], "2019-06-01T00:00:00Z", .suspended),
    (["status": "revoked"], "2017-06-01T00:00:00Z", .revoked),
    (["status": "expired"], "2019-06-01T00:00:00Z", .expired),
    (["not_after": "2019-06-01T00:00:00+02:00"], "2019-05-31T22:00:00Z", .active),
    (["not_after": "2019-06-01T00:00:00+02:00"], "2019-05-31T22:00:01Z", .expired),
  ]

  @Test(arguments: states.indices) func stateFollowsStatusThenDates(_ i: Int) throws {
    let (changes, asOf, state) = Self.states[i]
    #expect(try Self.load(changes).state(at: Make.moment(asOf)) == state)
  }

  @Test func theNewestVersionIssuedByThenCounts() throws {
    let text =
      "register: r\nrows:\n" + Make.row(["issued_at": "2018-01-01"])
      + Make.row(["version": "2", "status": "revoked", "issued_at": "2019-01-01"])
    let register = try #require(try PolicySet.load(packs: [], registers: [Make.source("r", text)]).register)
    #expect(register.rows(at: Make.moment("2018-06-01T00:00:00Z")).map(\.version) == [1])
    #expect(register.rows(at: Make.moment("2019-06-01T00:00:00Z")).map(\.version) == [2])
    #expect(register.rows(at: Make.moment("2017-06-01T00:00:00Z")).isEmpty)
  }

  struct Case: Sendable {
    var rows: [[String: String?]]
    var holder: String? = "example IMAGING"
    var system: String?
    var path = "lane3/a.jpg"
    var dataClass = DataClass.faceImage
    /// state, row, failed, unknown
    var expected: String
  }

  static let matches: [Case] = [
    Case(rows: [[:]], expected: "active ROW-1 [] []"),
    Case(rows: [], expected: "no-row - [] []"),
    Case(rows: [[:]], holder: "Other", expected: "no-row - [] []"),
    Case(rows: [[:]], holder: nil, expected: "active ROW-1 [] []"),
    Case(
      rows: [[:], ["id": "ROW-2", "holder": "{name: Other, role: prime}"]], holder: nil,
      expected: "holder-unknown - [] []"),
    Case(rows: [[:]], dataClass: .irisImage, expected: "active ROW-1 [category] []"),
    Case(rows: [[:]], path: "lane4/a.jpg", expected: "active ROW-1 [path] []"),
    Case(rows: [[:]], path: "night.tar!/lane3/a.jpg", expected: "active ROW-1 [] []"),
    Case(rows: [[:]], path: "night.tar!/./lane3/a.jpg", expected: "active ROW-1 [] []"),
    Case(rows: [[:]], path: "x/night.tar!/lane3/in.zip!/a.jpg", expected: "active ROW-1 [] []"),
    Case(rows: [[:]], path: "lane3/../secret/a.jpg", expected: "active ROW-1 [path] []"),
    Case(rows: [["systems": "[{host: nas-01}]"]], expected: "active ROW-1 [] [system]"),
    Case(rows: [["systems": "[{host: \"NAS-*\"}]"]], system: "nas-07", expected: "active ROW-1 [] []"),
    Case(rows: [["systems": "[{host: nas-01}]"]], system: "laptop", expected: "active ROW-1 [system] []"),
    // A row that covers everything but has expired says more than one in force about something else.
    Case(
      rows: [["categories": "[plate.read]"], ["id": "ROW-2", "status": "expired"]], expected: "expired ROW-2 [] []"),
    // Of equal rows the one in force counts, then the one that ends later, then the smaller id.
    Case(rows: [["status": "revoked"], ["id": "ROW-2"]], expected: "active ROW-2 [] []"),
    Case(rows: [["id": "B"], ["id": "A", "not_after": "2020-12-31"]], expected: "active A [] []"),
    Case(rows: [["id": "B"], ["id": "A"]], expected: "active A [] []"),
    Case(rows: [["paths": nil]], path: "anywhere/x", expected: "active ROW-1 [] []"),
    Case(rows: [["paths": "[\"lane3/*.jpg\"]"]], path: "lane3/a.jpg", expected: "active ROW-1 [] []"),
    Case(rows: [["paths": "[\"lane3/*.jpg\"]"]], path: "lane3/a.png", expected: "active ROW-1 [path] []"),
  ]

  @Test(arguments: matches.indices) func closestRow(_ i: Int) throws {
    let c = Self.matches[i]
    let text = "register: r\nrows:" + (c.rows.isEmpty ? " []\n" : "\n" + c.rows.map { Make.row($0) }.joined())
    let judge = try Make.judge(register: Make.source("r", text), holder: c.holder, system: c.system)
    var copy = judge
    copy.add(Make.entry(c.path, [Make.seen(c.dataClass)]))
    let match = try #require(copy.tuples.values.first?.authorization)
    let row = match.row >= 0 ? judge.context.matcher.rows[Int(match.row)].id : "-"
    #expect(
      "\(match.state.rawValue) \(row) \(list(match.failed)) \(list(match.unknown))" == c.expected)
  }

  private func list(_ d: RowDimensions) -> String { "[" + d.words.joined(separator: " ") + "]" }

  static let globs: [(pattern: String, text: String, matches: Bool)] = [
    ("a/b", "a/b", true), ("a/b", "a/bc", false), ("a/*", "a/b", true), ("a/*", "a/b/c", false), ("a/*", "a/", true),
    ("a/**", "a/b/c", true), ("a/**", "ab", false), ("**/x", "a/b/x", true), ("**x", "x", true), ("**", "", true),
    ("a?c", "abc", true), ("a?c", "a/c", false), ("*.jpg", "b.jpg", true), ("*.jpg", "a/b.jpg", false),
    ("**/lane*/**", "t.tar!/lane3/d.zip!/1", true), ("*a*b*", "xxaxxbxx", true), ("*a*b*", "xxbxxaxx", false),
    ("**a/*b**c", "1a/2b/3/c", true), ("A", "a", false), ("a/**/b", "a/x/y/b", true), ("a/**/b", "a/b", false),
  ]

  @Test(arguments: globs.indices) func globMatches(_ i: Int) throws {
    let (pattern, text, matches) = Self.globs[i]
    let glob = try #require(PathGlob(pattern))
    #expect(glob.matches(Array(text.utf8)[...]) == matches)
  }

  /// The fast matcher agrees with the plain recursive definition.
  @Test func globAgreesWithItsDefinition() throws {
    func plain(_ p: ArraySlice<UInt8>, _ t: ArraySlice<UInt8>) -> Bool {
      guard let first = p.first else { return t.isEmpty }
      if first == 0x2A {
        let deep = p.dropFirst().first == 0x2A
        let rest = p.drop { $0 == 0x2A }
        if plain(rest, t) { return true }
        guard let next = t.first, deep || next != 0x2F else { return false }
        return plain(deep ? [0x2A, 0x2A] + rest : [0x2A] + rest, t.dropFirst())
      }
      guard let next = t.first, first == next || (first == 0x3F && next != 0x2F) else { return false }
      return plain(p.dropFirst(), t.dropFirst())
    }
    var random = SeededGenerator(state: 3)
    for _ in 0..<3000 {
      let pattern = (0..<Int.random(in: 1...7, using: &random)).map { _ in
        "ab/**?".utf8.randomElement(using: &random) ?? 0
      }
      let text = (0..<Int.random(in: 0...8, using: &random)).map { _ in "ab/".utf8.randomElement(using: &random) ?? 0 }
      let glob = try #require(PathGlob(String(decoding: pattern, as: UTF8.self)))
      #expect(
        glob.matches(text[...]) == plain(pattern[...], text[...]),
        "\(String(decoding: pattern, as: UTF8.self)) \(String(decoding: text, as: UTF8.self))")
      if glob.dependsOnFolderOnly, let slash = text.lastIndex(of: 0x2F) {
        let sibling = text[...slash] + [0x7A]
        #expect(glob.matches(text[...]) == glob.matches(sibling))
      }
    }
  }

  @Test func hostileNamesDoNotStallMatching() throws {
    let glob = try #require(PathGlob("**a*a*a*b"))
    let name = [UInt8](repeating: 0x61, count: 60_000)
    #expect(!glob.matches(name[...]))
  }

  @Test func recordsAreRead() throws {
    let text = """
      records: side
      certificates:
        - id: D-1
          method: destroy
          ended_at: 2019-01-01T00:00:00Z
          verification: {result: PASS}
          files: ["\(Make.digest(5).description)"]
      """
    let set = try PolicySet.load(packs: [], records: [Make.source("x", text)])
    let claims = try #require(set.records).claims(at: Make.asOf)
    #expect(claims.mapValues(\.destruction) == [Make.digest(5): .certified])
    #expect(try #require(set.records).claims(at: Make.moment("2018-12-31T00:00:00Z")).isEmpty)
    let bad = text.replacingFirst("PASS", with: "OK").replacingFirst("destroy", with: "burn")
      .replacingFirst(Make.digest(5).description, with: "abc")
    let codes = PolicySet.check(packs: [], records: [Make.source("x", bad)]).errors.map(\.code)
    #expect(codes == ["records.unknown-value", "records.unknown-value", "records.bad-digest"])
  }
}
