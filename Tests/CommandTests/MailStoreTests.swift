import CustodyCore
import Foundation
import Records
import TestSupport
import Testing

/// The real program, its sandbox included, on what Outlook keeps and sends, and on documents in RTF.
@Suite struct MailStoreTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func examine(_ path: String) throws -> [String: Examination] {
    let custody = CommandLineTool(product: "custody", in: folder.url)
    let run = try custody.run(["examine", path, "-o", "out.jsonl", "--no-vision", "--quiet"])
    #expect(run.status == 0 || run.status == 3, "\(run.err)")
    let lines = try folder.read("out.jsonl").split(separator: 0x0A).map { try InventoryLine.decode($0) }
    #expect(!lines.contains { $0.reason == .examinerCrashed })
    let byPath = Dictionary(lines.map { ($0.locator.description, $0) }) { first, _ in first }
    #expect(byPath.count == lines.count)
    return byPath
  }

  private static let zone = MRZBuilder.td3().joined(separator: "\n") + "\n"
  private static let template = MinutiaeRecordBuilder.iso2005(views: [20, 30])

  private static func attachment(_ name: String, _ content: [UInt8]) -> MailStoreBuilder.Child {
    .item([(0x3705, .number(1)), (0x3707, .text(name)), (0x3701, .binary(content))], [])
  }

  /// Encoded as Outlook does by default: neither the text nor the attachments can be seen in the file.
  @Test func everythingInAStoreIsFoundOnce() throws {
    var builder = MailStoreBuilder(.unicode, cipher: 1, table: PSTTables.encode)
    builder.add(0x122, parent: 0x122, [])
    builder.add(0x8042, parent: 0x122, [(0x3001, .text("Inbox"))])
    let photo = JPEGBuilder.testCard()
    builder.add(
      0x20_0004, parent: 0x8042, [(0x0037, .text("passport")), (0x1000, .text(Self.zone))],
      [(0x8025, Self.attachment("1.fmr", Self.template)), (0x8045, Self.attachment("photo.jpg", photo))])
    builder.add(
      0x20_0024, parent: 0x8042, [(0x0037, .text("zip"))],
      [(0x8025, Self.attachment("z.zip", HandBuilt.zip([.init("t/1.fmr", Self.template)])))])
    try folder.write("in/mail.pst", builder.finish())
    try folder.write("in/photo.jpg", photo)
    let lines = try examine("in")
    let store = "in!/mail.pst"
    #expect(lines["\(store)!/Inbox/1/headers"]?.observations.map(\.dataClass) == [.identityMRZ], "\(lines.keys)")
    #expect(lines["\(store)!/Inbox/1/headers"]?.disposition == .examined)
    #expect(lines["\(store)!/Inbox/1/1.fmr"]?.observations.map(\.dataClass) == [.fingerTemplate])
    #expect(lines["\(store)!/Inbox/1/photo.jpg"]?.sha256 == lines["in!/photo.jpg"]?.sha256)
    #expect(lines["\(store)!/Inbox/2/z.zip!/t/1.fmr"]?.observations.map(\.dataClass) == [.fingerTemplate])
    #expect(lines["\(store)!/$unallocated"]?.observations == [])
    #expect(lines["\(store)!/$unallocated"]?.reason == .contentNotDecoded)
    #expect(lines[store]?.kind.rawValue == "application/vnd.ms-outlook-pst")
    #expect(lines[store]?.disposition == .examined)
  }

  @Test func winmail() throws {
    var message = TNEFBuilder()
    message.body(Self.zone)
    message.attachment("1.fmr", Self.template)
    try folder.write("winmail.dat", message.bytes)
    let lines = try examine("winmail.dat")
    #expect(lines["winmail.dat!/body.txt"]?.observations.map(\.dataClass) == [.identityMRZ])
    #expect(lines["winmail.dat!/1.fmr"]?.observations.map(\.dataClass) == [.fingerTemplate])
    #expect(lines["winmail.dat!/headers"]?.observations == [])
    #expect(lines["winmail.dat!/headers"]?.disposition == .examined)
  }

  /// Objects are hexadecimal digits in lines, or bytes as they are.
  @Test func objectsInRTF() throws {
    let object = [1, 5, 0, 0, 2, 0, 0, 0] + Array("Package\0".utf8) + Array(Self.zone.utf8)
    let digits = object.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    let lines = stride(from: 0, to: digits.count, by: 128).map { String(digits.dropFirst($0).prefix(128)) }
    let start = #"{\rtf1\ansi hello {\object\objemb{\*\objclass Package}{\*\objdata "#
    try folder.write("a.rtf", Array((start + "\n" + lines.joined(separator: "\n") + "}}}").utf8))
    let found = try examine("a.rtf").filter { !$0.value.observations.isEmpty }
    #expect(found.values.map { $0.observations.map(\.dataClass) } == [[.identityMRZ]])
    #expect(found.keys.first?.hasPrefix("a.rtf!/@") == true)
    let plain = Array((#"{\rtf1\ansi {\object\objemb{\*\objdata \bin"# + "\(object.count) ").utf8) + object
    try folder.write("b.rtf", plain + Array("}}}".utf8))
    #expect(try examine("b.rtf")["b.rtf"]?.observations.map(\.dataClass) == [.identityMRZ])
  }
}
