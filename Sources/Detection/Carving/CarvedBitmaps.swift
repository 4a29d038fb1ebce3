extension CarvedForm {
  /// Windows bitmaps: two letters are no magic, but where the samples begin and how long the header is that follows are
  /// eight bytes that hardly vary ([MS-WMF] 2.2.2.3 and 2.2.2.9; BITMAPFILEHEADER, BITMAPV4HEADER and BITMAPV5HEADER of
  /// the Windows API).
  static let bitmap = CarvedForm(
    name: "BMP",
    patterns: [
      // No palette, one of 2, 16 and 256 colours, masks; longer headers, with a palette too.
      (54, 40), (62, 40), (118, 40), (1078, 40), (66, 40), (70, 40), (66, 56), (70, 56), (122, 108), (1146, 108),
      (138, 124), (1162, 124),
    ].map { offset, header in little(offset) + little(header) },
    lead: 10, measure: bitmap)

  private static func little(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

  private static func bitmap(_ b: RawSpan) -> Extent {
    guard b.byteCount >= 54 else { return .open }
    guard b.has("BM", at: 0), let stated = b.u32le(2), b.u32le(6) == 0, let offset = b.u32le(10),
      let width = b.u32le(18), let signed = b.u32le(22), b.u16le(26) == 1, let bits = b.u16le(28),
      [1, 4, 8, 16, 24, 32].contains(bits), let compression = b.u32le(30), let packed = b.u32le(34)
    else { return .none }
    // Rows from the top have a negative height.
    let height = signed < 1 << 31 ? signed : 1 << 32 - signed
    guard (1...1 << 16).contains(width), (1...1 << 16).contains(height) else { return .none }
    switch compression {
    case 0, 3, 6:
      let end = offset + (width * bits + 31) / 32 * 4 * height
      // Some programs write something else there, or nothing.
      return .length((end...end + 4096).contains(stated) ? stated : end)
    case 1, 2, 4, 5:
      guard packed > 0, packed < 1 << 31 else { return .none }
      return .length(max(offset + packed, (offset + packed...offset + packed + 4096).contains(stated) ? stated : 0))
    default: return .none
    }
  }
}
