/// Baseline JPEG (ITU-T T.81), one grey component, drawn in flat squares of 8 × 8 pixels.
///
/// Every block holds its mean only, so the encoder is a page long; any decoder shows a mosaic. Nothing in it is a
/// picture of anything.
public enum JPEGBuilder {
  /// - Parameters:
  ///   - width: pixels, 1...65535.
  ///   - height: pixels, 1...65535.
  ///   - exif: an APP1 body made by `exif(capturedAt:)`; nil for a JFIF file.
  ///   - shade: grey of the block in this column and row, 0 black to 255 white.
  public static func encode(
    width: Int, height: Int, exif: [UInt8]? = nil, shade: (_ column: Int, _ row: Int) -> Int
  ) -> [UInt8] {
    var out = RecordBytes([0xFF, 0xD8])
    if let exif {
      segment(0xE1, exif, into: &out)
    } else {
      segment(0xE0, Array("JFIF\0".utf8) + [1, 1, 1, 0, 72, 0, 72, 0, 0], into: &out)
    }
    // All ones but the mean, which is quantized by 8: a block of shade s then has the coefficient s - 128.
    segment(0xDB, [0, 8] + Array(repeating: 1, count: 63), into: &out)
    var frame = RecordBytes([8])
    frame.u16(height)
    frame.u16(width)
    frame.raw([1, 1, 0x11, 0])
    segment(0xC0, frame.bytes, into: &out)
    // Table K.3 for differences of the mean; for the rest only "end of block", code 0.
    segment(0xC4, [0x00, 0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0] + (0...11).map { UInt8($0) }, into: &out)
    segment(0xC4, [0x10, 1] + Array(repeating: 0, count: 15) + [0], into: &out)
    segment(0xDA, [1, 1, 0, 0, 63, 0], into: &out)
    var bits = EntropyBits()
    var previous = 0
    for row in 0..<(height + 7) / 8 {
      for column in 0..<(width + 7) / 8 {
        let mean = min(max(shade(column, row), 0), 255) - 128
        bits.difference(mean - previous)
        bits.append(0, count: 1)
        previous = mean
      }
    }
    out.raw(bits.finished())
    out.raw([0xFF, 0xD9])
    return out.bytes
  }

  /// A drawn test card: a gradient with squares scattered by `seed`, so that each seed gives other bytes.
  public static func testCard(width: Int = 160, height: Int = 120, seed: UInt64 = 1, exif: [UInt8]? = nil) -> [UInt8] {
    var random = SeededGenerator(seed: seed)
    let marks = (0..<12).map { _ in
      (random.number(in: 0...max(0, width / 8)), random.number(in: 0...max(0, height / 8)), random.number(in: 0...255))
    }
    return encode(width: width, height: height, exif: exif) { column, row in
      marks.first { $0.0 == column && $0.1 == row }?.2 ?? (column * 5 + row * 3) % 200 + 28
    }
  }

  /// Body of an Exif APP1 segment (CIPA DC-008): make, date and original capture time.
  ///
  /// - Parameter offset: `OffsetTimeOriginal`, `+HH:MM` or `-HH:MM`; nil for a camera that does not know its zone.
  public static func exif(
    capturedAt time: RecordTime, offset: String? = nil, make: String = "CUSTODY TEST"
  ) -> [UInt8] {
    let stamp = [UInt8]("\(time.date.replacing("-", with: ":")) \(time.clock(":"))\0".utf8)
    let maker = [UInt8]((make + "\0").utf8)
    let zone = offset.map { [UInt8](($0 + "\0").utf8) }
    // Header 8, IFD0 of 3 entries (2 + 36 + 4), Exif IFD of 1 or 2 entries of 12 (2 + entries + 4), then the strings.
    let exifIFD = 8 + 42
    let strings = exifIFD + 6 + (zone == nil ? 12 : 24)
    var tiff = RecordBytes(Array("MM".utf8) + [0, 42])
    tiff.u32(8)
    tiff.u16(3)
    entry(0x010F, 2, maker.count, strings, into: &tiff)
    entry(0x0132, 2, stamp.count, strings + maker.count, into: &tiff)
    entry(0x8769, 4, 1, exifIFD, into: &tiff)
    tiff.u32(0)
    tiff.u16(zone == nil ? 1 : 2)
    entry(0x9003, 2, stamp.count, strings + maker.count, into: &tiff)
    if let zone { entry(0x9011, 2, zone.count, strings + maker.count + stamp.count, into: &tiff) }
    tiff.u32(0)
    tiff.raw(maker)
    tiff.raw(stamp)
    tiff.raw(zone ?? [])
    return Array("Exif\0\0".utf8) + tiff.bytes
  }

  private static func entry(_ tag: Int, _ type: Int, _ count: Int, _ value: Int, into out: inout RecordBytes) {
    out.u16(tag)
    out.u16(type)
    out.u32(count)
    out.u32(value)
  }

  private static func segment(_ marker: Int, _ body: [UInt8], into out: inout RecordBytes) {
    out.raw([0xFF])
    out.u8(marker)
    out.u16(body.count + 2)
    out.raw(body)
  }

  /// Entropy-coded bits with the stuffing of T.81 clause F.1.2.3.
  private struct EntropyBits {
    private var out: [UInt8] = []
    private var pending: UInt32 = 0
    private var held = 0
    // Codes of table K.3 by category: (length, code).
    private static let codes = [
      (2, 0b00), (3, 0b010), (3, 0b011), (3, 0b100), (3, 0b101), (3, 0b110), (4, 0b1110), (5, 0b11110),
      (6, 0b111110), (7, 0b1111110), (8, 0b11111110), (9, 0b111111110),
    ]

    mutating func append(_ value: Int, count: Int) {
      guard count > 0 else { return }
      pending = pending << UInt32(count) | UInt32(truncatingIfNeeded: value) & ((1 << UInt32(count)) - 1)
      held += count
      while held >= 8 {
        let byte = UInt8(truncatingIfNeeded: pending >> UInt32(held - 8))
        out.append(byte)
        if byte == 0xFF { out.append(0) }
        held -= 8
      }
    }

    mutating func difference(_ value: Int) {
      let category = Int.bitWidth - value.magnitude.leadingZeroBitCount
      append(Self.codes[category].1, count: Self.codes[category].0)
      append(value < 0 ? value - 1 : value, count: category)
    }

    mutating func finished() -> [UInt8] {
      if held > 0 { append(0x7F, count: 8 - held) }
      return out
    }
  }
}
