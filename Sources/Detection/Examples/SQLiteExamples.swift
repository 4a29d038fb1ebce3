/// Databases of one page a table, or with values on overflow pages, built as SQLite lays them out.
enum SQLiteExample {
  struct Table: Sendable {
    var name: String
    var columns: String
    var rows: [[SQLiteValue]]
    init(_ name: String, _ columns: String, _ rows: [[SQLiteValue]]) {
      self.name = name
      self.columns = columns
      self.rows = rows
    }
  }

  static let pageSize = 4096

  static func database(_ tables: [Table]) -> [UInt8] {
    var pages: [[UInt8]] = [[]]
    var schema: [[SQLiteValue]] = []
    for table in tables {
      let root = pages.count + 1
      pages.append([])
      pages[root - 1] = leaf(table.rows, headerAt: 0, &pages)
      schema.append([
        .text(Array("table".utf8)), .text(Array(table.name.utf8)), .text(Array(table.name.utf8)), .integer(Int64(root)),
        .text(Array("CREATE TABLE \(table.name) (\(table.columns))".utf8)),
      ])
    }
    var first = leaf(schema, headerAt: 100, &pages)
    let header = ByteBuilder().raw(SQLiteFile.magic).u16(pageSize).u8(1, 1, 0, 64, 32, 32).u32(
      1, pages.count, 0, 0, 1, 4, 0, 0, 1
    )
    .zeros(32).u32(1, 3_040_001).bytes
    first.replaceSubrange(0..<100, with: header.prefix(100))
    pages[0] = first
    return pages.flatMap { $0 }
  }

  private static func leaf(_ rows: [[SQLiteValue]], headerAt start: Int, _ pages: inout [[UInt8]]) -> [UInt8] {
    var page = [UInt8](repeating: 0, count: pageSize)
    var end = pageSize
    var pointers: [Int] = []
    for (i, row) in rows.enumerated() {
      let payload = record(row)
      var local = payload.count
      if local > pageSize - 35 {
        let least = (pageSize - 12) * 32 / 255 - 23
        let fit = least + (payload.count - least) % (pageSize - 4)
        local = fit <= pageSize - 35 ? fit : least
      }
      var cell = varint(payload.count) + varint(i + 1) + payload[..<local]
      if local < payload.count {
        cell += ByteBuilder().u32(pages.count + 1).bytes
        var rest = payload[local...]
        while !rest.isEmpty {
          let part = rest.prefix(pageSize - 4)
          rest = rest.dropFirst(part.count)
          let next = rest.isEmpty ? 0 : pages.count + 2
          pages.append(ByteBuilder().u32(next).raw(Array(part)).zeros(pageSize - 4 - part.count).bytes)
        }
      }
      end -= cell.count
      page.replaceSubrange(end..<(end + cell.count), with: cell)
      pointers.append(end)
    }
    let head = ByteBuilder().u8(13).u16(0, rows.count, end % 65_536).u8(0).bytes
    page.replaceSubrange(start..<(start + 8), with: head)
    for (i, pointer) in pointers.enumerated() {
      page.replaceSubrange((start + 8 + 2 * i)..<(start + 10 + 2 * i), with: ByteBuilder().u16(pointer).bytes)
    }
    return page
  }

  private static func record(_ row: [SQLiteValue]) -> [UInt8] {
    var types: [UInt8] = []
    var body: [UInt8] = []
    for value in row {
      switch value {
      case .null: types += varint(0)
      case .integer(let number):
        types += varint(6)
        body += ByteBuilder().number(Int(number), size: 8).bytes
      case .real(let number):
        types += varint(7)
        body += ByteBuilder().number(Int(truncatingIfNeeded: number.bitPattern), size: 8).bytes
      case .text(let bytes):
        types += varint(13 + 2 * bytes.count)
        body += bytes
      case .blob(let bytes):
        types += varint(12 + 2 * bytes.count)
        body += bytes
      }
    }
    return varint(types.count + 1) + types + body
  }

  static func varint(_ value: Int) -> [UInt8] {
    var bytes = [UInt8(value & 0x7F)]
    var rest = value >> 7
    while rest > 0 {
      bytes.insert(UInt8(rest & 0x7F) | 0x80, at: 0)
      rest >>= 7
    }
    return bytes
  }
}
