internal import CustodyCore

/// What of a database could not be read.
struct SQLiteTrouble: Sendable {
  /// Pages that are no pages, lie outside, or were met twice.
  var pages = 0
  /// Rows whose record makes no sense or is longer than what is here.
  var rows = 0
  var isEmpty: Bool { pages == 0 && rows == 0 }
}

/// A row, with where its values lie.
struct SQLiteRow {
  var id: Int64
  var values: [SQLiteValue]
  /// Offsets of the values in the payload.
  var starts: [Int]
  var payload: Reassembled

  /// True when the row did not fit its page.
  var isSpread: Bool { !payload.isContiguous }
}

extension SQLiteFile {
  /// Rows of a table, or of the schema, in the order of the file. Stops where `body` returns false.
  ///
  /// - Parameter root: the table's first page.
  func rows(
    root: Int, trouble: inout SQLiteTrouble, _ body: (SQLiteRow) -> Bool
  ) {
    var seen = PageSet(count: pageCount)
    _ = visit(root, depth: 0, &seen, &trouble, body)
  }

  private func visit(
    _ page: Int, depth: Int, _ seen: inout PageSet, _ trouble: inout SQLiteTrouble,
    _ body: (SQLiteRow) -> Bool
  ) -> Bool {
    guard depth < Self.depthLimit, let start = offset(ofPage: page), seen.insert(page) else {
      trouble.pages += 1
      return true
    }
    let header = page == 1 ? start + 100 : start
    guard let type = bytes.u8(header), let count = bytes.u16(header + 3), [2, 5, 10, 13].contains(type) else {
      trouble.pages += 1
      return true
    }
    let isInterior = type == 2 || type == 5
    let isTable = type == 5 || type == 13
    let pointers = header + (isInterior ? 12 : 8)
    guard pointers + 2 * count <= start + usable else {
      trouble.pages += 1
      return true
    }
    for i in 0..<count {
      guard let pointer = bytes.u16(pointers + 2 * i), pointer >= pointers + 2 * count - start, pointer + 4 <= usable
      else {
        trouble.rows += 1
        continue
      }
      var at = start + pointer
      if isInterior {
        guard let child = bytes.u32(at), visit(child, depth: depth + 1, &seen, &trouble, body) else { return false }
        at += 4
        // The inner pages of a table hold keys only; those of an index hold rows.
        if isTable { continue }
      }
      guard let row = row(at, start, isTable: isTable, &seen) else {
        trouble.rows += 1
        continue
      }
      if !body(row) { return false }
    }
    if isInterior, let last = bytes.u32(header + 8) {
      return visit(last, depth: depth + 1, &seen, &trouble, body)
    }
    return true
  }

  /// The cell at `at` (section 1.6, "Cell Payload Overflow Pages").
  private func row(
    _ at: Int, _ pageStart: Int, isTable: Bool, _ seen: inout PageSet
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
    guard local >= 0, position + local <= end else { return nil }
    var payload = Reassembled()
    payload.bytes.reserveCapacity(total)
    payload.append(bytes, position, local)
    if total > local {
      guard let first = bytes.u32(position + local), follow(first, total, &seen, &payload) else { return nil }
    }
    guard let (values, starts) = values(payload.bytes) else { return nil }
    return SQLiteRow(id: id, values: values, starts: starts, payload: payload)
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
  private func values(_ payload: [UInt8]) -> (values: [SQLiteValue], starts: [Int])? {
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
    var types: [Int] = []
    while at < headerSize {
      guard let type = varint(), types.count < Self.columnLimit else { return nil }
      types.append(type)
    }
    guard at == headerSize else { return nil }
    var values: [SQLiteValue] = []
    var starts: [Int] = []
    values.reserveCapacity(types.count)
    for type in types {
      let length: Int
      switch type {
      case 0, 8, 9: length = 0
      case 1, 2, 3, 4: length = type
      case 5: length = 6
      case 6, 7: length = 8
      case 10, 11: return nil
      default: length = (type - 12) / 2
      }
      guard length <= payload.count - at else { return nil }
      let raw = payload[at..<(at + length)]
      starts.append(at)
      at += length
      switch type {
      case 0: values.append(.null)
      case 1...6:
        var value: Int64 = (raw.first ?? 0) & 0x80 == 0 ? 0 : -1
        for byte in raw { value = value << 8 | Int64(byte) }
        values.append(.integer(value))
      case 7:
        var bits: UInt64 = 0
        for byte in raw { bits = bits << 8 | UInt64(byte) }
        values.append(.real(Double(bitPattern: bits)))
      case 8: values.append(.integer(0))
      case 9: values.append(.integer(1))
      default: values.append(type % 2 == 0 ? .blob(Array(raw)) : .text(Array(raw)))
      }
    }
    return (values, starts)
  }
}

/// Pages that were visited.
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
