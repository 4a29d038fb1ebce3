import CustodyCore
import Testing

@testable import Detection

/// Flate streams of PDF files: read, bounded, damaged.
@Suite struct PDFStreamsTests {
  private func facts(_ bytes: [UInt8]) -> EntryFacts {
    bytes.withUnsafeBytes { EntryExaminer.examineWhole($0, name: Array("a.pdf".utf8)) }
  }

  private func inflate(_ bytes: [UInt8], limit: Int = 1 << 20) -> Inflater.Result? {
    bytes.withUnsafeBytes { Inflater.inflate(RawSpan(_unsafeBytes: $0), limit: limit) }
  }

  /// What unpacking costs is known to whoever examines documents in documents.
  @Test func unpackedBytesAreCounted() {
    let small = PDFExample.file([UInt8](repeating: 0x61, count: 100), filter: "/FlateDecode")
    #expect(examine(small).unpacked == PDFStreams.leastCost - small.count)
    #expect(examine(small, chunks: [7, 100]).unpacked == examine(small).unpacked)
  }

  @Test func streamsAreTakenApart() throws {
    let content = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let stream = PDFExample.stored(content)
    let whole = try #require(inflate(stream + [1, 2, 3]))
    #expect(whole.bytes == content && whole.isWhole && !whole.isCut && whole.consumed == stream.count)
    let cut = try #require(inflate(stream, limit: 100))
    #expect(cut.bytes == Array(content.prefix(100)) && cut.isCut && !cut.isWhole)
    let torn = try #require(inflate(Array(stream.dropLast(2000))))
    #expect(!torn.isWhole && !torn.isCut && torn.bytes == Array(content.prefix(torn.bytes.count)))
    #expect(inflate([0x78]) == nil && inflate([0x12, 0x34, 0x56]) == nil)
  }

  /// RFC 1950 data of a megabyte of zeros, as zlib writes it.
  @Test func aBombGivesNoMoreThanTheLimit() throws {
    let result = try #require(inflate(Self.bomb(), limit: 1 << 20))
    #expect(result.bytes.count == 1 << 20 && result.isCut && result.bytes.allSatisfy { $0 == 0 })
  }

  private static func bomb() -> [UInt8] {
    // One fixed block of zeros: literal 0, then copies of 258 from distance 1 (RFC 1951 section 3.2.6), bits first to last.
    var bits: [Bool] = [true, true, false]
    func code(_ value: Int, _ count: Int) { for i in (0..<count).reversed() { bits.append(value >> i & 1 == 1) } }
    code(0x30, 8)
    for _ in 0..<100_000 {
      code(0xC5, 8)
      code(0, 5)
    }
    code(0, 7)
    var bytes: [UInt8] = [0x78, 0x9C]
    for start in stride(from: 0, to: bits.count, by: 8) {
      var byte: UInt8 = 0
      for i in 0..<8 where start + i < bits.count && bits[start + i] { byte |= 1 << UInt8(i) }
      bytes.append(byte)
    }
    return bytes
  }

  @Test func everyStreamOfAFileIsLookedAt() {
    let record = FMRExamples.iso2005()
    let two = PDFExample.file(record, filter: "/FlateDecode") + PDFExample.file(record + [0], filter: "/FlateDecode")
    let found = facts(two).observations.filter { $0.dataClass == .fingerTemplate && $0.strength == .proof }
    #expect(found.count == 2)
    #expect(Set(found.compactMap { $0.place?.offset }).count == 2)
    #expect(facts(two).disposition == .partial)
  }

  /// The dictionary may say what it likes: longer than a page, another filter within it, a remark behind it.
  @Test func theDictionaryHidesNothing() {
    let data = PDFExample.stored(FMRExamples.iso2005())
    let dictionaries = [
      "<< /Filter /FlateDecode /X (\(String(repeating: "y", count: 5000))) >>\nstream\n",
      "<< /Filter /FlateDecode /X << /Filter /None >> >>\nstream\n", "<< /Filter /FlateDecode >>% x\nstream\n",
      "<< >>\nstream \r",
    ]
    for dictionary in dictionaries {
      let bytes = Array("%PDF-1.5\n1 0 obj\n\(dictionary)".utf8) + data + Array("\nendstream\nendobj\n%%EOF".utf8)
      #expect(facts(bytes).observations.contains { $0.dataClass == .fingerTemplate }, "\(dictionary.prefix(60))")
    }
    // A stream that ends nowhere takes the bytes behind it and hides nothing in them.
    let swallowing = Array("%PDF-1.5\n<<>>stream\n".utf8) + [0x78, 0x01, 1, 0xFF, 0x7F, 0, 0x80]
    #expect(!facts(swallowing + PDFExample.file(FMRExamples.iso2005(), filter: "/FlateDecode")).observations.isEmpty)
  }

  @Test func limitsAreSaid() {
    let record = FMRExamples.iso2005()
    let cut = facts(Array("%PDF-1.5\n<< >>\nstream\n".utf8) + Self.bomb())
    #expect(cut.disposition == .limited && cut.reason == .expandedBytesLimit)
    let beyond = facts(Array("%PDF-1.5\n% ".utf8) + [UInt8](repeating: 0x78, count: 17 << 20))
    #expect(beyond.disposition == .limited && beyond.reason == .recordWindowLimit)
    // Words alone cost nothing, beginnings of streams cost the budget.
    let words = Array(String(repeating: "stream ", count: 100_001).utf8)
    #expect(
      facts(Array("%PDF-1.5\n".utf8) + words + PDFExample.file(record, filter: "/FlateDecode")).observations.count == 1)
    let beginnings = (0..<70_000).flatMap { _ in Array("stream\nx\u{1}".utf8) }
    let many = facts(Array("%PDF-1.5\n".utf8) + beginnings)
    #expect(many.disposition == .limited && many.reason == .expandedBytesLimit)
  }

  /// What an examination inside could not look at is said outside.
  @Test func limitsInsideAreSaidOutside() {
    // Arrays of objects whose pickles claim more than there is: each is worth a window of all of it.
    let array = NumPySample.array("|O", [1], [0x80, 4, 0x42, 0xFF, 0xFF, 0xFF, 0x0F])
    let content = [0x20] + (0..<400).flatMap { _ in array } + [UInt8](repeating: 0x20, count: 1 << 20)
    #expect(examine(content).disposition == .limited)
    let outer = facts(PDFExample.file(content, filter: "/FlateDecode"))
    #expect(outer.disposition == .limited && outer.notes.contains { $0.hasPrefix("inside: ") })
    let locked = facts(
      PDFExample.file(Array("age-encryption.org/v1\n-> X25519 abcdefghijklmnop\n".utf8), filter: "/FlateDecode"))
    let twice = facts(PDFExample.file(PDFExample.stored(FMRExamples.iso2005()), filter: "/FlateDecode"))
    #expect(twice.notes.isEmpty && !twice.observations.isEmpty)
    // What cannot be opened is an entry of its own, with its own disposition.
    #expect(locked.disposition == .partial && locked.contents.map { examine($0.bytes).reason } == [.encrypted])
  }

  @Test("damaged files harm nobody")
  func mutations() {
    let good = PDFExample.file(FMRExamples.iso2005() + [UInt8](repeating: 0x41, count: 600), filter: "[/FlateDecode]")
    var state: UInt64 = 3
    func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    for _ in 0..<10_000 {
      var bytes = good
      for _ in 0...next(5) { bytes[next(bytes.count)] = UInt8(next(256)) }
      if next(4) == 0 { bytes.removeLast(next(bytes.count - 20)) }
      _ = bytes.withUnsafeBytes { raw in
        PDFStreams().detect(
          RawSpan(_unsafeBytes: raw), at: 0,
          context: DetectionContext(windowOffset: 0, windowReachesEnd: true, windowIsFinal: true, kind: PDFStreams.kind)
        )
      }
    }
  }
}
