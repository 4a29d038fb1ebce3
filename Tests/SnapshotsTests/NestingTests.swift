import CustodyCore
import Snapshots
import Testing
import TestSupport

@Suite struct NestingTests {
  private let inner = ArchiveBuilder.archive("ustar", [BuiltMember("lane3/a.jpg", text: "picture")])

  @Test func containersEndAfterTheirMembers() throws {
    let zip = HandBuilt.zip([.init("b.tar", inner), .init("c.txt", Array("c".utf8))])
    let bytes = ArchiveBuilder.archive("pax", [BuiltMember("day.zip", zip), BuiltMember("z", text: "z")])
    let sink = try Feed.file(bytes, name: "usb.tar")
    #expect(sink.broken.isEmpty)
    #expect(
      sink.verdicts == [
        "usb.tar!/day.zip!/b.tar!/lane3/a.jpg: ok", "usb.tar!/day.zip!/b.tar: ok", "usb.tar!/day.zip!/c.txt: ok",
        "usb.tar!/day.zip: ok", "usb.tar!/z: ok",
      ])
    #expect(sink.paths.first == "usb.tar!/day.zip")
    #expect(sink.entry("usb.tar!/day.zip")?.content == zip)
    #expect(sink.entry("usb.tar!/day.zip")?.header.kind?.rawValue == "application/zip")
    #expect(sink.entry("usb.tar!/day.zip!/b.tar")?.content == inner)
    #expect(sink.entry("usb.tar!/z")?.header.isContainer == false)
  }

  /// A zip lying in a tar file is read in place, in a stream it is spooled: memory, then a temporary file.
  @Test(arguments: [32 << 20, 0])
  func spooling(memory: Int) throws {
    let zip = HandBuilt.zip([.init("a", [UInt8](repeating: 1, count: 100_000)), .init("b", Array("b".utf8))])
    let tar = ArchiveBuilder.archive("ustar", [BuiltMember("x", text: "1"), BuiltMember("d.zip", zip)])
    var limits = SnapshotLimits()
    limits.maxSpoolMemory = UInt64(memory)
    for sink in [
      try Feed.file(tar, name: "t", limits: limits), try Feed.stream(tar, name: "t", limits: limits),
      try Feed.file(ArchiveBuilder.filtered(tar, "gzip"), name: "t", limits: limits),
    ] {
      #expect(sink.broken.isEmpty)
      #expect(sink.verdicts == ["t!/x: ok", "t!/d.zip!/a: ok", "t!/d.zip!/b: ok", "t!/d.zip: ok"])
      #expect(sink.entry("t!/d.zip!/a")?.content.count == 100_000)
    }
    limits.maxSpoolMemory = 0
    limits.maxSpoolBytes = 1000
    let sink = try Feed.stream(tar, name: "t", limits: limits)
    #expect(sink.verdicts == ["t!/x: ok", "t!/d.zip: limited spool-limit"])
    #expect(sink.entry("t!/d.zip")?.content == zip)
  }

  @Test func filtersMergeWithTheArchiveInside() throws {
    let gz = ArchiveBuilder.filtered(inner, "gzip")
    let bytes = ArchiveBuilder.archive("ustar", [BuiltMember("n/x.tar.gz", gz)])
    let sink = try Feed.file(bytes, name: "t.tar")
    #expect(sink.verdicts == ["t.tar!/n/x.tar.gz!/lane3/a.jpg: ok", "t.tar!/n/x.tar.gz: ok"])
    #expect(sink.entry("t.tar!/n/x.tar.gz")?.content == gz)
    let twice = try Feed.file(ArchiveBuilder.filtered(gz, "xz"), name: "x.tar.gz.xz")
    #expect(twice.verdicts == ["x.tar.gz.xz!/x.tar.gz!/lane3/a.jpg: ok", "x.tar.gz.xz!/x.tar.gz: ok"])
  }

  @Test func gzipNamesItsContent() throws {
    let plain = ArchiveBuilder.filtered(Array("fmr".utf8), "gzip")
    var named = Array(plain[0..<10])
    named[3] = 8
    named += Array("gate/7.fmr".utf8) + [0] + plain[10...]
    let sink = try Feed.file(named, name: "whatever.gz")
    #expect(sink.verdicts == ["whatever.gz!/gate/7.fmr: ok"])
    #expect(try Feed.file(plain, name: "noextension").verdicts == ["noextension!/data: ok"])
  }

  @Test func depthIsLimited() throws {
    var bytes = Array("core".utf8)
    for _ in 0..<200 { bytes = ArchiveBuilder.filtered(bytes, "gzip") }
    let sink = try Feed.file(bytes, name: "x")
    #expect(sink.broken.isEmpty)
    #expect(sink.entries.count == 17)
    #expect(sink.verdicts.first?.hasSuffix("limited depth-limit") == true)
    #expect(sink.verdicts.dropFirst().allSatisfy { $0.hasSuffix(": ok") })
    #expect(sink.entries.last?.outcome?.contentComplete == true)
    #expect(sink.entries.last?.header.isContainer == true)

    var limits = SnapshotLimits()
    limits.maxDepth = 1
    let merged = try Feed.file(ArchiveBuilder.filtered(inner, "gzip"), name: "x.tgz", limits: limits)
    #expect(merged.verdicts == ["x.tgz!/x.tar: limited depth-limit"])
    #expect(merged.entries.first?.content == inner)
  }

  @Test func uncompressLayersCountToo() throws {
    var bytes = Array("core of many layers".utf8)
    for _ in 0..<25 { bytes = ArchiveBuilder.filtered(bytes, "compress") }
    let sink = try Feed.file(bytes, name: "x.Z")
    #expect(sink.verdicts == ["x.Z: limited depth-limit"])
  }

  @Test func trailingData() throws {
    let tar = ArchiveBuilder.archive("ustar", [BuiltMember("a", text: "a")])
    let second = ArchiveBuilder.archive("ustar", [BuiltMember("hidden", text: "h")])
    let padding = [UInt8](repeating: 0, count: 10_240 - tar.count % 10_240)
    let both = tar + padding + second
    let offset = tar.count + padding.count
    let sink = try Feed.file(both, name: "x.tar")
    let extra = "x.tar!/@\(offset)+\(second.count)"
    #expect(sink.broken.isEmpty)
    #expect(sink.verdicts == ["x.tar!/a: ok", extra + "!/hidden: ok", extra + ": ok"])
    let piped = try Feed.stream(both, name: "x.tar")
    #expect(piped.verdicts == ["x.tar!/a: ok", "x.tar!/@\(offset)!/hidden: ok", "x.tar!/@\(offset): ok"])

    let gz = ArchiveBuilder.filtered(Array("a".utf8), "gzip")
    let note = Array("after the trailer".utf8)
    let tailed = try Feed.file(gz + note, name: "x.gz")
    #expect(tailed.verdicts == ["x.gz!/x: ok", "x.gz!/@\(gz.count)+\(note.count): ok"])
    #expect(tailed.entries.last?.content == note)

    let seven = ArchiveBuilder.archive("7zip", [BuiltMember("a", text: "a")])
    let after = try Feed.file(seven + note, name: "x.7z")
    #expect(after.verdicts == ["x.7z!/a: ok", "x.7z!/@\(seven.count)+\(note.count): ok"])

    let padded = try Feed.file(tar + [UInt8](repeating: 0, count: 2_000_000), name: "x.tar")
    #expect(padded.verdicts == ["x.tar!/a: ok"])
  }

  /// Unread bytes survive pieces of every length.
  @Test func trailingDataBehindCompression() throws {
    let tar = ArchiveBuilder.archive("ustar", [BuiltMember("a", [UInt8](repeating: 5, count: 300_000))])
    var generator = SeededGenerator(seed: 4)
    let junk = (0..<200_001).map { _ in UInt8.random(in: 1...255, using: &generator) }
    for filter in ["gzip", "bzip2", "xz", "zstd", "lz4", "uuencode"] {
      let sink = try Feed.stream(ArchiveBuilder.filtered(tar + junk, filter), name: "x")
      let own = filter == "uuencode" ? ["x: ok"] : []
      #expect(sink.verdicts == ["x!/a: ok", "x!/@\(tar.count): ok"] + own, "\(filter)")
      #expect(sink.entries.last?.content == junk)
    }
  }

  @Test func plainInput() throws {
    for sink in [try Feed.file(Array("text".utf8), name: "a.txt"), try Feed.stream(Array("text".utf8), name: "a.txt")] {
      #expect(sink.verdicts == ["a.txt: ok"])
      #expect(sink.entries.first?.text == "text")
    }
    #expect(try Feed.file([], name: "nothing").verdicts == ["nothing: ok"])
    #expect(try Feed.file([UInt8](repeating: 0, count: 10_240), name: "zeros").verdicts == ["zeros: ok"])
    #expect(try Feed.file(Array("#mtree\nx type=file size=9\n".utf8), name: "m").verdicts == ["m: ok"])
    let noReader = [0x89, 0x4C, 0x5A, 0x4F, 0x00, 0x0D, 0x0A, 0x1A, 0x0A] + [UInt8](repeating: 1, count: 99)
    #expect(try Feed.file(noReader, name: "x.lzo").verdicts == ["x.lzo: opaque unsupported-format"])
  }

  @Test func missingInput() {
    #expect(throws: Complaint.self) {
      _ = try SnapshotReader().read(.path("/nowhere/at/all"), into: RecordingSink())
    }
  }
}
