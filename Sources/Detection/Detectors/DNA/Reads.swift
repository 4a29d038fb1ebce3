import CustodyCore

/// Raw sequence reads: FASTQ. Nothing in the format names a species.
struct Reads: Detector {
  let descriptor = DetectorDescriptor(
    name: "dna.fastq", version: 1, dataClasses: [.dnaProfile], strengths: [.weak],
    summary: "Sequence reads with qualities (FASTQ), of no stated species",
    sources: ["FASTQ as described in Nucleic Acids Research 38(6), 2010, 1767-1771"],
    limits: [
      "Reads of any organism look alike: never more than a lead.", "Reads broken over several lines are not seen.",
    ],
    triggers: [.opening(.fastq)],
    positives: [
      DetectorExample("reads", expected: ["dna.profile weak x1"]) { Array(String(repeating: read, count: 20).utf8) }
    ],
    negatives: [
      DetectorExample("a quality too short") {
        Array((read + "@r2\nACGTACGTACGTACGT\n+\nIIII\n").utf8)
      },
      DetectorExample("mail addresses") { Array("@alice\nhello\n+\nworld\n".utf8) },
    ])

  private static let read = "@run:1:7:101 1:N:0\nACGTACGTNNACGTACGTAC\n+\nIIIIIIII##IIIIIIIIII\n"

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    guard let end = FASTQ.walk(bytes, from: start, most: 100) else { return .nothing }
    let seen = Observation(
      .dnaProfile, detector: descriptor.name, version: descriptor.version, strength: .weak,
      place: Place(offset: context.windowOffset + UInt64(start), length: UInt64(end - start)),
      attributes: ["format": "FASTQ"])
    return .found([seen], length: end - start, kind: nil)
  }
}

/// Four lines a read: `@name`, bases, `+`, as many qualities as bases.
enum FASTQ {
  /// Reads that must be whole before the format is believed.
  private static let least = 2
  private static let longestRead = 1 << 16

  /// Where the last whole read of the first `most` ends; nil when the text is something else.
  static func walk(_ bytes: RawSpan, from start: Int, most: Int) -> Int? {
    var lines = TextLines(at: start, end: bytes.byteCount)
    var end = start
    var reads = 0
    while reads < most, let name = lines.next(bytes) {
      guard bytes.u8(name.lowerBound) == 0x40, name.count > 1 else { return nil }
      guard let bases = lines.next(bytes), lines.isComplete, let plus = lines.next(bytes), lines.isComplete,
        let qualities = lines.next(bytes)
      else { break }
      guard areBases(bytes, bases), bytes.u8(plus.lowerBound) == 0x2B else { return nil }
      guard qualities.count == bases.count else {
        if lines.isComplete { return nil }
        break
      }
      reads += 1
      end = lines.at
    }
    return reads >= least ? end : nil
  }

  private static func areBases(_ bytes: RawSpan, _ line: Range<Int>) -> Bool {
    guard (8...longestRead).contains(line.count) else { return false }
    for i in line {
      guard let c = bytes.u8(i), "ACGTNacgtn".utf8.contains(c) else { return false }
    }
    return true
  }
}
