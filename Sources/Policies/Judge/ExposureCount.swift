import CustodyCore

/// What of one data class was seen so far.
struct ExposureCount: Sendable {
  var entriesByStrength: [Strength: Int] = [:]
  var items = 0
  var seen = 0
  var from: CaptureTime?
  var to: CaptureTime?
  var clock = CaptureClock.none
  private var periods: [CaptureClock: Period] = [:]

  private struct Period: Sendable {
    var from: CaptureTime
    var to: CaptureTime
    var entries: Int
  }
  var sites: Set<UInt64> = []
  private var subjects = SubjectCount()
  /// Hashes of pictures, by the first bytes of their content's digest.
  private var hashes: [UInt64: PictureHash] = [:]
  /// More pictures than are compared.
  private var hasTooManyHashes = false

  mutating func add(_ reading: ClassReading, of e: Examination, site: UInt64?) {
    if let content = e.sha256?.words.0, !e.attributes.isEmpty, let hash = PictureHash(e.attributes) {
      note(hash, content)
    }
    entriesByStrength[reading.strength, default: 0] += 1
    items = items.addingSaturated(reading.count.items)
    seen = seen.addingSaturated(reading.seen)
    subjects.add(reading, of: e)
    if let captured = reading.captured {
      clock = min(clock, captured.clock)
      note(Period(from: captured, to: captured, entries: 1), captured.clock)
    }
    if let period = reading.period { widen(period.from, period.to) }
    if let site { sites.insert(site) }
  }

  private mutating func widen(_ first: CaptureTime, _ last: CaptureTime) {
    if from.map({ Self.precedes(first, $0) }) ?? true { from = first }
    if to.map({ Self.precedes($0, last) }) ?? true { to = last }
  }

  private mutating func note(_ period: Period, _ clock: CaptureClock) {
    guard var known = periods[clock] else {
      periods[clock] = period
      return
    }
    if Self.precedes(period.from, known.from) { known.from = period.from }
    if Self.precedes(known.to, period.to) { known.to = period.to }
    known.entries += period.entries
    periods[clock] = known
  }

  /// In time, then with a zone before without: no order of arrival shows.
  private static func precedes(_ a: CaptureTime, _ b: CaptureTime) -> Bool {
    a.nominal != b.nominal ? a.nominal < b.nominal : a.hasZone && !b.hasZone
  }

  private mutating func note(_ hash: PictureHash, _ content: UInt64) {
    if hashes.count >= NearDuplicates.mostHashes, hashes[content] == nil {
      hasTooManyHashes = true
    } else {
      hashes[content] = hash
    }
  }

  mutating func merge(_ other: ExposureCount) {
    for (strength, n) in other.entriesByStrength { entriesByStrength[strength, default: 0] += n }
    items = items.addingSaturated(other.items)
    seen = seen.addingSaturated(other.seen)
    subjects.merge(other.subjects)
    clock = min(clock, other.clock)
    for (clock, period) in other.periods { note(period, clock) }
    if let first = other.from, let last = other.to { widen(first, last) }
    sites.formUnion(other.sites)
    hasTooManyHashes = hasTooManyHashes || other.hasTooManyHashes
    for (content, hash) in other.hashes { note(hash, content) }
  }

  /// Contents when pictures that look alike are counted once; nil without pictures, or when they are too many.
  private func lookDistinct(_ distinct: Int) -> Int? {
    guard !hashes.isEmpty, !hasTooManyHashes, let groups = NearDuplicates.groups(hashes.values) else { return nil }
    return max(groups, distinct - hashes.count + groups)
  }

  /// True when there are pictures whose likeness was not looked at, because they are too many.
  func isUncompared(_ line: ExposureLine) -> Bool { !hashes.isEmpty && line.lookDistinct == nil }

  func line(_ dataClass: DataClass, distinct: Int) -> ExposureLine {
    ExposureLine(
      dataClass: dataClass, entriesByStrength: entriesByStrength, items: items, seenInPictures: seen,
      distinct: distinct,
      lookDistinct: lookDistinct(distinct),
      capturedFrom: from?.shown, capturedTo: to?.shown, clock: clock.rawValue,
      periods: periods.sorted { $0.key < $1.key }.map {
        CapturePeriod(
          clock: $0.key.rawValue, from: $0.value.from.shown, to: $0.value.to.shown, entries: $0.value.entries)
      }, sites: sites.count,
      subjects: subjects.bounds(dataClass))
  }
}
