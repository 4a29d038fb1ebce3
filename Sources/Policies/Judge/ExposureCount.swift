import CustodyCore

/// What of one data class was seen so far.
struct ExposureCount: Sendable {
  var entriesByStrength: [Strength: Int] = [:]
  var items = 0
  var from: CaptureTime?
  var to: CaptureTime?
  var clock = CaptureClock.none
  var sites: Set<UInt64> = []

  mutating func add(_ reading: ClassReading, site: UInt64?) {
    entriesByStrength[reading.strength, default: 0] += 1
    items = items.addingSaturated(reading.count.items)
    if let captured = reading.captured { clock = min(clock, captured.clock) }
    if let period = reading.period { widen(period.from, period.to) }
    if let site { sites.insert(site) }
  }

  private mutating func widen(_ first: CaptureTime, _ last: CaptureTime) {
    if from.map({ Self.precedes(first, $0) }) ?? true { from = first }
    if to.map({ Self.precedes($0, last) }) ?? true { to = last }
  }

  /// In time, then with a zone before without: no order of arrival shows.
  private static func precedes(_ a: CaptureTime, _ b: CaptureTime) -> Bool {
    a.nominal != b.nominal ? a.nominal < b.nominal : a.hasZone && !b.hasZone
  }

  mutating func merge(_ other: ExposureCount) {
    for (strength, n) in other.entriesByStrength { entriesByStrength[strength, default: 0] += n }
    items = items.addingSaturated(other.items)
    clock = min(clock, other.clock)
    if let first = other.from, let last = other.to { widen(first, last) }
    sites.formUnion(other.sites)
  }

  func line(_ dataClass: DataClass, distinct: Int) -> ExposureLine {
    ExposureLine(
      dataClass: dataClass, entriesByStrength: entriesByStrength, items: items, distinct: distinct,
      capturedFrom: from?.shown, capturedTo: to?.shown, clock: clock.rawValue, sites: sites.count)
  }
}
