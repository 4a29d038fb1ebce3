import CustodyCore
import Snapshots
import Testing
import TestSupport

@Suite struct ZipTests {
  private func text(_ s: String) -> [UInt8] { Array(s.utf8) }

  @Test func memberOnlyInLocalHeaders() throws {
    let bytes = HandBuilt.zip([
      .init("a", text("a")), .init("hidden.fmr", text("secret"), inDirectory: false), .init("b", text("b")),
    ])
    for sink in [try Feed.file(bytes, name: "x.zip"), try Feed.stream(bytes, name: "x.zip")] {
      #expect(sink.broken.isEmpty)
      #expect(
        sink.verdicts == [
          "x.zip!/a: ok", "x.zip!/b: ok", "x.zip!/hidden.fmr: ok", "x.zip: partial directory-mismatch",
        ])
      #expect(sink.entry("x.zip!/hidden.fmr")?.text == "secret")
      #expect(sink.entry("x.zip!/hidden.fmr")?.header.notes == ["not listed in the zip's central directory"])
    }
  }

  @Test func namesThatDiffer() throws {
    let bytes = HandBuilt.zip([.init("innocent.txt", text("x"), directoryName: "passport.jpg")])
    let sink = try Feed.file(bytes, name: "x.zip")
    #expect(sink.verdicts == ["x.zip!/passport.jpg: ok", "x.zip: partial directory-mismatch"])
    #expect(sink.entries.last?.outcome?.notes.contains { $0.contains("names differ") } == true)
  }

  @Test func duplicatesStayDistinct() throws {
    let bytes = HandBuilt.zip([.init("a", text("one")), .init("a", text("two"))])
    let sink = try Feed.file(bytes, name: "x.zip")
    #expect(sink.entries.map(\.text) == ["one", "two", ""])
    #expect(sink.verdicts.last == "x.zip: partial directory-mismatch")
  }

  @Test func dataBetweenMembersAndAround() throws {
    let junk = text("not a member")
    let between = HandBuilt.zip([.init("a", text("a")), .init("b", text("b"), before: junk)])
    let sink = try Feed.file(between, name: "x.zip")
    #expect(
      sink.verdicts == [
        "x.zip!/a: ok", "x.zip!/b: ok", "x.zip!/@32+12: ok", "x.zip: partial directory-mismatch",
      ])
    #expect(sink.entry("x.zip!/@32+12")?.content == junk)
    let whole = HandBuilt.zip([.init("a", text("a"))])
    let after = try Feed.file(whole + junk, name: "x.zip")
    #expect(after.verdicts == ["x.zip!/a: ok", "x.zip!/@\(whole.count)+12: ok", "x.zip: partial directory-mismatch"])
  }

  @Test func longCommentsAreFound() throws {
    let bytes = HandBuilt.zip([.init("a", text("a"))], comment: [UInt8](repeating: 0x41, count: 60_000))
    let sink = try Feed.file(bytes, name: "x.zip")
    #expect(sink.verdicts.first == "x.zip!/a: ok")
    #expect(sink.verdicts.contains { $0.hasPrefix("x.zip!/@") })
  }

  @Test func appendedArchive() throws {
    let picture = [0xFF, 0xD8, 0xFF, 0xE0] + [UInt8](repeating: 0x77, count: 5000)
    let zip = HandBuilt.zip([.init("secret.fmr", text("FMR"))])
    let both = picture + zip
    for sink in [try Feed.file(both, name: "pic.jpg"), try Feed.stream(both, name: "pic.jpg")] {
      #expect(sink.broken.isEmpty)
      #expect(sink.verdicts == ["pic.jpg!/secret.fmr: ok", "pic.jpg: ok"])
      #expect(sink.entry("pic.jpg")?.content == both)
      #expect(sink.entry("pic.jpg")?.header.isContainer == false)
      #expect(sink.entry("pic.jpg!/secret.fmr")?.text == "FMR")
    }
    // Offsets counted from the start of the whole file.
    let sfx = HandBuilt.zip([.init("s", text("1"), before: picture)])
    #expect(try Feed.file(sfx, name: "x.exe").verdicts.contains("x.exe!/s: ok"))
    // Members of a tar, read in place, and of a compressed tar, kept in memory, or too large for that.
    let tar = ArchiveBuilder.archive(
      "pax", [BuiltMember("first", text: "1"), BuiltMember("pic.jpg", both), BuiltMember("last", text: "2")])
    for bytes in [tar, ArchiveBuilder.filtered(tar, "zstd")] {
      let sink = try Feed.file(bytes, name: "t")
      #expect(sink.verdicts == ["t!/first: ok", "t!/pic.jpg!/secret.fmr: ok", "t!/pic.jpg: ok", "t!/last: ok"])
    }
    var limits = SnapshotLimits()
    limits.maxAppendedSearch = 1000
    let large = try Feed.stream(tar, name: "t", limits: limits)
    #expect(large.verdicts == ["t!/first: ok", "t!/pic.jpg: partial appended-archive-not-opened", "t!/last: ok"])
  }

  /// An archive in the last bytes of something else that is damaged, or only looks like one, does not make that damaged.
  @Test func damagedAppendedArchive() throws {
    let picture = [0xFF, 0xD8, 0xFF, 0xE0] + [UInt8](repeating: 0x77, count: 5000)
    var zip = HandBuilt.zip([.init("first", text("1")), .init("second", text("2"))])
    let second = try #require((4..<(zip.count - 4)).first { zip[$0..<($0 + 4)].elementsEqual([0x50, 0x4B, 3, 4]) })
    zip[second] = 0
    let sink = try Feed.file(picture + zip, name: "pic.jpg")
    #expect(sink.verdicts.contains("pic.jpg!/first: ok"))
    #expect(sink.verdicts.last == "pic.jpg: partial appended-archive-not-opened")
    // No member is where the directory says: nothing is opened, and that is said.
    zip[0] = 0
    #expect(try Feed.file(picture + zip, name: "pic.jpg").verdicts == ["pic.jpg: partial appended-archive-not-opened"])
  }

  @Test(arguments: ["zipcrypt", "aes128", "aes256"])
  func encrypted(method: String) throws {
    let bytes = ArchiveBuilder.archive(
      "zip", [BuiltMember("a.jpg", text: "secret"), BuiltMember("b.jpg", text: "secret")],
      options: "zip:encryption=" + method, passphrase: "x")
    try #require(!bytes.isEmpty)
    let sink = try Feed.file(bytes, name: "x.zip")
    #expect(sink.verdicts == ["x.zip!/a.jpg: opaque encrypted", "x.zip!/b.jpg: opaque encrypted"])
    #expect(sink.entries.allSatisfy { $0.content.isEmpty && $0.outcome?.contentComplete == false })
  }

  @Test func unsupportedMethod() throws {
    let bytes = HandBuilt.zip([.init("old", text("imploded"), method: 6), .init("b", text("b"))])
    let sink = try Feed.file(bytes, name: "x.zip")
    #expect(sink.verdicts == ["x.zip!/old: opaque unsupported-method", "x.zip!/b: ok"])
    #expect(sink.entries.first?.outcome?.contentComplete == false)
  }

  @Test func withoutDirectory() throws {
    let bytes = HandBuilt.zip([.init("a", text("first")), .init("b", text("second"))])
    let sink = try Feed.file(Array(bytes.dropLast(60)), name: "x.zip")
    #expect(sink.broken.isEmpty)
    #expect(sink.entry("x.zip!/a")?.text == "first")
    #expect(sink.verdicts.last == "x.zip: failed truncated")
  }

  /// Some writers add the zip64 end records to small archives, with the small record filled in as well.
  @Test func superfluousZip64End() throws {
    let plain = HandBuilt.zip([.init("a", text("a"))])
    let directory = plain.count - 22 - 47
    func little64(_ v: Int) -> [UInt8] { HandBuilt.little32(UInt32(v)) + HandBuilt.little32(0) }
    let wide =
      [0x50, 0x4B, 6, 6] + little64(44) + HandBuilt.little16(45) + HandBuilt.little16(45) + little64(0)
      + little64(1) + little64(1) + little64(47) + little64(directory)
    let locator = [0x50, 0x4B, 6, 7] + HandBuilt.little32(0) + little64(directory + 47) + HandBuilt.little32(1)
    let bytes = Array(plain.dropLast(22)) + wide + locator + Array(plain.suffix(22))
    #expect(try Feed.file(bytes, name: "x.zip").verdicts == ["x.zip!/a: ok"])
  }

  @Test func listsMoreThanItHas() throws {
    var bytes = HandBuilt.zip([.init("a", text("a"))])
    bytes[bytes.count - 12] = 9
    bytes[bytes.count - 14] = 9
    let sink = try Feed.file(bytes, name: "x.zip")
    #expect(sink.broken.isEmpty)
    #expect(sink.verdicts.last?.hasPrefix("x.zip: ") == true)
  }
}
