/// Where the fields of a machine readable zone stand, counted through all its lines (Doc 9303 parts 4 to 7).
struct MRZLayout {
  var format: MRZ.Format
  let issuer = 2
  var nationality: Int
  var number: Range<Int>
  var birth: Range<Int>
  var sex: Int
  var expiry: Range<Int>
  var optional: Range<Int>
  /// Check digit of the optional data of a TD3.
  var optionalDigit: Int?
  var composite: Int?
  var compositeRanges: [Range<Int>]
  var names: Range<Int>

  /// The layout for this many characters and this document code.
  init?(_ c: [UInt8]) {
    guard let code = c.first, (0x41...0x5A).contains(code) else { return nil }
    let isVisa = code == 0x56
    switch c.count {
    case 88:
      guard isVisa || code == 0x50 else { return nil }
      self.init(format: isVisa ? .mrvA : .td3, line: 44)
    case 72:
      self.init(format: isVisa ? .mrvB : .td2, line: 36)
    case 90:
      guard !isVisa else { return nil }
      self.init()
    default: return nil
    }
  }

  /// TD1: three lines of 30.
  private init() {
    format = .td1
    nationality = 45
    number = 5..<14
    birth = 30..<36
    sex = 37
    expiry = 38..<44
    optional = 15..<30
    composite = 59
    compositeRanges = [5..<37, 38..<45, 48..<59]
    names = 60..<90
  }

  /// Two lines of `b` characters.
  private init(format: MRZ.Format, line b: Int) {
    self.format = format
    nationality = b + 10
    number = b..<b + 9
    birth = b + 13..<b + 19
    sex = b + 20
    expiry = b + 21..<b + 27
    names = 5..<b
    switch format {
    case .td3:
      optional = b + 28..<b + 42
      optionalDigit = b + 42
      composite = b + 43
      compositeRanges = [b..<b + 10, b + 13..<b + 20, b + 21..<b + 43]
    case .td2:
      optional = b + 28..<b + 35
      composite = b + 35
      compositeRanges = [b..<b + 10, b + 13..<b + 20, b + 21..<b + 35]
    case .td1, .mrvA, .mrvB:
      optional = b + 28..<b + b
      compositeRanges = []
    }
  }

  /// Document codes of Doc 9303: P and V by their layouts; A, C, I (and P on a passport card) for the smaller sizes.
  func isCommonCode(_ c: [UInt8]) -> Bool {
    switch format {
    case .td3, .mrvA, .mrvB: true
    case .td1, .td2: "ACIP".utf8.contains(c[0])
    }
  }

  /// Letters where only letters stand, digits where only digits stand.
  func hasShape(_ c: [UInt8]) -> Bool {
    guard isLetterOrFiller(c[1]), isLetter(c[issuer]), isLetterOrFiller(c[issuer + 1]), isLetterOrFiller(c[issuer + 2]),
      (nationality..<nationality + 3).allSatisfy({ isLetterOrFiller(c[$0]) }),
      [0x4D, 0x46, 0x58, MRZ.filler].contains(c[sex]), isLetter(c[names.lowerBound]), c[number.lowerBound] != MRZ.filler
    else { return false }
    for i in birth where isLetter(c[i]) { return false }
    for i in expiry where isLetter(c[i]) { return false }
    for i in names where isDigit(c[i]) { return false }
    if let composite, !isDigit(c[composite]) { return false }
    return true
  }

  /// Check digits that fail, the composite apart (true when it holds or there is none).
  func checks(_ c: [UInt8]) -> (fields: Int, composite: Bool) {
    var failures = 0
    func holds(_ digit: Int, _ range: Range<Int>, fillerAllowed: Bool = false) -> Bool {
      let expected = MRZ.checkDigit(c, [range])
      if isDigit(c[digit]) { return Int(c[digit] - 0x30) == expected }
      return fillerAllowed && c[digit] == MRZ.filler && range.allSatisfy { c[$0] == MRZ.filler }
    }
    if c[number.upperBound] == MRZ.filler, format == .td1 || format == .td2 {
      if !longNumberHolds(c) { failures += 1 }
    } else if !holds(number.upperBound, number) {
      failures += 1
    }
    if !holds(birth.upperBound, birth, fillerAllowed: true) { failures += 1 }
    if !holds(expiry.upperBound, expiry, fillerAllowed: true) { failures += 1 }
    if let optionalDigit, !holds(optionalDigit, optional, fillerAllowed: true) { failures += 1 }
    guard let composite else { return (failures, true) }
    return (failures, isDigit(c[composite]) && Int(c[composite] - 0x30) == MRZ.checkDigit(c, compositeRanges))
  }

  /// Doc 9303-5 section 4.2.2 note j: a number of more than nine characters goes on in the optional data, with its digit last.
  private func longNumberHolds(_ c: [UInt8]) -> Bool {
    var end = optional.lowerBound
    while end < optional.upperBound, c[end] != MRZ.filler { end += 1 }
    guard end - optional.lowerBound >= 2, isDigit(c[end - 1]) else { return false }
    return Int(c[end - 1] - 0x30) == MRZ.checkDigit(c, [number, optional.lowerBound..<end - 1])
  }

  /// The characters with letters read as digits where digits must stand and the other way round; nil when nothing changes.
  func corrected(_ characters: [UInt8]) -> [UInt8]? {
    var c = characters
    var digits = Array(birth) + Array(expiry) + [birth.upperBound, expiry.upperBound, number.upperBound]
    digits += [optionalDigit, composite].compactMap { $0 }
    for i in digits { c[i] = Self.digit[c[i]] ?? c[i] }
    for i in Array(issuer..<issuer + 3) + Array(nationality..<nationality + 3) + Array(names) {
      c[i] = Self.letter[c[i]] ?? c[i]
    }
    return c == characters ? nil : c
  }

  /// What print readers take for each other: O Q D 0, I L 1, Z 2, S 5, G 6, B 8.
  private static let digit: [UInt8: UInt8] = [
    0x4F: 0x30, 0x51: 0x30, 0x44: 0x30, 0x49: 0x31, 0x4C: 0x31, 0x5A: 0x32, 0x53: 0x35, 0x47: 0x36, 0x42: 0x38,
  ]
  private static let letter: [UInt8: UInt8] = [
    0x30: 0x4F, 0x31: 0x49, 0x32: 0x5A, 0x35: 0x53, 0x36: 0x47, 0x38: 0x42,
  ]

  private func isLetter(_ c: UInt8) -> Bool { (0x41...0x5A).contains(c) }
  private func isDigit(_ c: UInt8) -> Bool { (0x30...0x39).contains(c) }
  private func isLetterOrFiller(_ c: UInt8) -> Bool { isLetter(c) || c == MRZ.filler }
}
