internal import CustodyCore

/// PNG and animated PNG (ISO/IEC 15948): header, and the chunks that say something about the capture.
enum PNG {
  private static let maximumChunks = 65536

  static func examine(_ b: RawSpan, _ facts: inout ImageFacts) {
    guard b.u32(8) == 13, b.has("IHDR", at: 12), let stored = b.u32(29),
      crc(b, 12, 17) == UInt32(truncatingIfNeeded: stored)
    else { return }
    facts.size(b.u32(16), b.u32(20))
    var at = 33
    for _ in 0..<maximumChunks {
      guard let length = b.u32(at), length < 1 << 31, let type = b.u32(at + 4) else { return }
      switch type {
      case 0x6163_544C:  // acTL
        facts.kind = ContentKind(rawValue: "image/apng")
      case 0x6558_4966:  // eXIf
        if let exif = EXIF.read(b, at: at + 8, count: length) { facts.exif = exif }
      case 0x4945_4E44:  // IEND
        return
      default: break
      }
      at += 12 + length
    }
  }

  /// CRC-32 of ISO 3309 over a few bytes.
  static func crc(_ b: RawSpan, _ from: Int, _ count: Int) -> UInt32? {
    var crc: UInt32 = 0xFFFF_FFFF
    for i in from..<(from + count) {
      guard let byte = b.u8(i) else { return nil }
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }
}

/// WebP (RFC 9649).
enum WebP {
  static func examine(_ b: RawSpan, _ facts: inout ImageFacts) {
    if b.has("VP8 ", at: 12), b.has([0x9D, 0x01, 0x2A], at: 23) {
      facts.size(b.u16le(26).map { $0 & 0x3FFF }, b.u16le(28).map { $0 & 0x3FFF })
    } else if b.has("VP8L", at: 12), b.u8(20) == 0x2F, let bits = b.u32le(21) {
      facts.size((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    } else if b.has("VP8X", at: 12), let w = b.u24(24), let h = b.u24(27) {
      let swapped = { (n: Int) in (n & 0xFF) << 16 | n & 0xFF00 | n >> 16 }
      facts.size(swapped(w) + 1, swapped(h) + 1)
      var at = 12
      for _ in 0..<4096 {
        guard let size = b.u32le(at + 4) else { return }
        if b.has("EXIF", at: at) {
          let start = b.has("Exif\u{00}\u{00}", at: at + 8) ? 6 : 0
          if let exif = EXIF.read(b, at: at + 8 + start, count: size - start) { facts.exif = exif }
        }
        at += 8 + size + (size & 1)
      }
    }
  }
}
