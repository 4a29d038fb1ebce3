/// Objects of git as its repositories keep them, made by code.
public enum GitObjects {
  public static let hexadecimal = Array("0123456789abcdef".utf8)

  /// RFC 1950.
  public static func zlib(_ bytes: [UInt8]) -> [UInt8] { VirtualDiskImages.deflated(bytes, isRaw: false) }

  /// RFC 1950 in which nothing is compressed: stored blocks of RFC 1951, 3.2.4.
  public static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var out = RecordBytes([0x78, 0x01])
    var start = 0
    repeat {
      let part = bytes[start..<min(bytes.count, start + 65_535)]
      start += part.count
      out.u8(start == bytes.count ? 1 : 0)
      out.u16le(part.count)
      out.u16le(~part.count)
      out.raw(part)
    } while start < bytes.count
    out.u32(Int(Checksums.adler32(bytes)))
    return out.bytes
  }

  /// What an object's id is the digest of.
  public static func framed(_ kind: String, _ content: [UInt8], size: Int? = nil) -> [UInt8] {
    Array("\(kind) \(size ?? content.count)".utf8) + [0] + content
  }

  /// A file below `.git/objects`.
  public static func loose(_ kind: String, _ content: [UInt8], size: Int? = nil) -> [UInt8] {
    zlib(framed(kind, content, size: size))
  }

  /// The name by which git knows a content.
  public static func id(_ kind: String, _ content: [UInt8]) -> String { hex(sha1(framed(kind, content))) }

  public static func hex(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.flatMap { [hexadecimal[Int($0 >> 4)], hexadecimal[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// FIPS 180-4, 6.1.
  public static func sha1(_ message: [UInt8]) -> [UInt8] {
    var padded = message + [0x80]
    while padded.count % 64 != 56 { padded.append(0) }
    padded += (0..<8).map { UInt8(truncatingIfNeeded: (message.count * 8) >> (56 - 8 * $0)) }
    func rotated(_ x: UInt32, _ n: UInt32) -> UInt32 { x << n | x >> (32 - n) }
    var h: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
    for block in stride(from: 0, to: padded.count, by: 64) {
      var w = (0..<16).map { i in (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(padded[block + 4 * i + $1]) } }
      for i in 16..<80 { w.append(rotated(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1)) }
      var (a, b, c, d, e) = (h[0], h[1], h[2], h[3], h[4])
      for i in 0..<80 {
        let (f, k): (UInt32, UInt32) =
          switch i / 20 {
          case 0: (b & c | ~b & d, 0x5A82_7999)
          case 1: (b ^ c ^ d, 0x6ED9_EBA1)
          case 2: (b & c | b & d | c & d, 0x8F1B_BCDC)
          default: (b ^ c ^ d, 0xCA62_C1D6)
          }
        (a, b, c, d, e) = (rotated(a, 5) &+ f &+ e &+ k &+ w[i], a, rotated(b, 30), c, d)
      }
      h = [h[0] &+ a, h[1] &+ b, h[2] &+ c, h[3] &+ d, h[4] &+ e]
    }
    return h.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * $0)) } }
  }
}
