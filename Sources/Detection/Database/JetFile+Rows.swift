internal import CustodyCore

/// A row, with where its values lie.
struct JetRow {
  /// Bytes of the row in the file.
  var range: Range<Int>
  /// By position of the column: bytes in the row, empty for yes and no; nil for null.
  var fields: [Range<Int>?]
}

extension JetFile {
  private static let deleted = 0x8000
  private static let moved = 0x4000
  private static let offsetMask = 0x1FFF

  /// Rows of a data page. Deleted ones are passed over.
  func rows(_ page: Int, _ table: Table, _ walk: inout JetWalk) -> [JetRow] {
    guard let start = offset(ofPage: page), let count = bytes.u16le(start + layout.rowCount),
      layout.rowCount + 2 + 2 * count <= layout.pageSize
    else {
      walk.trouble.pages += 1
      return []
    }
    var rows: [JetRow] = []
    var end = layout.pageSize
    for i in 0..<count {
      guard let stated = bytes.u16le(start + layout.rowCount + 2 + 2 * i) else { break }
      let from = stated & Self.offsetMask
      // Rows stand from the end of the page to its beginning, each before the one before.
      guard from <= end, from >= layout.rowCount + 2 + 2 * count else {
        walk.trouble.rows += 1
        continue
      }
      defer { end = from }
      if stated & Self.deleted != 0 || from == end { continue }
      var place = (start + from)..<(start + end)
      if stated & Self.moved != 0 {
        guard let pointer = bytes.u32le(place.lowerBound), place.count >= 4, walk.claim(pointer: pointer),
          let target = piece(pointer)
        else {
          walk.trouble.rows += 1
          continue
        }
        place = target
      }
      guard walk.spend(place.count) else { break }
      guard let row = row(place, table, &walk) else {
        walk.trouble.rows += 1
        continue
      }
      rows.append(row)
    }
    return rows
  }

  /// The bytes that a pointer names: its low byte is the row, the others are the page.
  private func piece(_ pointer: Int) -> Range<Int>? {
    let (page, row) = (pointer >> 8, pointer & 0xFF)
    guard let start = offset(ofPage: page), bytes.u8(start) == 1, let count = bytes.u16le(start + layout.rowCount),
      row < count, let stated = bytes.u16le(start + layout.rowCount + 2 + 2 * row)
    else { return nil }
    let from = stated & Self.offsetMask
    let end =
      row == 0
      ? layout.pageSize : (bytes.u16le(start + layout.rowCount + 2 * row) ?? 0) & Self.offsetMask
    guard from >= layout.rowCount + 2, from < end, end <= layout.pageSize else { return nil }
    return (start + from)..<(start + end)
  }

  private func row(_ place: Range<Int>, _ table: Table, _ walk: inout JetWalk) -> JetRow? {
    let size = layout.rowNumber
    guard place.count > size,
      let count = layout.isWide ? bytes.u16le(place.lowerBound) : bytes.u8(place.lowerBound).map(Int.init)
    else { return nil }
    let mask = place.upperBound - (count + 7) / 8
    guard count > 0, mask >= place.lowerBound + size, walk.spend(min(count, table.columns.count)) else { return nil }
    var offsets: [Int] = []
    if table.hasVariable {
      guard let read = layout.isWide ? wideOffsets(place, mask) : narrowOffsets(place, mask) else { return nil }
      offsets = read
    }
    var fields = [Range<Int>?](repeating: nil, count: table.columns.count)
    for (i, column) in table.columns.enumerated() {
      guard column.number < count, let bits = bytes.u8(mask + column.number / 8), bits >> (column.number % 8) & 1 == 1
      else { continue }
      if column.type == 1 {
        fields[i] = mask..<mask
        continue
      }
      let from: Int
      let to: Int
      if column.isFixed {
        from = place.lowerBound + size + column.fixedOffset
        to = from + column.size
      } else {
        guard column.variableIndex + 1 < offsets.count else { continue }
        from = place.lowerBound + offsets[column.variableIndex]
        to = place.lowerBound + offsets[column.variableIndex + 1]
      }
      guard from >= place.lowerBound + size, from <= to, to <= mask else { return nil }
      fields[i] = from..<to
    }
    return JetRow(range: place, fields: fields)
  }

  /// Offsets of variable columns and, last, of their end. They stand in reverse before the mask.
  private func wideOffsets(_ place: Range<Int>, _ mask: Int) -> [Int]? {
    guard let count = bytes.u16le(mask - 2), mask - 4 - 2 * count >= place.lowerBound + 2 else { return nil }
    return (0...count).map { bytes.u16le(mask - 4 - 2 * $0) ?? 0 }
  }

  /// The same in one byte each; a table of jumps says from which column on 256 are to be added.
  private func narrowOffsets(_ place: Range<Int>, _ mask: Int) -> [Int]? {
    guard let count = bytes.u8(mask - 1).map(Int.init) else { return nil }
    var jumps = (place.count - 1) / 256
    let first = mask - 2 - jumps
    guard first - count >= place.lowerBound + 1 else { return nil }
    if (first - place.lowerBound - count) / 256 < jumps { jumps -= 1 }
    var used = 0
    return (0...count).map { i in
      while used < jumps, bytes.u8(mask - 2 - used) == UInt8(truncatingIfNeeded: i) { used += 1 }
      return Int(bytes.u8(first - i) ?? 0) + 256 * used
    }
  }

  // MARK: Values

  /// A whole number; nil for null and other types.
  func integer(_ row: JetRow, _ table: Table, _ column: Int) -> Int? {
    guard let place = row.fields[column] else { return nil }
    let at = place.lowerBound
    switch (table.columns[column].type, place.count) {
    case (2, 1): return bytes.u8(at).map(Int.init)
    case (3, 2): return bytes.u16le(at).map { Int(Int16(truncatingIfNeeded: $0)) }
    case (4, 4): return bytes.u32le(at).map { Int(Int32(truncatingIfNeeded: $0)) }
    case (5, 8), (0x13, 8):
      guard let low = bytes.u32le(at), let high = bytes.u32le(at + 4) else { return nil }
      return Int(Int64(truncatingIfNeeded: high << 32 | low))
    default: return nil
    }
  }

  /// What a long value says of its size, wherever it stands.
  func longSize(_ place: Range<Int>) -> Int {
    place.count >= 12 ? (bytes.u32le(place.lowerBound) ?? 0) & 0x3FFF_FFFF : 0
  }

  /// A long value put together; nil when its pieces make no sense. Its header says where it stands: in the row, in one
  /// piece of another page, or in a chain of them.
  func longValue(_ place: Range<Int>, _ walk: inout JetWalk) -> Reassembled? {
    guard place.count >= 12, let head = bytes.u32le(place.lowerBound),
      var pointer = bytes.u32le(place.lowerBound + 4)
    else { return nil }
    let total = head & 0x3FFF_FFFF
    var value = Reassembled()
    if head & 0x8000_0000 != 0 {
      value.append(bytes, place.lowerBound + 12, min(total, place.count - 12))
      return value
    }
    let isChain = head & 0x4000_0000 == 0
    while value.bytes.count < total, pointer != 0 {
      guard walk.claim(pointer: pointer), let piece = piece(pointer), walk.spend(piece.count) else { return nil }
      let from = piece.lowerBound + (isChain ? 4 : 0)
      guard from <= piece.upperBound else { return nil }
      value.append(bytes, from, min(piece.upperBound - from, total - value.bytes.count))
      pointer = isChain ? bytes.u32le(piece.lowerBound) ?? 0 : 0
    }
    return value.bytes.count == total ? value : nil
  }
}
