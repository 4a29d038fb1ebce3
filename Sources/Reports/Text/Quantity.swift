/// Numbers as people read them, without any locale.
enum Quantity {
  /// Bytes with a binary unit (IEC 80000-13) and one decimal, rounded half up: `48.1 KiB`; below 1024 exactly.
  static func bytes(_ count: UInt64) -> String {
    guard count >= 1024 else { return String(count) + " B" }
    let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    var shift: UInt64 = 10
    var unit = 0
    while unit + 1 < units.count, tenths(count, shift) >= 10_240 {
      shift += 10
      unit += 1
    }
    let value = tenths(count, shift)
    return String(value / 10) + "." + String(value % 10) + " " + units[unit]
  }

  /// Tenths of `count / 2^shift`, rounded half up, without overflow for any 64-bit count.
  private static func tenths(_ count: UInt64, _ shift: UInt64) -> UInt64 {
    let whole = count >> shift
    let rest = count & ((1 << shift) - 1)
    // `rest` is below 2^60, so ten times it fits when the low bits that cannot matter are dropped first.
    let spare: UInt64 = shift > 50 ? shift - 50 : 0
    let scaled = ((rest >> spare) * 10 + (1 << (shift - spare - 1))) >> (shift - spare)
    return whole * 10 + scaled
  }

  /// Digits grouped by three: `184,000`.
  static func count(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var out = ""
    for (i, c) in digits.enumerated() {
      if i > 0, (digits.count - i) % 3 == 0 { out.append(",") }
      out.append(c)
    }
    return value < 0 ? "-" + out : out
  }

  /// `1 entry`, `2 entries`.
  static func of(_ value: Int, _ one: String, _ many: String) -> String {
    count(value) + " " + (value == 1 ? one : many)
  }

  static func entries(_ value: Int) -> String { of(value, "entry", "entries") }

  /// Share of the whole in percent, one decimal, rounded towards zero, so that 100.0 % means all of it.
  static func percent(_ part: Int, of whole: Int) -> String {
    guard whole > 0, part >= 0, part <= whole else { return "-" }
    let permille = UInt64(part).multipliedFullWidth(by: 1000)
    let (value, _) = UInt64(whole).dividingFullWidth((permille.high, permille.low))
    return String(value / 10) + "." + String(value % 10) + " %"
  }
}
