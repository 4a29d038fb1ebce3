import CustodyCore
import Policies
import Records
import Testing

@testable import CustodyKit

/// Rows give every path back, whatever bytes it is made of.
@Suite struct NotifyRowTests {
  private static func row(_ components: [[UInt8]]) -> NotifyRow {
    let examination = Examination(
      index: 7, nonce: Array(repeating: 1, count: 16), locator: Locator(components), size: 1 << 60,
      kind: ContentKind(rawValue: "image/jpeg"), disposition: .partial, reason: .pixelsNotExamined,
      attributes: ["capturedAt": "2018-11-02T14:02:58", "clock": "exif"],
      observations: [
        Observation(.faceImage, detector: "a", version: 1, strength: .weak, count: 5, attributes: ["inPicture": true]),
        Observation(
          .plateImage, detector: "b", version: 1, strength: .strong, count: 2, attributes: ["inPicture": true]),
      ])
    return NotifyRow(examination: examination, classes: ObservedClass.read(examination))
  }

  struct Path: Sendable {
    var components: [[UInt8]]
    /// What a spreadsheet shows.
    var csv: String
    var hasRaw: (json: Bool, csv: Bool)
  }

  static let paths = [
    Path(components: [Array("a.tar".utf8), Array("b/c.jpg".utf8)], csv: "a.tar!/b/c.jpg", hasRaw: (false, false)),
    Path(components: [Array("Zürich.jpg".utf8)], csv: "Zürich.jpg", hasRaw: (false, false)),
    Path(components: [[0x61, 0xFF]], csv: "a\u{FFFD}", hasRaw: (true, true)),
    Path(components: [Array("a!/b".utf8)], csv: "a!/b", hasRaw: (true, true)),
    Path(components: [Array("=1+1".utf8)], csv: "'=1+1", hasRaw: (false, true)),
    Path(components: [Array("@SUM(A1)".utf8)], csv: "'@SUM(A1)", hasRaw: (false, true)),
    Path(components: [Array("a,\"b\"".utf8)], csv: "\"a,\"\"b\"\"\"", hasRaw: (false, false)),
    Path(components: [Array("a\r\nb".utf8)], csv: "a\\u{d}\\u{a}b", hasRaw: (false, true)),
    Path(components: [Array("a\u{202E}b".utf8)], csv: "a\\u{202e}b", hasRaw: (false, true)),
    Path(components: [Array("a\\u{d}".utf8)], csv: "a\\\\u{d}", hasRaw: (false, true)),
    Path(components: [[0x1B, 0x5B, 0x32, 0x4A]], csv: "\\u{1b}[2J", hasRaw: (false, true)),
  ]

  @Test(arguments: paths) func pathsComeBack(_ path: Path) throws {
    let row = Self.row(path.components)
    let raw = path.components.map(Base64.encode).joined(separator: "!")
    var json: [UInt8] = []
    row.writeJSON(into: &json)
    #expect(json.last == 0x0A && json.filter { $0 < 0x20 || $0 == 0x7F } == [0x0A])
    let object = try JSONParser.parse(Array(json.dropLast()))
    #expect(object["path"]?.string == Locator(path.components).description)
    #expect(object["pathB64"]?.string == (path.hasRaw.json ? raw : nil))
    #expect(object["size"]?.string == "1152921504606846976")
    #expect(object["reason"]?.string == "pixels-not-examined")
    var csv: [UInt8] = []
    row.writeCSV(into: &csv)
    let text = String(decoding: csv, as: UTF8.self)
    #expect(text.hasPrefix("7,\(path.csv),\(path.hasRaw.csv ? raw : ""),"), "\(text)")
    #expect(
      text.hasSuffix(
        ",partial,pixels-not-examined,face.image;plate.image,weak;strong,1;1,5;2,"
          + "2018-11-02T14:02:58;2018-11-02T14:02:58,exif;exif\r\n"), "\(text)")
  }

  @Test func leavesAsReportsWriteThem() throws {
    let cases: [(texts: [String], text: String, holds: [UInt64], lacks: [UInt64])] = [
      (["3-17"], "3-17", [3, 10, 17], [0, 2, 18]), (["20,3-5", "4-9"], "3-9,20", [3, 9, 20], [2, 10, 19, 21]),
      (["0"], "0", [0], [1]), (["18446744073709551615"], "18446744073709551615", [.max], [0]),
    ]
    for c in cases {
      let choice = try LeafChoice(c.texts)
      #expect(choice.text == c.text)
      #expect(c.holds.allSatisfy(choice.contains) && !c.lacks.contains(where: choice.contains))
    }
    for wrong in ["", "-", "1-", "-1", "+1", "1-2-3", "5-3", "1,", "a", "１", "18446744073709551616"] {
      #expect(throws: Complaint.self, "\(wrong)") { try LeafChoice([wrong]) }
    }
    #expect(throws: Complaint.self) {
      try LeafChoice([Array(repeating: "1", count: LeafChoice.mostRanges + 1).joined(separator: ",")])
    }
  }
}
