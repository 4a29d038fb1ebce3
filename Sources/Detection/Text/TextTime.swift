import CustodyCore

/// A point in time as databases and devices write it.
struct TextTime: Sendable, Hashable, Comparable {
  /// Since 1970, the reading taken as UTC: for comparing.
  var seconds: Int64
  /// A zone or the epoch itself was written.
  var isUTC: Bool

  static func < (a: TextTime, b: TextTime) -> Bool { (a.seconds, a.isUTC ? 1 : 0) < (b.seconds, b.isUTC ? 1 : 0) }

  private static let earliest: Int64 = 631_152_000  // 1990-01-01
  private static let latest: Int64 = 4_102_444_800  // 2100-01-01

  /// `yyyy-MM-dd[ T]HH:mm:ss` with `Z` or an offset if any, `yyyy/MM/dd …`, `yyyyMMddHHmmss`, or seconds or milliseconds
  /// since 1970. Dates with the day or the month first are left alone: which it is, the file does not say.
  init?(_ v: Span<UInt8>) {
    func number(_ from: Int, _ count: Int) -> Int? {
      guard from + count <= v.count else { return nil }
      var n = 0
      for i in from..<from + count {
        guard v[i] &- 0x30 < 10 else { return nil }
        n = n * 10 + Int(v[i] - 0x30)
      }
      return n
    }
    var digits = 0
    while digits < v.count, v[digits] &- 0x30 < 10 { digits += 1 }
    let isWhole = digits == v.count || v[digits] == 0x2E
    if digits == 10 || digits == 13, isWhole, let n = number(0, digits) {
      seconds = Int64(n) / (digits == 13 ? 1000 : 1)
      isUTC = true
    } else if digits == 14, v.count == 14, let year = number(0, 4), let month = number(4, 2), let day = number(6, 2),
      let hour = number(8, 2), let minute = number(10, 2), let second = number(12, 2),
      let time = CivilTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    {
      seconds = time.secondsSinceEpoch
      isUTC = false
    } else if digits == 4, v.count >= 10, v[4] == 0x2D || v[4] == 0x2F, v[7] == v[4], let year = number(0, 4),
      let month = number(5, 2), let day = number(8, 2)
    {
      var clock = (0, 0, 0)
      var end = 10
      if v.count >= 16, v[10] == 0x54 || v[10] == 0x20 || v[10] == 0x74, v[13] == 0x3A, let hour = number(11, 2),
        let minute = number(14, 2)
      {
        clock = (hour, minute, 0)
        end = 16
        if v.count >= 19, v[16] == 0x3A, let second = number(17, 2) {
          clock.2 = second
          end = 19
          if end < v.count, v[end] == 0x2E {
            end += 1
            while end < v.count, v[end] &- 0x30 < 10 { end += 1 }
          }
        }
      }
      guard
        let time = CivilTime(
          year: year, month: month, day: day, hour: clock.0, minute: clock.1, second: clock.2)
      else { return nil }
      seconds = time.secondsSinceEpoch
      isUTC = false
      if end < v.count, end >= 16 {
        if v[end] == 0x5A || v[end] == 0x7A {
          isUTC = true
        } else if v[end] == 0x2B || v[end] == 0x2D, let hours = number(end + 1, 2), hours <= 14 {
          let minutes = number(end + 4, 2) ?? number(end + 3, 2) ?? 0
          let shift = Int64(hours * 3600 + min(minutes, 59) * 60)
          seconds += v[end] == 0x2B ? -shift : shift
          isUTC = true
        }
      }
    } else {
      return nil
    }
    guard (Self.earliest..<Self.latest).contains(seconds) else { return nil }
  }

  /// `yyyy-MM-ddTHH:mm:ss`, with `Z` when the zone is known.
  var text: String {
    let civil = CivilTime(secondsSinceEpoch: seconds)
    return civil.dateText + "T" + civil.timeText + (isUTC ? "Z" : "")
  }
}
