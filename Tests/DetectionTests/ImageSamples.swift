@testable import Detection

/// Smallest files of each picture format, built by hand; headers only, since nothing here decodes pixels.
enum ImageSamples {
  struct Sample {
    var name: String
    var kind: String
    var width: Int
    var height: Int
    var bytes: [UInt8]
    var fileName = ""
  }

  /// A TIFF structure with the given directory and, when asked, camera, time and place.
  static func tiff(
    little: Bool = true, big: Bool = false, width: Int = 320, height: Int = 200, exif: Bool = false,
    date: String = "2018:11:02 14:02:58", zone: String? = "-05:00", gps: [(Int, Int)] = [(40, 1), (30, 1), (0, 1)],
    make: String? = nil, extra: [(tag: Int, type: Int, count: Int, value: Int)] = []
  ) -> [UInt8] {
    func n16(_ n: Int) -> [UInt8] { little ? le16(n) : be16(n) }
    func n32(_ n: Int) -> [UInt8] { little ? le32(n) : be32(n) }
    func n64(_ n: Int) -> [UInt8] {
      little ? le32(n & 0xFFFF_FFFF) + le32(n >> 32) : be32(n >> 32) + be32(n & 0xFFFF_FFFF)
    }
    let magic: [UInt8] = little ? [0x49, 0x49] : [0x4D, 0x4D]
    if big {
      var out = magic + n16(43) + n16(8) + n16(0) + n64(16) + n64(2)
      for (tag, value) in [(0x100, width), (0x101, height)] { out += n16(tag) + n16(4) + n64(1) + n32(value) + n32(0) }
      return out + n64(0)
    }
    var entries: [(Int, Int, Int, [UInt8])] = [(0x100, 4, 1, n32(width)), (0x101, 4, 1, n32(height))]
    var heap: [UInt8] = []
    let base = 512
    func far(_ bytes: [UInt8]) -> [UInt8] {
      let at = base + heap.count
      heap += bytes
      return n32(at)
    }
    func directory(_ entries: [(Int, Int, Int, [UInt8])]) -> [UInt8] {
      n16(entries.count) + entries.flatMap { n16($0.0) + n16($0.1) + n32($0.2) + $0.3 } + n32(0)
    }
    if let make { entries.append((0x10F, 2, make.utf8.count + 1, far(Array(make.utf8) + [0]))) }
    for e in extra { entries.append((e.tag, e.type, e.count, n32(e.value))) }
    if exif {
      entries.append((0x10F, 2, 5, far(Array("ACME\0".utf8))))
      var sub: [(Int, Int, Int, [UInt8])] = [(0x9003, 2, 20, far(Array(date.utf8) + [0]))]
      if let zone { sub.append((0x9011, 2, 7, far(Array(zone.utf8) + [0]))) }
      entries.append((0x8769, 4, 1, far(directory(sub))))
      let rationals = gps.flatMap { n32($0.0) + n32($0.1) }
      let place = far(rationals)
      entries.append((0x8825, 4, 1, far(directory([(2, 5, 3, place), (4, 5, 3, place)]))))
    }
    var out = magic + n16(42) + n32(8) + directory(entries)
    out += [UInt8](repeating: 0, count: max(0, base - out.count))
    return out + heap
  }

  static func jpeg(width: Int = 320, height: Int = 200, exif: [UInt8]? = nil, marker: UInt8 = 0xC0) -> [UInt8] {
    var out: [UInt8] = [0xFF, 0xD8]
    if marker == 0xF7 {
      return out + [0xFF, 0xF7] + be16(11) + [8] + be16(height) + be16(width) + [1, 1, 0x11, 0] + [
        0xFF, 0xDA, 0, 2, 0xFF, 0xD9,
      ]
    }
    out += [0xFF, 0xE0] + be16(16) + Array("JFIF\0".utf8) + [1, 1, 0, 0, 1, 0, 1, 0, 0]
    if let exif { out += [0xFF, 0xE1] + be16(8 + exif.count) + Array("Exif\0\0".utf8) + exif }
    // A fill byte before the marker is legal.
    out +=
      [0xFF, 0xFF, marker] + be16(17) + [8] + be16(height) + be16(width) + [3] + [1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]
    return out + [0xFF, 0xDA] + be16(12) + [UInt8](repeating: 0x3F, count: 60) + [0xFF, 0xD9]
  }

  static func png(width: Int = 320, height: Int = 200, chunks: [(String, [UInt8])] = []) -> [UInt8] {
    func chunk(_ type: String, _ body: [UInt8]) -> [UInt8] {
      let data = Array(type.utf8) + body
      let crc = PNG.crc(data.span.bytes, 0, data.count) ?? 0
      return be32(body.count) + data + be32(Int(crc))
    }
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      + chunk("IHDR", be32(width) + be32(height) + [8, 2, 0, 0, 0]) + chunks.flatMap { chunk($0.0, $0.1) }
      + chunk("IDAT", [0x78, 0x9C, 1, 2, 3]) + chunk("IEND", [])
  }

  static func webp(_ form: String, exif: [UInt8]? = nil) -> [UInt8] {
    var body: [UInt8]
    switch form {
    case "VP8 ": body = [0x10, 0, 0, 0x9D, 1, 0x2A] + le16(320) + le16(200)
    case "VP8L":
      let bits = 319 | 199 << 14
      body = [0x2F] + le32(bits) + [0]
    default: body = [8, 0, 0, 0] + le32(319).prefix(3) + le32(199).prefix(3)
    }
    body += [UInt8](repeating: 0, count: body.count & 1)
    var chunks = Array(form.utf8) + le32(body.count) + body
    if let exif { chunks += Array("EXIF".utf8) + le32(exif.count) + exif }
    return Array("RIFF".utf8) + le32(chunks.count + 4) + Array("WEBP".utf8) + chunks
  }

  static func box(_ type: String, _ content: [UInt8]) -> [UInt8] { VideoSample.box(type, content) }

  /// Primary item 1 (320 × 200), a larger tile item and an Exif item.
  static func heif(brand: String, exif: [UInt8]) -> [UInt8] {
    func file(_ offset: Int) -> [UInt8] {
      let ispe = { (w: Int, h: Int) in box("ispe", be32(0) + be32(w) + be32(h)) }
      let ipma: [UInt8] = be32(0) + be32(2) + be16(1) + [1, 0x82] + be16(2) + [1, 1]
      let iprp = box("iprp", box("ipco", ispe(512, 512) + ispe(320, 200)) + box("ipma", ipma))
      let infe = box("infe", [2, 0, 0, 0] + be16(3) + be16(0) + Array("Exif\0".utf8))
      let iinf = box("iinf", be32(0) + be16(1) + infe)
      let iloc = box(
        "iloc", be32(0) + [0x44, 0] + be16(1) + be16(3) + be16(0) + be16(1) + be32(offset) + be32(exif.count + 4))
      let meta = box("meta", be32(0) + box("pitm", be32(0) + be16(1)) + iinf + iprp + iloc)
      return box("ftyp", Array(brand.utf8) + be32(0) + Array("mif1".utf8)) + meta
    }
    let head = file(0).count + 8
    return file(head) + box("mdat", be32(0) + exif)
  }

  static func jxl(_ bits: [(Int, Int)]) -> [UInt8] {
    var value: UInt64 = 0
    var used = 0
    for (v, n) in bits {
      value |= UInt64(v) << used
      used += n
    }
    return [0xFF, 0x0A] + (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  static func jp2(_ inner: [UInt8]) -> [UInt8] {
    [0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20, 0x0D, 0x0A, 0x87, 0x0A] + box("ftyp", Array("jp2 \0\0\0\0jp2 ".utf8)) + inner
  }
  static let codestream: [UInt8] =
    [0xFF, 0x4F, 0xFF, 0x51] + be16(41) + be16(0) + be32(330) + be32(205) + be32(10) + be32(5)
    + [UInt8](repeating: 0, count: 16) + be16(1) + [7, 1, 1]

  static func bmp(header: Int, height: Int = 200) -> [UInt8] {
    let body =
      header == 12
      ? le32(12) + le16(320) + le16(height) + le16(1) + le16(24)
      : le32(header) + le32(320) + le32(height) + le16(1) + le16(24) + [UInt8](repeating: 0, count: header - 16)
    return Array("BM".utf8) + le32(54 + 10) + le32(0) + le32(14 + header) + body + [UInt8](repeating: 9, count: 20)
  }

  static let all: [Sample] = [
    Sample(name: "JPEG", kind: "image/jpeg", width: 320, height: 200, bytes: jpeg()),
    Sample(name: "JPEG progressive", kind: "image/jpeg", width: 320, height: 200, bytes: jpeg(marker: 0xC2)),
    Sample(name: "JPEG with Exif", kind: "image/jpeg", width: 320, height: 200, bytes: jpeg(exif: tiff(exif: true))),
    Sample(name: "JPEG-LS", kind: "image/jls", width: 320, height: 200, bytes: jpeg(marker: 0xF7)),
    Sample(name: "PNG", kind: "image/png", width: 320, height: 200, bytes: png()),
    Sample(
      name: "APNG", kind: "image/apng", width: 320, height: 200, bytes: png(chunks: [("acTL", be32(1) + be32(0))])),
    Sample(
      name: "GIF", kind: "image/gif", width: 320, height: 200,
      bytes: Array("GIF89a".utf8) + le16(320) + le16(200) + [0, 0, 0, 0x3B]),
    Sample(name: "BMP", kind: "image/bmp", width: 320, height: 200, bytes: bmp(header: 40)),
    Sample(name: "BMP top-down", kind: "image/bmp", width: 320, height: 200, bytes: bmp(header: 124, height: -200)),
    Sample(name: "BMP of OS/2", kind: "image/bmp", width: 320, height: 200, bytes: bmp(header: 12)),
    Sample(name: "TIFF little-endian", kind: "image/tiff", width: 320, height: 200, bytes: tiff()),
    Sample(
      name: "TIFF big-endian", kind: "image/tiff", width: 320, height: 200, bytes: tiff(little: false, exif: true)),
    Sample(name: "BigTIFF", kind: "image/tiff", width: 320, height: 200, bytes: tiff(big: true)),
    Sample(
      name: "BigTIFF big-endian", kind: "image/tiff", width: 320, height: 200, bytes: tiff(little: false, big: true)),
    Sample(name: "DNG", kind: "image/x-adobe-dng", width: 320, height: 200, bytes: tiff(extra: [(0xC612, 1, 4, 1)])),
    Sample(
      name: "NEF", kind: "image/x-nikon-nef", width: 320, height: 200, bytes: tiff(make: "NIKON CORPORATION"),
      fileName: "a.NEF"),
    Sample(
      name: "TIFF called NEF", kind: "image/tiff", width: 320, height: 200, bytes: tiff(make: "ACME"), fileName: "a.nef"
    ),
    Sample(name: "WebP lossy", kind: "image/webp", width: 320, height: 200, bytes: webp("VP8 ")),
    Sample(name: "WebP lossless", kind: "image/webp", width: 320, height: 200, bytes: webp("VP8L")),
    Sample(
      name: "WebP extended", kind: "image/webp", width: 320, height: 200, bytes: webp("VP8X", exif: tiff(exif: true))),
    Sample(
      name: "JP2", kind: "image/jp2", width: 320, height: 200,
      bytes: jp2(box("jp2h", box("ihdr", be32(200) + be32(320) + be16(3) + [7, 7, 0, 0])) + box("jp2c", codestream))),
    Sample(name: "JP2 without header", kind: "image/jp2", width: 320, height: 200, bytes: jp2(box("jp2c", codestream))),
    Sample(name: "J2K", kind: "image/j2c", width: 320, height: 200, bytes: codestream),
    Sample(
      name: "HEIC", kind: "image/heic", width: 320, height: 200, bytes: heif(brand: "heic", exif: tiff(exif: true))),
    Sample(
      name: "AVIF", kind: "image/avif", width: 320, height: 200, bytes: heif(brand: "avif", exif: tiff(exif: true))),
    Sample(
      name: "JXL small", kind: "image/jxl", width: 240, height: 200, bytes: jxl([(1, 1), (24, 5), (0, 3), (29, 5)]),
      fileName: "a.jxl"),
    Sample(
      name: "JXL ratio", kind: "image/jxl", width: 400, height: 300, bytes: jxl([(0, 1), (1, 2), (299, 13), (3, 3)]),
      fileName: "a.jxl"),
    Sample(
      name: "JXL boxes", kind: "image/jxl", width: 240, height: 200,
      bytes: [0, 0, 0, 12, 0x4A, 0x58, 0x4C, 0x20, 0x0D, 0x0A, 0x87, 0x0A]
        + box("jxlc", jxl([(1, 1), (24, 5), (0, 3), (29, 5)]))),
    Sample(
      name: "ICO", kind: "image/vnd.microsoft.icon", width: 256, height: 256,
      bytes: [0, 0, 1, 0, 2, 0] + [16, 16, 0, 0, 1, 0, 8, 0] + le32(40) + le32(38) + [0, 0, 0, 0, 1, 0, 8, 0] + le32(40)
        + le32(38)),
    Sample(
      name: "PGM", kind: "image/x-portable-graymap", width: 320, height: 200,
      bytes: Array("P5\n# note\n320 200\n255\n".utf8) + [0, 255, 0, 128]),
    Sample(
      name: "PPM plain", kind: "image/x-portable-pixmap", width: 320, height: 200,
      bytes: Array("P3 320\n200 255\n1 2 3".utf8)),
    Sample(
      name: "PAM", kind: "image/x-portable-arbitrarymap", width: 320, height: 200,
      bytes: Array("P7\nWIDTH 320\nHEIGHT 200\nDEPTH 1\nENDHDR\n".utf8)),
    Sample(
      name: "PSD", kind: "image/vnd.adobe.photoshop", width: 320, height: 200,
      bytes: Array("8BPS".utf8) + be16(1) + [UInt8](repeating: 0, count: 6) + be16(3) + be32(200) + be32(320)),
    Sample(
      name: "PCX", kind: "image/x-pcx", width: 320, height: 200,
      bytes: [10, 5, 1, 8] + le16(0) + le16(0) + le16(319) + le16(199) + [UInt8](repeating: 0, count: 53) + [3]
        + [UInt8](repeating: 0, count: 62)),
    Sample(
      name: "QOI", kind: "image/qoi", width: 320, height: 200,
      bytes: Array("qoif".utf8) + be32(320) + be32(200) + [3, 0]),
    Sample(
      name: "DDS", kind: "image/vnd.ms-dds", width: 320, height: 200,
      bytes: Array("DDS ".utf8) + le32(124) + le32(0) + le32(200) + le32(320)),
    Sample(
      name: "TGA", kind: "image/x-tga", width: 320, height: 200,
      bytes: [0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0] + le16(320) + le16(200) + [24, 0], fileName: "x.tga"),
    Sample(name: "RAF", kind: "image/x-fuji-raf", width: 320, height: 200, bytes: rafFile()),
    Sample(name: "CR3", kind: "image/x-canon-cr3", width: 320, height: 200, bytes: cr3()),
  ]

  static func rafFile() -> [UInt8] {
    var out = Array("FUJIFILMCCD-RAW ".utf8)
    out += [UInt8](repeating: 0, count: 84 - out.count)
    let inner = jpeg(exif: tiff(exif: true))
    return out + be32(100) + be32(inner.count) + [UInt8](repeating: 0, count: 8) + inner
  }

  static func cr3() -> [UInt8] {
    let tkhd = { (w: Int, h: Int) in
      box("trak", box("tkhd", [UInt8](repeating: 0, count: 76) + be32(w << 16) + be32(h << 16)))
    }
    let uuid = box("uuid", [UInt8](repeating: 7, count: 16) + box("CMT1", tiff(exif: true)))
    return box("ftyp", Array("crx \0\0\0\u{01}crx isom".utf8)) + box("moov", uuid + tkhd(160, 100) + tkhd(320, 200))
  }
}
