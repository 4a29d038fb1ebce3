import CustodyCore
import Foundation
import TestSupport
import Testing

@testable import Detection

/// Access databases: built by code, held against mdbtools, and damaged.
@Suite struct AccessTests {
  private typealias Table = JetExample.Table

  private func facts(_ bytes: [UInt8]) -> EntryFacts {
    bytes.withUnsafeBytes { EntryExaminer.examineWhole($0, name: Array("a.mdb".utf8)) }
  }

  private func lines(_ bytes: [UInt8]) -> [String] {
    var counts: [String: Int] = [:]
    for o in facts(bytes).observations {
      counts["\(o.dataClass.rawValue) \(o.strength.rawValue)", default: 0] += o.count
    }
    return counts.map { "\($0.key) x\($0.value)" }.sorted()
  }

  /// Tables of every kind of value, of long values of every size, and of more columns than a page defines.
  static let sample: [JetExample.Table] = [
    JetExample.reads(400),
    JetExample.Table(
      "Values",
      [
        .long("ID"), .memo("Memo"), .ole("Body"), .text("Wide"), JetExample.Column("Yes", 1),
        JetExample.Column("Small", 3),
        .date("When"), .text("Last"),
      ],
      [10, 200, 3000, 4070, 4078, 4080, 9000, 100_000].map { size in
        [
          .integer(size), .text(String(repeating: "m", count: size / 2)), .bytes([UInt8](repeating: 0x41, count: size)),
          .text("Grüße \(size)"), .integer(1), .integer(-3), .real(45_000.5),
          size == 200 ? .null : .text("end \(size)"),
        ]
      }),
    JetExample.Table(
      "Wide", (0..<200).map { .text("Column number \($0)") },
      [(0..<200).map { $0 % 3 == 0 ? .null : .text("v\($0)") }]),
  ]

  @Test("ten thousand plates are counted, in every generation", arguments: [false, true])
  func plates(_ isOld: Bool) {
    let bytes = JetExample.database([JetExample.reads(10_000)], layout: isOld ? .jet3 : .jet4)
    #expect(lines(bytes) == ["plate.read proof x10000"])
    let seen = facts(bytes)
    #expect(seen.notes.isEmpty && seen.disposition == .partial)
    #expect(seen.observations.first?.attributes["format"] == .string("access"))
    #expect(seen.observations.first?.attributes["capturedAt"] == .string("2023-03-15T00:00:00"))
  }

  @Test func encodedPagesAreDecodedAndEncryptedOnesSaid() {
    let encoded = JetExample.database([JetExample.reads(500)], key: 0xDEAD_BEEF)
    #expect(lines(encoded) == ["plate.read proof x500"])
    let seen = facts(JetExample.database([JetExample.reads(500)], key: 0xDEAD_BEEF, isACE: true))
    #expect(seen.observations.isEmpty && seen.disposition == .limited && seen.reason == .encrypted)
    #expect(seen.notes == ["an encrypted Access database: its rows were not read"])
  }

  @Test func aRecordOverTwoPagesIsFoundOnce() {
    let record = FMRExamples.iso2005()
    let bytes = JetExample.database([
      Table(
        "t", [.ole("a")], [[.bytes([UInt8](repeating: 1, count: 4050) + record + [UInt8](repeating: 2, count: 900))]])
    ])
    #expect(Data(bytes).range(of: Data(record)) == nil)
    let found = facts(bytes).observations.filter { $0.dataClass == .fingerTemplate }
    // Carving sees its first piece, at the same place, and cannot be sure.
    #expect(Set(found.map { $0.place?.offset }).count == 1)
    #expect(found.filter { $0.strength == .proof }.map(\.detector) == ["database.access"])
  }

  @Test("pictures in values are entries of their own, header and pieces notwithstanding")
  func pictures() {
    let photo = JPEGBuilder.testCard()
    let large: [UInt8] = Array(photo.dropLast(2)) + [UInt8](repeating: 0x55, count: 9000) + [0xFF, 0xD9]
    let header: [UInt8] = [0x15, 0x1C] + Array("Paint.Picture".utf8) + [UInt8](repeating: 0, count: 63)
    let bytes = JetExample.database([
      Table(
        "Photos", [.long("ID"), .ole("Photo")],
        [
          [.integer(1), .bytes(photo)], [.integer(2), .bytes(header + large + [UInt8](repeating: 0, count: 22))],
          [.integer(3), .bytes(header)],
        ])
    ])
    let contents = facts(bytes).contents
    #expect(contents.map(\.bytes) == [photo, large])
    #expect(contents.allSatisfy { Int($0.place.offset + $0.place.length) <= bytes.count && $0.place.length > 0 })
    #expect(contents.allSatisfy { bytes[Int($0.place.offset)] == 0xFF && $0.isWhole })
    // The same out of encoded pages.
    let encoded = facts(JetExample.database([Table("p", [.ole("a")], [[.bytes(header + photo)]])], key: 77)).contents
    #expect(encoded.map(\.bytes) == [photo])
  }

  @Test("deleted rows are passed over, moved ones are read where they are")
  func flags() {
    var bytes = JetExample.database([JetExample.reads(40)])
    let page = bytes.count / 4096 - 1
    func row(_ i: Int) -> Int { page * 4096 + 14 + 2 * i }
    bytes[row(3) + 1] |= 0xC0
    #expect(lines(bytes) == ["plate.read proof x39"])
    // Row 4 has moved to where row 5 stands, which then counts once.
    let place = page * 4096 + Int(bytes[row(4)]) | Int(bytes[row(4) + 1]) << 8
    bytes.replaceSubrange(place..<(place + 4), with: JetBuilder.le(page << 8 | 5, 4))
    bytes[row(4) + 1] |= 0x40
    bytes[row(5) + 1] |= 0x80
    #expect(lines(bytes) == ["plate.read proof x38"])
    #expect(facts(bytes).notes.isEmpty)
    // A second row that points there is damage.
    let other = page * 4096 + Int(bytes[row(6)]) | Int(bytes[row(6) + 1]) << 8
    bytes.replaceSubrange(other..<(other + 4), with: JetBuilder.le(page << 8 | 5, 4))
    bytes[row(6) + 1] |= 0x40
    #expect(lines(bytes) == ["plate.read proof x37"])
    #expect(facts(bytes).reason == .corrupt)
  }

  @Test func textsAreDecompressed() {
    #expect(JetText.string([0xFF, 0xFE, 0x41, 0x42, 0, 0x3B, 0x04, 0, 0x43], isWide: true) == "ABлC")
    #expect(JetText.string([0x41, 0, 0xFC, 0, 0x3B], isWide: true) == "Aü")
    #expect(JetText.string([0x41, 0xFC], isWide: false) == "Aü")
    #expect(JetText.date(36_526.75) == "2000-01-01 18:00:00")
    #expect(JetText.date(.infinity) == nil && JetText.date(1e300) == nil)
  }

  /// Both read the same tables, columns and rows out of what the builder wrote.
  @Test(arguments: [false, true]) func mdbtoolsReadsTheSame(_ isOld: Bool) throws {
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/mdb-json") else {
      print("SKIPPED: no mdbtools to hold the reader against")
      return
    }
    let bytes = JetExample.database(Self.sample, layout: isOld ? .jet3 : .jet4)
    let folder = try TemporaryFolder()
    try Data(bytes).write(to: folder.url.appendingPathComponent("a.mdb"))
    func run(_ tool: String, _ arguments: [String]) throws -> String {
      let run = try CommandLineTool(executable: URL(fileURLWithPath: "/usr/bin/" + tool), in: folder.url).run(arguments)
      #expect(run.status == 0, "\(tool): \(run.err)")
      return run.text
    }
    let names = try run("mdb-tables", ["-1", "a.mdb"]).split(separator: "\n").map(String.init)
    #expect(names.sorted() == Self.sample.map(\.name).sorted())
    bytes.withUnsafeBytes { raw in
      guard let file = JetFile(RawSpan(_unsafeBytes: raw), layout: isOld ? .jet3 : .jet4) else {
        Issue.record("no database")
        return
      }
      var walk = JetWalk(file)
      let pages = file.dataPages()
      for listed in file.listed(pages, &walk) where listed.page != JetFile.catalogPage {
        guard let table = file.table(listed.page, &walk), let out = try? run("mdb-json", ["a.mdb", listed.name]) else {
          Issue.record("\(listed.name) is not read")
          continue
        }
        var others: [[String: Any]] = []
        for line in out.split(separator: "\n") {
          let object = try? JSONSerialization.jsonObject(with: Data(line.utf8))
          others.append(object as? [String: Any] ?? [:])
        }
        let rows = (pages[table.page] ?? []).flatMap { file.rows($0, table, &walk) }
        #expect(rows.count == others.count, "\(listed.name)")
        for (row, other) in zip(rows, others) {
          for (i, column) in table.columns.enumerated() {
            let theirs = other[column.name]
            switch column.type {
            case 0x0A:
              let ours = row.fields[i].map { JetText.string(file.bytes.bytes($0), isWide: file.layout.isWide) }
              // Outside ASCII mdbtools takes the builder's UTF-8 for the code page.
              if let ours, !isOld || ours.utf8.allSatisfy({ $0 < 0x80 }) { #expect(theirs as? String == ours) }
              if ours == nil { #expect(theirs == nil) }
            case 3, 4: #expect((theirs as? NSNumber)?.intValue == file.integer(row, table, i))
            case 0x0C:
              let ours = row.fields[i].flatMap { file.longValue($0, &walk) }?.bytes
              let text = ours.map { JetText.string($0, isWide: file.layout.isWide) }
              #expect((theirs as? String)?.count == text?.count)
            case 0x0B:
              let ours = row.fields[i].flatMap { file.longValue($0, &walk) }?.bytes
              #expect(ours == [UInt8](repeating: 0x41, count: file.integer(row, table, 0) ?? 0))
            default: break
            }
          }
        }
      }
      #expect(walk.trouble.isEmpty)
    }
  }

  @Test("damaged databases harm nobody, and some still have rows", arguments: [false, true])
  func mutations(_ isOld: Bool) {
    let layout = isOld ? JetLayout.jet3 : .jet4
    let good = JetExample.database([JetExample.reads(60)] + Self.sample.dropFirst(), layout: layout)
    var state: UInt64 = isOld ? 3 : 4
    func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    var (parsed, withRows) = (0, 0)
    for _ in 0..<500 {
      var bytes = good
      for _ in 0...next(6) {
        // Headers, offsets of rows and definitions are where damage hurts most.
        let page = next(bytes.count / layout.pageSize) * layout.pageSize
        bytes[next(3) == 0 ? next(bytes.count) : page + next(96)] = [0, 0xFF, 0x80, UInt8(next(256))][next(4)]
      }
      if next(4) == 0 { bytes.removeLast(next(bytes.count)) }
      bytes.withUnsafeBytes { raw in
        let span = RawSpan(_unsafeBytes: raw)
        guard JetHeader(span) != nil, let file = JetFile(span, layout: layout) else { return }
        parsed += 1
        var walk = JetWalk(file)
        let whole = walk.budget
        let pages = file.dataPages()
        var (rows, size) = (0, 0)
        for listed in file.listed(pages, &walk) {
          guard let table = file.table(listed.page, &walk) else { continue }
          for page in pages[table.page] ?? [] {
            for row in file.rows(page, table, &walk) {
              rows += 1
              size += row.range.count
              for i in table.columns.indices {
                _ = file.field(row, table, i)
                if table.columns[i].isLong, let place = row.fields[i] {
                  size += file.longValue(place, &walk)?.bytes.count ?? 0
                }
              }
            }
          }
        }
        if rows > 0 { withRows += 1 }
        // Values in the row are counted twice here: as part of it and for themselves.
        #expect(walk.budget >= 0 && size <= whole)
      }
      if next(10) == 0 { _ = facts(bytes) }
    }
    #expect(parsed > 300 && withRows > 150, "\(parsed) parsed, \(withRows) with rows")
  }

  /// Rows that begin a byte apart, and a chain of pieces that leads back to itself.
  @Test func whatOverlapsIsReadOnce() {
    var bytes = JetExample.database([Table("t", [.ole("a")], [[.bytes([UInt8](repeating: 5, count: 9000))]])])
    // The pieces stand before the row's own page.
    let first = 4
    let place = (first + 1) * 4096 - 4096 + 16
    #expect(Array(bytes[place - 2..<place]).count == 2)
    let piece = first * 4096 + (Int(bytes[place - 2]) | Int(bytes[place - 1]) << 8)
    bytes.replaceSubrange(piece..<(piece + 4), with: JetBuilder.le(first << 8, 4))
    let seen = facts(bytes)
    #expect(seen.disposition == .limited && seen.reason == .corrupt)
  }

  @Test func whatIsNotReadIsSaid() {
    let large = facts(
      JetExample.database([JetExample.reads(50)]) + [UInt8](repeating: 0, count: EntryExaminer.windowLimit))
    #expect(large.disposition == .limited && large.reason == .recordWindowLimit && large.notes.count == 1)
    var bytes = JetExample.database([JetExample.reads(50)])
    bytes[2 * 4096] = 7
    #expect(facts(bytes).reason == .corrupt)
  }
}
