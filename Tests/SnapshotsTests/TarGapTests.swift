import CustodyCore
import Foundation
import Snapshots
import TestSupport
import Testing

/// What stands in a tar and in no member's content.
@Suite struct TarGapTests {
  private static let secret = Array("a record that nobody shall see".utf8)
  private static let template = MinutiaeRecordBuilder.iso2005(views: [20])
  private static let rest = HandBuilt.tarMember("b", [0x62]) + HandBuilt.tarEnd

  /// The bytes that its name says are what the entry holds, but for holes.
  private func isAtItsPlace(_ entry: RecordingSink.Entry, in bytes: [UInt8]) -> Bool {
    guard let name = entry.path.components(separatedBy: "$headers/@").last,
      let offset = name.split(separator: "+").first.flatMap({ Int($0) }),
      let length = name.split(separator: "+").last.flatMap({ Int($0) }), length == entry.content.count
    else { return false }
    return zip(entry.content, bytes[offset...]).allSatisfy { $0 == $1 || $0 == 0 }
  }

  private static func member(_ type: Character = "0", _ change: (inout [UInt8]) -> Void) -> [UInt8] {
    var block = HandBuilt.tarHeader(Array("a".utf8), size: 0, type: type.asciiValue ?? 0)
    change(&block)
    HandBuilt.sum(&block)
    return block
  }

  private static func put(_ bytes: [UInt8], _ at: Int, _ block: inout [UInt8]) {
    for (i, b) in bytes.enumerated() { block[at + i] = b }
  }

  static let places: [(name: String, bytes: [UInt8])] = [
    ("padding", HandBuilt.tarHeader([0x61], size: 3) + [1, 2, 3] + secret + [UInt8](repeating: 0, count: 479)),
    ("comment", HandBuilt.pax(HandBuilt.paxRecord("comment", secret))),
    ("global comment", HandBuilt.pax(HandBuilt.paxRecord("comment", secret), type: "g")),
    ("global attribute", HandBuilt.pax(HandBuilt.paxRecord("SCHILY.xattr.user.a", secret), type: "g")),
    ("unknown key", HandBuilt.pax(HandBuilt.paxRecord("VENDOR.x", secret))),
    ("a number that is none", HandBuilt.pax(HandBuilt.paxRecord("mtime", secret))),
    ("a name of no user", HandBuilt.pax(HandBuilt.paxRecord("uname", secret + [0, 1, 2]))),
    (
      "an attribute replaced by a second header",
      HandBuilt.pax(HandBuilt.paxRecord("SCHILY.xattr.user.a", secret))
        + HandBuilt.pax(HandBuilt.paxRecord("mtime", [0x31]))
    ),
    ("an attribute in no base64", HandBuilt.pax(HandBuilt.paxRecord("LIBARCHIVE.xattr.user.a", [0x24] + secret))),
    ("behind damaged records", HandBuilt.pax(HandBuilt.paxRecord("mtime", [0x31]) + Array("xx ".utf8) + secret)),
    ("padding of a header", HandBuilt.pax(HandBuilt.paxRecord("mtime", [0x31]), padding: secret)),
    ("behind a long name", HandBuilt.pax(Array("name\0".utf8) + secret, type: "L")),
    ("a long name replaced", HandBuilt.pax(secret + [0], type: "L") + HandBuilt.pax(Array("n\0".utf8), type: "L")),
    ("an access list of Solaris", HandBuilt.pax(secret, type: "A")),
    ("behind the name", member { put(secret, 20, &$0) }),
    ("link of a file", member { put(secret, 157, &$0) }),
    ("behind the user", member { put([0x75, 0] + secret, 265, &$0) }),
    ("behind the prefix", member { put([0x75, 0] + secret, 345, &$0) }),
    (
      "old form",
      member { $0.replaceSubrange(257..<512, with: [0, 0, 0] + secret + [UInt8](repeating: 0, count: 222)) }
    ),
    (
      "GNU form",
      member {
        put(Array("ustar  ".utf8), 257, &$0); put(secret, 400, &$0)
      }
    ),
    ("numbers", member { put(Array("FMR".utf8) + secret.prefix(20), 100, &$0) }),
    ("damaged block", secret + [UInt8](repeating: 0xEE, count: 482)),
  ]

  @Test(arguments: places.map(\.name)) func hidden(place: String) throws {
    let here = try #require(Self.places.first { $0.name == place }?.bytes)
    // Not first: a damaged block would make it no tar at all.
    let bytes = HandBuilt.tarMember("first", [0x66]) + here + Self.rest
    let sink = try Feed.both(bytes)
    let found = sink.entries.filter { $0.path.hasPrefix("x!/$headers/@") }
    #expect(found.count == 1, "\(sink.verdicts)")
    let entry = try #require(found.first)
    #expect(entry.verdict == "ok")
    #expect(isAtItsPlace(entry, in: bytes))
    let wanted = place == "numbers" ? Array(Self.secret.prefix(20)) : Self.secret
    #expect(Data(entry.content).range(of: Data(wanted)) != nil)
    // Long names are that of the member.
    #expect(sink.entries.contains { $0.content == [0x62] })
  }

  /// Ordinary archives say nothing more.
  @Test(arguments: ["v7tar", "ustar", "pax", "gnutar"]) func ordinary(format: String) throws {
    let long = String(repeating: "long/", count: 50) + "n"
    var members = [
      BuiltMember("a", text: "a"), BuiltMember("d", form: .directory),
      BuiltMember("l", form: .symlink, target: "/etc/passwd"), BuiltMember("h", form: .hardlink, target: "a"),
      BuiltMember("z", [UInt8](repeating: 7, count: 70_000)), BuiltMember("u u.txt", text: "u"),
    ]
    if format == "pax" || format == "gnutar" {
      members += [BuiltMember(long, text: "n"), BuiltMember("m", form: .symlink, target: long)]
    }
    members.append(
      BuiltMember(raw: Array("s".utf8), [UInt8](repeating: 1, count: 9000), extents: [(512, 1024), (4096, 4096)]))
    members[0].attributes = [("user.a", Self.secret)]
    let tar = ArchiveBuilder.archive(format, members)
    #expect(!tar.isEmpty)
    for bytes in [tar, ArchiveBuilder.filtered(tar, "gzip")] {
      let sink = try Feed.both(bytes)
      #expect(!sink.paths.contains { $0.contains("$headers") }, "\(sink.paths)")
    }
  }

  @Test func ordinaryRecords() throws {
    let records: [(String, String)] = [
      ("comment", "7e59f0967b86c320123456789abcdef012345678"), ("mtime", "1541167391.123456789123456789"),
      ("path", String(repeating: "ä/", count: 300)), ("hdrcharset", "ISO-IR 10646 2000 UTF-8"),
      ("SCHILY.acl.access", "user::rw-,user:somebody:r--:1000,group::r--,mask::r--,other::r--"),
      ("RHT.security.selinux", "system_u:object_r:user_home_t:s0"),
      ("GNU.dumpdir", "Ya file of some length\0Dfolder\0\0"),
      ("GNU.sparse.map", "0,512,4096,8192,65536,512"),
    ]
    for (key, value) in records {
      let header = HandBuilt.pax(HandBuilt.paxRecord(key, Array(value.utf8)))
      let sink = try Feed.both(header + HandBuilt.tarMember("a", [0x61]) + Self.rest)
      #expect(!sink.paths.contains { $0.contains("$headers") }, "\(key)")
    }
  }

  @Test func behindTheLastMember() throws {
    let last = HandBuilt.tarHeader([0x61], size: 3) + [1, 2, 3] + Self.secret + [UInt8](repeating: 0, count: 479)
    for end in [HandBuilt.tarEnd, []] {
      let sink = try Feed.both(last + end)
      #expect(sink.entries.contains { $0.path.contains("$headers") && $0.text.hasPrefix("a record") })
    }
  }

  /// Few bytes hold no record.
  @Test func littlePadding() throws {
    let bytes =
      HandBuilt.tarHeader([0x61], size: 3) + [1, 2, 3] + Self.secret.prefix(19) + [UInt8](repeating: 0, count: 490)
    #expect(try Feed.both(bytes + Self.rest).verdicts == ["x!/a: ok", "x!/b: ok"])
  }

  /// Where one piece of the input ends and the next begins makes no difference.
  @Test func acrossPieces() throws {
    for shift in stride(from: 0, through: 2048, by: 512) {
      let first = HandBuilt.tarMember("first", [UInt8](repeating: 3, count: (1 << 20) - 512 - shift))
      let bytes =
        first + HandBuilt.pax(HandBuilt.paxRecord("comment", Self.template), padding: Self.secret)
        + HandBuilt.tarHeader([0x61], size: 3) + [1, 2, 3] + Self.secret + [UInt8](repeating: 0, count: 479) + Self.rest
      let sink = try Feed.both(bytes)
      let entry = try #require(sink.entries.first { $0.path.contains("$headers") })
      #expect(isAtItsPlace(entry, in: bytes))
      #expect(Data(entry.content).range(of: Data(Self.template)) != nil, "\(shift)")
      #expect(sink.entries.count == 4, "\(sink.verdicts)")
    }
  }

  /// Pieces of the input end anywhere in the blocks of a tar inside another archive.
  @Test(arguments: [0, 20, 40, 67, 68, 69, 100, 400, 600]) func acrossPiecesInAnArchive(ahead: Int) throws {
    // An ar has 68 bytes before its first content, and the input is read by the mebibyte.
    let size = (1 << 20) - 68 - 512 - ahead
    let rest = (512 - size % 512) % 512
    let first = HandBuilt.tarHeader([0x61], size: UInt64(size)) + [UInt8](repeating: 3, count: size)
    let padding = (0..<rest).map { UInt8(truncatingIfNeeded: $0 | 1) }
    let comment = HandBuilt.pax(HandBuilt.paxRecord("comment", Self.secret))
    let tar = first + padding + comment + Self.rest
    let sink = try Feed.file(ArchiveBuilder.archive("arbsd", [BuiltMember("t.tar", tar)]), keep: 2 << 20)
    #expect(sink.broken.isEmpty)
    #expect(sink.entry("x!/t.tar")?.verdict == "ok", "\(sink.verdicts)")
    let entry = try #require(sink.entries.first { $0.path.hasPrefix("x!/t.tar!/$headers/@") })
    #expect(isAtItsPlace(entry, in: tar))
    #expect(entry.content.starts(with: padding) && entry.text.hasSuffix("shall see"))
  }

  /// A member that was not read to its end says so itself; what lies behind it is found.
  @Test func behindWhatWasNotRead() throws {
    var limits = SnapshotLimits()
    limits.maxEntrySize = 1000
    let large = HandBuilt.tarMember("large", [UInt8](repeating: 5, count: 5 << 20))
    let bytes = large + HandBuilt.tarMember("a", [0x61]) + HandBuilt.pax(HandBuilt.paxRecord("comment", Self.secret))
    let sink = try Feed.both(bytes + Self.rest, limits: limits)
    #expect(
      sink.verdicts.map { $0.split(separator: " ", maxSplits: 1).last ?? "" } == [
        "limited entry-size-limit", "ok", "ok", "ok",
      ], "\(sink.verdicts)")
    #expect(sink.entries.contains { $0.content == Self.secret })
  }

  /// A sparse file's map says nothing of what stands behind its parts.
  @Test func behindASparseFile() throws {
    let data = [UInt8](repeating: 9, count: 512)
    var bytes = HandBuilt.tarSparse("s", size: 1 << 20, data: data)
    #expect(try Feed.both(bytes + Self.rest).verdicts == ["x!/s: ok", "x!/b: ok"])
    // The member's own header stands before the map and the part.
    let own = bytes.count - 3 * 512
    var header = Array(bytes[own..<(own + 512)])
    Self.put(Array(String(2048, radix: 8).utf8), 131, &header)
    HandBuilt.sum(&header)
    bytes.replaceSubrange(own..<(own + 512), with: header)
    bytes += Self.secret + [UInt8](repeating: 0, count: 1024 - Self.secret.count)
    let sink = try Feed.file(bytes + Self.rest, name: "x")
    #expect(sink.broken.isEmpty)
    #expect(sink.entries.contains { $0.path.contains("$headers") && $0.text.hasPrefix("a record") }, "\(sink.verdicts)")
    #expect(sink.paths.contains { $0.hasSuffix("!/b") })
  }

  @Test func muchOfIt() throws {
    var bytes: [UInt8] = []
    let padding = [UInt8](repeating: 0x41, count: 511)
    for i in 0..<6000 { bytes += HandBuilt.tarHeader(Array("\(i)".utf8), size: 1) + [1] + padding }
    let sink = try Feed.file(bytes + HandBuilt.tarEnd, name: "x", keep: 8 << 20)
    #expect(sink.broken.isEmpty)
    let found = sink.entries.filter { $0.path.contains("$headers") }
    #expect(found.count == 3)
    #expect(found.allSatisfy { isAtItsPlace($0, in: bytes) })
    #expect(found.reduce(0) { $0 + $1.content.count { $0 == 0x41 } } == 6000 * 511)
  }

  @Test func tooLargeHeaders() throws {
    let large = HandBuilt.pax(HandBuilt.paxRecord("comment", [UInt8](repeating: 0x41, count: 1_000_000)))
    let bytes = (0..<6).flatMap { _ in large } + HandBuilt.tarMember("a", [0x61]) + Self.rest
    let sink = try Feed.both(bytes)
    #expect(sink.verdicts.last == "x: limited derived-limit", "\(sink.verdicts)")
    let few = (0..<3).flatMap { _ in large } + HandBuilt.tarMember("a", [0x61]) + Self.rest
    #expect(try Feed.both(few).paths.contains { $0.contains("$headers") })
  }

  @Test func entrySizeLimit() throws {
    var limits = SnapshotLimits()
    limits.maxEntrySize = 20
    let sink = try Feed.both(HandBuilt.pax(HandBuilt.paxRecord("comment", Self.secret)) + Self.rest, limits: limits)
    #expect(sink.verdicts.contains { $0.hasPrefix("x!/$headers") && $0.hasSuffix("limited entry-size-limit") })
  }

  /// Damaged or not, a stream reads as a file does.
  @Test func damage() throws {
    var generator = SeededGenerator(seed: 26)
    let whole = Self.places.reduce(HandBuilt.tarMember("first", [0x66])) { $0 + $1.bytes } + Self.rest
    for _ in 0..<200 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      bytes.removeLast(Int.random(in: 0...1, using: &generator) * Int.random(in: 0..<bytes.count, using: &generator))
      let file = try Feed.file(bytes, name: "x")
      let stream = try Feed.stream(bytes, name: "x")
      #expect(file.broken.isEmpty && stream.broken.isEmpty)
      #expect(file.entries.map(\.content) == stream.entries.map(\.content))
      #expect(file.entries.allSatisfy { !$0.path.hasPrefix("x!/$headers/@") || isAtItsPlace($0, in: bytes) })
    }
  }
}
