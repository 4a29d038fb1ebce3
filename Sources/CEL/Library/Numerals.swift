internal import Foundation

/// Doubles in decimal.
enum Numerals {
  /// The shortest digits that read back as the same double, and their exponent: `value = 0.d1d2… × 10^point`.
  private static func shortest(_ value: Double) -> (digits: [UInt8], point: Int) {
    // Swift prints the shortest digits; only their arrangement differs.
    var digits: [UInt8] = []
    var point = 0
    var sawPoint = false
    var exponent = 0
    let text = Array(value.magnitude.description.utf8)
    for (i, c) in text.enumerated() {
      if c == UInt8(ascii: ".") {
        sawPoint = true
      } else if c | 0x20 == UInt8(ascii: "e") {
        exponent = Int(String(decoding: text[(i + 1)...], as: UTF8.self)) ?? 0
        break
      } else {
        if !sawPoint { point += 1 }
        digits.append(c)
      }
    }
    while digits.first == 0x30 {
      digits.removeFirst()
      point -= 1
    }
    while digits.last == 0x30 { digits.removeLast() }
    return digits.isEmpty ? ([0x30], 1) : (digits, point + exponent)
  }

  private static func special(_ value: Double) -> String? {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    return nil
  }

  /// As `string(double)` writes it: an exponent below 1e-4 and from 1e6 on, like C's `%g`.
  static func general(_ value: Double) -> String {
    if let special = special(value) { return value.isNaN ? special : value < 0 ? "-Inf" : "+Inf" }
    let (digits, point) = shortest(value)
    guard point < -3 || point > 6 else { return plain(value) }
    let exponent = point - 1
    var text = (value.sign == .minus ? "-" : "") + String(decoding: digits.prefix(1), as: UTF8.self)
    if digits.count > 1 { text += "." + String(decoding: digits.dropFirst(), as: UTF8.self) }
    let magnitude = String(exponent.magnitude)
    return text + "e" + (exponent < 0 ? "-" : "+") + (magnitude.count < 2 ? "0" : "") + magnitude
  }

  /// Never an exponent, no superfluous digit: `%s` and `%d` of `format`.
  static func plain(_ value: Double) -> String {
    if let special = special(value) { return special }
    let (digits, point) = shortest(value)
    var text = value.sign == .minus ? "-" : ""
    if point <= 0 {
      text += "0"
    } else {
      text += String(decoding: digits.prefix(point), as: UTF8.self)
      text += String(repeating: "0", count: max(0, point - digits.count))
    }
    let fraction = digits.dropFirst(max(0, point))
    if !fraction.isEmpty, digits != [0x30] {
      text += "." + String(repeating: "0", count: max(0, -point)) + String(decoding: fraction, as: UTF8.self)
    }
    return text
  }

  /// Exactly `precision` digits after the point, rounded half to even on the exact value.
  static func fixed(_ value: Double, precision: Int) -> String {
    special(value) ?? String(format: "%.*f", precision, value)
  }

  /// `d.dde±dd`
  static func scientific(_ value: Double, precision: Int) -> String {
    special(value) ?? String(format: "%.*e", precision, value)
  }
}
