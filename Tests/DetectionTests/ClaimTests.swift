import CustodyCore
import Testing

@testable import Detection

/// A record must not be hidden behind the claim of another: whatever a detector has not read itself is still searched.
@Suite struct ClaimTests {
  /// The smallest minutiae record, of bytes that end neither a line nor a text of XML or JSON.
  private static let hidden = ByteBuilder().hex(FMRExamples.smallestISO).setting(0x0B, size: 1, at: 32).bytes

  private static func isSeen(_ facts: EntryFacts) -> Bool {
    facts.observations.contains { $0.detector == "finger.fmr" && $0.strength == .proof }
  }

  private static func bytes(_ text: String, _ rest: String) -> [UInt8] { Array(text.utf8) + hidden + Array(rest.utf8) }

  /// In place of the first question mark and those behind it.
  private static func filled(_ bytes: [UInt8]) -> [UInt8] {
    guard let at = bytes.firstIndex(of: 0x3F) else { return bytes }
    return Array(bytes[..<at]) + hidden + bytes[(at + hidden.count)...]
  }

  @Test func theHiddenRecordIsProof() {
    #expect(Self.isSeen(examine(Self.hidden)))
    #expect(Self.hidden.allSatisfy { ![0x0A, 0x0D, 0x22, 0x2C, 0x3C, 0x3E, 0x7B, 0x7D].contains($0) })
  }

  /// Laid over a positive example at any place.
  @Test(arguments: GenomeTests.detectors.indices) func overAnExample(_ index: Int) {
    let detector = GenomeTests.detectors[index]
    for example in detector.descriptor.positives {
      let record = example.bytes()
      for at in stride(from: 0, through: record.count, by: record.count < 1500 ? 5 : 89) {
        var entry = record + [UInt8](repeating: 0, count: max(0, at + Self.hidden.count - record.count))
        entry.replaceSubrange(at..<at + Self.hidden.count, with: Self.hidden)
        let isSeen = Self.isSeen(examine(entry))
        #expect(isSeen, "\(detector.descriptor.name): \(example.name) at \(at)")
      }
    }
  }

  private struct Layout: CustomTestStringConvertible, Sendable {
    var detector: String
    var entry: [UInt8]
    var testDescription: String { detector }
    init(_ detector: String, _ entry: [UInt8]) { (self.detector, self.entry) = (detector, entry) }
    /// Over the bytes of an example.
    init(_ detector: any Detector, _ example: Int, at: Int) {
      var entry = detector.descriptor.positives[example].bytes()
      entry.replaceSubrange(at..<at + hidden.count, with: hidden)
      self.init(detector.descriptor.name, entry)
    }
  }

  /// Where the record around it stays whole.
  private static var layouts: [Layout] {
    let sam = AlignmentExample.header(human: true) + "@CO\t"
    let code = String(repeating: "q6", count: 1365) + "8="
    let card = AAMVA().descriptor.positives[0].bytes()
    let contigs = VariantExample.human + "##note="
    let vcf = VariantExample.text(contigs: contigs + "?\n", samples: ["S"]).split(separator: "?")
    let profile = CODISProfile().descriptor.positives[0].bytes()
    let loci = ["D3S1358", "vWA", "FGA", "TH01", "TPOX", "CSF1PO", "D5S818", "D7S820", "D8S1179"]
    let rows = (0..<10).map { "rs\(3_000_000 + 17 * $0)\t1\t\(70_000 + $0)\tAA\n" }.joined()
    let gap = String(repeating: "?", count: hidden.count) + "\n"
    return [
      Layout(SequencerTrace(), 0, at: 40), Layout(FprintPrint(), 0, at: 100), Layout(FprintPrint(), 1, at: 60),
      Layout(IrisCode(), 2, at: 1000), Layout(Alignment(), 3, at: 100), Layout(X984(), 0, at: 60),
      Layout(ZKTeco(), 0, at: 300), Layout(ZKTeco(), 1, at: 300),
      Layout("iris.code", bytes("{\"iris_codes\": \"\(code)\", \"n\": \"", "\", \"mask_codes\": \"\(code)\"}")),
      Layout("dna.alignment", bytes(sam, "\n")),
      Layout("dna.alignment", filled(AlignmentExample.bam(sam + gap, ["chr1": 248_956_422]))),
      Layout("dna.alignment", AlignmentExample.cram(bytes(sam, "\n"))),
      Layout("dna.vcf", bytes(String(vcf[0]), String(vcf[1]))),
      Layout("dna.vcf", filled(VariantExample.binary(contigs: contigs + gap, samples: ["S"]))),
      Layout("dna.genotype", bytes("rsid\tchromosome\tposition\tgenotype\n# ", "\n" + rows)),
      Layout("dna.codis", Array(profile.dropLast(18)) + bytes("<!-- ", " --></CODISImportFile>")),
      Layout(
        "dna.str-table",
        bytes(
          "Sample\t" + loci.joined(separator: "\t") + "\tNote\nS1" + String(repeating: "\t15", count: 9) + "\t", "\n")),
      Layout("identity.aamva", Array(card.dropLast()) + bytes("ZZZ", "\r")),
      Layout("finger.sourceafis", SourceAFISExample.json(24, types: 24) + hidden),
    ]
  }

  @Test(arguments: layouts.indices) func besideWhatWasRead(_ index: Int) {
    let layout = Self.layouts[index]
    let facts = examine(layout.entry)
    #expect(facts.observations.map(\.detector).contains(layout.detector))
    let isSeen = Self.isSeen(facts)
    #expect(isSeen, "\(layout.detector)")
  }

  /// A brace far in front makes no object of what lies between.
  @Test func betweenBraceAndKey() {
    let template = SourceAFISExample.json(24, types: 24)
    #expect(Self.isSeen(examine([0x7B] + Self.hidden + template.dropFirst())))
    let other = ZKTeco().descriptor.positives[3].bytes()
    let text = [0x7B] + other + [0x2C] + template.dropFirst()
    #expect(examine(text).observations.contains { $0.detector == "finger.zkteco" })
  }

  /// A record on the first line of a table stands beside the table, and is not replaced by it.
  @Test func inFrontOfALocus() {
    let template = String(decoding: SourceAFISExample.json(24, types: 24), as: UTF8.self)
    let loci = ["D3S1358", "vWA", "FGA", "TH01", "TPOX", "CSF1PO", "D5S818", "D7S820", "D8S1179"]
    let table = template + "\t" + loci.joined(separator: "\t") + "\nS1" + String(repeating: "\t15", count: 9) + "\n"
    #expect(GenomeTests.said(Array(table.utf8)) == ["dna.profile proof x1", "finger.template proof x1"])
  }

  /// The text of a binary file is not reported a second time, and one that says more than the file around it is.
  @Test func textInBinaryIsSaidOnce() {
    let text = AlignmentExample.header(human: true)
    #expect(GenomeTests.said(AlignmentExample.bam(text, ["chr1": 248_956_422])) == ["dna.profile strong x2"])
    #expect(GenomeTests.said(AlignmentExample.cram(Array(text.utf8))) == ["dna.profile strong x2"])
    #expect(GenomeTests.said([0x80] + AlignmentExample.cram(Array(text.utf8))) == ["dna.profile strong x2"])
    let cut = ByteBuilder().ascii("CRAM").u8(3, 0).zeros(20).hex("10000000").zeros(10).ascii(text).zeros(64).bytes
    #expect(GenomeTests.said(cut).contains("dna.profile strong x2"))
  }
}

/// Bytes that name a format again and again cost no more than a few looks at each of them.
@Suite struct RepetitionTests {
  @Test(arguments: ["D3S1358", "D3S1358,", "D8S1179\u{1}", "D3S1358\n", "D3S1358;D8S1179é", "xD8S1179\t\t\t"])
  func lociInARow(_ piece: String) {
    let bytes = Array(String(repeating: piece, count: 40_000).utf8)
    var steps = 0
    for pattern in RecordHarness.patterns(STRTable()) {
      for start in RecordHarness.offsets(of: pattern, in: bytes) {
        _ = STRTable.head(bytes.span.bytes, start, steps: &steps)
      }
    }
    #expect(steps <= 4 * bytes.count, "\(steps) steps for \(bytes.count) bytes")
  }

  @Test(
    arguments: [
      "##fileformat=VCFv4.2\n", "##fileformat=VCFv4.2\n##note\n", "##x ##fileformat=VCFv4.2\r\n",
      "##fileformat=VCFv4.2",
    ])
  func firstLinesInARow(_ piece: String) {
    let bytes = Array(String(repeating: piece, count: 20_000).utf8)
    let looked = RecordHarness.offsets(of: Array("##fileformat".utf8), in: bytes).reduce(0) { sum, start in
      guard VariantHeader.isFirstLine(bytes.span.bytes, start) else { return sum + 64 }
      return sum + VariantHeader.reach(bytes.span.bytes, from: start) - start
    }
    #expect(looked <= 4 * bytes.count, "\(looked) for \(bytes.count) bytes")
  }

  /// The last of many names speaks, whether they share a line or not.
  @Test(arguments: ["##fileformat=VCFv4.2\n", "##fileformat=VCFv4.2\n##note=1\n"])
  func theLastFirstLineSpeaks(_ piece: String) {
    let text = String(repeating: piece, count: 300) + VariantExample.text(contigs: VariantExample.human, samples: ["S"])
    #expect(GenomeTests.said(Array(text.utf8)) == ["dna.profile strong x1"])
  }

  @Test(arguments: ["rsid\tchromosome\n", "# rsid\tchr ", "rsid\tchromosome\n#\n"])
  func theLastNamesOfColumnsSpeak(_ piece: String) {
    let rows = (0..<40).map { "rs\(3_000_000 + 17 * $0)\t1\t\(70_000 + $0)\tAA\n" }.joined()
    let text = String(repeating: piece, count: 300) + "rsid\tchromosome\tposition\tgenotype\n" + rows
    #expect(GenomeTests.said(Array(text.utf8)) == ["dna.profile proof x1"])
  }

  @Test func rootsInRootsAreReadOnce() {
    let file = String(decoding: CODISProfile().descriptor.positives[0].bytes(), as: UTF8.self)
    let text = String(repeating: "<CODISImportFile>", count: 500) + file
    #expect(GenomeTests.said(Array(text.utf8)) == ["dna.profile proof x2"])
  }

  @Test func identifiersOfOneSequenceAreOneRecord() {
    let arc = ByteBuilder().hex("060A 2B81051086480954 0001").bytes
    let object = ByteBuilder.der(0x30, arc + arc + ByteBuilder.der(0x04, SyntheticImage.noise(200)))
    #expect(GenomeTests.said(object) == ["biometric.record strong x1"])
  }
}
