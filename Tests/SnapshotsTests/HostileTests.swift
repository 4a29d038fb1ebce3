import CustodyCore
import Snapshots
import Testing
import TestSupport

@Suite struct HostileTests {
  private static let members = [
    BuiltMember("a.txt", text: "the quick brown fox"), BuiltMember("d/b.bin", [UInt8](0...255)),
    BuiltMember("c.txt", text: "jumps over the lazy dog"),
  ]
  static let archives: [(name: String, bytes: [UInt8])] =
    ["ustar", "pax", "gnutar", "newc", "cpio", "zip", "7zip", "xar", "warc"].map {
      ($0, ArchiveBuilder.archive($0, members))
    }
    + ["gzip", "bzip2", "xz", "lzma", "lzip", "zstd", "lz4", "compress", "uuencode"].map {
      ($0, ArchiveBuilder.archive("ustar", members, filters: [$0]))
    } + [
      ("ar", ArchiveBuilder.archive("arbsd", [members[0], members[2]])),
      ("cab", HandBuilt.cab("a.txt", Array("cab".utf8))), ("lha", HandBuilt.lha("a.txt", Array("lha".utf8))),
      ("rar", HandBuilt.rar4("a.txt", Array("rar".utf8))),
      (
        "attributes",
        HandBuilt.pax(
          HandBuilt.paxRecord("SCHILY.xattr.user.z", HandBuilt.zip([.init("a", [1])]))
            + HandBuilt.paxRecord("comment", [UInt8](repeating: 9, count: 40)))
          + HandBuilt.tarHeader([0x61], size: 2) + [1, 2] + [UInt8](repeating: 7, count: 510) + HandBuilt.tarEnd
      ),
      ("hidden", HandBuilt.zip([.init("a", [1]), .init("h", [2], inDirectory: false), .init("b", [3])])),
    ]

  @Test(arguments: archives.map(\.name))
  func randomFlips(name: String) throws {
    let bytes = try #require(Self.archives.first { $0.name == name }?.bytes)
    let folder = try Folder()
    var generator = SeededGenerator(seed: 20_181_102)
    for _ in 0..<500 {
      var broken = bytes
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        broken[Int.random(in: 0..<broken.count, using: &generator)] ^= 1 << UInt8.random(in: 0...7, using: &generator)
      }
      let sink = try Feed.memory(broken, in: folder)
      #expect(sink.broken.isEmpty)
    }
  }

  @Test(arguments: archives.map(\.name))
  func truncation(name: String) throws {
    let bytes = try #require(Self.archives.first { $0.name == name }?.bytes)
    let folder = try Folder()
    for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 150)) {
      let sink = try Feed.memory(Array(bytes[0..<length]), in: folder)
      #expect(sink.broken.isEmpty)
      // Whatever comes out whole is right.
      for entry in sink.entries where entry.verdict == "ok" && entry.path == "x!/d/b.bin" {
        #expect(entry.content == [UInt8](0...255))
      }
    }
    let half = try Feed.memory(Array(bytes[0..<(bytes.count / 2)]))
    if ["gzip", "xz", "bzip2", "zstd", "lz4"].contains(name) {
      #expect(
        half.verdicts.contains { $0.hasSuffix("failed truncated") },
        "\(half.verdicts) \(half.entries.map { $0.outcome?.notes ?? [] })")
    }
  }

  @Test func truncatedTar() throws {
    let tar = ArchiveBuilder.archive("ustar", [BuiltMember("a", [UInt8](repeating: 1, count: 5000))])
    let inside = try Feed.memory(Array(tar[0..<3000]))
    #expect(inside.verdicts == ["x!/a: failed truncated", "x: failed truncated"])
    #expect(inside.entries.first?.outcome?.contentComplete == false)
    let unmarked = try Feed.memory(Array(tar[0..<(512 + 5120)]))
    #expect(unmarked.verdicts == ["x!/a: ok", "x: failed truncated"])
    let nested = try Feed.memory(
      ArchiveBuilder.archive("ustar", [BuiltMember("n.tar", Array(tar[0..<3000])), BuiltMember("z", text: "z")]))
    #expect(
      nested.verdicts == ["x!/n.tar!/a: failed truncated", "x!/n.tar: failed truncated", "x!/z: ok"])
    #expect(nested.entry("x!/n.tar")?.content == Array(tar[0..<3000]))
    #expect(nested.entry("x!/n.tar")?.outcome?.contentComplete == true)
  }

  /// What lies behind damage is not lost.
  @Test func damagedTarGoesOn() throws {
    var bytes = HandBuilt.tarMember("a", [1]) + HandBuilt.tarMember("b", [2])
    bytes[1024 + 3] ^= 0x55
    bytes += [UInt8](repeating: 0xEE, count: 100 * 512) + HandBuilt.tarMember("c", [3]) + HandBuilt.tarEnd
    let sink = try Feed.memory(bytes)
    #expect(sink.broken.isEmpty)
    #expect(sink.verdicts.first == "x!/a: ok")
    #expect(sink.verdicts.last == "x: failed corrupt")
    #expect(sink.entries.contains { $0.path.hasPrefix("x!/@") || $0.path.hasSuffix("/c") })
  }

  @Test func hugeSizesCostNothing() throws {
    for size in [UInt64(1) << 33, 1 << 60, 1 << 62] {
      let sink = try Feed.memory(HandBuilt.tarHeader(Array("huge".utf8), size: size) + Array("little".utf8))
      #expect(sink.broken.isEmpty)
      #expect(sink.verdicts == ["x!/huge: failed truncated", "x: failed truncated"])
      #expect(sink.entries.first?.text == "little")
    }
  }

  @Test func holes() throws {
    let data = [UInt8](repeating: 9, count: 512)
    let sparse = HandBuilt.tarSparse("s", size: 1 << 20, data: data) + HandBuilt.tarEnd
    let sink = try Feed.memory(sparse)
    #expect(sink.verdicts == ["x!/s: ok"])
    #expect(sink.entries.first?.content.count == 1 << 20)
    #expect(sink.entries.first?.content.prefix(513) == data[...] + [0])
    #expect((sink.entries.first?.zeros ?? 0) > 900_000)

    let monstrous = HandBuilt.tarSparse("s", size: 1 << 60, data: data) + HandBuilt.tarMember("z", [1])
    let bounded = try Feed.memory(monstrous + HandBuilt.tarEnd)
    #expect(bounded.verdicts == ["x!/s: limited entry-size-limit", "x!/z: ok"])
    #expect(bounded.entries.first?.zeros == 0)
    let ratio = try Feed.memory(HandBuilt.tarSparse("s", size: 1 << 42, data: data) + HandBuilt.tarEnd)
    #expect(ratio.verdicts == ["x!/s: limited expansion-ratio-limit", "x: limited expansion-ratio-limit"])
  }

  @Test func bombs() throws {
    let zeros = [UInt8](repeating: 0, count: 8 << 20)
    var level = ArchiveBuilder.archive("zip", [BuiltMember("0", zeros)])
    for _ in 0..<6 {
      level = ArchiveBuilder.archive("zip", (0..<16).map { BuiltMember("\($0).zip", level) })
    }
    let sink = try Feed.memory(level, keep: 0)
    #expect(sink.broken.isEmpty)
    #expect(sink.verdicts.last == "x: limited expansion-ratio-limit")
    #expect(sink.entries.count < 50_000)
  }

  @Test func everyLimitBecomesADisposition() throws {
    let members = (0..<10).map { BuiltMember("\($0)", [UInt8](repeating: 1, count: 3 << 20)) }
    let tar = ArchiveBuilder.archive("ustar", members)
    func run(_ change: (inout SnapshotLimits) -> Void) throws -> [String] {
      var limits = SnapshotLimits()
      change(&limits)
      let sink = try Feed.memory(tar, limits: limits, keep: 0)
      #expect(sink.broken.isEmpty)
      return sink.verdicts
    }
    let entries = try run { $0.maxEntries = 4 }
    #expect(entries == (0..<4).map { "x!/\($0): ok" } + ["x: limited entries-limit"])
    let bytes = try run { $0.maxExpandedBytes = 10 << 20 }
    #expect(bytes.suffix(2) == ["x!/3: limited expanded-bytes-limit", "x: limited expanded-bytes-limit"])
    let size = try run { $0.maxEntrySize = 1 << 20 }
    #expect(size.count == 10 && size.allSatisfy { $0.hasSuffix("limited entry-size-limit") })
    let time = try run { $0.entryTime = 0 }
    #expect(time.count == 10 && time.allSatisfy { $0.hasSuffix("limited entry-time-limit") })
    let depth = try run { $0.maxDepth = 0 }
    #expect(depth == ["x: limited depth-limit"])
    let ratio = try run {
      $0.maxExpansionRatio = 1
      $0.ratioFreeBytes = 1 << 20
    }
    #expect(ratio.last == "x: limited expansion-ratio-limit" || ratio.allSatisfy { $0.hasSuffix("ok") })
    let path = try run { $0.maxPathBytes = 1 }
    #expect(path.allSatisfy { $0.hasSuffix("ok") })
  }

  @Test func names() throws {
    let raw: [[UInt8]] = [
      Array("esc\u{1B}[31m".utf8), [0x61, 0xFF, 0xFE], Array("e\u{301}".utf8), Array("é".utf8),
      Array(repeating: 0x61, count: 70_000), Array("../../etc/passwd".utf8), Array("/abs".utf8),
    ]
    let tar = raw.reduce(into: [UInt8]()) { $0 += HandBuilt.paxMember(path: $1, [1]) } + HandBuilt.tarEnd
    let sink = try Feed.memory(tar)
    #expect(sink.broken.isEmpty)
    // What is too long for a name is searched besides.
    #expect(sink.paths.last?.hasPrefix("x!/$headers/@") == true)
    let seen = sink.entries.dropLast().map { $0.header.locator.components.last ?? [] }
    #expect(seen == raw.map { Array($0.prefix(65_536)) })
    #expect(sink.entries[4].header.notes.contains { $0.contains("cut") })
    #expect(sink.entries[2].header.notes.isEmpty)

    let dotted = try Feed.memory(
      HandBuilt.tarMember("././a/./b", [1]) + HandBuilt.tarMember("", [2]) + HandBuilt.tarEnd)
    #expect(dotted.paths == ["x!/a/./b", "x!/?unnamed-2"])
    // A zip name marked as UTF-8 keeps its bytes, whatever they are.
    let zip = try Feed.memory(HandBuilt.zip([.init("e\u{301}.jpg", [1], flags: 0x800)]))
    #expect(zip.entries.first?.header.locator.components.last == Array("e\u{301}.jpg".utf8))
  }

  @Test func linksAndDevices() throws {
    let tar = ArchiveBuilder.archive(
      "pax",
      [
        BuiltMember("d", form: .directory), BuiltMember("d/f", text: "1"),
        BuiltMember("h", form: .hardlink, target: "d/f"), BuiltMember("s", form: .symlink, target: "/etc/passwd"),
        BuiltMember("p", form: .fifo),
      ])
    let sink = try Feed.memory(tar)
    #expect(sink.verdicts == ["x!/d/f: ok", "x!/h: ok", "x!/s: ok", "x!/p: ok"])
    #expect(sink.entries.map { $0.header.kind?.rawValue } == [nil, "inode/hardlink", "inode/symlink", "inode/fifo"])
    #expect(sink.entry("x!/s")?.header.link == Array("/etc/passwd".utf8))
    #expect(sink.entry("x!/h")?.header.link == Array("d/f".utf8))
  }
}

extension HandBuilt {
  /// A member whose name stands in a pax extended header.
  static func paxMember(path: [UInt8], _ content: [UInt8]) -> [UInt8] {
    let rest = Array(" path=".utf8) + path + [0x0A]
    var length = rest.count + 1
    while String(length).utf8.count + rest.count != length { length += 1 }
    let body = Array(String(length).utf8) + rest
    let padding = [UInt8](repeating: 0, count: (512 - body.count % 512) % 512)
    return tarHeader(Array("pax".utf8), size: UInt64(body.count), type: 0x78) + body + padding
      + tarMember("short", content)
  }
}
