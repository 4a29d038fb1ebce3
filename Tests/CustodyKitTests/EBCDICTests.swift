import CustodyCore
import CustodyKit
import Foundation
import Records
import TestSupport
import Testing

@testable import Snapshots

/// Text of mainframes is searched as it stands and in Latin-1.
@Suite struct EBCDICTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  static func encode(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { scalar in
      scalar == "\n" ? 0x15 : UInt8(EBCDIC.latin1.firstIndex(of: UInt8(truncatingIfNeeded: scalar.value)) ?? 0x6F)
    }
  }

  private func examine(_ files: [(String, [UInt8])]) throws -> [String: Examination] {
    for (name, bytes) in files { try folder.write("in/" + name, bytes) }
    let name = "out-\(UUID().uuidString).jsonl"
    let descriptor = open(folder.path(name), O_RDWR | O_CREAT | O_EXCL, 0o600)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    _ = try Examine.run([.path(folder.path("in"))], to: descriptor, options: ExamineOptions(jobs: 2))
    let lines = try folder.read(name).split(separator: 0x0A).map { try InventoryLine.decode($0) }
    return Dictionary(uniqueKeysWithValues: lines.map { ($0.locator.description, $0) })
  }

  /// Digits, letters and signs of code page 037 (and 1047, but for brackets), from IBM's tables.
  @Test func knownCharacters() {
    let known: [(UInt8, Character)] = [
      (0xC1, "A"), (0xC9, "I"), (0xD1, "J"), (0xE2, "S"), (0xE9, "Z"), (0x81, "a"), (0xA9, "z"), (0xF0, "0"),
      (0xF9, "9"),
      (0x40, " "), (0x4B, "."), (0x4C, "<"), (0x6B, ","), (0x6D, "_"), (0x7A, ":"), (0x7D, "'"), (0x7E, "="),
      (0x7F, "\""),
      (0x61, "/"), (0xC0, "{"), (0xD0, "}"), (0x15, "\n"), (0x25, "\n"), (0xBA, "["), (0xBB, "]"), (0xAD, "["),
      (0xBD, "]"),
    ]
    for (byte, character) in known { #expect(EBCDIC.latin1[Int(byte)] == character.asciiValue, "\(byte)") }
    #expect(EBCDIC.latin1.count == 256)
  }

  @Test func zonesAndReadsAreFoundAtTheirPlaces() throws {
    let lead = "MANIFEST OF PASSENGERS, NORTHERN CROSSING, PRINTED BY JOB 0711 ON A PRINTER THAT NOBODY WATCHES\n"
    let zone = MRZBuilder.td3().joined(separator: "\n")
    let reads =
      "plate_number,camera_id,read_time\n"
      + (0..<40).map { "ABC\(1000 + $0),CAM 2,2018-11-02 10:\(10 + $0 % 50):00\n" }.joined()
    let found = try examine([
      ("zone.dat", Self.encode(lead + zone + "\n")), ("reads.dat", Self.encode(reads)),
      ("plain.txt", Array((lead + lead).utf8)),
    ])
    let text = try #require(found["in!/zone.dat!/text"])
    let observation = try #require(text.observations.first { $0.dataClass == .identityMRZ })
    #expect(observation.strength == .proof && observation.place?.offset == UInt64(lead.utf8.count))
    #expect(text.notes.contains("recoded from EBCDIC"))
    #expect(found["in!/zone.dat"]?.kind.rawValue == "text/x-ebcdic")
    let counts = found["in!/reads.dat!/text"]?.observations.filter { $0.dataClass == .plateRead }.map(\.count) ?? []
    #expect(counts.reduce(0, +) == 40)
    #expect(found["in!/plain.txt!/text"] == nil)
  }

  /// What stands behind the text is not hidden by it: the entry's own bytes are searched too.
  @Test func recordsBehindTextAreFound() throws {
    let text = Self.encode(String(repeating: "RECORD OF THE NIGHT SHIFT 0042\n", count: 200))
    let found = try examine([("mixed.dat", text + MinutiaeRecordBuilder.iso2005(views: [20]))])
    #expect(found["in!/mixed.dat"]?.observations.map(\.dataClass) == [.fingerTemplate])
    #expect(found["in!/mixed.dat"]?.disposition == .examined)
  }

  @Test("other bytes are no such text", arguments: 0..<6)
  func others(_ kind: Int) {
    let bytes: [UInt8] =
      switch kind {
      case 0: Array(String(repeating: "The quick brown fox; jumps over 13 lazy dogs.\n", count: 40).utf8)
      case 1: Array(String(repeating: "UPPER CASE ONLY, 0123456789 ", count: 40).utf8)
      case 2: ExamineTests.noise(4096)
      case 3: [UInt8](repeating: 0x40, count: 4096)
      case 4: [UInt8](repeating: 0xC5, count: 4096)
      default: Array("Привет, это обычный текст в UTF-8. ".utf8) + Array(repeating: 0xD0, count: 100)
      }
    #expect(!bytes.withUnsafeBytes { EBCDIC.isText($0) })
  }
}
