import CustodyCore

/// Which clock a capture time was read from, best first.
enum CaptureClock: String, CaseIterable, Sendable, Hashable, Comparable {
  case record, database, exif, name, mtime, none

  private var rank: Int {
    switch self {
    case .record: 0
    case .database: 1
    case .exif: 2
    case .name: 3
    case .mtime: 4
    case .none: 5
    }
  }
  static func < (a: CaptureClock, b: CaptureClock) -> Bool { a.rank < b.rank }

  /// Copying resets a file's own time, so it never proves when something was captured.
  var isReliable: Bool { self < .mtime }
}

/// When something was captured, as far as it is known: a time without a zone is a stretch of 26 hours.
struct CaptureTime: Sendable, Hashable {
  var earliest: Instant
  var latest: Instant
  var clock: CaptureClock
  /// False: the reading had no zone and is shown as it stands.
  var hasZone: Bool
  /// The reading taken as UTC: for sorting and showing.
  var nominal: Instant

  /// Zones reach from UTC−12 to UTC+14.
  private static let eastmost: Int64 = 14 * 3600
  private static let westmost: Int64 = 12 * 3600

  init(instant: Instant, clock: CaptureClock) {
    earliest = instant
    latest = instant
    nominal = instant
    self.clock = clock
    hasZone = true
  }

  init(local civil: CivilTime, clock: CaptureClock, lasting seconds: Int64 = 0) {
    let moment = civil.secondsSinceEpoch
    nominal = Instant(seconds: moment)
    earliest = Instant(seconds: moment - Self.eastmost)
    latest = Instant(seconds: moment + seconds + Self.westmost)
    self.clock = clock
    hasZone = false
  }

  /// `yyyy-MM-ddTHH:mm:ss` with or without offset, or a bare date; nil for anything else.
  init?(_ text: String, clock: CaptureClock) {
    if let instant = Instant(rfc3339: text) {
      self.init(instant: instant, clock: clock)
      return
    }
    // Reuse the strict reader: a time without a zone is one that becomes valid with `Z` added.
    let bare = text.utf8.count == 10
    guard let asUTC = Instant(rfc3339: bare ? text + "T00:00:00Z" : text + "Z") else { return nil }
    self.init(local: CivilTime(secondsSinceEpoch: asUTC.seconds), clock: clock, lasting: bare ? 86_399 : 0)
  }

  /// RFC 3339, without the final `Z` when no zone is known.
  var shown: String {
    let text = Instant(seconds: nominal.seconds).description
    return hasZone ? text : String(text.dropLast())
  }
}
