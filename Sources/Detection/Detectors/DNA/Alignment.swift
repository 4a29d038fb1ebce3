import CustodyCore

/// Aligned reads of sequenced people: SAM, BAM, CRAM.
struct Alignment: Detector {
  let descriptor = DetectorDescriptor(
    name: "dna.alignment", version: 2, dataClasses: [.dnaProfile], strengths: [.strong, .weak],
    summary: "Aligned sequence reads (SAM, BAM, CRAM), human by their reference sequences",
    sources: ["SAM/BAM specification, section 4.2; CRAM 3.1 specification, section 6; samtools/hts-specs"],
    limits: [
      "A CRAM whose header is compressed says nothing of its species: weak.",
      "People are counted by the sample names of read groups; without any, one is assumed.",
    ],
    triggers: [
      .anywhere(Array("BAM\u{1}".utf8)), .anywhere(Array("CRAM\u{2}".utf8)), .anywhere(Array("CRAM\u{3}".utf8)),
      .anywhere(AlignmentHeader.mark, lookBehind: 192), .head(Array("CRAM".utf8)),
    ],
    positives: [
      DetectorExample("BAM of two samples", expected: ["dna.profile strong x2"]) {
        AlignmentExample.bam(AlignmentExample.header(human: true), ["chr1": 248_956_422, "chr2": 242_193_529])
      },
      DetectorExample("SAM", expected: ["dna.profile strong x2"]) {
        Array(
          (AlignmentExample.header(human: true) + "r1\t0\tchr1\t100\t60\t8M\t*\t0\t0\tACGTACGT\tIIIIIIII\n").utf8)
      },
      DetectorExample("CRAM with a plain header", expected: ["dna.profile strong x2"]) {
        AlignmentExample.cram(Array(AlignmentExample.header(human: true).utf8))
      },
      DetectorExample("CRAM with a compressed header", expected: ["dna.profile weak x1"]) {
        AlignmentExample.cram(SyntheticImage.noise(200))
      },
    ],
    negatives: [
      DetectorExample("BAM of a bacterium") {
        AlignmentExample.bam("@HD\tVN:1.6\n@SQ\tSN:U00096.3\tLN:4641652\n", ["U00096.3": 4_641_652])
      },
      DetectorExample("names of references that run past the end") {
        ByteBuilder().ascii("BAM\u{1}").hex("00000000 FFFFFF7F 05000000").ascii("chr1").bytes
      },
      DetectorExample("the words in source text") { Array("magic = \"CRAM\\x03\" or @HD\tVN: of BAM\u{1} files".utf8) },
    ])

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    var reader = AlignmentHeader()
    let kind: ContentKind
    switch bytes.u8(start) {
    case 0x42:
      kind = .bam
      reader.readBAM(bytes, at: start)
    case 0x43:
      kind = .cram
      reader.readCRAM(bytes, at: start, isFile: context.isWholeEntry(at: start))
    default:
      kind = .sam
      reader.readText(bytes, from: start)
      reader.isCut = reader.end == bytes.byteCount
      reader.isValid = reader.sequences > 0
    }
    let around = kind == .sam ? cram(around: start, bytes, context) : nil
    if let around { reader.isCut = reader.isCut || around.isCut }
    let have = bytes.byteCount - start
    if reader.isCut, !context.windowReachesEnd, !context.windowIsFinal, have < AlignmentHeader.most {
      return .needsMore(total: min(AlignmentHeader.most, max(64 << 10, have * 4)))
    }
    guard reader.isValid, reader.genome.verdict != .other else { return .nothing }
    // The text of a CRAM file is reported as such, when that says as much.
    if let around, around.isValid, around.sequences == reader.sequences, around.samples == reader.samples {
      return .nothing
    }
    var attributes: Attributes = ["format": .string(kind == .bam ? "BAM" : kind == .cram ? "CRAM" : "SAM")]
    if reader.isPublic { attributes[PublicSample.attribute.key] = .string(PublicSample.attribute.value) }
    let length = min(have, max(1, reader.end - start))
    let seen = Observation(
      .dnaProfile, detector: descriptor.name, version: descriptor.version,
      strength: reader.genome.verdict == .human ? .strong : .weak, count: max(1, reader.samples.count),
      place: Place(offset: context.windowOffset + UInt64(start), length: UInt64(length)), attributes: attributes)
    // Comments, programs and blocks may hold anything. Of BAM the numbers before its text are claimed and the text's
    // first character, so that the same header is not read again as SAM.
    let claim = kind == .bam && bytes.u8(start + 8) == 0x40 ? 9 : 1
    return .found([seen], length: claim, kind: context.isWholeEntry(at: start) ? kind : nil)
  }

  /// The nearest CRAM file whose plain header stands at `text`.
  private func cram(around text: Int, _ bytes: RawSpan, _ context: DetectionContext) -> AlignmentHeader? {
    for at in stride(from: text - 30, through: max(0, text - 160), by: -1) where bytes.hasText("CRAM", at: at) {
      var header = AlignmentHeader()
      header.readCRAM(bytes, at: at, isFile: context.isWholeEntry(at: at))
      if header.text == text { return header }
    }
    return nil
  }
}

/// The header of aligned reads: reference sequences and the samples of read groups.
struct AlignmentHeader {
  static let most = 16 << 20
  static let mark = Array("@HD\tVN:".utf8)
  private static let mostSamples = 4096

  var genome = HumanGenome()
  /// Names of samples, to count them; they go nowhere.
  var samples: Set<[UInt8]> = []
  var isPublic = false
  var sequences = 0
  var isValid = false
  /// The window ended inside the header.
  var isCut = false
  var end = 0
  /// Where the plain text of a CRAM file's header begins.
  var text: Int?

  /// Lines `@XX\t…` (SAM specification, section 1.3). A further mark begins a text of its own and ends this one, so that
  /// texts in texts are each read once.
  mutating func readText(_ bytes: RawSpan, from: Int, to limit: Int = .max) {
    let to = bytes.find(Self.mark, from: from + 1, within: min(limit, bytes.byteCount)) ?? limit
    var lines = TextLines(at: from, end: to)
    end = from
    var areKnown = true
    while let line = lines.next(bytes), bytes.u8(line.lowerBound) == 0x40, bytes.u8(line.lowerBound + 3) == 0x09 {
      end = lines.at
      guard lines.isComplete else { break }
      let isSequence = bytes.hasText("@SQ", at: line.lowerBound)
      guard isSequence || bytes.hasText("@RG", at: line.lowerBound) else { continue }
      var name: Range<Int>?
      var length: Int?
      for field in bytes.fields(line, by: 0x09, most: 32) {
        let value = min(field.lowerBound + 3, field.upperBound)..<field.upperBound
        if bytes.hasText("SN:", at: field.lowerBound) { name = value }
        if bytes.hasText("LN:", at: field.lowerBound) { length = bytes.number(value) }
        if !isSequence, bytes.hasText("SM:", at: field.lowerBound), samples.count < Self.mostSamples {
          samples.insert(bytes.bytes(value))
          areKnown = areKnown && PublicSample.isKnown(bytes, value)
        }
      }
      if isSequence, let name, length != nil {
        sequences += 1
        genome.add(bytes, name: name, length: length)
        genome.readAssembly(bytes, line)
      }
    }
    isPublic = !samples.isEmpty && areKnown
  }

  /// `BAM\1`, i32 LE length of the text, text, i32 LE count of references, each with name and length.
  mutating func readBAM(_ bytes: RawSpan, at start: Int) {
    isCut = true
    guard let text = bytes.u32le(start + 4) else { return }
    guard text <= Self.most, text == 0 || bytes.u8(start + 8).map({ $0 == 0x40 || $0 == 0 }) ?? true else {
      isCut = false
      return
    }
    guard let count = bytes.u32le(start + 8 + text) else { return }
    readText(bytes, from: start + 8, to: start + 8 + text)
    guard (1...(1 << 22)).contains(count) else {
      isCut = false
      return
    }
    var at = start + 12 + text
    var names = genome
    let isNamed = sequences > 0
    for _ in 0..<count {
      guard let size = bytes.u32le(at) else { return }
      guard (2...4096).contains(size) else {
        isCut = false
        return
      }
      guard let length = bytes.u32le(at + 4 + size), let terminator = bytes.u8(at + 3 + size) else { return }
      guard terminator == 0, length < 1 << 31 else {
        isCut = false
        return
      }
      if !isNamed { names.add(bytes, name: at + 4..<at + 3 + size, length: length) }
      at += 8 + size
    }
    genome = names
    end = at
    isCut = false
    isValid = true
  }

  /// File definition of 26 bytes, then a container whose first block holds the SAM header, plain or compressed.
  ///
  /// - Parameter isFile: the definition stands at the start of a file, where it needs no plain header to be believed.
  mutating func readCRAM(_ bytes: RawSpan, at start: Int, isFile: Bool) {
    guard let major = bytes.u8(start + 4), (2...3).contains(major) else { return }
    guard let minor = bytes.u8(start + 5), minor <= 1 else {
      isCut = bytes.byteCount - start < 6
      return
    }
    guard let container = bytes.u32le(start + 26), bytes.u8(start + 30) != nil else {
      isCut = true
      return
    }
    guard (16...Self.most).contains(container) else { return }
    let reach = start + 30 + 64 + container
    end = min(bytes.byteCount, reach)
    isCut = bytes.byteCount < start + 30 + container
    isValid = !isCut && isFile
    text = bytes.find(Self.mark, from: start + 30, within: min(reach, start + 160))
    if let text {
      let from = end
      readText(bytes, from: text, to: reach)
      end = max(from, end)
      isValid = isValid || (sequences > 0 && !isCut)
    }
  }
}

/// Synthetic aligned reads.
enum AlignmentExample {
  static func header(human: Bool) -> String {
    "@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:chr1\tLN:\(human ? 248_956_422 : 195_471_971)\n"
      + "@RG\tID:a\tSM:one\n@RG\tID:b\tSM:two\n@RG\tID:c\tSM:two\n"
  }
  static func little(_ n: Int) -> [UInt8] { ByteBuilder().u32(n).bytes.reversed() }

  static func bam(_ text: String, _ references: KeyValuePairs<String, Int>) -> [UInt8] {
    references.reduce(
      ByteBuilder().ascii("BAM\u{1}").raw(little(text.utf8.count)).ascii(text).raw(little(references.count))
    ) {
      $0.raw(little($1.key.utf8.count + 1)).ascii($1.key).u8(0).raw(little($1.value))
    }.bytes
  }
  static func cram(_ text: [UInt8]) -> [UInt8] {
    ByteBuilder().ascii("CRAM").u8(3, 0).zeros(20).raw(little(text.count + 13)).zeros(9).u8(1, 0, 0, 0, 0, 0, 0, 0, 0)
      .raw(little(text.count)).raw(text).zeros(32).bytes
  }
}
