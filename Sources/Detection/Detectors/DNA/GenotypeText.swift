import CustodyCore

/// Raw genotypes as consumer services hand them out: 23andMe, AncestryDNA, FamilyTreeDNA, MyHeritage, Living DNA.
struct GenotypeText: Detector {
  let descriptor = DetectorDescriptor(
    name: "dna.genotype", version: 2, dataClasses: [.dnaProfile], strengths: [.proof, .strong],
    summary: "Consumer genotype tables: identifier, chromosome, position and both alleles of one person a row",
    sources: ["layouts as read by apriha/snps (public reader)", "dbSNP identifiers: rs and a number"],
    limits: [
      "Array reports by sample (Illumina [Header] and [Data]) are not read.",
      "Text in UTF-16 is not read.",
      "Lists of variants without a person (PLINK maps, summary statistics) say nothing.",
    ],
    triggers: GenotypeSample.marks.map { .anywhere($0) } + [
      .opening(.text), .opening(ContentKind(rawValue: "text/csv")),
      .opening(ContentKind(rawValue: "text/tab-separated-values")),
    ],
    positives: [
      DetectorExample("tabs, one column of alleles", expected: ["dna.profile proof x1"]) {
        table("# file of 23andMe\n# rsid\tchromosome\tposition\tgenotype\n", 40) { "\($0)\t\($1)\t\($2)\t\($3)\($4)" }
      },
      DetectorExample("tabs, two columns of alleles", expected: ["dna.profile proof x1"]) {
        table("#AncestryDNA raw data\nrsid\tchromosome\tposition\tallele1\tallele2\n", 40) {
          "\($0)\t\($1)\t\($2)\t\($3)\t\($4)"
        }
      },
      DetectorExample("quoted, with commas", expected: ["dna.profile proof x1"]) {
        table("RSID,CHROMOSOME,POSITION,RESULT\n", 40) { "\"\($0)\",\"\($1)\",\"\($2)\",\"\($3)\($4)\"" }
      },
      DetectorExample("without a header", expected: ["dna.profile strong x1"]) {
        table("", 40) { "\($0)\t\($1)\t\($2)\t\($3)\($4)" }
      },
      DetectorExample("few rows", expected: ["dna.profile strong x1"]) {
        table("rsid\tchromosome\tposition\tgenotype\n", 10) { "\($0)\t\($1)\t\($2)\t\($3)\($4)" }
      },
    ],
    negatives: [
      DetectorExample("a map without genotypes") {
        table("rsid\tchromosome\tposition\n", 40) { a, b, c, _, _ in "\(a)\t\(b)\t\(c)" }
      },
      DetectorExample("summary statistics") {
        table("rsid\tchromosome\tposition\teffect\tother\tbeta\tp\n", 40) { a, b, c, d, e in
          "\(a)\t\(b)\t\(c)\t\(d)\t\(e)\t0.12\t1e-8"
        }
      },
      DetectorExample("reference and alternative alleles, which never agree") {
        table("rsid\tchromosome\tposition\tallele1\tallele2\n", 40) { a, b, c, _, _ in "\(a)\t\(b)\t\(c)\tA\tG" }
      },
      DetectorExample("positions beyond any chromosome") {
        table("rsid\tchromosome\tposition\tgenotype\n", 40) { a, b, _, d, e in "\(a)\t\(b)\t999999999\t\(d)\(e)" }
      },
    ])

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    var sample = GenotypeSample()
    sample.read(bytes, from: start)
    if sample.ranOut, !context.windowReachesEnd, !context.windowIsFinal, bytes.byteCount - start < 64 << 10 {
      return .needsMore(total: 64 << 10)
    }
    guard let strength = sample.strength else { return .nothing }
    let seen = Observation(
      .dnaProfile, detector: descriptor.name, version: descriptor.version, strength: strength,
      place: Place(offset: context.windowOffset + UInt64(start), length: UInt64(max(1, sample.end - start))),
      attributes: ["format": "genotype table"])
    // Comments and foreign lines among the rows may hold anything.
    return .found([seen], length: 1, kind: nil)
  }

  /// Rows with `rows` different identifiers; two of three are homozygous, as among real ones.
  private static func table(
    _ head: String, _ rows: Int, _ row: (String, String, Int, String, String) -> String
  ) -> [UInt8] {
    let bases = ["A", "C", "G", "T"]
    let lines = (0..<rows).map { i in
      row(
        "rs\(3_000_000 + 17 * i)", "\(1 + i % 22)", 70_000 + 900 * i, bases[i % 4], bases[(i % 3 == 0 ? i + 1 : i) % 4])
    }
    return Array((head + lines.map { $0 + "\n" }.joined()).utf8)
  }
}

/// The first rows of a table, tried as genotypes.
struct GenotypeSample {
  /// Names of columns; a table that has them is asked about where they stand.
  static let marks = ["rsid\tchr", "RSID,CHR", "RSID\",\"C", "rsid,chr"].map { Array($0.utf8) }
  /// Rows that are looked at.
  private static let most = 200
  /// Comments and foreign lines before the first row.
  private static let mostLeading = 100

  private(set) var hasHeader = false
  private(set) var rows = 0
  private(set) var foreign = 0
  private(set) var end = 0
  /// The window ended before enough rows were seen.
  private(set) var ranOut = false
  private var isSuperseded = false
  private var pairs = 0
  private var equalPairs = 0

  mutating func read(_ bytes: RawSpan, from start: Int) {
    guard !isRepeated(bytes, start) else {
      isSuperseded = true
      return
    }
    var lines = TextLines(at: start, end: bytes.byteCount)
    var leading = 0
    while rows + foreign < Self.most {
      guard let line = lines.next(bytes) else {
        ranOut = true
        return
      }
      if takeRow(bytes, line) {
        rows += 1
        end = lines.at
        continue
      }
      // Another table, which speaks for itself: whatever is repeated is read once.
      if hasMark(bytes, from: max(start + 1, line.lowerBound), to: line.upperBound) {
        if rows == 0 { isSuperseded = true }
        return
      }
      if !lines.isComplete {
        ranOut = leading > 0 || rows > 0 || line.count < 1024
        return
      }
      if rows > 0 {
        foreign += 1
        // What follows is no table any more.
        if foreign > 10, foreign * 20 > rows { return }
        continue
      }
      leading += 1
      let isComment = bytes.u8(line.lowerBound) == 0x23
      let names = namesGenotypes(bytes, line)
      hasHeader = hasHeader || names
      guard leading <= Self.mostLeading, isComment || names || line.isEmpty else { return }
    }
  }

  /// Twenty rows under a header are proof; rows alone, or a few under a header, are strong.
  var strength: Strength? {
    guard !isSuperseded, rows * 20 >= (rows + foreign) * 19, rows >= 5, equalPairs * 4 >= pairs, rows >= 20 || hasHeader
    else {
      return nil
    }
    return rows >= 20 && hasHeader ? .proof : .strong
  }

  /// True when the names of columns at `start` stand a second time in the same line: then the last of them speaks, and
  /// a line of nothing else is read once.
  private func isRepeated(_ bytes: RawSpan, _ start: Int) -> Bool {
    guard Self.marks.contains(where: { bytes.has($0, at: start) }) else { return false }
    for at in start + 1..<start + 1024 {
      guard let c = bytes.u8(at), c != 0x0A else { return false }
      if c | 0x20 == 0x72, Self.marks.contains(where: { bytes.has($0, at: at) }) { return true }
    }
    return false
  }

  private func hasMark(_ bytes: RawSpan, from: Int, to: Int) -> Bool {
    Self.marks.contains { bytes.find($0, from: from, within: to) != nil }
  }

  private func namesGenotypes(_ bytes: RawSpan, _ line: Range<Int>) -> Bool {
    guard line.count < 1024 else { return false }
    for word: StaticString in ["rsid", "RSID", "23andMe", "AncestryDNA", "LivingDNA", "Living DNA"]
    where bytes.contains(word, in: line) {
      return true
    }
    return false
  }

  /// `rs123`, a chromosome, a position, and two alleles in one column or two; nothing else.
  private mutating func takeRow(_ bytes: RawSpan, _ line: Range<Int>) -> Bool {
    guard (10...80).contains(line.count), let first = bytes.u8(line.lowerBound),
      first == 0x72 || first == 0x69 || first == 0x22
    else { return false }
    let separator: UInt8 = bytes.firstIndex(of: 0x09, from: line.lowerBound, to: line.upperBound) != nil ? 0x09 : 0x2C
    let columns = bytes.fields(line, by: separator, most: 6).map { bytes.unquoted($0) }
    guard columns.count == 4 || columns.count == 5, isIdentifier(bytes, columns[0]), isChromosome(bytes, columns[1]),
      let position = bytes.number(columns[2]), position < 250_000_000
    else { return false }
    let alleles = columns[3...].flatMap { $0.map { bytes.u8($0) ?? 0 } }
    guard columns.count == 4 || columns[3...].allSatisfy({ $0.count == 1 }), (1...2).contains(alleles.count),
      alleles.allSatisfy({ "ACGTDI0-".utf8.contains($0) })
    else { return false }
    if alleles.count == 2, !"0-".utf8.contains(alleles[0]) {
      pairs += 1
      if alleles[0] == alleles[1] { equalPairs += 1 }
    }
    return true
  }

  private func isIdentifier(_ bytes: RawSpan, _ column: Range<Int>) -> Bool {
    let prefix = bytes.hasText("rs", at: column.lowerBound) ? 2 : bytes.u8(column.lowerBound) == 0x69 ? 1 : 0
    return prefix > 0 && bytes.decimal(column.lowerBound + prefix)?.end == column.upperBound
  }

  private func isChromosome(_ bytes: RawSpan, _ column: Range<Int>) -> Bool {
    if let number = bytes.number(column) { return (1...26).contains(number) }
    return ["X", "Y", "XY", "MT"].contains { bytes.equals(column, $0) }
  }
}
