internal import CustodyCore

/// A moving picture nobody has looked into: faces and plates may be in it.
struct VideoContainer: Detector {
  var descriptor: DetectorDescriptor {
    DetectorDescriptor(
      name: "video.container", version: 1, dataClasses: [.videoUnexamined], strengths: [.weak],
      summary: "video files of any kind, with picture size and creation time where the container tells them early",
      sources: ["ISO/IEC 14496-12:2022 clause 8 (mvhd, tkhd)", "RFC 9559 (Matroska)", "Microsoft RIFF AVI (avih)"],
      limits: [
        "no frame is decoded", "size and time are missing when the index of an MP4 lies beyond the first 16 MiB",
      ],
      triggers: Self.kinds.map { .opening(ContentKind(rawValue: $0)) },
      positives: [
        DetectorExample("MP4 with its index first", expected: ["video.unexamined weak x1"]) { VideoSample.mp4() },
        DetectorExample("AVI", expected: ["video.unexamined weak x1"]) { VideoSample.avi() },
        DetectorExample("WebM", expected: ["video.unexamined weak x1"]) { VideoSample.webm() },
      ],
      negatives: [
        DetectorExample("MP4 audio") { VideoSample.mp4(brand: "M4A ") },
        DetectorExample("text about ftyp") { Array("the ftyp box comes first, then moov".utf8) },
      ])
  }

  static let kinds = [
    "video/mp4", "video/quicktime", "video/3gpp", "video/x-msvideo", "video/x-matroska", "video/webm", "video/ogg",
    "video/x-ms-asf", "video/x-flv", "video/mpeg", "video/vnd.rn-realvideo", "video/mxf", "video/x-ms-wtv",
    "video/x-red-r3d", "video/mp2t", "video/h264", "video/x-h264-dvr", "video/x-dv", "image/heic-sequence",
  ]

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    var attributes: Attributes = [:]
    switch context.kind.rawValue {
    case "video/mp4", "video/quicktime", "video/3gpp":
      if let end = Self.movieEnd(bytes), end > bytes.byteCount, end <= EntryExaminer.windowLimit, !context.windowIsFinal
      {
        return .needsMore(total: end)
      }
      Self.movie(bytes, &attributes)
    case "video/x-msvideo":
      if let at = bytes.find(Array("avih".utf8), from: 12, within: 4096), let w = bytes.u32le(at + 40),
        let h = bytes.u32le(at + 44), w > 0, h > 0
      {
        attributes["width"] = .int(Int64(w))
        attributes["height"] = .int(Int64(h))
      }
    case "video/x-matroska", "video/webm":
      if let (w, h) = Matroska.size(bytes) {
        attributes["width"] = .int(Int64(w))
        attributes["height"] = .int(Int64(h))
      }
    default: break
    }
    // Claims no bytes: what is inside is searched like anything else.
    return .found(
      [
        Observation(
          .videoUnexamined, detector: "video.container", version: 1, strength: .weak,
          place: Place(offset: 0, length: 0), attributes: attributes)
      ], length: 0, kind: nil)
  }

  /// Where `moov` ends, when the walk over the top boxes meets it inside the window.
  private static func movieEnd(_ b: RawSpan) -> Int? {
    var at = 0
    for _ in 0..<1024 {
      guard var size = b.u32(at), let type = b.u32(at + 4) else { return nil }
      if size == 1 {
        guard let long = b.u64(at + 8) else { return nil }
        size = long
      }
      guard size >= 8, size <= Int.max - at else { return nil }
      if type == 0x6D6F_6F76 { return at + size }
      at += size
    }
    return nil
  }

  private static func movie(_ b: RawSpan, _ out: inout Attributes) {
    var best = (0, 0)
    var created: Int?
    Box.each(b, from: 0, to: b.byteCount) { type, body, end in
      guard type == 0x6D6F_6F76 else { return }
      Box.each(b, from: body, to: end) { type, body, end in
        if type == 0x6D76_6864 {  // mvhd
          created = b.u8(body) == 1 ? b.u64(body + 4) : b.u32(body + 4)
        } else if type == 0x7472_616B {  // trak
          Box.each(b, from: body, to: end) { type, body, _ in
            guard type == 0x746B_6864, let size = TrackHeader.size(b, body) else { return }
            if size.0 * size.1 > best.0 * best.1 { best = size }
          }
        }
      }
    }
    if best.0 > 0 {
      out["width"] = .int(Int64(best.0))
      out["height"] = .int(Int64(best.1))
    }
    // Seconds since 1904, UTC. Zero and years before digital video mean that the clock was not set.
    let epoch = 2_082_844_800
    if let created, created > epoch + 631_152_000, created < epoch + 7_258_118_400 {
      let time = CivilTime(secondsSinceEpoch: Int64(created - epoch))
      out["capturedAt"] = .string("\(time.dateText)T\(time.timeText)+00:00")
      out["clock"] = "record"
    }
  }
}

/// Matroska and WebM: PixelWidth and PixelHeight of the first video track.
enum Matroska {
  static func size(_ b: RawSpan) -> (Int, Int)? {
    // Video (E0), then within it B0 and BA; found by walking the elements that matter: Segment, Tracks, TrackEntry,
    // Video.
    walk(b, 0, b.byteCount, depth: 0)
  }

  private static func walk(_ b: RawSpan, _ from: Int, _ to: Int, depth: Int) -> (Int, Int)? {
    var at = from
    var width: Int?
    var height: Int?
    for _ in 0..<4096 {
      guard at < to, let (id, idLength) = number(b, at, keepMarker: true),
        let (size, sizeLength) = number(b, at + idLength, keepMarker: false)
      else { break }
      let body = at + idLength + sizeLength
      guard body <= to else { break }
      let unknown = size == 1 << (7 * sizeLength) - 1
      let end = unknown || size > to - body ? to : body + size
      switch id {
      case 0x1853_8067, 0x1654_AE6B, 0xAE, 0xE0:
        if depth < 8, let found = walk(b, body, end, depth: depth + 1) { return found }
      case 0xB0: width = integer(b, body, size)
      case 0xBA: height = integer(b, body, size)
      default: break
      }
      if let width, let height { return (width, height) }
      at = end
    }
    return nil
  }

  private static func number(_ b: RawSpan, _ at: Int, keepMarker: Bool) -> (Int, Int)? {
    guard let first = b.u8(at), first != 0 else { return nil }
    let length = first.leadingZeroBitCount + 1
    var value = keepMarker ? Int(first) : Int(first) & (0xFF >> length)
    for i in 1..<max(length, 1) {
      guard let next = b.u8(at + i) else { return nil }
      value = value << 8 | Int(next)
    }
    return (value, length)
  }

  private static func integer(_ b: RawSpan, _ at: Int, _ size: Int) -> Int? {
    guard (1...4).contains(size) else { return nil }
    var value = 0
    for i in 0..<size {
      guard let next = b.u8(at + i) else { return nil }
      value = value << 8 | Int(next)
    }
    return value
  }
}

/// Smallest containers that carry a size.
enum VideoSample {
  static func box(_ type: String, _ content: [UInt8]) -> [UInt8] {
    let size = UInt32(content.count + 8)
    return (0..<4).map { UInt8(truncatingIfNeeded: size >> (24 - 8 * $0)) } + Array(type.utf8) + content
  }

  static func mp4(brand: String = "isom", width: UInt8 = 64, height: UInt8 = 48) -> [UInt8] {
    let header: [UInt8] = [0, 0, 0, 0, 0xD8, 0, 0, 0] + [UInt8](repeating: 0, count: 92)
    let track: [UInt8] = [UInt8](repeating: 0, count: 76) + [0, width, 0, 0, 0, height, 0, 0]
    return box("ftyp", Array(brand.utf8) + [0, 0, 0, 0])
      + box("moov", box("mvhd", header) + box("trak", box("tkhd", track)))
      + box("mdat", [UInt8](repeating: 0x55, count: 64))
  }

  static func avi() -> [UInt8] {
    let avih: [UInt8] =
      [UInt8](repeating: 0, count: 32) + [64, 0, 0, 0, 48, 0, 0, 0] + [UInt8](repeating: 0, count: 16)
    let list: [UInt8] = Array("hdrlavih".utf8) + [56, 0, 0, 0] + avih
    let riff: [UInt8] = Array("AVI LIST".utf8) + [UInt8(list.count), 0, 0, 0] + list
    return Array("RIFF".utf8) + [UInt8(riff.count), 0, 0, 0] + riff
  }

  static func webm() -> [UInt8] {
    let element = { (id: [UInt8], content: [UInt8]) -> [UInt8] in id + [0x80 | UInt8(content.count)] + content }
    let video = element([0xE0], element([0xB0], [64]) + element([0xBA], [48]))
    let tracks = element([0x16, 0x54, 0xAE, 0x6B], element([0xAE], element([0x83], [1]) + video))
    return element([0x1A, 0x45, 0xDF, 0xA3], element([0x42, 0x82], Array("webm".utf8)))
      + element([0x18, 0x53, 0x80, 0x67], tracks)
  }
}
