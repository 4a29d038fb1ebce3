import CustodyCore
import Foundation
import Glibc
import Snapshots
import TestSupport
import Testing

/// Values that stand beside the content of an entry.
@Suite struct AttributeTests {
  private static let secret = Array("a record that nobody shall see".utf8)
  private static let template = MinutiaeRecordBuilder.iso2005(views: [20])
  private static let member = HandBuilt.tarMember("a", [0x61]) + HandBuilt.tarMember("b", [0x62]) + HandBuilt.tarEnd

  private static func tar(_ records: [(String, [UInt8])]) -> [UInt8] {
    HandBuilt.pax(records.flatMap { HandBuilt.paxRecord($0.0, $0.1) }) + member
  }

  @Test(arguments: [
    ("SCHILY.xattr.user.note", secret, "user.note"),
    ("SCHILY.xattr.user.note", template, "user.note"),
    ("LIBARCHIVE.xattr.user.a%20b", Array(Data(secret).base64EncodedString().utf8), "user.a b"),
    ("SCHILY.xattr.trusted.../../x\u{1B}\n", secret, "trusted.../../x\u{1B}\n"),
    ("SCHILY.xattr.security.selinux", [UInt8](repeating: 0x41, count: 60), "security.selinux"),
    ("SCHILY.xattr.system.posix_acl_access", [2, 0, 0, 0] + template, "system.posix_acl_access"),
  ])
  func tarMemberWithAttribute(key: String, value: [UInt8], name: String) throws {
    let sink = try Feed.both(Self.tar([(key, value)]))
    #expect(sink.verdicts == ["x!/a: ok", "x!/a!/$xattr/\(name): ok", "x!/b: ok"])
    let content = key.hasPrefix("LIBARCHIVE") ? Self.secret : value
    #expect(sink.entry("x!/a!/$xattr/\(name)")?.content == content)
  }

  /// What can hold nothing, or what the system keeps for itself in the usual form.
  @Test(arguments: [
    ("user.short", [UInt8](repeating: 7, count: 19)), ("user.empty", []),
    ("security.selinux", Array("system_u:object_r:user_home_t:s0-s0:c0.c1023\0".utf8)),
    ("security.capability", [1, 0, 0, 2] + [UInt8](repeating: 0x20, count: 16)),
    ("system.posix_acl_access", [2, 0, 0, 0] + [1, 0, 6, 0, 255, 255, 255, 255] + [32, 0, 4, 0, 255, 255, 255, 255]),
  ])
  func nothingToSee(name: String, value: [UInt8]) throws {
    let sink = try Feed.both(Self.tar([("SCHILY.xattr." + name, value)]))
    #expect(sink.verdicts == ["x!/a: ok", "x!/b: ok"])
  }

  @Test func anAttributeThatIsAnArchive() throws {
    let zip = HandBuilt.zip([.init("hidden.txt", Self.secret)])
    let sink = try Feed.both(Self.tar([("SCHILY.xattr.user.z", zip), ("SCHILY.xattr.user.a", Self.secret)]))
    #expect(
      sink.verdicts == [
        "x!/a: ok", "x!/a!/$xattr/user.a: ok", "x!/a!/$xattr/user.z!/hidden.txt: ok", "x!/a!/$xattr/user.z: ok",
        "x!/b: ok",
      ])
    #expect(sink.entries.contains { $0.content == Self.secret })
  }

  @Test(arguments: ["pax", "xar"]) func asLibarchiveWritesThem(format: String) throws {
    var member = BuiltMember("a", text: "content")
    member.attributes = [("user.large", Self.secret), ("user.small", [1])]
    let bytes = ArchiveBuilder.archive(format, [member, BuiltMember("b", text: "b")])
    // What libarchive leaves at the end of a xar is an entry, whose name tells its length where that is known.
    let sink = format == "xar" ? try Feed.file(bytes, name: "x") : try Feed.both(bytes)
    #expect(sink.broken.isEmpty)
    #expect(sink.verdicts.prefix(3) == ["x!/a: ok", "x!/a!/$xattr/user.large: ok", "x!/b: ok"], "\(sink.verdicts)")
    #expect(format == "xar" || sink.entries.count == 3)
    #expect(sink.entry("x!/a!/$xattr/user.large")?.content == Self.secret)
  }

  /// Directories and links are no entries, or empty ones; what stands beside them is read all the same.
  @Test(arguments: ["5", "2", "1", "6"]) func besideNoContent(type: Character) throws {
    let bytes =
      HandBuilt.pax(HandBuilt.paxRecord("SCHILY.xattr.user.n", Self.secret))
      + HandBuilt.tarHeader(Array("d".utf8), size: 0, type: type.asciiValue ?? 0, link: Array("b".utf8)) + Self.member
    let sink = try Feed.both(bytes)
    #expect(sink.entry("x!/d!/$xattr/user.n")?.content == Self.secret)
  }

  @Test func manyAttributes() throws {
    let names = (0..<1200).map { ("SCHILY.xattr.user.n\($0)", Self.secret) }
    let sink = try Feed.both(Self.tar(names))
    #expect(sink.entries.count { $0.path.hasPrefix("x!/a!/$xattr/user.") } == 1000)
    #expect(sink.entry("x!/a!/$xattr")?.verdict == "limited derived-limit")
    #expect(sink.verdicts.last == "x!/b: ok")
  }

  @Test func aLargeAttribute() throws {
    let value = (0..<900_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let sink = try Feed.both(Self.tar([("SCHILY.xattr.user.large", value)]))
    #expect(sink.entry("x!/a!/$xattr/user.large")?.content == value)
  }

  @Test func limitsHold() throws {
    var limits = SnapshotLimits()
    limits.maxEntries = 2
    let entries = try Feed.both(
      Self.tar([("SCHILY.xattr.user.1", Self.secret), ("SCHILY.xattr.user.2", Self.secret)]), limits: limits)
    #expect(entries.verdicts == ["x!/a: ok", "x!/a!/$xattr/user.1: ok", "x: limited entries-limit"])
    limits = SnapshotLimits()
    limits.maxDepth = 1
    let depth = try Feed.both(Self.tar([("SCHILY.xattr.user.1", Self.secret)]), limits: limits)
    #expect(depth.verdicts == ["x!/a: ok", "x!/b: ok", "x: limited depth-limit"])
    limits = SnapshotLimits()
    limits.maxPathBytes = 12
    let path = try Feed.both(Self.tar([("SCHILY.xattr.user.1234567890", Self.secret)]), limits: limits)
    #expect(path.paths == ["x!/a", "x!/a!/$xattr/user.", "x!/b"])
  }

  @Test func truncatedHeaders() throws {
    let bytes = Self.tar([("SCHILY.xattr.user.1", Self.template), ("LIBARCHIVE.xattr.user.2", Self.secret)])
    let folder = try Folder()
    for length in stride(from: 512, to: 3000, by: 37) {
      let sink = try Feed.memory(Array(bytes.prefix(length)), in: folder)
      #expect(sink.broken.isEmpty)
    }
  }
}
