internal import CustodyCore

/// A SQLite database in memory, read page by page (SQLite "Database File Format", sections 1.2 to 2.3).
///
/// Written here because the bytes are hostile and the process that reads them has no library that parses them: every
/// number is checked against what is there, every page is visited once, and a chain of pages is no longer than the
/// payload it carries. What is wrong ends the table it is in and is counted, nothing more.
struct SQLiteFile: ~Escapable {
  /// `SQLite format 3\0`
  static let magic: [UInt8] = [
    0x53, 0x51, 0x4C, 0x69, 0x74, 0x65, 0x20, 0x66, 0x6F, 0x72, 0x6D, 0x61, 0x74, 0x20, 0x33, 0x00,
  ]

  enum TextEncoding: Sendable { case utf8, utf16LittleEndian, utf16BigEndian }

  /// A row of `sqlite_schema`.
  struct Table: Sendable {
    var name: String
    /// In the order of a row's values.
    var columns: [SQLiteColumn]
    var rootPage: Int
  }

  let bytes: RawSpan
  let pageSize: Int
  /// Bytes of a page that hold content.
  let usable: Int
  /// Whole pages that are here; the last may be missing when the window ends before the file.
  let pageCount: Int
  /// Pages the header counts.
  let statedPages: Int
  let encoding: TextEncoding
  /// Pages on the free list: deleted rows may stand there.
  let freePages: Int

  /// Longest row, longest table of names: more is damage.
  static let payloadLimit = 16 << 20
  static let columnLimit = 32_767
  static let tableLimit = 20_000
  static let depthLimit = 40

  @_lifetime(copy bytes)
  init?(_ bytes: RawSpan) {
    guard bytes.byteCount >= 512, bytes.has(Self.magic, at: 0), let stated = bytes.u16(16) else { return nil }
    let size = stated == 1 ? 65_536 : stated
    guard (512...65_536).contains(size), size & (size - 1) == 0 else { return nil }
    let reserved = Int(bytes.u8(20) ?? 0)
    // "The usable size is not allowed to be less than 480" (1.3.4).
    guard size - reserved >= 480 else { return nil }
    // Payload fractions have fixed values (1.3.5): a second fact beside the magic.
    guard bytes.u8(21) == 64, bytes.u8(22) == 32, bytes.u8(23) == 32 else { return nil }
    self.bytes = bytes
    pageSize = size
    usable = size - reserved
    pageCount = bytes.byteCount / size
    statedPages = bytes.u32(28) ?? 0
    freePages = bytes.u32(36) ?? 0
    switch bytes.u32(56) ?? 0 {
    case 2: encoding = .utf16LittleEndian
    case 3: encoding = .utf16BigEndian
    default: encoding = .utf8
    }
    guard pageCount >= 1 else { return nil }
  }

  /// Offset of a page, counted from 1; nil when it is not here.
  func offset(ofPage page: Int) -> Int? {
    guard page >= 1, page <= pageCount else { return nil }
    return (page - 1) * pageSize
  }

  /// SQLite's variable-length integer (1.6): value and bytes taken; nil at the end of what is here.
  func varint(_ at: Int, before end: Int) -> (value: UInt64, length: Int)? {
    var value: UInt64 = 0
    for i in 0..<9 {
      guard at + i < end, let byte = bytes.u8(at + i) else { return nil }
      if i == 8 { return (value << 8 | UInt64(byte), 9) }
      value = value << 7 | UInt64(byte & 0x7F)
      if byte & 0x80 == 0 { return (value, i + 1) }
    }
    return nil
  }

  func text(_ raw: [UInt8]) -> String {
    switch encoding {
    case .utf8: return String(decoding: raw, as: UTF8.self)
    case .utf16LittleEndian, .utf16BigEndian:
      let big = encoding == .utf16BigEndian
      var units: [UInt16] = []
      var i = 0
      while i + 1 < raw.count {
        let (first, second) = (UInt16(raw[i]), UInt16(raw[i + 1]))
        units.append(big ? first << 8 | second : second << 8 | first)
        i += 2
      }
      return String(decoding: units, as: UTF16.self)
    }
  }
}

/// A value of a row.
enum SQLiteValue: Sendable {
  case null
  case integer(Int64)
  case real(Double)
  case text([UInt8])
  case blob([UInt8])
}

struct SQLiteColumn: Sendable {
  var name: String
  /// Declared type in capitals; empty when none is.
  var type: String
  /// Computed when it is read, and not in the rows.
  var isVirtual = false
}
