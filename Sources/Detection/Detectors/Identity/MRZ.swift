import CustodyCore

/// Reads and checks the characters of a machine readable zone (ICAO Doc 9303 parts 3 to 7).
///
/// It works on plain characters, wherever they came from: text, a chip's DG1, or recognized print.
enum MRZ {
  enum Format: String, Sendable {
    case td1 = "TD1"
    case td2 = "TD2"
    case td3 = "TD3"
    case mrvA = "MRV-A"
    case mrvB = "MRV-B"
  }

  /// What a zone says of its document. The number, the names and the dates stay where they are.
  struct Reading: Sendable, Equatable {
    var format: Format
    var strength: Strength
    /// `passport`, `visa` or `id`.
    var documentKind: String
    /// The issuing state or organization without fillers; nil when it is not a code of Doc 9303.
    var issuer: String?
    /// State `UTO` (Utopia), which exists in specimens only.
    var isSpecimen: Bool
    /// Check digits that do not hold, after any correction.
    var failures: Int
    /// Letters and digits were exchanged as in misread print (O/0, I/1 …) and put right to check.
    var isCorrected: Bool
  }

  static let filler: UInt8 = 0x3C

  @inline(__always)
  static func isMember(_ c: UInt8) -> Bool {
    (0x41...0x5A).contains(c) || (0x30...0x39).contains(c) || c == filler
  }

  /// Value of a character in a check digit (Doc 9303-3 section 4.9): digits themselves, A = 10 … Z = 35, filler 0.
  @inline(__always)
  static func value(_ c: UInt8) -> Int {
    switch c {
    case 0x30...0x39: Int(c) - 0x30
    case 0x41...0x5A: Int(c) - 0x41 + 10
    default: 0
    }
  }

  /// The check digit over some ranges of characters: weights 7, 3, 1 repeating, modulo 10.
  static func checkDigit(_ characters: [UInt8], _ ranges: [Range<Int>]) -> Int {
    var sum = 0
    var weight = 0
    for range in ranges {
      for i in range where i < characters.count {
        sum += value(characters[i]) * [7, 3, 1][weight]
        weight = (weight + 1) % 3
      }
    }
    return sum % 10
  }

  /// Reads the lines of one zone: 2 × 44, 2 × 36 or 3 × 30 characters.
  static func read(lines: [[UInt8]]) -> Reading? {
    switch (lines.count, lines.first?.count) {
    case (2, 44), (2, 36), (3, 30):
      guard lines.allSatisfy({ $0.count == lines[0].count }) else { return nil }
      return read(lines.flatMap { $0 })
    default: return nil
    }
  }

  /// Reads the characters of one zone with its lines joined: 88, 72 or 90. Nil when they are not laid out as one.
  ///
  /// - Parameter correcting: also try what misread print would have been (never better than `strong`).
  static func read(_ characters: [UInt8], correcting: Bool = true) -> Reading? {
    guard let layout = MRZLayout(characters), characters.allSatisfy(isMember) else { return nil }
    let plain = judge(characters, layout, isCorrected: false)
    if !correcting || plain?.strength ?? .weak > .weak { return plain }
    if let corrected = layout.corrected(characters), let reading = judge(corrected, layout, isCorrected: true) {
      return reading
    }
    return plain
  }

  private static func judge(_ c: [UInt8], _ layout: MRZLayout, isCorrected: Bool) -> Reading? {
    guard layout.hasShape(c) else { return nil }
    let issuer = layout.issuer
    let nationality = layout.nationality
    let knowsIssuer = MRZStates.contains(c[issuer], c[issuer + 1], c[issuer + 2])
    let knowsNationality = MRZStates.contains(c[nationality], c[nationality + 1], c[nationality + 2])
    let hasDates =
      isDate(c, layout.birth.lowerBound, mayBeOpen: true) && isDate(c, layout.expiry.lowerBound, mayBeOpen: true)
    let checks = layout.checks(c)
    let failures = checks.fields + (checks.composite ? 0 : 1)
    // The composite covers the other digits: one wrong character breaks its own field and the composite with it.
    let strength: Strength
    if failures == 0, knowsIssuer, knowsNationality, hasDates, layout.isCommonCode(c), !isCorrected {
      strength = .proof
    } else if failures == 0, knowsIssuer || hasDates {
      strength = .strong
    } else if checks.fields <= 1, !isCorrected, knowsIssuer, knowsNationality, hasDates {
      strength = .strong
    } else if knowsIssuer, knowsNationality, hasDates, layout.isCommonCode(c) {
      strength = .weak
    } else {
      return nil
    }
    let name = String(decoding: c[issuer..<issuer + 3].prefix { $0 != filler }, as: UTF8.self)
    let kind =
      switch layout.format {
      case .td3: "passport"
      case .mrvA, .mrvB: "visa"
      case .td1, .td2: c[0] == 0x50 ? "passport" : "id"
      }
    let utopia = Array("UTO".utf8)
    return Reading(
      format: layout.format, strength: strength, documentKind: kind, issuer: knowsIssuer ? name : nil,
      isSpecimen: c[issuer..<issuer + 3].elementsEqual(utopia)
        || c[nationality..<nationality + 3].elementsEqual(utopia),
      failures: failures, isCorrected: isCorrected)
  }

  /// `YYMMDD` as a real day; unknown parts may be fillers (Doc 9303-3 section 4.8), an expiry may be all fillers.
  private static func isDate(_ c: [UInt8], _ at: Int, mayBeOpen: Bool) -> Bool {
    func pair(_ i: Int) -> Int? {
      guard (0x30...0x39).contains(c[i]), (0x30...0x39).contains(c[i + 1]) else { return nil }
      return Int(c[i] - 0x30) * 10 + Int(c[i + 1] - 0x30)
    }
    func isOpen(_ i: Int) -> Bool { c[i] == filler && c[i + 1] == filler }
    guard let year = pair(at) else { return mayBeOpen && isOpen(at) && isOpen(at + 2) && isOpen(at + 4) }
    guard let month = pair(at + 2) else { return isOpen(at + 2) && isOpen(at + 4) }
    guard (1...12).contains(month) else { return false }
    guard let day = pair(at + 4) else { return isOpen(at + 4) }
    // 1900 was no leap year, 2000 was: with two digits 00 stands for either.
    return (1...CivilTime.days(inMonth: month, of: 2000 + year)).contains(day)
  }

  /// True for a first line that stands alone: code, a known state, and a name with its fillers.
  static func isNameLine(_ line: [UInt8]) -> Bool {
    guard line.count == 44 || line.count == 36, "PVIAC".utf8.contains(line[0]), line[1] == filler || line[1] >= 0x41,
      MRZStates.contains(line[2], line[3], line[4]), line[5] >= 0x41, line.last == filler
    else { return false }
    var separators = 0
    var i = 5
    while i < line.count {
      if (0x30...0x39).contains(line[i]) { return false }
      if line[i] == filler, i + 2 < line.count, line[i + 1] == filler, line[i + 2] != filler { separators += 1 }
      i += 1
    }
    return separators == 1
  }
}
