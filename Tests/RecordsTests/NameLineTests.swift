import CustodyCore
import Records
import Testing

@Suite struct NameLineTests {
  private static let text =
    #"{"index":1,"nonce":"000102030405060708090a0b0c0d0e0f","path":"a.csv","size":9,"kind":"text/csv","disposition":"examined","#
    + #""names":{"files":{"values":12380,"hashes":"AAAAAAAAAAAAAAAB////////"},"keys":{"values":1,"hashes":"AAAAAAAB"}}}"#

  @Test func oneSpelling() throws {
    let e = try InventoryLine.decode(Array(Self.text.utf8))
    #expect(e.names?.files?.values == 12_380 && e.names?.files?.hashes == [0, 1, 1 << 48 - 1])
    #expect(e.names?.keys?.hashes == [1])
    var out: [UInt8] = []
    InventoryLine.encode(e, into: &out)
    #expect(String(decoding: out, as: UTF8.self) == Self.text)
  }

  static let hostile: [(String, String, String)] = [
    ("AAAAAAAAAAAAAAAB////////", "////////AAAAAAAAAAAAAAAB", "ascend"),
    ("AAAAAAAAAAAAAAAB////////", "AAAAAAABAAAAAAAB", "ascend"), ("AAAAAAAAAAAAAAAB////////", "", "empty"),
    ("AAAAAAAAAAAAAAAB////////", "AAAA", "Base64"), ("AAAAAAAAAAAAAAAB////////", "AAAAAA==", "Base64"),
    ("AAAAAAAAAAAAAAAB////////", "AAAAAAA-", "Base64"), ("AAAAAAAAAAAAAAAB////////", "AAAAAAA\\", ""),
    (#""values":12380"#, #""values":2"#, "range"), (#""values":12380"#, #""values":0"#, "range"),
    (#""values":12380"#, #""values":-1"#, "number"), (#""values":12380"#, #""values":9007199254740992"#, "range"),
    (#""values":12380,"#, "", "member"), (#""names":{"#, #""names":{},"x":{"#, "member"),
    (#","keys":{"values":1,"hashes":"AAAAAAAB"}"#, ",", "member"),
    (#"},"keys":"#, #"}"keys":"#, "member"), (#""files":"#, #""keys":"#, "member"),
    (#","keys":"#, #","files":"#, "member"), (#""keys":{"values":1"#, #""keys":{"values":1,"values":1"#, "member"),
    (#""AAAAAAAB"}}}"#, #""AAAAAAAB"}},"notes":["a"]}"#, "member"),
    ("AAAAAAAAAAAAAAAB////////", String(repeating: "AAAAAAAB", count: 257), "more items"),
  ]

  /// Refused, with the place of the byte and nothing of the line.
  @Test(arguments: hostile) func refused(_ case: (String, String, String)) {
    let line = Self.text.replacing(`case`.0, with: `case`.1, maxReplacements: 1)
    #expect(line != Self.text)
    do {
      _ = try InventoryLine.decode(Array(line.utf8))
      Issue.record("taken: \(line)")
    } catch {
      #expect(error.code == "inventory.line" && error.location?.hasPrefix("byte ") == true)
      #expect(`case`.2.isEmpty || error.message.contains(`case`.2), "\(error.message): \(`case`.1)")
    }
  }

  @Test func fullSketchFitsTheLine() throws {
    let sketch = NameSketch(values: .max >> 10, hashes: (0..<256).map { UInt64($0) << 40 })
    let e = Examination(
      index: 0, nonce: Array(0..<16), locator: Locator("a"), size: 1, names: PictureNames(files: sketch, keys: sketch))
    var out: [UInt8] = []
    InventoryLine.encode(e, into: &out)
    #expect(try InventoryLine.decode(out) == e && out.count < 5000)
  }
}
