internal import CustodyCore

/// Rows of dBase and FoxPro tables, from the first to the last however large the file. Deleted rows are passed over.
struct DBFReader {
  private var head: [UInt8] = []
  private var header: DBFHeader?
  private var isBroken = false
  /// Fields of interest with their roles.
  private var wanted: [(role: ColumnRole, field: DBFHeader.Field)] = []
  /// Bytes left before the next row: the rest of the header, or of a row that is of no interest.
  private var skip = 0
  private var row: [UInt8] = []
  private var field = FieldBuffer()

  mutating func read(_ bytes: UnsafeBufferPointer<UInt8>, _ map: TextOffsets, into records: inout TextRecords) {
    var i = 0
    while i < bytes.count, !isBroken {
      guard let header else {
        i = readHeader(bytes, i)
        continue
      }
      if skip > 0 {
        let passed = min(skip, bytes.count - i)
        skip -= passed
        i += passed
        continue
      }
      if row.isEmpty, bytes[i] != 0x20 {
        // The end is marked; what follows it is no row.
        if bytes[i] == 0x1A { isBroken = true } else { skip = header.rowSize }
        continue
      }
      let part = min(header.rowSize - row.count, bytes.count - i)
      row.append(contentsOf: bytes[i..<(i + part)])
      i += part
      if row.count == header.rowSize { endRow(map.offset(i), &records) }
    }
  }

  /// Takes `count` zeros: no row begins with one.
  mutating func readZeros(_ count: Int, at offset: Int, into records: inout TextRecords) {
    var left = count
    while left > 0, !isBroken {
      let isBetween = header != nil && row.isEmpty && skip == 0
      if isBetween, let size = header?.rowSize, left >= size {
        left %= size
        continue
      }
      let part = min(left, 4096)
      let start = offset + count - left
      [UInt8](repeating: 0, count: part).withUnsafeBufferPointer { read($0, TextOffsets(base: start), into: &records) }
      left -= part
    }
  }

  private mutating func readHeader(_ bytes: UnsafeBufferPointer<UInt8>, _ from: Int) -> Int {
    var i = from
    while i < bytes.count {
      head.append(bytes[i])
      i += 1
      guard head.count >= 32, head.count == Int(head[8]) | Int(head[9]) << 8 || head.count > 0xFFFF else { continue }
      header = DBFHeader(head.span.bytes)
      head = []
      isBroken = header == nil
      let roles = header?.fields.map { (ColumnNames.role($0.name.utf8), $0) } ?? []
      if roles.contains(where: { $0.0.isWorthRows }) {
        wanted = roles.filter { $0.0 != .none }
      } else {
        isBroken = true
      }
      return i
    }
    return i
  }

  private mutating func endRow(_ end: Int, _ records: inout TextRecords) {
    records.open(.none, at: end - row.count)
    for (role, place) in wanted {
      field.clear()
      for c in Self.text(row[place.range], place) { field.append(c) }
      field.deliver(as: role, to: &records)
    }
    records.close(at: end)
    row.removeAll(keepingCapacity: true)
  }

  /// A value as a text table would have it.
  private static func text(_ raw: ArraySlice<UInt8>, _ field: DBFHeader.Field) -> ArraySlice<UInt8> {
    func number(_ from: Int, _ count: Int) -> Int {
      (0..<count).reduce(0) { $0 | Int(raw[raw.startIndex + from + $1]) << (8 * $1) }
    }
    switch (field.type, raw.count) {
    case (0x44, 8):
      // `yyyyMMdd`
      let d = Array(raw)
      return d[0] < 0x30 ? [] : d[0..<4] + [0x2D] + d[4..<6] + [0x2D] + d[6..<8]
    case (0x54, 8), (0x40, 8):
      // Day of the Julian period and milliseconds.
      let (day, time) = (number(0, 4), number(4, 4))
      guard field.type == 0x54, day > 0, day < 5_373_485, time < 86_400_000 else { return [] }
      let civil = CivilTime(secondsSinceEpoch: Int64(day - 2_440_588) * 86_400 + Int64((time + 500) / 1000))
      return ArraySlice("\(civil.dateText) \(civil.timeText)".utf8)
    case (0x49, 4): return ArraySlice(String(Int32(truncatingIfNeeded: number(0, 4))).utf8)
    case (0x42, 8), (0x4F, 8): return ArraySlice("\(Double(bitPattern: UInt64(bitPattern: Int64(number(0, 8)))))".utf8)
    default: return DBFHeader.trimmed(raw)
    }
  }
}
