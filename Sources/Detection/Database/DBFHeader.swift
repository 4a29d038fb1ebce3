internal import CustodyCore

extension ContentKind {
  static let dbf = ContentKind(rawValue: "application/x-dbf")
}

/// The header of a dBase or FoxPro table: one row after another of fields of fixed length follows it.
///
/// Sources: dBase Level 5 and 7 `.dbf` file formats as published by dBASE, "Table File Structure" of Visual FoxPro.
struct DBFHeader: Sendable {
  struct Field: Sendable, Hashable {
    var name: String
    /// A letter, or `+`, `@`, `0`.
    var type: UInt8
    /// Bytes in a row, counted from its beginning.
    var range: Range<Int>

    /// The value stands in another file; the row has the number of a block.
    var isMemo: Bool { [0x4D, 0x47, 0x50].contains(type) }
  }

  var headerSize: Int
  var rowSize: Int
  var fields: [Field] = []

  static let leastHeader = 65
  private static let versions: Set<UInt8> = [
    0x03, 0x04, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0x8C, 0xCB, 0xE5, 0xF5, 0xFB,
  ]
  private static let types: Set<UInt8> = Set("CNFDLMGPBTIYVQWO+@0".utf8)

  /// Nil unless everything fits: the fields fill a row exactly, and a mark ends them.
  init?(_ b: RawSpan) {
    guard let version = b.u8(0), Self.versions.contains(version), let month = b.u8(2), month <= 12, let day = b.u8(3),
      day <= 31, let headerSize = b.u16le(8), headerSize >= Self.leastHeader, let rowSize = b.u16le(10), rowSize > 1,
      b.byteCount >= headerSize
    else { return nil }
    self.headerSize = headerSize
    self.rowSize = rowSize
    // dBase 7 keeps longer names in longer descriptions.
    let isSeven = version & 7 == 4
    var at = isSeven ? 68 : 32
    let (nameSize, size) = isSeven ? (32, 48) : (11, 32)
    var next = 1
    while at + size < headerSize, b.u8(at) != 0x0D {
      guard let type = b.u8(at + nameSize), Self.types.contains(type),
        let length = b.u8(at + (isSeven ? 33 : 16)).map(Int.init), let name = Self.name(b, at, nameSize)
      else { return nil }
      // Long character fields keep the upper byte of their length with the decimals.
      let high = type == 0x43 && !isSeven ? Int(b.u8(at + 17) ?? 0) : 0
      let whole = length + high << 8
      guard whole > 0, next + whole <= rowSize else { return nil }
      fields.append(Field(name: name, type: type, range: next..<(next + whole)))
      next += whole
      at += size
    }
    guard b.u8(at) == 0x0D, next == rowSize, !fields.isEmpty else { return nil }
  }

  /// A value without the spaces and zeros that fill its field.
  static func trimmed(_ raw: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var value = raw
    while let last = value.last, last <= 0x20 { value.removeLast() }
    return value
  }

  private static func name(_ b: RawSpan, _ at: Int, _ size: Int) -> String? {
    var name: [UInt8] = []
    for i in 0..<size {
      guard let c = b.u8(at + i) else { return nil }
      if c == 0 { break }
      guard c > 0x20 else { return nil }
      name.append(c)
    }
    return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
  }
}
