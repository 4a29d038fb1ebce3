import CustodyCore
import Foundation
import Snapshots
import TestSupport
import Testing

/// Images of disks that were damaged on purpose.
@Suite struct VirtualDiskHostileTests {
  @Test(arguments: VirtualDiskTests.forms)
  func mutations(form: String) throws {
    guard let fat = try DiskImages().fat(12, ["a.txt": DiskTests.note]) else { return }
    let image = VirtualDiskTests.image(form, fat)
    let structure = form == "vhdx" ? 192 << 10..<(192 << 10) + 96 : 0..<8192
    try Mutations().mutate(image, structure: structure, form)
  }

  @Test(arguments: VirtualDiskTests.forms)
  func truncations(form: String) throws {
    guard let fat = try DiskImages().fat(12, ["a.txt": DiskTests.large]) else { return }
    try Mutations().truncate(VirtualDiskTests.image(form, fat), form)
  }

  /// All entries of a table lead to one cluster, all of a directory to one table.
  @Test func sharedTables() throws {
    let content = (0..<(2 << 20)).map { UInt8(truncatingIfNeeded: $0 >> 12 | 1) }
    var image = VirtualDiskImages.qcow2(content)
    func put(_ value: Int, _ at: Int) {
      for i in 0..<8 { image[at + 7 - i] = UInt8(truncatingIfNeeded: value >> (8 * i)) }
    }
    put(1 << 30, 24)
    for i in 0..<4 { image[36 + i] = [0, 0, 2, 0][i] }
    let table = 2 * 4096
    for i in 0..<512 {
      put(table, 4096 + 8 * i)
      put(3 * 4096, table + 8 * i)
    }
    let start = ContinuousClock.now
    let sink = try Feed.memory(image, keep: 8 << 20)
    #expect(ContinuousClock.now - start < .seconds(20))
    #expect(sink.broken.isEmpty)
    #expect(sink.entry("x")?.verdict == "failed corrupt", "\(sink.verdicts)")
    let notes = sink.entry("x")?.outcome?.notes ?? []
    #expect(notes.contains("clusters of the image are used twice"), "\(notes)")
    #expect(notes.contains("tables of the image lead nowhere or are used twice"), "\(notes)")
  }

  /// One compressed cluster that cannot be decompressed takes nothing else away.
  @Test func damagedCluster() throws {
    let content = (0..<(256 << 10)).map { UInt8(truncatingIfNeeded: $0 >> 12 | 1) } + DiskTests.note
    var image = VirtualDiskImages.qcow2(content, isPacked: true)
    // The second cluster is compressed: behind the tables and the first one, at an odd byte.
    for i in 0..<8 { image[4 * 4096 + 5 + i] = 0xFF }
    let sink = try Feed.memory(image, keep: 8 << 20)
    #expect(sink.broken.isEmpty)
    #expect(sink.entry("x")?.verdict == "failed corrupt", "\(sink.verdicts)")
    let disk = sink.entry("x!/p0")
    #expect(disk?.verdict == "failed unreadable")
    #expect(disk?.outcome?.contentComplete == false)
    #expect(disk?.content[8192..<content.count] == content[8192...])
  }

  @Test func claimedSizes() throws {
    let content = [UInt8](repeating: 0x41, count: 64 << 10)
    for size in [1 << 50, 1 << 60, Int.max] {
      var image = VirtualDiskImages.qcow2(content, clusterBits: 16)
      for i in 0..<8 { image[31 - i] = UInt8(truncatingIfNeeded: size >> (8 * i)) }
      try Mutations().examine(image, "qcow2 of \(size)")
      var vhd = VirtualDiskImages.vhd(content)
      for i in 0..<8 { vhd[55 - i] = UInt8(truncatingIfNeeded: size >> (8 * i)) }
      try Mutations().examine(vhd, "vhd of \(size)")
      for i in 0..<4 { vhd[512 + 28 + i] = 0xFF }
      for i in 0..<4 { vhd[512 + 32 + i] = [0, 0, 2, 0][i] }
      try Mutations().examine(vhd, "vhd of \(size) in blocks of 512 bytes")
      var vdi = VirtualDiskImages.vdi(content)
      for i in 0..<8 { vdi[368 + i] = UInt8(truncatingIfNeeded: size >> (8 * i)) }
      try Mutations().examine(vdi, "vdi of \(size)")
    }
  }

  /// A part of a disk is an entry, and no larger than one may be: tables that lead to holes cost nothing to write.
  @Test(arguments: VirtualDiskTests.forms) func entriesAreNoLargerThanTheLimit(form: String) throws {
    var disk = [UInt8](repeating: 0x41, count: 1 << 20)
    for i in disk.indices where i % 4096 == 0 { disk[i] = UInt8(truncatingIfNeeded: i >> 12) }
    var limits = SnapshotLimits()
    limits.maxEntrySize = 100 << 10
    let sink = try Feed.memory(VirtualDiskTests.image(form, disk), limits: limits, keep: 8 << 20)
    #expect(sink.broken.isEmpty)
    let part = sink.entry("x!/p0")
    #expect(part?.verdict.hasSuffix("limited entry-size-limit") == true, "\(sink.verdicts)")
    #expect(sink.entries.allSatisfy { $0.path == "x" || $0.content.count <= 100 << 10 })
  }
}
