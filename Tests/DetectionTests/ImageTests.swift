import CustodyCore
import Testing

@testable import Detection

@Suite struct ImageTests {
  @Test(arguments: ImageSamples.all.indices) func kindAndSize(_ i: Int) {
    let sample = ImageSamples.all[i]
    let facts = examine(sample.bytes, name: sample.fileName)
    #expect(facts.kind.rawValue == sample.kind, "\(sample.name)")
    #expect(facts.attributes["width"] == .int(Int64(sample.width)), "\(sample.name)")
    #expect(facts.attributes["height"] == .int(Int64(sample.height)), "\(sample.name)")
    #expect(facts.disposition == .partial && facts.reason == .pixelsNotExamined, "\(sample.name)")
    #expect(facts.observations.isEmpty, "a picture by itself is no observation")
    for chunks in [[1], [13, 100], [4096]] {
      #expect(examine(sample.bytes, chunks: chunks, name: sample.fileName) == facts, "\(sample.name) in \(chunks)")
    }
  }

  @Test(arguments: [
    ("JPEG", ImageSamples.jpeg(exif: ImageSamples.tiff(exif: true))),
    ("TIFF", ImageSamples.tiff(little: false, exif: true)),
    ("PNG", ImageSamples.png(chunks: [("eXIf", ImageSamples.tiff(exif: true))])),
    ("WebP", ImageSamples.webp("VP8X", exif: ImageSamples.tiff(exif: true))),
    ("HEIC", ImageSamples.heif(brand: "heic", exif: ImageSamples.tiff(exif: true))),
    ("RAF", ImageSamples.rafFile()), ("CR3", ImageSamples.cr3()),
  ]) func exif(_ name: String, _ bytes: [UInt8]) {
    let facts = examine(bytes)
    #expect(facts.attributes["camera"] == true, "\(name)")
    if name != "CR3" {
      #expect(facts.attributes["capturedAt"] == "2018-11-02T14:02:58-05:00", "\(name)")
      #expect(facts.attributes["clock"] == "exif" && facts.attributes["gps"] == true, "\(name)")
    }
  }

  @Test func exifThatSaysNothing() {
    for date in [
      "0000:00:00 00:00:00", "    :  :     :  :  ", "2018:02:30 10:00:00", "2018:13:01 10:00:00", "abcdefghijklmnopqrs",
    ] {
      let facts = examine(ImageSamples.tiff(exif: true, date: date))
      #expect(facts.attributes["capturedAt"] == nil, "\(date)")
      #expect(facts.attributes["clock"] == nil)
    }
    for gps in [[(0, 1), (0, 1), (0, 1)], [(40, 0), (1, 1), (0, 1)], [(0, 0), (0, 0), (0, 0)]] {
      #expect(examine(ImageSamples.tiff(exif: true, gps: gps)).attributes["gps"] == nil)
    }
    #expect(examine(ImageSamples.tiff(exif: true, gps: [(40, 1), (0, 0), (0, 0)])).attributes["gps"] == true)
    #expect(examine(ImageSamples.tiff(exif: true, zone: "noise!")).attributes["capturedAt"] == "2018-11-02T14:02:58")
  }

  /// A thumbnail inside Exif is not the picture.
  @Test func thumbnailDoesNotCount() {
    let thumbnail = ImageSamples.jpeg(width: 16, height: 16)
    let facts = examine(ImageSamples.jpeg(width: 900, height: 700, exif: ImageSamples.tiff(exif: true) + thumbnail))
    #expect(facts.attributes["width"] == 900)
  }

  @Test func directoriesThatLoopEnd() {
    // The next directory is the first one, and a sub-directory is, too.
    var bytes = ImageSamples.tiff(extra: [(0x14A, 4, 1, 8)])
    let next = 8 + 2 + 3 * 12
    bytes.replaceSubrange(next..<(next + 4), with: le32(8))
    #expect(examine(bytes).attributes["width"] == 320)
  }

  @Test func regionsInsidePictures() {
    let packet = Array("http://ns.adobe.com/xap/1.0/\0".utf8) + RegionSample.mwg([("Face", "A. Person"), ("Face", "")])
    var jpeg = ImageSamples.jpeg()
    jpeg.insert(contentsOf: [0xFF, 0xE1] + be16(packet.count + 2) + packet, at: 2)
    let facts = examine(jpeg)
    #expect(summary(facts) == ["face.image proof x1", "face.image strong x1"])
    #expect(facts.attributes["width"] == 320)

    let png = ImageSamples.png(chunks: [
      ("iTXt", Array("XML:com.adobe.xmp\0\0\0\0\0".utf8) + RegionSample.mwg([("Face", "")]))
    ])
    #expect(summary(examine(png)) == ["face.image strong x1"])
    #expect(examine(png, chunks: [50]) == examine(png))
  }

  @Test func extendedPacket() {
    let packet = RegionSample.mwg([("Face", "A. Person")])
    // Without the wrapper, so that only joining the parts can find it.
    let body = Array(packet.dropFirst(12))
    let guid = Array("0123456789ABCDEF0123456789ABCDEF".utf8)
    var jpeg = ImageSamples.jpeg()
    let half = body.count / 3
    for (from, to) in [(half, body.count), (0, half)] {
      let part =
        Array("http://ns.adobe.com/xmp/extension/\0".utf8) + guid + be32(body.count) + be32(from) + body[from..<to]
      jpeg.insert(contentsOf: [0xFF, 0xE1] + be16(part.count + 2) + part, at: 2)
    }
    #expect(summary(examine(jpeg)) == ["face.image proof x1"])
  }
}

/// Bytes made to hurt.
@Suite struct HostileImageTests {
  @Test(arguments: ImageSamples.all.indices) func cutAnywhere(_ i: Int) {
    let sample = ImageSamples.all[i]
    for count in 0..<sample.bytes.count {
      let facts = examine(Array(sample.bytes[..<count]), name: sample.fileName)
      #expect(facts.observations.isEmpty)
      if count > 12, facts.kind.rawValue == sample.kind, let width = facts.attributes["width"] {
        // What was measured is right, whatever is missing; a tile's size may stand in for a missing association.
        #expect([.int(Int64(sample.width)), 512, 160, 16].contains(width), "\(sample.name) cut at \(count)")
      }
    }
  }

  /// Every 32-bit field set to the values that break arithmetic.
  @Test(arguments: ImageSamples.all.indices) func extremeNumbers(_ i: Int) {
    let sample = ImageSamples.all[i]
    for at in stride(from: 2, to: min(sample.bytes.count - 4, 400), by: 1) {
      for value in [0, 1, 0x7FFF_FFFF, 0xFFFF_FFFF] {
        var bytes = sample.bytes
        bytes.replaceSubrange(at..<(at + 4), with: be32(value))
        let facts = examine(bytes, name: sample.fileName)
        #expect(facts.attributes["width"].map { if case .int(let n) = $0 { n >= 0 } else { false } } ?? true)
      }
    }
  }

  @Test func seededMutations() {
    var random = SplitMix(42)
    for _ in 0..<2500 {
      let sample = ImageSamples.all[random.below(ImageSamples.all.count)]
      var bytes = sample.bytes
      for _ in 0..<(1 + random.below(6)) {
        let at = random.below(bytes.count)
        switch random.below(4) {
        case 0: bytes[at] = UInt8(random.below(256))
        case 1: bytes[at] = [0, 0xFF, 0x7F, 0x80][random.below(4)]
        case 2: bytes.removeSubrange(at..<min(bytes.count, at + 1 + random.below(8)))
        default: bytes.insert(contentsOf: random.bytes(random.below(9)), at: at)
        }
        if bytes.isEmpty { bytes = [0] }
      }
      let facts = examine(bytes, name: sample.fileName)
      #expect(!facts.observations.contains { $0.strength > .weak })
      #expect((facts.disposition == .examined) == (facts.reason == nil))
    }
  }
}
