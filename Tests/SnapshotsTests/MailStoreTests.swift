import CustodyCore
import Foundation
import Snapshots
import TestSupport
import Testing

/// Stores of Outlook and its wrapping of messages.
@Suite struct MailStoreTests {
  static let photo = [UInt8]((0..<30_000).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 5) })
  static let note = Array("a note of few words\n".utf8)
  static let zip = HandBuilt.zip([.init("t/1.txt", note)])

  /// Two folders below the root, three messages, one of them in a folder that does not exist; in the second message
  /// another one with an attachment of its own.
  static func store(_ form: MailStoreBuilder.Form, cipher: Int = 0, isPacked: Bool = false) -> [UInt8] {
    var builder = MailStoreBuilder(form, cipher: cipher, table: PSTTables.encode, isPacked: isPacked)
    builder.add(0x21, parent: 0, [(0x3001, .text("a store"))])
    builder.add(0x122, parent: 0x122, [(0x3001, .text(""))])
    builder.add(0x8022, parent: 0x122, [(0x3001, .text("Top"))])
    builder.add(0x8042, parent: 0x8022, [(0x3001, .text("In/box"))])
    let long = String(repeating: "many words ", count: 500)
    builder.add(
      0x20_0004, parent: 0x8042,
      [
        (0x001A, .text("IPM.Note")), (0x0037, .text("Gesichter")), (0x007D, .text("Received: by x\r\nFrom: a@b\r\n")),
        (0x0C1A, .text("A. Sender")), (0x0E06, .time(1_541_167_200)), (0x1000, .text("the plain body " + long)),
        (0x1013, .binary(Array("<html>the other body</html>".utf8))), (0x1009, .binary(rtf)),
      ],
      [
        (0x8025, attachment("photo.jpg", photo)), (0x8045, attachment("note.txt", note)),
        (0x8065, attachment("note.txt", note)), (0x8085, attachment("t.zip", zip)),
      ])
    let inner: MailStoreBuilder.Child = .item(
      [(0x0037, .text("inside")), (0x1000, .text("an inner body"))], [(0x8025, attachment("deep.txt", note))])
    let outer: MailStoreBuilder.Child = .item(
      [(0x3705, .number(5)), (0x3001, .text("Fwd")), (0x3701, .object(node: 0x20_0024, size: 10))], [(0x20_0024, inner)]
    )
    builder.add(0x20_0024, parent: 0x8042, [(0x0037, .text("forward"))], [(0x8025, outer)])
    builder.add(0x20_0044, parent: 0x9002, [(0x0037, .text("lost")), (0x1000, .text("nobody lists it"))])
    return builder.finish()
  }

  private static func attachment(_ name: String, _ content: [UInt8]) -> MailStoreBuilder.Child {
    .item([(0x3705, .number(1)), (0x3707, .text(name)), (0x3701, .binary(content))], [])
  }

  /// The example of [MS-OXRTFCP] 4.1: `{\rtf1\ansi\ansicpg1252\pard hello world}` and a line end.
  static let rtf: [UInt8] = [
    0x2D, 0, 0, 0, 0x2B, 0, 0, 0, 0x4C, 0x5A, 0x46, 0x75, 0xF1, 0xC5, 0xC7, 0xA7, 0x03, 0, 0x0A, 0, 0x72, 0x63, 0x70,
    0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0A, 0xF3, 0x20, 0x68, 0x65, 0x6C, 0x09, 0, 0x20, 0x62, 0x77, 0x05, 0xB0,
    0x6C, 0x64, 0x7D, 0x0A, 0x80, 0x0F, 0xA0,
  ]

  @Test(arguments: [
    ("ansi", 0), ("ansi", 1), ("unicode", 0), ("unicode", 1), ("large", 0), ("large", 1), ("packed", 1),
  ])
  func everyForm(form: String, cipher: Int) throws {
    let forms: [String: MailStoreBuilder.Form] = ["ansi": .ansi, "unicode": .unicode]
    let bytes = Self.store(forms[form] ?? .large, cipher: cipher, isPacked: form == "packed")
    let sink = try Feed.memory(bytes, keep: 4 << 20)
    #expect(sink.broken.isEmpty)
    let place = "x!/Top/In_box/"
    #expect(sink.entry(place + "1/photo.jpg")?.content == Self.photo, "\(sink.verdicts)")
    #expect(sink.entry(place + "1/note.txt")?.content == Self.note)
    #expect(sink.entry(place + "1/part3-note.txt")?.content == Self.note)
    #expect(sink.entry(place + "1/t.zip!/t/1.txt")?.content == Self.note)
    #expect(sink.entry(place + "1/body.html")?.text == "<html>the other body</html>")
    #expect(sink.entry(place + "1/body.rtf")?.text == "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n")
    #expect(sink.entry(place + "2/Fwd/deep.txt")?.content == Self.note)
    #expect(sink.entry(place + "2/Fwd/headers")?.text.contains("an inner body") == true)
    #expect(sink.entry("x!/$orphans/1/headers")?.text.contains("nobody lists it") == true)
    let headers = sink.entry(place + "1/headers")
    #expect(headers?.text.hasPrefix("Received: by x\r\nFrom: a@b\r\n") == true)
    #expect(
      headers?.text.contains("Subject: Gesichter\nFrom: A. Sender\n") == true, "\(headers?.text.prefix(200) ?? "")")
    #expect(headers?.text.contains("the plain body many words") == true)
    #expect(headers?.header.modified == Instant(seconds: 1_541_167_200))
    #expect(headers?.header.kind == .messageText)
    #expect(sink.entry("x") == nil, "\(sink.verdicts)")
    // Nothing of a message is in the rest, and the rest can be read where only bytes were exchanged.
    let rest = sink.entry("x!/$unallocated")
    #expect(rest?.verdict == "partial content-not-decoded")
    #expect(rest?.content.count == bytes.count)
    if form != "packed", let rest {
      #expect(Data(rest.content).range(of: Data("the other body".utf8)) == nil)
      let name = form == "ansi" ? Data("a store".utf8) : Data("a store".utf16.flatMap { [UInt8($0), 0] })
      #expect(Data(rest.content).range(of: name) != nil)
    }
  }

  /// The cyclic form is its own inverse in structure: what is decoded twice is not what it was, so a block that was made
  /// by the specification's steps is the test.
  @Test func cyclicEncoding() throws {
    let bytes = Self.store(.unicode, cipher: 2)
    let sink = try Feed.memory(bytes, keep: 4 << 20)
    #expect(sink.entry("x!/Top/In_box/1/photo.jpg")?.content == Self.photo, "\(sink.verdicts)")
  }

  /// More nodes and blocks than one page of pages holds.
  @Test func manyMessages() throws {
    var builder = MailStoreBuilder()
    builder.add(0x122, parent: 0x122, [(0x3001, .text("Root"))])
    for i in 0..<400 {
      builder.add(0x20_0004 + 32 * i, parent: 0x122, [(0x0037, .text("number \(i)")), (0x1000, .text("text \(i)"))])
    }
    let sink = try Feed.memory(builder.finish())
    #expect(sink.entries.count == 401, "\(sink.verdicts.suffix(3))")
    #expect(sink.entry("x!/Root/400/headers")?.text.contains("text 399") == true)
  }

  /// Properties that need several blocks, none of them long enough for a node of its own.
  @Test(arguments: ["ansi", "unicode", "large"])
  func heapsOfSeveralBlocks(form: String) throws {
    let forms: [String: MailStoreBuilder.Form] = ["ansi": .ansi, "unicode": .unicode]
    var builder = MailStoreBuilder(forms[form] ?? .large)
    builder.add(0x122, parent: 0x122, [(0x3001, .text("Root"))])
    let html = Array("<html>".utf8) + [UInt8](repeating: 0x2E, count: 3500)
    builder.add(
      0x20_0004, parent: 0x122,
      [
        (0x0037, .text("subject " + String(repeating: "s", count: 1500))),
        (0x007D, .text("Received: by x " + String(repeating: "h", count: 1500) + "\r\n")), (0x1013, .binary(html)),
        (0x1000, .text("body " + String(repeating: "b", count: 1600) + " 7f3a")), (0x1009, .binary(Self.rtf)),
      ])
    let sink = try Feed.memory(builder.finish())
    #expect(sink.entry("x") == nil, "\(sink.verdicts)")
    #expect(sink.entry("x!/Root/1/body.html")?.content == html)
    #expect(sink.entry("x!/Root/1/body.rtf")?.text.contains("hello world") == true)
    let text = sink.entry("x!/Root/1/headers")?.text ?? ""
    #expect(text.hasPrefix("Received: by x hhh") && text.hasSuffix("bbb 7f3a\n"))
    #expect(sink.entry("x!/$unallocated").map { Data($0.content).range(of: Data("<html>".utf8)) == nil } == true)
  }

  @Test func tnef() throws {
    var inner = TNEFBuilder()
    inner.subject("inside")
    inner.attachment("deep.txt", Self.note)
    var message = TNEFBuilder()
    message.subject("a subject")
    message.body("a body of few words")
    message.message([(0x1009, 0x102, Self.rtf), (0x8003, 0x1E, Array("named\0".utf8)), (0x0037, 0x1E, [0x41, 0])])
    message.attachment("PHOTO.JPG", Self.photo, longName: "Lichtbild.jpg")
    message.attachment("t.zip", Self.zip)
    message.attachment("t.zip", Self.note)
    message.embedded(inner.bytes)
    let sink = try Feed.memory(message.bytes)
    #expect(sink.broken.isEmpty)
    #expect(sink.entry("x") == nil, "\(sink.verdicts)")
    #expect(sink.entry("x!/body.txt")?.text == "a body of few words")
    #expect(sink.entry("x!/body.rtf")?.text.contains("hello world") == true)
    #expect(sink.entry("x!/Lichtbild.jpg")?.content == Self.photo)
    #expect(sink.entry("x!/t.zip!/t/1.txt")?.content == Self.note)
    #expect(sink.entry("x!/t.zip-2")?.content == Self.note)
    #expect(sink.entry("x!/part4!/deep.txt")?.content == Self.note)
    #expect(sink.entry("x!/headers")?.text.contains("a subject") == true)
    #expect(sink.entry("x!/headers")?.verdict == "ok")
  }

  /// What a writer leaves behind the end of a packed body is searched; a body that nobody unpacks says so.
  @Test func whatPackedBodiesHide() throws {
    var message = TNEFBuilder()
    message.message([(0x1009, 0x102, Self.rtf + Self.photo)])
    message.message([(0x1009, 0x102, [UInt8](repeating: 7, count: 64))])
    let sink = try Feed.memory(message.bytes)
    let body = try #require(sink.entry("x!/body.rtf"))
    #expect(body.verdict == "ok")
    #expect(Data(body.content).range(of: Data(Self.photo)) != nil)
    #expect(sink.entry("x!/body.rtf-2")?.verdict == "partial content-not-decoded", "\(sink.verdicts)")
  }

  /// Names alike are told apart without trying all numbers again each time.
  @Test func bodiesAlikeInName() throws {
    var list: [UInt8] = [1, 0, 0, 0, 0x02, 0x11, 0x13, 0x10, 0x10, 0x27, 0, 0]
    for _ in 0..<10_000 { list += [1, 0, 0, 0, 0x61, 0, 0, 0] }
    var message = TNEFBuilder()
    for _ in 0..<4 { message.attribute(1, 0x0006_9003, list) }
    let start = ContinuousClock.now
    let sink = try Feed.memory(message.bytes)
    #expect(ContinuousClock.now - start < .seconds(20))
    #expect(sink.entry("x!/body.html-40000")?.content == [0x61])
  }

  /// In a mail, as it comes.
  @Test func tnefInMail() throws {
    var message = TNEFBuilder()
    message.attachment("photo.jpg", Self.photo)
    let mail =
      "From: a@b\r\nTo: c@d\r\nMIME-Version: 1.0\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n"
      + "Content-Transfer-Encoding: base64\r\n\r\n" + Base64.encode(message.bytes) + "\r\n"
    let sink = try Feed.memory(Array(mail.utf8))
    #expect(sink.entry("x!/1/winmail.dat!/photo.jpg")?.content == Self.photo, "\(sink.verdicts)")
  }
}
