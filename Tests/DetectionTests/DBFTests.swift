import CustodyCore
import Foundation
import TestSupport
import Testing

@testable import Detection

/// dBase tables: rows are counted whatever the size and the cut, deleted ones are not, and damage harms nobody.
@Suite struct DBFTests {
  private typealias Field = DBFExample.Field

  static func reads(_ count: Int, deleted: Set<Int> = [], version: UInt8 = 3) -> [UInt8] {
    DBFExample.table(
      [
        DBFExample.Field("PLATE", "C", 100), DBFExample.Field("READDATE", "D", 8), DBFExample.Field("CAMERA", "C", 10),
        DBFExample.Field("CONFIDENCE", "N", 6), DBFExample.Field("IMAGE", "C", 12), DBFExample.Field("NOTES", "M", 10),
      ],
      (0..<count).map { ["AB\(1000 + $0 % 9000)", "202301\(10 + $0 % 20)", "Lane 1", "0.91", "p\($0).jpg", ""] },
      version: version, deleted: deleted)
  }

  private func lines(_ facts: EntryFacts) -> [String] {
    var counts: [String: Int] = [:]
    for o in facts.observations { counts["\(o.dataClass.rawValue) \(o.strength.rawValue)", default: 0] += o.count }
    return counts.map { "\($0.key) x\($0.value)" }.sorted()
  }

  @Test("ten thousand plates are counted", arguments: [0x03, 0x83, 0x30, 0xF5] as [UInt8])
  func plates(_ version: UInt8) {
    let seen = examine(Self.reads(10_000, version: version))
    #expect(seen.kind == .dbf && lines(seen) == ["plate.read proof x10000"])
    #expect(seen.observations.first?.attributes["format"] == .string("dbf"))
    #expect(seen.observations.first?.attributes["capturedAt"] == .string("2023-01-10T00:00:00"))
  }

  @Test func deletedRowsAreNotCounted() {
    #expect(lines(examine(Self.reads(100, deleted: [3, 4, 99]))) == ["plate.read proof x97"])
  }

  @Test func rowsBeyondTheWindowAreCounted() {
    // 147 bytes a row: 22 MB.
    let seen = examine(Self.reads(150_000), chunks: [1 << 20])
    #expect(lines(seen) == ["plate.read proof x150000"])
  }

  @Test func theCutDoesNotMatterAndNeitherDoGaps() {
    let bytes = Self.reads(50)
    let whole = examine(bytes)
    for chunks in [[1], [7, 3, 64], [4096, 1]] { #expect(examine(bytes, chunks: chunks) == whole) }
    var gap = EntryExaminer()
    bytes.dropLast().withUnsafeBytes { gap.consume($0) }
    gap.consumeZeros(147 * 1_000_000)
    Self.reads(7).dropFirst(32 * 6 + 33).withUnsafeBytes { gap.consume($0) }
    #expect(lines(gap.finish()) == ["plate.read proof x57"])
  }

  @Test func travellersAndNothing() {
    let persons = DBFExample.table(
      [Field("SURNAME", "C", 30), Field("FIRSTNAME", "C", 30), Field("DOB", "D", 8), Field("PASSPORTNO", "C", 12)],
      [["SPECIMEN", "ANNA", "19740812", "L898902C3"], ["SAMPLE", "OTTO", "", "C01X00T47"]])
    #expect(lines(examine(persons)) == ["identity.record strong x2"])
    let goods = DBFExample.table([Field("PARTNO", "C", 30), Field("PRICE", "N", 8)], [["AB1234", "1.00"]])
    #expect(examine(goods).observations.isEmpty)
  }

  @Test("damaged tables harm nobody, and some still have rows")
  func mutations() {
    let good = Self.reads(60)
    var random = SplitMix(9)
    var (known, withRows) = (0, 0)
    for _ in 0..<500 {
      var bytes = good
      for _ in 0...random.below(4) {
        bytes[random.below(3) == 0 ? random.below(bytes.count) : random.below(240)] =
          [0, 0xFF, 0x20, UInt8(random.below(256))][
            random.below(4)]
      }
      if random.below(4) == 0 { bytes.removeLast(random.below(bytes.count)) }
      let seen = examine(bytes)
      if seen.kind == .dbf { known += 1 }
      let rows = seen.observations.reduce(0) { $0 + ($1.dataClass == .plateRead ? $1.count : 0) }
      #expect(rows <= 2 * bytes.count / 60)
      if rows > 0 { withRows += 1 }
    }
    #expect(known > 50 && withRows > 50, "\(known) known, \(withRows) with rows")
  }
}
