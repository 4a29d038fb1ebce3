/// Canon CR3: boxes; the sizes stand in the track headers and the Exif blocks in Canon's `uuid` box inside `moov`.
enum CR3 {
  static func examine(_ b: RawSpan, _ facts: inout ImageFacts) {
    var best = (0, 0)
    Box.each(b, from: 0, to: b.byteCount) { type, body, end in
      guard type == 0x6D6F_6F76 else { return }
      Box.each(b, from: body, to: end) { type, body, end in
        if type == 0x7472_616B {  // trak: the largest picture is the raw one
          Box.each(b, from: body, to: end) { type, body, _ in
            guard type == 0x746B_6864, let size = TrackHeader.size(b, body) else { return }
            if size.0 * size.1 > best.0 * best.1 { best = size }
          }
        } else if type == 0x7575_6964 {  // uuid: 16 bytes of identifier, then CMT1 (IFD0) and CMT2 (Exif IFD)
          Box.each(b, from: body + 16, to: end) { type, body, end in
            guard type == 0x434D_5431 || type == 0x434D_5432 || type == 0x434D_5434,
              let part = b.from(body, count: end - body), let header = TIFF.Header(part)
            else { return }
            facts.exif.takeCanon(part, header, type)
          }
        }
      }
    }
    if best.0 > 0 { facts.size(best.0, best.1) }
  }
}

extension EXIF {
  /// Canon splits the directories: CMT1 is the main one, CMT2 the Exif one.
  fileprivate mutating func takeCanon(_ b: RawSpan, _ header: TIFF.Header, _ type: Int) {
    var other = EXIF()
    other.take(b, header, header.firstIFD)
    hasMake = hasMake || other.hasMake
    hasModel = hasModel || other.hasModel
    if capturedAt == nil { capturedAt = other.capturedAt }
  }
}

/// `tkhd`: width and height as 16.16 fixed point at the end of the box content.
enum TrackHeader {
  static func size(_ b: RawSpan, _ body: Int) -> (Int, Int)? {
    let at = body + (b.u8(body) == 1 ? 88 : 76)
    guard let w = b.u32(at), let h = b.u32(at + 4) else { return nil }
    return (w >> 16, h >> 16)
  }
}

/// Fujifilm RAF: an embedded JPEG carries the metadata.
enum RAF {
  static func examine(_ b: RawSpan, _ facts: inout ImageFacts) {
    guard let at = b.u32(84), let length = b.u32(88), let part = b.from(at, count: length),
      part.has([0xFF, 0xD8, 0xFF], at: 0)
    else { return }
    JPEG.examine(part, &facts)
  }
}

/// Minolta MRW: the `PRD` block has the sensor's picture size, `TTW` a TIFF structure.
enum MRW {
  static func examine(_ b: RawSpan, _ facts: inout ImageFacts) {
    guard let end = b.u32(4) else { return }
    var at = 8
    for _ in 0..<64 {
      guard at < end + 8, let length = b.u32(at + 4) else { return }
      if b.has("\u{00}PRD", at: at) { facts.size(b.u16(at + 18), b.u16(at + 16)) }
      if b.has("\u{00}TTW", at: at), let exif = EXIF.read(b, at: at + 8, count: length) { facts.exif = exif }
      at += 8 + length
    }
  }
}
