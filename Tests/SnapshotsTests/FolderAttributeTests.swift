import CustodyCore
import Glibc
import Snapshots
import TestSupport
import Testing

/// Extended attributes of files and folders, where the file system of the temporary folder has them.
@Suite struct FolderAttributeTests {
  private static let secret = Array("a record that nobody shall see".utf8)

  private func read(_ folder: Folder, limits: SnapshotLimits = SnapshotLimits()) throws -> RecordingSink {
    let sink = RecordingSink()
    _ = try SnapshotReader(limits: limits).read(.path(folder.path + "/t"), into: sink)
    #expect(sink.broken.isEmpty)
    return sink
  }

  /// Nil where there are no such attributes, which is said aloud.
  private func folder(_ attributes: [(path: String, name: String, value: [UInt8])]) throws -> Folder? {
    let folder = try Folder()
    try folder.write("t/a/f.txt", Array("f".utf8))
    try folder.write("t/b.txt", Array("b".utf8))
    for item in attributes {
      guard FileAttributes.set(folder.path + "/t" + item.path, Array(item.name.utf8), item.value) else { return nil }
    }
    return folder
  }

  @Test func filesAndFolders() throws {
    let zip = HandBuilt.zip([.init("z", Self.secret)])
    let attributes: [(String, String, [UInt8])] = [
      ("/a/f.txt", "user.z", zip), ("/a/f.txt", "user.../a\n", Self.secret), ("/a/f.txt", "user.short", [1, 2, 3]),
      ("/a", "user.n", Self.secret), ("", "user.root", Self.secret),
    ]
    guard let folder = try folder(attributes) else { return }
    link(folder.path + "/t/a/f.txt", folder.path + "/t/c.txt")
    symlink("a/f.txt", folder.path + "/t/d")
    let sink = try read(folder)
    #expect(
      sink.verdicts == [
        "t!/$xattr/user.root: ok", "t!/a!/$xattr/user.n: ok", "t!/a/f.txt: ok", "t!/a/f.txt!/$xattr/user.../a\n: ok",
        "t!/a/f.txt!/$xattr/user.z!/z: ok", "t!/a/f.txt!/$xattr/user.z: ok", "t!/b.txt: ok", "t!/c.txt: ok", "t!/d: ok",
      ])
    #expect(sink.entry("t!/a!/$xattr/user.n")?.content == Self.secret)
  }

  /// More names than are listed with the first call.
  @Test func manyNames() throws {
    let names = (0..<60).map { ("/b.txt", "user.attribute-\($0 + 100)", Self.secret) }
    guard let folder = try folder(names) else { return }
    let sink = try read(folder)
    #expect(sink.entries.count { $0.content == Self.secret } == 60)
    let found = sink.paths.filter { $0.contains("$xattr") }
    #expect(found == found.sorted())
  }

  @Test func limitsHold() throws {
    guard let folder = try folder([("/b.txt", "user.1", Self.secret), ("/b.txt", "user.2", Self.secret)]) else {
      return
    }
    var limits = SnapshotLimits()
    limits.maxEntries = 3
    #expect(
      try read(folder, limits: limits).verdicts == [
        "t!/a/f.txt: ok", "t!/b.txt: ok", "t!/b.txt!/$xattr/user.1: ok", "t: limited entries-limit",
      ])
    limits = SnapshotLimits()
    limits.maxDepth = 0
    #expect(
      try read(folder, limits: limits).verdicts == [
        "t!/a/f.txt: ok", "t!/b.txt: ok", "t!/b.txt!/$xattr: limited depth-limit",
      ])
    limits = SnapshotLimits()
    limits.maxExpandedBytes = 40
    let bytes = try read(folder, limits: limits).verdicts
    #expect(bytes.contains("t!/b.txt!/$xattr: limited expanded-bytes-limit"), "\(bytes)")
  }
}
