internal import CScan
public import CustodyCore

/// Turns the bytes of one entry into facts: what it is, what was observed in it, and whether all of it could be
/// examined.
///
///     var examiner = EntryExaminer(name: Array("scan.an2".utf8))
///     examiner.consume(chunk)          // any number of times, in order
///     let facts = examiner.finish()
///
/// or, for an entry that is in memory, `EntryExaminer.examineWhole(bytes, name: name)`, which copies nothing.
///
/// The result depends on the bytes, the name and the catalogue alone, never on how the bytes were cut into chunks: a
/// detector always sees the same window, from the match's look-behind to the bytes it asked for or the entry's end, and
/// a match waits until its window is there. Chunks are searched in place; a few kilobytes at a seam are copied, and
/// more only while an answer is pending. Memory stays below 16 MiB for the window plus one slice of 4 MiB, twice over
/// while it grows.
///
/// One examiner per entry and thread. What wins when answers overlap is documented at `ObservationCollector`.
public struct EntryExaminer: ~Copyable {
  /// The most bytes a detector is ever shown at once.
  public static let windowLimit = 16 << 20
  /// The window of a first question: enough to say no, or how much more is needed.
  static let firstWindow = 4096
  /// The first window of `.opening`.
  static let openingWindow = 64 << 10
  /// Bytes that enlarged windows may show at the start of an entry; eight more for every byte passed.
  static let enlargedBudget = 64 << 20
  /// Bytes kept before the search position: the conditions of a match, and the end of the entry for
  /// `Identifier.refine`.
  static let tail = 4096
  /// Bytes that must follow a match before it is looked at: the longest pattern and the conditions of a match.
  private static let lookAhead = Int(CSCAN_CONTEXT) + Int(CSCAN_MAX_LENGTH)
  /// Long chunks are taken in slices of this size, which bounds what is carried over.
  private static let slice = 4 << 20

  private enum Phase { case identify, opening, search }

  let catalog: CompiledCatalog
  private let name: [UInt8]
  var tape = Tape()
  private var phase = Phase.identify
  var identity = Identity(kind: .empty)
  private var attributes: Attributes = [:]
  private var openers: [Opener] = []
  private var needsWhole = false
  private var collector = ObservationCollector()
  /// First start not yet searched. May lie beyond the bytes seen, when a record claimed them.
  private var position = 0
  /// Bytes of the entry needed before the question at hand can be asked; 0 when none waits.
  private var awaited = 0
  /// Windows requested by detectors for the start being examined.
  var requests: [Int: Request] = [:]
  /// Bytes shown in enlarged windows so far: a bound on what crafted input can cost.
  var enlarged = 0
  var limits: Set<DetectionLimit> = []
  var contents: [DerivedContent] = []
  /// Bytes that detectors unpacked from the entry.
  var unpacked = 0
  var ground = CarvedGround()
  private var detectedKind: ContentKind?
  var named = NamesTally()
  /// The reading for the rules of text; nil when the entry is none or is not identified yet.
  private var text: TextPass?
  /// What the start of the entry says of content that cannot be opened.
  private var opaqueNote: String?
  /// For entries of no known form that begin without structure.
  private var noise: OpaqueNoise?

  private struct Opener {
    var detector: Int
    /// First window; nil for the whole entry.
    var window: Int?
  }
  struct Request {
    var window: Int
    /// No larger window is given: the record is larger than any, or the budget is used up.
    var refused = false
  }

  /// - Parameter name: last path component, only to refine what the bytes leave open, never to decide.
  public init(catalog: CompiledCatalog = .standard, name: [UInt8] = []) {
    self.catalog = catalog
    self.name = name
  }

  /// Examines an entry that is in memory, without copying.
  public static func examineWhole(
    _ bytes: UnsafeRawBufferPointer, catalog: CompiledCatalog = .standard, name: [UInt8] = []
  ) -> EntryFacts {
    var examiner = EntryExaminer(catalog: catalog, name: name)
    examiner.tape.load(bytes)
    examiner.advance(finished: true)
    return examiner.facts()
  }

  /// What the first bytes say they are.
  public static func kind(of bytes: UnsafeRawBufferPointer) -> ContentKind {
    let head = UnsafeRawBufferPointer(rebasing: bytes[..<min(bytes.count, Identifier.headLength)])
    return Identifier.identify(head.bytes, isWhole: head.count == bytes.count, name: []).kind
  }

  /// True once the kind is settled: after the first kilobytes.
  public var isIdentified: Bool { phase != .identify }
  /// Nil for what is neither picture nor video, or not identified yet.
  public var sight: Sight? { identity.treatment.sight }

  /// Takes the next bytes of the entry. They are not needed after the call.
  public mutating func consume(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.slice))
      rest = rest.dropFirst(part.count)
      // Until then the tape holds every byte, and `identify` hands them over.
      if isIdentified {
        text?.read(part)
        noise?.read(part)
      }
      tape.load(part)
      advance(finished: false)
      tape.release(keeping: firstNeeded)
    }
  }

  /// Takes the next bytes of the entry. They are not needed after the call.
  public mutating func consume(_ bytes: RawSpan) {
    bytes.withUnsafeBytes { consume($0) }
  }

  /// Takes `count` zero bytes, as in the gaps of a sparse file, at almost no cost however many.
  public mutating func consumeZeros(_ count: UInt64) {
    var left = count
    var run = 0
    let needed = Self.tail + Self.lookAhead + catalog.lookBehind
    while left > 0 {
      // Once all that is still in memory is zero and nothing waits for more, further zeros cannot start a match.
      if phase == .search, awaited == 0, run >= 2 * needed, tape.end - tape.start <= run, left > UInt64(needed) {
        let skipped = Int(clamping: min(left - UInt64(needed), UInt64(Int.max - tape.end - 2 * needed)))
        tape.skipZeros(skipped)
        text?.skipZeros(skipped)
        noise?.skipZeros(skipped)
        position = max(position, tape.end - Self.lookAhead)
        left -= UInt64(skipped)
        run = 0
        if skipped == 0 { return }
        continue
      }
      let part = Zeros.block.prefix(left)
      consume(part)
      run += part.count
      left -= UInt64(part.count)
    }
  }

  /// Hands out the contents found since the last call: they are many where a disk is searched.
  public mutating func takeContents() -> [DerivedContent] {
    defer { contents = [] }
    if !contents.isEmpty { noise = nil }
    return contents
  }

  /// Says what was found. Call once, after the last byte.
  public mutating func finish() -> EntryFacts {
    tape.load(UnsafeRawBufferPointer(start: nil, count: 0))
    advance(finished: true)
    return facts()
  }

  /// First byte of the entry that may be looked at again.
  private var firstNeeded: Int {
    guard phase == .search else { return 0 }
    return max(0, min(position, tape.end) - max(Self.tail, catalog.lookBehind))
  }

  // MARK: Phases

  private mutating func advance(finished: Bool) {
    while true {
      switch phase {
      case .identify:
        guard finished || tape.end > Identifier.headLength else { return }
        identify(isWhole: tape.end <= Identifier.headLength)
        phase = .opening
      case .opening:
        guard finished || tape.end > (needsWhole ? Self.windowLimit : awaited) else { return }
        guard examineOpening(finished: finished) else { return }
        phase = .search
      case .search:
        guard finished || tape.end > awaited else { return }
        search(finished: finished)
        return
      }
    }
  }

  private mutating func identify(isWhole: Bool) {
    let head = tape.view(0, Identifier.headLength)
    identity = Identifier.identify(head.bytes, isWhole: isWhole, name: name)
    if let encoding = identity.encoding { attributes["encoding"] = .string(encoding) }
    guard identity.kind != .empty else { return }
    ground = CarvedGround()
    if identity.treatment == .video { ground.learn(moving: head.bytes) }
    if !catalog.rules.isEmpty { text = TextPass(identity) }
    opaqueNote = OpaqueCatalog.note(identity, head.bytes)
    if identity.kind == .unknown, OpaqueNoise.isFlat(head.bytes) { noise = OpaqueNoise() }
    var whole = catalog.kinds[identity.kind] ?? []
    if identity.isText, identity.kind != .text { whole += catalog.kinds[.text] ?? [] }
    needsWhole = !whole.isEmpty || identity.treatment == .pixels
    if !catalog.wholes.isEmpty {
      needsWhole = true
      whole += catalog.wholes
    }
    openers = whole.map { Opener(detector: $0, window: nil) }
    openers += (catalog.openings[identity.kind] ?? []).map { Opener(detector: $0, window: Self.openingWindow) }
    for (bytes, detector) in catalog.heads where head.starts(with: bytes) {
      openers.append(Opener(detector: detector, window: Self.firstWindow))
    }
    text?.read(tape.view(0, tape.end))
    noise?.read(tape.view(0, tape.end))
  }

  /// Asks the detectors of the whole entry and of its start. False while more bytes are needed.
  private mutating func examineOpening(finished: Bool) -> Bool {
    if identity.treatment == .pixels { measure() }
    let fits = tape.end <= Self.windowLimit
    let before = heldBack
    var answers: [ObservationCollector.Answer] = []
    var waits = 0
    for opener in openers {
      if let window = opener.window {
        switch ask(opener.detector, start: 0, lookBehind: 0, window: window, finished: finished) {
        case .wait(let end): waits = max(waits, end)
        case .nothing, .file: break
        case .answer(let answer): answers.append(answer)
        }
      } else if fits {
        if case .answer(let answer) = ask(opener.detector, start: 0, lookBehind: 0, window: tape.end, finished: true) {
          answers.append(answer)
        }
      } else if !catalog.wholes.contains(opener.detector) {
        limits.insert(.whole)
      }
    }
    awaited = waits
    guard waits == 0 else {
      heldBack = before
      return false
    }
    settleRequests(at: 0)
    detectedKind = answers.sorted { ($1.strength, $0.detector) < ($0.strength, $1.detector) }.compactMap(\.kind).first
    position = max(position, collector.accept(answers))
    return true
  }

  private mutating func measure() {
    guard attributes["width"] == nil else { return }
    let bytes = tape.view(0, Self.windowLimit)
    let facts = ImageProbe.examine(bytes.bytes, kind: identity.kind, name: name)
    identity.kind = facts.kind
    for (key, value) in facts.attributes.entries { attributes[key] = value }
    ground.learn(still: bytes.bytes, kind: identity.kind)
  }

  // MARK: Search

  private mutating func search(finished: Bool) {
    guard let scanner = catalog.scanner else {
      position = tape.end
      return
    }
    let limit = finished ? tape.end : tape.end - Self.lookAhead
    let context = Int(CSCAN_CONTEXT)
    withUnsafeTemporaryAllocation(of: cscan_hit.self, capacity: 128) { hits in
      while position < limit {
        // Near the seam through a joined copy, then in place.
        let joined = position < tape.chunkStart + context && tape.start < tape.chunkStart
        let stop = joined ? min(limit, max(position + 1, tape.chunkStart + context)) : limit
        let base = max(tape.start, position - context)
        let bytes = tape.view(base, min(tape.end, stop + Self.lookAhead))
        var resume = 0
        let searched = DetectorCosts.now()
        let count = cscan_find(
          scanner, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count, position - base, stop - base,
          hits.baseAddress, hits.count, &resume)
        DetectorCosts.note(DetectorCosts.search, since: searched)
        guard examineHits(UnsafeBufferPointer(rebasing: hits[..<count]), base: base, finished: finished) else { return }
        position = max(position, base + resume)
      }
    }
  }

  /// False when a detector waits for more bytes; `position` then is the start in question.
  private mutating func examineHits(_ hits: UnsafeBufferPointer<cscan_hit>, base: Int, finished: Bool) -> Bool {
    var i = 0
    while i < hits.count {
      let start = base + hits[i].start
      var last = i + 1
      while last < hits.count, hits[last].start == hits[i].start { last += 1 }
      if start >= position, !examineStart(start, hits[i..<last], finished: finished) {
        position = start
        return false
      }
      i = last
    }
    return true
  }

  private mutating func examineStart(
    _ start: Int, _ hits: Slice<UnsafeBufferPointer<cscan_hit>>, finished: Bool
  ) -> Bool {
    var answers: [ObservationCollector.Answer] = []
    var waits = 0
    let before = heldBack
    var asked: [Int] = []
    var file: DerivedContent?
    for hit in hits {
      for candidate in catalog.patterns[Int(hit.pattern)].candidates where !asked.contains(candidate.detector) {
        asked.append(candidate.detector)
        if catalog.carvers.contains(candidate.detector), !ground.allows(start, catalog.patterns[Int(hit.pattern)].bytes)
        {
          continue
        }
        if start == 0, openers.contains(where: { $0.detector == candidate.detector }) { continue }
        switch ask(
          candidate.detector, start: start, lookBehind: candidate.lookBehind, window: Self.firstWindow,
          finished: finished)
        {
        case .wait(let end): waits = max(waits, end)
        case .nothing: break
        case .answer(let answer): answers.append(answer)
        case .file(let content): file = content
        }
      }
    }
    awaited = waits
    guard waits == 0 else {
      heldBack = before
      return false
    }
    settleRequests(at: start)
    position = start + 1
    if let file, let content = ground.take(file) {
      contents.append(content)
      // What lies in it is found in it.
      position = max(position, ground.claimEnd)
    }
    if !answers.isEmpty {
      if start == 0 { detectedKind = detectedKind ?? answers.compactMap(\.kind).first }
      position = max(position, collector.accept(answers))
    }
    return true
  }

  /// What answers leave behind beside observations. When one detector waits for more bytes, all are asked again.
  private var heldBack: (contents: Int, unpacked: Int, named: NamesTally) {
    get { (contents.count, unpacked, named) }
    set {
      contents.removeLast(max(0, contents.count - newValue.contents))
      (unpacked, named) = (newValue.unpacked, newValue.named)
    }
  }

  // MARK: Result

  private mutating func facts() -> EntryFacts {
    let end = tape.view(max(0, tape.end - Self.tail), tape.end)
    identity = Identifier.refine(identity, tail: end.bytes, size: tape.end)
    if let tally = text?.finish() {
      for rule in catalog.rules { rule.judge(tally).forEach { collector.add($0) } }
      named.merge(tally.names)
    }
    var facts = EntryFacts(kind: identity.kind, observations: collector.observations(), attributes: attributes)
    for i in facts.observations.indices { facts.observations[i].keep(within: UInt64(tape.end)) }
    (facts.disposition, facts.reason) = identity.treatment.disposition
    facts.sight = identity.treatment.sight
    facts.names = named.names(withKeys: !facts.observations.isEmpty)
    if let detectedKind {
      facts.kind = detectedKind
      facts.sight = facts.sight ?? Treatment.of(detectedKind).sight
    }
    if let note = OpaqueCatalog.note(identity, opening: opaqueNote) { facts.notes.append(note) }
    if noise?.isAll == true, facts.kind == .unknown, facts.observations.isEmpty, contents.isEmpty {
      (facts.disposition, facts.reason) = (.opaque, .possiblyEncrypted)
      facts.notes.append(OpaqueNoise.note)
    }
    if let note = collector.note { facts.notes.append(note) }
    facts.limit(by: limits)
    facts.unpacked = unpacked
    facts.contents = contents.sorted { $0.place.offset < $1.place.offset }
    return facts
  }
}
