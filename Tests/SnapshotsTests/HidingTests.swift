import CustodyCore
import Snapshots
import TestSupport
import Testing

/// Places where a reader that believes one header only would not look.
@Suite struct HidingTests {
  private let secret = Array("a record that nobody shall see".utf8)

  @Test(arguments: ["stream", "file"]) func zipDirectoryThatCarriesData(way: String) throws {
    let bytes = HandBuilt.zip([.init("a", [0x61]), .init("folder/", secret)])
    let sink = way == "file" ? try Feed.file(bytes, name: "x.zip") : try Feed.stream(bytes, name: "x.zip")
    #expect(sink.broken.isEmpty)
    #expect(sink.entries.contains { $0.content == secret })
    #expect(sink.verdicts.last == "x.zip: partial directory-mismatch")
  }

  /// Unix modes and the DOS attribute in the central directory (APPNOTE.TXT 4.4.2, 4.4.15).
  @Test(arguments: [
    (3, 0o010644 << 16), (3, 0o020644 << 16), (3, 0o040755 << 16), (3, 0o140644 << 16), (0, 0x10),
  ]) func zipSpecialFileThatCarriesData(host: UInt8, attributes: Int) throws {
    var bytes = HandBuilt.zip([.init("f", secret)])
    let line = try #require(bytes.indices.last { bytes[$0...].starts(with: [0x50, 0x4B, 1, 2]) })
    bytes[line + 5] = host
    bytes.replaceSubrange((line + 38)..<(line + 42), with: HandBuilt.little32(UInt32(attributes)))
    let sink = try Feed.file(bytes, name: "x.zip")
    #expect(sink.entries.filter { $0.content == secret }.count == 1)
  }

  @Test func ordinaryDirectoriesInZipAreNothing() throws {
    let sink = try Feed.file(HandBuilt.zip([.init("folder/", []), .init("folder/a", [0x61])]), name: "x.zip")
    #expect(sink.verdicts == ["x.zip!/folder/a: ok"])
  }

  @Test func secondStreamBehindAFewZeros() throws {
    let first = ArchiveBuilder.filtered(Array("hello".utf8), "gzip")
    let second = ArchiveBuilder.filtered(secret, "gzip")
    for zeros in [1, 4, 511, 512, 5000] {
      let sink = try Feed.file(first + [UInt8](repeating: 0, count: zeros) + second, name: "x.gz")
      #expect(sink.entries.contains { $0.content == secret }, "\(zeros) zeros")
    }
  }

  @Test func textBehindUuencodedLines() throws {
    let bytes = Array("begin 644 x\n#86)C\n`\nend\n".utf8) + secret
    for name in ["top", "nested"] {
      let tar = HandBuilt.tarMember("x.uu", bytes) + HandBuilt.tarEnd
      let sink = try Feed.file(name == "top" ? bytes : tar, name: name)
      #expect(sink.broken.isEmpty)
      #expect(sink.entries.contains { !$0.header.isContainer && $0.content == bytes })
      #expect(sink.entries.contains { $0.text == "abc" })
    }
  }

  @Test func whatYieldsNoMembersIsNotOpenedAgainAndAgain() throws {
    let zip = [0x50, 0x4B, 5, 6] + [UInt8](repeating: 0, count: 16) + [30, 0] + secret
    let image =
      [UInt8](repeating: 0, count: 32_768) + [1] + Array("CD001".utf8) + [1, 0]
      + [UInt8](repeating: 0, count: 3000) + secret
    for bytes in [zip, image] {
      let sink = try Feed.file(bytes, name: "x")
      #expect(sink.entries.count == 2)
      #expect(sink.entries.contains { !$0.header.isContainer && $0.content == bytes })
    }
  }
}
