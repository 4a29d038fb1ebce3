/// JPEG (ISO/IEC 10918-1) and JPEG-LS (ISO/IEC 14495-1): a walk over the marker segments up to the first scan.
enum JPEG {
  /// More segments than any real file has before its first scan.
  private static let maximumSegments = 4096

  static func examine(_ b: RawSpan, _ facts: inout ImageFacts) {
    eachSegment(b) { marker, body, length in
      if isFrame(marker) {
        guard facts.width == nil, let height = b.u16(body + 1), let width = b.u16(body + 3), let n = b.u8(body + 5),
          length == 6 + 3 * Int(n)
        else { return }
        facts.size(width, height)
      } else if marker == 0xE1, b.has("Exif\u{00}\u{00}", at: body), facts.exif == EXIF() {
        if let exif = EXIF.read(b, at: body + 6, count: length - 6) { facts.exif = exif }
      } else if marker == 0xDC, facts.height == 0, let lines = b.u16(body) {
        facts.height = lines
      }
    }
  }

  private static func isFrame(_ marker: UInt8) -> Bool {
    (0xC0...0xCF).contains(marker) && marker != 0xC4 && marker != 0xC8 && marker != 0xCC || marker == 0xF7
  }

  /// Calls `body` with marker, offset and length of each segment's content, up to the start of scan.
  static func eachSegment(_ b: RawSpan, _ body: (UInt8, Int, Int) -> Void) {
    var at = 2
    for _ in 0..<maximumSegments {
      // Fill bytes, and stray ones that decoders skip.
      var skipped = 0
      while let c = b.u8(at), c != 0xFF, skipped < 4096 {
        at += 1
        skipped += 1
      }
      while b.u8(at) == 0xFF, b.u8(at + 1) == 0xFF { at += 1 }
      guard b.u8(at) == 0xFF, let marker = b.u8(at + 1), marker != 0xD9, marker != 0xDA else { return }
      at += 2
      if marker == 0x01 || marker == 0 || (0xD0...0xD8).contains(marker) { continue }
      guard let length = b.u16(at), length >= 2 else { return }
      body(marker, at + 2, min(length - 2, max(0, b.byteCount - at - 2)))
      at += length
    }
  }
}
