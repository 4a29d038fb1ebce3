import CustodyCore
import CustodyKit
import Foundation
import Records
import Snapshots
import TestSupport
import Testing

/// What was committed once is still held, whatever the working copy shows.
@Suite struct GitTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  static let template = MinutiaeRecordBuilder.iso2005(views: [20, 30])
  static let other = MinutiaeRecordBuilder.iso2005(views: [24])

  private func examine(_ path: String) throws -> [String: Examination] {
    let name = "out-\(UUID().uuidString).jsonl"
    let descriptor = open(folder.path(name), O_RDWR | O_CREAT | O_EXCL, 0o600)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    _ = try Examine.run([.path(path)], to: descriptor, options: ExamineOptions(jobs: 2))
    let lines = try folder.read(name).split(separator: 0x0A).map { try InventoryLine.decode($0) }
    return Dictionary(lines.map { ($0.locator.description, $0) }) { a, _ in a }
  }

  /// A pack, a loose object and a stream, built by code.
  @Test func templatesAreFoundWithTheirLocators() throws {
    let list = Array(String(repeating: "day lane read\n", count: 400).utf8)
    let later = list + Self.template
    var pack = PackBuilder()
    pack.add("blob", list)
    pack.add(delta: PackBuilder.delta(from: list, to: later), from: 0)
    pack.add("blob", Self.other)
    let loose = GitObjects.id("blob", Self.template)
    let place = "objects/\(loose.prefix(2))/\(loose.dropFirst(2))"
    try folder.write("in/.git/objects/pack/pack-1.pack", pack.finish())
    try folder.write("in/.git/" + place, GitObjects.loose("blob", Self.template))
    try folder.write("in/cache.zz", GitObjects.zlib(Self.other))
    let found = try examine(folder.path("in"))
    let packed = "in!/.git/objects/pack/pack-1.pack"
    for (path, content) in [
      ("\(packed)!/\(GitObjects.id("blob", later))", later),
      ("\(packed)!/\(GitObjects.id("blob", Self.other))", Self.other),
      ("in!/.git/\(place)!/blob", Self.template), ("in!/cache.zz!/cache", Self.other),
    ] {
      let entry = try #require(found[path], "\(found.keys.sorted())")
      #expect(entry.observations.contains { $0.dataClass == .fingerTemplate }, "\(path)")
      #expect(entry.disposition == .examined && entry.size == UInt64(content.count))
      // Named by git, and with the digest of the file that was committed.
      try folder.write("plain", content)
      #expect(entry.sha256 == (try examine(folder.path("plain")))["plain"]?.sha256)
    }
    #expect(found[packed]?.disposition == .examined && found[packed]?.kind.rawValue == "application/x-git-pack")
    #expect(found["in!/cache.zz"]?.kind.rawValue == "application/zlib")
    // Bytes that only begin as a pack does.
    try folder.write("short", Array("PACK".utf8) + [0, 0, 0, 2, 0, 0, 0, 1])
    #expect((try examine(folder.path("short")))["short"]?.disposition == .partial)
  }

  /// Committed, deleted, packed: nothing of it is in the working copy.
  @Test func whatWasDeletedIsFoundInThePack() throws {
    guard let repository = try GitRepository(in: folder) else { return }
    try repository.write("enrol/0001.fmr", Self.template)
    try repository.write("notes.txt", Array("first\n".utf8))
    try repository.commit("enrolments")
    try repository.remove("enrol/0001.fmr")
    try repository.commit("without them")
    try repository.run("gc", "-q", "--prune=now")
    let found = try examine(repository.path(""))
    let id = GitObjects.id("blob", Self.template)
    let hits = found.filter { $0.value.observations.contains { $0.dataClass == .fingerTemplate } }.keys
    #expect(hits.count == 1 && hits.allSatisfy { $0.hasSuffix(".pack!/" + id) }, "\(hits)")
    #expect(try repository.run("cat-file", "blob", id) == Self.template)
  }
}
