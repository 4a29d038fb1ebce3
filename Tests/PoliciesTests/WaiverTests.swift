import CustodyCore
import Testing

@testable import Policies

/// Waivers: by rule and content, until a day, shown and never instead of a finding.
@Suite struct WaiverTests {
  private static let key = Array("0123456789abcdef".utf8)

  private static func value(_ content: UInt64, key: [UInt8] = key) -> String {
    Waivers.value(of: Make.digest(content), key: key, sha256: { Make.hash($0) })?.description ?? ""
  }

  private static func file(_ entries: String) -> PolicySource {
    Make.source("w.yaml", "waivers: w\nentries:\n" + entries)
  }

  private static func entry(
    _ id: String, rule: String = "AUTH-01", expires: String = "2019-06-01", _ contents: [String]
  ) -> String {
    "  - {id: \(id), rule: \(rule), owner: Privacy office, reason: licence on file, expires: \(expires), contents: [\(contents.joined(separator: ", "))]}\n"
  }

  private func report(_ waivers: String, _ entries: [Examination], key: [UInt8] = key) throws -> Report {
    var set = try PolicySet.load(packs: [try Make.shipped("core-authorization")])
    try set.addWaivers([Self.file(waivers)], key: key)
    let judge = Judge(
      policies: set, engagement: Engagement(holder: "Example Imaging"), asOf: Make.asOf, digests: Make.digests)
    return Make.report(judge, entries)
  }

  private static let entries = (1...3).map {
    Make.entry("a/\($0).jpg", index: UInt64($0), [Make.seen(.faceImage)], content: UInt64($0))
  }

  @Test func allOfAFindingIsWaived() throws {
    let report = try report(Self.entry("W-1", (1...3).map { Self.value($0) }), Self.entries)
    #expect(report.lines == ["AUTH-01 violation no-register x3"])
    let finding = try #require(report.findings.first)
    #expect(finding.isWaived)
    #expect(
      finding.waiver
        == FindingWaiver(
          ids: ["W-1"], owners: ["Privacy office"], entries: 3, until: Make.moment("2019-06-01T23:59:59Z")))
    #expect(report.result == .warned)
    #expect(report.waivers.map(\.state) == [.applied])
    #expect(report.limitations.map(\.code).contains("waivers-applied"))
  }

  @Test func aPartStaysAViolation() throws {
    let report = try report(Self.entry("W-1", [Self.value(2)]), Self.entries)
    let finding = try #require(report.findings.first)
    #expect(finding.waiver?.entries == 1 && !finding.isWaived && finding.counts.entries == 3)
    #expect(report.result == .failed)
  }

  @Test(
    "neither another rule, nor another day, nor another key, nor another content",
    arguments: [
      (entry("W-1", rule: "AUTH-02", (1...3).map { value($0) }), WaiverUse.State.unmatched),
      (entry("W-1", expires: "2019-05-31", (1...3).map { value($0) }), .expired),
      (entry("W-1", (1...3).map { value($0, key: Array("fedcba9876543210".utf8)) }), .unmatched),
      (entry("W-1", (11...13).map { value($0) }), .unmatched),
      (entry("W-1", (1...3).map { Make.digest($0).description }), .unmatched),
    ])
  func nothingElseWaives(_ waivers: String, _ state: WaiverUse.State) throws {
    let report = try report(waivers, Self.entries)
    #expect(report.findings.first?.waiver == nil)
    #expect(report.result == .failed)
    #expect(report.waivers.map(\.state) == [state])
    #expect(report.limitations.map(\.code).contains(state == .expired ? "waivers-expired" : "waivers-unmatched"))
  }

  @Test func aCopyElsewhereIsWaivedAndAMovedFileStaysSo() throws {
    let moved = [Make.entry("other/place.bin", index: 9, [Make.seen(.faceImage)], content: 2)]
    #expect(try report(Self.entry("W-1", [Self.value(2)]), moved).findings.first?.isWaived ?? false)
    let changed = [Make.entry("a/2.jpg", index: 2, [Make.seen(.faceImage)], content: 22)]
    #expect(try report(Self.entry("W-1", [Self.value(2)]), changed).findings.first?.waiver == nil)
  }

  @Test func contentThatWasNotReadCannotBeWaived() throws {
    let failed = [Make.entry("a/1.jpg", index: 1, [Make.seen(.faceImage)], disposition: .failed, reason: .corrupt)]
    #expect(try report(Self.entry("W-1", [Self.value(1)]), failed).findings.first?.waiver == nil)
  }

  @Test func severalWaiversNameTheEarliestEnd() throws {
    let both =
      Self.entry("W-1", expires: "2019-09-01", [Self.value(1), Self.value(2)])
      + Self.entry("W-2", expires: "2019-07-01", [Self.value(3)])
    let waiver = try #require(try report(both, Self.entries).findings.first?.waiver)
    #expect(waiver.ids == ["W-1", "W-2"] && waiver.entries == 3 && waiver.until == Make.moment("2019-07-01T23:59:59Z"))
  }

  @Test(
    "files without end, owner, reason or contents are refused",
    arguments: [
      (
        "  - {id: W, rule: A-1, owner: o, reason: r, contents: [\(String(repeating: "a", count: 64))]}",
        "waivers.missing-key"
      ),
      (
        "  - {id: W, rule: A-1, reason: r, expires: 2019-01-01, contents: [\(String(repeating: "a", count: 64))]}",
        "waivers.missing-key"
      ),
      (
        "  - {id: W, rule: A-1, owner: o, expires: 2019-01-01, contents: [\(String(repeating: "a", count: 64))]}",
        "waivers.missing-key"
      ),
      ("  - {id: W, rule: A-1, owner: o, reason: r, expires: 2019-01-01, contents: []}", "waivers.empty"),
      ("  - {id: W, rule: A-1, owner: o, reason: r, expires: 2019-01-01, contents: [a.jpg]}", "waivers.bad-content"),
      (
        "  - {id: W, rule: A-1, owner: o, reason: r, expires: never, contents: [\(String(repeating: "a", count: 64))]}",
        "waivers.bad-time"
      ),
      (
        "  - {id: W, rule: A-1, owner: o, reason: r, expires: 2019-01-01, path: a.jpg, contents: []}",
        "waivers.unknown-key"
      ),
    ])
  func mistakes(_ text: String, _ code: String) throws {
    var set = try PolicySet.load(packs: [try Make.shipped("core-authorization")])
    let error = #expect(throws: Complaints.self) { try set.addWaivers([Self.file(text + "\n")], key: Self.key) }
    #expect(error?.all.map(\.code).contains(code) ?? false, "\(error?.description ?? "")")
  }

  @Test func splittingTheInventoryChangesNothing() throws {
    let waivers = Self.entry("W-1", [Self.value(1), Self.value(3)])
    let whole = try report(waivers, Self.entries)
    var set = try PolicySet.load(packs: [try Make.shipped("core-authorization")])
    try set.addWaivers([Self.file(waivers)], key: Self.key)
    let base = Judge(
      policies: set, engagement: Engagement(holder: "Example Imaging"), asOf: Make.asOf, digests: Make.digests)
    var total = base.partial()
    for (i, entry) in Self.entries.enumerated() {
      var part = base.partial()
      part.add(entry, leafHash: { Make.hash(entry.nonce) })
      if i == 0 { total = part } else { total.merge(part) }
    }
    let split = total.finish(snapshots: [Make.snapshot], inventory: Make.inventory, configuration: [], detectors: [])
    #expect(split == whole)
  }
}

/// How many people: bounds and their reasons.
@Suite struct SubjectTests {
  private func bounds(_ entries: [Examination], _ dataClass: DataClass = .faceImage) throws -> SubjectBounds? {
    let report = Make.report(try Make.judge(), entries)
    return report.exposure.first { $0.dataClass == dataClass }?.subjects
  }

  private func picture(_ index: UInt64, faces: Int, content: UInt64? = nil, _ strength: Strength = .strong)
    -> Examination
  {
    Make.entry(
      "a/\(index).jpg", index: index, [Make.seen(.faceImage, strength, count: faces, ["inPicture": true])],
      content: content)
  }

  @Test func facesOfOnePictureAreDifferentPeopleAndCopiesAddNobody() throws {
    let found = try bounds([picture(1, faces: 3), picture(2, faces: 2), picture(3, faces: 3, content: 1001)])
    #expect(found?.atLeast == 3 && found?.atMost == 5)
    #expect(found?.reasoning.contains("one picture shows 3 faces") ?? false)
  }

  @Test func weakEvidenceMayBeAboutNobody() throws {
    let found = try bounds([picture(1, faces: 4, .weak)])
    #expect(found?.atLeast == 0 && found?.atMost == 4)
  }

  @Test func recordsOfManyFingersAreOnePersonAtLeast() throws {
    let entries = [Make.entry("a/1.an2", index: 1, [Make.seen(.fingerImage, .proof, count: 10)])]
    let found = try bounds(entries, .fingerImage)
    #expect(found?.atLeast == 1 && found?.atMost == 10)
  }

  @Test func platesAreNoPeople() throws {
    #expect(try bounds([Make.entry("a/1.jpg", index: 1, [Make.seen(.plateImage)])], .plateImage) == nil)
  }

  @Test func boundsHoldHoweverTheInventoryIsSplit() throws {
    var g = SeededGenerator(state: 3)
    let entries = (0..<60).map {
      picture(UInt64($0), faces: Int.random(in: 1...6, using: &g), content: UInt64.random(in: 0..<30, using: &g))
    }
    let base = try Make.judge()
    var whole = base.partial()
    for e in entries { whole.add(e) }
    var parts = base.partial()
    for chunk in stride(from: 0, to: 60, by: 7) {
      var part = base.partial()
      for e in entries[chunk..<min(60, chunk + 7)] { part.add(e) }
      if chunk == 0 { parts = part } else { parts.merge(part) }
    }
    func subjects(_ judge: Judge) -> SubjectBounds? {
      judge.finish(inventory: Make.inventory, configuration: [], detectors: []).exposure.first?.subjects
    }
    let found = try #require(subjects(whole))
    #expect(subjects(parts) == found)
    #expect(found.atLeast <= found.atMost)
  }
}

/// When: one period for each kind of clock.
@Suite struct PeriodTests {
  @Test func everyClockHasItsPeriod() throws {
    func entry(_ i: UInt64, _ time: String?, _ clock: String = "exif") -> Examination {
      Make.entry(
        "a/\(i).bin", index: i, [Make.seen(.faceImage)], modified: Make.moment("2019-05-0\(i)T00:00:00Z"),
        attributes: time.map { ["capturedAt": .string($0), "clock": .string(clock)] } ?? [:])
    }
    let report = Make.report(
      try Make.judge(),
      [
        entry(1, "2018-03-01T10:00:00Z"), entry(2, "2018-01-01T10:00:00"), entry(3, "2017-01-01T00:00:00Z", "record"),
        entry(4, nil), entry(5, nil),
      ])
    let periods = try #require(report.exposure.first).periods
    #expect(
      periods.map { "\($0.clock) \($0.from) \($0.to) \($0.entries)" } == [
        "record 2017-01-01T00:00:00Z 2017-01-01T00:00:00Z 1", "exif 2018-01-01T10:00:00 2018-03-01T10:00:00Z 2",
        "mtime 2019-05-04T00:00:00Z 2019-05-05T00:00:00Z 2",
      ])
  }
}
