/// PNG (ISO/IEC 15948), 8-bit grey, stored deflate blocks.
public enum PNGBuilder {
  /// - Parameter shade: grey of the pixel in this column and row, 0 black to 255 white.
  public static func encode(width: Int, height: Int, shade: (_ x: Int, _ y: Int) -> Int) -> [UInt8] {
    var rows: [UInt8] = []
    for y in 0..<height {
      rows.append(0)
      for x in 0..<width { rows.append(UInt8(min(max(shade(x, y), 0), 255))) }
    }
    var header = RecordBytes()
    header.u32(width)
    header.u32(height)
    header.raw([8, 0, 0, 0, 0])
    var out = RecordBytes([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    chunk("IHDR", header.bytes, into: &out)
    chunk("IDAT", stored(rows), into: &out)
    chunk("IEND", [], into: &out)
    return out.bytes
  }

  public static func testCard(width: Int = 64, height: Int = 48, seed: UInt64 = 1) -> [UInt8] {
    let shift = Int(seed % 97)
    return encode(width: width, height: height) { x, y in (x * 3 + y * 2 + shift) % 256 }
  }

  /// A zlib stream (RFC 1950) of stored blocks (RFC 1951 section 3.2.4).
  public static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var out = RecordBytes([0x78, 0x01])
    var start = 0
    repeat {
      let end = min(start + 65535, bytes.count)
      out.u8(end == bytes.count ? 1 : 0)
      out.u16le(end - start)
      out.u16le(~(end - start))
      out.raw(bytes[start..<end])
      start = end
    } while start < bytes.count
    out.u32(Int(Checksums.adler32(bytes)))
    return out.bytes
  }

  private static func chunk(_ type: String, _ body: [UInt8], into out: inout RecordBytes) {
    let typed = Array(type.utf8) + body
    out.u32(body.count)
    out.raw(typed)
    out.u32(Int(Checksums.crc32(typed)))
  }
}
