import CustodyCore
import Foundation
import Records
import TestSupport
import Testing

/// The real program on mail.
@Suite struct MailTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func examine(_ path: String) throws -> [String: Examination] {
    let custody = CommandLineTool(product: "custody", in: folder.url)
    let run = try custody.run(["examine", path, "-o", "out.jsonl", "--no-vision"])
    #expect(run.status == 0 || run.status == 3, "\(run.err)")
    let lines = try folder.read("out.jsonl").split(separator: 0x0A).map { try InventoryLine.decode($0) }
    let byPath = Dictionary(lines.map { ($0.locator.description, $0) }) { first, _ in first }
    #expect(byPath.count == lines.count)
    return byPath
  }

  private static func folded(_ bytes: [UInt8]) -> String {
    let text = Base64.encode(bytes)
    return stride(from: 0, to: text.utf8.count, by: 76).map { String(text.dropFirst($0).prefix(76)) }
      .joined(separator: "\r\n")
  }

  private static let photo = JPEGBuilder.testCard()
  private static let template = MinutiaeRecordBuilder.iso2005(views: [20, 30])

  private static var message: String {
    let zip = HandBuilt.zip([.init("t/1.fmr", template)])
    let inner = "From: c\r\nSubject: fwd\r\nContent-Transfer-Encoding: base64\r\n\r\n" + folded(template)
    let head = "Received: by x; Thu, 1 Nov 2018 10:00:00 +0000\r\nFrom: a\r\nTo: b\r\nMIME-Version: 1.0\r\n"
    return head + "Content-Type: multipart/mixed; boundary=\"=_x\"\r\n\r\n"
      + "--=_x\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
      + "P<UTOERIKSSON<<ANNA<=\r\nMARIA<<<<<<<<<<<<<<<<<<<\r\nL898902C36UTO7408122F12041=\r\n59ZE184226B<<<<<10\r\n"
      + "--=_x\r\nContent-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\n"
      + "Content-Disposition: attachment; filename*=utf-8''%E9%A1%94.jpg\r\n\r\n\(folded(photo))\r\n"
      + "--=_x\r\nContent-Type: message/rfc822\r\n\r\n\(inner)\r\n"
      + "--=_x\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=z.zip\r\n\r\n"
      + folded(zip) + "\r\n--=_x--\r\n"
  }

  @Test func attachmentsAreMembers() throws {
    try folder.write("in/a.eml", Array(Self.message.utf8))
    try folder.write("in/twin.jpg", Self.photo)
    let lines = try examine("in")
    let mail = "in!/a.eml"
    #expect(
      Set(lines.keys) == [
        mail, "in!/twin.jpg", "\(mail)!/1/headers", "\(mail)!/1/part1", "\(mail)!/1/顔.jpg", "\(mail)!/1/part3",
        "\(mail)!/1/part3!/1/headers", "\(mail)!/1/part3!/1/part1", "\(mail)!/1/z.zip", "\(mail)!/1/z.zip!/t/1.fmr",
      ])
    #expect(lines["\(mail)!/1/part1"]?.observations.map(\.dataClass) == [.identityMRZ])
    #expect(lines["\(mail)!/1/顔.jpg"]?.sha256 == lines["in!/twin.jpg"]?.sha256)
    for path in ["\(mail)!/1/z.zip!/t/1.fmr", "\(mail)!/1/part3!/1/part1"] {
      #expect(lines[path]?.observations.map(\.dataClass) == [.fingerTemplate])
    }
    for path in [mail, "\(mail)!/1/headers", "\(mail)!/1/part3"] {
      #expect(lines[path]?.disposition == .examined)
      #expect(lines[path]?.observations.isEmpty == true)
    }
    #expect(lines[mail]?.kind.rawValue == "message/rfc822")
  }

  @Test func mailboxesAreTheSameAtAnyNumberOfJobs() throws {
    let box = (0..<200).map { "From a@example.org Thu Nov  1 10:00:0\($0 % 10) 2018\r\n" + Self.message + "\r\n" }
      .joined()
    try folder.write("x.mbox", Array(box.utf8))
    let lines = try examine("x.mbox")
    #expect(lines.count == 200 * 8)
    #expect(lines["x.mbox!/200/z.zip!/t/1.fmr"]?.observations.map(\.dataClass) == [.fingerTemplate])
    let custody = CommandLineTool(product: "custody", in: folder.url)
    for jobs in ["1", "5"] {
      _ = try custody.run(["examine", "x.mbox", "-o", "\(jobs).jsonl", "--no-vision", "--jobs", jobs])
    }
    #expect(try folder.read("1.jsonl") == folder.read("5.jsonl"))
  }
}
