import CustodyCore
import Foundation
import Glibc
import Snapshots
import Testing
import TestSupport

@Suite struct DirectoryTests {
  @Test func walk() throws {
    let folder = try Folder()
    let zip = HandBuilt.zip([.init("m", Array("member".utf8))])
    try folder.write("tree/b.txt", Array("b".utf8))
    try folder.write("tree/a/z.txt", Array("z".utf8))
    try folder.write("tree/a/day.zip", zip)
    try folder.write("tree/c.gz", ArchiveBuilder.filtered(Array("c".utf8), "gzip"))
    try folder.write("outside", Array("never read".utf8))
    let tree = folder.path + "/tree"
    symlink("../outside", tree + "/link")
    link(tree + "/b.txt", tree + "/d-again")
    mkfifo(tree + "/pipe", 0o600)
    mkdir(tree + "/empty", 0o700)
    let sink = RecordingSink()
    let summary = try SnapshotReader().read(.path(tree + "/"), into: sink)
    #expect(sink.broken.isEmpty)
    #expect(
      sink.verdicts == [
        "tree!/a/day.zip!/m: ok", "tree!/a/day.zip: ok", "tree!/a/z.txt: ok", "tree!/b.txt: ok", "tree!/c.gz!/c: ok",
        "tree!/c.gz: ok", "tree!/d-again: ok", "tree!/link: ok", "tree!/pipe: ok",
      ])
    #expect(sink.entry("tree!/a/day.zip")?.content == zip)
    #expect(sink.entry("tree!/link")?.header.link == Array("../outside".utf8))
    #expect(sink.entry("tree!/link")?.content.isEmpty == true)
    #expect(sink.entry("tree!/d-again")?.header.kind == .hardlink)
    #expect(sink.entry("tree!/d-again")?.header.link == Array("b.txt".utf8))
    #expect(sink.entry("tree!/pipe")?.header.kind == .fifo)
    #expect(summary.form == .directory)
    #expect(summary.directories == 2)
    #expect(summary.entries == 9)
    #expect(summary.totalSize == nil)
    #expect(sink.inputBytes.isEmpty)
  }

  @Test func unreadableFile() throws {
    let folder = try Folder()
    try folder.write("a", [1])
    try folder.write("b", [2])
    chmod(folder.path + "/a", 0)
    defer { chmod(folder.path + "/a", 0o600) }
    let sink = RecordingSink()
    _ = try SnapshotReader().read(.path(folder.path), into: sink)
    // The superuser may read everything.
    let expected = getuid() == 0 ? "ok" : "failed unreadable"
    #expect(sink.entries.map(\.verdict) == [expected, "ok"])
  }

  @Test func entriesLimit() throws {
    let folder = try Folder()
    for i in 0..<5 { try folder.write("\(i)", [1]) }
    var limits = SnapshotLimits()
    limits.maxEntries = 3
    let sink = RecordingSink()
    _ = try SnapshotReader(limits: limits).read(.path(folder.path), into: sink)
    #expect(sink.entries.map(\.verdict) == ["ok", "ok", "ok", "limited entries-limit"])
    #expect(sink.entries.last?.header.kind == .directory)
  }

  @Test func fileThatGrows() throws {
    let folder = try Folder()
    try folder.write("f", [UInt8](repeating: 1, count: 3 << 20))
    final class Growing: EntrySink {
      let path: String
      var outcomes: [EntryOutcome] = []
      init(_ path: String) { self.path = path }
      func snapshotBlock(_ block: Block) {}
      func begin(_ entry: EntryHeader) -> Int { 0 }
      func data(_ bytes: UnsafeRawBufferPointer, of token: Int) { truncate(path, 5 << 20) }
      func zeros(_ count: UInt64, of token: Int) {}
      func end(_ token: Int, _ outcome: EntryOutcome) { outcomes.append(outcome) }
    }
    let sink = Growing(folder.path + "/f")
    _ = try SnapshotReader().read(.path(folder.path), into: sink)
    #expect(sink.outcomes.map(\.reason) == [.changedWhileReading])
    #expect(sink.outcomes.first?.contentComplete == false)
  }
}
