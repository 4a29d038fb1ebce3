import CustodyCore

/// Variant calls of sequenced people: VCF text, and its binary form BCF.
struct VariantCalls: Detector {
  let descriptor = DetectorDescriptor(
    name: "dna.vcf", version: 2, dataClasses: [.dnaProfile], strengths: [.strong, .weak],
    summary: "Variant call files (VCF, BCF) with genotypes of samples, human by their reference",
    sources: ["VCF 4.5 and BCF 2.2 specifications, samtools/hts-specs"],
    limits: [
      "Files without columns of samples (dbSNP, gnomAD) are nobody's and say nothing.",
      "Without a word on the reference the species stays open: weak.",
    ],
    triggers: [.anywhere(Array("##filefo".utf8)), .anywhere(Array("BCF\u{2}".utf8))],
    positives: [
      DetectorExample("two people, reference named by its lengths", expected: ["dna.profile strong x2"]) {
        Array(VariantExample.text(contigs: VariantExample.human, samples: ["S1", "S2"]).utf8)
      },
      DetectorExample("no word on the reference", expected: ["dna.profile weak x1"]) {
        Array(VariantExample.text(contigs: "", samples: ["S1"]).utf8)
      },
      DetectorExample("binary", expected: ["dna.profile strong x3"]) {
        VariantExample.binary(contigs: VariantExample.human, samples: ["A", "B", "C"])
      },
    ],
    negatives: [
      DetectorExample("sites without samples") {
        Array(VariantExample.text(contigs: VariantExample.human, samples: []).utf8)
      },
      DetectorExample("a virus") {
        Array(VariantExample.text(contigs: "##contig=<ID=NC_045512.2,length=29903>\n", samples: ["S1"]).utf8)
      },
      DetectorExample("the words in a manual") { Array("##fileformat=VCFv4.2 is the first line of a file.\n".utf8) },
    ])

  private static let most = 16 << 20

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    let isBinary = bytes.has([0x42, 0x43, 0x46, 2], at: start)
    guard let text = isBinary ? binaryText(bytes, start) : start..<bytes.byteCount,
      isBinary || VariantHeader.isFirstLine(bytes, start)
    else {
      return bytes.byteCount - start < 64 ? grow(bytes, start, context) : .nothing
    }
    let reach = min(text.upperBound, VariantHeader.reach(bytes, from: text.lowerBound))
    let header = VariantHeader(bytes, from: text.lowerBound, to: reach)
    guard !header.isBroken else { return .nothing }
    guard let end = header.end else { return reach >= bytes.byteCount ? grow(bytes, start, context) : .nothing }
    guard header.samples > 0 else { return .nothing }
    var genome = header.genome
    let reading = isBinary ? records(bytes, text.upperBound, header) : rows(bytes, end, reach, header, &genome)
    if reading == nil, isBinary || reach == bytes.byteCount, case .needsMore(let total) = grow(bytes, start, context) {
      return .needsMore(total: total)
    }
    guard genome.verdict != .other else { return .nothing }
    var attributes: Attributes = ["format": .string(isBinary ? "BCF" : "VCF")]
    if header.isPublic { attributes[PublicSample.attribute.key] = .string(PublicSample.attribute.value) }
    let length = max(end, reading ?? end) - start
    let seen = Observation(
      .dnaProfile, detector: descriptor.name, version: descriptor.version,
      strength: reading != nil && genome.verdict == .human ? .strong : .weak, count: header.samples,
      place: Place(offset: context.windowOffset + UInt64(start), length: UInt64(length)), attributes: attributes)
    // Lines of a header may hold anything. Of BCF the numbers before its text are claimed and the text's first
    // character, so that the same header is not read again as VCF.
    let kind: ContentKind = isBinary ? .bcf : .vcf
    return .found([seen], length: isBinary ? 10 : 1, kind: context.isWholeEntry(at: start) ? kind : nil)
  }

  private func grow(_ bytes: RawSpan, _ start: Int, _ context: DetectionContext) -> Detection {
    let have = bytes.byteCount - start
    guard !context.windowReachesEnd, !context.windowIsFinal, have < Self.most else { return .nothing }
    return .needsMore(total: min(Self.most, max(64 << 10, have * 4)))
  }

  /// Magic, minor version 1 or 2, u32 LE length of the text with its terminator.
  private func binaryText(_ bytes: RawSpan, _ start: Int) -> Range<Int>? {
    guard let minor = bytes.u8(start + 4), (1...2).contains(minor), let count = bytes.u32le(start + 5), count >= 32,
      count <= Self.most, bytes.byteCount < start + 28 || bytes.hasText("##fileformat=VCFv4", at: start + 9)
    else { return nil }
    return start + 9..<start + 9 + count
  }

  /// Where the first rows end, when each has all its columns and genotypes as `0/1`; nil when there is none.
  private func rows(
    _ bytes: RawSpan, _ from: Int, _ to: Int, _ header: VariantHeader, _ genome: inout HumanGenome
  ) -> Int? {
    var lines = TextLines(at: from, end: to)
    var end: Int?
    var known = 0
    var read = 0
    while read < 20, let line = lines.next(bytes), lines.isComplete || line.count > 16 {
      let columns = bytes.fields(line, by: 0x09, most: 11)
      guard columns.count == min(11, header.columns), bytes.number(columns[1]) != nil,
        bytes.hasText("GT", at: columns[8].lowerBound), isGenotype(bytes, columns[9])
      else { break }
      read += 1
      if bytes.hasText("rs", at: columns[2].lowerBound),
        bytes.decimal(columns[2].lowerBound + 2)?.end == columns[2].upperBound
      {
        known += 1
      }
      if header.genome.contigs == 0 { genome.add(bytes, name: columns[0], length: nil) }
      end = lines.at
    }
    if known * 2 > read { genome.takeSNPNames() }
    return end
  }

  /// `0/1`, `1|1`, `./.` or a haploid `1`, alone or before a colon.
  private func isGenotype(_ bytes: RawSpan, _ field: Range<Int>) -> Bool {
    var at = field.lowerBound
    var expectsAllele = true
    while at < field.upperBound, let c = bytes.u8(at), c != 0x3A {
      let isAllele = (0x30...0x39).contains(c) || c == 0x2E
      guard isAllele || (!expectsAllele && (c == 0x2F || c == 0x7C)) else { return false }
      expectsAllele = !isAllele
      at += 1
    }
    return at > field.lowerBound && !expectsAllele
  }

  /// The end of the first record when it counts as many samples as the header (BCF 2.2, section 6.3.1).
  private func records(_ bytes: RawSpan, _ at: Int, _ header: VariantHeader) -> Int? {
    guard let shared = bytes.u32le(at), shared >= 24, shared < 1 << 24, let own = bytes.u32le(at + 4), own < 1 << 28,
      let counts = bytes.u32le(at + 28), counts & 0xFF_FFFF == header.samples, counts >> 24 > 0
    else { return nil }
    return min(bytes.byteCount, at + 8 + shared + own)
  }
}

/// Synthetic variant calls.
enum VariantExample {
  static let human = "##contig=<ID=chr1,length=248956422>\n##contig=<ID=chr2,length=242193529>\n"

  static func header(contigs: String, samples: [String]) -> String {
    let columns = samples.isEmpty ? "" : "\tFORMAT\t" + samples.joined(separator: "\t")
    return "##fileformat=VCFv4.2\n" + contigs + "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO" + columns + "\n"
  }

  static func text(contigs: String, samples: [String]) -> String {
    let calls = samples.isEmpty ? "" : "\tGT:DP\t" + samples.map { _ in "0/1:30" }.joined(separator: "\t")
    return header(contigs: contigs, samples: samples)
      + (1...4).map { "chr1\t\($0 * 1000)\t.\tA\tG\t50\tPASS\tDP=30\(calls)\n" }.joined()
  }

  static func binary(contigs: String, samples: [String]) -> [UInt8] {
    let text = Array(header(contigs: contigs, samples: samples).utf8) + [0]
    let little = { (n: Int) in ByteBuilder().u32(n).bytes.reversed() }
    return ByteBuilder().ascii("BCF").u8(2, 2).raw(Array(little(text.count))).raw(text)
      .raw(Array(little(24))).raw(Array(little(8))).zeros(20).raw(Array(little(1 << 24 | samples.count))).zeros(8).bytes
  }
}
