import CustodyCore
import Snapshots
import Testing
import TestSupport

/// Members every writer can hold (ar knows no folders).
private let members = [
  BuiltMember("one.txt", text: "the first member"),
  BuiltMember("two.bin", [UInt8](repeating: 0xAB, count: 70_000)),
  BuiltMember("empty"),
]

@Suite struct FormatTests {
  @Test(arguments: ArchiveBuilder.formats)
  func roundTrip(format: String) throws {
    let bytes = ArchiveBuilder.archive(format, members)
    try #require(!bytes.isEmpty)
    for sink in [try Feed.file(bytes), try Feed.stream(bytes, name: "x")] {
      #expect(sink.broken.isEmpty)
      var expected = ["x!/one.txt: ok", "x!/two.bin: ok", "x!/empty: ok"]
      // WARC begins with a record on the archive itself, xar and ISO order members by their place.
      let verdicts = sink.verdicts.filter { !$0.contains("warcinfo") }
      if format == "warc" { expected.removeLast() }
      #expect(Set(verdicts).isSuperset(of: expected), "\(format): \(sink.verdicts)")
      #expect(verdicts.allSatisfy { $0.hasSuffix(": ok") })
      #expect(sink.entry("x!/one.txt")?.text == "the first member")
      #expect(sink.entry("x!/two.bin")?.content == members[1].content)
    }
  }

  @Test(arguments: ArchiveBuilder.filters)
  func filterAroundTar(filter: String) throws {
    let bytes = ArchiveBuilder.archive("ustar", members, filters: [filter])
    try #require(!bytes.isEmpty)
    let sink = try Feed.file(bytes, name: "x.tar.\(filter)")
    #expect(sink.broken.isEmpty)
    // Uuencoded text is examined as it stands, too.
    let own = filter == "uuencode" ? ["x.tar.uuencode: ok"] : []
    #expect(sink.verdicts == ["one.txt", "two.bin", "empty"].map { "x.tar.\(filter)!/\($0): ok" } + own)
    #expect(sink.entry("x.tar.\(filter)!/two.bin")?.content == members[1].content)
  }

  @Test(arguments: ArchiveBuilder.filters)
  func filterAroundPlainContent(filter: String) throws {
    let content = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 8) }
    let bytes = ArchiveBuilder.filtered(content, filter)
    try #require(!bytes.isEmpty)
    let sink = try Feed.stream(bytes, name: "card.fmr.zst")
    #expect(sink.broken.isEmpty)
    let name = filter == "uuencode" ? "card.fmr.zst!/-" : "card.fmr.zst!/card.fmr"
    #expect(sink.verdicts == [name + ": ok"] + (filter == "uuencode" ? ["card.fmr.zst: ok"] : []))
    let isWhole = sink.entry(name)?.content == content
    #expect(isWhole)
  }

  @Test func handBuiltFormats() throws {
    let content = Array("stored in an old format".utf8)
    for (name, bytes) in [
      ("cab", HandBuilt.cab("a.txt", content)), ("lha", HandBuilt.lha("a.txt", content)),
      ("rar", HandBuilt.rar4("a.txt", content)),
    ] {
      let sink = try Feed.file(bytes, name: name)
      #expect(sink.broken.isEmpty)
      #expect(sink.verdicts == [name + "!/a.txt: ok"])
      #expect(sink.entries.first?.content == content)
    }
  }

  @Test func emptyStream() throws {
    let sink = try Feed.file(ArchiveBuilder.filtered([], "gzip"), name: "x.gz")
    #expect(sink.verdicts == ["x.gz!/x: ok"])
  }

  @Test func timesAreUTC() throws {
    for format in ["zip", "pax", "7zip"] {
      let bytes = ArchiveBuilder.archive(format, [BuiltMember("a", [1], modified: 1_541_167_390)])
      let sink = try Feed.file(bytes)
      #expect(sink.entries.first?.header.modified?.seconds == 1_541_167_390)
    }
    let sink = try Feed.file(HandBuilt.zip([.init("a", [1])]))
    // DOS date 2018-11-02, time 14:03:00.
    #expect(sink.entries.first?.header.modified?.description == "2018-11-02T14:03:00Z")
  }
}
