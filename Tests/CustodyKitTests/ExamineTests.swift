import CustodyCore
import CustodyKit
import Evidence
import Foundation
import Records
import Snapshots
import TestSupport
import Testing

@Suite struct ExamineTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A tree with everything the pipeline treats differently: tiny, slab-sized and larger entries, nesting, records, links.
  static let members: [BuiltMember] = {
    var all: [BuiltMember] = []
    for n in 0..<60 { all.append(BuiltMember("small/\(n).txt", text: String(repeating: "entry \(n)\n", count: n + 1))) }
    all.append(BuiltMember("a/empty.bin"))
    all.append(BuiltMember("a/fingers.fmr", MinutiaeRecordBuilder.iso2005(views: [20, 30])))
    all.append(BuiltMember("a/big.bin", Self.noise(3 << 20) + MinutiaeRecordBuilder.incits2004() + Self.noise(1 << 20)))
    all.append(BuiltMember("a/exact.bin", Self.noise(1 << 20)))
    all.append(BuiltMember("a/half.bin", Self.noise(700_000)))
    all.append(BuiltMember("a/half2.bin", Self.noise(700_000)))
    let inner = ArchiveBuilder.archive(
      "zip",
      [
        BuiltMember("in/face.fac", FaceRecordBuilder.iso2005()), BuiltMember("in/more.txt", text: "more\n"),
        BuiltMember(
          "in/deep.tar.gz",
          ArchiveBuilder.archive("pax", [BuiltMember("x.fmr", MinutiaeRecordBuilder.iso2005())], filters: ["gzip"])),
      ])
    all.append(BuiltMember("b/day.zip", inner))
    all.append(BuiltMember("b/photo.jpg", JPEGBuilder.testCard()))
    all.append(BuiltMember("b/link", form: .symlink, target: "../a/fingers.fmr"))
    all.append(BuiltMember("c/last.txt", text: "last\n"))
    return all
  }()

  static func noise(_ count: Int) -> [UInt8] {
    var state: UInt64 = 99
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
  }

  private func examine(_ path: String, jobs: Int = 2) throws -> (
    result: ExamineResult, lines: [Examination], bytes: [UInt8]
  ) {
    let name = "out-\(UUID().uuidString).jsonl"
    let descriptor = open(folder.path(name), O_RDWR | O_CREAT | O_EXCL, 0o600)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let result = try Examine.run([.path(path)], to: descriptor, options: ExamineOptions(jobs: jobs))
    let bytes = try folder.read(name)
    let lines = try bytes.split(separator: 0x0A).map { try InventoryLine.decode($0) }
    return (result, lines, bytes)
  }

  /// What must not depend on the form of the snapshot: everything but the container part of the locator.
  private func comparable(_ e: Examination) -> Examination {
    var e = e
    e.locator = Locator(Array(e.locator.components.dropFirst()))
    return e
  }

  @Test func anyWidthGivesTheSameBytes() throws {
    let path = try folder.write("t.tar", ArchiveBuilder.archive("pax", Self.members))
    let one = try examine(path, jobs: 1)
    for jobs in [2, 3, 8] {
      let other = try examine(path, jobs: jobs)
      #expect(other.bytes == one.bytes, "jobs \(jobs)")
      #expect(other.result.inventory == one.result.inventory)
    }
    #expect(one.lines.map(\.index) == (0..<UInt64(one.lines.count)).map { $0 })
    #expect(one.result.inventory.treeSize == UInt64(one.lines.count))
  }

  @Test func anyFormGivesTheSameLines() throws {
    let files = Self.members.filter { $0.form == .file }.sorted { $0.path.lexicographicallyPrecedes($1.path) }
    let tar = ArchiveBuilder.archive("pax", files)
    var forms = [
      try folder.write("t.tar", tar), try folder.write("t.tar.gz", ArchiveBuilder.filtered(tar, "gzip")),
      try folder.write("t.tar.zst", ArchiveBuilder.filtered(tar, "zstd")),
      try folder.write("t.zip", ArchiveBuilder.archive("zip", files)),
      try folder.write("t.cpio", ArchiveBuilder.archive("newc", files)),
      try folder.write("renamed.jpg", tar),
    ]
    for file in files {
      let path = try folder.write("tree/" + String(decoding: file.path, as: UTF8.self), file.content)
      var times = [timespec(tv_sec: Int(file.modified), tv_nsec: 0), timespec(tv_sec: Int(file.modified), tv_nsec: 0)]
      #expect(utimensat(AT_FDCWD, path, &times, 0) == 0)
    }
    forms.append(folder.path("tree"))
    let first = try examine(forms[0]).lines.map(comparable)
    #expect(first.count == files.count + 4)
    // Mode bits: a zip has none that can be relied on.
    func withoutMode(_ e: Examination) -> Examination {
      var e = e
      e.attributes["worldReadable"] = nil
      return e
    }
    #expect(first.contains { $0.attributes["worldReadable"] == .bool(true) })
    #expect(first.allSatisfy { $0.attributes["worldReadable"] == nil || !$0.observations.isEmpty })
    for form in forms.dropFirst() {
      let lines = try examine(form).lines.map(comparable)
      let isZip = form.hasSuffix(".zip")
      #expect(isZip ? lines.map(withoutMode) == first.map(withoutMode) : lines == first, "\(form)")
    }
  }

  @Test func everyEntryIsThereWithItsDigest() throws {
    let path = try folder.write("t.tar", ArchiveBuilder.archive("pax", Self.members))
    let lines = try examine(path).lines
    let byPath = Dictionary(uniqueKeysWithValues: lines.map { ($0.locator.description, $0) })
    let sums = CommandLineTool(executable: URL(fileURLWithPath: "/usr/bin/sha256sum"), in: folder.url)
    for member in Self.members where member.form == .file {
      let line = try #require(byPath["t.tar!/" + String(decoding: member.path, as: UTF8.self)])
      #expect(line.size == UInt64(member.content.count))
      let sum = try sums.run([], input: member.content).text.prefix(64)
      #expect(line.sha256?.description == String(sum))
    }
    #expect(byPath["t.tar!/b/link"]?.kind == .symlink && byPath["t.tar!/b/link"]?.sha256 == nil)
    #expect(byPath["t.tar!/b/day.zip"]?.kind.rawValue == "application/zip")
    #expect(byPath["t.tar!/b/day.zip!/in/deep.tar.gz!/x.fmr"]?.observations.first?.strength == .proof)
    #expect(byPath["t.tar!/b/photo.jpg"]?.reason == .pixelsNotExamined)
    let big = try #require(byPath["t.tar!/a/big.bin"]?.observations.first)
    #expect(big.dataClass == .fingerTemplate && big.strength == .proof && big.place?.offset == 3 << 20)
    // A container follows its members.
    let container = try #require(byPath["t.tar!/b/day.zip"])
    for (path, line) in byPath where path.hasPrefix("t.tar!/b/day.zip!/") { #expect(line.index < container.index) }
  }

  /// Members that begin and end everywhere in the blocks the snapshot is read in: their digests, and the snapshot's, are
  /// computed in one pass where the processor can.
  @Test func membersAcrossBlocksKeepTheirDigests() throws {
    let sizes = [
      0, 1, 511, 512, 513, 65_000, 67_584, 1_047_552, 1_048_576, 1_048_577, 300_000, 999_999, 2_097_151, 70_000,
    ]
    let members = (0..<3).flatMap { round in
      sizes.enumerated().map { i, size in
        BuiltMember("\(round)-\(i)", Array(Self.noise(size + 7 * round + i).suffix(size)))
      }
    }
    let tar = ArchiveBuilder.archive("ustar", members)
    let path = try folder.write("m.tar", tar)
    let (result, lines, _) = try examine(path)
    #expect(result.snapshots.first?.sha256 == Hash.digest(of: tar))
    #expect(lines.count == members.count)
    for (line, member) in zip(lines, members) {
      #expect(line.sha256 == Hash.digest(of: member.content), "\(line.locator)")
      #expect(line.nonce == Array(Hash.sha256(member.content + Array(Digester.nonceSuffix.utf8)).prefix(16)))
    }
  }

  @Test func manySmallEntriesStayInOrder() throws {
    let members = (0..<20_000).map { BuiltMember("d/\($0)", text: "\($0)") }
    let path = try folder.write("many.tar", ArchiveBuilder.archive("ustar", members))
    let lines = try examine(path, jobs: 4).lines
    #expect(lines.map { $0.locator.components[1] } == members.map(\.path))
  }

  /// The nonce comes from content alone: equal content, equal nonce; and it is not the digest's beginning.
  @Test func noncesAreDrawnFromContent() throws {
    let members = [BuiltMember("a", text: "same"), BuiltMember("b", text: "same"), BuiltMember("c", text: "other")]
    let path = try folder.write("n.tar", ArchiveBuilder.archive("ustar", members))
    let lines = try examine(path).lines
    #expect(lines[0].nonce == lines[1].nonce && lines[0].nonce != lines[2].nonce)
    #expect(lines[0].nonce.count == 16 && lines[0].sha256.map { Array($0.bytes.prefix(16)) } != lines[0].nonce)
  }

  @Test func anInputThatIsNotThereIsAnError() throws {
    #expect(throws: Complaint.self) { try examine(folder.path("missing")) }
  }
}
