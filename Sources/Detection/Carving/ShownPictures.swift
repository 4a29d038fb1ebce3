internal import CustodyCore

/// Pictures in a picture that the image worker shows: they are not cut out a second time.
///
/// Everything else in a picture is looked for as in any other bytes. A chunk that no decoder reads, the gap between two
/// strips and what lies behind a bitmap hold whatever their writer likes.
enum ShownPictures {
  /// Of JPEG, TIFF (the form of EXIF) and codestreams of JPEG 2000.
  static let patterns: [[UInt8]] = [
    [0xFF, 0xD8], [0x49, 0x49, 0x2A, 0], [0x4D, 0x4D, 0, 0x2A], [0xFF, 0x4F, 0xFF, 0x51],
  ]
  private static let directoryLimit = 64
  private static let stripLimit = 1 << 16
  /// No picture lies in shorter ones.
  private static let leastSegment = 64

  static func inside(_ bytes: RawSpan, _ kind: ContentKind) -> [Range<Int>] {
    switch kind.rawValue {
    case "image/jpeg": segments(bytes)
    case "image/jp2", "image/jpx", "image/jpm", "image/jph": codestream(bytes)
    // TIFF and what is built on it, under whatever name.
    default: strips(bytes)
    }
  }

  /// Of moving pictures whose frames are JPEG, by the name of their codec. AVI says where it ends.
  static func frames(_ head: RawSpan) -> [Range<Int>] {
    let codecs = ["MJPG", "mjpg", "mjpa", "mjpb", "V_MJPEG"].map { Array($0.utf8) }
    var isMade = false
    for codec in codecs { isMade = isMade || head.next(codec, from: 0) != nil }
    // In the description of a track (ISO/IEC 14496-12 8.5.2) a length stands before.
    var at = 4
    while !isMade, let found = head.next(Array("jpeg".utf8), from: at) {
      isMade = (16..<4096).contains(head.u32(found - 4) ?? 0)
      at = found + 4
    }
    guard isMade else { return [] }
    // Longer files have several parts of this form.
    guard head.has(Array("RIFF".utf8), at: 0), let size = head.u32le(4), size < 900 << 20 else { return [0..<Int.max] }
    return [0..<(8 + size)]
  }

  /// ISO/IEC 10918-1 B.1.1.4: application data before the first scan. Thumbnails stand there, and all JPEGs in them are
  /// shown or said to be too many.
  private static func segments(_ b: RawSpan) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var at = 2
    while let lead = b.u8(at), lead == 0xFF, let marker = b.u8(at + 1) {
      if marker == 0xFF {
        at += 1
        continue
      }
      guard marker >= 0xC0, marker != 0xDA, marker != 0xD9, let length = b.u16(at + 2), length >= 2 else { break }
      let end = at + 2 + length
      if (0xE0...0xEF).contains(marker), length >= leastSegment { ranges.append((at + 4)..<end) }
      at = end
    }
    return ranges
  }

  /// ISO/IEC 15444-1 I.5.4: the first codestream.
  private static func codestream(_ b: RawSpan) -> [Range<Int>] {
    var at = 0
    while let short = b.u32(at), let type = b.u32(at + 4) {
      var (size, header) = (short, 8)
      if short == 1 {
        guard let long = b.u64(at + 8) else { return [] }
        (size, header) = (long, 16)
      }
      if type == 0x6A70_3263 { return [(at + header)..<(at + header + 1)] }
      guard size >= header, size < b.byteCount else { return [] }
      at += size
    }
    return []
  }

  /// TIFF 6.0 sections 3, 15 and 22: strips and tiles that are JPEGs themselves, as many as the picture needs.
  private static func strips(_ b: RawSpan) -> [Range<Int>] {
    guard let header = TIFF.Header(b) else { return [] }
    var starts: Set<Int> = []
    var left = stripLimit
    var pending = [header.firstIFD]
    var seen: Set<Int> = []
    while let at = pending.popLast(), seen.count < directoryLimit {
      guard seen.insert(at).inserted else { continue }
      var fields: [Int: TIFF.Entry] = [:]
      let next = TIFF.eachEntry(b, header, at: at) { fields[$0.tag] = fields[$0.tag] ?? $0 }
      if next > 0 { pending.append(next) }
      if let subs = fields[0x14A] {
        for i in 0..<min(subs.count, 8) { if let sub = subs.number(b, header, index: i) { pending.append(sub) } }
      }
      var values: [Int: Int] = [:]
      for (tag, field) in fields { values[tag] = field.number(b, header) }
      guard let compression = values[0x103], [6, 7, 34892].contains(compression), let width = values[0x100],
        let height = values[0x101], (1..<1 << 31).contains(width), (1..<1 << 31).contains(height)
      else { continue }
      let planes = values[0x11C] == 2 ? min(max(1, values[0x115] ?? 1), 64) : 1
      var needed = 0
      if let w = values[0x142], let h = values[0x143], w > 0, h > 0 {
        // Both factors are below 2^31.
        needed = ((width - 1) / w + 1) * ((height - 1) / h + 1)
      } else {
        needed = (height - 1) / max(1, values[0x116] ?? height) + 1
      }
      guard let places = fields[0x144] ?? fields[0x111] else { continue }
      let count = min(places.count, min(needed, stripLimit) * planes, left)
      left -= count
      for i in 0..<count {
        guard let start = places.number(b, header, index: i) else { break }
        // Far offsets are beyond what anybody cuts out.
        if start < 1 << 48 { starts.insert(start) }
      }
    }
    return starts.sorted().map { $0..<($0 + 1) }
  }
}
