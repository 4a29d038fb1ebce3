internal import CustodyCore

/// Records in compressed streams of PDF files: attachments, object streams, metadata, page contents.
struct PDFStreams: Detector {
  let descriptor = DetectorDescriptor(
    name: "document.pdf", version: 1, dataClasses: DataClass.allCases.filter { $0 != .videoUnexamined },
    strengths: [.proof, .strong, .weak], summary: "Flate streams of PDF files, taken apart and examined",
    sources: ["ISO 32000-1:2008, 7.3.8 Stream Objects, 7.4.4 LZWDecode and FlateDecode Filters", "RFC 1950"],
    limits: [
      "files beyond 16 MiB are read up to there", "streams with another filter before FlateDecode, LZW, encryption",
      "pictures in streams are not decoded; text set in glyphs of a font of its own is not read",
    ],
    triggers: [.opening(Self.kind)],
    positives: [
      DetectorExample("an attached minutiae record", expected: ["finger.template proof x1"]) {
        PDFExample.file(FMRExamples.iso2005(), filter: "/FlateDecode")
      },
      DetectorExample("the filter in an array", expected: ["finger.template proof x1"]) {
        PDFExample.file(FMRExamples.iso2005(), filter: "[ /FlateDecode ]")
      },
    ],
    negatives: [
      DetectorExample("a page of text") {
        PDFExample.file(Array("BT /F1 12 Tf (Hello) Tj ET".utf8), filter: "/FlateDecode")
      },
      DetectorExample("a filter that is not this one") { PDFExample.file(FMRExamples.iso2005(), filter: "/LZWDecode") },
    ])

  static let kind = ContentKind(rawValue: "application/pdf")
  /// Streams looked at in one file, and bytes they may give, one and all together.
  static let streamLimit = 100_000
  static let oneLimit = 16 << 20
  static let allLimit = 128 << 20
  /// A stream's dictionary is shorter than this.
  private static let dictionaryLimit = 4096

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    guard start == 0, context.windowOffset == 0 else { return .nothing }
    if !context.windowReachesEnd, !context.windowIsFinal { return .needsMore(total: EntryExaminer.windowLimit) }
    var observations: [Observation] = []
    var budget = Self.allLimit
    var at = 0
    for _ in 0..<Self.streamLimit {
      guard budget > 0, let word = bytes.find(Array("stream".utf8), from: at, within: bytes.byteCount) else { break }
      at = word + 6
      guard let begin = Self.content(bytes, after: at), Self.isFlate(bytes, before: word),
        let input = bytes.from(begin, count: bytes.byteCount),
        let out = Inflater.inflate(input, limit: min(Self.oneLimit, budget))
      else { continue }
      budget -= out.bytes.count
      at = max(at, begin + out.consumed)
      guard out.bytes.count >= 24 else { continue }
      let content = Reassembled(out.bytes, at: begin)
      // The place is that of the stream: what it holds has none in the file.
      observations += content.observations(base: 0, by: descriptor).map { seen in
        var seen = seen
        seen.place = Place(offset: UInt64(begin), length: UInt64(out.consumed))
        return seen
      }
    }
    return observations.isEmpty ? .nothing : .found(observations, length: 0, kind: nil)
  }

  /// Where the stream's bytes begin: after CR LF or LF (7.3.8.1).
  private static func content(_ bytes: RawSpan, after word: Int) -> Int? {
    switch bytes.u8(word) {
    case 0x0A: word + 1
    case 0x0D: bytes.u8(word + 1) == 0x0A ? word + 2 : nil
    default: nil
    }
  }

  /// Whether the dictionary right before `stream` names FlateDecode, and nothing before it.
  private static func isFlate(_ bytes: RawSpan, before word: Int) -> Bool {
    var end = word
    while end > 0, let b = bytes.u8(end - 1), b <= 0x20 { end -= 1 }
    guard end >= 2, bytes.has([0x3E, 0x3E], at: end - 2) else { return false }
    // The last /Filter before the stream is its own.
    var at = max(0, end - dictionaryLimit)
    var value: Int?
    while let found = bytes.find(Array("/Filter".utf8), from: at, within: end) {
      at = found + 7
      value = at
    }
    guard var name = value else { return false }
    while let b = bytes.u8(name), b <= 0x20 || b == 0x5B, name < end { name += 1 }
    return bytes.has(Array("/FlateDecode".utf8), at: name)
      || (bytes.has(Array("/Fl".utf8), at: name)
        && bytes.u8(name + 3).map { $0 <= 0x20 || $0 == 0x5D || $0 == 0x2F } ?? false)
  }
}
