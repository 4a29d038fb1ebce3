import CustodyCore
import TestSupport
import Testing

@testable import Detection

/// Pictures that are bare samples in streams of a PDF become files.
@Suite struct PDFPictureTests {
  static let side = 12
  static func samples(_ perPixel: Int) -> [UInt8] {
    (0..<(side * side * perPixel)).map { UInt8(truncatingIfNeeded: $0 * 7) }
  }

  static func file(_ dictionary: String, _ content: [UInt8]) -> [UInt8] {
    let data = PDFExample.stored(content)
    return Array(
      "%PDF-1.7\n3 0 obj\n<</Length 3>>\nstream\nabc\nendstream\nendobj\n1 0 obj\n<</Type/XObject/Subtype /Image \(dictionary) /Filter/FlateDecode /Length \(data.count)>>\nstream\r\n"
        .utf8) + data + Array("\nendstream\nendobj\n%%EOF\n".utf8)
  }
  static let size = "/Width \(side)/Height \(side)"

  private func content(_ dictionary: String, _ content: [UInt8]) -> [UInt8]? {
    let facts = examine(Self.file(dictionary, content), catalog: CompiledCatalog([PDFStreams()]))
    #expect(facts.contents.count <= 1 && facts.contents.allSatisfy { $0.encoding == .samples && $0.isWhole })
    return facts.contents.first?.bytes
  }
  private func pnm(_ form: Int, _ most: Int = 255) -> [UInt8] {
    Array("P\(form)\n\(Self.side) \(Self.side)\n\(most)\n".utf8)
  }

  @Test func plainForms() {
    let (grey, rgb, cmyk) = (Self.samples(1), Self.samples(3), Self.samples(4))
    #expect(content("\(Self.size)/ColorSpace/DeviceGray/BitsPerComponent 8", grey) == pnm(5) + grey)
    #expect(content("\(Self.size) /ColorSpace /DeviceRGB /BitsPerComponent 8", rgb) == pnm(6) + rgb)
    // What a reference says is told by the number of samples.
    #expect(content("\(Self.size)/ColorSpace 9 0 R/BitsPerComponent 8", rgb) == pnm(6) + rgb)
    #expect(content("\(Self.size)/ColorSpace[/ICCBased 9 0 R]/BitsPerComponent 8", grey) == pnm(5) + grey)
    #expect(
      content("\(Self.size)/ColorSpace/DeviceGray/BitsPerComponent 16", Self.samples(2)) == pnm(5, 65_535)
        + Self.samples(2))
    let converted = (0..<(Self.side * Self.side)).flatMap { i in
      (0..<3).map { UInt8(clamping: 255 - Int(cmyk[4 * i + $0]) - Int(cmyk[4 * i + 3])) }
    }
    #expect(content("\(Self.size)/ColorSpace/DeviceCMYK/BitsPerComponent 8", cmyk) == pnm(6) + converted)
    let mask = [UInt8](repeating: 0xA5, count: 2 * Self.side)
    #expect(
      content("\(Self.size)/ImageMask true", mask) == Array("P4\n\(Self.side) \(Self.side)\n".utf8) + mask.map { ~$0 })
    // A picture that breaks off.
    #expect(
      content("\(Self.size)/ColorSpace/DeviceGray/BitsPerComponent 8", Array(grey.dropLast(40)))
        == pnm(5) + grey.dropLast(40) + [UInt8](repeating: 0, count: 40))
  }

  @Test func palettes() {
    let indices = Self.samples(1).map { $0 & 1 }
    let file = content("\(Self.size)/ColorSpace[/Indexed/DeviceRGB 1<0A0B0C F0F1F2>]/BitsPerComponent 8", indices)
    #expect(file == pnm(6) + indices.flatMap { $0 == 0 ? [10, 11, 12] : [240, 241, 242] })
    #expect(content("\(Self.size)/ColorSpace[/Indexed/DeviceRGB 1 8 0 R]/BitsPerComponent 8", indices) == nil)
  }

  @Test func predictorsBecomePNG() throws {
    let rows = (0..<Self.side).flatMap { [UInt8(0)] + Self.samples(3)[(36 * $0)..<(36 * $0 + 36)] }
    let parameters = "/DecodeParms<</Predictor 15/Colors 3/BitsPerComponent 8/Columns \(Self.side)>>"
    let file = try #require(content("\(Self.size)/ColorSpace 9 0 R/BitsPerComponent 8 \(parameters)", rows))
    let facts = examine(file)
    #expect(facts.kind.rawValue == "image/png" && facts.attributes["width"] == .int(Int64(Self.side)))
    // Every checksum holds, and the compressed samples are those of the PDF.
    let raw = file.span.bytes
    var at = 8
    var types: [String] = []
    while let length = raw.u32(at), let stored = raw.u32(at + 8 + length) {
      types.append(String(decoding: file[(at + 4)..<(at + 8)], as: UTF8.self))
      #expect(PNG.crc(raw, at + 4, length + 4) == UInt32(truncatingIfNeeded: stored))
      if types.last == "IDAT" { #expect(Array(file[(at + 8)..<(at + 8 + length)]) == PDFExample.stored(rows)) }
      at += 12 + length
    }
    #expect(types == ["IHDR", "IDAT", "IEND"])
  }

  @Test(
    "what is no picture makes none",
    arguments: [
      "/Width 12/Height 9000000/ColorSpace/DeviceGray/BitsPerComponent 8", "/Width 0/Height 12/BitsPerComponent 8",
      "/Width 12/BitsPerComponent 8", "/Width 4 0 R/Height 12/BitsPerComponent 8",
      "/Width 65000/Height 65000/ColorSpace/DeviceGray/BitsPerComponent 8",
      "/Width 12/Height 12/ColorSpace/DeviceGray/BitsPerComponent 4",
      "/Width 12/Height 12/BitsPerComponent 999999999",
    ])
  func others(_ dictionary: String) { #expect(content(dictionary, Self.samples(1)) == nil) }

  @Test func damagedDictionariesHarmNobody() {
    let good = Self.file(
      "\(Self.size)/ColorSpace[/Indexed/DeviceRGB 1<0A0B0C F0F1F2>]/BitsPerComponent 8", Self.samples(1))
    var random = SplitMix(3)
    for _ in 0..<3000 {
      var bytes = good
      for _ in 0..<(1 + random.below(5)) {
        bytes[random.below(260)] = [0x20, 0x2F, 0x39, 0x3C, UInt8(random.below(256))][random.below(5)]
      }
      _ = examine(bytes, catalog: CompiledCatalog([PDFStreams()]))
    }
  }
}
