import CustodyCore

/// Forensic DNA profiles as a table: one person a row, one or two columns a locus.
struct STRTable: Detector {
  let descriptor = DetectorDescriptor(
    name: "dna.str-table", version: 2, dataClasses: [.dnaProfile], strengths: [.proof],
    summary: "Tables of STR profiles: at least eight loci among the columns, and alleles below them",
    sources: ["locus names of the CODIS core loci and their common companions (FBI, 2017)"],
    limits: [
      "Tables with one row a locus are not read.", "Tables of allele frequencies are nobody's and say nothing.",
    ],
    triggers: [
      .anywhere(Array("D3S1358".utf8), lookBehind: lookBehind),
      .anywhere(Array("D8S1179".utf8), lookBehind: lookBehind),
    ],
    positives: [
      DetectorExample("two columns a locus", expected: ["dna.profile proof x3"]) {
        table(loci.flatMap { ["\($0) 1", "\($0) 2"] }, rows: 3) { _ in "15,17.3" }
      },
      DetectorExample("both alleles in one cell", expected: ["dna.profile proof x2"]) {
        table(loci, rows: 2) { _ in "\"14, 16\"" }
      },
    ],
    negatives: [
      DetectorExample("allele frequencies") { table(loci, rows: 30) { _ in "0.0123" } },
      DetectorExample("a list of loci") { Array((loci.joined(separator: ",") + "\n").utf8) },
      DetectorExample("seven loci") { table(Array(loci.prefix(7)), rows: 3) { _ in "15" } },
    ])

  private static let lookBehind = 1024
  private static let longestLine = 8192
  private static let mostRows = 100_000
  private static let most = 4 << 20

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    var steps = 0
    guard let head = Self.head(bytes, start, steps: &steps) else { return .nothing }
    guard head.upperBound < bytes.byteCount else {
      let canGrow = !context.windowReachesEnd && !context.windowIsFinal
      return canGrow ? .needsMore(total: 2 * Self.longestLine) : .nothing
    }
    var lines = TextLines(at: head.upperBound, end: bytes.byteCount)
    _ = lines.next(bytes)
    guard let separator = [0x09, 0x2C, 0x3B].first(where: { bytes.fields(head, by: $0, most: 9).count == 9 }) else {
      return .nothing
    }
    let columns = Cells.split(bytes, head, separator).map { $0.flatMap(STRLoci.locus) }
    guard Set(columns.compactMap { $0 }).count >= 8 else { return .nothing }
    var rows = 0
    var end = lines.at
    while rows < Self.mostRows, let line = lines.next(bytes), line.count < Self.longestLine, !line.isEmpty {
      guard profiles(Cells.split(bytes, line, separator), columns) else { break }
      rows += 1
      end = lines.at
    }
    let have = bytes.byteCount - start
    if lines.at >= bytes.byteCount, !context.windowReachesEnd, !context.windowIsFinal, have < Self.most {
      return .needsMore(total: min(Self.most, max(64 << 10, have * 4)))
    }
    guard rows > 0 else { return .nothing }
    let seen = Observation(
      .dnaProfile, detector: descriptor.name, version: descriptor.version, strength: .proof, count: rows,
      place: Place(offset: context.windowOffset + UInt64(start), length: UInt64(end - start)),
      attributes: ["format": "STR table"])
    // Columns of other names were not looked at: the place begins at the locus, and only that is claimed.
    return .found([seen], length: 7, kind: nil)
  }

  /// The line around `start`, up to the end of the window when that cuts it; nil when it is no text, too long, or an
  /// earlier hit in it has spoken for it.
  ///
  /// - Parameter steps: rises by the bytes looked at. Every byte of an entry is looked at a few times at most, however
  ///   many hits there are.
  static func head(_ bytes: RawSpan, _ start: Int, steps: inout Int) -> Range<Int>? {
    var open = start
    while start - open < lookBehind, let c = bytes.u8(open - 1), isText(c) {
      open -= 1
      steps += 1
      if c == 0x44, open + 7 <= start, bytes.hasText("D3S1358", at: open) || bytes.hasText("D8S1179", at: open) {
        return nil
      }
    }
    var end = start
    while end - open < longestLine, let c = bytes.u8(end), isText(c) {
      end += 1
      steps += 1
    }
    guard end - open < longestLine else { return nil }
    guard let c = bytes.u8(end) else { return open..<end }
    return c == 0x0A || c == 0x0D ? open..<end : nil
  }

  private static func isText(_ c: UInt8) -> Bool { c >= 0x20 || c == 0x09 }

  /// True when at least eight loci of the row hold alleles, and no cell of a locus holds anything else.
  private func profiles(_ cells: [String?], _ columns: [String?]) -> Bool {
    var loci: Set<String> = []
    for (cell, locus) in zip(cells, columns) {
      guard let locus, let cell, !cell.isEmpty else { continue }
      let alleles = cell.split { " ,/;|".contains($0) }
      guard (1...6).contains(alleles.count), alleles.allSatisfy(STRLoci.isAllele) else { return false }
      loci.insert(locus)
    }
    return loci.count >= 8
  }

  private static let loci = ["D3S1358", "vWA", "FGA", "TH01", "TPOX", "CSF1PO", "D5S818", "D7S820", "D8S1179"]

  private static func table(_ columns: [String], rows: Int, _ cell: (Int) -> String) -> [UInt8] {
    let paired = columns.count > 9
    let width = paired ? columns.count / 2 : columns.count
    let lines = (0..<rows).map { row in "S\(row)," + (0..<width).map(cell).joined(separator: ",") + "\n" }
    return Array(("Sample," + columns.joined(separator: ",") + "\n" + lines.joined()).utf8)
  }
}

/// Cells of one line of a delimited table; quotes may hold separators.
enum Cells {
  /// Texts of at most 32 characters; nil for longer ones. At most 512 cells.
  static func split(_ bytes: RawSpan, _ line: Range<Int>, _ separator: UInt8) -> [String?] {
    var out: [String?] = []
    var from = line.lowerBound
    var at = from
    var isQuoted = false
    while out.count < 512 {
      let c = at < line.upperBound ? bytes.u8(at) : nil
      if c == nil || (c == separator && !isQuoted) {
        out.append(bytes.shortText(bytes.unquoted(from..<at)))
        if c == nil { break }
        from = at + 1
      } else if c == 0x22 {
        isQuoted.toggle()
      }
      at += 1
    }
    return out
  }
}
