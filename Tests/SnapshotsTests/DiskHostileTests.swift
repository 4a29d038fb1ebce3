import CustodyCore
import Foundation
import Glibc
import Snapshots
import TestSupport
import Testing

/// Images that were damaged on purpose: whatever a reader makes of them, it ends, and within bounds.
@Suite struct DiskHostileTests {
  static let names = ["ext2", "ext4", "fat12", "fat16", "exfat", "ntfs", "disk"]
  private static let files = [
    "a/b/c.txt": DiskTests.note, "a/large.bin": DiskTests.large, "gone.txt": DiskTests.large, "z.txt": DiskTests.note,
  ]

  private static func image(_ name: String) throws -> [UInt8]? {
    let images = try DiskImages()
    switch name {
    case "fat12":
      return try images.fat(12, ["a/c.txt": DiskTests.large, "gone.txt": DiskTests.note], removed: ["gone.txt"])
    case "fat16":
      return try images.fat(16, ["a/c.txt": DiskTests.large, "gone.txt": DiskTests.note], removed: ["gone.txt"])
    case "exfat": return try images.exfat("some.txt", DiskTests.large)
    case "ntfs": return try images.ntfs(["a.txt": DiskTests.large, "b.txt": DiskTests.note], streams: ["a.txt:s": [7]])
    case "disk":
      guard let ext = try images.ext("ext4", files, size: 1 << 20), let fat = try images.fat(12, ["c.txt": [1, 2]])
      else { return nil }
      let script =
        "label: dos\nstart=2048,size=2048,type=83\nstart=4096,size=4096,type=5\nstart=6144,size=2048,type=1\n"
      return try images.disk(4 << 20, script, [(2048, ext), (6144, fat)])
    default: return try images.ext(name, files, removed: ["gone.txt"], size: 1 << 20)
    }
  }

  private func examine(_ image: [UInt8], _ path: String, _ what: String) throws {
    let descriptor = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0o600)
    defer { close(descriptor) }
    let written = image.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    #expect(written == image.count)
    let sink = CountingSink()
    _ = try SnapshotReader(limits: SnapshotLimits()).read(.path(path), into: sink)
    #expect(sink.faults.isEmpty && sink.open.isEmpty, "\(what): \(sink.faults)")
    #expect(sink.entries < 20_000 && sink.bytes < 1 << 30 && sink.calls < 200_000, "\(what): \(sink.entries) entries")
  }

  @Test(arguments: names)
  func mutations(name: String) throws {
    guard let image = try Self.image(name) else { return }
    let folder = try Folder()
    // What stands in structures, not in free space.
    let places = image.indices.filter { image[$0] != 0 && image[$0] != 0x2E }
    var generator = SeededGenerator(seed: 20_190_531)
    for round in 0..<300 {
      var broken = image
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let at = places[Int.random(in: 0..<places.count, using: &generator)]
        broken[at] ^= 1 << UInt8.random(in: 0...7, using: &generator)
      }
      try examine(broken, folder.path + "/x", "\(name), round \(round)")
    }
  }

  @Test(arguments: names)
  func truncations(name: String) throws {
    guard let image = try Self.image(name) else { return }
    let folder = try Folder()
    for length in stride(from: 512, to: image.count, by: max(512, image.count / 60)) {
      try examine(Array(image[0..<length]), folder.path + "/x", "\(name), \(length) bytes")
    }
  }

  /// Entries of an MBR and of a chain of logical partitions that lead to themselves, overlap or lie outside.
  @Test func tables() throws {
    var disk = [UInt8](repeating: 0, count: 1 << 20)
    func entry(_ sector: Int, _ slot: Int, _ type: UInt8, _ start: UInt32, _ count: UInt32) {
      let at = 512 * sector + 446 + 16 * slot
      disk[at + 4] = type
      for i in 0..<4 {
        disk[at + 8 + i] = UInt8(truncatingIfNeeded: start >> (8 * UInt32(i)))
        disk[at + 12 + i] = UInt8(truncatingIfNeeded: count >> (8 * UInt32(i)))
      }
      disk[512 * sector + 510] = 0x55
      disk[512 * sector + 511] = 0xAA
    }
    entry(0, 0, 0x83, 100, 1000)
    entry(0, 1, 0x83, 50, 1000)
    entry(0, 2, 0x83, .max, .max)
    entry(0, 3, 0x05, 1500, 500)
    entry(1500, 0, 0x83, 10, 20)
    entry(1500, 1, 0x05, 1, 10)
    entry(1501, 1, 0x05, 1, 10)
    for i in 0..<256 { disk[512 * 60 + i] = 0x41 }
    let sink = try Feed.memory(disk)
    #expect(sink.broken.isEmpty)
    #expect(sink.entry("x")?.verdict == "failed corrupt")
    let notes = sink.entry("x")?.outcome?.notes ?? []
    #expect(notes.contains("partitions overlap"))
    #expect(notes.contains("a partition lies beyond the end of the image"))
    #expect(notes.contains("the chain of logical partitions runs in a circle"))
    #expect(sink.entry("x!/p2")?.text.contains("AAAA") == true)
  }

  /// Trees of blocks and chains of clusters that lead back to themselves.
  @Test(arguments: ["ext2", "ext4"])
  func blocksOfBlocks(type: String) throws {
    guard var image = try DiskImages().ext(type, ["a.txt": DiskTests.note, "b.bin": DiskTests.large]) else { return }
    func number(_ at: Int, _ width: Int) -> Int { (0..<width).reduce(0) { $0 | Int(image[at + $1]) << (8 * $1) } }
    func put(_ value: Int, _ at: Int, _ width: Int) {
      for i in 0..<width { image[at + i] = UInt8(truncatingIfNeeded: value >> (8 * i)) }
    }
    let block = 1024 << number(1024 + 24, 4)
    let inodes = number((block == 1024 ? 2 : 1) * block + 8, 4) * block
    let width = number(1024 + 88, 2)
    let slot = try #require((11..<32).first { number(inodes + $0 * width + 4, 4) == DiskTests.large.count })
    let inode = inodes + slot * width
    let victim = image.count / block - 3
    put(1 << 30, inode + 4, 4)
    if type == "ext2" {
      // Every pointer of every level is the same block.
      for i in 12..<15 { put(victim, inode + 40 + 4 * i, 4) }
      for i in 0..<(block / 4) { put(victim, victim * block + 4 * i, 4) }
    } else {
      for (at, entries) in [(inode + 40, 4), (victim * block, block / 12 - 1)] {
        put(0xF30A, at, 2)
        put(entries, at + 2, 2)
        put(1, at + 6, 2)
        for i in 1...entries {
          put(0, at + 12 * i, 4)
          put(victim, at + 12 * i + 4, 4)
          put(0, at + 12 * i + 8, 4)
        }
      }
    }
    let folder = try Folder()
    let start = ContinuousClock.now
    try examine(image, folder.path + "/x", type)
    #expect(ContinuousClock.now - start < .seconds(60))
    let sink = try Feed.memory(image)
    #expect(sink.entry("x!/p0/b.bin")?.verdict.hasPrefix("failed") == true, "\(sink.verdicts)")
    #expect(sink.entry("x!/p0/a.txt")?.content == DiskTests.note)
  }

  @Test func circlesOfClusters() throws {
    guard let image = try DiskImages().fat(16, ["a/b.txt": DiskTests.large]) else { return }
    let table = 512 * (Int(image[14]) | Int(image[15]) << 8)
    let folder = try Folder()
    for cluster in 2..<8 {
      for target in [2, cluster] {
        var broken = image
        broken[table + 2 * cluster] = UInt8(target)
        broken[table + 2 * cluster + 1] = 0
        try examine(broken, folder.path + "/x", "cluster \(cluster)")
      }
    }
    // A folder that contains itself: its own dot entry under a proper name.
    var broken = image
    let dot = Data(".          ".utf8)
    let at = try #require(Data(image).range(of: dot)?.lowerBound)
    for (i, byte) in "AGAIN      ".utf8.enumerated() { broken[at + i] = byte }
    try examine(broken, folder.path + "/x", "a folder in itself")
  }

  /// Damage does not take away what can still be read.
  @Test func damagedFileSystem() throws {
    guard var image = try DiskImages().ext("ext4", ["a.txt": DiskTests.note, "b/c.txt": DiskTests.large]) else {
      return
    }
    // The superblock is gone: no structure is left, the bytes are.
    for i in 1024..<1080 { image[i] = 0xFF }
    image[1024 + 56] = 0x53
    image[1024 + 57] = 0xEF
    image[1024 + 24] = 1
    image[1024 + 25] = 0
    image[1024 + 26] = 0
    image[1024 + 27] = 0
    image[1024 + 58] = 1
    image[1024 + 59] = 0
    let sink = try Feed.memory(image, keep: 4 << 20)
    #expect(sink.broken.isEmpty)
    #expect(sink.entry("x")?.verdict == "failed corrupt")
    #expect(sink.entries.contains { $0.path != "x" && Data($0.content).range(of: Data("7f3a".utf8)) != nil })
  }

  /// A file that claims to be larger than its image many times over costs nothing but a word, and hides nothing.
  @Test(arguments: ["ext2", "ext4"])
  func hugeSparseFile(type: String) throws {
    let image = try DiskImages().ext(type, ["a.txt": DiskTests.note, "z.txt": DiskTests.note]) { folder in
      let path = folder.path + "/vast"
      try Data([1]).write(to: URL(fileURLWithPath: path))
      #expect(truncate(path, type == "ext2" ? 15 << 30 : 1 << 40) == 0)
    }
    guard let image else { return }
    let sink = try Feed.memory(image)
    #expect(sink.broken.isEmpty)
    #expect(sink.entry("x!/p0/vast")?.verdict.hasPrefix("limited") == true, "\(sink.verdicts)")
    #expect(sink.entry("x!/p0/a.txt")?.content == DiskTests.note)
    #expect(sink.entry("x!/p0/z.txt")?.content == DiskTests.note)
    #expect(sink.entry("x!/p0/$unallocated")?.verdict == "ok")
    #expect(sink.entry("x") == nil)
  }
}
