import CustodyCore
import CustodyKit
import Glibc
import Records
import VisionProtocol

/// What the program's own processes tell each other: one of them may have been taken over. Here and not in `Fuzz`, because
/// it is declared `package`.
public enum Messages {
  public static let subjects: [Subject] = [
    Subject(
      name: "lines",
      seeds: { [Array("a\nb\r\n\n".utf8), Array("no end".utf8), [UInt8](repeating: 0x41, count: 200) + [0x0A]] },
      trial: lines),
    Subject(name: "frames", seeds: { frames }, trial: frames),
    Subject(name: "hello", seeds: { [settings.document, VisionSettings().document] }) { bytes in
      read(bytes, { (b) throws(Complaint) in try VisionSettings(document: b) }, \.document)
    },
    Subject(name: "ready", seeds: { [facts.document] }) { bytes in
      read(bytes, { (b) throws(Complaint) in try VisionWorkerFacts(document: b) }, \.document)
    },
    Subject(name: "verdict", seeds: { [verdict.document, VisionVerdict(.examined).document] }) { bytes in
      read(bytes, { (b) throws(Complaint) in try VisionVerdict(document: b, size: 100) }, \.document) { value in
        law(value.children.allSatisfy { $0.place.offset + $0.place.length <= 100 }, "children lie in the file")
      }
    },
    Subject(name: "task", seeds: { try known([task]) { (v) throws(Complaint) in try ExamineTask(json: v).json } }) {
      bytes in
      stable(bytes) { (v) throws(Complaint) in try ExamineTask(json: v).json }
    },
    Subject(name: "answer", seeds: { try known([answer]) { (v) throws(Complaint) in try ExamineAnswer(json: v).json } })
    { bytes in
      stable(bytes) { (v) throws(Complaint) in try ExamineAnswer(json: v).json }
    },
    Subject(name: "crash-record", seeds: { crashes }) { bytes in
      // The first byte is the signal; the rest is filled up.
      let signal = Int32(bytes.first ?? 0)
      var page = Array(bytes.dropFirst().prefix(CrashRecord.size))
      page += [UInt8](repeating: 0, count: CrashRecord.size - page.count)
      let record = CrashRecord(page, signal: signal)
      law(record == CrashRecord(page, signal: signal), "the same memory says the same")
      law(CrashRecord(page.dropLast(), signal: signal) == nil, "memory of another size says nothing")
    },
  ]

  private static func read<T: Equatable>(
    _ bytes: [UInt8], _ decode: ([UInt8]) throws(Complaint) -> T, _ encode: (T) -> [UInt8], then: (T) -> Void = { _ in }
  ) {
    let value: T
    do throws(Complaint) { value = try decode(bytes) } catch { return check(error, ["json", "record"]) }
    law((try? decode(encode(value))) == value, "what was written says the same")
    then(value)
  }

  /// - Parameter through: reads, and gives what it would write.
  private static func stable(_ bytes: [UInt8], _ through: (JSONValue) throws(Complaint) -> JSONValue) {
    guard let value = try? JSONParser.parse(bytes) else { return }
    let written: JSONValue
    do throws(Complaint) { written = try through(value) } catch { return check(error) }
    guard let again = try? through(JSONParser.parse(JSONWriter.compact(written))) else {
      return law(false, "what was written can be read")
    }
    law(JSONWriter.compact(again) == JSONWriter.compact(written), "what was written says the same")
  }

  private static func known(
    _ texts: [String], _ through: (JSONValue) throws(Complaint) -> JSONValue
  ) throws -> [[UInt8]] {
    try texts.map { JSONWriter.compact(try through(try JSONParser.parse(Array($0.utf8)))) }
  }

  /// Lines do not depend on the pieces they come in.
  @Sendable private static func lines(_ bytes: [UInt8]) {
    func split(_ size: Int) -> [[UInt8]?] {
      var lines: [[UInt8]?] = []
      func take(_ line: UnsafeRawBufferPointer?) { lines.append(line.map { [UInt8]($0) }) }
      var splitter = LineSplitter()
      for start in stride(from: 0, to: bytes.count, by: size) {
        Array(bytes[start..<min(start + size, bytes.count)]).withUnsafeBytes { splitter.feed($0, take) }
      }
      splitter.flush(take)
      return lines
    }
    let whole = split(max(1, bytes.count))
    law(whole == split(61) && whole == split(1), "lines do not depend on pieces")
    law(whole.reduce(0) { $0 + ($1?.count ?? 0) } <= bytes.count, "no byte is made up")
  }

  /// A conversation: every frame, until it ends or is refused.
  @Sendable private static func frames(_ bytes: [UInt8]) {
    if let header = try? FrameHeader(bytes) {
      var written = [UInt8](repeating: 0, count: FrameHeader.size)
      written.withUnsafeMutableBytes { header.write(to: $0) }
      law(written == Array(bytes.prefix(FrameHeader.size)), "a header is written as it was read")
    }
    // Of the size of what a pipe holds.
    let bytes = bytes.prefix(1 << 14)
    var ends: [Int32] = [-1, -1]
    law(pipe(&ends) == 0 && write(ends[1], Array(bytes), bytes.count) == bytes.count, "a pipe for a conversation")
    close(ends[1])
    defer { close(ends[0]) }
    let channel = Channel(input: ends[0], output: -1)
    var taken = 0
    while true {
      do {
        let header = try channel.nextHeader()
        law(header.kind.isKnown && Int(header.length) <= header.kind.longestPayload, "known kinds, bounded payloads")
        let payload = try channel.payload(of: header)
        taken += FrameHeader.size + payload.count
        law(taken <= bytes.count, "no byte is made up")
        if let request = ByteRequest(payload) { law(request.payload == payload, "a request is written as it was read") }
        if let size = VideoSize.read(payload) { law(VideoSize.payload(size) == payload, "so is a size") }
      } catch is Channel.Closed {
        return
      } catch let fault as ProtocolFault {
        return law(!fault.message.isEmpty, "who refuses says why")
      } catch {
        return law(false, "only an end or a fault ends a conversation")
      }
    }
  }

  // MARK: - Seeds

  private static let settings = VisionSettings(
    profile: "ci", overrides: ["face_strong": 0.5, "max_frames": 3], memory: 1 << 29, linkKey: [1, 2, 255])
  private static let facts = VisionWorkerFacts(
    name: "w", detectors: ["face.hog/1"], libraries: "a 1.2, b", pictureBytes: 1000, sandbox: ["landlock": 7])
  private static let verdict = VisionVerdict(
    .limited, Reason(rawValue: "frame-limit"), notes: ["32 of 40 pages"],
    attributes: ["width": 640, "gps": true, "capturedAt": "2018-11-02T14:02:58"],
    observations: [
      Observation(
        .plateImage, detector: "plate.read", version: 1, strength: .strong, count: 2, attributes: ["region": "us"])
    ],
    children: [VisionVerdict.Child(place: Place(offset: 10, length: 90), role: "thumbnail")],
    hash: Digest(Array(repeating: 7, count: 32)).map { VisionVerdict.PerceptualHash(bits: $0, quality: 88) })

  private static let frames: [[UInt8]] = {
    func frame(_ kind: FrameKind, _ payload: [UInt8]) -> [UInt8] {
      var head = [UInt8](repeating: 0, count: FrameHeader.size)
      head.withUnsafeMutableBytes { FrameHeader(kind, job: 258, length: payload.count).write(to: $0) }
      return head + payload
    }
    let documents = [
      frame(.hello, settings.document), frame(.ready, facts.document), frame(.verdict, verdict.document),
    ]
    let others = [
      frame(.video, VideoSize.payload(1 << 40)), frame(.need, ByteRequest(offset: 5, length: 9).payload),
      frame(.bytes, [1, 2, 3]), frame(FrameKind(rawValue: 200), [4, 5]), frame(.error, Array("why".utf8)),
    ]
    return [documents.flatMap { $0 }, others.flatMap { $0 }]
  }()

  private static let task = """
    {"inputs":[{"descriptor":4,"path":"/a b","stream":false},{"descriptor":0,"path":"-","stream":true}],
    "limits":{"maxDepth":17,"maxEntries":20000000,"maxExpandedBytes":17592186044416,"maxExpansionRatio":10000,
    "maxEntrySize":8796093022208,"maxEntrySeconds":3600,"maxSpoolBytes":"18446744073709551615","maxPathBytes":65536},
    "jobs":2,"vision":{"worker":"/usr/lib/w","profile":"ci","overrides":{"face_strong":0.5,"max_frames":3},
    "maxPictureBytes":134217728,"maxVideoBytes":68719476736,"pictureSeconds":60,"linkKey":"0102ff",
    "allowUnsandboxed":false},"allowUnsandboxed":true,"measuresDetectors":true,
    "yara":[{"name":"own.yar","text":"rule a { condition: true }"}],
    "quarantine":{"listedFrom":9,"stops":[{"container":1,"entries":5}],"unread":[3,4],"unexamined":[7],
    "contents":[{"high":1,"low":2}]},"stepwise":true}
    """
  private static let answer = """
    {"snapshots":[{"ordinal":1,"form":"file","size":1234567,"sha256":"\(String(repeating: "a1", count: 32))",
    "name":"a.tar","directories":31}],"detectors":["face.hog/1"],
    "vision":{"looked":1,"repeated":2,"restarts":3,"timeouts":4,"crashed":5},
    "costs":[{"name":"face.hog","nanoseconds":"12","calls":"3"}]}
    """

  private static let crashes: [[UInt8]] = {
    func page(_ signal: UInt8, died: UInt8, _ slots: [(kind: UInt8, numbers: [UInt8])]) -> [UInt8] {
      var page = [UInt8](repeating: 0, count: 16 + 40 * slots.count)
      page.replaceSubrange(0..<4, with: [0x31, 0x4C, 0x50, 0x43])
      page[4] = died
      page[8] = died == 0 ? 0 : signal
      for (i, slot) in slots.enumerated() {
        page[16 + 40 * i] = slot.kind
        for (n, number) in slot.numbers.enumerated() { page[24 + 40 * i + 8 * n] = number }
      }
      return [signal] + page
    }
    return [
      page(11, died: 3, [(1, [77, 3]), (0, []), (3, [9, 1, 2, 44])]), page(0, died: 0, [(2, [77, 3, 0, 5])]),
      page(9, died: 0, []),
    ]
  }()
}
