import CustodyCore
import Foundation
import Testing

@testable import Detection

/// Text made to exhaust, confuse or hide.
@Suite struct HostileTextTests {
  static let rules = TextRuleTests.rules

  @Test func aLineOfTenMegabytes() {
    let long = [UInt8](repeating: 0x61, count: 10 << 20)
    // Before a table, inside one, and as its header: only the last hides rows, its own.
    let table = Array(TextExample.readsCSV(20).utf8)
    #expect(TextRuleTests.total(examine(long + [0x0A] + table, catalog: Self.rules)) == 20)
    let row = Array("999,".utf8) + long + Array(",9,lane1,2018-11-02,x.jpg\n".utf8)
    #expect(
      TextRuleTests.total(examine(table + row + Array("21,ABC1234,9,1,2018-11-02,1.jpg\n".utf8), catalog: Self.rules))
        == 21)
    let quoted = Array("999,\"".utf8) + long + [0x0A]
    #expect(
      TextRuleTests.total(
        examine(table + quoted + Array("21,ABC1234,9,1,2018-11-02,1.jpg\n".utf8), catalog: Self.rules)) == 21)
  }

  @Test func aMillionColumns() {
    let commas = [UInt8](repeating: 0x2C, count: 1_000_000)
    let header = Array("plate_number,confidence,camera".utf8)
    let row = Array("ABC1234,9,1".utf8)
    // A header of that length is not one; rows of that length are read.
    #expect(examine(header + commas + [0x0A] + row + commas, catalog: Self.rules).observations.isEmpty)
    let rows: [UInt8] = (0..<3).flatMap { _ -> [UInt8] in row + commas + [0x0A] }
    #expect(TextRuleTests.total(examine(header + [0x0A] + rows, catalog: Self.rules)) == 3)
  }

  @Test(arguments: [("[", "]"), ("{\"a\":", "}"), ("<a>", "</a>"), ("[{\"plate\":", "}]")])
  func tenThousandLevels(_ open: String, _ close: String) {
    let read = "{\"plate_number\":\"ABC1234\",\"confidence\":9,\"camera\":1}"
    let xml = "<r><plate_number>ABC1234</plate_number><confidence>9</confidence><camera>1</camera></r>"
    let inner = open.hasPrefix("<") ? xml : read
    let deep = String(repeating: open, count: 10_000)
    for end in ["", String(repeating: close, count: 10_000)] {
      let facts = examine(Array((deep + inner + end).utf8), catalog: Self.rules)
      #expect(TextRuleTests.total(facts) == 1, "\(open)")
    }
  }

  @Test func gapsOfASparseFileAreNothing() {
    let table = Array(TextExample.readsCSV(2000).utf8)
    var examiner = EntryExaminer(catalog: Self.rules)
    table.withUnsafeBytes { examiner.consume($0) }
    examiner.consumeZeros(1 << 40)
    Array("9,ABC1234,9,1,2018-11-02,1.jpg\n".utf8).withUnsafeBytes { examiner.consume($0) }
    #expect(TextRuleTests.total(examiner.finish()) == 2001)
  }

  /// Ten thousand mutations of an example for each reader: no trap, no dependence on the cuts, every place inside.
  @Test(arguments: [
    ("csv", TextExample.readsCSV(4)), ("json", TextExample.openALPR(1)),
    (
      "xml",
      "<r><Read><Plate>ABC1234</Plate><confidence>9</confidence><camera a='b'>1</camera></Read><!-- --><![CDATA[x]]></r>"
    ),
    (
      "sql",
      "CREATE TABLE t (a int, passport_no text, surname text, dob date, sex text);\nINSERT INTO t VALUES (1,'P1234567','D''oe','1980-01-12','F');\nCOPY t (a, passport_no) FROM stdin;\n1\tP1234567\n\\.\n"
    ),
    ("edifact", TextExample.paxlst),
    ("log", "2018 plate=ABC1234 confidence=9 camera=2 \"time\": \"2018-11-02 10:00:00\"\n"),
  ])
  func mutations(_ name: String, _ text: String) {
    let original = Array(text.utf8)
    let marks: [UInt8] = [
      0x22, 0x27, 0x2C, 0x3C, 0x3E, 0x7B, 0x7D, 0x5B, 0x5D, 0x5C, 0x0A, 0x28, 0x29, 0x3B, 0x3A, 0x30,
    ]
    var random = SplitMix(UInt64(original.count))
    for round in 0..<10_000 {
      var bytes = original
      for _ in 0..<(1 + random.below(5)) where !bytes.isEmpty {
        let at = random.below(bytes.count)
        switch random.below(4) {
        case 0: bytes[at] = UInt8(random.below(256))
        case 1: bytes[at] = marks[random.below(marks.count)]
        case 2: bytes.remove(at: at)
        default:
          bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + random.below(40))], at: random.below(bytes.count))
        }
      }
      var whole = TextPass(Identity(kind: .text, isText: true, encoding: nil))
      bytes.withUnsafeBytes { whole?.read($0) }
      let said = Self.judge(whole?.finish())
      for o in said {
        #expect((o.place?.offset ?? 0) + (o.place?.length ?? 0) <= UInt64(bytes.count), "\(name) \(round)")
      }
      guard round % 5 == 0 else { continue }
      var cut = TextPass(Identity(kind: .text, isText: true, encoding: nil))
      var at = 0
      while at < bytes.count {
        let end = min(bytes.count, at + 1 + random.below(9))
        bytes[at..<end].withUnsafeBytes { cut?.read($0) }
        at = end
      }
      #expect(Self.judge(cut?.finish()) == said, "\(name) \(round)")
    }
  }

  static func judge(_ tally: TextTally?) -> [Observation] {
    guard let tally else { return [] }
    return PlateReads().judge(tally) + IdentityRecords().judge(tally)
  }
}
