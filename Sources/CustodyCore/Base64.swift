/// Base64 of RFC 4648 section 4 (with padding); decoding also takes section 5 and missing padding.
public enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  public static func encode(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    out.reserveCapacity((bytes.count + 2) / 3 * 4)
    var i = 0
    while i < bytes.count {
      let n = min(3, bytes.count - i)
      var v = UInt32(bytes[i]) << 16
      if n > 1 { v |= UInt32(bytes[i + 1]) << 8 }
      if n > 2 { v |= UInt32(bytes[i + 2]) }
      out.append(alphabet[Int(v >> 18)])
      out.append(alphabet[Int(v >> 12 & 63)])
      out.append(n > 1 ? alphabet[Int(v >> 6 & 63)] : 0x3D)
      out.append(n > 2 ? alphabet[Int(v & 63)] : 0x3D)
      i += 3
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// The bytes, or nil when `text` holds anything outside the alphabet (white space included) or has an impossible length.
  public static func decode(_ text: some StringProtocol) -> [UInt8]? {
    var out: [UInt8] = []
    var acc: UInt32 = 0
    var bits = 0
    var padding = 0
    var count = 0
    for c in text.utf8 {
      let v: UInt32
      switch c {
      case 0x41...0x5A: v = UInt32(c) - 0x41
      case 0x61...0x7A: v = UInt32(c) - 0x61 + 26
      case 0x30...0x39: v = UInt32(c) - 0x30 + 52
      case 0x2B, 0x2D: v = 62
      case 0x2F, 0x5F: v = 63
      case 0x3D:
        padding += 1
        continue
      default: return nil
      }
      if padding > 0 { return nil }
      count += 1
      acc = acc << 6 | v
      bits += 6
      if bits >= 8 {
        bits -= 8
        out.append(UInt8(truncatingIfNeeded: acc >> UInt32(bits)))
      }
    }
    guard count % 4 != 1, padding <= 2, padding == 0 || (count + padding) % 4 == 0 else { return nil }
    return out
  }
}
