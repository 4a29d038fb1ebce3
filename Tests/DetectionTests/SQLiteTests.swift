import CustodyCore
import Foundation
import TestSupport
import Testing

@testable import Detection

/// SQLite files: built by code, written by SQLite itself, and damaged.
@Suite struct SQLiteTests {
  private func facts(_ bytes: [UInt8]) -> EntryFacts {
    bytes.withUnsafeBytes { EntryExaminer.examineWhole($0, name: Array("a.db".utf8)) }
  }

  private func lines(_ bytes: [UInt8]) -> [String] {
    facts(bytes).observations.map { "\($0.dataClass.rawValue) \($0.strength.rawValue) x\($0.count)" }.sorted()
  }

  /// A photograph written down as text goes on over pages.
  @Test func encodedTextOverPages() {
    let photo = JPEGBuilder.testCard() + [UInt8](repeating: 0x20, count: 9000)
    let file = SQLiteExample.database([
      SQLiteExample.Table("t", "a TEXT", [[.text(Array("data: \(Base64.encode(photo));".utf8))]])
    ])
    #expect(examine(file).contents.contains { $0.bytes == photo })
  }

  @Test func columnsAreRead() {
    let sql = """
      CREATE TABLE "a b" (id INTEGER PRIMARY KEY, `Face Encoding` BLOB NOT NULL DEFAULT (x'00'), [c,d] VARCHAR(10, 2) -- no, comma
        , "e""f" TEXT /* , g */, CONSTRAINT u UNIQUE (id, "e""f"), "constraint" INT, CHECK (id > 0))
      """
    let columns = SQLiteDefinition(sql).columns
    #expect(columns.map(\.name) == ["id", "Face Encoding", "c,d", "e\"f", "constraint"])
    #expect(columns.map(\.type) == ["INTEGER", "BLOB", "VARCHAR", "TEXT", "INT"])
    #expect(SQLiteDefinition("CREATE TABLE x").columns.isEmpty)
    #expect(SQLiteDefinition("CREATE TABLE x (a").columns.map(\.name).count <= 1)
    #expect(SQLiteDefinition("CREATE TABLE \"x(\" /* (y) */ (a, b)").columns.map(\.name) == ["a", "b"])
  }

  /// Rows hold the values of stored columns, and of tables without row ids the primary key first.
  @Test(arguments: [
    ("(a, b AS (a + 1), c INT GENERATED ALWAYS AS (a) VIRTUAL, d AS (a) STORED, e)", "a d e"),
    ("(a, \"as\" TEXT DEFAULT 'AS', b)", "a as b"),
    ("(a BLOB, b INTEGER PRIMARY KEY) WITHOUT ROWID", "b a"),
    ("(a BLOB, b INTEGER PRIMARY KEY)", "a b"),
    ("(a, b, c, d, PRIMARY KEY (C COLLATE nocase DESC, \"b\", c)) STRICT, without rowid", "c b a d"),
    ("(a, b AS (a), c, CONSTRAINT k PRIMARY KEY (c)) WITHOUT ROWID", "c a"),
    ("(a, b, UNIQUE (b)) WITHOUT ROWID", "a b"),
  ])
  func valuesStandInTheOrderOfTheFile(_ sql: String, _ order: String) {
    #expect(SQLiteDefinition("CREATE TABLE x \(sql)").stored.map(\.name).joined(separator: " ") == order)
  }

  @Test func aRecordSpreadOverPagesIsFound() throws {
    let record = FMRExamples.iso2005()
    // Padding is chosen so that the end of a page falls into the record: then it is nowhere in one piece.
    let spread = stride(from: 9000, to: 14_000, by: 20).lazy.map { padding in
      SQLiteExample.database([
        SQLiteExample.Table(
          "t", "a BLOB",
          [[.blob([UInt8](repeating: 0x11, count: 6000) + record + [UInt8](repeating: 0x22, count: padding))]])
      ])
    }.first { Data($0).range(of: Data(record)) == nil }
    let bytes = try #require(spread)
    let found = facts(bytes).observations.filter { $0.dataClass == .fingerTemplate }
    #expect(found.count == 1)
    #expect(found.first?.detector == "database.sqlite")
  }

  /// Databases as SQLite writes them: inner pages, tables without row id, UTF-16, overflow, deleted rows.
  @Test func databasesOfSQLiteItself() throws {
    let folder = try TemporaryFolder()
    let script = """
      import sqlite3, sys
      for name, pragma in (("a.db", ""), ("b.db", "PRAGMA encoding = 'UTF-16le';"), ("c.db", "PRAGMA encoding = 'UTF-16be'; PRAGMA page_size = 512;")):
          c = sqlite3.connect(name)
          c.executescript(pragma + "CREATE TABLE Identities (id INTEGER PRIMARY KEY, type INTEGER); CREATE TABLE FaceMatrices (id INTEGER PRIMARY KEY, identity INTEGER, data BLOB);"
                          "CREATE TABLE watchlist (name TEXT PRIMARY KEY, template BLOB) WITHOUT ROWID; CREATE INDEX i ON FaceMatrices (identity);")
          for n in range(3000):
              c.execute("INSERT INTO FaceMatrices (identity, data) VALUES (?, ?)", (n, bytes([n % 251]) * (n % 700 + 1)))
          for n in range(500):
              c.execute("INSERT INTO watchlist VALUES (?, ?)", ("person %d" % n, b"x" * 900))
          c.execute("DELETE FROM FaceMatrices WHERE id % 3 = 0")
          c.commit(); c.close()
      c = sqlite3.connect("d.db")
      c.execute("CREATE TABLE faces (id INTEGER PRIMARY KEY, v AS (id + 1), w AS (id) VIRTUAL, encoding BLOB)")
      c.execute("INSERT INTO faces (encoding) VALUES (?)", (b"x" * 500,))
      c.commit(); c.close()
      c = sqlite3.connect("e.db")
      c.execute("CREATE TABLE enrollments (encoding BLOB, /*" + "x" * 1100000 + "*/ id INTEGER PRIMARY KEY) WITHOUT ROWID")
      c.execute("INSERT INTO enrollments VALUES (?, 7)", (b"x" * 500,))
      c.commit(); c.close()
      """
    guard
      let python = ["/usr/bin/python3", "/usr/local/bin/python3"].first(where: {
        FileManager.default.isExecutableFile(atPath: $0)
      })
    else {
      print("SKIPPED: no python3 to write databases with")
      return
    }
    let run = try CommandLineTool(executable: URL(fileURLWithPath: python), in: folder.url).run(["-c", script])
    try #require(run.status == 0, "\(run.err)")
    for name in ["a.db", "b.db", "c.db"] {
      #expect(lines(try folder.read(name)) == ["biometric.database proof x2000"], "\(name)")
      #expect(facts(try folder.read(name)).notes.isEmpty, "\(name)")
    }
    // Columns that are not stored, and a statement longer than a megabyte whose key stands last.
    for name in ["d.db", "e.db"] {
      #expect(lines(try folder.read(name)) == ["biometric.database strong x1"], "\(name)")
    }
  }

  /// Rows of plates and persons count as they do in a table of text; a picture in a blob is an entry of its own.
  @Test func rowsAreReadByTheRulesOfText() {
    let plates = (0..<40).map { i -> [SQLiteValue] in
      [
        .text(Array("ABC\(1000 + i)".utf8)), .text(Array("2018-11-02T07:\(10 + i):00Z".utf8)),
        .text(Array("lane07".utf8)),
        .real(0.93),
      ]
    }
    let photo = JPEGBuilder.testCard()
    let bytes = SQLiteExample.database([
      SQLiteExample.Table("reads", "plate TEXT, captured_at TEXT, camera TEXT, confidence REAL", plates),
      SQLiteExample.Table("files", "n INTEGER, data BLOB", [[.integer(1), .blob(photo)]]),
    ])
    let facts = bytes.withUnsafeBytes { EntryExaminer.examineWhole($0) }
    let reads = facts.observations.filter { $0.dataClass == .plateRead }
    #expect(reads.reduce(0) { $0 + $1.count } == 40 && reads.allSatisfy { $0.detector == "database.sqlite" })
    #expect(facts.contents.map(\.bytes) == [photo])
  }

  @Test func theWatchlistAloneIsAGallery() {
    let bytes = SQLiteExample.database([
      SQLiteExample.Table(
        "watchlist", "name TEXT, template BLOB",
        [[.text([0x61]), .blob([UInt8](repeating: 1, count: 16))], [.text([0x62]), .null]])
    ])
    #expect(lines(bytes) == ["biometric.database strong x1"])
  }

  @Test("ten thousand damaged databases harm nobody")
  func mutations() {
    let record = FMRExamples.iso2005()
    let good = SQLiteExample.database([
      SQLiteExample.Table("Identities", "id INTEGER PRIMARY KEY", [[.null]]),
      SQLiteExample.Table(
        "FaceMatrices", "id INTEGER PRIMARY KEY, data BLOB",
        (0..<6).map { [.null, .blob(record + [UInt8](repeating: UInt8($0), count: $0 * 20))] }),
    ])
    var state: UInt64 = 5
    let large = SQLiteExample.database([
      SQLiteExample.Table("t", "a BLOB", [[.blob([UInt8](repeating: 7, count: 20_000))]])
    ])
    func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    var (parsed, withRows) = (0, 0)
    for _ in 0..<10_000 {
      var bytes = next(2) == 0 ? good : large
      for _ in 0...next(4) {
        // Headers and pointers are where damage hurts most.
        let page = next(bytes.count / 4096) * 4096
        bytes[next(2) == 0 ? page + next(64) : next(bytes.count)] = UInt8(next(256))
      }
      if next(8) == 0 { bytes.removeLast(next(bytes.count - 600)) }
      bytes.withUnsafeBytes { raw in
        guard let file = SQLiteFile(RawSpan(_unsafeBytes: raw)) else { return }
        parsed += 1
        var walk = SQLiteWalk(file)
        let whole = walk.budget
        var rows = 0
        for table in file.tables(&walk) {
          file.rows(root: table.rootPage, &walk) { _, _ in
            rows += 1
            return true
          }
        }
        if rows > 0 { withRows += 1 }
        #expect(rows <= whole)
      }
    }
    // Damage that stops every reader at the door would show nothing.
    #expect(parsed > 5000 && withRows > 3000, "\(parsed) parsed, \(withRows) with rows")
  }

  @Test("pages that lead back to themselves end the walk", arguments: [5, 2, 13])
  func circles(_ type: Int) throws {
    var bytes = SQLiteExample.database([SQLiteExample.Table("faces", "embedding BLOB", [[.blob([1])]])])
    let page = 4096
    bytes[page] = UInt8(type)
    // One cell that points to page 2, and page 2 as the last child.
    bytes.replaceSubrange((page + 3)..<(page + 5), with: [0, 1])
    bytes.replaceSubrange((page + 8)..<(page + 14), with: [0, 0, 0, 2, 0x0F, 0xF0])
    bytes.replaceSubrange((page + 4080)..<(page + 4084), with: [0, 0, 0, 2])
    let seen = facts(bytes)
    // The circle is cut and told of; the schema is all that can be said.
    #expect(seen.observations.map(\.strength) == [.weak])
    #expect(seen.disposition == .limited && seen.reason == .corrupt && seen.notes.count == 1)
  }

  /// What a file of little can claim: each case is small, and its work is counted in steps.
  private func walked(_ bytes: [UInt8]) -> (rows: Int, trouble: DatabaseTrouble) {
    bytes.withUnsafeBytes { raw in
      guard let file = SQLiteFile(RawSpan(_unsafeBytes: raw)) else { return (0, DatabaseTrouble()) }
      var walk = SQLiteWalk(file)
      var rows = 0
      for table in file.tables(&walk) {
        file.rows(root: table.rootPage, &walk) { _, _ in
          rows += 1
          return true
        }
      }
      return (rows, walk.trouble)
    }
  }

  @Test func aCellIsReadOnce() {
    var bytes = SQLiteExample.database([
      SQLiteExample.Table("faces", "encoding BLOB", [[.blob([UInt8](repeating: 1, count: 2000))]])
    ])
    // A thousand pointers to the only cell of page 2.
    let cell = Array(bytes[4096 + 8..<4096 + 10])
    bytes.replaceSubrange((4096 + 3)..<(4096 + 5), with: [0x03, 0xE8])
    bytes.replaceSubrange((4096 + 8)..<(4096 + 8 + 2000), with: (0..<1000).flatMap { _ in cell })
    let (rows, trouble) = walked(bytes)
    #expect(rows == 1 && trouble.rows == 999)
    #expect(facts(bytes).disposition == .limited)
  }

  /// Cells that begin a byte apart and each claim nearly all of the page.
  @Test func cellsThatOverlapAreWorthNoMoreThanTheFile() {
    let nulls = [UInt8](repeating: 0, count: 2000)
    var bytes = SQLiteExample.database([
      SQLiteExample.Table("faces", "encoding BLOB", [[.blob([UInt8](repeating: 1, count: 3000))]])
    ])
    var page = [UInt8](repeating: 0, count: 4096)
    // Size 2000, row 1, a header of 126 bytes (all null), for every second byte.
    let cell: [UInt8] = [0x8F, 0x50, 0x01, 0x7E]
    for at in stride(from: 1000, to: 4096 - 2004, by: 4) { page.replaceSubrange(at..<(at + 4), with: cell) }
    page.replaceSubrange(4096 - 2000..<4096, with: nulls)
    let places = Array(stride(from: 1000, to: 2000, by: 4))
    page.replaceSubrange(0..<8, with: [13, 0, 0, 0, UInt8(places.count), 3, 0xE8, 0])
    page.replaceSubrange(8..<(8 + 2 * places.count), with: places.flatMap { be16($0) })
    bytes.replaceSubrange(4096..<8192, with: page)
    let (rows, trouble) = walked(bytes)
    #expect(rows * 2000 <= 4 * bytes.count + 65_536 && trouble.isExhausted)
    let seen = facts(bytes)
    #expect(seen.disposition == .limited && seen.notes.contains { $0.contains("more rows or tables") })
  }

  @Test("tables of one root are read once, and none hides behind another")
  func oneRoot() {
    let template = [UInt8](repeating: 9, count: 64)
    var bytes = SQLiteExample.database([
      SQLiteExample.Table("letter", "a BLOB", []), SQLiteExample.Table("faces", "encoding BLOB", [[.blob(template)]]),
    ])
    // The first table says that it begins where the second does: an integer of eight bytes before the statement.
    let statement = Array("CREATE TABLE letter".utf8)
    let at = (0..<4096).first { Array(bytes[$0..<($0 + statement.count)]) == statement } ?? 8
    #expect(bytes[at - 1] == 2)
    bytes[at - 1] = 3
    #expect(lines(bytes) == ["biometric.database strong x1"])
    #expect(walked(bytes).trouble.pages == 1)
  }

  @Test func aRowLargerThanTheFileMakesNoRoom() {
    var bytes = SQLiteExample.database([
      SQLiteExample.Table("faces", "encoding BLOB", [[.blob([UInt8](repeating: 1, count: 6000))]])
    ])
    let pointer = Int(bytes[4096 + 8]) << 8 | Int(bytes[4096 + 9])
    // 15 MiB, in as many bytes as it takes.
    bytes.replaceSubrange((4096 + pointer - 2)..<(4096 + pointer + 2), with: [0x87, 0xC0, 0x80, 0x00])
    bytes.replaceSubrange((4096 + 8)..<(4096 + 10), with: be16(pointer - 2))
    let (rows, trouble) = walked(bytes)
    #expect(rows == 0 && trouble.rows == 1 && !trouble.isExhausted)
  }

  @Test func whatIsNotReadIsSaid() {
    var bytes = SQLiteExample.database([
      SQLiteExample.Table("faces", "encoding BLOB", [[.blob([UInt8](repeating: 1, count: 64))]])
    ])
    bytes[100] = 7
    let damaged = facts(bytes)
    #expect(damaged.observations.isEmpty && damaged.disposition == .limited && damaged.reason == .corrupt)
    bytes[100] = 13
    let large = facts(bytes + [UInt8](repeating: 0, count: EntryExaminer.windowLimit))
    #expect(large.disposition == .limited && large.reason == .recordWindowLimit && large.notes.count == 1)
  }

  @Test func productsAreKnownByTheirOwnColumns() {
    let template = SQLiteValue.blob([UInt8](repeating: 9, count: 64))
    let own = SQLiteExample.database([
      SQLiteExample.Table("subject", "id TEXT, api_key TEXT, subject_name TEXT", []),
      SQLiteExample.Table(
        "embedding", "id TEXT, subject_id TEXT, embedding BLOB, calculator TEXT",
        [[.null, .null, template, .null]]),
    ])
    #expect(lines(own) == ["biometric.database proof x1"])
  }
}
