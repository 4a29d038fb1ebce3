/// dBase tables of level 3 to 5, built as dBase lays them out.
enum DBFExample {
  struct Field: Sendable {
    var name: String
    var type: Character
    var size: Int
    init(_ name: String, _ type: Character, _ size: Int) { (self.name, self.type, self.size) = (name, type, size) }
  }

  /// - Parameter deleted: rows that are marked so.
  static func table(_ fields: [Field], _ rows: [[String]], version: UInt8 = 3, deleted: Set<Int> = []) -> [UInt8] {
    let headerSize = 33 + 32 * fields.count
    let rowSize = 1 + fields.reduce(0) { $0 + $1.size }
    var out: [UInt8] = [version, 124, 5, 17]
    out += JetBuilder.le(rows.count, 4) + JetBuilder.le(headerSize, 2) + JetBuilder.le(rowSize, 2)
    out += [UInt8](repeating: 0, count: 20)
    for field in fields {
      out += padded(Array(field.name.utf8), 11, with: 0) + Array(String(field.type).utf8)
      out += [0, 0, 0, 0] + JetBuilder.le(field.size, field.type == "C" ? 2 : 1)
      out += [UInt8](repeating: 0, count: field.type == "C" ? 14 : 15)
    }
    out.append(0x0D)
    for (i, row) in rows.enumerated() {
      out.append(deleted.contains(i) ? 0x2A : 0x20)
      for (value, field) in zip(row, fields) { out += padded(Array(value.utf8), field.size, with: 0x20) }
    }
    return out + [0x1A]
  }

  private static func padded(_ bytes: [UInt8], _ size: Int, with filler: UInt8) -> [UInt8] {
    Array(bytes.prefix(size)) + [UInt8](repeating: filler, count: max(0, size - bytes.count))
  }
}
