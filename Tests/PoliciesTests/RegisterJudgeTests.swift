import CustodyCore
import Testing

@testable import Policies

/// What verified and unverified rows do to the answer of an audit.
@Suite struct RegisterJudgeTests {
  static func report(
    _ rows: [String], trust: PolicySource? = Signer.trust(), required: Bool = false,
    holder: String = "Example Imaging", item: Observation = Make.seen(.faceImage)
  ) throws -> Report {
    let judge = try Make.judge(
      packs: ["core-authorization"], register: Signer.register(rows), holder: holder, trust: trust,
      requireSigned: required)
    return Make.report(judge, [Make.entry("lane3/a", [item], attributes: RuleTests.recent)])
  }

  struct Case: Sendable {
    var name: String
    var changes: [String: String?] = [:]
    var key: String? = "owner"
    var trusted = true
    var required = false
    var lines: [String]
    var limitation: String?
  }
  static let cases: [Case] = [
    Case(name: "no trust file", trusted: false, lines: [], limitation: "register-signatures-not-verified"),
    Case(name: "verified", lines: []),
    Case(name: "verified and required", required: true, lines: []),
    Case(
      name: "unknown key", key: "mallory", lines: ["AUTH-03 violation key-unknown x1"],
      limitation: "register-rows-not-verified"),
    Case(
      name: "unknown key and required", key: "mallory", required: true,
      lines: ["AUTH-01 violation not-verified x1", "AUTH-03 violation key-unknown x1"],
      limitation: "register-rows-not-verified"),
    Case(
      name: "unsigned", key: nil, lines: ["AUTH-03 violation unsigned x1"], limitation: "register-rows-not-verified"),
    Case(
      name: "unsigned and required", key: nil, required: true,
      lines: ["AUTH-01 violation not-verified x1", "AUTH-03 violation unsigned x1"],
      limitation: "register-rows-not-verified"),
    Case(
      name: "training by one", changes: ["purposes": "[training]"], lines: ["AUTH-03 violation two-person x1"],
      limitation: "register-rows-not-verified"),
    Case(
      name: "expired row, verified", changes: ["not_after": "2019-05-31"], required: true,
      lines: ["AUTH-02 violation expired x1"]),
    Case(
      name: "expired row, not verified", changes: ["not_after": "2019-05-31"], key: "mallory", required: true,
      lines: ["AUTH-02 violation expired x1"], limitation: "register-rows-not-verified"),
  ]

  @Test(arguments: cases.indices) func findings(_ i: Int) throws {
    let c = Self.cases[i]
    let row = try Signer.row(c.changes.merging(["sequence": "1"]) { a, _ in a }, [("CO", c.key)])
    let report = try Self.report([row], trust: c.trusted ? Signer.trust() : nil, required: c.required)
    #expect(report.lines == c.lines, "\(c.name)")
    let codes = report.limitations.map(\.code).filter { $0.hasPrefix("register-") && $0 != "register-state-not-known" }
    #expect(codes == (c.limitation.map { [$0] } ?? []), "\(c.name)")
    #expect(report.limitations.contains { $0.code == "register-state-not-known" } == c.trusted, "\(c.name)")
  }

  /// Where signatures are required, a row nobody vouches for stands behind a verified one that covers as much.
  @Test func verifiedRowsComeFirst() throws {
    // The false row has the smaller id, which decides between equals.
    let rows = [
      try Signer.row(["id": "A", "sequence": "1"], [("CO", "mallory")]),
      try Signer.row(["id": "B", "sequence": "2"]),
    ]
    #expect(try Self.report(rows).lines == ["AUTH-03 violation key-unknown x1"])
    #expect(try Self.report(rows, required: true).lines == [])
    // A verified row that has ended goes before a false one in force.
    let ended = [rows[0], try Signer.row(["id": "B", "sequence": "2", "not_after": "2019-05-31"])]
    #expect(try Self.report(ended, required: true).lines == ["AUTH-02 violation expired x1"])
  }

  /// A later date written into a revocation must not bring the revoked row back.
  @Test func aRevocationCannotBePostponed() throws {
    var rows = try Signer.chained([[:], ["version": "2", "status": "revoked", "issued_at": "2019-01-01"]])
    #expect(try Self.report(rows, required: true).lines == ["AUTH-02 violation revoked x1"])
    rows[1] = rows[1].replacingFirst("2019-01-01\n", with: "2020-01-01\n")
    #expect(rows[1].contains("issued_at: 2020-01-01"))
    #expect(try Self.report(rows, required: true).lines == ["AUTH-02 violation revoked x1"])
    // A later version that the owner signed waits for its date.
    let later = try Signer.chained([[:], ["version": "2", "status": "revoked", "issued_at": "2020-01-01"]])
    #expect(try Self.report(later, required: true).lines == [])
  }

  @Test(arguments: ["owner", "mallory"]) func aSubcontractorNeedsAVerifiedPrime(_ key: String) throws {
    let rows = [
      try Signer.row(
        [
          "id": "P", "sequence": "1", "holder": "{name: Prime, role: prime}",
          "flowdown": "[{clause: c, sub: Example Imaging}]",
        ], [("CO", key)]),
      try Signer.row(["sequence": "2", "holder": "{name: Example Imaging, role: sub, parent_row: P}"]),
    ]
    #expect(try Self.report(rows).lines == [])
    let lines = try Self.report(rows, required: true).lines
    #expect(lines.isEmpty == (key == "owner"), "\(lines)")
    #expect(lines.allSatisfy { $0.hasPrefix("AUTH-10 violation") }, "\(lines)")
  }

  /// A false row that lists faces does not clear a holder whose only verified row lists plates.
  @Test func aFalseRowDoesNotClear() throws {
    let rows = [
      try Signer.row(["id": "A", "sequence": "1", "categories": "[plate.image]"]),
      try Signer.row(["id": "B", "sequence": "2", "categories": "[face.image]"], [("CO", "mallory")]),
    ]
    func listsPlatesOnly(_ required: Bool) throws -> Bool {
      try Make.judge(register: Signer.register(rows), trust: Signer.trust(), requireSigned: required).context
        .holderFacts.listsPlatesOnly
    }
    #expect(try !listsPlatesOnly(false))
    #expect(try listsPlatesOnly(true))
  }

  /// A false row that names every agency does not stand for them.
  @Test(arguments: [true, false]) func aFalseRowCoversNoAgency(_ required: Bool) throws {
    let row = try Signer.row(["sequence": "1"], [("CO", "mallory")])
    var judge = try Make.judge(register: Signer.register([row]), trust: Signer.trust(), requireSigned: required)
    judge.add(Make.entry("cbp/lane3/a", [Make.seen(.faceImage)]))
    let facts = judge.snapshotFacts(hasSecrets: false)
    #expect(facts.agencies.customers == 1)
    #expect(facts.agenciesCovered == !required)
  }

  @Test func theTrustFileIsPartOfTheConfiguration() throws {
    let set = try Signer.admit(Signer.register([try Signer.row(["sequence": "1"])]))
    let trust = set.configuration { Make.hash($0) }.filter { $0.role == "trust" }
    #expect(trust.map(\.name) == ["trust.yaml"] && trust.first?.sha256.bytes == Make.hash(Signer.trust().bytes))
  }
}
