import CustodyCore
import Testing

@testable import Policies

/// What side records say of contents, rows and the audit.
@Suite struct SideRecordTests {
  private static let pack = """
    pack: sample
    version: "1"
    title: Sample
    review: counsel-required
    sources: {s: A source}
    rules:
      - id: R-1
        title: T
        severity: low
        citations: [{text: one, source: s}]
        evidence: record
        inconclusive: "true"
        cause_from: CAUSE
        condition: "{items}"
        effect: e
        recommendation: r
    """

  /// What a string expression gives for one face.
  private func read(
    _ expression: String, _ records: String?, attachments: [String: Attachments.Content] = [:],
    row: [String: String?] = ["paths": nil], content: UInt64 = 7, path: String = "lane3/a.jpg",
    asOf: Instant = Make.asOf
  ) throws -> String {
    let pack = Self.pack.replacingFirst("CAUSE", with: "'" + expression + "'")
    var source = Make.source("records.yaml", "records: r\n" + (records ?? ""))
    source.attachments = Attachments(attachments)
    let set = try PolicySet.load(
      packs: [Make.source("p.yaml", pack)], registers: [Make.register(row)], records: records == nil ? [] : [source])
    let judge = Judge(
      policies: set, engagement: Engagement(holder: "Example Imaging"), asOf: asOf, digests: Make.digests)
    return Make.report(judge, [Make.entry(path, index: 1, [Make.seen(.faceImage)], content: content)]).findings.first?
      .cause
      ?? "silent"
  }

  private static let it = Make.digest(7).description
  private static let other = Make.digest(8).description

  @Test(
    "consent of a content",
    arguments: [
      ("- {id: C, given_at: 2019-01-01, files: [IT]}", "given"),
      ("- {id: C, given_at: 2019-01-01, files: [OTHER]}", "none"),
      ("- {id: C, given_at: 2019-07-01, files: [IT]}", "none"),
      ("- {id: C, given_at: 2019-01-01, withdrawn_at: 2019-05-01, files: [IT]}", "withdrawn"),
      ("- {id: C, given_at: 2019-01-01, withdrawn_at: 2019-07-01, files: [IT]}", "given"),
      ("- {id: C, given_at: 2019-01-01, expires_at: 2019-05-01, files: [IT]}", "expired"),
      (
        "- {id: C, given_at: 2019-01-01, expires_at: 2019-05-01, files: [IT]}\n  - {id: D, given_at: 2019-05-02, files: [IT]}",
        "given"
      ),
      ("- {id: C, given_at: 2019-01-01, row: ROW-1}", "given"), ("- {id: C, given_at: 2019-01-01, row: ROW-2}", "none"),
      (
        "- {id: C, given_at: 2019-01-01, withdrawn_at: 2019-05-01, row: ROW-1}\n  - {id: D, given_at: 2019-05-02, files: [IT]}",
        "given"
      ),
    ])
  func consent(_ records: String, _ expected: String) throws {
    let text = records.replacingFirst("IT", with: Self.it).replacingFirst("IT", with: Self.it)
      .replacingFirst("OTHER", with: Self.other)
    #expect(try read("item.consent", "consents:\n  " + text) == expected)
  }

  @Test func whatWasHandedOverMayLieElsewhere() throws {
    let receipt = "receipts: [{id: R, row: ROW-1, received_at: 2019-01-01, files: [\(Self.it)]}]"
    let failed = "auth.matched ? \"covered\" : size(auth.failed) > 0 ? auth.failed[0] : \"uncovered\""
    #expect(try read(failed, receipt, row: [:], path: "desktop/a.jpg") == "covered")
    #expect(try read(failed, receipt, row: [:], content: 8, path: "desktop/a.jpg") == "path")
    #expect(try read(failed, receipt.replacingFirst("ROW-1", with: "ROW-9"), row: [:], path: "desktop/a.jpg") == "path")
    #expect(
      try read(failed, receipt.replacingFirst("2019-01-01", with: "2019-06-02"), row: [:], path: "desktop/a.jpg")
        == "path")
    #expect(try read("item.receipted && auth.hasReceipts ? \"yes\" : \"no\"", receipt) == "yes")
  }

  @Test func anAgencyNeedNotRevealItsList() throws {
    let key = Array("an agency's own key".utf8)
    let value = KeyedHashes.hmacSHA256(key: key, message: Make.digest(7).bytes, sha256: Make.hash)
    let records = "hash_sets: [{id: H, agency: CBP, key_file: k.bin, manifest: {file: list.txt}}]"
    let files: [String: Attachments.Content] = [
      "k.bin": .bytes(key), "list.txt": .bytes(Array((Hex.encode(value) + "\n").utf8)),
    ]
    let known = "item.agencyFile ? \"known\" : \"unknown\""
    #expect(try read(known, records, attachments: files) == "known")
    #expect(try read(known, records, attachments: files, content: 8) == "unknown")
    #expect(try read(known, "hash_sets: [{id: H, agency: CBP, files: [\(Self.it)]}]") == "known")
    // A digest in the list is no keyed value.
    var plain = files
    plain["list.txt"] = .bytes(Array((Self.it + "\n").utf8))
    #expect(try read(known, records, attachments: plain) == "unknown")
  }

  @Test func hashSetsAreBounded() {
    let sets = (0...RecordsLoader.hashSetLimit).map { "  - {id: H\($0), agency: A, files: [\(Self.it)]}\n" }.joined()
    let errors = PolicySet.check(packs: [], records: [Make.source("r.yaml", "records: r\nhash_sets:\n" + sets)]).errors
    #expect(errors.map(\.code) == ["records.too-many"])
  }

  @Test func keysAreNoPartOfTheConfiguration() throws {
    var source = Make.source(
      "r.yaml", "records: r\nhash_sets: [{id: H, agency: CBP, key_file: k.bin, manifest: {file: l.txt}}]")
    source.attachments = Attachments([
      "k.bin": .bytes(Array("0123456789abcdef".utf8)), "l.txt": .bytes(Array((Self.it + "\n").utf8)),
    ])
    let set = try PolicySet.load(packs: [], records: [source])
    let names = set.configuration(sha256: { Make.hash($0) }).map { $0.role + " " + $0.name }
    #expect(names == ["records r.yaml", "records-attachment l.txt"])
  }

  @Test func manifestsStandForFiles() throws {
    let list = Self.it + "  a.jpg\n" + Self.other + "  b.jpg\n"
    let records =
      "certificates: [{id: C, method: purge, ended_at: 2019-01-01, verification: {result: PASS}, manifest: {file: l}}]"
    #expect(try read("item.destruction", records, attachments: ["l": .bytes(Array(list.utf8))]) == "certified")
    for (content, code) in [
      (Attachments.Content.missing("is not there"), "records.missing-file"),
      (.bytes(Array("garbage\n".utf8)), "manifest."),
    ] {
      let error = #expect(throws: Complaints.self) {
        _ = try read("item.destruction", records, attachments: ["l": content])
      }
      #expect(error?.all.contains { $0.code.hasPrefix(code) } ?? false, "\(error?.description ?? "")")
    }
  }

  @Test(
    "assessments of records count like those of rows",
    arguments: [
      (nil, "overdue"), ("2019-05-01", "current"), ("2019-07-01", "overdue"), ("2017-01-01", "overdue"),
    ] as [(String?, String)])
  func assessments(_ date: String?, _ expected: String) throws {
    let records = date.map { "assessments: [{id: A, holder: example imaging, assessed_at: \($0), interval: P1Y}]" }
    #expect(
      try read("auth.assessment", records, row: ["assessed": "{last: 2018-01-01, interval: P1Y}", "paths": nil])
        == expected)
  }

  @Test(
    "a certificate about the row, its contract, or named by it",
    arguments: [
      ("row: ROW-1", "PASS", [:], true), ("row: ROW-2", "PASS", [:], false), ("row: ROW-1", "UNKNOWN", [:], false),
      ("contract_no: K-1", "PASS", ["contract_no": "K-1"], true),
      ("contract_no: K-2", "PASS", ["contract_no": "K-1"], false),
      ("technique: x", "PASS", ["destruction": "{cert_ids: [C]}"], true),
    ] as [(String, String, [String: String?], Bool)])
  func certificates(_ about: String, _ result: String, _ row: [String: String?], _ expected: Bool) throws {
    let records =
      "certificates: [{id: C, method: purge, ended_at: 2019-01-01, verification: {result: \(result)}, \(about)}]"
    let answer = try read(
      "auth.destructionCertified ? \"yes\" : \"no\"", records, row: row.merging(["paths": nil]) { a, _ in a })
    #expect(answer == (expected ? "yes" : "no"))
  }

  @Test(
    "mistakes are said with their place",
    arguments: [
      ("incidents: [{id: I}]", "records.missing-key"),
      ("incidents: [{id: I, discovered_at: 2019-05-02, reported_at: 2019-05-01}]", "records.contradiction"),
      ("receipts: [{id: R, row: A, received_at: 2019-01-01}]", "records.missing-key"),
      ("media: [{id: M, reason: lost}]", "records.unknown-value"), ("consent: []", "records.unknown-key"),
      ("trainings: [{id: T, holder: H, completed_at: soon}]", "records.bad-time"),
      (
        "incidents: [{id: I, discovered_at: 2019-01-01}, {id: I, discovered_at: 2019-01-02}]",
        "records.duplicate-incident"
      ),
      ("hash_sets: [{id: H, agency: A, files: [abc]}]", "records.bad-digest"),
      ("hash_sets: [{id: H, agency: A, key_file: k, files: [\(it)]}]", "records.missing-file"),
      ("disclosures: [{id: D, recipient: R, occurred_at: 2019-01-01, categories: [faces]}]", "records.unknown-value"),
    ])
  func mistakes(_ text: String, _ code: String) {
    let errors = PolicySet.check(packs: [], records: [Make.source("r.yaml", "records: r\n" + text)]).errors
    #expect(errors.map(\.code) == [code])
    #expect(errors.allSatisfy { $0.location?.hasPrefix("r.yaml:") ?? false })
  }
}
