import CustodyCore
import Testing

@Suite struct TextTests {
  /// Law: decoding gives back what was encoded, for every length.
  @Test func base64AndHex() {
    var state: UInt64 = 7
    for length in 0..<200 {
      let bytes = (0..<length).map { _ -> UInt8 in
        state = state &* 6_364_136_223_846_793_005 &+ 1
        return UInt8(truncatingIfNeeded: state >> 33)
      }
      #expect(Base64.decode(Base64.encode(bytes)) == bytes)
      #expect(Hex.decode(Hex.encode(bytes)) == bytes)
    }
    #expect(Base64.encode(Array("foobar".utf8)) == "Zm9vYmFy" && Base64.encode(Array("fo".utf8)) == "Zm8=")
    #expect(Base64.decode("Zm9vYg") == Array("foob".utf8) && Base64.decode("-_-_") == [0xFB, 0xFF, 0xBF])
  }

  @Test(arguments: ["Z", "Zm9vY", "Zm9v YmFy", "Zm9v=YmFy", "====", "Zg=", "é"])
  func noBase64(_ text: String) { #expect(Base64.decode(text) == nil) }

  @Test func digests() throws {
    let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    let digest = try #require(Digest(hex: text))
    #expect(digest.description == text && Digest(digest.bytes) == digest)
    #expect(Digest(hex: "ab") == nil && Digest([UInt8](repeating: 0, count: 31)) == nil && Hex.decode("abc") == nil)
  }

  @Test(arguments: [
    ("plain ü", "plain ü"), ("a\u{1B}[31mb", "a\\u{1b}[31mb"), ("x\u{202E}y", "x\\u{202e}y"), ("n\nl", "n\\u{a}l"),
    ("b\\s", "b\\\\s"), ("z\u{200B}w", "z\\u{200b}w"),
  ])
  func escapes(_ raw: String, _ shown: String) { #expect(Printable.escape(raw) == shown) }

  @Test func longTextIsCutInTheMiddle() {
    let shown = Printable.escape(String(repeating: "a", count: 5000) + "end", limit: 90)
    #expect(shown.count <= 92 && shown.hasSuffix("end") && shown.contains("…"))
  }

  @Test func locators() {
    let l = Locator("outer.tar").appending(Array("lane3/day.zip".utf8)).appending([0xFF, 0x61])
    #expect(l.description == "outer.tar!/lane3/day.zip!/\u{FFFD}a" && l.depth == 2)
    #expect(l.bytes == Array("outer.tar!/lane3/day.zip!/".utf8) + [0xFF, 0x61])
    #expect(Locator("x").appending([0xFF]) != Locator("x").appending([0xFE]))
  }

  @Test func attributesKeepTheirOrder() {
    var a: Attributes = ["width": 3, "gps": true]
    a["clock"] = "exif"
    a["width"] = 4
    #expect(a.entries.map(\.key) == ["width", "gps", "clock"] && a["width"] == .int(4))
    a["gps"] = nil
    #expect(a == ["width": 4, "clock": "exif"] && a != ["clock": "exif", "width": 4])
  }

  @Test func gradesAreOrdered() {
    #expect(Strength.weak < .strong && .strong < .proof && Severity.info < .low && Severity.high < .critical)
    #expect(DataClass.faceImage.modality == "face")
  }
}
