import CustodyCore
import Testing

@testable import Records

enum Sample {
  static func digest(_ n: UInt64) -> Digest { Digest(words: (n, n &* 3, n &* 5, n &* 7)) }

  static let report = Report(
    asOf: Instant(seconds: 1_700_000_000), engagement: Engagement(holder: "Holder", system: nil),
    configuration: [ResourceDescriptor(role: "policy", name: "core.yaml", sha256: digest(1))], result: .failed,
    coverage: Coverage(
      snapshots: [
        SnapshotSummary(
          ordinal: 1, form: "file", size: .max, sha256: digest(2), name: "secret-name.tar", directories: 3),
        SnapshotSummary(ordinal: 2, form: "directory", size: 0, sha256: nil, name: "secret-folder", directories: 9),
      ], entries: 4, bytes: 9_007_199_254_740_993,
      lines: [
        Coverage.Line(disposition: .examined, reason: nil, entries: 3, bytes: 7),
        Coverage.Line(disposition: .opaque, reason: .encrypted, entries: 1, bytes: 9_007_199_254_740_986),
      ]),
    exposure: [
      ExposureLine(
        dataClass: .faceImage, entriesByStrength: [.weak: 1, .proof: 2], items: 5, distinct: 2,
        capturedFrom: "2018-11-02T14:02:58", capturedTo: "2018-11-03T00:00:00", clock: "exif",
        periods: [CapturePeriod(clock: "exif", from: "2018-11-02T14:02:58", to: "2018-11-03T00:00:00", entries: 3)],
        sites: 2, subjects: SubjectBounds(atLeast: 1, atMost: 5, reasoning: "because"))
    ],
    findings: [
      Finding(
        id: "3d813cbb-47fb-52ba-91df-831e1593ac29", ruleId: "AUTH-01", pack: "core", severity: .critical,
        verdict: .violation, title: "title", cause: "no-row", criteria: ["c1", "c2"], condition: "condition",
        effect: "effect", recommendation: "recommendation", dataClasses: [.faceImage, .plateRead],
        counts: FindingCounts(entries: 2, distinct: 2, items: 5, bytes: 1 << 60),
        leaves: LeafReferences(ranges: ["0", "2-3"], samples: [digest(4).description]),
        authorization: AuthorizationState(state: "expired", record: "R1/2"), collection: 1, path: "secret-path",
        fingerprint: digest(5).description,
        waiver: FindingWaiver(ids: ["W-1"], owners: ["o"], entries: 1, until: Instant(seconds: 1_700_000_000)))
    ],
    limitations: [Limitation(code: "no-register", text: "no register was given", entries: 0)],
    inventory: InventorySummary(sha256: digest(6), treeSize: 4, rootHash: digest(7)), detectors: ["face.hog/1"],
    collections: [
      LinkedCollection(
        ordinal: 1, path: "secret/folder", pictures: 9, leaves: LeafReferences(ranges: ["1-9"], samples: ["ab"]),
        classes: [ClassCount(dataClass: .faceImage, entries: 8, items: 8)],
        named: NameCount(about: 5, atLeast: 4, atMost: 7), unnamed: NameCount(about: 4, atLeast: 2, atMost: 5),
        sidecars: [
          Sidecar(
            kind: "text/csv", entries: 1, leaves: ["10"],
            classes: [ClassCount(dataClass: .plateRead, entries: 1, items: 12)], link: .names, place: .above,
            values: 12, linked: NameCount(exactly: 5), absent: NameCount(about: 3, atLeast: 1, atMost: 8))
        ], moreSidecars: 2)
    ],
    waivers: [
      WaiverUse(
        id: "W-1", rule: "AUTH-01", owner: "o", reason: "r", expires: Instant(seconds: 1_700_000_000), state: .applied,
        entries: 1)
    ])

  static let record = ScanRecord(
    snapshots: report.coverage.snapshots, inventory: report.inventory,
    limits: [ScanRecord.Limit(name: "maxDepth", value: 17), ScanRecord.Limit(name: "maxExpandedBytes", value: .max)],
    detectors: ["face.hog/1"],
    run: ScanRecord.Run(
      startedOn: Instant(seconds: 1_700_000_000), finishedOn: Instant(seconds: 1_700_000_060),
      digestProvider: ScanRecord.DigestProvider(name: "default", version: "3.0.17"),
      host: [ScanRecord.HostFact(name: "kernel", value: "6.1")]))
}

/// Every object of a document, changed one at a time.
enum Damage {
  /// The document with an unknown member in one object, for each object.
  static func additions(_ v: JSONValue) -> [JSONValue] {
    children(v, additions) + (v.object.map { [.object(JSONObject($0.members + [(key: "unheard", value: 1)]))] } ?? [])
  }
  /// The document without one member, for each member of each object.
  static func removals(_ v: JSONValue) -> [(name: String, document: JSONValue)] {
    var all: [(name: String, document: JSONValue)] = []
    switch v {
    case .object(let o):
      for i in o.members.indices {
        var without = o
        let key = without.members.remove(at: i).key
        all.append((key, .object(without)))
        for (name, inner) in removals(o.members[i].value) {
          var changed = o
          changed.members[i].value = inner
          all.append((name, .object(changed)))
        }
      }
    case .array(let a):
      for i in a.indices {
        for (name, inner) in removals(a[i]) {
          var changed = a
          changed[i] = inner
          all.append((name, .array(changed)))
        }
      }
    default: break
    }
    return all
  }
  /// The document with one leaf value of another type.
  static func confusions(_ v: JSONValue) -> [JSONValue] {
    switch v {
    case .object, .array: children(v, confusions)
    case .null: [1]
    default: [.null, [:], .double(1.5)]
    }
  }
  private static func children(_ v: JSONValue, _ f: (JSONValue) -> [JSONValue]) -> [JSONValue] {
    switch v {
    case .object(let o):
      o.members.indices.flatMap { i in
        f(o.members[i].value).map { inner in
          var changed = o
          changed.members[i].value = inner
          return .object(changed)
        }
      }
    case .array(let a):
      a.indices.flatMap { i in
        f(a[i]).map { inner in
          var changed = a
          changed[i] = inner
          return .array(changed)
        }
      }
    default: []
    }
  }
}

@Suite struct ReportDocumentTests {
  @Test func comesBackWhole() throws {
    let document = ReportDocument.encode(Sample.report, disclosePaths: true)
    #expect(try ReportDocument.decode(document) == Sample.report)
    #expect(try ReportDocument.decode(JSONParser.parse(JSONWriter.pretty(document))) == Sample.report)
    #expect(document["engagement"]?["system"] == "not supplied")
    #expect(document["coverage"]?["bytes"] == "9007199254740993")
    #expect(document["inventory"]?["hashTree"] == "rfc6962-sha256")
  }

  @Test func namesNothingUnasked() throws {
    let document = ReportDocument.encode(Sample.report, disclosePaths: false)
    #expect(!String(decoding: JSONWriter.compact(document), as: UTF8.self).contains("secret"))
    var expected = Sample.report
    expected.findings[0].path = nil
    expected.collections[0].path = nil
    expected.coverage.snapshots[0].name = ""
    expected.coverage.snapshots[1].name = ""
    #expect(try ReportDocument.decode(document) == expected)
  }

  @Test func equalReportsGiveEqualBytes() {
    var other = Sample.report
    other.exposure[0].entriesByStrength = [.proof: 2]
    other.exposure[0].entriesByStrength[.weak] = 1
    #expect(
      ReportDocument.encode(other, disclosePaths: true) == ReportDocument.encode(Sample.report, disclosePaths: true))
  }

  static let optional: Set<String> = [
    "sha256", "name", "reason", "capturedFrom", "capturedTo", "record", "path", "proof", "strong", "weak", "periods",
    "subjects", "waiver", "waivers", "collections", "named", "unnamed", "values", "linked", "absent", "moreSidecars",
  ]

  @Test func nothingUnknownNothingMissing() {
    let document = ReportDocument.encode(Sample.report, disclosePaths: true)
    for damaged in Damage.additions(document) {
      #expect(throws: Complaint.self) { try ReportDocument.decode(damaged) }
    }
    for (name, damaged) in Damage.removals(document) {
      if Self.optional.contains(name) {
        // Absent is an answer for these in one place or another; then the report differs.
        #expect((try? ReportDocument.decode(damaged)) != Sample.report)
      } else {
        #expect(throws: Complaint.self, "\(name)") { try ReportDocument.decode(damaged) }
      }
    }
    for damaged in Damage.confusions(document) {
      #expect(throws: Complaint.self) { try ReportDocument.decode(damaged) }
    }
  }
}

@Suite struct ScanRecordTests {
  @Test func comesBackWhole() throws {
    #expect(try ScanRecord(json: JSONParser.parse(JSONWriter.pretty(Sample.record.json))) == Sample.record)
    #expect(Sample.record.json["run"]?["reproducible"] == false)
    #expect(Sample.record.json["limits"]?["maxDepth"] == "17")
  }

  @Test func nothingMissing() {
    for (name, damaged) in Damage.removals(Sample.record.json)
    where !["name", "sha256", "kernel", "maxDepth", "maxExpandedBytes"].contains(name) {
      #expect(throws: Complaint.self, "\(name)") { try ScanRecord(json: damaged) }
    }
    for damaged in Damage.confusions(Sample.record.json) {
      #expect(throws: Complaint.self) { try ScanRecord(json: damaged) }
    }
  }
}
