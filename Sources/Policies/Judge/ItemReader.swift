import CustodyCore

/// The observations of one entry, one line for each data class.
struct ClassReading: Sendable {
  var dataClass: DataClass
  var strength: Strength
  var count: ItemCount
  /// Faces, plates … counted in the pixels of pictures.
  var seen: Int
  /// The detector behind the strongest observation; of equals the first by name.
  var detector: String
  /// Some of it was seen in the pixels of a picture.
  var inPicture: Bool
  var encrypted: Tristate
  var captured: CaptureTime?
  /// Earliest and latest reading of any clock better than the file's own.
  var period: (from: CaptureTime, to: CaptureTime)?
}

/// Turns observations into items.
enum ItemReader {
  /// Readings in order of data class.
  ///
  /// Several detectors that look at the same bytes see the same items: where places overlap (or no place is given)
  /// the larger count counts, where they lie apart counts add up.
  static func read(_ e: Examination, nameTime: CaptureTime?) -> [ClassReading] {
    let observations = e.observations
    if observations.count == 1, let only = observations.first {
      return [reading(of: only.dataClass, [only], e, nameTime)]
    }
    var byClass: [DataClass: [Observation]] = [:]
    for o in observations { byClass[o.dataClass, default: []].append(o) }
    return byClass.keys.sorted().map { reading(of: $0, byClass[$0] ?? [], e, nameTime) }
  }

  private static func reading(
    of dataClass: DataClass, _ observations: [Observation], _ e: Examination, _ nameTime: CaptureTime?
  ) -> ClassReading {
    var strength = Strength.weak
    var encrypted = Tristate.unknown
    var best: CaptureTime?
    var period: (from: CaptureTime, to: CaptureTime)?
    var detector = observations.first
    for o in observations {
      strength = max(strength, o.strength)
      if let known = detector, (o.strength, known.detector) > (known.strength, o.detector) { detector = o }
      encrypted = merged(encrypted, encryption(o))
      if let time = captureTime(o.attributes) { note(time, &best, &period) }
    }
    if best == nil, let time = captureTime(e.attributes) { note(time, &best, &period) }
    if best.map({ !$0.clock.isReliable }) ?? true, let nameTime { note(nameTime, &best, &period) }
    if best == nil, let modified = e.modified { best = CaptureTime(instant: modified, clock: .mtime) }
    return ClassReading(
      dataClass: dataClass, strength: strength, count: count(observations), seen: seen(observations),
      detector: detector?.detector ?? "", inPicture: observations.contains(where: isInPicture),
      encrypted: encrypted, captured: best,
      period: period)
  }

  /// The better clock wins; of equal clocks the earlier time, because the oldest item decides about keeping.
  private static func note(
    _ time: CaptureTime, _ best: inout CaptureTime?, _ period: inout (from: CaptureTime, to: CaptureTime)?
  ) {
    if let known = best {
      if time.clock < known.clock || (time.clock == known.clock && time.earliest < known.earliest) { best = time }
    } else {
      best = time
    }
    guard time.clock.isReliable else { return }
    if let p = period {
      period = (time.nominal < p.from.nominal ? time : p.from, time.nominal > p.to.nominal ? time : p.to)
    } else {
      period = (time, time)
    }
  }

  static func captureTime(_ attributes: Attributes) -> CaptureTime? {
    guard !attributes.isEmpty, case .string(let text)? = attributes["capturedAt"],
      case .string(let clockText)? = attributes["clock"], let clock = CaptureClock(rawValue: clockText), clock != .none
    else { return nil }
    return CaptureTime(text, clock: clock)
  }

  /// What a structure proves has been read, so it lies there in plain; a pattern may be chance inside a cipher.
  private static func encryption(_ o: Observation) -> Tristate {
    switch o.attributes["encrypted"] {
    case .bool(let value)?: return value ? .yes : .no
    case .string(let text)?: return Tristate(rawValue: text) ?? .unknown
    default: return o.strength >= .strong ? .no : .unknown
    }
  }

  /// One plain item makes the entry's class plain; one that is encrypted outweighs not knowing.
  private static func merged(_ a: Tristate, _ b: Tristate) -> Tristate {
    if a == .no || b == .no { return .no }
    return a == .yes || b == .yes ? .yes : .unknown
  }

  private static func isSpecimen(_ o: Observation) -> Bool {
    switch o.attributes["specimen"] {
    case .bool(let value)?: value
    case .string?, .int?: true
    case nil: false
    }
  }

  /// A picture is one item, however many faces or plates were counted in it.
  private static func isInPicture(_ o: Observation) -> Bool { o.attributes["inPicture"] == .bool(true) }
  private static func items(_ o: Observation) -> Int { isInPicture(o) ? 1 : max(1, o.count) }

  private static func seen(_ observations: [Observation]) -> Int {
    observations.filter(isInPicture).reduce(0) { $0.addingSaturated(max(1, $1.count)) }
  }

  private static func count(_ observations: [Observation]) -> ItemCount {
    if observations.count == 1, let only = observations.first {
      let n = items(only)
      return ItemCount(items: n, specimens: isSpecimen(only) ? n : 0)
    }
    // Widest first at equal starts, so that a record comes before what was carved inside of it.
    let placed = observations.map { o -> (start: UInt64, end: UInt64, o: Observation) in
      guard let place = o.place else { return (0, .max, o) }
      let (end, overflow) = place.offset.addingReportingOverflow(max(1, place.length))
      return (place.offset, overflow ? .max : end, o)
    }.sorted { $0.start == $1.start ? $0.end > $1.end : $0.start < $1.start }
    var total = ItemCount(items: 0, specimens: 0)
    var cluster: [String: ItemCount] = [:]
    var clusterEnd: UInt64 = 0
    func close() {
      guard let items = cluster.values.map(\.items).max() else { return }
      let specimens = cluster.values.map(\.specimens).max() ?? 0
      total.items = total.items.addingSaturated(items)
      total.specimens = total.specimens.addingSaturated(min(items, specimens))
    }
    for p in placed {
      if p.start >= clusterEnd {
        close()
        cluster.removeAll(keepingCapacity: true)
      }
      clusterEnd = max(clusterEnd, p.end)
      let n = items(p.o)
      var sum = cluster[p.o.detector] ?? ItemCount(items: 0, specimens: 0)
      // What one detector saw in one picture is one item, whether surely or not.
      sum.items = isInPicture(p.o) ? max(sum.items, n) : sum.items.addingSaturated(n)
      if isSpecimen(p.o) { sum.specimens = sum.specimens.addingSaturated(n) }
      cluster[p.o.detector] = sum
    }
    close()
    return total
  }
}
