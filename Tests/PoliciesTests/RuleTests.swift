import CustodyCore
import Testing

@testable import Policies

/// Every rule of the packs that ship: cases in which it speaks and cases in which it must be silent.
@Suite struct RuleTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var rule: String
    var name: String
    /// `violation cause`, `inconclusive cause`, or nothing.
    var expected: [String]
    var entries: [Examination]
    var row: [String: String?]? = [:]
    var others: [[String: String?]] = []
    var records: String?
    var holder: String? = "Example Imaging"
    var system: String?
    var testDescription: String { rule + " " + name }
  }

  static let face = Make.seen(.faceImage)
  static let plate = Make.seen(.plateImage)
  static let recent: Attributes = ["capturedAt": "2019-03-01T10:00:00Z", "clock": "exif"]
  static let old: Attributes = ["capturedAt": "2017-03-01T10:00:00Z", "clock": "exif"]

  static func one(
    _ path: String, _ observation: Observation = face, attributes: Attributes = recent, modified: Instant? = nil
  ) -> [Examination] {
    [Make.entry(path, [observation], modified: modified, attributes: attributes)]
  }

  static func certificate(_ result: String, content: UInt64) -> String {
    """
    records: side
    certificates:
      - {id: D, method: purge, ended_at: 2019-01-01, verification: {result: \(result)}, files: [\(Make.digest(content))]}
    """
  }

  static let prime: [String: String?] = [
    "id": "PRIME", "holder": "{name: Big Prime, role: prime}",
    "flowdown": "[{clause: 52.224-2, sub: Example Imaging, date: 2018-02-01}]",
  ]
  static let sub: String? = "{name: Example Imaging, role: sub, parent_row: PRIME}"
  /// A pilot that lists faces and has ended: for a face it comes closer than a row in force that lists plates.
  static let endedPilot: [String: String?] = ["paths": nil, "not_after": "2019-03-31"]
  static let maintenance: [String: String?] = [
    "id": "ROW-2", "paths": nil, "categories": "[plate.image, plate.read]", "purposes": "[maintenance]",
    "work_orders": "[WO-2018-117]",
  ]
  static let opaque = Make.entry(
    "lane3/x.7z", index: 9, kind: ContentKind(rawValue: "application/x-7z-compressed"), disposition: .opaque,
    reason: .encrypted)

  static let core: [Case] = [
    Case(rule: "AUTH-01", name: "no register", expected: ["violation no-register"], entries: one("lane3/a"), row: nil),
    Case(
      rule: "AUTH-01", name: "no row", expected: ["violation no-row"], entries: one("lane3/a"), holder: "Other"),
    Case(
      rule: "AUTH-01", name: "draft", expected: ["violation draft"], entries: one("lane3/a"), row: ["status": "draft"]),
    Case(rule: "AUTH-01", name: "covered", expected: [], entries: one("lane3/a")),
    Case(
      rule: "AUTH-01", name: "unknown holder", expected: ["inconclusive holder-unknown"], entries: one("lane3/a"),
      others: [prime], holder: nil),
    Case(
      rule: "AUTH-01", name: "weak", expected: ["inconclusive weak-evidence"],
      entries: one("a", Make.seen(.faceImage, .weak)), row: nil),
    Case(
      rule: "AUTH-01", name: "specimen", expected: ["inconclusive specimen"],
      entries: one("a", Make.seen(.identityMRZ, ["specimen": "icao-utopia"])), row: nil),
    Case(rule: "AUTH-01", name: "video", expected: [], entries: one("a", Make.seen(.videoUnexamined)), row: nil),
    Case(
      rule: "AUTH-02", name: "expired", expected: ["violation expired"], entries: one("lane3/a"),
      row: ["not_after": "2019-05-31"]),
    Case(
      rule: "AUTH-02", name: "revoked", expected: ["violation revoked"], entries: one("lane3/a"),
      row: ["status": "revoked"]),
    Case(
      rule: "AUTH-02", name: "suspended", expected: ["violation suspended"], entries: one("lane3/a"),
      row: ["status": "suspended"]),
    Case(
      rule: "AUTH-02", name: "too early", expected: ["violation not-yet-valid"], entries: one("lane3/a"),
      row: ["not_before": "2019-06-02"]),
    Case(rule: "AUTH-02", name: "in force", expected: [], entries: one("lane3/a")),
    Case(
      rule: "AUTH-03", name: "nobody signed", expected: ["violation no-data-owner"], entries: one("lane3/a"),
      row: ["signatories": nil]),
    Case(
      rule: "AUTH-03", name: "holder signed", expected: ["violation no-data-owner"], entries: one("lane3/a"),
      row: ["signatories": "[{name: A, role: holder, key_id: k, sig: s}]"]),
    Case(
      rule: "AUTH-03", name: "no signature", expected: ["violation unsigned"], entries: one("lane3/a"),
      row: ["signatories": "[{name: A, role: CO, key_id: k}]"]),
    Case(rule: "AUTH-03", name: "claimed", expected: [], entries: one("lane3/a")),
    Case(
      rule: "AUTH-04", name: "class not listed", expected: ["violation category"],
      entries: one("lane3/a", Make.seen(.irisImage))),
    Case(rule: "AUTH-04", name: "listed", expected: [], entries: one("lane3/a")),
    Case(rule: "AUTH-05", name: "other path", expected: ["violation path"], entries: one("lane4/a")),
    Case(
      rule: "AUTH-05", name: "other system", expected: ["violation system"], entries: one("lane3/a"),
      row: ["systems": "[{host: nas}]"], system: "laptop"),
    Case(
      rule: "AUTH-05", name: "unnamed system", expected: ["inconclusive system-unknown"], entries: one("lane3/a"),
      row: ["systems": "[{host: nas}]"]),
    Case(
      rule: "AUTH-05", name: "right system", expected: [], entries: one("lane3/a"),
      row: ["systems": "[{host: nas}]"], system: "nas"),
    Case(
      rule: "AUTH-06", name: "weights nearby", expected: ["violation no-training-purpose"],
      entries: one("lane3/a") + [Make.entry("lane3/m.pth", index: 1)]),
    Case(
      rule: "AUTH-06", name: "prohibited", expected: ["violation training-prohibited"],
      entries: [Make.entry("lane3/m.pth")] + one("lane3/a"), row: ["prohibited_purposes": "[training]"]),
    Case(
      rule: "AUTH-06", name: "a word only", expected: ["inconclusive training-word"],
      entries: one("lane3/training/a")),
    Case(
      rule: "AUTH-06", name: "granted", expected: [], entries: one("lane3/a") + [Make.entry("lane3/m.pth", index: 1)],
      row: ["purposes": "[training]"]),
    Case(
      rule: "AUTH-07", name: "old", expected: ["violation retention"], entries: one("lane3/a", attributes: old)),
    Case(rule: "AUTH-07", name: "recent", expected: [], entries: one("lane3/a")),
    Case(
      rule: "AUTH-07", name: "only the file's time", expected: [],
      entries: one("lane3/a", attributes: [:], modified: Make.moment("2010-01-01T00:00:00Z"))),
    Case(
      rule: "AUTH-07", name: "held", expected: [], entries: one("lane3/a", attributes: old), row: ["hold": "{id: H}"]),
    Case(
      rule: "AUTH-08", name: "plain", expected: ["violation plaintext"], entries: one("lane3/a"),
      row: ["encryption": "{required: true}"]),
    Case(rule: "AUTH-08", name: "not required", expected: [], entries: one("lane3/a")),
    Case(
      rule: "AUTH-08", name: "encrypted", expected: [],
      entries: one("lane3/a", Make.seen(.faceImage, ["encrypted": true])), row: ["encryption": "{required: true}"]),
    Case(
      rule: "AUTH-09", name: "certified", expected: ["violation certified-destroyed"],
      entries: [Make.entry("lane3/a", [face], content: 5)], records: certificate("PASS", content: 5)),
    Case(
      rule: "AUTH-09", name: "certified, nothing observed", expected: ["violation certified-destroyed"],
      entries: [Make.entry("lane3/a.doc", content: 5)], records: certificate("PASS", content: 5)),
    Case(
      rule: "AUTH-09", name: "certified, weak", expected: ["violation certified-destroyed"],
      entries: [Make.entry("lane3/a", [Make.seen(.faceImage, .weak)], content: 5)],
      records: certificate("PASS", content: 5)),
    Case(
      rule: "AUTH-09", name: "unproven", expected: ["inconclusive certificate-unproven"],
      entries: [Make.entry("lane3/a", [face], content: 5)], records: certificate("UNKNOWN", content: 5)),
    Case(
      rule: "AUTH-09", name: "other content", expected: [], entries: [Make.entry("lane3/a", [face], content: 6)],
      records: certificate("PASS", content: 5)),
    Case(
      rule: "AUTH-10", name: "no chain", expected: ["violation no-chain"], entries: one("lane3/a"),
      row: ["holder": sub]),
    Case(
      rule: "AUTH-10", name: "no flow-down", expected: ["violation no-flow-down"], entries: one("lane3/a"),
      row: ["holder": sub], others: [prime.merging(["flowdown": nil]) { $1 }]),
    Case(
      rule: "AUTH-10", name: "chained", expected: [], entries: one("lane3/a"), row: ["holder": sub], others: [prime]),
    Case(
      rule: "AUTH-11", name: "too many", expected: ["violation max-items"],
      entries: one("lane3/a", Make.seen(.faceImage, count: 3)), row: ["max_items": "2"]),
    Case(
      rule: "AUTH-11", name: "copies", expected: ["inconclusive max-items-with-duplicates"],
      entries: [
        Make.entry("lane3/a", index: 0, [face], content: 5), Make.entry("lane3/b", index: 1, [face], content: 5),
        Make.entry("lane3/c", index: 2, [face], content: 5),
      ], row: ["max_items": "2"]),
    Case(
      rule: "AUTH-11", name: "within", expected: [], entries: one("lane3/a", Make.seen(.faceImage, count: 2)),
      row: ["max_items": "2"]),
    Case(
      rule: "AUTH-12", name: "file time", expected: ["inconclusive clock-unreliable"],
      entries: one("lane3/a", attributes: [:], modified: Make.asOf)),
    Case(
      rule: "AUTH-12", name: "no time", expected: ["inconclusive clock-unknown"],
      entries: one("lane3/a", attributes: [:])),
    Case(
      rule: "AUTH-12", name: "encryption unknown", expected: ["inconclusive encryption-unknown"],
      entries: one("lane3/a", Make.seen(.faceImage, .weak)), row: ["encryption": "{required: true}"]),
    Case(
      rule: "AUTH-12", name: "opaque beside faces", expected: ["inconclusive opaque"],
      entries: one("lane3/a") + [opaque]
    ),
    Case(rule: "AUTH-12", name: "opaque alone", expected: [], entries: [opaque]),
    Case(rule: "AUTH-12", name: "all known", expected: [], entries: one("lane3/a")),
  ]

  static let free: [String: String?] = ["paths": nil]

  static let field: [Case] = [
    Case(rule: "CBP-01", name: "on a share", expected: ["violation share"], entries: one("nas/lane4/a")),
    Case(
      rule: "CBP-01", name: "camera layout in a backup", expected: ["violation backup"],
      entries: one("backup/cam/2018/11/02/20181102-140258_cam_X.jpg", plate)),
    Case(rule: "CBP-01", name: "place unknown", expected: ["inconclusive media-unknown"], entries: one("lane4/a")),
    Case(rule: "CBP-01", name: "authorized", expected: [], entries: one("nas/lane4/a"), row: free),
    Case(
      rule: "CBP-01", name: "media not allowed", expected: ["violation share"], entries: one("nas/lane4/a"),
      row: ["paths": nil, "media": "[backup]"]),
    Case(rule: "CBP-01", name: "no layout", expected: [], entries: one("nas/photos/a")),
    Case(
      rule: "CBP-01", name: "system unknown", expected: ["inconclusive share"], entries: one("nas/lane4/a"),
      row: ["paths": nil, "systems": "[{host: x}]"]),
    Case(rule: "CBP-02", name: "usb", expected: ["violation removable-path"], entries: one("usb.tar!/a")),
    Case(
      rule: "CBP-02", name: "sidecar after the item", expected: ["violation removable-sidecar"],
      entries: one("v/a/b") + [Make.entry("v/System Volume Information/x", index: 1)]),
    Case(
      rule: "CBP-02", name: "fixed volume", expected: [],
      entries: one("v/a/b") + [
        Make.entry("v/System Volume Information/x", index: 1), Make.entry("v/pagefile.sys", index: 2),
      ]),
    Case(
      rule: "CBP-02", name: "removable not listed", expected: ["violation removable-path"], entries: one("usb.tar!/a"),
      row: free),
    Case(
      rule: "CBP-02", name: "removable listed", expected: [], entries: one("usb.tar!/a"),
      row: ["paths": nil, "media": "[removable]"]),
    Case(rule: "CBP-02", name: "plates", expected: [], entries: one("usb.tar!/a", plate)),
    Case(
      rule: "CBP-03", name: "maintenance row", expected: ["violation maintenance-only"], entries: one("WO-2018-117/a"),
      row: ["purposes": "[maintenance]", "categories": "[]", "work_orders": "[WO-2018-117]"]),
    Case(
      rule: "CBP-03", name: "an ended pilot comes closest", expected: ["violation maintenance-only"],
      entries: one("WO-2018-117/a"), row: endedPilot, others: [maintenance]),
    Case(
      rule: "CBP-03", name: "maintenance ended as well", expected: [], entries: one("WO-2018-117/a"), row: endedPilot,
      others: [maintenance.merging(["not_after": "2019-05-31"]) { $1 }]),
    Case(
      rule: "CBP-03", name: "another holder's maintenance", expected: [], entries: one("WO-2018-117/a"),
      row: endedPilot, others: [maintenance.merging(["holder": "{name: Big Prime, role: prime}"]) { $1 }]),
    Case(
      rule: "CBP-03", name: "the other row grants more", expected: [], entries: one("WO-2018-117/a"), row: endedPilot,
      others: [maintenance.merging(["purposes": "[maintenance, matching]"]) { $1 }]),
    Case(
      rule: "CBP-03", name: "covered by another row", expected: [], entries: one("WO-2018-117/a"), row: free,
      others: [maintenance]),
    Case(
      rule: "CBP-03", name: "perhaps covered by another row", expected: ["inconclusive undecided"],
      entries: one("WO-2018-117/a"), row: ["paths": nil, "systems": "[{host: x}]"], others: [maintenance]),
    Case(
      rule: "CBP-03", name: "holder not named", expected: [], entries: one("WO-2018-117/a"), row: endedPilot,
      others: [maintenance, prime], holder: nil),
    Case(
      rule: "CBP-03", name: "no ticket, ended pilot", expected: [], entries: one("lane4/a"), row: endedPilot,
      others: [maintenance]),
    Case(rule: "CBP-03", name: "no register", expected: [], entries: one("WO-2018-117/a"), row: nil),
    Case(rule: "CBP-03", name: "other purpose", expected: [], entries: one("WO-2018-117/a")),
    Case(rule: "CBP-03", name: "no ticket", expected: [], entries: one("lane3/a"), row: ["purposes": "[maintenance]"]),
    Case(rule: "CBP-04", name: "no register", expected: ["inconclusive no-row"], entries: one("lane4/a"), row: nil),
    Case(rule: "CBP-04", name: "no row", expected: ["inconclusive no-row"], entries: one("lane4/a"), holder: "Other"),
    Case(
      rule: "CBP-04", name: "unknown holder", expected: ["inconclusive undecided"], entries: one("lane4/a"),
      others: [prime], holder: nil),
    Case(
      rule: "CBP-04", name: "zero", expected: ["violation retention-zero"], entries: one("lane3/a", attributes: [:]),
      row: ["retention": "{limit: PT0S}"]),
    Case(
      rule: "CBP-04", name: "zero, other path", expected: ["violation retention-zero"], entries: one("lane4/a"),
      row: ["retention": "{limit: PT0S}"]),
    Case(
      rule: "CBP-04", name: "zero after an ended pilot", expected: ["violation retention-zero"],
      entries: one("WO-2018-117/a"),
      row: [
        "retention": "{limit: PT0S, clock: purpose-end, purpose_end: 2019-03-31}", "not_after": "2019-03-31",
        "systems": "[{host: x}]",
      ]),
    Case(
      rule: "CBP-04", name: "zero, pilot not over", expected: [], entries: one("lane3/a"),
      row: ["retention": "{limit: PT0S, clock: purpose-end, purpose_end: 2019-07-31}"]),
    Case(
      rule: "CBP-04", name: "zero, held", expected: [], entries: one("lane3/a"),
      row: ["retention": "{limit: PT0S}", "hold": "{id: H}"]),
    Case(
      rule: "CBP-04", name: "zero, weak", expected: ["inconclusive weak-evidence"],
      entries: one("lane3/a", Make.seen(.faceImage, .weak)), row: ["retention": "{limit: PT0S}"]),
    Case(
      rule: "CBP-04", name: "system unknown", expected: ["inconclusive undecided"], entries: one("lane3/a"),
      row: ["systems": "[{host: x}]"]),
    Case(
      rule: "CBP-04", name: "system unknown, zero", expected: ["violation retention-zero"], entries: one("lane3/a"),
      row: ["systems": "[{host: x}]", "retention": "{limit: PT0S}"]),
    Case(
      rule: "CBP-04", name: "not stated", expected: ["inconclusive retention-not-stated"], entries: one("lane3/a"),
      row: ["retention": nil]),
    Case(rule: "CBP-04", name: "within", expected: [], entries: one("lane3/a")),
    Case(rule: "CBP-04", name: "staff photo", expected: [], entries: one("hr/staff/a"), row: nil),
    Case(
      rule: "CBP-04", name: "plates", expected: [], entries: one("lane3/a", plate),
      row: ["retention": "{limit: PT0S}"]),
    Case(
      rule: "CBP-05", name: "ended", expected: ["violation purpose-ended"], entries: one("lane3/a"),
      row: ["retention": "{limit: P1Y, purpose_end: 2019-05-31}"]),
    Case(
      rule: "CBP-05", name: "ends later", expected: [], entries: one("lane3/a"),
      row: ["retention": "{limit: P1Y, purpose_end: 2019-06-01}"]),
    Case(
      rule: "CBP-05", name: "held", expected: [], entries: one("lane3/a"),
      row: ["retention": "{limit: P1Y, purpose_end: 2019-05-31}", "hold": "{id: H}"]),
    Case(
      rule: "CBP-06", name: "plates only", expected: ["violation plates-only"], entries: one("lane3/a"),
      row: ["categories": "[plate.image, plate.read]"]),
    Case(
      rule: "CBP-06", name: "an ended pilot comes closest", expected: ["violation plates-only"],
      entries: one("lane4/a"), row: endedPilot, others: [maintenance]),
    Case(
      rule: "CBP-06", name: "weak", expected: ["inconclusive weak-evidence"],
      entries: one("lane4/a", Make.seen(.faceImage, .weak)), row: endedPilot, others: [maintenance]),
    Case(
      rule: "CBP-06", name: "plate contract ended as well", expected: [], entries: one("lane4/a"), row: endedPilot,
      others: [maintenance.merging(["status": "suspended"]) { $1 }]),
    Case(
      rule: "CBP-06", name: "a row in force lists faces, elsewhere", expected: [], entries: one("lane4/a"),
      others: [maintenance]),
    Case(
      rule: "CBP-06", name: "a row in force lists another class of faces", expected: [], entries: one("lane4/a"),
      row: endedPilot, others: [maintenance, ["id": "ROW-3", "categories": "[face.template]"]]),
    Case(
      rule: "CBP-06", name: "a plate", expected: [], entries: one("lane4/a", plate), row: endedPilot,
      others: [maintenance]),
    Case(rule: "CBP-06", name: "no register", expected: [], entries: one("lane4/a"), row: nil),
    Case(rule: "CBP-06", name: "faces too", expected: [], entries: one("lane3/a")),
    Case(
      rule: "CBP-07", name: "deck of a lane", expected: ["violation in-office"],
      entries: one("CBP demo.pptx!/ppt/media/1.jpg")),
    Case(
      rule: "CBP-07", name: "some deck", expected: ["inconclusive origin-unknown"],
      entries: one("team.pptx!/ppt/media/1.jpg")),
    Case(
      rule: "CBP-07", name: "mail", expected: ["violation in-mail"], entries: one("RMA12345/m.pst!/1.jpg", plate)),
    Case(
      rule: "CBP-07", name: "authorized deck", expected: [], entries: one("CBP demo.pptx!/ppt/media/1.jpg"), row: free),
    Case(rule: "CBP-07", name: "plain zip", expected: [], entries: one("CBP demo.zip!/1.jpg")),
    Case(
      rule: "CBP-08", name: "weights", expected: ["violation near-training"],
      entries: one("lane3/a") + [Make.entry("lane3/m.onnx", index: 1)]),
    Case(
      rule: "CBP-08", name: "cloud", expected: ["violation near-cloud-face"],
      entries: one("lane3/a") + [Make.entry("lane3/rekognition_out.json", index: 1)]),
    Case(
      rule: "CBP-08", name: "not from the field", expected: [],
      entries: one("hr/a") + [Make.entry("hr/m.onnx", index: 1)]),
    Case(
      rule: "CBP-08", name: "granted", expected: [], entries: one("lane3/a") + [Make.entry("lane3/m.onnx", index: 1)],
      row: ["purposes": "[training]"]),
    Case(
      rule: "CBP-09", name: "two", expected: ["violation agencies-mixed"],
      entries: one("CBP/lane3/a") + [Make.entry("TSA/b", index: 1, [face])]),
    Case(
      rule: "CBP-09", name: "named by one row", expected: [],
      entries: one("CBP/lane3/a") + [Make.entry("TSA/b", index: 1, [face])], row: ["agency": "CBP and TSA"]),
    Case(rule: "CBP-09", name: "department and body", expected: [], entries: one("DHS/CBP/a")),
    Case(
      rule: "CBP-09", name: "no biometrics there", expected: [],
      entries: one("CBP/lane3/a") + [Make.entry("TSA/readme.txt", index: 1)]),
    Case(
      rule: "CBP-10", name: "missing", expected: ["violation assessment-missing"], entries: one("lane3/a"),
      row: ["assessed": nil]),
    Case(
      rule: "CBP-10", name: "overdue", expected: ["violation assessment-overdue"], entries: one("lane3/a"),
      row: ["assessed": "{last: 2018-01-01, interval: P1Y}"]),
    Case(
      rule: "CBP-10", name: "not yet", expected: ["violation assessment-missing"], entries: one("lane3/a"),
      row: ["assessed": "{last: 2019-07-01}"]),
    Case(rule: "CBP-10", name: "current", expected: [], entries: one("lane3/a")),
    Case(
      rule: "CBP-11", name: "key beside", expected: ["violation secrets-beside-plaintext"],
      entries: one("lane3/a") + [Make.entry("lane3/id_rsa", index: 1)]),
    Case(
      rule: "CBP-11", name: "encryption unknown", expected: ["inconclusive secrets-beside-unknown"],
      entries: one("lane3/a", Make.seen(.faceImage, .weak)) + [Make.entry("lane3/id_rsa", index: 1)]),
    Case(
      rule: "CBP-11", name: "elsewhere", expected: [],
      entries: one("lane3/a") + [Make.entry("home/x/.ssh/id_rsa", index: 1)]),
  ]

  @Test(arguments: core + field) func ruleSpeaksWhenItShould(_ c: Case) throws {
    let register: PolicySource? = c.row.map { row in
      Make.source("r", "register: r\nrows:\n" + ([row] + c.others).map { Make.row($0) }.joined())
    }
    let judge = try Make.judge(register: register, records: c.records, holder: c.holder, system: c.system)
    let findings = Make.report(judge, c.entries).of(c.rule)
    #expect(findings.map { $0.verdict.rawValue + " " + $0.cause }.sorted() == c.expected)
  }

  @Test func everyRuleHasBothKindsOfCases() throws {
    let cases = Self.core + Self.field
    for name in Make.shippedNames {
      let set = try PolicySet.load(packs: [try Make.shipped(name)])
      #expect(set.rules.count == (name == "core-authorization" ? 12 : 11))
      for rule in set.rules {
        #expect(cases.contains { $0.rule == rule.id && !$0.expected.isEmpty }, "\(rule.id)")
        #expect(cases.contains { $0.rule == rule.id && $0.expected.isEmpty }, "\(rule.id)")
        #expect(rule.phase != .exact && !rule.criteria.isEmpty && rule.text.contains(rule.title))
      }
      #expect(set.packs.first?.review == .counselRequired)
    }
  }

  static let severities: [String: Severity] = [
    "AUTH-01": .critical, "AUTH-02": .critical, "AUTH-03": .high, "AUTH-04": .high, "AUTH-05": .high, "AUTH-06": .high,
    "AUTH-07": .high, "AUTH-08": .high, "AUTH-09": .critical, "AUTH-10": .medium, "AUTH-11": .medium, "AUTH-12": .low,
    "CBP-01": .critical, "CBP-02": .critical, "CBP-03": .high, "CBP-04": .critical, "CBP-05": .high, "CBP-06": .high,
    "CBP-07": .high, "CBP-08": .high, "CBP-09": .medium, "CBP-10": .medium, "CBP-11": .medium,
  ]

  @Test func severitiesAreThoseOfTheDesign() throws {
    let set = try PolicySet.load(packs: Make.shippedNames.map { try Make.shipped($0) })
    #expect(Dictionary(uniqueKeysWithValues: set.rules.map { ($0.id, $0.severity) }) == Self.severities)
  }

  @Test func aCompliantExportHasNoFinding() throws {
    let report = Make.report(try Make.judge(register: Make.register()), Self.one("lane3/a"))
    #expect(report.findings.isEmpty && report.result == .passed, "\(report.lines)")
  }
}
