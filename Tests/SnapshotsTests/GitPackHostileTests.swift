import CustodyCore
import Foundation
import Snapshots
import TestSupport
import Testing

/// Packs that were damaged or built on purpose.
@Suite struct GitPackHostileTests {
  private static let (note, text) = (GitPackTests.note, GitPackTests.text)

  private func timed(_ bytes: [UInt8], limits: SnapshotLimits = SnapshotLimits()) throws -> RecordingSink {
    let start = ContinuousClock.now
    let sink = try Feed.memory(bytes, limits: limits, keep: 1 << 16)
    #expect(ContinuousClock.now - start < .seconds(20))
    #expect(sink.broken.isEmpty)
    return sink
  }

  /// Damage to one object leaves the others alone, and is said of the pack and of the object.
  @Test func oneDamagedObject() throws {
    var pack = PackBuilder()
    for i in 0..<5 { pack.add("blob", Array(ZlibTests.noise[(i * 30_000)..<(i * 30_000 + 30_000)])) }
    let parts = (0..<5).map { Array(ZlibTests.noise[($0 * 30_000)..<($0 * 30_000 + 30_000)]) }
    pack.add(delta: PackBuilder.delta(from: parts[2], to: parts[2] + Self.note), from: 2)
    pack.add(delta: PackBuilder.delta(from: parts[1], to: Self.note), from: 1)
    let whole = pack.finish()
    let range = pack.offsets[2]..<pack.offsets[3]
    for (at, width) in [
      (range.lowerBound, 1), (range.lowerBound + 3, 1), (range.lowerBound + 20_000, 64), (range.upperBound - 1, 1),
    ] {
      var bytes = whole
      for i in at..<(at + width) { bytes[i] ^= 0xFF }
      let sink = try ZlibTests.read(bytes)
      #expect(sink.entry("x")?.verdict == "failed corrupt", "\(at): \(sink.verdicts)")
      for i in [0, 1, 3, 4] {
        let isWhole = sink.entry("x!/" + GitPackTests.id(parts[i]))?.content == parts[i]
        #expect(isWhole, "\(at) \(i)")
      }
      #expect(sink.entry("x!/" + GitPackTests.id(Self.note))?.verdict == "ok", "\(at)")
      let damaged = sink.entry("x!/@\(range.lowerBound)+\(range.count)")
      #expect(damaged?.verdict == "failed corrupt", "\(at): \(sink.verdicts)")
      // What was to be made from it.
      #expect(
        sink.verdicts.contains { $0.contains("!/@\(pack.offsets[5])+") && $0.hasSuffix("partial content-not-decoded") })
    }
  }

  @Test(arguments: [0, 1, 4, 1000, 0xFFFF_FFFF])
  func countsThatLie(count: Int) throws {
    var pack = PackBuilder()
    for i in 0..<3 { pack.add("blob", GitPackTests.edited(Self.text, "\(i)")) }
    let sink = try ZlibTests.read(pack.finish(count: count))
    #expect(sink.entries.count == 4)
    #expect(sink.entry("x")?.verdict == (count > 3 ? "failed truncated" : "failed corrupt"))
    for i in 0..<3 {
      #expect(sink.entry("x!/" + GitPackTests.id(GitPackTests.edited(Self.text, "\(i)")))?.verdict == "ok")
    }
  }

  @Test func bytesBehindThePack() throws {
    let (pack, blobs) = GitPackTests.sample()
    for (behind, path) in [(Self.text, ""), (ZlibTests.zip, "!/lane/a.jpg"), (pack, "!/" + GitPackTests.id(Self.note))]
    {
      let sink = try ZlibTests.read(pack + behind)
      #expect(blobs.allSatisfy { sink.entry("x!/" + GitPackTests.id($0))?.verdict == "ok" })
      #expect(sink.entry("x!/@\(pack.count)+\(behind.count)" + path) != nil, "\(sink.verdicts)")
    }
  }

  @Test func truncated() throws {
    let (pack, _) = GitPackTests.sample()
    for length in [12, 31] { #expect(try ZlibTests.read(Array(pack.prefix(length))).verdicts == ["x: ok"]) }
    for cut in [1, 19, 20, 30, 20_000, 39_000] {
      let sink = try ZlibTests.read(Array(pack.dropLast(cut)))
      #expect(sink.entry("x")?.verdict == "failed truncated", "\(cut): \(sink.verdicts)")
      #expect(sink.entry("x!/" + GitPackTests.id(GitPackTests.edited(Self.text, "version 0\n"))) != nil)
    }
    let half = try ZlibTests.read(Array(pack.dropLast(20_000)))
    #expect(
      half.entries.contains { $0.path.contains("!/@") && $0.verdict == "failed truncated" && $0.content.count > 19_000 }
    )
  }

  @Test func deltasThatDoNotFit() throws {
    let base = Self.text
    typealias B = PackBuilder
    let (size, note) = (B.number(base.count), Self.note)
    let cases: [(String, [UInt8], String)] = [
      ("another base", B.number(base.count + 1) + B.number(4) + B.insert([1, 2, 3, 4]), "failed corrupt"),
      ("too little", size + B.number(5) + B.insert([1, 2, 3, 4]), "failed corrupt"),
      ("too much", size + B.number(3) + B.insert([1, 2, 3, 4]), "failed corrupt"),
      ("behind the base", size + B.number(10) + B.copy(base.count - 5, 10), "failed corrupt"),
      ("far behind the base", size + B.number(10) + B.copy(0xFFFF_FFFF, 10), "failed corrupt"),
      ("reserved", size + B.number(4) + [0] + B.insert([1, 2, 3, 4]), "failed corrupt"),
      ("cut insert", size + B.number(100) + [100, 1, 2, 3], "failed corrupt"),
      ("cut copy", size + B.number(100) + [0xFF, 1, 2], "failed corrupt"),
      ("no sizes", [0xFF, 0xFF, 0xFF], "failed corrupt"), ("nothing", [], "failed corrupt"),
      ("huge", size + B.number(1 << 40) + B.insert(note), "limited entry-size-limit"),
      ("endless size", size + [UInt8](repeating: 0xFF, count: 12) + note, "failed corrupt"),
    ]
    for (name, delta, verdict) in cases {
      var pack = PackBuilder()
      pack.add("blob", base)
      pack.add(delta: delta, from: 0)
      pack.add("blob", Self.note)
      let sink = try ZlibTests.read(pack.finish())
      #expect(sink.entry("x")?.verdict == verdict, "\(name): \(sink.verdicts)")
      #expect(sink.entries.first { $0.path.contains("!/@") }?.verdict == verdict, "\(name): \(sink.verdicts)")
      #expect(sink.entries.first { $0.path.contains("!/@") }?.content == delta, "\(name)")
      #expect(sink.entry("x!/" + GitPackTests.id(Self.note))?.verdict == "ok")
    }
  }

  @Test func basesThatAreNotThere() throws {
    var pack = PackBuilder()
    pack.add("blob", Self.text)
    // Of no object, of itself, of each other.
    pack.add(delta: PackBuilder.delta(from: Self.text, to: Self.note), from: 0, distance: 7)
    pack.add(delta: PackBuilder.delta(from: Self.text, to: Self.note), fromName: GitPackTests.name(Self.note))
    pack.add(delta: PackBuilder.delta(from: Self.note, to: Self.text), from: 2)
    let sink = try ZlibTests.read(pack.finish())
    #expect(sink.entry("x")?.verdict == "partial content-not-decoded", "\(sink.verdicts)")
    #expect(sink.verdicts.count { $0.hasSuffix("partial content-not-decoded") } == 4)
    // Before the pack.
    var early = PackBuilder()
    early.add("blob", Self.text)
    early.add(delta: PackBuilder.delta(from: Self.text, to: Self.note), from: 0, distance: 1 << 40)
    early.add("blob", Self.note)
    let other = try ZlibTests.read(early.finish())
    #expect(other.entry("x")?.verdict == "failed corrupt")
    #expect(other.entry("x!/" + GitPackTests.id(Self.note))?.verdict == "ok", "\(other.verdicts)")
  }

  /// One delta a byte longer than the one before: a chain through all objects, whatever its depth.
  @Test func deepChains() throws {
    var pack = PackBuilder()
    var content = Self.note
    pack.add("blob", content)
    for i in 0..<6000 {
      let next = content.prefix(40) + Array("\(i)".utf8)
      pack.add(delta: PackBuilder.delta(from: content, to: Array(next)), from: i)
      content = Array(next)
    }
    let sink = try timed(pack.finish())
    #expect(sink.entries.count == 6001 && sink.entries.allSatisfy { $0.verdict == "ok" })
    #expect(sink.entry("x!/" + GitPackTests.id(content)) != nil)
  }

  /// Every object leaves another one to be made later, so that a reader who goes down first holds them all.
  @Test func broadAndDeepChainsHoldLittle() throws {
    var pack = PackBuilder()
    let size = 32 << 10
    func delta(_ i: Int) -> [UInt8] {
      PackBuilder.number(size) + PackBuilder.number(size) + PackBuilder.insert(Array(String(100_000 + i).utf8))
        + PackBuilder.copy(6, size - 6)
    }
    pack.add("blob", [UInt8](repeating: 0x41, count: size))
    var base = 0
    for i in 0..<120 {
      pack.add(delta: delta(2 * i), from: base)
      // From this one too there is something to be made.
      pack.add(delta: delta(2 * i + 1), from: base)
      pack.add(delta: delta(1000 + i), from: 3 * i + 2)
      base = 3 * i + 1
    }
    var limits = SnapshotLimits()
    // Eight times as much is held: four objects of 240.
    limits.maxSpoolMemory = 16 << 10
    let sink = try timed(pack.finish(), limits: limits)
    #expect(
      sink.entries.count { $0.path.contains("!/@") } == 0, "\(sink.verdicts.filter { $0.contains("@") }.prefix(3))")
    #expect(sink.entries.count > 200)
  }

  /// Copies of copies: a few bytes that ask for 64 MiB, many times.
  @Test func deltaBombs() throws {
    var pack = PackBuilder()
    let block = 0xFF_FFFF
    pack.add("blob", [UInt8](repeating: 0, count: block))
    let delta =
      PackBuilder.number(block) + PackBuilder.number(4 * block) + (0..<4).flatMap { _ in PackBuilder.copy(0, block) }
    for _ in 0..<2000 { pack.add(delta: delta, from: 0) }
    var limits = SnapshotLimits()
    limits.maxExpansionRatio = 1000
    let sink = try timed(pack.finish(), limits: limits)
    #expect(sink.entry("x")?.verdict == "limited expansion-ratio-limit", "\(sink.verdicts.suffix(3))")
  }

  @Test func largeObjects() throws {
    var limits = SnapshotLimits()
    limits.maxEntrySize = 100_000
    var pack = PackBuilder()
    pack.add("blob", ZlibTests.noise)
    pack.add(delta: PackBuilder.delta(from: ZlibTests.noise, to: Self.note), from: 0)
    pack.add("blob", Self.text)
    let sink = try timed(pack.finish(), limits: limits)
    #expect(sink.entry("x!/" + GitPackTests.id(ZlibTests.noise))?.verdict == "limited entry-size-limit")
    #expect(sink.entries.first { $0.path.contains("!/@") }?.verdict == "limited entry-size-limit")
    #expect(sink.entry("x!/" + GitPackTests.id(Self.text))?.verdict == "ok")
    // Larger than what is held in memory, and handed out whole all the same.
    limits = SnapshotLimits()
    limits.maxSpoolMemory = 64 << 10
    pack.add(delta: PackBuilder.delta(from: Self.text, to: Self.text + Self.note), from: 2)
    pack.add("tree", ZlibTests.noise)
    let streamed = try ZlibTests.read(pack.finish(), limits: limits)
    #expect(streamed.entry("x!/" + GitPackTests.id(ZlibTests.noise))?.content == ZlibTests.noise)
    #expect(streamed.entry("x!/" + GitPackTests.id(ZlibTests.noise, "tree"))?.content == ZlibTests.noise)
    #expect(streamed.entry("x!/" + GitPackTests.id(Self.text + Self.note))?.verdict == "ok")
    #expect(streamed.entries.count { $0.verdict == "limited entry-size-limit" } == 2, "\(streamed.verdicts)")
  }

  @Test func mutations() throws {
    let (pack, _) = GitPackTests.sample()
    try Mutations().mutate(pack, structure: 0..<600, "pack")
    try Mutations().truncate(pack, "pack")
    let head = Array("# v2 git bundle\n\(GitPackTests.id(Self.note)) refs/heads/main\n\n".utf8)
    try Mutations().mutate(head + pack, structure: 0..<300, "bundle")
  }
}
