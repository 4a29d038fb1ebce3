import CustodyCore
import Testing

@testable import Policies

/// Nobody is accused, and nobody cleared, by what is about somebody else or by what is no evidence.
@Suite struct WrongAnswerTests {
  private static let collection = LanguageTests.pack(
    LanguageTests.rule("C-1", "scope: collection\nviolation: collection.unauthorized > 0"))

  private static let specimen = Make.seen(.faceTemplate, .strong, count: 1, ["specimen": .string("t")])

  private static let mixed: [(observations: [Observation], expected: String)] = [
    ([Make.seen(.plateImage)], "silent"),
    ([Make.seen(.plateImage), Make.seen(.irisImage, .weak)], "inconclusive weak-evidence"),
    ([Make.seen(.plateImage), specimen], "inconclusive specimen"),
    ([Make.seen(.plateImage), Make.seen(.irisImage, .weak), specimen], "inconclusive weak-evidence"),
    ([Make.seen(.irisImage, .weak), specimen], "inconclusive weak-evidence"),
    ([specimen], "inconclusive specimen"),
    ([Make.seen(.plateImage), Make.seen(.irisImage)], "violation c"),
    ([Make.seen(.plateImage, .weak), Make.seen(.irisImage)], "violation c"),
  ]

  @Test("solid data that a row covers lends nothing to weak or public data beside it", arguments: mixed.indices)
  func foldersOfMixedEvidence(_ i: Int) throws {
    let (observations, expected) = Self.mixed[i]
    let set = try PolicySet.load(packs: [Self.collection], registers: [Make.register()])
    let judge = Judge(
      policies: set, engagement: Engagement(holder: "Example Imaging"), asOf: Make.asOf, digests: Make.digests)
    let entries = observations.enumerated().map {
      Make.entry("lane3/\($0).jpg", index: UInt64($0), [$1], content: UInt64($0))
    }
    let findings = Make.report(judge, entries).findings
    #expect((findings.first.map { $0.verdict.rawValue + " " + $0.cause } ?? "silent") == expected)
  }

  // MARK: Other holders

  private static let register = Make.source(
    "r.yaml",
    "register: r\nrows:\n" + Make.row(["holder": "{name: Example Imaging, role: sub, parent_row: P-1}"])
      + Make.row(["id": "P-1", "holder": "{name: Big Prime, role: prime}"])
      + Make.row(["id": "X-1", "holder": "{name: Another Company, role: prime}"]))

  @Test(
    "a certificate about another holder's row is no proof against this one",
    arguments: [
      ("", "violation certified-destroyed"), ("row: ROW-1, ", "violation certified-destroyed"),
      ("row: P-1, ", "violation certified-destroyed"), ("row: NOWHERE, ", "violation certified-destroyed"),
      ("row: X-1, ", "inconclusive certificate-unproven"),
    ])
  func certificates(_ row: String, _ expected: String) throws {
    let records =
      "records: r\ncertificates:\n  - {id: C, \(row)method: purge, ended_at: 2019-01-01, verification: {result: PASS}, files: [\"\(Make.digest(7))\"]}\n"
    let judge = try Make.judge(packs: ["core-authorization"], register: Self.register, records: records)
    let report = Make.report(judge, [Make.entry("lane3/a.jpg", index: 1, [Make.seen(.faceImage)], content: 7)])
    let finding = try #require(report.findings.first { $0.ruleId == "AUTH-09" })
    #expect(finding.verdict.rawValue + " " + finding.cause == expected)
  }

  @Test(
    "what another holder was given authorizes nothing here",
    arguments: [("", false), ("holder: example imaging, ", false), ("holder: Another Company, ", true)])
  func receipts(_ holder: String, _ isOutside: Bool) throws {
    let records =
      "records: r\nreceipts:\n  - {id: R, row: ROW-1, \(holder)received_at: 2019-01-01, files: [\"\(Make.digest(7))\"]}\n"
    let judge = try Make.judge(packs: ["core-authorization"], register: Self.register, records: records)
    let report = Make.report(judge, [Make.entry("desktop/a.jpg", index: 1, [Make.seen(.faceImage)], content: 7)])
    #expect(report.findings.contains { $0.ruleId == "AUTH-05" } == isOutside)
  }

  @Test(
    "a disclosure under another holder's row is not this holder's",
    arguments: [
      ("ROW-1", "Example Imaging", 1), ("P-1", "Example Imaging", 1), ("X-1", "Example Imaging", 0),
      ("X-1", "Another Company", 1),
    ])
  func disclosures(_ row: String, _ holder: String, _ findings: Int) throws {
    let pack = LanguageTests.pack(
      LanguageTests.rule("D-1", "scope: record\nwhen: {records: [disclosure]}\nviolation: record.hasRow"))
    let records = Make.source(
      "d.yaml", "records: r\ndisclosures:\n  - {id: D, row: \(row), recipient: X, occurred_at: 2019-01-01}\n")
    let set = try PolicySet.load(packs: [pack], registers: [Self.register], records: [records])
    let judge = Judge(policies: set, engagement: Engagement(holder: holder), asOf: Make.asOf, digests: Make.digests)
    #expect(Make.report(judge, []).findings.count == findings)
  }

  @Test(
    "a holder whom the register does not know is said",
    arguments: [("Example Imaging", false), ("EXAMPLE IMAGING", false), ("Example  Imaging", true)])
  func misspelledHolder(_ holder: String, _ isSaid: Bool) throws {
    let report = Make.report(try Make.judge(register: Self.register, holder: holder), [])
    #expect(report.limitations.contains { $0.code == "holder-without-rows" } == isSaid)
  }

  // MARK: Names that are taken

  private static func errors(_ registers: [PolicySource], _ records: [PolicySource] = []) -> [String] {
    PolicySet.check(packs: [], registers: registers, records: records).errors.map(\.code)
  }

  @Test(
    "a higher version in another register does not replace another's row",
    arguments: [
      ("other", ["version": "2", "holder": "{name: Another Company, role: prime}"], ["register.id-taken"]),
      ("other", ["version": "2", "agency": "TSA"], ["register.id-taken"]),
      ("other", ["version": "2", "holder": "{name: EXAMPLE imaging, role: prime}"], []),
      ("test", ["version": "2", "agency": "TSA"], []), ("other", [:], []),
    ] as [(String, [String: String?], [String])])
  func sharedIds(_ name: String, _ changes: [String: String?], _ expected: [String]) {
    let other = Make.source("o.yaml", "register: \(name)\nrows:\n" + Make.row(changes))
    #expect(Self.errors([Make.register(), other]) == expected)
    #expect(Self.errors([other, Make.register()]) == expected)
  }

  @Test("one record is not two", arguments: [("PASS", []), ("FAILED", ["records.conflicting-records"])])
  func sharedRecordIds(_ result: String, _ expected: [String]) {
    func file(_ name: String, _ result: String) -> PolicySource {
      Make.source(
        name,
        "records: r\ncertificates:\n  - {id: C, method: purge, ended_at: 2019-01-01, verification: {result: \(result)}}\n"
      )
    }
    #expect(Self.errors([], [file("a.yaml", "PASS"), file("b.yaml", result)]) == expected)
  }

  // MARK: Clocks that run ahead

  @Test(
    "a capture time that is still to come lets no limit pass and no limit stand",
    arguments: [
      ("2018-07-01T00:00:00Z", RetentionState.within, CaptureTimeObject.Age.within),
      ("2018-05-01T00:00:00Z", .expired, .past), ("2019-06-01T00:00:00Z", .within, .within),
      ("2019-06-01T00:00:01Z", .clockUnreliable, .clockUnreliable),
      // Without zone it may be fourteen hours earlier than it says.
      ("2019-06-01T14:00:00", .within, .within), ("2019-06-01T14:00:01", .clockUnreliable, .clockUnreliable),
      ("9999-12-31T23:59:59Z", .clockUnreliable, .clockUnreliable),
    ])
  func future(_ text: String, _ state: RetentionState, _ age: CaptureTimeObject.Age) throws {
    let captured = try #require(CaptureTime(text, clock: .exif))
    let set = try PolicySet.load(packs: [], registers: [Make.register()])
    let matcher = RegisterMatcher(register: set.register, engagement: Engagement(holder: nil), asOf: Make.asOf)
    let facts = try #require(RowFacts.all(of: matcher, at: Make.asOf).first)
    #expect(RetentionLimit(facts, asOf: Make.asOf).state(captured) == state)
    let year = try #require(CalendarDuration("P1Y"))
    #expect(CaptureTimeObject(captured: captured, asOf: Make.asOf).against(year) == age)
  }

  // MARK: Counting people

  @Test func boundsOnPeopleDoNotDependOnHowLinesWereSplit() {
    // Contents 0…9, each twice; five are told apart.
    let entries = (0..<20).map {
      Make.entry("a/\($0).jpg", index: UInt64($0), [Make.seen(.faceImage)], content: UInt64($0 % 10))
    }
    for limit in [5, 9, 10, 100] {
      var answers: Set<SubjectBounds?> = []
      for cut in [0, 1, 7, 10, 13, 20] {
        var first = SubjectCount(contentLimit: limit)
        var second = SubjectCount(contentLimit: limit)
        for (i, entry) in entries.enumerated() {
          for reading in ItemReader.read(entry, nameTime: nil) {
            if i < cut { first.add(reading, of: entry) } else { second.add(reading, of: entry) }
          }
        }
        first.merge(second)
        answers.insert(first.bounds(.faceImage))
      }
      #expect(answers.count == 1)
      // Every copy counts once contents are no longer told apart.
      #expect(answers.first??.atMost == (limit < 10 ? 20 : 10))
    }
  }
}
