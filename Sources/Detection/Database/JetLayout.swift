/// Where things stand in the pages of one generation of Access databases.
///
/// Sources: the description of the format in mdbtools' HACKING document, checked against what mdbtools reads.
struct JetLayout: Sendable {
  var pageSize: Int
  /// Names and texts are UCS-2; before, they were in a code page of one byte.
  var isWide: Bool
  /// Data page: number of rows; their offsets follow.
  var rowCount: Int
  // Table definition page.
  var variableColumns: Int
  var columnCount: Int
  var indexCount: Int
  var columns: Int
  var indexEntry: Int
  // Column in a table definition.
  var columnEntry: Int
  var number: Int
  var variableIndex: Int
  var flags: Int
  var fixedOffset: Int
  var size: Int
  /// Bytes of the numbers in a row: its columns, its variable columns, their offsets.
  var rowNumber: Int
  /// Bytes of page 0 from 0x18 on that are enciphered with a fixed key.
  var maskedHeader: Int

  /// Access 97.
  static let jet3 = JetLayout(
    pageSize: 2048, isWide: false, rowCount: 8, variableColumns: 23, columnCount: 25, indexCount: 31, columns: 43,
    indexEntry: 8, columnEntry: 18, number: 1, variableIndex: 3, flags: 13, fixedOffset: 14, size: 16, rowNumber: 1,
    maskedHeader: 126)
  /// Access 2000 and later, `.mdb` and `.accdb`.
  static let jet4 = JetLayout(
    pageSize: 4096, isWide: true, rowCount: 12, variableColumns: 43, columnCount: 45, indexCount: 51, columns: 63,
    indexEntry: 12, columnEntry: 25, number: 5, variableIndex: 7, flags: 15, fixedOffset: 21, size: 23, rowNumber: 2,
    maskedHeader: 128)
}

/// What page 0 says.
struct JetHeader: Sendable {
  var layout: JetLayout
  /// Pages are enciphered with RC4 under this number and their own; 0 when they are not.
  var key: UInt32
  /// `.accdb`: a key means real encryption.
  var isACE: Bool

  static let maskStart = 0x18
  private static let keyPlace = 0x3E
  static let mask: [UInt8] = [0xC7, 0xDA, 0x39, 0x6B]

  init?(_ bytes: RawSpan) {
    guard bytes.u32(0) == 0x0001_0000, let version = bytes.u8(0x14) else { return nil }
    isACE = bytes.hasText("Standard ACE DB", at: 4)
    guard isACE || bytes.hasText("Standard Jet DB", at: 4) else { return nil }
    layout = version == 0 ? .jet3 : .jet4
    guard bytes.byteCount >= 2 * layout.pageSize else { return nil }
    var head = bytes.bytes(Self.maskStart..<(Self.maskStart + layout.maskedHeader))
    RC4.apply(Self.mask, to: &head, 0..<head.count)
    let at = Self.keyPlace - Self.maskStart
    key = (0..<4).reduce(0) { $0 | UInt32(head[at + $1]) << UInt32(8 * $1) }
  }

  /// The pages as they were before they were enciphered by the "encode" command of Access 97 to 2003: the key stands in
  /// the file, so that this hides nothing from anybody.
  func decoded(_ bytes: RawSpan) -> [UInt8] {
    var plain = bytes.bytes(0..<bytes.byteCount)
    for page in 1..<max(1, plain.count / layout.pageSize) {
      let pageKey = key ^ UInt32(truncatingIfNeeded: page)
      let start = page * layout.pageSize
      RC4.apply(
        (0..<4).map { UInt8(truncatingIfNeeded: pageKey >> (8 * $0)) }, to: &plain, start..<start + layout.pageSize)
    }
    return plain
  }
}

/// The stream cipher of that name: here it only undoes what Access does to its own pages.
enum RC4 {
  static func apply(_ key: [UInt8], to bytes: inout [UInt8], _ range: Range<Int>) {
    guard !key.isEmpty else { return }
    var state = (0...255).map { UInt8($0) }
    var j = 0
    for i in 0..<256 {
      j = (j + Int(state[i]) + Int(key[i % key.count])) & 255
      state.swapAt(i, j)
    }
    var i = 0
    j = 0
    for at in range.clamped(to: bytes.indices) {
      i = (i + 1) & 255
      j = (j + Int(state[i])) & 255
      state.swapAt(i, j)
      bytes[at] ^= state[(Int(state[i]) + Int(state[j])) & 255]
    }
  }
}
