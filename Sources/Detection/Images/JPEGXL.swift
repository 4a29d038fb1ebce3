/// JPEG XL (ISO/IEC 18181-1): the size header of the codestream, bare or in boxes.
enum JPEGXL {
  static func examine(_ b: RawSpan, _ facts: inout ImageFacts) {
    if b.has([0xFF, 0x0A], at: 0) { return codestream(b, at: 0, &facts) }
    Box.each(b, from: 0, to: b.byteCount) { type, body, end in
      switch type {
      case 0x6A78_6C63:  // jxlc
        if facts.width == nil { codestream(b, at: body, &facts) }
      case 0x6A78_6C70:  // jxlp, after its index
        if facts.width == nil { codestream(b, at: body + 4, &facts) }
      case 0x4578_6966:  // Exif, after the offset of the TIFF header
        if let skip = b.u32(body), let exif = EXIF.read(b, at: body + 4 + skip, count: end - body - 4 - skip) {
          facts.exif = exif
        }
      default: break
      }
    }
  }

  private static func codestream(_ b: RawSpan, at: Int, _ facts: inout ImageFacts) {
    guard b.has([0xFF, 0x0A], at: at), let low = b.u32le(at + 2) else { return }
    var bits = UInt64(low) | UInt64(b.u32le(at + 6) ?? 0) << 32
    let take = { (count: UInt64) -> Int in
      let value = Int(bits & (1 << count - 1))
      bits >>= count
      return value
    }
    let small = take(1) == 1
    let length = { () -> Int in
      if small { return (take(5) + 1) * 8 }
      return take([9, 13, 18, 30][take(2)]) + 1
    }
    let height = length()
    let ratio = take(3)
    let ratios = [(1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1)]
    let width = ratio == 0 ? length() : height * ratios[ratio - 1].0 / ratios[ratio - 1].1
    facts.size(width, height)
  }
}
