internal import CustodyCore
internal import Foundation

/// Parts of timestamps, in UTC or a named zone, and of durations (langdef, "Timezones").
enum TimeFunctions {
  private static let timestampOnly: [(name: String, part: @Sendable (CivilTime, Int32) -> Int)] = [
    ("getFullYear", { t, _ in t.year }),
    ("getMonth", { t, _ in t.month - 1 }),
    ("getDate", { t, _ in t.day }),
    ("getDayOfMonth", { t, _ in t.day - 1 }),
    ("getDayOfWeek", { t, _ in weekday(t) }),
    ("getDayOfYear", { t, _ in dayOfYear(t) }),
  ]

  private static let both:
    [(name: String, part: @Sendable (CivilTime, Int32) -> Int, whole: @Sendable (Int64, Int32) -> Int64)] = [
      ("getHours", { t, _ in t.hour }, { s, _ in s / 3600 }),
      ("getMinutes", { t, _ in t.minute }, { s, _ in s / 60 }),
      ("getSeconds", { t, _ in t.second }, { s, _ in s }),
      ("getMilliseconds", { _, n in Int(n / 1_000_000) }, { _, n in Int64(n / 1_000_000) }),
    ]

  static let all: [LibraryFunction] =
    timestampOnly.flatMap { accessor($0.name, $0.part, nil) } + both.flatMap { accessor($0.name, $0.part, $0.whole) }

  private static func accessor(
    _ name: String, _ part: @escaping @Sendable (CivilTime, Int32) -> Int,
    _ whole: (@Sendable (Int64, Int32) -> Int64)?
  ) -> [LibraryFunction] {
    [
      .unary(name, member: true, [(.timestamp, .int)] + (whole == nil ? [] : [(.duration, .int)])) {
        (value: CELValue, _: inout Frame) throws(CELError) -> CELValue in
        switch value {
        case .timestamp(let t): return .int(Int64(part(CivilTime(secondsSinceEpoch: t.seconds), t.nanoseconds)))
        case .duration(let seconds, let nanoseconds):
          if let whole { return .int(whole(seconds, nanoseconds)) }
        default: break
        }
        throw Arithmetic.noOverload(name, value)
      },
      .binary(name, member: true, [(.timestamp, .string, .int)]) {
        (value: CELValue, zone: CELValue, frame: inout Frame) throws(CELError) -> CELValue in
        guard case .timestamp(let t) = value, case .string(let zone) = zone else {
          throw Arithmetic.noOverload(name, value, zone)
        }
        try frame.charge(10)
        let seconds = t.seconds + (try offset(of: zone, at: t))
        return .int(Int64(part(CivilTime(secondsSinceEpoch: seconds), t.nanoseconds)))
      },
    ]
  }

  /// 0 is Sunday.
  private static func weekday(_ t: CivilTime) -> Int {
    // 1970-01-01 was a Thursday.
    let day = (t.dayNumber + 4) % 7
    return Int(day < 0 ? day + 7 : day)
  }

  /// 0 is the first of January.
  private static func dayOfYear(_ t: CivilTime) -> Int {
    (1..<t.month).reduce(t.day - 1) { $0 + CivilTime.days(inMonth: $1, of: t.year) }
  }

  /// Seconds east of UTC: `UTC`, `+02:00`, `-09:30`, `02:00`, or a name of the IANA time zone database.
  private static func offset(of zone: String, at t: Instant) throws(CELError) -> Int64 {
    if zone == "UTC" || zone == "Z" || zone.isEmpty { return 0 }
    if let fixed = fixedOffset(Array(zone.utf8)) { return fixed }
    guard zone.utf8.count <= 64, zone.utf8.allSatisfy({ $0.isNamePart || [0x2F, 0x2B, 0x2D].contains($0) }),
      let named = TimeZone(identifier: zone)
    else { throw CELError(.invalidArgument, "invalid argument: unknown time zone") }
    return Int64(named.secondsFromGMT(for: Date(timeIntervalSince1970: Double(t.seconds))))
  }

  private static func fixedOffset(_ text: [UInt8]) -> Int64? {
    var rest = text[...]
    var sign: Int64 = 1
    if let first = rest.first, first == 0x2B || first == 0x2D {
      sign = first == 0x2D ? -1 : 1
      rest.removeFirst()
    }
    let digits = Array(rest)
    guard digits.count == 5, digits[2] == 0x3A,
      [0, 1, 3, 4].allSatisfy({ digits[$0].isDigit })
    else { return nil }
    let hours = Int64(digits[0] - 0x30) * 10 + Int64(digits[1] - 0x30)
    let minutes = Int64(digits[3] - 0x30) * 10 + Int64(digits[4] - 0x30)
    guard hours < 24, minutes < 60 else { return nil }
    return sign * (hours * 3600 + minutes * 60)
  }
}
