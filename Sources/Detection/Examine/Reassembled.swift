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
  static let assemblers: Set<String> = ["database.sqlite", "database.access", "container.ole2", "document.pdf"]
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
    var i = max(0, index(of: range.lowerBound))
    while i < pieces.count, pieces[i].contentOffset < range.upperBound {
      let piece = pieces[i]
      let end = i + 1 < pieces.count ? pieces[i + 1].contentOffset : bytes.count
      let from = max(piece.contentOffset, range.lowerBound)
      if from < min(end, range.upperBound) {
        part.pieces.append(
          Piece(
            contentOffset: from - range.lowerBound, entryOffset: piece.entryOffset + from - piece.contentOffset))
      }
      i += 1
    }
    return part
  }

  /// The last piece that begins at or before `offset`; -1 when none does. Pieces may be many, and so may questions.
  private func index(of offset: Int) -> Int {
    var (low, high) = (0, pieces.count)
    while low < high {
      let middle = (low + high) / 2
      if pieces[middle].contentOffset <= offset { low = middle + 1 } else { high = middle }
    }
    return low - 1
  }

  /// Where the content's byte at `offset` lies in the entry, and how many bytes follow it there.
  func place(of offset: Int) -> (entryOffset: Int, count: Int) {
    let i = index(of: offset)
    guard i >= 0 else { return (0, bytes.count) }
    let end = i + 1 < pieces.count ? pieces[i + 1].contentOffset : bytes.count
    return (pieces[i].entryOffset + offset - pieces[i].contentOffset, max(0, end - offset))
  }

  /// What was seen in content, and what of it could not be looked at.
  struct Seen {
    var observations: [Observation] = []
    var limits: Set<DetectionLimit> = []
    /// Pictures, to be examined as entries of their own.
    var contents: [DerivedContent] = []
    /// Which pictures the rows of tables name; of content inside a value nothing is said.
    var names = NamesTally()
    /// Bytes that were unpacked to see it.
    var unpacked = 0

    static func += (all: inout Seen, more: Seen) {
      all.observations += more.observations
      all.limits.formUnion(more.limits)
      all.contents += more.contents
      all.names.merge(more.names)
      all.unpacked += more.unpacked
    }

    /// The answer of a detector that claims no bytes.
    var detection: Detection {
      let answer = observations.isEmpty ? Detection.nothing : .found(observations, length: 0, kind: nil)
      let said = (contents.isEmpty ? answer : .containing(answer, contents)).naming(names).limited(
        by: limits.sorted())
      return unpacked == 0 ? said : .unpacking(said, unpacked)
    }
  }

  /// Kinds that are entries of their own wherever they are put together: what has more to see than bytes, what is put
  /// together itself, and what cannot be opened and must be counted.
  private static let kinds: Set<ContentKind> = Set(
    DetectorCatalog.all.filter { assemblers.contains($0.descriptor.name) }.flatMap(\.descriptor.triggers).compactMap {
      switch $0 {
      case .kind(let kind), .opening(let kind): kind
      default: nil
      }
    })

  /// The whole content as an entry of its own; nil when it is looked at where it is found.
  func asEntry(base: UInt64) -> DerivedContent? {
    guard bytes.count >= DerivedLimits.leastBytes else { return nil }
    let head = bytes.span.bytes.extracting(0..<min(bytes.count, Identifier.headLength))
    let identity = Identifier.identify(head, isWhole: bytes.count <= Identifier.headLength, name: [])
    guard
      identity.treatment.sight != nil || Self.kinds.contains(identity.kind)
        || EntryFacts(kind: identity.kind).isWorthListing
    else { return nil }
    return entry(0..<bytes.count, base: base)
  }

  /// A part of the content as an entry of its own, at the place of its first piece.
  func entry(_ range: Range<Int>, base: UInt64, encoding: DerivedEncoding = .pieces, isWhole: Bool = true)
    -> DerivedContent
  {
    let (at, count) = place(of: range.lowerBound)
    return DerivedContent(
      place: Place(offset: base + UInt64(max(0, at)), length: UInt64(min(count, range.count))), encoding: encoding,
      bytes: Array(bytes[range.clamped(to: bytes.indices)]), isWhole: isWhole)
  }

  /// What is written down in the content as text: in the entry it is broken where its pieces are.
  private func encoded() -> [DerivedContent] {
    var found: [DerivedContent] = []
    var finder = EntryFinder()
    bytes.withUnsafeBytes { finder.consume($0) { found.append($0) } }
    finder.finish { found.append($0) }
    return found
  }

  /// What the catalogue sees in the content, said by the detector that put it together; files and encoded contents in it as
  /// contents of their own.
  ///
  /// - Parameters:
  ///   - base: offset of the window in the entry.
  ///   - assembler: the detector that put the content together; who recognized it stands in `format`.
  func seen(base: UInt64, by assembler: DetectorDescriptor) -> Seen {
    let facts = bytes.withUnsafeBytes { EntryExaminer.examineWhole($0, catalog: Self.inner) }
    var seen = Seen()
    seen.contents = (facts.contents + encoded()).map { inner in
      var outer = inner
      let (at, count) = place(of: Int(clamping: inner.place.offset))
      outer.place = Place(offset: base + UInt64(max(0, at)), length: min(inner.place.length, UInt64(count)))
      outer.encoding = .pieces
      return outer
    }
    seen.observations = facts.observations.map { observation in
      var observation = observation
      let inner = observation.place ?? Place(offset: 0, length: UInt64(bytes.count))
      // What goes on in another piece is somewhere else: the place ends with the first one.
      let outer = place(of: Int(clamping: inner.offset))
      observation.place = Place(
        offset: base + UInt64(max(0, outer.entryOffset)), length: min(inner.length, UInt64(outer.count)))
      if observation.attributes["format"] == nil { observation.attributes["format"] = .string(observation.detector) }
      observation.detector = assembler.name
      observation.version = assembler.version
      return observation
    }
    switch facts.disposition {
    case .limited:
      for note in facts.notes { seen.limits.insert(DetectionLimit(facts.reason, "inside: \(note)")) }
    case .opaque, .failed:
      // The entry's own disposition is about all of it; that a part is locked is worth a word. Of short values of
      // random bytes some begin like anything.
      guard bytes.count >= 1024 || facts.reason == .encrypted else { break }
      seen.limits.insert(DetectionLimit(nil, "inside: a part is \(facts.disposition): \(facts.reason?.rawValue ?? "")"))
    case .examined, .partial: break
    }
    return seen
  }
}
