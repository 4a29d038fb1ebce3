internal import CustodyCore

/// What walking the tables of one file has visited and spent. One for all tables: a page belongs to one of them, and no
/// byte to two rows, or else a small file could stand for endless work.
struct SQLiteWalk {
  var trouble = DatabaseTrouble()
  /// Steps left: a byte of a payload, a value or a pointer takes one.
  fileprivate(set) var budget: Int
  fileprivate var seen: PageSet

  init(_ file: SQLiteFile) {
    seen = PageSet(count: file.pageCount)
    // Of a sound file no byte is spent more than once as a byte, as a value, as a value that is wanted and as a pointer.
    budget = 4 * file.bytes.byteCount + 65_536
  }

  /// False when the budget does not allow it.
  mutating func spend(_ steps: Int) -> Bool {
    guard steps <= budget else {
      trouble.isExhausted = true
      budget = 0
      return false
    }
    budget -= steps
    return true
  }
}

/// A row, with where its values lie.
struct SQLiteRow {
  /// A value's serial type (section 2.1) and its bytes in the payload.
  struct Field {
    var type: Int
    var start: Int
    var length: Int
  }

  var id: Int64
  var fields: [Field]
  var payload: Reassembled

  /// True when the row did not fit its page.
  var isSpread: Bool { !payload.isContiguous }

  func value(_ i: Int) -> SQLiteValue {
    guard fields.indices.contains(i) else { return .null }
    let field = fields[i]
    let raw = payload.bytes[field.start..<(field.start + field.length)]
    switch field.type {
    case 0: return .null
    case 1...6:
      var value: Int64 = (raw.first ?? 0) & 0x80 == 0 ? 0 : -1
      for byte in raw { value = value << 8 | Int64(byte) }
      return .integer(value)
    case 7:
      var bits: UInt64 = 0
      for byte in raw { bits = bits << 8 | UInt64(byte) }
      return .real(Double(bitPattern: bits))
    case 8: return .integer(0)
    case 9: return .integer(1)
    default: return field.type % 2 == 0 ? .blob(Array(raw)) : .text(Array(raw))
    }
  }

  /// Bytes of a text or blob, 8 of a number; 0 for null, empty and absent ones.
  func size(_ i: Int) -> Int {
    guard fields.indices.contains(i), fields[i].type > 0 else { return 0 }
    return fields[i].type < 12 ? 8 : fields[i].length
  }
}

extension SQLiteFile {
  /// Rows of a table, or of the schema, in the order of the file. Stops where `body` returns false, and where the walk
  /// has nothing left to spend.
  ///
  /// - Parameter root: the table's first page.
  func rows(root: Int, _ walk: inout SQLiteWalk, _ body: (SQLiteRow, inout SQLiteWalk) -> Bool) {
    _ = visit(root, depth: 0, &walk, body)
  }

  private func visit(
    _ page: Int, depth: Int, _ walk: inout SQLiteWalk, _ body: (SQLiteRow, inout SQLiteWalk) -> Bool
  ) -> Bool {
    guard depth < Self.depthLimit, let start = offset(ofPage: page), walk.seen.insert(page) else {
      walk.trouble.pages += 1
      return true
    }
    let header = page == 1 ? start + 100 : start
    guard let type = bytes.u8(header), let count = bytes.u16(header + 3), [2, 5, 10, 13].contains(type) else {
      walk.trouble.pages += 1
      return true
    }
    let isInterior = type == 2 || type == 5
    let isTable = type == 5 || type == 13
    let pointers = header + (isInterior ? 12 : 8)
    guard pointers + 2 * count <= start + usable else {
      walk.trouble.pages += 1
      return true
    }
    // A page belongs to one table, but a pointer may stand twice in it.
    var cells = PageSet(count: usable)
    for i in 0..<count {
      guard walk.spend(1) else { return false }
      guard let pointer = bytes.u16(pointers + 2 * i), pointer >= pointers + 2 * count - start, pointer + 4 <= usable,
        cells.insert(pointer)
      else {
        walk.trouble.rows += 1
        continue
      }
      var at = start + pointer
      if isInterior {
        guard let child = bytes.u32(at), visit(child, depth: depth + 1, &walk, body) else { return false }
        at += 4
        // The inner pages of a table hold keys only; those of an index hold rows.
        if isTable { continue }
      }
      guard let row = row(at, start, isTable: isTable, &walk) else {
        if walk.trouble.isExhausted { return false }
        walk.trouble.rows += 1
        continue
      }
      if !body(row, &walk) { return false }
    }
    if isInterior, let last = bytes.u32(header + 8) {
      return visit(last, depth: depth + 1, &walk, body)
    }
    return true
  }

  /// The cell at `at` (section 1.6, "Cell Payload Overflow Pages").
  private func row(
    _ at: Int, _ pageStart: Int, isTable: Bool, _ walk: inout SQLiteWalk
  ) -> SQLiteRow? {
    let end = pageStart + usable
    guard let (size, sizeLength) = varint(at, before: end), size <= UInt64(Self.payloadLimit) else { return nil }
    var position = at + sizeLength
    var id: Int64 = 0
    if isTable {
      guard let (key, length) = varint(position, before: end) else { return nil }
      id = Int64(bitPattern: key)
      position += length
    }
    let total = Int(size)
    let most = isTable ? usable - 35 : (usable - 12) * 64 / 255 - 23
    var local = total
    if total > most {
      let least = (usable - 12) * 32 / 255 - 23
      let fit = least + (total - least) % (usable - 4)
      local = fit <= most ? fit : least
    }
    // No row is larger than the file, whatever it says; only then is room for it made.
    guard local >= 0, position + local <= end, total <= bytes.byteCount, walk.spend(total) else { return nil }
    var payload = Reassembled()
    payload.bytes.reserveCapacity(total)
    payload.append(bytes, position, local)
    if total > local {
      guard let first = bytes.u32(position + local), follow(first, total, &walk.seen, &payload) else { return nil }
    }
    guard let fields = fields(payload.bytes, &walk) else { return nil }
    return SQLiteRow(id: id, fields: fields, payload: payload)
  }

  private func follow(_ first: Int, _ total: Int, _ seen: inout PageSet, _ payload: inout Reassembled) -> Bool {
    var page = first
    // A page belongs to one row: or else few pages could stand for endless rows.
    while payload.bytes.count < total {
      guard let start = offset(ofPage: page), let next = bytes.u32(start), seen.insert(page) else { return false }
      payload.append(bytes, start + 4, min(usable - 4, total - payload.bytes.count))
      page = next
    }
    return true
  }

  /// A record (section 2.1): a header of serial types, then the values.
  private func fields(_ payload: [UInt8], _ walk: inout SQLiteWalk) -> [SQLiteRow.Field]? {
    var at = 0
    func varint() -> Int? {
      var value: UInt64 = 0
      for i in 0..<9 {
        guard at < payload.count else { return nil }
        let byte = payload[at]
        at += 1
        value = i == 8 ? value << 8 | UInt64(byte) : value << 7 | UInt64(byte & 0x7F)
        if i == 8 || byte & 0x80 == 0 { break }
      }
      return Int(exactly: value)
    }
    guard let headerSize = varint(), headerSize >= 1, headerSize <= payload.count else { return nil }
    var fields: [SQLiteRow.Field] = []
    var start = headerSize
    while at < headerSize {
      guard let type = varint(), fields.count < Self.columnLimit, walk.spend(1) else { return nil }
      let length: Int
      switch type {
      case 0, 8, 9: length = 0
      case 1, 2, 3, 4: length = type
      case 5: length = 6
      case 6, 7: length = 8
      case 10, 11: return nil
      default: length = (type - 12) / 2
      }
      guard length >= 0, length <= payload.count - start else { return nil }
      fields.append(SQLiteRow.Field(type: type, start: start, length: length))
      start += length
    }
    return at == headerSize ? fields : nil
  }
}

/// Numbers from 1 on that were met: pages of a file, cells of a page.
private struct PageSet {
  private var bits: [UInt64]
  private let count: Int

  init(count: Int) {
    self.count = count
    bits = [UInt64](repeating: 0, count: count / 64 + 1)
  }

  /// False when the page was there already.
  mutating func insert(_ page: Int) -> Bool {
    guard page >= 1, page <= count else { return false }
    let (word, bit) = (page >> 6, UInt64(1) << UInt64(page & 63))
    guard bits[word] & bit == 0 else { return false }
    bits[word] |= bit
    return true
  }
}
