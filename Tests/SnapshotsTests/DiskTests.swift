import CustodyCore
import Foundation
import Snapshots
import TestSupport
import Testing

@Suite struct DiskTests {
  static let note = Array("a small file, with a mark: 7f3a\n".utf8)
  static let large = [UInt8](repeating: 0x2E, count: 150_000) + note

  private func check(_ sink: RecordingSink, _ path: String, _ content: [UInt8], deleted: Bool = false) {
    #expect(sink.broken.isEmpty)
    let entry = sink.entry(path)
    #expect(entry?.content == content, "\(path) in \(sink.paths)")
    #expect(entry?.verdict == "ok")
    #expect(entry?.header.isDeleted == deleted)
  }

  /// Every file's bytes are in its entry and nowhere else.
  private func once(_ sink: RecordingSink, _ count: Int = 1) {
    let mark = Data("7f3a".utf8)
    var marks = 0
    for entry in sink.entries where !entry.header.isContainer {
      let content = Data(entry.content)
      var from = content.startIndex
      while let hit = content.range(of: mark, in: from..<content.endIndex) {
        marks += 1
        from = hit.upperBound
      }
    }
    #expect(marks == count, "\(sink.paths)")
  }

  @Test(arguments: ["ext2", "ext3", "ext4"])
  func ext(type: String) throws {
    let files = ["DCIM/a.txt": Self.large, "b.txt": Self.note, "empty": []]
    let image = try DiskImages().ext(type, files) { folder in
      let manager = FileManager.default
      try manager.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: "b.txt")
      try manager.linkItem(atPath: folder.path + "/DCIM/a.txt", toPath: folder.path + "/again")
      try manager.createDirectory(atPath: folder.path + "/void", withIntermediateDirectories: true)
    }
    guard let image else { return }
    let sink = try Feed.memory(image, keep: 64 << 20)
    check(sink, "x!/p0/b.txt", Self.note)
    check(sink, "x!/p0/empty", [])
    #expect(sink.entry("x!/p0/link")?.header.kind == .symlink)
    #expect(sink.entry("x!/p0/link")?.header.link == Array("b.txt".utf8))
    let pair = ["x!/p0/DCIM/a.txt", "x!/p0/again"].compactMap { sink.entry($0) }
    #expect(pair.filter { $0.content == Self.large }.count == 1)
    #expect(pair.filter { $0.header.kind == .hardlink }.count == 1)
    #expect(sink.entry("x!/p0/b.txt")?.header.modified != nil)
    once(sink, 2)
    let rest = sink.entry("x!/p0/$unallocated")
    #expect(rest?.content.count == image.count)
    // What is left stands where it stood.
    #expect(rest?.content[1024..<2048] == image[1024..<2048])
    #expect(sink.entry("x") == nil)
  }

  @Test func extDeleted() throws {
    guard
      let image = try DiskImages().ext("ext4", ["gone.txt": Self.large, "stays.txt": Self.note], removed: ["gone.txt"])
    else { return }
    let sink = try Feed.memory(image, keep: 64 << 20)
    check(sink, "x!/p0/stays.txt", Self.note)
    once(sink, 2)
    let found = sink.entries.filter { $0.path != "x!/p0/stays.txt" && $0.text.contains("7f3a") }
    #expect(found.map(\.path) == ["x!/p0/$unallocated"] || found.map(\.header.isDeleted) == [true], "\(sink.paths)")
  }

  @Test(arguments: [12, 16, 32])
  func fat(bits: Int) throws {
    let files = ["DCIM/a long name.txt": Self.large, "b.txt": Self.note, "gone.txt": Self.note, "more.txt": Self.large]
    guard let image = try DiskImages().fat(bits, files, removed: ["gone.txt", "more.txt"]) else { return }
    let sink = try Feed.memory(image, keep: 64 << 20)
    check(sink, "x!/p0/DCIM/a long name.txt", Self.large)
    check(sink, "x!/p0/b.txt", Self.note)
    check(sink, "x!/p0/_one.txt", Self.note, deleted: true)
    check(sink, "x!/p0/_ore.txt", Self.large, deleted: true)
    #expect(sink.entry("x!/p0/_one.txt")?.header.notes == ["deleted"])
    once(sink, 4)
    #expect(sink.entry("x") == nil)
    #expect(sink.entries.count == 5, "\(sink.paths)")
  }

  /// A deleted file of which another took a cluster is not made up from it; what is left of it is in the rest.
  @Test func overwritten() throws {
    let images = try DiskImages()
    guard var image = try images.fat(12, ["a.txt": Self.large], removed: ["a.txt"]) else { return }
    try images.folder.write("image", image)
    try images.folder.write("one", Array("newer".utf8))
    let mcopy = CommandLineTool(executable: URL(fileURLWithPath: "/usr/bin/mcopy"), in: images.folder.url)
    #expect(try mcopy.run(["-i", "image", "one", "::/new.txt"]).status == 0)
    image = try images.folder.read("image")
    let sink = try Feed.memory(image, keep: 64 << 20)
    check(sink, "x!/p0/new.txt", Array("newer".utf8))
    once(sink)
  }

  @Test func exfat() throws {
    guard let image = try DiskImages().exfat("a rather long name.txt", Self.large) else { return }
    let sink = try Feed.memory(image, keep: 64 << 20)
    check(sink, "x!/p0/a rather long name.txt", Self.large)
    once(sink)
    #expect(sink.paths == ["x!/p0/a rather long name.txt", "x!/p0/$unallocated"])
  }

  @Test func ntfs() throws {
    let files = ["big.txt": Self.large, "small.txt": Self.note]
    guard let image = try DiskImages().ntfs(files, streams: ["big.txt:secret": Self.note]) else { return }
    let sink = try Feed.memory(image, keep: 64 << 20)
    check(sink, "x!/p0/big.txt", Self.large)
    check(sink, "x!/p0/small.txt", Self.note)
    check(sink, "x!/p0/big.txt:secret", Self.note)
    once(sink, 3)
    #expect(sink.entry("x") == nil)
  }

  /// The record's mark of use is taken away, as deleting does; the record itself stays.
  @Test func ntfsDeleted() throws {
    guard var image = try DiskImages().ntfs(["big.txt": Self.large, "small.txt": Self.note]) else { return }
    var changed = 0
    let mark = Data("FILE".utf8)
    let name = Data(Array("big.txt".utf8).reduce(into: [UInt8]()) { $0 += [$1, 0] })
    for at in stride(from: 0, to: image.count - 1024, by: 1024) {
      let record = Data(image[at..<(at + 1024)])
      guard record.prefix(4) == mark, record.range(of: name) != nil else { continue }
      image[at + 22] &= 0xFE
      changed += 1
    }
    #expect(changed == 1)
    let sink = try Feed.memory(image, keep: 64 << 20)
    check(sink, "x!/p0/small.txt", Self.note)
    let found = try #require(sink.entries.first { $0.header.isDeleted })
    #expect(found.content == Self.large)
    once(sink, 2)
  }

  @Test func partitions() throws {
    let images = try DiskImages()
    guard let ext = try images.ext("ext4", ["e.txt": Self.note]), let fat = try images.fat(12, ["f.txt": Self.note]),
      let ntfs = try images.ntfs(["n.txt": Self.note])
    else { return }
    let luks = Array("LUKS".utf8) + [0xBA, 0xBE, 0, 2] + [UInt8](repeating: 0, count: 4096)
    let dos = """
      label: dos
      start=2048,size=4096,type=83
      start=8192,size=2048,type=1
      start=12288,size=10240,type=5
      start=14336,size=4096,type=7
      start=20480,size=2048,type=83
      """
    let hidden = Array("between the partitions".utf8)
    let contents = [
      (sector: 2048, bytes: ext), (sector: 8192, bytes: fat), (sector: 14336, bytes: ntfs),
      (sector: 20480, bytes: luks),
      (sector: 7000, bytes: hidden),
    ]
    guard let disk = try images.disk(12 << 20, dos, contents) else { return }
    let sink = try Feed.memory(disk, keep: 64 << 20)
    check(sink, "x!/p1/e.txt", Self.note)
    check(sink, "x!/p2/f.txt", Self.note)
    check(sink, "x!/p5/n.txt", Self.note)
    once(sink, 3)
    // BitLocker To Go dresses up as a FAT.
    var sealed = disk
    let mark: [UInt8] = [
      0x3B, 0xD6, 0x67, 0x49, 0x29, 0x2E, 0xD8, 0x4A, 0x83, 0x99, 0xF6, 0xA3, 0x39, 0xE3, 0xD0, 0x01,
    ]
    sealed.replaceSubrange((8192 * 512 + 424)..<(8192 * 512 + 440), with: mark)
    #expect(try Feed.memory(sealed).entry("x!/p2")?.verdict == "opaque encrypted")

    #expect(sink.entry("x!/p6")?.content.prefix(luks.count) == luks[...])
    #expect(sink.paths.filter { $0.hasPrefix("x!/@") } == ["x!/@3145728+1048576"])
    #expect(sink.entry("x!/@3145728+1048576")?.text.contains("between the partitions") == true)
    #expect(sink.entry("x") == nil)

    let gpt = "label: gpt\nstart=2048,size=4096\nstart=8192,size=4096\n"
    guard let other = try images.disk(8 << 20, gpt, [(2048, ext), (8192, ntfs)]) else { return }
    for spoil in [false, true] {
      var image = other
      if spoil { image[512] ^= 0x55 }
      let sink = try Feed.memory(image, keep: 64 << 20)
      check(sink, "x!/p1/e.txt", Self.note)
      check(sink, "x!/p2/n.txt", Self.note)
      once(sink, 2)
      #expect(sink.entry("x")?.verdict == (spoil ? "failed corrupt" : nil))
    }

    // The same disk compressed in an archive.
    let tar = ArchiveBuilder.archive("ustar", [BuiltMember("usb.img", other)], filters: ["gzip"])
    let packed = try Feed.memory(tar, limits: SnapshotLimits(maxSpoolMemory: 1 << 20), keep: 64 << 20)
    check(packed, "x!/usb.img!/p2/n.txt", Self.note)
    #expect(packed.entry("x!/usb.img")?.content.prefix(512) == other.prefix(512))
  }
}

extension SnapshotLimits {
  fileprivate init(maxSpoolMemory: UInt64) {
    self.init()
    self.maxSpoolMemory = maxSpoolMemory
  }
}
