/// Files inside other bytes.
enum CarvedExample {
  private static func inside(_ file: [UInt8]) -> [UInt8] {
    [UInt8](repeating: 0xB5, count: 1701) + file + [UInt8](repeating: 0xB5, count: 90)
  }

  static let positives = [
    DetectorExample("a JPEG picture", expected: ["content image/jpeg x1"]) { inside(SyntheticImage.jpeg(64, 48)) },
    DetectorExample("a PNG picture", expected: ["content image/png x1"]) { inside(SyntheticImage.png(64, 48)) },
    DetectorExample("a GIF picture", expected: ["content image/gif x1"]) { inside(gif) },
    DetectorExample("a TIFF picture", expected: ["content image/tiff x1"]) { inside(tiff) },
    DetectorExample("a bitmap", expected: ["content image/bmp x1"]) { inside(bitmap) },
    DetectorExample("JPEG 2000 in its boxes", expected: ["content image/jp2 x1"]) {
      inside(SyntheticImage.jp2(64, 48))
    },
    DetectorExample("a JPEG 2000 codestream", expected: ["content image/j2c x1"]) {
      inside(codestream)
    },
    DetectorExample("a WebP picture", expected: ["content image/webp x1"]) { inside(webp) },
    DetectorExample("a database", expected: ["content application/vnd.sqlite3 x1"]) {
      inside(SQLiteExample.database([SQLiteExample.Table("t", "a TEXT", [[.text([0x61])]])]))
    },
    DetectorExample("a compound file", expected: ["content application/x-ole-storage x1"]) {
      inside(CompoundExample.file(stream: CompoundExample.padded(FMRExamples.iso2005()), scattered: true))
    },
    DetectorExample("a document", expected: ["content application/pdf x1"]) {
      inside(PDFExample.file(FMRExamples.iso2005(), filter: "/FlateDecode"))
    },
    DetectorExample("an archive", expected: ["content application/zip x1"]) { inside(zip) },
  ]

  static let negatives = [
    DetectorExample("a picture by itself is the entry") { SyntheticImage.jpeg(64, 48) },
    DetectorExample("magics of programs that read pictures") {
      inside(
        [0xFF, 0xD8, 0xFF, 0xE0] + [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Array("GIF89aGIF87a".utf8)
          + [0x49, 0x49, 0x2A, 0, 0x4D, 0x4D, 0, 0x2A, 0xFF, 0x4F, 0xFF, 0x51] + Array("%PDF-1.4 PAR1ftyp".utf8)
          + [0x50, 0x4B, 0x03, 0x04] + CompoundFile.magic + SQLiteFile.magic)
    },
    DetectorExample("the header of a bitmap without its letters") { inside([0x4D, 0x42] + bitmap.dropFirst(2)) },
    DetectorExample("a picture's metadata without pixels") {
      inside([0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0])
    },
  ]

  private static let gif: [UInt8] =
    Array("GIF89a".utf8) + [16, 0, 16, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, 0x2C, 0, 0, 0, 0, 16, 0, 16, 0, 0, 2]
    + [10] + [UInt8](repeating: 0x55, count: 10) + [0, 0x3B]

  private static let codestream = ByteBuilder().hex("FF4F FF51 0029 0000").u32(64, 48, 0, 0, 64, 48, 0, 0)
    .hex("0001 07 01 01 FF90 000A 0000 00000000 0001 FF93").raw(SyntheticImage.noise(80)).hex("FFD9").bytes

  private static func le(_ width: Int, _ values: Int...) -> [UInt8] {
    values.flatMap { value in (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
  }

  /// Nine by seven samples, rows filled up to four bytes.
  private static let bitmap: [UInt8] = {
    let row = (9 * 24 + 31) / 32 * 4
    return Array("BM".utf8) + le(4, 54 + 7 * row, 0, 54, 40, 9, 7) + le(2, 1, 24) + le(4, 0, 7 * row, 0, 0, 0, 0)
      + SyntheticImage.noise(7 * row)
  }()

  /// Eight by eight grey samples, directory at the end as most writers place it.
  private static let tiff: [UInt8] = {
    let fields: [(Int, Int)] = [(0x100, 8), (0x101, 8), (0x102, 8), (0x103, 1), (0x106, 1), (0x111, 8), (0x117, 64)]
    return [0x49, 0x49, 0x2A, 0] + le(4, 72) + [UInt8](repeating: 0x40, count: 64) + le(2, fields.count)
      + fields.flatMap { le(2, $0.0, 4) + le(4, 1, $0.1) } + le(4, 0)
  }()

  private static let webp: [UInt8] = {
    let body: [UInt8] = [0x2F, 63, 0, 12, 0] + [UInt8](repeating: 0x20, count: 40) + [0]
    return Array("RIFF".utf8) + le(4, 12 + body.count) + Array("WEBPVP8L".utf8) + le(4, body.count) + body
  }()

  /// One stored member.
  private static let zip: [UInt8] = {
    let content = [UInt8](repeating: 0x61, count: 50)
    let fields = le(2, 20, 0, 0) + le(4, 0, 0, content.count, content.count) + le(2, 1, 0)
    let local = [0x50, 0x4B, 3, 4] + fields + [0x61] + content
    let directory = [0x50, 0x4B, 1, 2] + le(2, 20) + fields + [UInt8](repeating: 0, count: 14) + [0x61]
    return local + directory + [0x50, 0x4B, 5, 6] + le(2, 0, 0, 1, 1) + le(4, directory.count, local.count) + le(2, 0)
  }()
}
