import CustodyCore
import Foundation
import Records
import TestSupport
import Testing

/// The real program, its sandbox included, on what stands beside the content of files.
@Suite struct AttributeCommandTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private static let template = MinutiaeRecordBuilder.iso2005(views: [20, 30])

  private func found(_ path: String) throws -> [String: [DataClass]] {
    let custody = CommandLineTool(product: "custody", in: folder.url)
    let run = try custody.run(["examine", path, "-o", "out.jsonl", "--no-vision", "--quiet"])
    #expect(run.status == 0 || run.status == 3, "\(run.err)")
    let lines = try folder.read("out.jsonl").split(separator: 0x0A).map { try InventoryLine.decode($0) }
    #expect(!lines.contains { $0.reason == .examinerCrashed || $0.disposition == .failed })
    return Dictionary(lines.map { ($0.locator.description, $0.observations.map(\.dataClass)) }) { $0 + $1 }
  }

  @Test func inAFolder() throws {
    try folder.write("in/sub/note.txt", Array("note".utf8))
    let name = Array("user.thumbnail".utf8)
    // Where the file system has no such attributes there is nothing to be found.
    guard FileAttributes.set(folder.path("in/sub/note.txt"), name, Self.template),
      FileAttributes.set(folder.path("in/sub"), name, Self.template)
    else { return }
    let found = try found("in")
    #expect(found["in!/sub/note.txt!/$xattr/user.thumbnail"] == [.fingerTemplate], "\(found)")
    #expect(found["in!/sub!/$xattr/user.thumbnail"] == [.fingerTemplate])
    #expect(found["in!/sub/note.txt"] == [])
  }

  @Test func inATar() throws {
    let zip = HandBuilt.zip([.init("t/1.fmr", Self.template)])
    let tar =
      HandBuilt.pax(
        HandBuilt.paxRecord("SCHILY.xattr.user.a", Self.template) + HandBuilt.paxRecord("SCHILY.xattr.user.z", zip))
      + HandBuilt.tarMember("note.txt", Array("note".utf8)) + HandBuilt.tarEnd
    try folder.write("x.tgz", ArchiveBuilder.filtered(tar, "gzip"))
    let found = try found("x.tgz")
    #expect(found["x.tgz!/note.txt!/$xattr/user.a"] == [.fingerTemplate], "\(found)")
    #expect(found["x.tgz!/note.txt!/$xattr/user.z!/t/1.fmr"] == [.fingerTemplate])
  }

  @Test func betweenMembers() throws {
    let first = HandBuilt.tarHeader(Array("note.txt".utf8), size: 4) + Array("note".utf8)
    let padding = Self.template + [UInt8](repeating: 0, count: 508 - Self.template.count)
    let comment = HandBuilt.pax(HandBuilt.paxRecord("comment", Self.template))
    let tar = first + padding + comment + HandBuilt.tarMember("b", [0x62]) + HandBuilt.tarEnd
    try folder.write("x.tar", tar)
    try folder.write("y.tgz", ArchiveBuilder.filtered(tar, "gzip"))
    for name in ["x.tar", "y.tgz"] {
      let found = try found(name)
      let places = found.filter { !$0.value.isEmpty }
      #expect(places.count == 1)
      #expect(places.first?.key.hasPrefix(name + "!/$headers/@516+") == true, "\(found)")
      #expect(places.first?.value == [.fingerTemplate, .fingerTemplate] || places.first?.value == [.fingerTemplate])
    }
  }
}
