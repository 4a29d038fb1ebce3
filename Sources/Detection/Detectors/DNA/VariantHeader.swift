/// The header of a variant call file: what it says of its reference, and whose genotypes it holds.
struct VariantHeader: Sendable {
  /// Beyond this no more samples are counted.
  static let mostSamples = 1 << 20
  private static let mostLines = 1 << 20

  var genome = HumanGenome()
  /// Columns of samples behind `FORMAT`.
  var samples = 0
  /// Every sample is named as in a public collection.
  var isPublic = false
  /// Columns of the table.
  var columns = 0
  /// Offset after the line of column names; nil while that line was not seen whole.
  var end: Int?
  /// The text stopped being a header before its line of column names.
  var isBroken = false

  private static let mark = Array("##fileformat=VCFv4".utf8)

  /// `##fileformat=VCFv4.2` and the end of its line, with a few blanks at most.
  static func isFirstLine(_ bytes: RawSpan, _ start: Int) -> Bool {
    guard bytes.has(mark, at: start), bytes.u8(start + mark.count) == 0x2E,
      let version = bytes.decimal(start + mark.count + 1, most: 2)
    else { return false }
    var at = version.end
    while at - version.end < 8, let c = bytes.u8(at), c == 0x20 || c == 0x0D { at += 1 }
    return bytes.u8(at) == 0x0A
  }

  /// Where a look at the header that begins at `start` has to end: at the next first line, which is asked about for
  /// itself. However many first lines there are, no byte is read for more than one of them.
  static func reach(_ bytes: RawSpan, from start: Int) -> Int {
    var at = start + 1
    while let next = bytes.find(mark, from: at, within: bytes.byteCount) {
      if isFirstLine(bytes, next) { return next }
      at = next + 1
    }
    return bytes.byteCount
  }

  /// Reads the lines of `from..<to`.
  init(_ bytes: RawSpan, from: Int, to: Int) {
    var lines = TextLines(at: from, end: to)
    var read = 0
    while let line = lines.next(bytes), read < Self.mostLines {
      read += 1
      if bytes.hasText("##", at: line.lowerBound) {
        if lines.isComplete { takeMeta(bytes, line) }
      } else if bytes.hasText("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO", at: line.lowerBound) {
        guard lines.isComplete else { return }
        takeColumns(bytes, line)
        end = lines.at
        return
      } else {
        isBroken = lines.isComplete || line.count > 8
        return
      }
    }
  }

  private mutating func takeMeta(_ bytes: RawSpan, _ line: Range<Int>) {
    if bytes.hasText("##contig=<", at: line.lowerBound) {
      guard let name = value(bytes, "ID=", line) else { return }
      genome.add(bytes, name: name, length: value(bytes, "length=", line).flatMap { bytes.number($0) })
      genome.readAssembly(bytes, line)
    } else if bytes.hasText("##reference=", at: line.lowerBound) || bytes.hasText("##assembly=", at: line.lowerBound) {
      genome.readAssembly(bytes, line)
    }
  }

  /// The value of a key in `<ID=chr1,length=248956422>`.
  private func value(_ bytes: RawSpan, _ key: StaticString, _ line: Range<Int>) -> Range<Int>? {
    var at = line.lowerBound
    while at < line.upperBound {
      if bytes.hasText(key, at: at), let before = bytes.u8(at - 1), before == 0x3C || before == 0x2C {
        let from = at + key.utf8CodeUnitCount
        var to = from
        while to < line.upperBound, let c = bytes.u8(to), c != 0x2C, c != 0x3E { to += 1 }
        return from..<to
      }
      at += 1
    }
    return nil
  }

  private mutating func takeColumns(_ bytes: RawSpan, _ line: Range<Int>) {
    let names = bytes.fields(line, by: 0x09, most: Self.mostSamples + 9)
    columns = names.count
    guard names.count > 9, bytes.equals(names[8], "FORMAT") else { return }
    samples = names.count - 9
    isPublic = names[9...].allSatisfy { PublicSample.isKnown(bytes, $0) }
  }
}
