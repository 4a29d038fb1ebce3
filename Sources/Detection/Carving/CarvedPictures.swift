internal import CScan

extension CarvedForm {
  static let pictures: [CarvedForm] = [
    // Only the markers that follow a start of image in practice: tables, frames, comments, application data.
    CarvedForm(
      name: "JPEG",
      patterns: (Array(0xE0...0xEF) + [0xDB, 0xC4, 0xC0, 0xC1, 0xC2, 0xDD, 0xFE]).map { [0xFF, 0xD8, 0xFF, $0] },
      measure: jpeg),
    CarvedForm(name: "PNG", patterns: [[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]], measure: png),
    CarvedForm(name: "GIF", patterns: [ascii("GIF87a"), ascii("GIF89a")], measure: gif),
    CarvedForm(
      name: "WebP", patterns: ["VP8 ", "VP8L", "VP8X"].map { ascii("WEBP" + $0) }, lead: 8,
      measure: { b in
        guard b.has("RIFF", at: 0), let size = b.u32le(4), size >= 12 else { return .none }
        return .length(8 + size + size & 1)
      }),
    CarvedForm(name: "TIFF", patterns: [[0x49, 0x49, 0x2A, 0], [0x4D, 0x4D, 0, 0x2A]], measure: tiff),
    CarvedForm(name: "JPEG 2000 codestream", patterns: [[0xFF, 0x4F, 0xFF, 0x51]], measure: codestream),
    // JP2, JPEG XL, HEIF, AVIF, MP4 and QuickTime: boxes.
    CarvedForm(
      name: "JPEG 2000 or JPEG XL",
      patterns: ["jP  ", "JXL "].map { ascii($0) + [0x0D, 0x0A, 0x87, 0x0A] }, lead: 4, measure: boxes),
    CarvedForm(
      name: "ISO base media", patterns: [ascii("ftyp")], lead: 4,
      measure: { b in
        let isBrand = (8..<12).allSatisfy { (0x20...0x7E).contains(b.u8($0) ?? 0) }
        return isBrand ? boxes(b) : .none
      }),
  ]

  /// ISO/IEC 10918-1 annex B: marker segments, scans between them, to the end of image. A picture that breaks off ends
  /// where its last scan does.
  private static func jpeg(_ b: RawSpan) -> Extent {
    var at = 2
    var (hasFrame, hasScan) = (false, false)
    while true {
      while b.u8(at) == 0xFF, b.u8(at + 1) == 0xFF { at += 1 }
      guard let lead = b.u8(at), let marker = b.u8(at + 1) else { return hasScan ? .beyond : .open }
      let broken: Extent = hasScan ? .length(at) : .none
      guard lead == 0xFF else { return broken }
      if marker == 0xD9 { return hasScan ? .length(at + 2) : .none }
      guard marker >= 0xC0, !(0xD0...0xD8).contains(marker) else { return broken }
      guard let length = b.u16(at + 2) else { return hasScan ? .beyond : .open }
      guard length >= 2 else { return broken }
      if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker) {
        guard let n = b.u8(at + 9) else { return hasScan ? .beyond : .open }
        guard !hasFrame, length == 8 + 3 * Int(n), b.u16(at + 7) != 0 else { return broken }
        hasFrame = true
      }
      if marker == 0xDA, !hasFrame { return .none }
      at += 2 + length
      guard marker == 0xDA else { continue }
      hasScan = true
      let from = at
      at = b.withUnsafeBytes { cscan_marker($0.baseAddress, $0.count, from) }
    }
  }

  /// ISO/IEC 15948 clause 5: chunks to IEND.
  private static func png(_ b: RawSpan) -> Extent {
    guard b.byteCount >= 33 else { return .open }
    guard b.u32(8) == 13, b.has("IHDR", at: 12), let stored = b.u32(29),
      PNG.crc(b, 12, 17) == UInt32(truncatingIfNeeded: stored)
    else { return .none }
    var at = 33
    while true {
      guard let length = b.u32(at), let type = b.u32(at + 4) else { return .beyond }
      let letters = (0..<4).allSatisfy { (0x41...0x5A).contains(type >> (8 * $0) & 0xDF) }
      guard length < 1 << 31, letters else { return at > 33 ? .length(at) : .none }
      at += 12 + length
      if type == 0x4945_4E44 { return .length(at) }
    }
  }

  /// GIF89a specification: blocks to the trailer.
  private static func gif(_ b: RawSpan) -> Extent {
    guard let width = b.u16le(6), let height = b.u16le(8), let flags = b.u8(10) else { return .open }
    guard width > 0, height > 0 else { return .none }
    var at = 13 + (flags & 0x80 != 0 ? 3 << (Int(flags & 7) + 1) : 0)
    var pictures = 0
    while let block = b.u8(at) {
      switch block {
      case 0x3B: return pictures > 0 ? .length(at + 1) : .none
      case 0x21: at += 2
      case 0x2C:
        guard let local = b.u8(at + 9) else { return pictures > 0 ? .beyond : .open }
        at += 11 + (local & 0x80 != 0 ? 3 << (Int(local & 7) + 1) : 0)
        pictures += 1
      default: return pictures > 0 ? .length(at) : .none
      }
      while let size = b.u8(at), size > 0 { at += 1 + Int(size) }
      at += 1
    }
    return pictures > 0 ? .beyond : .open
  }

  /// TIFF 6.0: to the last strip, tile or directory. A directory without pixels (the metadata of another format) is none.
  private static func tiff(_ b: RawSpan) -> Extent {
    guard let header = TIFF.Header(b), !header.big else { return .none }
    var (end, pixels, directories) = (8, false, 0)
    var pending = [header.firstIFD]
    var seen: Set<Int> = []
    // Of all directories, which may all point to the same numbers.
    var numbers = TIFFPlaces.mostNumbers
    while let at = pending.popLast(), directories < 64 {
      guard at >= 8, seen.insert(at).inserted else { continue }
      guard at < EntryExaminer.windowLimit else { return pixels ? .length(end) : .none }
      guard let count = header.u16(b, at), at + 6 + 12 * count <= b.byteCount else { return pixels ? .beyond : .open }
      guard (1...512).contains(count) else { return pixels ? .length(end) : .none }
      directories += 1
      end = max(end, at + 6 + 12 * count)
      var places = TIFFPlaces()
      for i in 0..<count {
        let field = at + 2 + 12 * i
        guard let tag = header.u16(b, field), let type = header.u16(b, field + 2),
          let values = header.u32(b, field + 4), type > 0, type < TIFFPlaces.widths.count
        else { return pixels ? .length(end) : .none }
        let size = values * TIFFPlaces.widths[type]
        let data = size <= 4 ? field + 8 : header.u32(b, field + 8) ?? 0
        guard size < EntryExaminer.windowLimit, data < 1 << 31 else { return pixels ? .length(end) : .none }
        if size > 4 { end = max(end, data + size) }
        guard TIFFPlaces.tags.contains(tag) else { continue }
        guard data + size <= b.byteCount else { return pixels ? .beyond : .open }
        places.take(tag, TIFF.Entry(tag: tag, type: type, count: values, data: data), b, header, &numbers)
      }
      guard places.width > 0, places.height > 0 || pixels else { return pixels ? .length(end) : .none }
      if let last = places.end {
        pixels = true
        end = max(end, last)
      }
      pending += places.directories
      if let next = header.u32(b, at + 2 + 12 * count), next > 0 { pending.append(next) }
    }
    return pixels ? .length(end) : .none
  }

  /// ISO/IEC 15444-1 annex A: main header, tile parts, end of codestream.
  static func codestream(_ b: RawSpan) -> Extent {
    guard let size = b.u16(4), let components = b.u16(40) else { return .open }
    guard size == 38 + 3 * components, components > 0, let width = b.u32(8), width > 0 else { return .none }
    var at = 4 + size
    var tiles = 0
    while let marker = b.u16(at) {
      switch marker {
      case 0xFFD9: return tiles > 0 ? .length(at + 2) : .none
      case 0xFF90:
        guard let part = b.u32(at + 6) else { return tiles > 0 ? .beyond : .open }
        guard b.u16(at + 2) == 10, part == 0 || part >= 14 else { return .none }
        tiles += 1
        if part == 0 {
          // The last tile part goes on to the end of the codestream.
          guard let end = b.next([0xFF, 0xD9], from: at + 12) else { return tiles > 0 ? .beyond : .open }
          return .length(end + 2)
        }
        at += part
      case 0xFF50...0xFF6F where tiles == 0:
        guard let length = b.u16(at + 2) else { return tiles > 0 ? .beyond : .open }
        guard length >= 2 else { return .none }
        at += 2 + length
      default: return tiles > 0 ? .length(at) : .none
      }
    }
    return tiles > 0 ? .beyond : .open
  }

  private static let boxTypes: Set<Int> = Set(
    [
      "ftyp", "styp", "free", "skip", "wide", "mdat", "moov", "meta", "uuid", "moof", "mfra", "sidx", "pnot", "pdin",
      "idat", "jP  ", "jp2h", "jp2c", "jumb", "jxlc", "jxlp", "jxll", "jxli", "brob", "Exif", "jbrd", "res ", "uinf",
      "xml ",
    ].map(code))
  private static let payload: Set<Int> = Set(["mdat", "moov", "meta", "jp2c", "jxlc", "jxlp"].map(code))

  private static func code(_ word: String) -> Int { word.utf8.reduce(0) { $0 << 8 | Int($1) } }

  /// ISO/IEC 14496-12 4.2: boxes one after the other, as far as they have known types.
  private static func boxes(_ b: RawSpan) -> Extent {
    guard let first = b.u32(0), (8...4096).contains(first), first % 4 == 0 else { return .none }
    var at = first
    var holds = false
    while at < EntryExaminer.windowLimit {
      guard let short = b.u32(at), let type = b.u32(at + 4) else { return holds ? .beyond : .open }
      guard boxTypes.contains(type) else { return holds ? .length(at) : .none }
      holds = holds || payload.contains(type)
      var size = short
      if short == 1 {
        guard let long = b.u64(at + 8) else { return holds ? .beyond : .open }
        size = long
      } else if short == 0 {
        // To the end of the file, which only a codestream shows.
        guard type == code("jp2c"), let inner = b.from(at + 8, count: b.byteCount) else {
          return holds ? .beyond : .open
        }
        return switch codestream(inner) {
        case .length(let length): .length(at + 8 + length)
        case let other: other
        }
      }
      guard size >= 8, size < 1 << 48 else { return holds ? .length(at) : .none }
      at += size
    }
    return .length(at)
  }
}

/// Where a directory says that its pixels are.
private struct TIFFPlaces {
  static let widths = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4]
  /// Width, height, strips, tiles, other directories, a picture in JPEG's interchange format.
  static let mostNumbers = 1 << 18
  static let tags: Set<Int> = [0x100, 0x101, 0x111, 0x117, 0x144, 0x145, 0x14A, 0x201, 0x202]

  var (width, height) = (0, 0)
  var directories: [Int] = []
  private var offsets: [Int] = []
  private var lengths: [Int] = []

  mutating func take(_ tag: Int, _ entry: TIFF.Entry, _ b: RawSpan, _ header: TIFF.Header, _ budget: inout Int) {
    switch tag {
    case 0x100: width = entry.number(b, header) ?? 0
    case 0x101: height = entry.number(b, header) ?? 0
    case 0x14A:
      for i in 0..<min(entry.count, 8) { if let at = entry.number(b, header, index: i) { directories.append(at) } }
    default:
      let count = min(entry.count, 1 << 16, budget)
      budget -= count
      for i in 0..<count {
        guard let number = entry.number(b, header, index: i) else { return }
        if [0x111, 0x144, 0x201].contains(tag) { offsets.append(number) } else { lengths.append(number) }
      }
    }
  }

  /// Nil when there are none.
  var end: Int? { zip(offsets, lengths).filter { $0.1 > 0 }.map { $0.0 + $0.1 }.max() }
}
