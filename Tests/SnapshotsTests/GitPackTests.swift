import CustodyCore
import Foundation
import Snapshots
import TestSupport
import Testing

/// Packs and bundles of git.
@Suite struct GitPackTests {
  static let note = ZlibTests.note
  static let noise = Array(ZlibTests.noise.prefix(40_000))
  static let text = Array(ZlibTests.text.prefix(20_000))
  static let tree = Array("100644 a.txt\0".utf8) + [UInt8](0..<20) + Array("40000 b\0".utf8) + [UInt8](20..<40)
  static let commit = Array("tree 000\nauthor A <a@example.org> 1541167391 +0000\n\nwords\n".utf8)

  static func id(_ content: [UInt8], _ kind: String = "blob") -> String { GitObjects.id(kind, content) }
  static func name(_ content: [UInt8], _ kind: String = "blob") -> [UInt8] {
    GitObjects.sha1(GitObjects.framed(kind, content))
  }
  /// Another content that is mostly the same.
  static func edited(_ content: [UInt8], _ words: String) -> [UInt8] { content + Array(words.utf8) }

  static func sample() -> (bytes: [UInt8], blobs: [[UInt8]]) {
    var pack = PackBuilder()
    let versions = (0..<4).map { edited(text, "version \($0)\n") }
    pack.add("commit", commit)
    pack.add("tree", tree)
    pack.add("blob", versions[0])
    pack.add(delta: PackBuilder.delta(from: versions[0], to: versions[1]), from: 2)
    pack.add("blob", ZlibTests.zip)
    pack.add(delta: PackBuilder.delta(from: versions[1], to: versions[2]), from: 3)
    // Before what it is made from, which is itself made from another one.
    pack.add(delta: PackBuilder.delta(from: versions[3], to: note), fromName: name(versions[3]))
    pack.add(delta: PackBuilder.delta(from: versions[2], to: versions[3]), fromName: name(versions[2]))
    pack.add("blob", [])
    pack.add("blob", noise)
    return (pack.finish(), versions + [note, ZlibTests.zip, [], noise])
  }

  @Test func everyBlobIsAMember() throws {
    let (bytes, blobs) = Self.sample()
    let tar = ArchiveBuilder.archive("ustar", [BuiltMember("x", bytes)])
    for (sink, place) in [(try ZlibTests.read(bytes), "x!/"), (try ZlibTests.read(tar), "x!/x!/")] {
      for blob in blobs {
        let entry = sink.entry(place + Self.id(blob))
        #expect(entry?.content == blob && entry?.verdict == "ok", "\(sink.verdicts)")
      }
      #expect(sink.entry(place + Self.id(ZlibTests.zip) + "!/lane/a.jpg") != nil)
      #expect(sink.entry(place + Self.id(Self.commit, "commit"))?.content == Self.commit)
      #expect(sink.entries.allSatisfy { $0.verdict == "ok" }, "\(sink.verdicts)")
      // The tree is names only; the container has an entry in the tar.
      #expect(sink.entries.count == blobs.count + 2 + (place == "x!/" ? 0 : 1))
    }
    #expect(try ZlibTests.read(tar).entry("x!/x")?.header.kind?.rawValue == "application/x-git-pack")
  }

  @Test func bundles() throws {
    let (pack, blobs) = Self.sample()
    let head = Array("# v2 git bundle\n-\(Self.id(Self.note)) before\n\(Self.id(Self.commit)) refs/heads/main\n\n".utf8)
    let sink = try ZlibTests.read(head + pack)
    #expect(blobs.allSatisfy { sink.entry("x!/" + Self.id($0))?.content == $0 }, "\(sink.verdicts)")
    #expect(sink.entry("x!/refs")?.content == head)
    let none = try ZlibTests.read(head + Self.text)
    #expect(none.entry("x")?.verdict == "failed corrupt")
    #expect(none.entries.contains { $0.content.count == head.count + Self.text.count })
  }

  @Test func whatIsNoTreeIsNoNames() throws {
    var pack = PackBuilder(version: 3)
    pack.add("tree", Self.text)
    pack.add("tree", Self.tree + [1])
    pack.add("tag", Self.note)
    let sink = try ZlibTests.read(pack.finish())
    #expect(sink.entries.map(\.content) == [Self.text, Self.tree + [1], Self.note])
    #expect(sink.entry("x!/" + Self.id(Self.text, "tree")) != nil)
  }

  /// Files that only begin as these do.
  @Test func others() throws {
    for bytes: [UInt8] in [
      Array("PACK".utf8), Array("PACKAGE 0123456789 0123456789 0123456789".utf8),
      Array("PACK".utf8) + [0, 0, 0, 4] + Self.text, Array("PACK".utf8) + [12, 1, 0, 0] + Self.text,
      Array("# v2 of a git bundle\n".utf8) + Self.text, Array("# v1 git bundle\n\n".utf8),
    ] { #expect(try ZlibTests.read(bytes).verdicts == ["x: ok"]) }
  }

  /// What git itself says is in a repository, against what is found in its packs, bundles and loose objects.
  @Test(arguments: ["sha1", "sha256"])
  func repositories(format: String) throws {
    let folder = try TemporaryFolder()
    guard let repository = try GitRepository(in: folder, format: format) else { return }
    var noise = Array(ZlibTests.noise.prefix(60_000))
    for round in 0..<12 {
      noise.replaceSubrange(round * 4000..<round * 4000 + 40, with: [UInt8](repeating: UInt8(round), count: 40))
      try repository.write("lane\(round % 3)/day.bin", noise)
      try repository.write("list.txt", Self.edited(Self.text, "round \(round)\n"))
      try repository.write("once\(round).txt", Array("only in round \(round)\n".utf8))
      try repository.commit("round \(round)")
      try repository.remove("once\(round).txt")
      if round == 3 { try repository.run("tag", "-a", "-m", "a mark", "mark") }
    }
    let expected = try repository.objects()
    #expect(expected.count > 40)
    let objects = repository.path(".git/objects")
    func read(_ path: String) throws -> RecordingSink {
      let sink = RecordingSink()
      _ = try SnapshotReader(limits: SnapshotLimits()).read(.path(path), into: sink)
      #expect(sink.broken.isEmpty)
      return sink
    }
    let loose = try read(objects)
    for (id, content) in expected {
      let place = "objects!/\(id.prefix(2))/\(id.dropFirst(2))!/"
      #expect(loose.entries.contains { $0.path.hasPrefix(place) && $0.content == content }, "\(place)")
    }
    try repository.run("bundle", "create", "all.bundle", "--all")
    try repository.run("bundle", "create", "thin.bundle", "--all", "^HEAD~6")
    for depth in ["--depth=50", "--depth=1"] {
      try repository.run("repack", "-adfq", "--window=50", depth)
      try repository.run("prune-packed", "-q")
      let packed = try read(objects)
      #expect(packed.entries.count { $0.path.hasSuffix(".pack") } == 1)
      let found = Dictionary(packed.entries.map { (String($0.path.suffix(expected.first?.key.count ?? 40)), $0) }) {
        a, _ in a
      }
      for (id, content) in expected { #expect(found[id]?.content == content, "\(id)") }
      #expect(packed.entries.allSatisfy { $0.verdict == "ok" })
      #expect(packed.entries.count { $0.path.contains(".pack!/") } == expected.count)
    }
    let bundle = try read(repository.path("all.bundle"))
    #expect(Set(bundle.paths) == Set(expected.keys.map { "all.bundle!/" + $0 } + ["all.bundle!/refs"]))
    #expect(bundle.entries.allSatisfy { $0.verdict == "ok" })
    // What a thin pack leaves out is not made up.
    let thin = try read(repository.path("thin.bundle"))
    #expect(thin.entry("thin.bundle")?.verdict == "partial content-not-decoded", "\(thin.verdicts)")
    #expect(thin.entries.count { $0.path.contains("!/@") && $0.verdict == "partial content-not-decoded" } > 0)
  }
}
