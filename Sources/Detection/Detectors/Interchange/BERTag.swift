/// One BER-TLV element as ICAO and PIV files use it: one- or two-byte tag, definite length of up to four bytes.
struct BERTag {
  var tag: Int
  /// Offset of the first content byte.
  var content: Int
  var length: Int
  /// Offset after the content; may lie outside the window.
  var end: Int { content + length }

  /// Reads tag and length at `at`; the content need not be in the window. Nil for indefinite or overlong lengths.
  static func read(_ bytes: RawSpan, at: Int) -> BERTag? {
    guard let first = bytes.u8(at) else { return nil }
    var tag = Int(first)
    var p = at + 1
    if first & 0x1F == 0x1F {
      guard let second = bytes.u8(p), second & 0x80 == 0 else { return nil }
      tag = tag << 8 | Int(second)
      p += 1
    }
    guard let short = bytes.u8(p) else { return nil }
    p += 1
    guard short >= 0x80 else { return BERTag(tag: tag, content: p, length: Int(short)) }
    let count = Int(short & 0x7F)
    guard (1...4).contains(count) else { return nil }
    var length = 0
    for i in 0..<count {
      guard let b = bytes.u8(p + i) else { return nil }
      length = length << 8 | Int(b)
    }
    return BERTag(tag: tag, content: p + count, length: length)
  }
}
