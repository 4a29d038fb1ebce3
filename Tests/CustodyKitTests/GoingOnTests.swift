import CustodyCore
import Foundation
import Records
import Snapshots
import TestSupport
import Testing

@testable import CustodyKit

/// What a crash leaves unseen is the place that caused it, and nothing else (decision 0023).
@Suite struct GoingOnTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  struct Answer {
    var bytes: [UInt8]
    var lines: [Examination]
    var restarts: Int

    subscript(_ name: String) -> Examination? { lines.first { $0.locator.description == name } }
    var quarantined: [String] { lines.filter { $0.reason == .quarantined }.map(\.locator.description) }
    var isWhole: Bool { !lines.contains { $0.reason == .examinerCrashed } }
  }

  func answer(_ name: String, restarts: Int) throws -> Answer {
    let bytes = try folder.read(name)
    return Answer(
      bytes: bytes, lines: try bytes.split(separator: 0x0A).map { try InventoryLine.decode($0) }, restarts: restarts)
  }

  func supervise(_ inputs: [SnapshotInput], jobs: Int = 2) throws -> Answer {
    try supervise(inputs, ExamineOptions(jobs: jobs)).answer
  }

  func supervise(
    _ inputs: [SnapshotInput], _ options: ExamineOptions, _ progress: ScanProgress = ScanProgress()
  ) throws -> (answer: Answer, result: ExamineResult) {
    let name = "out-\(UUID().uuidString).jsonl"
    let descriptor = open(folder.path(name), O_RDWR | O_CREAT | O_EXCL, 0o600)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let stub = CommandLineTool.products.appendingPathComponent("ExaminerStub").path
    let supervisor = ExamineSupervisor(program: .init(path: stub, arguments: []))
    let result = try supervisor.run(inputs, to: descriptor, options: options, progress: progress)
    let answer = try answer(name, restarts: result.restarts)
    #expect(result.inventory.treeSize == UInt64(answer.lines.count))
    #expect(answer.lines.map(\.index) == (0..<UInt64(answer.lines.count)).map { $0 })
    return (answer, result)
  }

  /// The same at any number of jobs, or it is said.
  func examine(_ path: String) throws -> Answer {
    let one = try supervise([.path(path)], jobs: 1)
    let four = try supervise([.path(path)], jobs: 4)
    #expect(one.bytes == four.bytes, "\(path)")
    #expect(one.isWhole && four.isWhole)
    return one
  }

  /// As if nothing had crashed: in this process, which has no such defects.
  func plainly(_ path: String) throws -> Answer {
    let name = "plain-\(UUID().uuidString).jsonl"
    let descriptor = open(folder.path(name), O_RDWR | O_CREAT | O_EXCL, 0o600)
    defer { close(descriptor) }
    _ = try Examine.run([.path(path)], to: descriptor, options: ExamineOptions(jobs: 2))
    return try answer(name, restarts: 0)
  }

  /// Expects that of all entries only those that were quarantined, and containers around them, differ.
  func expectOthersSeen(_ path: String, _ answer: Answer, but missing: [String] = []) throws {
    let plain = try plainly(path)
    for line in plain.lines {
      let name = line.locator.description
      if missing.contains(name) { continue }
      guard var mine = answer[name] else {
        Issue.record("\(name) is not there")
        continue
      }
      if mine.reason == .quarantined { continue }
      mine.index = line.index
      #expect(mine == line)
    }
    let names = Set(plain.lines.map(\.locator.description))
    #expect(
      answer.lines.allSatisfy {
        names.contains($0.locator.description) || $0.reason == .quarantined || $0.notes.contains("not read as members")
      })
  }

  static let face = FaceRecordBuilder.iso2005()
  static func crash(_ how: String, _ more: String = "") -> [UInt8] {
    Array("some text, then CRASH-NOW:\(how): and more \(more)\n".utf8)
  }
  func members(_ bad: [BuiltMember]) -> [BuiltMember] {
    (0..<20).map { BuiltMember("before/\($0).txt", text: "entry \($0)\n") } + [BuiltMember("a.fac", Self.face)] + bad
      + [BuiltMember("z.fac", Self.face)] + (0..<20).map { BuiltMember("behind/\($0).txt", text: "entry \($0)\n") }
  }

  // MARK: Entries

  @Test(arguments: [("segv", 1), ("abort", 1), ("trap", 1), ("swift", 1), ("stack", 1), ("kill", 2), ("exit", 2)])
  func oneEntry(_ how: String, _ restarts: Int) throws {
    let path = try folder.write(
      "s.tar", ArchiveBuilder.archive("pax", members([BuiltMember("bad.txt", Self.crash(how))])))
    let answer = try examine(path)
    #expect(answer.quarantined == ["s.tar!/bad.txt"])
    #expect(answer.restarts == restarts)
    let bad = try #require(answer["s.tar!/bad.txt"])
    #expect(bad.disposition == .failed && bad.kind == .unknown && bad.observations.isEmpty)
    #expect(bad.sha256 == (try plainly(path))["s.tar!/bad.txt"]?.sha256)
    #expect(answer["s.tar!/z.fac"]?.observations.isEmpty == false)
    try expectOthersSeen(path, answer)
  }

  @Test func aLargeEntryAndAFolder() throws {
    var large = ExamineTests.noise(5 << 20)
    large.replaceSubrange((3 << 20)..<((3 << 20) + Self.crash("segv").count), with: Self.crash("segv"))
    for member in members([BuiltMember("large.bin", large), BuiltMember("small.txt", Self.crash("abort"))]) {
      try folder.write("tree/" + String(decoding: member.path, as: UTF8.self), member.content)
    }
    let path = folder.path("tree")
    let answer = try examine(path)
    #expect(answer.quarantined == ["tree!/large.bin", "tree!/small.txt"])
    #expect(answer.restarts == 2)
    try expectOthersSeen(path, answer)
  }

  @Test func insideArchivesAndEncodings() throws {
    let zip = ArchiveBuilder.archive("zip", members([BuiltMember("deep.txt", Self.crash("segv"))]))
    let encoded = Data(Self.crash("segv", String(repeating: "filler ", count: 60))).base64EncodedString()
    let path = try folder.write(
      "s.tar.gz",
      ArchiveBuilder.archive(
        "pax", members([BuiltMember("in.zip", zip), BuiltMember("quoted.json", text: "{\"data\": \"\(encoded)\"}\n")]),
        filters: ["gzip"]))
    let answer = try examine(path)
    #expect(answer.quarantined == ["s.tar.gz!/in.zip!/deep.txt", "s.tar.gz!/quoted.json"])
    #expect(answer.restarts == 2)
    try expectOthersSeen(path, answer)
  }

  /// Twenty copies cost one beginning: they are known by their content.
  @Test func manyCopies() throws {
    let bad = (0..<20).map { BuiltMember("copy\($0).txt", Self.crash("segv")) }
    let path = try folder.write("s.tar", ArchiveBuilder.archive("pax", members(bad)))
    let answer = try examine(path)
    #expect(answer.quarantined.count == 20)
    #expect(answer.restarts == 1)
    try expectOthersSeen(path, answer)
  }

  /// Behind the last place that can be left out entries are listed and hashed: known, if not understood.
  @Test func moreThanTheLimit() throws {
    let bad = (0..<12).map { BuiltMember("bad\($0).txt", Self.crash("segv", "\($0)")) }
    let inner = BuiltMember("in.zip", ArchiveBuilder.archive("zip", members([])))
    let path = try folder.write("s.tar", ArchiveBuilder.archive("pax", members(bad + [inner])))
    let answer = try supervise([.path(path)], jobs: 1)
    #expect(answer.restarts == Recovery.mostRestarts + 1)
    #expect(answer.isWhole)
    #expect(answer.quarantined == (0..<9).map { "s.tar!/bad\($0).txt" })
    let plain = try plainly(path)
    let listed = answer.lines.filter { $0.reason == .crashLimit }
    #expect(listed.count == 3 + 1 + 1 + 20)
    #expect(listed.allSatisfy { $0.disposition == .limited && $0.observations.isEmpty })
    #expect(listed.allSatisfy { $0.sha256 != nil && $0.sha256 == plain[$0.locator.description]?.sha256 })
    #expect(answer["s.tar!/in.zip!/a.fac"] == nil)
    #expect(answer["s.tar!/a.fac"]?.observations.isEmpty == false)
  }

  @Test func moreContainersThanTheLimit() throws {
    guard let image = try image("CRASHVOLUME") else { return }
    let bad = (0..<11).map { n in
      var image = image
      image[1144 + 12] = UInt8(n)
      return BuiltMember("usb\(n).img", image)
    }
    let path = try folder.write("s.tar", ArchiveBuilder.archive("pax", members(bad)))
    let answer = try examine(path)
    #expect(answer.restarts == Recovery.mostRestarts + 1)
    #expect(answer.quarantined == (0..<9).map { "s.tar!/usb\($0).img" })
    #expect(answer["s.tar!/usb9.img"]?.reason == .crashLimit)
    #expect(answer["s.tar!/z.fac"]?.reason == .crashLimit)
  }

  /// Even listing what follows may end it.
  @Test func anEndForGood() throws {
    let zip = ArchiveBuilder.archive("zip", [BuiltMember("CRASHHEADER", text: "x\n")])
    let bad = (0..<10).map { BuiltMember("in\($0).zip", zip) } + [BuiltMember("CRASHHEADER", text: "x\n")]
    let path = try folder.write("s.tar", ArchiveBuilder.archive("pax", members(bad)))
    let answer = try supervise([.path(path)])
    let last = try #require(answer.lines.last)
    #expect(last.reason == .examinerCrashed && last.disposition == .failed)
    #expect(last.notes.first?.hasSuffix("it was begun anew 9 times") == true)
  }

  // MARK: Containers

  @Test(arguments: ["ustar", "zip", "cpio", "7zip"]) func aHeaderThatKills(_ format: String) throws {
    let path = try folder.write(
      "s.a", ArchiveBuilder.archive(format, members([BuiltMember("CRASHHEADER.txt", text: "x\n")])))
    let answer = try examine(path)
    // What comes before is there, what follows is not, and the archive says so.
    #expect(answer.quarantined == ["s.a"])
    #expect(answer["s.a!/a.fac"]?.observations.isEmpty == false)
    #expect(answer["s.a!/z.fac"] == nil)
    #expect(answer.restarts == 1)
    // Where members lie as they are, the record behind is found without its name.
    let rest = answer.lines.filter { $0.notes.contains("not read as members") }
    #expect(rest.count == (["ustar", "cpio"].contains(format) ? 1 : 0))
    #expect(rest.allSatisfy { $0.observations.contains { $0.dataClass == .faceImage } })
    try expectOthersSeen(
      path, answer, but: try plainly(path).lines.map(\.locator.description).filter { answer[$0] == nil })
  }

  @Test(arguments: ["ustar", "zip", "7zip"]) func bytesThatKill(_ format: String) throws {
    for filters in format == "ustar" ? [[], ["gzip"]] : [[]] {
      let path = try folder.write(
        "s.a",
        ArchiveBuilder.archive(format, members([BuiltMember("CRASHDATA.txt", text: "x\n")]), filters: filters))
      let answer = try examine(path)
      #expect(answer.quarantined == ["s.a!/CRASHDATA.txt"])
      #expect(answer["s.a!/CRASHDATA.txt"]?.sha256 == nil)
      #expect(answer.restarts == 1)
      try expectOthersSeen(path, answer)
    }
  }

  @Test func anArchiveBehindAPicture() throws {
    let zip = ArchiveBuilder.archive("zip", members([BuiltMember("CRASHHEADER", text: "x\n")]))
    let picture = JPEGBuilder.testCard()
    let path = try folder.write(
      "s.tar", ArchiveBuilder.archive("pax", members([BuiltMember("photo.jpg", picture + zip)])))
    let answer = try examine(path)
    #expect(answer.quarantined == ["s.tar!/photo.jpg"])
    #expect(answer["s.tar!/photo.jpg!/a.fac"]?.observations.isEmpty == false)
    #expect(answer["s.tar!/photo.jpg"]?.sha256 == (try plainly(path))["s.tar!/photo.jpg"]?.sha256)
    // Once as the archive at the picture's end, once as a file inside the picture's bytes.
    #expect(answer.restarts == 2)
  }

  @Test func anArchiveInsideThatKills() throws {
    let bad = ArchiveBuilder.archive("zip", members([BuiltMember("CRASHHEADER", text: "x\n")]))
    let path = try folder.write(
      "s.tar.gz", ArchiveBuilder.archive("pax", members([BuiltMember("in.zip", bad)]), filters: ["gzip"]))
    let answer = try examine(path)
    #expect(answer.quarantined == ["s.tar.gz!/in.zip"])
    #expect(answer["s.tar.gz!/in.zip"]?.sha256 == (try plainly(path))["s.tar.gz!/in.zip"]?.sha256)
    #expect(answer["s.tar.gz!/in.zip!/a.fac"] != nil && answer["s.tar.gz!/in.zip!/z.fac"] == nil)
    #expect(answer["s.tar.gz!/z.fac"]?.observations.isEmpty == false)
  }

  /// Nothing behind it can be reached: what came before it is kept, at the price of a beginning for every layer.
  @Test func aCompressedStreamThatKills() throws {
    let solid = ArchiveBuilder.archive("7zip", members([BuiltMember("CRASHSOLID", text: "x\n")]))
    let one = try folder.write("one.tar", ArchiveBuilder.archive("pax", members([BuiltMember("in.7z", solid)])))
    let answer = try examine(one)
    #expect(answer.quarantined == ["one.tar!/in.7z!/CRASHSOLID", "one.tar!/in.7z"])
    #expect(answer["one.tar!/in.7z!/a.fac"] != nil)
    #expect(answer["one.tar!/in.7z"]?.sha256 == (try plainly(one))["one.tar!/in.7z"]?.sha256)
    #expect(answer["one.tar!/z.fac"]?.observations.isEmpty == false)
    #expect(answer.restarts == 2)

    // Beyond what is decompressed at once.
    let filler = (0..<8).map { BuiltMember("noise\($0)", ExamineTests.noise(1 << 20)) }
    let bad = BuiltMember("bad.txt", text: "CRASHFILTER\n")
    let stream = ArchiveBuilder.archive("pax", members(filler + [bad] + filler), filters: ["gzip"])
    for (name, bytes) in [
      ("two.tar.gz", stream),
      ("three.tar", ArchiveBuilder.archive("pax", members([BuiltMember("two.tar.gz", stream)]))),
    ] {
      let answer = try examine(try folder.write(name, bytes))
      let place = (name == "two.tar.gz" ? "" : "three.tar!/") + "two.tar.gz"
      // The last one before it ends in the same decompressed block.
      #expect(answer[place + "!/noise6"]?.size == 1 << 20)
      #expect(answer[place]?.reason == .quarantined)
      #expect(answer[place + "!/z.fac"] == nil)
      if name == "three.tar" { #expect(answer["three.tar!/z.fac"]?.observations.isEmpty == false) }
      #expect(answer.restarts <= 3)
    }
  }

  func image(_ label: String) throws -> [UInt8]? {
    guard
      var image = try DiskImages().ext(
        "ext2", ["a.fac": Self.face, "b.txt": Array("b\n".utf8), "z.fac": FaceRecordBuilder.iso2005(points: 2)])
    else { return nil }
    // s_volume_name of the superblock.
    image.replaceSubrange(1144..<(1144 + label.utf8.count), with: label.utf8)
    return image
  }

  @Test func aDiskImageThatCannotBeOpened() throws {
    guard let image = try image("CRASHVOLUME") else { return }
    let path = try folder.write("s.tar", ArchiveBuilder.archive("pax", members([BuiltMember("usb.img", image)])))
    let answer = try examine(path)
    #expect(answer.quarantined == ["s.tar!/usb.img"])
    #expect(answer.restarts == 1)
    #expect(answer["s.tar!/usb.img"]?.notes.contains { $0.hasPrefix("opening this container ended") } == true)
    // Its bytes are searched all the same.
    #expect(answer.lines.contains { $0.locator.depth == 2 && $0.observations.count >= 2 })
    #expect(answer["s.tar!/z.fac"]?.observations.isEmpty == false)
  }

  @Test func aFileInADiskImageThatKills() throws {
    // The first inode for files is 11, which mke2fs gives to lost+found.
    for inode in [12, 13, 14] {
      guard let image = try image("CRASHFILE=\(inode)") else { return }
      let path = try folder.write("usb.img", image)
      let answer = try examine(path)
      #expect(answer.quarantined == ["usb.img"])
      #expect(answer.restarts == 1)
      // Each face record once: under its name, or in what is left.
      #expect(answer.lines.flatMap(\.observations).filter { $0.detector.hasPrefix("face.") }.count == 2)
      #expect(answer.lines.contains { $0.notes.contains { $0.hasPrefix("what no file holds") } || $0.size == 2 << 20 })
    }
  }
}
