import CustodyCore
import CustodyKit
import Foundation
import Records
import Snapshots
import TestSupport
import Testing

/// Content that is written down inside other entries becomes entries.
@Suite struct DerivedEntriesTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  static let record = MinutiaeRecordBuilder.iso2005(views: [20, 30])
  static let photo = JPEGBuilder.testCard()

  static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
  }
  static func lines(_ text: String) -> String {
    stride(from: 0, to: text.utf8.count, by: 76).map { String(text.dropFirst($0).prefix(76)) }.joined(separator: "\n")
  }

  private func examine(_ members: [BuiltMember], jobs: Int = 2) throws -> (lines: [Examination], bytes: [UInt8]) {
    try folder.write("s.tar", ArchiveBuilder.archive("pax", members))
    let name = "out-\(UUID().uuidString).jsonl"
    let descriptor = open(folder.path(name), O_RDWR | O_CREAT | O_EXCL, 0o600)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    _ = try Examine.run([.path(folder.path("s.tar"))], to: descriptor, options: ExamineOptions(jobs: jobs))
    let bytes = try folder.read(name)
    return (try bytes.split(separator: 0x0A).map { try InventoryLine.decode($0) }, bytes)
  }

  /// A file that ends within encoded text has only the beginning of it.
  @Test func textThatGoesOnBehindAFile() throws {
    let text = Base64.encode(Self.photo)
    // IHDR of 8 by 8 pixels; the next chunk ends some characters into the text, and mostly none follows there.
    let header: [UInt8] = [
      0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 8, 0, 0, 0, 8, 8, 2,
      0, 0, 0, 0x4B, 0x6D, 0x29, 0xDC,
    ]
    let cuts = 8..<48
    let members = cuts.map { cut in
      let chunk: [UInt8] = [0, 0, 0, UInt8(20 + cut)] + Array("prVt".utf8) + [UInt8](repeating: 0x0A, count: 20)
      return BuiltMember("\(cut).bin", [0xB5] + header + chunk + Array(text.utf8))
    }
    let (lines, _) = try examine(members)
    for cut in cuts {
      let here = lines.filter { $0.locator.description.hasPrefix("s.tar!/\(cut).bin!/") }
      #expect(here.contains { $0.size == UInt64(Self.photo.count) }, "\(cut): \(here.map(\.locator.description))")
    }
  }

  /// Whatever was cut out and not seen to its end is counted: sound, films and pictures of every brand.
  @Test(arguments: ["M4A ", "avis", "crx ", "3gp5"]) func whatIsCutOutIsListed(brand: String) throws {
    let b = { (type: String, data: [UInt8]) -> [UInt8] in
      [0, 0, 0, UInt8(data.count + 8)] + Array(type.utf8) + data
    }
    let file =
      b("ftyp", Array(brand.utf8) + [0, 0, 2, 0] + Array(brand.utf8))
      + b("moov", b("mvhd", [UInt8](repeating: 0, count: 100))) + b("mdat", Array(0..<200))
    let (lines, _) = try examine([BuiltMember("x.bin", [0xB5, 0xB6, 0xB7] + file)])
    #expect(lines.count == 2)
    #expect(lines.first?.disposition == .partial)
  }

  /// A record covers what was read of it: data beside a header that names a format is searched like any other.
  @Test func recordsHideNothingThatWasNotRead() throws {
    let arc: [UInt8] = [0x06, 0x0A, 0x2B, 0x81, 0x05, 0x10, 0x86, 0x48, 0x09, 0x54, 0, 1]
    let body = arc + [0x04, 0x82, UInt8(Self.photo.count >> 8), UInt8(Self.photo.count & 255)] + Self.photo
    let object = [0x30, 0x82, UInt8(body.count >> 8), UInt8(body.count & 255)] + body
    let size = 16 + Self.photo.count
    // BioAPI 1.1: processed data of INCITS 378, one finger.
    let bioapi: [UInt8] =
      [UInt8(size & 255), UInt8(size >> 8), 0, 0, 1, 4, 0x1B, 0, 1, 2, 50, 1, 8, 0, 0, 0] + Self.photo
    let (lines, _) = try examine([BuiltMember("x984.bin", [0xB5] + object), BuiltMember("bir.bin", bioapi)])
    for name in ["x984.bin", "bir.bin"] {
      let here = lines.filter { $0.locator.description.hasPrefix("s.tar!/\(name)") }
      #expect(here.contains { $0.size == UInt64(Self.photo.count) }, "\(here.map(\.locator.description))")
      #expect(here.last?.observations.isEmpty == false)
    }
  }

  /// Text that lies in pieces, or compressed, is broken where its bytes are: it is looked for when it is put together.
  @Test func encodedTextInWhatIsPutTogether() throws {
    let photo = JPEGBuilder.testCard() + [UInt8](repeating: 0x20, count: 9000)
    let text = Base64.encode(photo)
    let packed = ArchiveBuilder.filtered(Array("(\(text))".utf8), "gzip")
    let zlib: [UInt8] = [0x78, 0x9C] + packed.dropFirst(10).dropLast(8)
    let pdf =
      Array("%PDF-1.4\n1 0 obj <</Filter/FlateDecode>>stream\n".utf8) + zlib
      + Array("\nendstream endobj\n%%EOF\n".utf8)
    let (lines, _) = try examine([BuiltMember("x.pdf", pdf)])
    #expect(lines.contains { $0.size == UInt64(photo.count) }, "\(lines.map(\.locator.description))")
  }

  @Test func childrenComeBeforeTheirEntry() throws {
    let encoded = Self.hex(Self.photo)
    let sql = "INSERT INTO face VALUES (1,X'\(encoded)');\n"
    let (lines, _) = try examine([BuiltMember("dump.sql", text: sql)])
    #expect(
      lines.map(\.locator.description) == ["s.tar!/dump.sql!/@29+\(encoded.utf8.count)", "s.tar!/dump.sql"])
    let child = try #require(lines.first)
    let twin = try #require(try examine([BuiltMember("a.jpg", Self.photo)]).lines.first)
    #expect(child.sha256 == twin.sha256)
    #expect(child.nonce == twin.nonce)
    #expect(child.kind == twin.kind)
    #expect(child.size == UInt64(Self.photo.count))
    #expect(child.disposition == .partial)
    #expect(child.reason == .pixelsNotExamined)
    #expect(child.notes.contains("decoded from hex inside another entry"))
    #expect(lines.dropFirst().first?.disposition == .examined)
  }

  @Test(
    "dumps of three databases hold a photograph and a template",
    arguments: [
      "COPY public.enrollments (id, photo, template) FROM stdin;\n1\t\\\\x{photo}\t\\\\x{record}\n\\.\n",
      "INSERT INTO `enrollments` (`id`, `photo`, `template`) VALUES (1,0x{photo},0x{record});\n",
      "SET IDENTITY_INSERT [dbo].[Enrollments] ON\nINSERT [dbo].[Enrollments] ([Id], [Photo], [Template]) VALUES (1, 0x{photo}, CAST(0x{record} AS Varbinary(max)))\nGO\n",
    ])
  func dumps(_ form: String) throws {
    let sql = form.replacingOccurrences(of: "{photo}", with: Self.hex(Self.photo))
      .replacingOccurrences(of: "{record}", with: Self.hex(Self.record))
    let (lines, _) = try examine([BuiltMember("dump.sql", text: sql)])
    #expect(lines.count == 3)
    #expect(lines.first?.kind == ContentKind(rawValue: "image/jpeg"))
    #expect(lines.first?.size == UInt64(Self.photo.count))
    #expect(lines.dropFirst().first?.observations.map(\.dataClass) == [.fingerTemplate])
    #expect(lines.dropFirst().first?.observations.map(\.strength) == [.proof])
  }

  /// What is said of all rows does not swallow the photographs among them.
  @Test func photographsAmongRowsOfPlatesAreEntries() throws {
    let sql = (0..<30).map {
      "INSERT INTO reads (plate_number, camera_id, read_time, photo) VALUES ('ABC\(1000 + $0)','c1','2023-01-01 10:00:00',"
        + "X'\(Self.hex(Self.photo))');\n"
    }.joined()
    let (lines, _) = try examine([BuiltMember("dump.sql", text: sql)])
    #expect(lines.count == 31)
    #expect(lines.last?.observations.contains { $0.dataClass == .plateRead && $0.strength == .strong } ?? false)
  }

  @Test func recordsInsideEncodingsInsideEncodings() throws {
    let inner = Self.lines(Base64.encode(Array("fmr: \(Base64.encode(Self.record)) end".utf8)))
    let (lines, _) = try examine([BuiltMember("a.txt", text: "see below\n\n\(inner)\n")])
    #expect(lines.map(\.locator.components.count) == [4, 3, 2])
    let record = try #require(lines.first)
    #expect(record.observations.map(\.dataClass) == [.fingerTemplate])
    #expect(record.observations.map(\.strength) == [.proof])
    #expect(lines.dropFirst().allSatisfy { $0.observations.isEmpty })
  }

  @Test func tooDeepIsSaid() throws {
    var text = Base64.encode(Self.record)
    for _ in 0..<4 { text = Base64.encode(Array("x \(text) y".utf8)) }
    let (lines, _) = try examine([BuiltMember("a.txt", text: "x \(text) y")])
    #expect(lines.map(\.locator.components.count) == [6, 5, 4, 3, 2])
    #expect(lines.first?.disposition == .limited)
    #expect(lines.first?.reason == .derivedLimit)
  }

  @Test func whatHoldsNothingLeavesNoLine() throws {
    let key = Self.lines(Base64.encode(ExamineTests.noise(1200)))
    let pem = "-----BEGIN CERTIFICATE-----\n\(key)\n-----END CERTIFICATE-----\n"
    let (lines, _) = try examine([BuiltMember("a.pem", text: pem)])
    #expect(lines.count == 1)
    #expect(lines.allSatisfy { $0.notes.isEmpty })
  }

  @Test func closedContentIsListed() throws {
    let secret = Array("Salted__".utf8) + ExamineTests.noise(136)
    let (lines, _) = try examine([BuiltMember("a.txt", text: "key \(Base64.encode(secret))\n")])
    #expect(lines.first?.disposition == .opaque)
    #expect(lines.first?.reason == .encrypted)
    #expect(lines.count == 2)
  }

  /// Contents across the edges of the blocks in which large entries pass, at any number of jobs.
  @Test func jobsAndBlocks() throws {
    var text = ""
    for n in 0..<60 {
      text += String(repeating: "lane three, nothing to report\n", count: 1100 + n * 7)
      text += n % 2 == 0 ? "photo: \(Base64.encode(Self.photo))\n" : "X'\(Self.hex(Self.record))'\n"
    }
    let members = [
      BuiltMember("log.txt", text: text), BuiltMember("small.txt", text: "a \(Base64.encode(Self.record)) b\n"),
    ]
    let one = try examine(members, jobs: 1)
    let eight = try examine(members, jobs: 8)
    #expect(one.bytes == eight.bytes)
    #expect(one.lines.count == 60 + 1 + 1 + 1)
    #expect(one.lines.filter { $0.kind.rawValue == "image/jpeg" }.count == 30)
    #expect(one.lines.filter { $0.observations.map(\.dataClass) == [.fingerTemplate] }.count == 31)
  }
}
