import CustodyCore
import Snapshots
import TestSupport
import Testing

/// Mail and mailboxes as containers.
@Suite struct MailTests {
  static func mail(_ parts: [String], boundary: String = "b1", ending: Bool = true) -> [UInt8] {
    let body = parts.map { "--\(boundary)\n\($0)\n" }.joined() + (ending ? "--\(boundary)--\n" : "")
    return Array(
      """
      Received: by x; Thu, 1 Nov 2018 10:00:00 +0000
      From: a@example.org
      Subject: pictures
      MIME-Version: 1.0
      Content-Type: multipart/mixed; boundary="\(boundary)"

      for old programs
      \(body)
      """.utf8)
  }
  static func attachment(_ name: String, _ bytes: [UInt8]) -> String {
    "Content-Transfer-Encoding: base64\nContent-Disposition: attachment; \(name)\n\n" + folded(Base64.encode(bytes))
  }
  static func folded(_ text: String) -> String {
    stride(from: 0, to: text.utf8.count, by: 76).map { String(text.dropFirst($0).prefix(76)) }.joined(separator: "\n")
  }
  static let archive = HandBuilt.zip([
    .init("lane/a.jpg", [0xFF, 0xD8, 0xFF, 0xE0] + [UInt8](repeating: 7, count: 300))
  ])

  @Test func partsAreMembers() throws {
    let bytes = Self.mail([
      "Content-Transfer-Encoding: quoted-printable\n\nP<UTOERIKSSON<<ANNA=\n<MARIA=3C=3C",
      Self.attachment("filename=report.zip", Self.archive),
      Self.attachment("filename=\"photo.jpg\"", [1, 2, 3]), Self.attachment("filename=\"photo.jpg\"", [4]),
    ])
    for sink in [try Feed.file(bytes, name: "x.eml"), try Feed.stream(bytes, name: "x.eml")] {
      #expect(sink.broken.isEmpty)
      #expect(
        sink.verdicts == [
          "x.eml!/1/part1: ok", "x.eml!/1/report.zip!/lane/a.jpg: ok", "x.eml!/1/report.zip: ok",
          "x.eml!/1/photo.jpg: ok", "x.eml!/1/part4-photo.jpg: ok", "x.eml!/1/headers: ok",
        ])
      #expect(sink.entry("x.eml!/1/part1")?.text == "P<UTOERIKSSON<<ANNA<MARIA<<")
      #expect(sink.entry("x.eml!/1/report.zip")?.content == Self.archive)
      let headers = try #require(sink.entry("x.eml!/1/headers"))
      #expect(headers.text.contains("for old programs\n--b1\nContent-Transfer-Encoding: quoted"))
      #expect(headers.text.hasSuffix("--b1--\n"))
      #expect(headers.header.kind?.rawValue == "text/rfc822-headers")
    }
    let inside = try Feed.file(ArchiveBuilder.archive("ustar", [BuiltMember("in/x", bytes)]), name: "t")
    #expect(inside.entry("t!/in/x")?.header.kind?.rawValue == "message/rfc822")
    #expect(inside.entry("t!/in/x")?.content == bytes)
    #expect(inside.entry("t!/in/x!/1/report.zip!/lane/a.jpg")?.content.count == 304)
  }

  @Test func names() throws {
    let cases: [(String, String)] = [
      ("filename*=utf-8''%E9%A1%94.zip", "顔.zip"), ("filename*=iso-8859-1'de'M%E4rz.txt", "März.txt"),
      ("filename*0*=utf-8''%C3%A4;\n filename*1=b;\n filename*2*=%20c", "äb c"),
      ("filename=\"=?utf-8?B?w6Q=?= =?utf-8?Q?_=C3=B6?=.x\"", "ä ö.x"), ("filename=\"a;\\\"b\"", "a;\"b"),
      ("filename=./../../etc/x", "../../etc/x"), ("filename=\"\"", "part1"), ("filename=headers", "part1-headers"),
      ("filename=a; filename=b", "a"), ("FILENAME = a ", "a"), ("filename*99999999999999999999=a", "part1"),
    ]
    for (header, name) in cases {
      let sink = try Feed.memory(Self.mail([Self.attachment(header, [9])]))
      #expect(sink.paths.first == "x!/1/\(name)", "\(header)")
    }
  }

  @Test func whatIsNoMailStaysText() throws {
    for text in [
      "From the beginning: nothing\n", "Subject: x\n", "a: b\nc: d\n", "From: x\n\n", "key: value\nfrom: here\n",
      "Date: today\nTo: do\nSubject: things\n",
    ] {
      let sink = try Feed.memory(Array(text.utf8))
      #expect(sink.verdicts == ["x: ok"], "\(text)")
    }
  }

  /// Every byte is in a part or in the text.
  @Test func whatIsBrokenIsText() throws {
    let base64 = Self.mail([Self.attachment("filename=a", [1, 2, 3]) + "\n\nThe list's footer -- see below"])
    let sink = try Feed.memory(base64)
    #expect(sink.entry("x!/1/a")?.content == [1, 2, 3])
    #expect(sink.entry("x!/1/headers")?.text.contains("footer -- see below") == true)
    #expect(sink.entry("x!/1/a")?.outcome?.notes == ["lines that are not base64 were passed over"])

    let open = try Feed.memory(Self.mail([Self.attachment("filename=a", [1, 2, 3])], ending: false))
    #expect(open.entry("x!/1/a")?.content == [1, 2, 3])
    let late = try Feed.memory(
      Self.mail(["a: b\n\nfirst"]) + Array("--b1\nContent-Disposition: x; filename=hidden\n\nbehind\n--b1--\n".utf8))
    #expect(late.entry("x!/1/hidden")?.text == "behind")
    let none = try Feed.memory(Array("From: a\nTo: b\nContent-Type: multipart/mixed\n\n--b\n\nx\n".utf8))
    #expect(none.entry("x!/1/part1")?.text == "--b\n\nx\n")
    let bare = try Feed.memory(Array("From: a\nTo: b\nno header at all\n\nx\n".utf8))
    #expect(bare.entry("x!/1/part1")?.text == "no header at all\n\nx\n")
  }

  @Test func mailboxes() throws {
    let box = (1...200).flatMap { n in
      Array("From a@example.org Thu Nov  1 10:00:\(10 + n % 50) 2018\n".utf8)
        + Self.mail([Self.attachment("filename=p\(n).jpg", [UInt8(n)])]) + Array("\n".utf8)
    }
    let sink = try Feed.memory(box)
    #expect(sink.broken.isEmpty)
    #expect(sink.entries.count == 400)
    for n in 1...200 { #expect(sink.entry("x!/\(n)/p\(n).jpg")?.content == [UInt8(n)]) }
    #expect(sink.entry("x!/7/headers")?.text.hasPrefix("From a@example.org Thu") == true)
  }

  @Test func messagesInsideMessages() throws {
    var bytes = Self.mail([Self.attachment("filename=core", [5])], boundary: "b0")
    for n in 1...3 {
      bytes = Self.mail(
        ["Content-Type: message/rfc822\n\n" + String(decoding: bytes, as: UTF8.self)], boundary: "b\(n)")
    }
    let sink = try Feed.memory(bytes)
    #expect(sink.entry("x!/1/part1!/1/part1!/1/part1!/1/core")?.content == [5])
    // Too few headers to be told by content, but said to be a message.
    let poor = Self.mail(["Content-Type: message/rfc822\n\nSubject: x\n\nbody"])
    #expect(try Feed.memory(poor).entry("x!/1/part1!/1/part1")?.text == "body")
  }

  @Test(arguments: [1, 2]) func asPythonSeesIt(_ seed: Int) throws {
    guard let samples = try PythonMail.samples(seed: seed, count: 100) else { return }
    #expect(samples.count == 100)
    for (n, sample) in samples.enumerated() {
      let sink = try Feed.memory(sample.raw)
      #expect(sink.broken.isEmpty)
      compare(sink, sample, "seed \(seed), message \(n)")
    }
  }

  @Test func asPythonSeesMailboxes() throws {
    guard let sample = try PythonMail.mailbox(seed: 3, count: 200) else { return }
    compare(try Feed.memory(sample.raw, keep: 8 << 20), sample, "mailbox")
  }

  private func compare(_ sink: RecordingSink, _ sample: PythonMail.Sample, _ comment: String) {
    let parts = sink.entries.filter { !$0.header.isContainer && !$0.path.hasSuffix("/headers") }
    #expect(parts.count == sample.parts.count, "\(comment)")
    for (n, (mine, other)) in zip(parts, sample.parts).enumerated() {
      #expect(mine.content == other, "\(comment), part \(n)")
      let name = sample.names[n]
      #expect(name.isEmpty || mine.path.hasSuffix(name), "\(comment), \(name) \(mine.path)")
    }
  }
}
