import CustodyCore
import Foundation
import Snapshots
import TestSupport
import Testing

/// Streams of RFC 1950, and the objects of git that are such streams.
@Suite struct ZlibTests {
  static let note = Array("a note of few words\n".utf8)
  static let noise: [UInt8] = {
    var generator = SeededGenerator(seed: 1950)
    return (0..<200_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
  }()
  static let text = Array(String(repeating: "P<UTOERIKSSON<<ANNA<MARIA<<<\n", count: 5000).utf8)
  static let zip = HandBuilt.zip([.init("lane/a.jpg", [0xFF, 0xD8, 0xFF, 0xE0] + [UInt8](repeating: 7, count: 300))])

  /// Reads it as a file and as a stream, which have to agree.
  static func read(_ bytes: [UInt8], name: String = "x", limits: SnapshotLimits = SnapshotLimits()) throws
    -> RecordingSink
  {
    let file = try Feed.file(bytes, name: name, limits: limits)
    let stream = try Feed.stream(bytes, name: name, limits: limits)
    func withoutLength(_ text: String) -> String {
      text.replacingOccurrences(of: #"@([0-9]+)\+[0-9]+"#, with: "@$1", options: .regularExpression)
    }
    #expect(file.verdicts.map(withoutLength) == stream.verdicts.map(withoutLength))
    #expect(file.entries.map(\.content) == stream.entries.map(\.content))
    #expect(file.broken.isEmpty && stream.broken.isEmpty)
    return file
  }

  @Test(arguments: [note, noise, text, []])
  func content(_ content: [UInt8]) throws {
    for (name, bytes, member) in [
      ("card.fmr.zz", GitObjects.zlib(content), "card.fmr"), ("x", GitObjects.stored(content), "data"),
    ] {
      let sink = try Self.read(bytes, name: name)
      #expect(sink.verdicts == ["\(name)!/\(member): ok"])
      #expect(sink.entries.first?.content == content)
    }
  }

  @Test func inAnArchiveAndAroundOne() throws {
    let inner = GitObjects.zlib(ArchiveBuilder.archive("ustar", [BuiltMember("a.txt", Self.note)]))
    let bytes = ArchiveBuilder.archive("ustar", [BuiltMember("day.zlib", inner), BuiltMember("b", Self.note)])
    let sink = try Self.read(bytes)
    #expect(sink.verdicts == ["x!/day.zlib!/a.txt: ok", "x!/day.zlib: ok", "x!/b: ok"])
    #expect(sink.entry("x!/day.zlib")?.header.kind?.rawValue == "application/zlib")
    #expect(sink.entry("x!/day.zlib!/a.txt")?.content == Self.note)
  }

  @Test func streamsOneAfterTheOther() throws {
    let parts = [GitObjects.zlib(Self.note), GitObjects.stored(Self.text), GitObjects.zlib(Self.noise)]
    let sink = try Self.read(Array(parts.joined()) + Array("words behind them".utf8))
    let (second, third) = (parts[0].count, parts[0].count + parts[1].count)
    let end = third + parts[2].count
    #expect(sink.paths == ["x!/data", "x!/@\(second)", "x!/@\(third)", "x!/@\(end)+17"])
    #expect(sink.entries.map(\.content) == [Self.note, Self.text, Self.noise, Array("words behind them".utf8)])
    #expect(sink.entries.allSatisfy { $0.verdict == "ok" })
    // Many of them are no nesting.
    let many = try Self.read(Array((0..<300).map { _ in parts[0] }.joined()))
    #expect(many.entries.count == 300 && many.entries.allSatisfy { $0.content == Self.note })
  }

  @Test(arguments: ["blob", "tree", "commit", "tag"])
  func looseObjects(kind: String) throws {
    for content in [Self.note, Self.noise, [], Self.zip] {
      let path = "objects/" + GitObjects.id(kind, content)
      let bytes = ArchiveBuilder.archive("ustar", [BuiltMember(path, GitObjects.loose(kind, content))])
      let sink = try Self.read(bytes)
      let member = sink.entry("x!/\(path)!/\(kind)")
      #expect(member?.content == content && member?.verdict == "ok")
      #expect(member?.header.declaredSize == UInt64(content.count))
      #expect(sink.entry("x!/\(path)")?.verdict == "ok")
      #expect((sink.entry("x!/\(path)!/\(kind)!/lane/a.jpg") != nil) == (content == Self.zip))
    }
  }

  @Test func objectsThatLieAboutTheirSize() throws {
    for (size, verdict, isWhole) in [(3, "failed corrupt", true), (1_000_000, "failed corrupt", false)] {
      let sink = try Self.read(GitObjects.loose("blob", Self.noise, size: size))
      #expect(sink.entry("x!/blob")?.content == Self.noise)
      #expect(sink.entry("x!/blob")?.verdict == verdict)
      #expect(sink.entry("x!/blob")?.outcome?.contentComplete == isWhole)
      #expect(sink.entry("x")?.verdict == "failed corrupt")
    }
  }

  /// Which are not quite the head of an object stay content.
  @Test(arguments: [
    "blob 07\0", "blob -7\0", "blob \0", "blob 7", "blobs 7\0", "blob 99999999999999999999\0", "note 7\0",
  ])
  func noObjects(head: String) throws {
    let content = Array(head.utf8) + Self.note
    #expect(try Self.read(GitObjects.zlib(content)).entry("x!/data")?.content == content)
  }

  @Test func damage() throws {
    var broken = GitObjects.zlib(Self.noise)
    for i in 0..<64 { broken[100_000 + i] ^= 0x55 }
    var sum = GitObjects.zlib(Self.noise)
    sum[sum.count - 1] ^= 1
    let whole = GitObjects.zlib(Self.noise)
    for (bytes, verdict) in [
      (broken, "failed corrupt"), (sum, "failed corrupt"), (Array(whole.dropLast(2)), "failed truncated"),
      (Array(whole.prefix(100_000)), "failed truncated"),
    ] {
      let sink = try Self.read(bytes)
      #expect(sink.verdicts == ["x!/data: " + verdict, "x: " + verdict])
      #expect(sink.entries.first?.outcome?.contentComplete == false)
    }
  }

  /// Files that only begin as a stream does.
  @Test func others() throws {
    let words = Array(String(repeating: "x^2 + y^2 = z^2 has more solutions than one thinks\n", count: 50).utf8)
    var dictionary = GitObjects.zlib(Self.text)
    dictionary.replaceSubrange(0..<2, with: [0x78, 0xBB, 1, 2, 3, 4])
    for bytes: [UInt8] in [
      words, Array(words.prefix(11)), [0x78, 0x9C], [0x78, 0x9C] + Self.noise, [0x78, 0x01] + Self.noise.reversed(),
      [0x78, 0xDA] + [UInt8](repeating: 0, count: 4096), [0x78, 0x9D] + GitObjects.zlib(Self.text).dropFirst(2),
      Array(GitObjects.zlib(Self.text).prefix(200)), dictionary,
    ] {
      let sink = try Self.read(bytes)
      #expect(sink.verdicts == ["x: ok"])
      #expect(sink.entries.first?.header.kind == nil)
    }
    // A disk does not become another thing by what stands in its first bytes.
    var tar = ArchiveBuilder.archive("ustar", [BuiltMember("a.txt", Self.note)])
    let name = Array(GitObjects.stored([1]))
    tar.replaceSubrange(0..<name.count, with: name)
    tar.replaceSubrange(148..<156, with: [UInt8](repeating: 0x20, count: 8))
    let total = String(tar[0..<512].reduce(0) { $0 + Int($1) }, radix: 8)
    tar.replaceSubrange(148..<148 + total.utf8.count, with: Array(total.utf8))
    #expect(try Self.read(tar).entries.first?.content == Self.note)
  }

  /// An image whose pieces are such streams is what it was: not read, and said to be so.
  @Test func diskImagesOfApple() throws {
    let trailer = Array("koly".utf8) + [0, 0, 0, 4, 0, 0, 2, 0] + [UInt8](repeating: 1, count: 500)
    let sink = try Self.read(GitObjects.zlib(Self.text) + trailer)
    #expect(sink.entry("x")?.verdict == "opaque unsupported-format")
    #expect(sink.entry("x!/data")?.content == Self.text)
  }

  @Test func limits() throws {
    let zeros = GitObjects.zlib([UInt8](repeating: 0, count: 4 << 20))
    var limits = SnapshotLimits()
    limits.maxExpandedBytes = 1 << 20
    #expect(try Self.read(zeros, limits: limits).entry("x!/data")?.verdict == "limited expanded-bytes-limit")
    limits = SnapshotLimits()
    limits.maxEntrySize = 1 << 20
    #expect(try Self.read(zeros, limits: limits).entry("x!/data")?.verdict == "limited entry-size-limit")
    limits = SnapshotLimits()
    (limits.ratioFreeBytes, limits.maxExpansionRatio) = (1 << 20, 100)
    #expect(try Self.read(zeros, limits: limits).entry("x")?.verdict == "limited expansion-ratio-limit")
    limits = SnapshotLimits()
    limits.maxDepth = 2
    let deep = (0..<4).reduce(Self.note) { bytes, _ in GitObjects.zlib(bytes) }
    #expect(try Self.read(deep, limits: limits).entries.contains { $0.verdict == "limited depth-limit" })
  }

  @Test func mutations() throws {
    for (name, bytes) in [
      ("zlib", GitObjects.zlib(Self.text)), ("stored", GitObjects.stored(Self.text)),
      ("loose", GitObjects.loose("blob", Self.zip)),
      ("several", GitObjects.zlib(Self.note) + GitObjects.loose("tree", Self.text) + Self.note),
    ] {
      try Mutations().mutate(bytes, structure: 0..<64, name)
      try Mutations().truncate(bytes, name)
    }
  }
}
