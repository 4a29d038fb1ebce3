/// A point in time: whole seconds since 1970-01-01T00:00:00Z plus nanoseconds, on the proleptic Gregorian calendar.
///
/// Nothing in this project reads the wall clock to judge: an instant always comes from input (`--as-of`, a record, a file).
public struct Instant: Sendable, Hashable, Comparable, CustomStringConvertible {
  public var seconds: Int64
  /// 0 ..< 1_000_000_000
  public var nanoseconds: Int32

  public init(seconds: Int64, nanoseconds: Int32 = 0) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  public static func < (a: Instant, b: Instant) -> Bool {
    (a.seconds, a.nanoseconds) < (b.seconds, b.nanoseconds)
  }

  /// Years 0001 to 9999, the range RFC 3339 can write.
  public static let earliest = Instant(seconds: -62_135_596_800)
  public static let latest = Instant(seconds: 253_402_300_799, nanoseconds: 999_999_999)

  /// RFC 3339 section 5.6 `date-time`, upper or lower case `T` and `Z`; nil for anything else, also for impossible dates.
  public init?(rfc3339 text: some StringProtocol) {
    let u = Array(text.utf8)
    guard u.count >= 20, u[4] == 0x2D, u[7] == 0x2D, u[10] | 0x20 == 0x74, u[13] == 0x3A, u[16] == 0x3A,
      let y = Self.number(u[0..<4]), let mo = Self.number(u[5..<7]), let d = Self.number(u[8..<10]),
      let h = Self.number(u[11..<13]), let mi = Self.number(u[14..<16]), let s = Self.number(u[17..<19])
    else { return nil }
    var i = 19
    var nanos: Int32 = 0
    if u[i] == 0x2E {
      i += 1
      var scale: Int32 = 100_000_000
      let start = i
      while i < u.count, (0x30...0x39).contains(u[i]) {
        nanos += Int32(u[i] - 0x30) * scale
        scale /= 10
        i += 1
      }
      guard i > start, i - start <= 9 else { return nil }
    }
    guard i < u.count else { return nil }
    var offset: Int64 = 0
    if u[i] | 0x20 == 0x7A {
      guard i + 1 == u.count else { return nil }
    } else {
      guard u[i] == 0x2B || u[i] == 0x2D, u.count == i + 6, u[i + 3] == 0x3A,
        let oh = Self.number(u[(i + 1)..<(i + 3)]), let om = Self.number(u[(i + 4)..<(i + 6)]), oh < 24, om < 60
      else { return nil }
      offset = Int64(oh * 3600 + om * 60) * (u[i] == 0x2D ? -1 : 1)
    }
    guard let civil = CivilTime(year: y, month: mo, day: d, hour: h, minute: mi, second: min(s, 59)), s <= 60 else {
      return nil
    }
    self.init(seconds: civil.secondsSinceEpoch + (s == 60 ? 1 : 0) - offset, nanoseconds: nanos)
    guard self >= Self.earliest, self <= Self.latest else { return nil }
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    var v = 0
    for c in digits {
      guard (0x30...0x39).contains(c) else { return nil }
      v = v * 10 + Int(c - 0x30)
    }
    return v
  }

  /// RFC 3339 in UTC; fractions only when there are any, without trailing zeros.
  public var description: String {
    let c = CivilTime(secondsSinceEpoch: seconds)
    var text = c.dateText + "T" + c.timeText
    if nanoseconds != 0 {
      var digits = String(nanoseconds)
      digits = String(repeating: "0", count: max(0, 9 - digits.count)) + digits
      while digits.hasSuffix("0") { digits.removeLast() }
      text += "." + digits
    }
    return text + "Z"
  }
}

/// A calendar date and time of day without a zone (proleptic Gregorian, no leap seconds).
public struct CivilTime: Sendable, Hashable {
  public var year: Int
  /// 1...12
  public var month: Int
  /// 1...31
  public var day: Int
  public var hour: Int
  public var minute: Int
  public var second: Int

  /// Nil when the fields name no real moment (month 13, 30 February, hour 24 …).
  public init?(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
    guard (-9999...9999).contains(year), (1...12).contains(month), day >= 1,
      day <= CivilTime.days(inMonth: month, of: year),
      (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
  }

  public init(secondsSinceEpoch s: Int64) {
    let days = s >= 0 ? s / 86_400 : -((86_399 - s) / 86_400)
    let rest = Int(s - days * 86_400)
    // Civil from days: Howard Hinnant's public-domain description, eras of 400 years.
    let z = Int(days) + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let doe = z - era * 146_097
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100)
    let mp = (5 * doy + 2) / 153
    day = doy - (153 * mp + 2) / 5 + 1
    month = mp < 10 ? mp + 3 : mp - 9
    year = yoe + era * 400 + (month <= 2 ? 1 : 0)
    hour = rest / 3600
    minute = rest % 3600 / 60
    second = rest % 60
  }

  /// Days since 1970-01-01.
  public var dayNumber: Int64 {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yoe = y - era * 400
    let doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy
    return Int64(era * 146_097 + doe - 719_468)
  }

  /// As if the fields were UTC.
  public var secondsSinceEpoch: Int64 { dayNumber * 86_400 + Int64(hour * 3600 + minute * 60 + second) }

  public static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  public static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// `yyyy-MM-dd`
  public var dateText: String { Self.pad(year, 4) + "-" + Self.pad(month, 2) + "-" + Self.pad(day, 2) }
  /// `HH:mm:ss`
  public var timeText: String { Self.pad(hour, 2) + ":" + Self.pad(minute, 2) + ":" + Self.pad(second, 2) }

  static func pad(_ n: Int, _ width: Int) -> String {
    let digits = String(n.magnitude)
    return (n < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
