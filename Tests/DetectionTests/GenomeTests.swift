import CustodyCore
import Testing

@testable import Detection

/// What becomes of genomes, templates of other vendors and card payloads beyond the examples in their detectors.
@Suite struct GenomeTests {
  static let detectors: [any Detector] = [
    VariantCalls(), Alignment(), Reads(), SequencerTrace(), GenotypeText(), CODISProfile(), STRTable(), SourceAFIS(),
    ZKTeco(), FprintPrint(), MinutiaeText(), IrisCode(), AAMVA(), X984(),
  ]

  static func said(_ bytes: [UInt8]) -> [String] {
    summary(examine(bytes)).sorted()
  }

  @Test(arguments: [
    ("chr1 of GRCh37", "##contig=<ID=1,length=249250621>\n", ["dna.profile strong x1"]),
    ("chr1 of CHM13", "##contig=<ID=chr1,length=248387328>\n", ["dna.profile strong x1"]),
    ("an assembly by name", "##reference=file:///ref/hs37d5.fa\n", ["dna.profile strong x1"]),
    (
      "a mouse", "##contig=<ID=chr1,length=195471971>\n##contig=<ID=chr2>\n##contig=<ID=chr3>\n##contig=<ID=chr4>\n", []
    ),
    ("a plant", "##contig=<ID=Chr1,length=30427671>\n##contig=<ID=Chr2,length=19698289>\n", []),
    ("a region of something", "##contig=<ID=chr7>\n", ["dna.profile weak x1"]),
    ("an accession of RefSeq", "##contig=<ID=NC_000001.11,length=248956422>\n", ["dna.profile strong x1"]),
    ("an accession of GenBank", "##contig=<ID=CM000663.2,length=248956422>\n", ["dna.profile strong x1"]),
    ("chr1 of CHM13 by accession", "##contig=<ID=CP068277.2,length=248387328>\n", ["dna.profile strong x1"]),
    ("an accession without a length", "##contig=<ID=NC_000007.14>\n", ["dna.profile strong x1"]),
    ("a mouse by accession", "##contig=<ID=NC_000067.7,length=195154279>\n", []),
    ("an accession that goes on", "##contig=<ID=NC_0000011.1,length=4641652>\n", []),
  ])
  func speciesDecides(_ name: String, _ contigs: String, _ expected: [String]) {
    #expect(Self.said(Array(VariantExample.text(contigs: contigs, samples: ["S"]).utf8)) == expected, "\(name)")
  }

  /// Exactly the 22 autosomes and X: one more pair is another animal. Autosomes by themselves leave it open.
  @Test(
    arguments: [
      (22, true, .human), (22, false, .undecided), (21, true, .other), (23, true, .other), (23, false, .other),
    ] as [(Int, Bool, HumanGenome.Verdict)])
  func autosomesAreCounted(_ pairs: Int, _ hasX: Bool, _ verdict: HumanGenome.Verdict) {
    var genome = HumanGenome()
    for name in (1...pairs).map({ "chr\($0)" }) + (hasX ? ["chrX"] : []) {
      let bytes = Array(name.utf8)
      genome.add(bytes.span.bytes, name: 0..<bytes.count, length: nil)
    }
    #expect(genome.verdict == verdict)
  }

  /// A note that lowers nothing: the names are chosen by whoever writes the file.
  @Test(arguments: [(["HG00096", "NA12878"], true), (["HG00096", "patient"], false), (["HG0009X"], false)])
  func publicSamplesAreNoted(_ samples: [String], _ isPublic: Bool) {
    let text = VariantExample.text(contigs: VariantExample.human, samples: samples)
    let facts = examine(Array(text.utf8))
    #expect(facts.observations.count == 1)
    #expect((facts.observations.first?.attributes["sampleNames"] != nil) == isPublic)
    #expect(facts.observations.first?.attributes["specimen"] == nil)
  }

  /// A name that people have clears nobody's card.
  @Test(arguments: [("TEST", false), ("DOE ", false), ("SAMPLE", true)])
  func surnamesOfSampleCards(_ name: String, _ isSpecimen: Bool) {
    let card = String(decoding: AAMVA().descriptor.positives[0].bytes(), as: UTF8.self)
    let facts = examine(Array(card.replacing("DCSTEST", with: "DCS" + name).utf8))
    #expect(facts.observations.map(\.dataClass) == [.identityRecord])
    #expect((facts.observations.first?.attributes["specimen"] != nil) == isSpecimen)
  }

  @Test(arguments: [
    ("vcf", Array(VariantExample.text(contigs: "", samples: ["S"]).utf8), "text/x-vcf"),
    ("bcf", VariantExample.binary(contigs: "", samples: ["S"]), "application/x-bcf"),
    ("bam", AlignmentExample.bam("", ["chr1": 5]), "application/x-bam"),
    ("cram", AlignmentExample.cram([1]), "application/x-cram"),
    ("sam", Array(AlignmentExample.header(human: true).utf8), "text/x-sam"),
    ("fastq", Array("@a\nACGTACGT\n+\nIIIIIIII\n@b\nACGTACGT\n+\nIIIIIIII\n".utf8), "text/x-fastq"),
    ("mail", Array("@alice said\nACGT\n+\nnothing of note\n".utf8), "text/plain"),
  ])
  func kindsAreNamed(_ name: String, _ bytes: [UInt8], _ kind: String) {
    #expect(examine(bytes).kind.rawValue == kind, "\(name)")
  }

  /// A header longer than any first window is read to its end.
  @Test func longHeadersAreRead() {
    let contigs = (0..<4000).map { "##contig=<ID=scaffold_\($0),length=\(1000 + $0)>\n" }.joined()
    let text = VariantExample.text(contigs: VariantExample.human + contigs, samples: ["a", "b", "c"])
    #expect(text.utf8.count > 128 << 10)
    #expect(Self.said(Array(text.utf8)) == ["dna.profile strong x3"])
    let references = AlignmentExample.bam(
      "@HD\tVN:1.6\n@SQ\tSN:chr1\tLN:248956422\n"
        + String(repeating: "@CO\t" + String(repeating: "x", count: 200) + "\n", count: 500),
      ["chr1": 248_956_422])
    #expect(references.count > 64 << 10)
    #expect(Self.said(references) == ["dna.profile strong x1"])
  }

  @Test(
    arguments: [
      ("3", false), ("4", true), ("50", true), ("51", false), ("9.3", true), ("9.4", false), ("0.12", false),
      ("X", true), ("Y", true), ("OL", true), (">25", true), ("A", false), ("", false), ("15.", false), ("150", false),
    ] as [(String, Bool)])
  func allelesAreBounded(_ text: String, _ isOne: Bool) {
    #expect(STRLoci.isAllele(text[...]) == isOne, "\(text)")
  }

  @Test(
    arguments: [
      ("vWA", "VWA"), ("Penta D", "PENTAD"), ("D3S1358 1", "D3S1358"), ("D18S51_2", "D18S51"), ("FGA Allele 1", "FGA"),
      ("TH01", "TH01"), ("height", nil), ("D3S13581358", nil), ("", nil),
    ] as [(String, String?)])
  func lociAreKnown(_ text: String, _ locus: String?) { #expect(STRLoci.locus(text) == locus, "\(text)") }

  /// Every entry of a device speaks for itself: between two others it is proof, whoever was asked before.
  @Test func zktecoInARun() {
    let run = ZKTeco().descriptor.positives[1].bytes().dropLast()
    let facts = examine(Array(run + run) + [0xEE], catalog: CompiledCatalog([ZKTeco()]))
    #expect(facts.observations.map(\.strength) == [.proof, .proof, .proof, .proof])
    #expect(facts.observations.compactMap(\.place?.offset) == [0, 1249, 2265, 3514])
  }

  /// A whole template in a file of its own is proof, as its length is that of the file.
  @Test func zktecoInAFile() {
    let carved = ZKTeco().descriptor.positives[0].bytes()
    #expect(Self.said(Array(carved.dropLast(2))) == ["finger.template proof x1"])
    #expect(Self.said(carved) == ["finger.template strong x1"])
  }
}

/// Hostile input: whatever is done to a record, no crash, and places and counts within what is there.
@Suite struct GenomeHostileTests {
  private static let indices = GenomeTests.detectors.indices

  private func check(_ bytes: [UInt8], _ detector: any Detector, _ note: @autoclosure () -> String) -> Strength? {
    let facts = examine(bytes, catalog: CompiledCatalog([detector]))
    for seen in facts.observations {
      let place = seen.place ?? Place(offset: .max, length: 0)
      #expect(
        place.offset <= UInt64(bytes.count)
          && place.length <= UInt64(bytes.count) - min(place.offset, UInt64(bytes.count)), "\(note())")
      #expect(seen.count > 0 && seen.count <= max(1, bytes.count), "\(note())")
      #expect(detector.descriptor.strengths.contains(seen.strength), "\(note())")
    }
    return facts.observations.map(\.strength).max()
  }

  @Test(arguments: indices) func truncation(_ index: Int) {
    let detector = GenomeTests.detectors[index]
    for example in detector.descriptor.positives {
      let bytes = example.bytes()
      let whole = check(bytes, detector, example.name) ?? .weak
      for count in stride(from: 0, to: bytes.count, by: bytes.count > 1500 ? 61 : 7) {
        let strength = check(Array(bytes.prefix(count)), detector, "\(example.name) cut at \(count)")
        #expect(strength ?? .weak <= whole, "\(example.name) cut at \(count)")
      }
    }
  }

  /// Every number field set to what breaks arithmetic.
  @Test(arguments: indices) func fields(_ index: Int) {
    let detector = GenomeTests.detectors[index]
    for example in detector.descriptor.positives {
      let bytes = example.bytes()
      for offset in 0..<min(200, bytes.count) {
        for value in [0, 1, 0x7FFF_FFFF, 0xFFFF_FFFF] {
          _ = check(
            ByteBuilder(bytes).setting(value, size: 4, at: offset).bytes, detector, "\(example.name) at \(offset)")
        }
        _ = check(ByteBuilder(bytes).setting(0xFF, size: 1, at: offset).bytes, detector, "\(example.name) at \(offset)")
      }
    }
  }

  /// Noise behind a right trigger, or behind a right first line where the kind of the entry is the trigger, is nothing.
  @Test(arguments: indices) func noise(_ index: Int) {
    let detector = GenomeTests.detectors[index]
    var random = SplitMix(UInt64(index) &+ 19_794)
    var leads = 0
    var rounds = 0
    for trigger in detector.descriptor.triggers {
      let pattern: [UInt8]
      switch trigger {
      case .anywhere(let bytes, _), .head(let bytes): pattern = bytes
      default:
        for example in detector.descriptor.positives {
          let bytes = example.bytes()
          let line = Array(bytes.prefix((bytes.firstIndex(of: 0x0A) ?? 15) + 1))
          for round in 0..<400 {
            let text = random.bytes(40 + random.below(500)).map { $0 % 12 == 0 ? 0x0A : 0x20 + $0 % 0x5F }
            let seen = RecordHarness.ask(detector, round % 2 == 0 ? text : line + text, at: 0)
            if case .found = seen { leads += 1 }
            rounds += 1
          }
        }
        continue
      }
      for round in 0..<400 {
        let blob = (round % 2 == 0 ? [] : random.bytes(16)) + pattern + random.bytes(40 + random.below(500))
        let strength = check(blob, detector, "round \(round)")
        #expect(strength ?? .weak == .weak)
        if strength != nil { leads += 1 }
        rounds += 1
      }
    }
    #expect(rounds >= 400)
    // FP1 and FP3 are three bytes and a zero: a lead by rule.
    #expect(detector is FprintPrint || detector is X984 || leads == 0, "\(leads) leads")
  }

  /// A list of references that promises more than memory holds.
  @Test func hugeCountsCostNothing() {
    let bam = ByteBuilder().ascii("BAM\u{1}").hex("00000000 00004000").raw([UInt8](repeating: 0, count: 64)).bytes
    #expect(check(bam, Alignment(), "references") == nil)
    let trace = ByteBuilder(SequencerTrace().descriptor.positives[0].bytes()).setting(4096, size: 4, at: 18).bytes
    #expect(check(trace, SequencerTrace(), "entries") == nil)
    let map = ByteBuilder().hex("BF67").ascii("version").hex("61").ascii("1").hex("6A").ascii("positionsX").hex(
      "9AFFFFFFFF"
    ).bytes
    #expect(check(map, SourceAFIS(), "positions") == nil)
  }
}
