import CustodyCore
import Records
import Testing

@testable import Evidence

@Suite struct StatementTests {
  static let statement: AuditStatement = {
    var s = Audit().statement
    s.byproducts = [Byproduct(name: "report.html", sha256: Hash.digest(of: [1]), mediaType: "text/html")]
    return s
  }()

  @Test func shape() throws {
    let json = Self.statement.json(disclosePaths: false)
    #expect(json.object?.members.map(\.key) == ["_type", "subject", "predicateType", "predicate"])
    #expect(json["_type"] == "https://in-toto.io/Statement/v1")
    #expect(json["subject"]?.array?.compactMap { $0["name"]?.string } == ["inventory.jsonl", "snapshot-1"])
    #expect(
      json["predicate"]?.object?.members.map(\.key) == [
        "scanner", "metadata", "asOf", "engagement", "configuration", "result", "coverage", "exposure", "findings",
        "limitations", "inventory", "byproducts",
      ])
    #expect(json["predicate"]?["metadata"]?["reproducible"] == false)
    #expect(!String(decoding: JSONWriter.compact(json), as: UTF8.self).contains("secret"))
    #expect(
      String(decoding: JSONWriter.compact(Self.statement.json(disclosePaths: true)), as: UTF8.self).contains(
        "secret.tar"))
  }

  @Test func comesBack() throws {
    let bytes = JSONWriter.compact(Self.statement.json(disclosePaths: true))
    #expect(try AuditStatement(json: bytes) == Self.statement)
    var bare = Self.statement
    bare.run = nil
    bare.limits = []
    bare.scanner.sha256 = nil
    #expect(try AuditStatement(json: JSONWriter.compact(bare.json(disclosePaths: true))) == bare)
  }

  static let changes: [(String, String, String)] = [
    ("Statement/v1", "Statement/v0.1", "statement.type"), ("audit-report:v1", "audit-report:v2", "statement.type"),
    ("snapshot-1", "snapshot-2", "statement.subject"), ("\"metadata\"", "\"metaData\"", "record.shape"),
    ("\"reproducible\":false", "\"reproducible\":true", "record.shape"), ("PASSED", "Passed", "record.shape"),
    ("\"byproducts\"", "\"byProducts\"", "record.shape"), ("rfc6962-sha256", "rfc6962-sha1", "record.shape"),
  ]

  @Test(arguments: changes) func refuses(_ what: String, _ instead: String, _ code: String) throws {
    let text = String(decoding: JSONWriter.compact(Self.statement.json(disclosePaths: false)), as: UTF8.self)
    #expect(text.contains(what))
    let changed = text.replacing(what, with: instead, maxReplacements: 1)
    #expect(try #require(throws: Complaint.self) { try AuditStatement(json: Array(changed.utf8)) }.code == code)
  }

  @Test func subjectsAndReportMustAgree() throws {
    var other = Self.statement
    other.report.inventory.sha256 = Hash.digest(of: [7])
    let a = String(decoding: JSONWriter.compact(Self.statement.json(disclosePaths: false)), as: UTF8.self)
    let b = try JSONParser.parse(JSONWriter.compact(other.json(disclosePaths: false)))
    var mixed = try #require(try JSONParser.parse(Array(a.utf8)).object)
    mixed.members[3].value = try #require(b["predicate"])
    #expect(
      try #require(throws: Complaint.self) { try AuditStatement(json: JSONWriter.compact(.object(mixed))) }.code
        == "statement.subject")
  }
}
