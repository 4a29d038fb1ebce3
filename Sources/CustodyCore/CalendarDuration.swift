/// An ISO 8601 duration: calendar months and exact seconds kept apart, because a month is no fixed number of seconds.
///
/// `PT3M` is three minutes, `P3M` three months. Weeks and days count as exact 24-hour days in UTC.
public struct CalendarDuration: Sendable, Hashable, CustomStringConvertible {
  /// Years count as 12.
  public var months: Int64
  public var seconds: Int64
  /// The text it was read from.
  public var description: String

  /// ISO 8601-1:2019 clause 5.5.2 (`PnYnMnDTnHnMnS` or `PnW`), whole non-negative numbers, at least one; nil otherwise.
  /// Each number at most 1,000,000.
  public init?(_ text: some StringProtocol) {
    var rest = Substring(text)
    guard rest.popFirst() == "P" else { return nil }
    var months: Int64 = 0
    var seconds: Int64 = 0
    var inTime = false
    var lastRank = -1
    var any = false
    while let c = rest.first {
      if c == "T" {
        guard !inTime else { return nil }
        inTime = true
        rest.removeFirst()
        guard !rest.isEmpty else { return nil }
        continue
      }
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard !digits.isEmpty, digits.count <= 7, let n = Int64(digits), n <= 1_000_000 else { return nil }
      rest = rest.dropFirst(digits.count)
      guard let unit = rest.popFirst() else { return nil }
      let rank: Int
      switch (unit, inTime) {
      case ("Y", false):
        rank = 0
        months += n * 12
      case ("M", false):
        rank = 1
        months += n
      case ("W", false):
        rank = 2
        seconds += n * 604_800
      case ("D", false):
        rank = 3
        seconds += n * 86_400
      case ("H", true):
        rank = 4
        seconds += n * 3600
      case ("M", true):
        rank = 5
        seconds += n * 60
      case ("S", true):
        rank = 6
        seconds += n
      default: return nil
      }
      guard rank > lastRank else { return nil }
      lastRank = rank
      any = true
    }
    guard any else { return nil }
    self.months = months
    self.seconds = seconds
    self.description = String(text)
  }
}

extension Instant {
  /// This moment plus a duration: months first, the day clamped to the end of the month, then seconds.
  /// Results outside years 0001…9999 are clamped to them.
  public func adding(_ duration: CalendarDuration) -> Instant {
    var civil = CivilTime(secondsSinceEpoch: seconds)
    let month = Int64(civil.year) * 12 + Int64(civil.month - 1) + duration.months
    let year = month / 12
    guard year >= 1 else { return .earliest }
    guard year <= 9999 else { return .latest }
    civil.year = Int(year)
    civil.month = Int(month % 12) + 1
    civil.day = min(civil.day, CivilTime.days(inMonth: civil.month, of: civil.year))
    let (sum, overflow) = civil.secondsSinceEpoch.addingReportingOverflow(duration.seconds)
    guard !overflow else { return .latest }
    return min(max(Instant(seconds: sum, nanoseconds: nanoseconds), .earliest), .latest)
  }
}
