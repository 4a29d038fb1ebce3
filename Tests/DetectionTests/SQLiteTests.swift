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

  @Test func columnsAreRead() {
    let sql = """
      CREATE TABLE "a b" (id INTEGER PRIMARY KEY, `Face Encoding` BLOB NOT NULL DEFAULT (x'00'), [c,d] VARCHAR(10, 2) -- no, comma
        , "e""f" TEXT /* , g */, CONSTRAINT u UNIQUE (id, "e""f"), "constraint" INT, CHECK (id > 0))
      """
    let (columns, rowId) = SQLiteColumn.list(sql)
    #expect(columns.map(\.name) == ["id", "Face Encoding", "c,d", "e\"f", "constraint"])
    #expect(columns.map(\.type) == ["INTEGER", "BLOB", "VARCHAR", "TEXT", "INT"])
    #expect(rowId == 0)
    #expect(SQLiteColumn.list("CREATE TABLE x").columns.isEmpty)
    #expect(SQLiteColumn.list("CREATE TABLE x (a").columns.map(\.name).count <= 1)
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
    }
  }

  @Test func theWatchlistAloneIsAGallery() {
    let bytes = SQLiteExample.database([
      SQLiteExample.Table(
        "watchlist", "name TEXT, template BLOB", [[.text([0x61]), .blob([1])], [.text([0x62]), .null]])
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
    let started = DispatchTime.now().uptimeNanoseconds
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
        var trouble = SQLiteTrouble()
        for table in file.tables(&trouble) { file.rows(root: table.rootPage, trouble: &trouble) { _ in true } }
      }
    }
    // Not a measurement: an endless walk would show as minutes.
    #expect(DispatchTime.now().uptimeNanoseconds - started < 300_000_000_000)
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
    _ = facts(bytes)
  }
}
