/// Shapes and check digits of the numbers that name a person.
///
/// Each of these shapes occurs by chance in ordinary tables, the national ones with a check digit excepted: they are asked only of
/// values whose column has the name.
enum IdentityNumber {
  /// True when a value has the shape its column's role demands.
  static func isValid(_ value: Span<UInt8>, as role: ColumnRole) -> Bool {
    switch role {
    case .passport, .document: isDocument(value)
    case .visa: digits(value, from: 0) == 8 && value.count == 8 || isLetter(value, 0) && hasDigits(value, 1, 7)
    case .alien: hasDigits(value, isA(value) ? dash(value, 1) : 0, 7, 8, 9)
    case .vagueAlien: isA(value) && hasDigits(value, dash(value, 1), 7, 8, 9)
    case .socialSecurity: isSocialSecurity(value)
    case .taxpayer: isTaxpayer(value)
    case .curp: isCURP(value)
    case .receipt: isReceipt(value)
    case .arrival: isArrival(value)
    case .sevis: value.count == 11 && upper(value, 0) == 0x4E && hasDigits(value, 1, 10)
    default: false
    }
  }

  /// ICAO Doc 9303-3: a document number has up to nine characters; fewer than four digits are words.
  private static func isDocument(_ v: Span<UInt8>) -> Bool {
    guard v.count >= 6, v.count <= 9 else { return false }
    var digits = 0
    var first: UInt8?
    var varies = false
    for i in v.indices {
      let c = upper(v, i)
      guard c &- 0x30 < 10 || c &- 0x41 < 26 else { return false }
      if c &- 0x30 < 10 { digits += 1 }
      if let first, first != c { varies = true }
      first = first ?? c
    }
    return digits >= 4 && varies
  }

  /// Nine digits, plain or as 3-2-4, without the numbers the Social Security Administration never gives (POMS RM
  /// 10201.035) and those used in print.
  private static func isSocialSecurity(_ v: Span<UInt8>) -> Bool {
    guard let n = nine(v) else { return false }
    let (area, group, serial) = (n / 1_000_000, n / 10_000 % 100, n % 10_000)
    guard area != 0, area != 666, area < 900, group != 0, serial != 0 else { return false }
    return n != 78_051_120 && n != 123_456_789 && n != 219_099_999 && n % 111_111_111 != 0
  }

  /// Individual taxpayer numbers (IRS Publication 1915): area 900–999, groups 50–65, 70–88, 90–92, 94–99.
  private static func isTaxpayer(_ v: Span<UInt8>) -> Bool {
    guard let n = nine(v), n / 1_000_000 >= 900 else { return false }
    let group = n / 10_000 % 100
    return (50...65).contains(group) || (70...88).contains(group) || (90...92).contains(group) || group >= 94
  }

  /// Nine digits with both dashes, both spaces, or neither.
  private static func nine(_ v: Span<UInt8>) -> Int? {
    guard v.count == 9 || v.count == 11 else { return nil }
    var n = 0
    for i in v.indices {
      if v.count == 11, i == 3 || i == 6 {
        guard v[i] == v[3], v[i] == 0x2D || v[i] == 0x20 else { return nil }
        continue
      }
      guard v[i] &- 0x30 < 10 else { return nil }
      n = n * 10 + Int(v[i] - 0x30)
    }
    return n
  }

  /// Receipt numbers begin with the service centre.
  private static func isReceipt(_ v: Span<UInt8>) -> Bool {
    guard v.count == 13, hasDigits(v, 3, 10) else { return false }
    let prefix = Int(upper(v, 0)) << 16 | Int(upper(v, 1)) << 8 | Int(upper(v, 2))
    return centres.contains(prefix)
  }
  private static let centres: Set<Int> = Set(
    ["EAC", "WAC", "LIN", "SRC", "MSC", "IOE", "NBC", "YSC"].map { $0.utf8.reduce(0) { $0 << 8 | Int($1) } })

  /// Form I-94: eleven digits, since 2019 with a letter in the tenth place.
  private static func isArrival(_ v: Span<UInt8>) -> Bool {
    guard v.count == 11, digits(v, from: 0) >= 9, v[10] &- 0x30 < 10 else { return false }
    return v[9] &- 0x30 < 10 || isLetter(v, 9)
  }

  /// Clave Única de Registro de Población: initials, date of birth, sex, state, consonants, and a check digit over an
  /// alphabet with Ñ after N (Diario Oficial de la Federación, 18 October 2021, instructivo normativo).
  private static func isCURP(_ v: Span<UInt8>) -> Bool {
    guard v.count == 18 else { return false }
    var sum = 0
    for i in 0..<17 {
      let c = upper(v, i)
      let isDigit = c &- 0x30 < 10
      guard isDigit || c &- 0x41 < 26 else { return false }
      let index = isDigit ? Int(c) - 0x30 : Int(c) - 0x41 + 10 + (c > 0x4E ? 1 : 0)
      sum += index * (18 - i)
      let mustBeDigit = (4..<10).contains(i)
      if i < 16, isDigit != mustBeDigit { return false }
    }
    guard v[17] &- 0x30 < 10, Int(v[17] - 0x30) == (10 - sum % 10) % 10 else { return false }
    func pair(_ i: Int) -> Int { Int(v[i] &- 0x30) * 10 + Int(v[i + 1] &- 0x30) }
    guard (1...12).contains(pair(6)), (1...31).contains(pair(8)) else { return false }
    let sex = upper(v, 10)
    guard sex == 0x48 || sex == 0x4D || sex == 0x58 else { return false }
    return states.contains(Int(upper(v, 11)) << 8 | Int(upper(v, 12)))
  }
  private static let states: Set<Int> = Set(
    "AS BC BS CC CL CM CS CH DF DG GT GR HG JC MC MN MS NT NL OC PL QT QR SP SL SR TC TS TL VZ YN ZS NE"
      .split(separator: " ").map { $0.utf8.reduce(0) { $0 << 8 | Int($1) } })

  // MARK: Characters

  @inline(__always)
  private static func upper(_ v: Span<UInt8>, _ i: Int) -> UInt8 {
    guard i < v.count else { return 0 }
    return v[i] &- 0x61 < 26 ? v[i] &- 0x20 : v[i]
  }
  private static func isLetter(_ v: Span<UInt8>, _ i: Int) -> Bool { upper(v, i) &- 0x41 < 26 }
  private static func isA(_ v: Span<UInt8>) -> Bool { upper(v, 0) == 0x41 }
  private static func dash(_ v: Span<UInt8>, _ i: Int) -> Int {
    i < v.count && (v[i] == 0x2D || v[i] == 0x20 || v[i] == 0x23) ? i + 1 : i
  }
  /// Digits that follow one another from `from`; an A-number may be grouped by dashes.
  private static func digits(_ v: Span<UInt8>, from: Int) -> Int {
    var i = from
    while i < v.count, v[i] &- 0x30 < 10 { i += 1 }
    return i - from
  }
  /// True when exactly one of these numbers of digits stands from `from` to the end.
  private static func hasDigits(_ v: Span<UInt8>, _ from: Int, _ counts: Int...) -> Bool {
    from <= v.count && digits(v, from: from) == v.count - from && counts.contains(v.count - from)
      && !isConstant(v, from)
  }
  private static func isConstant(_ v: Span<UInt8>, _ from: Int) -> Bool {
    guard from < v.count else { return true }
    for i in from..<v.count where v[i] != v[from] { return false }
    return true
  }
}
