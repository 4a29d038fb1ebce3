import CustodyCore
import Testing

@Suite struct NameTests {
  private func hash(_ text: String) -> UInt64? { PictureName(Array(text.utf8))?.hash }

  @Test(arguments: [
    "000123.jpg", "000123.JPG", "000123", "000123.tiff", "lane3/000123.jpg", #"D:\lane3\000123.JPEG"#,
    "https://example.org/a/000123.png?size=2&b=/x.jpg", #"\\server\share/000123.wsq"#,
  ])
  func oneName(_ text: String) {
    #expect(hash(text) == hash("000123.jpg"))
  }

  @Test(arguments: ["000124.jpg", "000123.txt", "000123.jpg.bak", "0001230.jpg", "00123.jpg", "000123 .jpg"])
  func another(_ text: String) {
    #expect(hash(text) != hash("000123.jpg"))
  }

  @Test(arguments: ["", "/", "lane3/", ".jpg", "a/.JPG", "?x.jpg", #"\"#])
  func noName(_ text: String) {
    #expect(hash(text) == nil)
  }

  @Test func extensions() {
    for (text, isPicture) in [
      ("a.jpg", true), ("a.JfIf", true), ("a.b.png", true), ("a.csv", false), ("a", false), ("a.jpgx", false),
      ("a.jpg/b", false), ("ajpg", false), ("a.webp?x", true), ("a.", false),
    ] {
      #expect(PictureName(Array(text.utf8))?.isPicture == isPicture, "\(text)")
    }
  }

  /// Letters beyond ASCII are folded where the name is UTF-8; other bytes stay what they are.
  @Test func otherLetters() {
    #expect(hash("ÄÖ-Журнал.jpg") == hash("äö-журнал.JPG"))
    #expect(hash("é.jpg") != hash("e.jpg"))
    #expect(PictureName([0xFF, 0x41])?.hash == PictureName([0xFF, 0x61])?.hash)
    #expect(PictureName([0xFF, 0x41])?.hash != PictureName([0xFE, 0x41])?.hash)
  }

  @Test func sampleOfAFewNamesIsWhole() {
    var sample = NameSample(limit: 4)
    for h in [9, 3, 9, 5, 9] as [UInt64] { sample.add(h) }
    #expect(sample.names.map(\.hash) == [3, 5, 9] && sample.names.map(\.times) == [1, 1, 3] && sample.total == 5)
    #expect(sample.sketch?.isWhole == true && sample.sketch?.values == 5)
    #expect(NameSample(limit: 4).sketch == nil)
  }

  /// The order of names, how they are spread over samples, and merging change nothing.
  @Test func orderAndMergingChangeNothing() {
    var random = SystemRandomNumberGenerator()
    let names = (0..<3000).map { hash("name \($0 % 1100)") ?? 0 }
    var whole = NameSample(limit: 64)
    names.forEach { whole.add($0) }
    for parts in [2, 7] {
      var pieces = [NameSample](repeating: NameSample(limit: 64), count: parts)
      for (i, name) in names.shuffled(using: &random).enumerated() { pieces[i % parts].add(name) }
      let merged = pieces.dropFirst().reduce(into: pieces[0]) { $0.merge($1) }
      #expect(merged == whole && merged.names == whole.names)
    }
    #expect(whole.names.count == 64)
    #expect(whole.names.allSatisfy { (2...3).contains($0.times) })
    let all = Set(names).sorted().prefix(64)
    #expect(whole.names.map(\.hash) == Array(all))
  }

  /// How many values a line had is its writer's word.
  @Test func totalsStopAtTheLargestNumber() throws {
    let sketch = try #require(NameSketch(values: .max, hashes: [1, 2]))
    var one = NameSample(limit: 64)
    one.merge(sketch)
    let other = one
    one.merge(other)
    one.merge(sketch)
    #expect(one.total == .max && one.names.map(\.times) == [3, 3])
  }

  @Test func timesStop() {
    var sample = NameSample(limit: 2)
    for _ in 0..<70_000 { sample.add(7) }
    #expect(sample.names == [NameSample.Name(hash: 7, times: 65_535)] && sample.total == 70_000)
  }

  /// The smallest hashes of many names lie where those of as many random numbers would.
  @Test func hashesAreEvenlySpread() {
    for prefix in ["", "IMG_", "lane3-2018-11-02-"] {
      let all = (0..<20_000).compactMap { hash(prefix + String($0) + ".jpg") }.sorted()
      #expect(Set(all).count == 20_000)
      let place = Double(all[255]) / Double(UInt64(1) << PictureName.bits)
      #expect((0.8...1.25).contains(place / (256.0 / 20_000)), "\(prefix)")
    }
  }

  @Test func sketchesAreChecked() {
    #expect(NameSketch(values: 2, hashes: [1, 2]) != nil)
    for (values, hashes) in [
      (1, [1, 2]), (0, []), (5, []), (2, [2, 1]), (2, [1, 1]), (1, [1 << 48]), (300, Array(0..<257)),
    ] as [(Int, [UInt64])] {
      #expect(NameSketch(values: values, hashes: hashes) == nil)
    }
    #expect(PictureNames(files: nil, keys: nil) == nil)
  }
}
