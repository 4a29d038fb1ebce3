import CustodyCore
import Foundation
import Testing

@testable import Policies

/// Properties of judging as a whole: no order, no split and no name of the data shows in a report.
@Suite struct JudgeTests {
  /// An inventory in which most facts occur, in random but repeatable order of folders.
  static func inventory(_ count: Int, seed: UInt64, canary: String = "") -> [Examination] {
    var random = SeededGenerator(state: seed)
    let folders = [
      "lane3", "lane4/2018/11/02", "usb.tar!/x", "nas/WO-2018-117", "deck.pptx!/ppt/media", "CBP/poe/alpha", "TSA/b",
      "p/train", "p/val", "hr/staff", "v/System Volume Information", "v/a", "night.tar!/day.zip!/lane3", "s/keys",
    ].map { canary.isEmpty ? $0 : canary + "/" + $0 + canary }
    let classes: [DataClass] = [.faceImage, .plateImage, .fingerTemplate, .identityMRZ, .videoUnexamined]
    return (0..<count).map { i in
      let folder = folders[Int.random(in: folders.indices, using: &random)]
      let name = ["\(i).jpg", "20181102-140258_c_\(i).jpg", "id_rsa", "m.pth"].randomElement(using: &random) ?? ""
      var observations: [Observation] = []
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        var attributes: Attributes = [:]
        if Bool.random(using: &random) {
          attributes = [
            "capturedAt": .string("201\(Int.random(in: 6...9, using: &random))-03-01T10:00:00Z"), "clock": "exif",
          ]
        }
        if Int.random(in: 0..<10, using: &random) == 0 { attributes["specimen"] = "public" }
        observations.append(
          Make.seen(
            classes.randomElement(using: &random) ?? .faceImage,
            Strength.allCases.randomElement(using: &random) ?? .weak,
            count: Int.random(in: 1...3, using: &random), attributes))
      }
      let disposition: Disposition =
        Int.random(in: 0..<12, using: &random) == 0
        ? Disposition.allCases.randomElement(using: &random) ?? .examined : .examined
      return Make.entry(
        folder + "/" + canary + name, index: UInt64(i), observations,
        size: UInt64.random(in: 0...90_000, using: &random),
        content: UInt64.random(in: 0...40, using: &random), modified: Bool.random(using: &random) ? Make.asOf : nil,
        disposition: disposition, reason: disposition == .examined ? nil : .encrypted)
    }
  }

  static func register() -> PolicySource {
    Make.register([
      "paths": "[\"**lane3**\", \"nas/**\"]", "encryption": "{required: true}", "max_items": "3",
      "assessed": nil, "signatories": nil,
    ])
  }

  @Test func splittingChangesNothing() throws {
    let judge = try Make.judge(
      register: Self.register(), records: RuleTests.certificate("PASS", content: 7), disclose: true)
    let lines = Self.inventory(400, seed: 21)
    func feed(_ judge: inout Judge, _ part: ArraySlice<Examination>) {
      for e in part { judge.add(e, leafHash: { e.index % 3 == 0 ? nil : Make.hash(e.nonce) }) }
    }
    var whole = judge
    feed(&whole, lines[...])
    let expected = whole.finish(inventory: Make.inventory, configuration: [], detectors: ["b/1", "a/1"])
    #expect(expected.findings.count > 60 && expected.detectors == ["a/1", "b/1"])
    var random = SeededGenerator(state: 5)
    for pieces in [2, 3, 7, 40] {
      var cuts = [0, lines.count] + (1..<pieces).map { _ in Int.random(in: 0...lines.count, using: &random) }
      cuts.sort()
      var parts: [Judge] = []
      for (a, b) in zip(cuts, cuts.dropFirst()) {
        var part = judge.partial()
        feed(&part, lines[a..<b])
        parts.append(part)
      }
      // Left to right, and as a tree: merging is associative.
      var left = parts[0]
      for part in parts.dropFirst() { left.merge(part) }
      while parts.count > 1 {
        parts = stride(from: 0, to: parts.count, by: 2).map { i in
          var pair = parts[i]
          if i + 1 < parts.count { pair.merge(parts[i + 1]) }
          return pair
        }
      }
      let a = left.finish(inventory: Make.inventory, configuration: [], detectors: ["b/1", "a/1"])
      let b = parts[0].finish(inventory: Make.inventory, configuration: [], detectors: ["b/1", "a/1"])
      #expect(a == expected && b == expected, "\(pieces) pieces")
    }
  }

  /// What is asked over all rows of the holder depends neither on their order nor on where the inventory is cut.
  @Test func rowsInForceAreFoundWhateverTheOrder() throws {
    let rows = [RuleTests.endedPilot, RuleTests.maintenance, RuleTests.prime].map { Make.row($0) }
    let lines = Self.inventory(150, seed: 33)
    var reports: [Report] = []
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
      let text = "register: r\nrows:\n" + order.map { rows[$0] }.joined()
      var judge = try Make.judge(packs: ["us-cbp-field-maintenance"], register: Make.source("r", text))
      var later = judge.partial()
      for (i, e) in lines.enumerated() { if i < 40 * order[0] { judge.add(e) } else { later.add(e) } }
      judge.merge(later)
      reports.append(judge.finish(inventory: Make.inventory, configuration: [], detectors: []))
    }
    #expect(reports.allSatisfy { $0 == reports[0] })
    #expect(reports[0].of("CBP-03").contains { $0.verdict == .violation && $0.dataClasses.contains(.faceImage) })
    #expect(reports[0].of("CBP-06").contains { $0.verdict == .violation && $0.authorization.state == "expired" })
  }

  @Test func countsAgreeWithPlainCounting() throws {
    let lines = Self.inventory(500, seed: 4)
    let report = Make.report(try Make.judge(register: nil), lines)
    #expect(report.coverage.entries == lines.count)
    #expect(report.coverage.bytes == lines.reduce(0) { $0 + $1.size })
    #expect(report.coverage.lines.reduce(0) { $0 + $1.entries } == lines.count)
    for line in report.exposure {
      let having = lines.filter { $0.observations.contains { $0.dataClass == line.dataClass } }
      #expect(line.entriesByStrength.values.reduce(0, +) == having.count)
      let read = Set(having.compactMap(\.sha256)).count
      #expect(line.distinct == read + having.count { $0.sha256 == nil })
    }
    // Without a register every entry with a judged observation is under AUTH-01 exactly once for each verdict.
    let having = lines.filter { $0.observations.contains { $0.dataClass != .videoUnexamined } }
    let leaves = report.of("AUTH-01").flatMap { $0.leaves.ranges }.flatMap(Self.expand)
    #expect(Set(leaves) == Set(having.map(\.index)))
    for finding in report.findings {
      let numbers = finding.leaves.ranges.flatMap(Self.expand)
      #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)
      #expect(numbers.count == finding.counts.entries, "\(finding.ruleId)")
      #expect(finding.counts.bytes == numbers.reduce(0) { $0 + lines[Int($1)].size })
      let digests = numbers.map { lines[Int($0)].sha256 }
      #expect(finding.counts.distinct == Set(digests.compactMap { $0 }).count + digests.count { $0 == nil })
      #expect(finding.leaves.samples.count == min(8, numbers.count))
    }
    let ids = report.findings.map(\.id)
    #expect(Set(ids).count == ids.count)
    for id in ids { #expect(id.count == 36 && Array(id)[14] == "5" && "89ab".contains(Array(id)[19])) }
  }

  static func expand(_ range: String) -> [UInt64] {
    let ends = range.split(separator: "-").compactMap { UInt64($0) }
    guard let first = ends.first, let last = ends.last else { return [] }
    return Array(first...last)
  }

  @Test func findingsAreInOrder() throws {
    let findings = Make.report(try Make.judge(register: Self.register()), Self.inventory(400, seed: 9)).findings
    for (a, b) in zip(findings, findings.dropFirst()) {
      #expect(a.severity >= b.severity)
      if a.severity == b.severity { #expect((a.ruleId, a.cause, a.collection) <= (b.ruleId, b.cause, b.collection)) }
    }
    #expect(findings.allSatisfy { $0.verdict != .compliant && $0.collection >= 1 })
  }

  /// Nothing of a path, a name or an attribute reaches a report, whatever they are.
  @Test func namesNeverLeak() throws {
    let canary = "Zq7Canary"
    var lines = Self.inventory(400, seed: 2, canary: canary)
    for i in lines.indices {
      lines[i].notes = [canary]
      lines[i].link = Array(canary.utf8)
      for o in lines[i].observations.indices {
        lines[i].observations[o].attributes["plateState"] = .string(canary)
        lines[i].observations[o].attributes["specimen"] = i % 5 == 0 ? .string(canary) : nil
        if i % 7 == 0 {
          lines[i].observations[o].attributes["capturedAt"] = .string(canary)
          lines[i].observations[o].attributes["encrypted"] = .string(canary)
          lines[i].observations[o].attributes["clock"] = .string(canary)
        }
      }
    }
    let report = Make.report(try Make.judge(register: Self.register()), lines)
    #expect(report.findings.count > 30)
    #expect(!"\(report)".contains(canary))
    // Plain digests stay out as well.
    let text = "\(report.findings)"
    for e in lines.prefix(60) { if let digest = e.sha256 { #expect(!text.contains(digest.description)) } }
    let disclosed = Make.report(try Make.judge(register: Self.register(), disclose: true), lines)
    #expect(disclosed.findings.contains { $0.path?.contains(canary) ?? false })
  }

  @Test func anExpressionCannotCarryAValueOut() throws {
    let pack = YAMLTests.pack.replacingFirst("cause: plaintext", with: "cause_from: item.kind + \"Ä\"")
    let set = try PolicySet.load(packs: [Make.source("p", pack)])
    let judge = Judge(policies: set, engagement: Engagement(), asOf: Make.asOf, digests: Make.digests)
    let report = Make.report(judge, [Make.entry("a", [Make.seen(.faceImage)])])
    #expect(report.findings.map(\.cause) == ["unspecified"])
  }

  static func custom(_ violation: String, _ extra: String = "") throws -> Judge {
    let pack = YAMLTests.pack.replacingFirst(
      "violation: item.encrypted == \"no\"", with: "violation: \(violation)\(extra)")
    let set = try PolicySet.load(packs: [Make.source("p", pack)])
    return Judge(policies: set, engagement: Engagement(), asOf: Make.asOf, digests: Make.digests)
  }

  @Test func exactMeasuresAreJudgedLineByLine() throws {
    let judge = try Self.custom("item.ageSeconds > 3600 && item.count > 1")
    #expect(judge.context.rules.first?.phase == .exact)
    func entry(_ index: UInt64, _ count: Int, _ captured: String?) -> Examination {
      Make.entry(
        "d/\(index)", index: index,
        [
          Make.seen(
            .faceImage, .strong, count: count, captured.map { ["capturedAt": .string($0), "clock": "exif"] } ?? [:])
        ])
    }
    let report = Make.report(
      judge,
      [
        entry(0, 2, "2019-05-31T22:59:59Z"), entry(1, 2, "2019-05-31T23:00:00Z"), entry(2, 1, "2018-01-01T00:00:00Z"),
        entry(3, 2, nil),
      ])
    #expect(report.lines == ["S-01 inconclusive fact-missing x2", "S-01 violation plaintext x2"])
    #expect(report.findings.first { $0.verdict == .violation }?.leaves.ranges == ["0"])
  }

  @Test func exactAndLateFactsCannotBeMixed() {
    let pack = YAMLTests.pack.replacingFirst(
      "item.encrypted == \"no\"", with: "item.ageSeconds > 1 && item.nearTraining")
    let errors = PolicySet.check(packs: [Make.source("p", pack)]).errors
    #expect(errors.map(\.code) == ["policy.mixed-phases"])
    #expect(errors.first?.hint == "`auth.retention` and `item.clock` are known throughout")
  }

  static let expressions: [(text: String, message: String)] = [
    ("item.encryptd == \"no\"", "item.encryptd"), ("item.encrypted == 1", ""), ("item.encrypted", "bool"),
    ("item.encrypted ==", ""), ("nobody == 1", "nobody"),
  ]

  @Test(arguments: expressions.indices) func mistakesInExpressionsAreShown(_ i: Int) {
    let c = Self.expressions[i]
    let pack = YAMLTests.pack.replacingFirst("item.encrypted == \"no\"", with: c.text)
    let errors = PolicySet.check(packs: [Make.source("p.yaml", pack)]).errors
    #expect(errors.allSatisfy { $0.code == "policy.expression" && $0.location?.hasPrefix("p.yaml:14:") ?? false })
    #expect(!errors.isEmpty && (c.message.isEmpty || errors[0].description.contains(c.message)), "\(errors)")
  }

  static let hints: [(text: String, hint: String?)] = [
    ("auth.stat == \"active\"", "did you mean 'state'?"), ("itm.encrypted == \"no\"", "did you mean 'item'?"),
    ("item.kind.startWith(\"a\")", "did you mean 'startsWith'?"), ("item.nothingLikeIt", nil),
    ("startsWith(item.kind, \"a\")", "write x.startsWith(…)"),
  ]

  @Test(arguments: hints.indices) func hintsReadOnce(_ i: Int) {
    let c = Self.hints[i]
    let pack = YAMLTests.pack.replacingFirst("item.encrypted == \"no\"", with: c.text)
    #expect(PolicySet.check(packs: [Make.source("p.yaml", pack)]).errors.map(\.hint) == [c.hint])
    let folded = YAMLTests.pack.replacingFirst("item.encrypted == \"no\"", with: "|\n      true &&\n      " + c.text)
    let place = "of the expression: \(c.text)" + (c.hint.map { "; " + $0 } ?? "")
    let errors = PolicySet.check(packs: [Make.source("p.yaml", folded)]).errors
    #expect(errors.count == 1 && errors.first?.hint?.hasSuffix(place) ?? false, "\(errors)")
  }

  @Test func rulesOutsideTheirPeriodAreSaidAndSkipped() throws {
    let judge = try Self.custom("true", "\n    effective: {from: 2019-06-02}")
    let report = Make.report(judge, [Make.entry("a", [Make.seen(.faceImage)])])
    #expect(report.findings.isEmpty)
    #expect(report.limitations.first { $0.code == "rules-not-in-effect" }?.text.contains("S-01") ?? false)
    let inEffect = try Self.custom("true", "\n    effective: {from: 2019-06-01, until: 2019-06-01}")
    #expect(Make.report(inEffect, [Make.entry("a", [Make.seen(.faceImage)])]).findings.count == 1)
  }

  @Test func groupingGathersFolders() throws {
    let entries = (0..<6).map { Make.entry("d\($0)/a", index: UInt64($0), [Make.seen(.faceImage)], content: 1) }
    #expect(Make.report(try Self.custom("true"), entries).findings.count == 6)
    let gathered = Make.report(try Self.custom("true", "\n    group_by: snapshot"), entries).findings
    #expect(gathered.count == 1 && gathered[0].leaves.ranges == ["0-5"])
    #expect(gathered[0].counts == FindingCounts(entries: 6, distinct: 1, items: 6, bytes: 120_000))
    #expect(gathered[0].condition == "6 items in 6 entries")
  }

  @Test func manyFoldersAreGatheredUnderParents() throws {
    var judge = try Self.custom("true")
    judge.folderLimit = 100
    let entries = (0..<1200).map { Make.entry("p\($0 / 100)/d\($0)/a", index: UInt64($0), [Make.seen(.faceImage)]) }
    let report = Make.report(judge, entries)
    #expect(report.findings.count == 12 && report.findings.allSatisfy { $0.counts.entries == 100 })
    #expect(report.findings.first?.leaves.ranges == ["0-99"] && report.findings.last?.leaves.ranges == ["1100-1199"])
    #expect(report.limitations.contains { $0.code == "folders-gathered" && $0.text.contains("S-01") })
  }

  @Test func resultsAndLimitations() throws {
    let seen = Make.entry("lane3/a", [RuleTests.face], attributes: RuleTests.recent)
    let pixels = Make.entry("lane3/b", index: 1, disposition: .partial, reason: .pixelsNotExamined)
    func codes(_ r: Report) -> [String] { r.limitations.map(\.code) }
    let unregistered = Make.report(try Make.judge(), [seen])
    #expect(
      unregistered.result == .failed && codes(unregistered) == ["counsel-required", "indications", "no-register"])
    let warned = Make.report(try Make.judge(register: Make.register(), holder: nil), [seen, pixels])
    #expect(warned.result == .warned && warned.findings.isEmpty)
    #expect(
      codes(warned) == [
        "counsel-required", "holder-assumed", "pixels-not-examined", "register-signatures-not-verified",
      ])
    #expect(warned.limitations.first { $0.code == "pixels-not-examined" }?.entries == 1)
    let empty = Make.report(try Make.judge(packs: [], register: Make.register()), [])
    #expect(empty.result == .passed && codes(empty).contains("no-policies"))
  }

  @Test func anInventoryWithoutItsScanRecordIsSaid() throws {
    let judge = try Make.judge(register: Make.register())
    func says(_ snapshots: [SnapshotSummary]) -> Bool {
      Make.report(judge, RuleTests.one("lane3/a"), snapshots: snapshots).limitations
        .contains { $0.code == "no-scan-record" }
    }
    #expect(says([]) && !says([Make.snapshot]))
  }

  static let holders: [(holder: String?, rows: [[String: String?]]?, codes: [String])] = [
    (nil, nil, []), (nil, [[:]], ["holder-assumed"]), (nil, [[:], RuleTests.prime], ["holder-unknown"]),
    ("Other", [[:], RuleTests.prime], ["holder-without-rows"]), ("Example Imaging", [[:]], []),
    // Rows issued later are not there yet: that there is none is certain.
    (nil, [["issued_at": "2019-06-02"], RuleTests.prime.merging(["issued_at": "2019-06-02"]) { $1 }], []),
  ]

  @Test(arguments: holders.indices) func aHolderThatIsNotKnownIsSaid(_ i: Int) throws {
    let c = Self.holders[i]
    let register = c.rows.map { Make.source("r", "register: r\nrows:\n" + $0.map { Make.row($0) }.joined()) }
    let report = Make.report(try Make.judge(register: register, holder: c.holder), RuleTests.one("lane3/a"))
    #expect(report.limitations.map(\.code).filter { $0.hasPrefix("holder-") } == c.codes)
    #expect(c.codes != ["holder-unknown"] || report.findings.allSatisfy { $0.verdict == .inconclusive })
  }

  /// Every entry under a finding that rests on words in paths is counted, and counted once.
  @Test func indicationsAreCountedOnce() throws {
    func entries(_ judge: Judge, _ lines: [Examination]) -> Int? {
      Make.report(judge, lines).limitations.first { $0.code == "indications" }?.entries
    }
    let usb = Make.entry("usb.tar!/WO-2018-117/lane4/a", [RuleTests.face])
    let plain = Make.entry("x/b", index: 1, [RuleTests.face])
    // CBP-01, CBP-02 and CBP-04 speak of the one; AUTH-01 of both, and asks for no path.
    #expect(entries(try Make.judge(), [usb, plain]) == 1)
    #expect(entries(try Make.judge(packs: ["core-authorization"]), [usb, plain]) == nil)
    #expect(entries(try Make.judge(), [plain]) == nil)
    let lines = Self.inventory(200, seed: 12)
    let judge = try Make.judge(packs: ["us-cbp-field-maintenance"], register: Self.register())
    let resting: Set<String> = ["CBP-01", "CBP-02", "CBP-03", "CBP-04", "CBP-07", "CBP-08", "CBP-09", "CBP-11"]
    let leaves = Make.report(judge, lines).findings.filter { resting.contains($0.ruleId) }
      .flatMap { $0.leaves.ranges.flatMap(Self.expand) }
    #expect(leaves.count > Set(leaves).count && entries(judge, lines) == Set(leaves).count)
  }

  @Test func fieldsThatAreIndicationsExist() {
    #expect(Vocabulary.indications.allSatisfy { Vocabulary.phases[$0] != nil })
  }

  @Test func specimensAreCountedAndSaid() throws {
    let mixed = Make.entry(
      "a",
      [
        Make.seen(.faceImage, .strong, count: 2, ["specimen": "lfw"]),
        Observation(
          .faceImage, detector: "test.face.image", version: 1, strength: .strong, count: 3,
          place: Place(offset: 9, length: 1)),
      ])
    let report = Make.report(try Make.judge(packs: ["core-authorization"]), [mixed])
    let finding = try #require(report.of("AUTH-01").first)
    #expect(finding.verdict == .violation && finding.counts.items == 5)
    #expect(finding.condition.hasSuffix("Of these, 2 items are public test material."))
  }

  @Test func exposureTellsThePeriodAndItsClock() throws {
    let report = Make.report(
      try Make.judge(packs: []),
      [
        Make.entry("poe/alpha/a", [Make.seen(.faceImage, ["capturedAt": "2018-08-01T00:00:00", "clock": "exif"])]),
        Make.entry(
          "poe/beta/a", index: 1, [Make.seen(.faceImage, ["capturedAt": "2019-01-31T00:00:00Z", "clock": "exif"])]),
        Make.entry("poe/beta/b", index: 2, [Make.seen(.faceImage)], modified: Make.moment("1999-01-01T00:00:00Z")),
      ])
    let line = try #require(report.exposure.first)
    #expect(line.capturedFrom == "2018-08-01T00:00:00" && line.capturedTo == "2019-01-31T00:00:00Z")
    #expect(line.clock == "exif" && line.sites == 2 && line.items == 3 && line.distinct == 3)
  }

  @Test func fingerprintsFollowTheItemNotItsPlaceInTheInventory() throws {
    let judge = try Make.judge(packs: ["core-authorization"])
    let a = Make.report(judge, [Make.entry("x/a", index: 0, [RuleTests.face], content: 9)])
    let b = Make.report(
      judge,
      [
        Make.entry("other", index: 0), Make.entry("y/b", index: 5, [RuleTests.face], content: 9),
      ])
    #expect(a.findings.map(\.fingerprint) == b.findings.map(\.fingerprint))
    #expect(a.findings.map(\.id) == b.findings.map(\.id))
    let twice = Make.report(
      judge,
      [
        Make.entry("x/a", index: 0, [RuleTests.face], content: 9),
        Make.entry("y/a", index: 1, [RuleTests.face], content: 9),
      ])
    #expect(Set(twice.findings.map(\.id)).count == 2)
  }

  @Test func leafRangesAreTight() {
    var ranges = LeafRanges()
    for n: UInt64 in [0, 1, 2, 5, 5, 3, 9, 10, 1_000_000, .max] { ranges.append(n) }
    #expect(ranges.runs.map(\.text) == ["0-2", "5", "9-10", "1000000", "18446744073709551615"])
    var random = SeededGenerator(state: 8)
    for _ in 0..<200 {
      let numbers = (0..<60).filter { _ in Bool.random(using: &random) }.map { UInt64($0) }
      let cut = Int.random(in: 0...numbers.count, using: &random)
      var a = LeafRanges()
      var b = LeafRanges()
      for n in numbers[..<cut] { a.append(n) }
      for n in numbers[cut...] { b.append(n) }
      let union = LeafRanges.union([b, a]).map(\.text)
      a.append(b)
      #expect(a.runs.flatMap { Array($0.first...$0.last) } == numbers)
      #expect(union == a.runs.map(\.text))
    }
  }

  @Test func hostileNumbersDoNotTrap() throws {
    let judge = try Make.judge(register: Self.register())
    var lines = [
      Make.entry("lane3/a", [Make.seen(.faceImage, .strong, count: .max)], size: .max),
      Make.entry("lane3/b", index: 1, [Make.seen(.faceImage, .strong, count: .max)], size: .max),
      Make.entry("lane3/c", index: 2, [Make.seen(.faceImage, .strong, count: .min)], size: .max, disposition: .failed),
    ]
    lines[1].nonce = []
    lines[2].nonce = [1]
    lines[2].locator = Locator([])
    var early = Make.entry("lane3/d", [RuleTests.face])
    early.attributes = ["capturedAt": "0001-01-01T00:00:00", "clock": "exif"]
    let report = Make.report(judge, lines + [early])
    #expect(report.coverage.bytes == .max && report.coverage.entries == 4)
  }

  @Test func hostilePathsAreJudgedLikeAnyOther() throws {
    var random = SeededGenerator(state: 77)
    let pieces =
      [
        "0", "1", "20181102", "140258", "_", "-", ".", "/", "!", "\u{0}", "VFD", "_roi_", "_pre.jpg", "2018", "11",
        "..", "./",
        "lane3", "ÿ", "wo", "12345", " ", "train", "val", "usb", ".pem",
      ].map { Array($0.utf8) } + [[0xFF], [0x80, 0x2F]]
    var judge = try Make.judge(register: Self.register())
    for index in 0..<2500 {
      let components = (0..<Int.random(in: 0...3, using: &random)).map { _ in
        (0..<Int.random(in: 0...9, using: &random)).flatMap { _ in pieces.randomElement(using: &random) ?? [] }
      }
      var e = Make.entry("a", index: UInt64(index), index % 2 == 0 ? [RuleTests.face] : [])
      e.locator = Locator(components)
      judge.add(e)
    }
    let report = judge.finish(inventory: Make.inventory, configuration: [], detectors: [])
    #expect(report.coverage.entries == 2500 && report.exposure.first?.items == 1250)
  }

  @Test func allFilesAreCheckedTogether() {
    do {
      _ = try PolicySet.load(
        packs: [Make.source("p", "pack: p")], registers: [Make.register(["status": "x"])],
        records: [Make.source("s", "record: s")])
      Issue.record("broken files were accepted")
    } catch {
      let files = Set(error.all.compactMap { $0.location?.split(separator: ":").first.map(String.init) })
      #expect(files == ["p", "register.yaml", "s"])
    }
  }

  @Test func describesItself() throws {
    let set = try PolicySet.load(packs: [try Make.shipped("core-authorization")], registers: [Make.register()])
    let files = set.configuration(sha256: { Make.hash($0) })
    #expect(
      files.map(\.role) == ["policy", "register"] && files.map(\.name) == ["core-authorization", "register.yaml"])
    let rule = try #require(set.rules.first { $0.id == "AUTH-09" })
    for part in ["AUTH-09  critical", "NIST SP 800-53 Rev. 5, MP-6(1)", "violation when:", "rests on records"] {
      #expect(rule.text.contains(part))
    }
    #expect(
      PolicyVocabulary.fields.contains { $0.path == "item.nearTraining" && $0.phase == "late" && $0.type == "bool" })
    #expect(Set(PolicyVocabulary.fields.map(\.path)).count == PolicyVocabulary.fields.count)
  }

  @Test func theSamePackTwiceIsRefused() throws {
    let pack = try Make.shipped("core-authorization")
    #expect(PolicySet.check(packs: [pack, pack]).errors.contains { $0.code == "policy.duplicate-rule" })
  }

  @Test func filesAreFoundByNameFileAndFolder() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("custody-policies-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for name in ["b.yaml", "a.yml", "c.txt"] { try Data("x: 1".utf8).write(to: folder.appendingPathComponent(name)) }
    let core = PolicySource(name: "core", bytes: [1])
    let found = try PolicyFiles.packs(["core", folder.path, folder.path + "/c.txt"], builtIn: [core])
    #expect(found.map { $0.name.split(separator: "/").last.map(String.init) } == ["core", "a.yml", "b.yaml", "c.txt"])
    do {
      _ = try PolicyFiles.packs(["coer", folder.path + "/none.yaml"], builtIn: [core])
      Issue.record("a pack that does not exist was accepted")
    } catch {
      #expect(error.all.map(\.code) == ["policy.unknown-pack", "file.missing"])
      #expect(error.all.first?.hint == "did you mean `core`?")
    }
  }
}
