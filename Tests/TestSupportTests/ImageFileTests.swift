import TestSupport
import Testing

struct ImageFileTests {
  /// Segments of a JPEG up to the scan: marker, offset of the body, length of the body.
  private func segments(_ bytes: [UInt8]) -> [(marker: Int, at: Int, size: Int)] {
    let w = Walker(bytes)
    var out: [(Int, Int, Int)] = []
    var p = 2
    while let marker = w.number(p, 2), marker >> 8 == 0xFF, let length = w.number(p + 2, 2) {
      out.append((marker, p + 4, length - 2))
      p += 2 + length
      if marker == 0xFFDA { break }
    }
    return out
  }

  @Test(arguments: [(8, 8), (160, 120), (33, 17), (1, 1), (640, 480)])
  func jpegSegmentsChainAndTheScanDecodes(_ width: Int, _ height: Int) throws {
    let shade = { (x: Int, y: Int) in (x * 37 + y * 91) % 256 }
    let bytes = JPEGBuilder.encode(width: width, height: height, shade: shade)
    #expect(bytes.starts(with: [0xFF, 0xD8, 0xFF, 0xE0]))
    #expect(bytes.suffix(2) == [0xFF, 0xD9])
    let segments = segments(bytes)
    #expect(segments.map(\.marker) == [0xFFE0, 0xFFDB, 0xFFC0, 0xFFC4, 0xFFC4, 0xFFDA])
    let frame = try #require(segments.first { $0.marker == 0xFFC0 })
    let w = Walker(bytes)
    #expect(frame.size == 9)
    #expect(w.number(frame.at + 1, 2) == height)
    #expect(w.number(frame.at + 3, 2) == width)
    // An independent decoder of the means: prefix codes of table K.3, one zero bit for the rest of each block.
    let scan = try #require(segments.last)
    var bits: [Int] = []
    var p = scan.at + scan.size
    while p < bytes.count - 2 {
      bits += (0..<8).map { Int(bytes[p] >> (7 - UInt8($0)) & 1) }
      if bytes[p] == 0xFF {
        #expect(bytes[p + 1] == 0)
        p += 1
      }
      p += 1
    }
    let codes = ["00", "010", "011", "100", "101", "110", "1110", "11110", "111110", "1111110", "11111110"]
    var at = 0
    var mean = 0
    for row in 0..<(height + 7) / 8 {
      for column in 0..<(width + 7) / 8 {
        var code = ""
        while !codes.contains(code), at < bits.count {
          code += String(bits[at])
          at += 1
        }
        let category = try #require(codes.firstIndex(of: code))
        let value = bits[at..<(at + category)].reduce(0) { $0 << 1 | $1 }
        if category > 0 { mean += value >> (category - 1) == 1 ? value : value - (1 << category) + 1 }
        at += category
        #expect(bits[at] == 0)
        at += 1
        #expect(mean + 128 == shade(column, row))
      }
    }
    #expect(bits.count - at < 8, "only padding is left")
    #expect(bits[at...].allSatisfy { $0 == 1 })
  }

  @Test func exifHoldsTheCaptureTime() throws {
    let exif = JPEGBuilder.exif(capturedAt: RecordTime(2018, 11, 2, 14, 2, 58))
    let bytes = JPEGBuilder.testCard(exif: exif)
    let app1 = try #require(segments(bytes).first)
    #expect(app1.marker == 0xFFE1)
    #expect(app1.size == exif.count)
    let w = Walker(bytes)
    let tiff = app1.at + 6
    #expect(w.text(app1.at, 4) == "Exif")
    #expect(w.text(tiff, 2) == "MM")
    let ifd0 = tiff + (w.number(tiff + 4, 4) ?? 0)
    #expect(w.number(ifd0, 2) == 3)
    #expect(w.number(ifd0 + 2 + 24, 2) == 0x8769)
    let exifIFD = tiff + (w.number(ifd0 + 2 + 24 + 8, 4) ?? 0)
    #expect(w.number(exifIFD, 2) == 1)
    #expect(w.number(exifIFD + 2, 2) == 0x9003)
    let text = tiff + (w.number(exifIFD + 10, 4) ?? 0)
    #expect(w.text(text, 20) == "2018:11:02 14:02:58\0")
    #expect(text + 20 == app1.at + app1.size, "nothing lies beyond the strings")
  }

  @Test func pngChunksCarryTheirChecksums() throws {
    for (width, height) in [(1, 1), (64, 48), (300, 300)] {
      let bytes = PNGBuilder.testCard(width: width, height: height)
      let w = Walker(bytes)
      var p = 8
      var types: [String] = []
      var data: [UInt8] = []
      while let length = w.number(p, 4), let type = w.text(p + 4, 4) {
        types.append(type)
        let crc = bytes[(p + 4)..<(p + 8 + length)].reduce(0xFFFF_FFFF as UInt32) { c, b in
          (0..<8).reduce(c ^ UInt32(b)) { c, _ in c & 1 == 1 ? 0xEDB8_8320 ^ (c >> 1) : c >> 1 }
        }
        #expect(w.number(p + 8 + length, 4) == Int(~crc))
        if type == "IDAT" { data = Array(bytes[(p + 8)..<(p + 8 + length)]) }
        p += 12 + length
      }
      #expect(types == ["IHDR", "IDAT", "IEND"])
      #expect(p == bytes.count)
      #expect(w.number(16, 4) == width)
      #expect(w.number(20, 4) == height)
      // Stored blocks add up to the rows.
      var at = 2
      var total = 0
      var last = false
      while !last {
        last = data[at] == 1
        let size = Int(data[at + 1]) | Int(data[at + 2]) << 8
        #expect(size ^ 0xFFFF == Int(data[at + 3]) | Int(data[at + 4]) << 8)
        total += size
        at += 5 + size
      }
      #expect(total == height * (width + 1))
      #expect(at + 4 == data.count)
    }
  }

  @Test func knownChecksums() {
    #expect(Checksums.crc32("123456789".utf8) == 0xCBF4_3926)
    #expect(Checksums.adler32("Wikipedia".utf8) == 0x11E6_0398)
  }

  @Test func wsqSegmentsChain() throws {
    let bytes = WSQBuilder.structure(width: 256, height: 300, seed: 9)
    let w = Walker(bytes)
    var p = 2
    var markers: [Int] = []
    #expect(w.number(0, 2) == 0xFFA0)
    while let marker = w.number(p, 2), marker != 0xFFA1 {
      #expect((0xFFA2...0xFFA8).contains(marker))
      markers.append(marker & 0xFF)
      let length = try #require(w.number(p + 2, 2))
      switch marker {
      case 0xFFA2:
        #expect(length == 17)
        #expect(w.number(p + 6, 2) == 300)
        #expect(w.number(p + 8, 2) == 256)
      case 0xFFA4: #expect(length == 58)
      case 0xFFA5: #expect(length == 389)
      case 0xFFA6: #expect(length == 19 + bytes[(p + 5)..<(p + 21)].reduce(0) { $0 + Int($1) })
      case 0xFFA8: #expect(w.text(p + 4, 11) == "NIST_COM 8\n")
      default: break
      }
      p += 2 + length
      // After SOB come entropy bytes, in which FF is always stuffed.
      if marker == 0xFFA3 { while let pair = w.number(p, 2), pair >> 8 != 0xFF || pair == 0xFF00 { p += 1 } }
    }
    #expect(markers == [0xA8, 0xA4, 0xA5, 0xA2, 0xA6, 0xA3, 0xA6, 0xA3, 0xA3])
    #expect(p + 2 == bytes.count)
  }
}
