extension CarvedForm {
  /// Windows bitmaps of 24 bits, as photographs are: two letters are no magic, but one plane, the bits and no compression
  /// are eight bytes that do not stand everywhere ([MS-WMF] 2.2.2.3; BITMAPFILEHEADER of the Windows API).
  static let bitmap = CarvedForm(
    name: "BMP", patterns: [[1, 0, 24, 0, 0, 0, 0, 0]], lead: 26, measure: bitmap)

  private static func bitmap(_ b: RawSpan) -> Extent {
    guard b.byteCount >= 54 else { return .open }
    guard b.has("BM", at: 0), let stated = b.u32le(2), b.u32le(6) == 0, let offset = b.u32le(10),
      let width = b.u32le(18), let signed = b.u32le(22), b.u16le(26) == 1, b.u16le(28) == 24,
      b.u32le(30) == 0, let header = b.u32le(14),
      [40, 52, 56, 64, 108, 124].contains(header), offset >= 14 + header, offset < 1 << 16
    else { return .none }
    // Rows from the top have a negative height.
    let height = signed < 1 << 31 ? signed : 1 << 32 - signed
    guard (1...1 << 16).contains(width), (1...1 << 16).contains(height) else { return .none }
    let end = offset + (width * 24 + 31) / 32 * 4 * height
    // Some programs write something else there, or nothing.
    return .length((end...end + 4096).contains(stated) ? stated : end)
  }
}
