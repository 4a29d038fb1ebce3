import CustodyCore
import TestSupport
import Testing

@testable import Snapshots

/// Mail that was made to harm. Work is counted in steps, never in time.
@Suite struct MailHostileTests {
  struct Random {
    var state: UInt64
    mutating func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(max(1, bound)))
    }
  }

  static let seeds: [[UInt8]] = {
    let inner = MailTests.mail([MailTests.attachment("filename*=utf-8''%C3%A4", [1, 2, 3])], boundary: "in")
    let mail = MailTests.mail([
      "Content-Type: message/rfc822\n\n" + String(decoding: inner, as: UTF8.self),
      "Content-Transfer-Encoding: quoted-printable\n\na=3D=\nb",
      MailTests.attachment("filename=z.zip", MailTests.archive),
      "Content-Type: multipart/alternative; boundary=\"b1x\"\n\n--b1x\n\nx\n--b1x--",
    ])
    let box = Array("From a@example.org Thu Nov  1 10:00:00 2018\n".utf8) + mail + Array("\n".utf8)
    return [mail, box + box]
  }()

  /// Bytes of the parts and the text together are never fewer than those of identity-encoded input, and the reader says
  /// the same of the same bytes however they come.
  @Test(arguments: [0, 1]) func mutations(_ which: Int) throws {
    var random = Random(state: UInt64(which + 11))
    let folder = try Folder()
    let pieces: [[UInt8]] = [
      "--b1\n", "--b1--\n", "\n\n", "=\n", "=", "From a b Thu Nov  1 10:00:00 2018\n", "\r", ":", "\0",
    ]
    .map { Array($0.utf8) }
    for n in 0..<500 {
      var bytes = Self.seeds[which]
      for _ in 0...random.next(6) {
        let at = 100 + random.next(bytes.count - 100)
        switch random.next(5) {
        case 0: bytes[at] = UInt8(random.next(256))
        case 1: bytes.removeSubrange(at..<min(bytes.count, at + random.next(60)))
        case 2: bytes.insert(contentsOf: pieces[random.next(pieces.count)], at: at)
        case 3: bytes.removeLast(min(bytes.count - 200, random.next(bytes.count / 4)))
        default: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + random.next(200))], at: at)
        }
        guard bytes.count > 300 else { break }
      }
      let sink = try Feed.memory(bytes, in: folder)
      #expect(sink.broken.isEmpty, "mutation \(n)")
      if n % 50 == 0 {
        let piped = try Feed.stream(bytes, name: "x")
        #expect(piped.verdicts == sink.verdicts, "mutation \(n)")
      }
    }
  }

  /// What comes out of 7-bit mail is what went in, byte for byte, however it is cut into pieces.
  @Test func nothingIsLostAtAnyCut() throws {
    let mail = MailTests.mail(["a: b\n\nfirst\r\n\r\n", "\n--\n--b\n--b1x\nsecond\r", "no header\n\nthird"])
    var expected: Set<[String]> = []
    for size in 1...mail.count {
      let sink = RecordingSink()
      let walker = Walker(SnapshotLimits(), sink: sink, progress: nil)
      var account = Account()
      walker.mail(
        PiecewiseSource(mail, size), Locator([Array("x".utf8)]), .mail, Level(inside: nil), &account)
      expected.insert(sink.entries.map { $0.path + ": " + $0.text })
      #expect(sink.entries.reduce(0) { $0 + $1.content.count } == mail.count)
    }
    #expect(expected.count == 1)
  }

  private func count(_ bytes: [UInt8]) -> (steps: UInt64, sink: RecordingSink, account: Account) {
    let sink = RecordingSink(keep: 1000)
    let walker = Walker(SnapshotLimits(), sink: sink, progress: nil)
    let level = Level(inside: nil)
    let text = MailText(walker, level: level)
    let reader = MailReader(PiecewiseSource(bytes, 1 << 16), isBox: false, level: level, text: text)
    while reader.nextMessage() {
      text.start(EntryHeader(locator: Locator([[0x78]])))
      while reader.nextPart() != nil { while reader.body() != nil {} }
      text.end(nil)
    }
    var account = Account()
    account.add(reader.trouble)
    return (reader.lines.steps, sink, account)
  }

  @Test func thousandsOfBoundaries() throws {
    let many = MailTests.mail([String](repeating: "\nx", count: 20_000))
    let (steps, _, account) = count(many)
    #expect(steps <= UInt64(6 * 20_000))
    #expect(account.trouble?.reason == .entriesLimit)
    let sink = try Feed.memory(many, keep: 8 << 20)
    #expect(sink.entries.count == MailReader.mostParts + 2)

    // Multiparts that open multiparts, each boundary looked for on every line.
    var deep = "From: a\nTo: b\nContent-Type: multipart/mixed; boundary=0\n\n"
    for n in 1...5000 { deep += "--\(n - 1)\nContent-Type: multipart/mixed; boundary=\(n)\n\n" }
    let bomb = count(Array(deep.utf8) + Array(String(repeating: "--x\n", count: 10_000).utf8))
    #expect(bomb.steps <= 40_000)
    #expect(bomb.account.trouble?.reason == .depthLimit)
  }

  @Test func messagesNestToTheLimitOfDepth() throws {
    var bytes = MailTests.mail(["\nx"])
    for _ in 0..<100 {
      bytes = Array("From: a\nTo: b\nContent-Type: message/rfc822\n\n".utf8) + bytes
    }
    let sink = try Feed.memory(bytes)
    #expect(sink.broken.isEmpty)
    #expect(sink.verdicts.contains { $0.hasSuffix("limited depth-limit") })
    #expect(sink.entries.count <= 2 * 17 + 1)
  }

  @Test func longLinesAndEndlessHeaders() throws {
    let long = [UInt8](repeating: 0x61, count: 3 << 20)
    for bytes in [
      Array("From: a\nTo: b\nSubject: ".utf8) + long,
      Array("From: a\nTo: b\nContent-Type: ".utf8) + long + [0x0A, 0x0A] + long,
      Array("From: a\nTo: b\n\n".utf8) + long + Array("\n--".utf8) + long,
      Array("From: a\nTo: b\n".utf8) + Array(String(repeating: "x: y\n", count: 300_000).utf8),
      Array("From: a\nTo: b\nContent-Disposition: x;".utf8)
        + Array(String(repeating: " filename*\("1")*=\("a");", count: 100_000).utf8) + [0x0A, 0x0A, 0x78],
    ] {
      let (steps, _, _) = count(bytes)
      #expect(steps <= UInt64(bytes.count / 4 + 100))
      let sink = try Feed.memory(bytes, keep: 16 << 20)
      #expect(sink.broken.isEmpty)
      #expect(sink.entries.reduce(0) { $0 + $1.content.count } == bytes.count)
    }
  }

  @Test func budgetsHold() throws {
    var limits = SnapshotLimits()
    limits.maxExpandedBytes = 2000
    let sink = try Feed.memory(
      MailTests.mail([MailTests.attachment("filename=a", [UInt8](repeating: 1, count: 3000))]), limits: limits)
    #expect(sink.entry("x!/1/a")?.verdict == "limited expanded-bytes-limit")
    #expect(sink.entry("x")?.verdict == "limited expanded-bytes-limit")
    limits = SnapshotLimits()
    limits.maxEntries = 2
    let few = try Feed.memory(MailTests.mail(["\na", "\nb", "\nc"]), limits: limits)
    #expect(few.broken.isEmpty)
    #expect(few.verdicts.contains("x: limited entries-limit"))
    limits = SnapshotLimits()
    limits.maxEntrySize = 4
    let small = try Feed.memory(MailTests.mail(["\nlonger", "\nb"]), limits: limits)
    #expect(small.entry("x!/1/part1")?.verdict == "limited entry-size-limit")
    #expect(small.entry("x!/1/part2")?.verdict == "ok")
  }
}

/// Bytes in pieces of one size.
final class PiecewiseSource: Source {
  private let memory: UnsafeMutableRawBufferPointer
  private let size: Int
  private var at = 0

  init(_ bytes: [UInt8], _ size: Int) {
    memory = .allocate(byteCount: max(1, bytes.count), alignment: 1)
    memory.copyBytes(from: bytes)
    self.size = size
    count = bytes.count
  }
  private let count: Int
  deinit { memory.deallocate() }

  override func pull() -> Piece {
    guard at < count else { return .end }
    defer { at = min(count, at + size) }
    return .bytes(UnsafeRawBufferPointer(rebasing: memory[at..<min(count, at + size)]))
  }
}
