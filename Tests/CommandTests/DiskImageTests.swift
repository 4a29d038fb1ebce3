import CustodyCore
import Foundation
import Records
import TestSupport
import Testing

/// The real program, its sandbox included, on disk images.
@Suite struct DiskImageTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private var custody: CommandLineTool { CommandLineTool(product: "custody", in: folder.url) }

  private func examine(_ snapshot: String, _ expected: Int32? = nil) throws -> [String: Examination] {
    let run = try custody.run(["examine", snapshot, "-o", "out.jsonl", "--quiet", "--no-vision"], timeout: 120)
    #expect(run.status == expected ?? run.status, "\(snapshot): \(run.status) \(run.err)")
    #expect([0, 3].contains(run.status), "\(snapshot): \(run.status) \(run.err)")
    let lines = try folder.read("out.jsonl").split(separator: 0x0A).map { try InventoryLine.decode($0) }
    #expect(!lines.contains { $0.reason == .examinerCrashed })
    return Dictionary(lines.map { ($0.locator.description, $0) }) { first, _ in first }
  }

  private static let zone = Array((MRZBuilder.td3().joined(separator: "\n") + "\n").utf8)
  private static let filler = [UInt8](repeating: 0x2E, count: 40_000)

  /// A passport line and a face record in each file system, found once each, under their names.
  @Test func everyFileSystem() throws {
    let images = try DiskImages()
    let files = ["docs/mrz.txt": Self.zone, "docs/face.fac": FaceRecordBuilder.iso2005()]
    var made: [String: [UInt8]] = [:]
    for type in ["ext2", "ext3", "ext4"] { made[type] = try images.ext(type, files) }
    for bits in [12, 16, 32] { made["fat\(bits)"] = try images.fat(bits, files) }
    let flat = ["mrz.txt": Self.zone, "face.fac": FaceRecordBuilder.iso2005()]
    made["ntfs"] = try images.ntfs(flat, streams: ["mrz.txt:more": Self.filler + Self.zone])
    for (name, image) in made.sorted(by: { $0.key < $1.key }) {
      try folder.write(name + ".img", image)
      let entries = try examine(name + ".img", 3)
      let place = name + ".img!/p0/" + (name == "ntfs" ? "" : "docs/")
      #expect(entries[place + "mrz.txt"]?.observations.map(\.dataClass) == [.identityMRZ])
      #expect(entries[place + "mrz.txt"]?.disposition == .examined)
      #expect(entries[place + "face.fac"]?.observations.map(\.dataClass).contains(.faceImage) == true)
      if name == "ntfs" { #expect(entries[place + "mrz.txt:more"]?.observations.map(\.dataClass) == [.identityMRZ]) }
      let rest = entries[name + ".img!/p0/$unallocated"]
      #expect(rest?.observations == [], "\(name)")
      #expect(rest?.reason == .contentNotDecoded)
    }
    if let image = try images.exfat("mrz.txt", Self.zone) {
      try folder.write("ex.img", image)
      #expect(try examine("ex.img", 3)["ex.img!/p0/mrz.txt"]?.observations.map(\.dataClass) == [.identityMRZ])
    }
  }

  @Test func deletedFilesAndFreeSpace() throws {
    let images = try DiskImages()
    if let image = try images.fat(16, ["mrz.txt": Self.zone], removed: ["mrz.txt"]) {
      try folder.write("fat.img", image)
      let entry = try examine("fat.img")["fat.img!/p0/_rz.txt"]
      #expect(entry?.attributes["deleted"] == true)
      #expect(entry?.observations.map(\.dataClass) == [.identityMRZ])
    }
    if let image = try images.ext("ext4", ["a.txt": Self.filler, "mrz.txt": Self.zone], removed: ["mrz.txt"]) {
      try folder.write("ext.img", image)
      let found = try examine("ext.img").values.filter { !$0.observations.isEmpty }
      #expect(found.count == 1)
      // Places are those of the file system.
      if let entry = found.first, entry.locator.description.hasSuffix("$unallocated"),
        let place = entry.observations.first?.place
      {
        let range = Int(place.offset)..<Int(place.offset + place.length)
        #expect(image[range] == Self.zone.prefix(Int(place.length)))
      }
    }
  }

  @Test func partitionsAndStreams() throws {
    let images = try DiskImages()
    guard let ext = try images.ext("ext4", ["mrz.txt": Self.zone]), let ntfs = try images.ntfs(["mrz.txt": Self.zone])
    else { return }
    var luks = [UInt8](repeating: 0, count: 4096)
    for (at, text) in [(0, "LUKS\u{0}\u{0}\u{0}\u{1}"), (8, "aes"), (40, "xts-plain64"), (72, "sha256")] {
      luks.replaceSubrange(at..<(at + text.utf8.count), with: text.utf8)
    }
    luks[4] = 0xBA
    luks[5] = 0xBE
    luks[111] = 64
    let script =
      "label: dos\nstart=2048,size=4096,type=83\nstart=8192,size=4096,type=7\nstart=14336,size=2048,type=83\n"
    guard let disk = try images.disk(8 << 20, script, [(2048, ext), (8192, ntfs), (14336, luks)]) else { return }
    try folder.write("usb.img", disk)
    try folder.write("usb.tar.gz", ArchiveBuilder.archive("ustar", [BuiltMember("usb.img", disk)], filters: ["gzip"]))
    for (snapshot, outer) in [("usb.img", "usb.img!/"), ("usb.tar.gz", "usb.tar.gz!/usb.img!/")] {
      let entries = try examine(snapshot, 3)
      for part in ["p1/mrz.txt", "p2/mrz.txt"] {
        #expect(entries[outer + part]?.observations.map(\.dataClass) == [.identityMRZ])
      }
      #expect(entries[outer + "p3"]?.disposition == .opaque)
      #expect(entries[outer + "p3"]?.reason == .encrypted)
    }
  }

  /// A passport line in every form of image, by its name, and not a second time as bytes.
  @Test func imagesThatAreNoRawOnes() throws {
    let images = try DiskImages()
    guard let fat = try images.fat(12, ["docs/mrz.txt": Self.zone]),
      let disk = try images.disk(4 << 20, "label: dos\nstart=2048,size=2048,type=1\n", [(2048, fat)])
    else { return }
    let made: [String: [UInt8]] = [
      "a.qcow2": VirtualDiskImages.qcow2(disk, isPacked: true), "a.vmdk": VirtualDiskImages.vmdk(disk),
      "b.vmdk": VirtualDiskImages.vmdk(disk, isStream: true), "a.vhd": VirtualDiskImages.vhd(disk),
      "a.vhdx": VirtualDiskImages.vhdx(disk), "a.vdi": VirtualDiskImages.vdi(disk),
      "a.E01": VirtualDiskImages.ewf(disk),
    ]
    for (name, image) in made.sorted(by: { $0.key < $1.key }) {
      try folder.write(name, image)
      let entries = try examine(name, 3)
      let found = entries.filter { !$0.value.observations.isEmpty }
      #expect(Array(found.keys) == [name + "!/p1/docs/mrz.txt"], "\(entries.keys)")
      #expect(entries[name + "!/$image"]?.reason == .contentNotDecoded)
      #expect(entries[name] == nil)
    }
  }

  @Test func damage() throws {
    let images = try DiskImages()
    var generator = SeededGenerator(seed: 20_190_513)
    let made = [try images.ext("ext4", ["mrz.txt": Self.zone], size: 1 << 20), try images.ntfs(["mrz.txt": Self.zone])]
    for image in made.compactMap({ $0 }) {
      let places = image.indices.filter { image[$0] != 0 }
      for _ in 0..<15 {
        var broken = image
        for _ in 0..<5 {
          broken[places[Int.random(in: 0..<places.count, using: &generator)]] ^=
            1 << UInt8.random(in: 0...7, using: &generator)
        }
        try folder.write("broken.img", broken)
        _ = try examine("broken.img")
      }
    }
  }
}
