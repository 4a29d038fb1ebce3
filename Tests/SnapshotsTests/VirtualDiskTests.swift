import CustodyCore
import Foundation
import Snapshots
import TestSupport
import Testing

/// Disks in images that are no raw ones: the same members, whatever the form.
@Suite struct VirtualDiskTests {
  private static let files = ["DCIM/a.txt": DiskTests.large, "b.txt": DiskTests.note]

  /// A disk of 4 MiB with one partition.
  static func disk() throws -> [UInt8]? {
    let images = try DiskImages()
    guard let fat = try images.fat(12, files) else { return nil }
    return try images.disk(4 << 20, "label: dos\nstart=2048,size=2048,type=1\n", [(2048, fat)])
  }

  static let forms = [
    "qcow2", "qcow2 packed", "qcow2 small clusters", "vmdk", "vmdk stream", "vhd", "vhdx", "vdi", "ewf", "ewf plain",
  ]

  static func image(_ form: String, _ disk: [UInt8]) -> [UInt8] {
    switch form {
    case "qcow2": VirtualDiskImages.qcow2(disk)
    case "qcow2 packed": VirtualDiskImages.qcow2(disk, isPacked: true)
    case "qcow2 small clusters": VirtualDiskImages.qcow2(disk, clusterBits: 11, isPacked: true)
    case "vmdk": VirtualDiskImages.vmdk(disk)
    case "vmdk stream": VirtualDiskImages.vmdk(disk, isStream: true)
    case "vhd": VirtualDiskImages.vhd(disk)
    case "vhdx": VirtualDiskImages.vhdx(disk)
    case "vdi": VirtualDiskImages.vdi(disk)
    case "ewf": VirtualDiskImages.ewf(disk)
    default: VirtualDiskImages.ewf(disk, isPacked: false)
    }
  }

  @Test(arguments: forms)
  func everyForm(form: String) throws {
    guard let disk = try Self.disk() else { return }
    let raw = try Feed.memory(disk, keep: 8 << 20)
    let image = Self.image(form, disk)
    let sink = try Feed.memory(image, keep: 64 << 20)
    #expect(sink.broken.isEmpty)
    for path in ["x!/p1/DCIM/a.txt", "x!/p1/b.txt", "x!/p1/$unallocated"] {
      #expect(sink.entry(path)?.content == raw.entry(path)?.content, "\(path) in \(sink.verdicts)")
      #expect(sink.entry(path)?.verdict == raw.entry(path)?.verdict)
    }
    #expect(sink.entry("x!/p1/b.txt")?.content == DiskTests.note)
    // The container has no line of its own: nothing is wrong with it.
    #expect(sink.entry("x") == nil, "\(sink.verdicts)")
    // What is no part of the disk is at its own place, and the disk is not there a second time.
    let rest = sink.entry("x!/$image")
    #expect(rest?.content.count == image.count)
    #expect(rest?.content.prefix(12) == image.prefix(12))
    #expect(rest.map { Data($0.content).range(of: Data("7f3a".utf8)) == nil } == true)
  }

  /// From a stream and inside an archive, where nothing can be read in place.
  @Test func nested() throws {
    guard let disk = try Self.disk() else { return }
    let image = VirtualDiskImages.qcow2(disk, isPacked: true)
    let tar = HandBuilt.tarMember("vm/disk.qcow2", image) + HandBuilt.tarEnd
    let sink = try Feed.stream(tar, keep: 8 << 20)
    #expect(sink.entry("-!/vm/disk.qcow2!/p1/b.txt")?.content == DiskTests.note, "\(sink.paths)")
    #expect(sink.entry("-!/vm/disk.qcow2")?.verdict == "ok")
  }

  /// A terabyte of which 4 MiB were ever written.
  @Test func holesCostNothing() throws {
    guard let disk = try Self.disk() else { return }
    for image in [
      VirtualDiskImages.qcow2(disk, clusterBits: 16, size: 1 << 40), VirtualDiskImages.vhd(disk, size: 8 << 30),
    ] {
      let start = ContinuousClock.now
      let sink = try Feed.memory(image, keep: 1 << 20)
      #expect(ContinuousClock.now - start < .seconds(10))
      #expect(sink.entry("x!/p1/b.txt")?.content == DiskTests.note)
      #expect(sink.entries.reduce(0) { $0 + $1.zeros } < 64 << 20)
      #expect(!sink.verdicts.contains { $0.hasSuffix("limit") }, "\(sink.verdicts)")
    }
  }

  @Test func whatIsMissingIsSaid() throws {
    guard let disk = try Self.disk() else { return }
    let cases: [(image: [UInt8], isReadable: Bool, note: String)] = [
      (VirtualDiskImages.qcow2(disk, snapshots: 2), true, "internal snapshots"),
      (VirtualDiskImages.vhdx(disk, hasLog: true), true, "log"),
      (VirtualDiskImages.ewf(disk, isLast: false), true, "further segments"),
      // Where the zeros of the file system's own tables are somebody else's, it may not open.
      (VirtualDiskImages.qcow2(disk, backing: "base.img"), false, "backing file"),
      (VirtualDiskImages.vmdk(disk, parent: "12345678"), false, "parent disk"),
      (VirtualDiskImages.vhd(disk, isDifferencing: true), false, "parent disk"),
    ]
    for (image, isReadable, note) in cases {
      let sink = try Feed.memory(image, keep: 8 << 20)
      #expect(sink.broken.isEmpty)
      let verdict = sink.entry("x")?.verdict
      #expect(
        verdict == "partial content-not-decoded" || (!isReadable && verdict == "failed corrupt"), "\(sink.verdicts)")
      #expect(sink.entry("x")?.outcome?.notes.contains { $0.contains(note) } == true, "\(note)")
      if isReadable { #expect(sink.entry("x!/p1/b.txt")?.content == DiskTests.note, "\(note): \(sink.verdicts)") }
      // Readable or not, what the image has is in some entry.
      let mark = Data("7f3a".utf8)
      #expect(sink.entries.contains { Data($0.content).range(of: mark) != nil }, "\(note): \(sink.verdicts)")
    }
    // What a backing file has is not taken for zeros.
    let sink = try Feed.memory(VirtualDiskImages.qcow2(disk, backing: "base.img"))
    #expect(sink.entry("x!/p1/$unallocated")?.verdict == "failed unreadable", "\(sink.verdicts)")
    #expect(sink.entry("x!/p1/$unallocated")?.outcome?.contentComplete == false)
  }

  /// A piece that takes more bytes than its compressed stream can hide something behind it.
  @Test func whatStandsBehindCompressedPiecesIsSaid() throws {
    guard let disk = try Self.disk() else { return }
    var image = VirtualDiskImages.vmdk(disk, isStream: true)
    let grain = try #require(
      stride(from: 512, to: image.count - 8192, by: 512).first { image[$0 + 12] == 0x78 && image[$0 + 11] == 0 })
    let length = Int(image[grain + 8]) | Int(image[grain + 9]) << 8
    let more = min(65_535, length + 4096)
    image[grain + 8] = UInt8(more & 255)
    image[grain + 9] = UInt8(more >> 8)
    let sink = try Feed.memory(image, keep: 8 << 20)
    #expect(sink.entry("x")?.verdict == "partial content-not-decoded", "\(sink.verdicts)")
    #expect(sink.entry("x")?.outcome?.notes.contains { $0.contains("behind the end") } == true)
    #expect(sink.entry("x!/p1/b.txt")?.content == DiskTests.note)
  }

  @Test func refusedImagesAreCarved() throws {
    guard let disk = try Self.disk() else { return }
    var first = VirtualDiskImages.vmdk(disk, isStream: true)
    first.removeLast(1024)
    for (image, verdict) in [
      (VirtualDiskImages.qcow2(disk, crypt: 2), "opaque encrypted"), (first, "failed truncated"),
    ] {
      let sink = try Feed.memory(image, keep: 8 << 20)
      #expect(sink.entry("x")?.verdict == verdict)
      #expect(sink.entry("x!/@0+\(image.count)")?.content == image, "\(sink.paths)")
    }
  }

  /// A further segment has chunks, whose place on the disk only the first one knows.
  @Test func furtherSegments() throws {
    guard let disk = try Self.disk() else { return }
    let sink = try Feed.memory(VirtualDiskImages.ewf(disk, segment: 2), keep: 8 << 20)
    #expect(sink.entry("x")?.verdict == "partial content-not-decoded")
    #expect(sink.entry("x")?.outcome?.notes.contains { $0.contains("further segment") } == true)
  }

  /// Encrypted volumes and what is no file system at all are entries of the disk's bytes.
  @Test func bareContent() throws {
    let content = [UInt8](repeating: 0x41, count: 100_000)
    let sink = try Feed.memory(VirtualDiskImages.qcow2(content))
    #expect(sink.entry("x!/p0")?.content.prefix(content.count) == content[...])
    let sparse = try Feed.memory(VirtualDiskImages.qcow2(content, clusterBits: 16, size: 1 << 40))
    #expect(sparse.entry("x!/p0/@0+131072")?.content.prefix(content.count) == content[...], "\(sparse.paths)")
  }
}
