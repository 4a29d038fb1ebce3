internal import CustodyCore

/// Records in compressed streams of PDF files: attachments, object streams, metadata, page contents.
struct PDFStreams: Detector {
  let descriptor = DetectorDescriptor(
    name: "document.pdf", version: 1, dataClasses: DataClass.allCases.filter { $0 != .videoUnexamined },
    strengths: [.proof, .strong, .weak], summary: "Flate streams of PDF files, taken apart and examined",
    sources: ["ISO 32000-1:2008, 7.3.8 Stream Objects, 7.4.4 LZWDecode and FlateDecode Filters", "RFC 1950"],
    limits: [
      "files beyond 16 MiB are read up to there", "streams with another filter before FlateDecode, LZW, encryption",
      "128 MiB of expanded streams at most",
      "pictures of bare samples only where their dictionary stands before them in the clear, says what they are and is "
        + "no longer than 2 KiB; not those of 2 or 4 bits, CCITT and JBIG2",
      "text set in glyphs of a font of its own is not read",
    ],
    triggers: [.opening(Self.kind)],
    positives: [
      DetectorExample("an attached minutiae record", expected: ["finger.template proof x1"]) {
        PDFExample.file(FMRExamples.iso2005(), filter: "/FlateDecode")
      },
      DetectorExample("a filter whose name is escaped", expected: ["finger.template proof x1"]) {
        PDFExample.file(FMRExamples.iso2005(), filter: "/Flate#44ecode")
      },
      DetectorExample("a filter that stands elsewhere", expected: ["finger.template proof x1"]) {
        PDFExample.file(FMRExamples.iso2005(), filter: "2 0 R")
      },
      DetectorExample("Flate within Flate", expected: ["finger.template proof x1"]) {
        PDFExample.file(PDFExample.stored(FMRExamples.iso2005()), filter: "[/FlateDecode/FlateDecode]")
      },
      DetectorExample("the filter in an array", expected: ["finger.template proof x1"]) {
        PDFExample.file(FMRExamples.iso2005(), filter: "[ /FlateDecode ]")
      },
    ],
    negatives: [
      DetectorExample("a page of text") {
        PDFExample.file(Array("BT /F1 12 Tf (Hello) Tj ET".utf8), filter: "/FlateDecode")
      },
      DetectorExample("a stream without a zlib header") {
        Array(PDFExample.file(FMRExamples.iso2005(), filter: "/LZWDecode").map { $0 == 0x78 ? 0x79 : $0 })
      },
    ])

  static let kind = ContentKind(rawValue: "application/pdf")
  /// Bytes that the streams may take and give, one and all together.
  static let oneLimit = 16 << 20
  static let allLimit = 128 << 20
  /// What looking at a stream costs at least.
  static let leastCost = 2 << 10
  /// Filters of one stream that are undone one after the other.
  static let filterLimit = 4

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    guard start == 0, context.windowOffset == 0 else { return .nothing }
    if !context.windowReachesEnd, !context.windowIsFinal { return .needsMore(total: EntryExaminer.windowLimit) }
    var seen = Reassembled.Seen()
    if !context.windowReachesEnd { seen.limits.insert(.beginning(of: "a PDF")) }
    var budget = Self.allLimit
    var at = 0
    while let word = bytes.find(Array("stream".utf8), from: at, within: bytes.byteCount) {
      at = word + 6
      // Whatever the dictionary says, and wherever it says it: a filter may be spelled, nested and referred to in more
      // ways than are worth reading, and what is no zlib stream shows by itself. Nor does a stream hide the bytes it
      // takes: they are looked at again.
      guard let begin = Self.content(bytes, after: at), Inflater.isHeader(bytes, at: begin) else { continue }
      guard budget > 0 else {
        seen.limits.insert(
          DetectionLimit(.expandedBytesLimit, "streams that expand to more than 128 MiB: not all were read"))
        break
      }
      guard let input = bytes.from(begin, count: bytes.byteCount) else { break }
      look(at: input, begin, PDFPicture(bytes, before: word), &budget, &seen)
    }
    // Small ones cost little beside the bytes that they come from.
    seen.unpacked = max(0, Self.allLimit - budget - bytes.byteCount)
    return seen.detection
  }

  /// Undoes the filters of one stream, whose bytes begin at `begin`, and examines what comes out.
  private func look(
    at input: RawSpan, _ begin: Int, _ picture: PDFPicture?, _ budget: inout Int, _ seen: inout Reassembled.Seen
  ) {
    guard var out = Inflater.inflate(input, limit: min(Self.oneLimit, budget)) else { return }
    let consumed = out.consumed
    if let picture, let content = self.content(of: picture, input, out, begin) {
      seen.contents.append(content)
      budget -= content.bytes.count
    }
    for step in 1...Self.filterLimit {
      budget -= max(out.consumed, out.bytes.count, Self.leastCost)
      if out.isCut {
        seen.limits.insert(
          DetectionLimit(.expandedBytesLimit, "a stream that expands beyond its limit: only its beginning was read"))
      }
      let next =
        step < Self.filterLimit && budget > 0
        ? Inflater.inflate(out.bytes.span.bytes, limit: min(Self.oneLimit, budget)) : nil
      if out.bytes.count >= 24 {
        // The place is that of the stream: what it holds has none in the file.
        var inner = Reassembled(out.bytes, at: begin).looked(base: 0, by: descriptor)
        let place = Place(offset: UInt64(begin), length: UInt64(consumed))
        for i in inner.observations.indices { inner.observations[i].place = place }
        for i in inner.contents.indices {
          inner.contents[i].place = place
          // Contents are held until the file is read: they count twice.
          budget -= inner.contents[i].bytes.count
        }
        // What is opened next is not locked.
        if next?.isWhole == true { inner.limits = inner.limits.filter { $0.reason != nil } }
        seen += inner
      }
      guard let next else { return }
      out = next
    }
  }

  /// A picture of bare samples as a file.
  private func content(
    of picture: PDFPicture, _ input: RawSpan, _ out: Inflater.Result, _ begin: Int
  ) -> DerivedContent? {
    // What is compressed goes into the file as it is, to its end.
    let end = out.isCut ? input.find(Array("endstream".utf8), from: 0, within: input.byteCount) : out.consumed
    guard let end, let compressed = input.from(0, count: end), let file = picture.file(compressed, out.bytes) else {
      return nil
    }
    return DerivedContent(
      place: Place(offset: UInt64(begin), length: UInt64(end)), encoding: .samples, bytes: file, isWhole: true)
  }

  /// Where the stream's bytes begin: after CR LF or LF (7.3.8.1); readers also take blanks before and CR alone.
  private static func content(_ bytes: RawSpan, after word: Int) -> Int? {
    var at = word
    while at < word + 16, let c = bytes.u8(at), c == 0x20 || c == 0x09 { at += 1 }
    return switch bytes.u8(at) {
    case 0x0A: at + 1
    case 0x0D: bytes.u8(at + 1) == 0x0A ? at + 2 : at + 1
    default: nil
    }
  }
}
