import CustodyCore
import CustodyKit
import Foundation
import Records
import Snapshots
import TestSupport
import Testing

@testable import Detection

/// Archives that lie in other entries are opened like any other.
@Suite struct DerivedArchiveTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  static let record = MinutiaeRecordBuilder.iso2005(views: [20, 30])
  static let photo = JPEGBuilder.testCard()
  static let zip = HandBuilt.zip([
    HandBuilt.ZipMember("lane/1.jpg", photo), HandBuilt.ZipMember("a.fmr", record),
    HandBuilt.ZipMember("notes.txt", Array("as discussed\n".utf8)),
  ])
  static let nested = ArchiveBuilder.archive("pax", [BuiltMember("deep.zip", zip)], filters: ["gzip"])

  private func examine(_ files: [(String, [UInt8])], jobs: Int = 2) throws -> [Examination] {
    for (name, bytes) in files { try folder.write("in/" + name, bytes) }
    let name = "out-\(UUID().uuidString).jsonl"
    let descriptor = open(folder.path(name), O_RDWR | O_CREAT | O_EXCL, 0o600)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    _ = try Examine.run([.path(folder.path("in"))], to: descriptor, options: ExamineOptions(jobs: jobs))
    return try folder.read(name).split(separator: 0x0A).map { try InventoryLine.decode($0) }
  }

  @Test func archivesInEncodings() throws {
    let json = Array("{\"attachment\":\"\(Base64.encode(Self.zip))\"}\n".utf8)
    let lines = try examine([("a.json", json)])
    let place = "in!/a.json!/@15+\(Base64.encode(Self.zip).utf8.count)"
    #expect(
      lines.map(\.locator.description) == [
        place + "!/lane/1.jpg", place + "!/a.fmr", place + "!/notes.txt", place, "in!/a.json",
      ])
    let twin = try examine([("a.json", json), ("b.fmr", Self.record)]).first { $0.locator.description == "in!/b.fmr" }
    #expect(lines[1].sha256 == twin?.sha256 && lines[1].nonce == twin?.nonce)
    #expect(lines[1].observations.map(\.strength) == [.proof])
    #expect(lines[2].disposition == .examined)
    #expect(lines[3].kind.rawValue == "application/zip" && lines[3].disposition == .examined)
  }

  @Test("wherever they lie", arguments: ["sql", "sqlite", "bytes", "mail"])
  func places(_ how: String) throws {
    let hex = Self.nested.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    let bytes: [UInt8] =
      switch how {
      case "sql": Array("INSERT INTO files VALUES (1, 0x\(hex));\n".utf8)
      case "sqlite":
        SQLiteExample.database([SQLiteExample.Table("files", "a TEXT, data BLOB", [[.null, .blob(Self.nested)]])])
      case "bytes": [UInt8](repeating: 0xB5, count: 70_001) + Self.zip + [UInt8](repeating: 0xB5, count: 70_000)
      default:
        Array(
          "data:message/rfc822;base64,\(Base64.encode(Array("From: a@example.org\nTo: b@example.org\nMIME-Version: 1.0\nContent-Type: application/zip; name=\"x.zip\"\nContent-Transfer-Encoding: base64\n\n\(Base64.encode(Self.zip))\n".utf8)))\n"
            .utf8)
      }
    for jobs in [1, 4] {
      let lines = try examine([("x.bin", bytes)], jobs: jobs)
      let records = lines.filter { $0.observations.contains { $0.dataClass == .fingerTemplate } }
      #expect(records.map { $0.locator.components.last } == [Array("a.fmr".utf8)], "\(how)")
      #expect(records.first?.observations.first?.strength == .proof)
      #expect(lines.filter { $0.kind.rawValue == "image/jpeg" }.count == 1, "\(how)")
      #expect(lines.map(\.index) == (0..<UInt64(lines.count)).map { $0 })
    }
  }

  /// An archive at the end of something else is opened once, not cut out and opened again.
  @Test func appendedArchivesAreOpenedOnce() throws {
    let lines = try examine([("x.bin", [UInt8](repeating: 0xB5, count: 3000) + Self.zip)])
    #expect(
      lines.map(\.locator.description) == [
        "in!/x.bin!/lane/1.jpg", "in!/x.bin!/a.fmr", "in!/x.bin!/notes.txt", "in!/x.bin",
      ])
  }

  /// All archives inside one entry share a budget; what is left out is said.
  @Test func bombsHaveABound() throws {
    let zeros = ArchiveBuilder.archive("zip", [BuiltMember("z", [UInt8](repeating: 0, count: 60 << 20))])
    let rows = (0..<40).map { "{\"n\": \($0), \"data\": \"\(Base64.encode(zeros))\"}\n" }.joined()
    let lines = try examine([("bombs.jsonl", Array(rows.utf8))])
    let members = lines.filter { $0.locator.components.count == 4 }
    #expect(members.reduce(0) { $0 + $1.size } <= (1 << 30) + (60 << 20))
    #expect(members.count < 40)
    // Members beyond 16 MiB are examined to there, and say so.
    #expect(members.allSatisfy { $0.disposition == .limited })
  }

  @Test func damagedArchivesAreSaid() throws {
    var damaged = Self.zip
    for i in 60..<90 { damaged[i] ^= 0xFF }
    let json = Array("{\"attachment\":\"\(Base64.encode(damaged))\"}\n".utf8)
    let lines = try examine([("a.json", json), ("same.zip", damaged)])
    let (inside, own) = (
      lines.filter { $0.locator.description.hasPrefix("in!/a.json!/@15") },
      lines.filter { $0.locator.description.hasPrefix("in!/same.zip") }
    )
    #expect(inside.map(\.disposition) == own.map(\.disposition) && inside.map(\.sha256) == own.map(\.sha256))
  }
}
