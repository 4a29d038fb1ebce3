/// JPEG 2000 (ISO/IEC 15444-1): the box form and the bare codestream.
enum JP2 {
  static func examine(_ b: RawSpan, _ facts: inout ImageFacts) {
    Box.each(b, from: 0, to: b.byteCount) { type, body, end in
      if type == 0x6A70_3268 {  // jp2h
        Box.each(b, from: body, to: end) { type, body, end in
          // ihdr: height first.
          if type == 0x6968_6472, end - body >= 14 { facts.size(b.u32(body + 4), b.u32(body)) }
        }
      } else if type == 0x6A70_3263, facts.width == nil {  // jp2c
        codestream(b, at: body, &facts)
      }
    }
  }

  static func codestream(_ b: RawSpan, at: Int, _ facts: inout ImageFacts) {
    guard b.has([0xFF, 0x4F, 0xFF, 0x51], at: at), let x = b.u32(at + 8), let y = b.u32(at + 12),
      let x0 = b.u32(at + 16),
      let y0 = b.u32(at + 20), x > x0, y > y0
    else { return }
    facts.size(x - x0, y - y0)
  }
}

/// Boxes of the ISO base media format: length, type, content.
enum Box {
  private static let maximum = 4096

  /// Calls `body` with type, start and end of the content of each box between `from` and `to`. Returns true when the
  /// boxes fill the range exactly.
  @discardableResult
  static func each(_ b: RawSpan, from: Int, to: Int, _ body: (Int, Int, Int) -> Void) -> Bool {
    var at = from
    for _ in 0..<maximum {
      guard at < to else { return at == to }
      guard let short = b.u32(at), let type = b.u32(at + 4) else { return false }
      var size = short
      var head = 8
      if short == 1 {
        guard let long = b.u64(at + 8) else { return false }
        size = long
        head = 16
      } else if short == 0 {
        size = to - at
      }
      guard size >= head else { return false }
      body(type, min(at + head, to), size <= to - at ? at + size : to)
      guard size <= to - at else { return false }
      at += size
    }
    return false
  }
}
