internal import CustodyCore

/// Timestamps and durations as CEL bounds them.
///
/// Durations hold what 64 bits of nanoseconds can, about ±292 years, as in the reference implementation: the difference
/// of the first and last timestamp is an error there too.
enum Moment {
  private static let billion: Int128 = 1_000_000_000

  /// Exact for any seconds and nanoseconds a host can pass.
  static func nanoseconds(_ seconds: Int64, _ nanoseconds: Int32) -> Int128 {
    Int128(seconds) * billion + Int128(nanoseconds)
  }

  static func duration(_ nanoseconds: Int128) throws(CELError) -> CELValue {
    guard let total = Int64(exactly: nanoseconds) else {
      throw CELError(.overflow, "duration out of range")
    }
    return .duration(seconds: total / 1_000_000_000, nanoseconds: Int32(total % 1_000_000_000))
  }

  static func timestamp(_ nanoseconds: Int128) throws(CELError) -> Instant {
    var seconds = nanoseconds / billion
    var rest = nanoseconds % billion
    if rest < 0 {
      rest += billion
      seconds -= 1
    }
    guard let whole = Int64(exactly: seconds) else { throw outOfRange }
    let instant = Instant(seconds: whole, nanoseconds: Int32(rest))
    guard instant >= .earliest, instant <= .latest else { throw outOfRange }
    return instant
  }

  static var outOfRange: CELError { CELError(.overflow, "timestamp out of range: years 0001 to 9999") }

  static func add(_ t: Instant, _ seconds: Int64, _ nanos: Int32) throws(CELError) -> Instant {
    try timestamp(nanoseconds(t.seconds, t.nanoseconds) + nanoseconds(seconds, nanos))
  }

  static func subtract(_ t: Instant, _ seconds: Int64, _ nanos: Int32) throws(CELError) -> Instant {
    try timestamp(nanoseconds(t.seconds, t.nanoseconds) - nanoseconds(seconds, nanos))
  }

  /// `1h45m47.5s`: numbers with units h, m, s, ms, us (µs), ns, one sign before all of them; `0` needs no unit.
  static func parse(duration text: String) -> CELValue? {
    var rest = Array(text.utf8)[...]
    var negative = false
    if let sign = rest.first, sign == 0x2B || sign == 0x2D {
      negative = sign == 0x2D
      rest.removeFirst()
    }
    if rest.elementsEqual("0".utf8) { return .duration(seconds: 0, nanoseconds: 0) }
    guard !rest.isEmpty else { return nil }
    var total: Int128 = 0
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isDigit }
      rest = rest.dropFirst(digits.count)
      var fraction = digits.suffix(0)
      if rest.first == 0x2E {
        rest.removeFirst()
        fraction = rest.prefix { $0.isDigit }
        rest = rest.dropFirst(fraction.count)
      }
      guard !digits.isEmpty || !fraction.isEmpty, digits.count <= 20 else { return nil }
      let name = rest.prefix { !$0.isDigit && $0 != 0x2E }
      rest = rest.dropFirst(name.count)
      guard let unit = units[String(decoding: name, as: UTF8.self)] else { return nil }
      total += digits.reduce(Int128(0)) { $0 * 10 + Int128($1 - 0x30) } * unit
      // Digits beyond the 18th are less than a nanosecond of the largest unit.
      var scale = unit * 1_000_000
      for digit in fraction.prefix(18) {
        scale /= 10
        total += Int128(digit - 0x30) * scale / 1_000_000
      }
      guard total <= Int128(Int64.max) + 1 else { return nil }
    }
    return try? duration(negative ? -total : total)
  }

  private static let units: [String: Int128] = [
    "h": 3600 * billion, "m": 60 * billion, "s": billion, "ms": 1_000_000, "us": 1000, "µs": 1000, "μs": 1000,
    "ns": 1,
  ]

  /// Decimal seconds and `s`: `6347s`, `-0.5s`.
  static func text(seconds: Int64, nanoseconds: Int32) -> String {
    let negative = seconds < 0 || nanoseconds < 0
    var text = (negative ? "-" : "") + String(seconds.magnitude)
    if nanoseconds != 0 {
      var digits = String(nanoseconds.magnitude)
      digits = String(repeating: "0", count: max(0, 9 - digits.count)) + digits
      while digits.hasSuffix("0") { digits.removeLast() }
      text += "." + digits
    }
    return text + "s"
  }
}
