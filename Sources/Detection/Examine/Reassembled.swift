internal import CustodyCore

/// Content that was put together from pieces of an entry: values over pages, streams over sectors.
///
/// Carving the entry as it lies misses what crosses from one piece to another, so such content is examined for itself.
/// What is found gets the place of its first byte in the entry: where carving finds the same record too, the two count
/// as one.
struct Reassembled {
  /// Where a run of the content lies in the entry.
  struct Piece: Sendable {
    var contentOffset: Int
    var entryOffset: Int
  }

  var bytes: [UInt8] = []

  init() {}

  /// Content that has no pieces of its own in the entry: it was decoded from what lies at `place`.
  init(_ bytes: [UInt8], at place: Int) {
    self.bytes = bytes
    pieces = [Piece(contentOffset: 0, entryOffset: place)]
  }

  /// In order of content.
  private(set) var pieces: [Piece] = []

  /// Names of detectors that put together, which are not asked again inside.
  static let assemblers: Set<String> = ["database.sqlite", "container.ole2", "document.pdf"]
  private static let inner = CompiledCatalog(
    DetectorCatalog.all.filter { !assemblers.contains($0.descriptor.name) })

  /// True when the pieces follow each other in the entry: then carving sees all of it.
  var isContiguous: Bool {
    guard let first = pieces.first else { return true }
    return pieces.allSatisfy { $0.entryOffset - first.entryOffset == $0.contentOffset - first.contentOffset }
  }

  mutating func append(_ entry: RawSpan, _ at: Int, _ count: Int) {
    guard at >= 0, count > 0, at < entry.byteCount else { return }
    pieces.append(Piece(contentOffset: bytes.count, entryOffset: at))
    entry.extracting(at..<min(entry.byteCount, at + count)).withUnsafeBytes { bytes.append(contentsOf: $0) }
  }

  /// The part `range` of the content, with its own pieces.
  func part(_ range: Range<Int>) -> Reassembled {
    var part = Reassembled()
    part.bytes = Array(bytes[range.clamped(to: bytes.indices)])
    for (i, piece) in pieces.enumerated() {
      let end = i + 1 < pieces.count ? pieces[i + 1].contentOffset : bytes.count
      let from = max(piece.contentOffset, range.lowerBound)
      guard from < min(end, range.upperBound) else { continue }
      part.pieces.append(
        Piece(
          contentOffset: from - range.lowerBound, entryOffset: piece.entryOffset + from - piece.contentOffset))
    }
    return part
  }

  /// Where the content's byte at `offset` lies in the entry.
  func entryOffset(of offset: Int) -> Int {
    guard let piece = pieces.last(where: { $0.contentOffset <= offset }) else { return 0 }
    return piece.entryOffset + offset - piece.contentOffset
  }

  /// What the catalogue sees in the content, said by the detector that put it together.
  ///
  /// - Parameters:
  ///   - base: offset of the window in the entry.
  ///   - assembler: the detector that put the content together; who recognized it stands in `format`.
  func observations(base: UInt64, by assembler: DetectorDescriptor) -> [Observation] {
    let facts = bytes.withUnsafeBytes { EntryExaminer.examineWhole($0, catalog: Self.inner) }
    return facts.observations.map { seen in
      var seen = seen
      let place = seen.place ?? Place(offset: 0, length: UInt64(bytes.count))
      seen.place = Place(
        offset: base + UInt64(max(0, entryOffset(of: Int(clamping: place.offset)))), length: place.length)
      if seen.attributes["format"] == nil { seen.attributes["format"] = .string(seen.detector) }
      seen.detector = assembler.name
      seen.version = assembler.version
      return seen
    }
  }
}
