/// A set of code points: sorted ranges that do not touch.
struct CharacterSet: Sendable, Hashable {
  private(set) var ranges: [ClosedRange<UInt32>]

  static let lastScalar: UInt32 = 0x10FFFF
  static let any = CharacterSet([0...lastScalar])

  init(_ ranges: [ClosedRange<UInt32>] = []) {
    var merged: [ClosedRange<UInt32>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, range.lowerBound <= last.upperBound &+ 1 {
        merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    self.ranges = merged
  }

  func contains(_ scalar: UInt32) -> Bool {
    if ranges.count <= 4 { return ranges.contains { $0.contains(scalar) } }
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < scalar { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].contains(scalar)
  }

  func union(_ other: CharacterSet) -> CharacterSet { CharacterSet(ranges + other.ranges) }

  var inverted: CharacterSet {
    var out: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges {
      if range.lowerBound > next { out.append(next...(range.lowerBound - 1)) }
      next = range.upperBound &+ 1
    }
    if next <= Self.lastScalar { out.append(next...Self.lastScalar) }
    return CharacterSet(out)
  }

  /// With the other case of every letter.
  var foldingCase: CharacterSet {
    var out = ranges
    for (value, others) in Self.cases where contains(value) {
      for other in others { out.append(other...other) }
    }
    return CharacterSet(out)
  }

  /// Every code point that has another case, with all that differ from it only in case (as `k`, `K` and the Kelvin sign).
  private static let cases: [(UInt32, [UInt32])] = {
    func direct(_ value: UInt32) -> [UInt32] {
      guard let properties = Unicode.Scalar(value)?.properties else { return [] }
      return [properties.lowercaseMapping, properties.uppercaseMapping].compactMap { mapped in
        let scalars = mapped.unicodeScalars
        return scalars.count == 1 ? scalars.first?.value : nil
      }
    }
    // Letters that meet in one lower or upper case letter form a group.
    var groups: [UInt32: Set<UInt32>] = [:]
    for value in 0x41...UInt32(0x1E943) {
      let related = Set(direct(value)).union([value])
      guard related.count > 1 else { continue }
      let whole = related.reduce(related) { $0.union(groups[$1] ?? []) }
      for member in whole { groups[member] = whole }
    }
    return groups.map { ($0.key, $0.value.subtracting([$0.key]).sorted()) }.sorted { $0.0 < $1.0 }
  }()

  // MARK: named classes

  static let digits = CharacterSet([0x30...0x39])
  static let spaces = CharacterSet([0x09...0x0A, 0x0C...0x0D, 0x20...0x20])
  static let word = CharacterSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  static let newline = CharacterSet([0x0A...0x0A])

  /// `[:name:]` inside brackets.
  static func posix(_ name: String) -> CharacterSet? {
    let upper: ClosedRange<UInt32> = 0x41...0x5A
    let lower: ClosedRange<UInt32> = 0x61...0x7A
    let digit: ClosedRange<UInt32> = 0x30...0x39
    switch name {
    case "alnum": return CharacterSet([digit, upper, lower])
    case "alpha": return CharacterSet([upper, lower])
    case "ascii": return CharacterSet([0...0x7F])
    case "blank": return CharacterSet([0x09...0x09, 0x20...0x20])
    case "cntrl": return CharacterSet([0...0x1F, 0x7F...0x7F])
    case "digit": return digits
    case "graph": return CharacterSet([0x21...0x7E])
    case "lower": return CharacterSet([lower])
    case "print": return CharacterSet([0x20...0x7E])
    case "punct": return CharacterSet([0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E])
    case "space": return CharacterSet([0x09...0x0D, 0x20...0x20])
    case "upper": return CharacterSet([upper])
    case "word": return word
    case "xdigit": return CharacterSet([digit, 0x41...0x46, 0x61...0x66])
    default: return nil
    }
  }

  /// `\p{Name}` for general categories, one letter or two; nil for scripts, which are not supported.
  static func category(_ name: String) -> CharacterSet? {
    guard let cached = categories[name] else { return nil }
    return cached
  }

  /// Every general category, found once by asking for each code point.
  private static let categories: [String: CharacterSet] = {
    var found: [String: [ClosedRange<UInt32>]] = [:]
    var start: UInt32 = 0
    var current: String?
    func close(_ end: UInt32) {
      guard let current else { return }
      found[current, default: []].append(start...end)
    }
    for value in 0...lastScalar {
      let name = Unicode.Scalar(value).map { short($0.properties.generalCategory) }
      if name != current {
        if value > 0 { close(value - 1) }
        current = name
        start = value
      }
    }
    close(lastScalar)
    var sets: [String: CharacterSet] = ["Any": any]
    for (name, ranges) in found { sets[name] = CharacterSet(ranges) }
    for major in Set(found.keys.map { String($0.prefix(1)) }) {
      sets[major] = CharacterSet(found.filter { $0.key.hasPrefix(major) }.flatMap(\.value))
    }
    return sets
  }()

  private static func short(_ category: Unicode.GeneralCategory) -> String {
    switch category {
    case .uppercaseLetter: "Lu"
    case .lowercaseLetter: "Ll"
    case .titlecaseLetter: "Lt"
    case .modifierLetter: "Lm"
    case .otherLetter: "Lo"
    case .nonspacingMark: "Mn"
    case .spacingMark: "Mc"
    case .enclosingMark: "Me"
    case .decimalNumber: "Nd"
    case .letterNumber: "Nl"
    case .otherNumber: "No"
    case .connectorPunctuation: "Pc"
    case .dashPunctuation: "Pd"
    case .openPunctuation: "Ps"
    case .closePunctuation: "Pe"
    case .initialPunctuation: "Pi"
    case .finalPunctuation: "Pf"
    case .otherPunctuation: "Po"
    case .mathSymbol: "Sm"
    case .currencySymbol: "Sc"
    case .modifierSymbol: "Sk"
    case .otherSymbol: "So"
    case .spaceSeparator: "Zs"
    case .lineSeparator: "Zl"
    case .paragraphSeparator: "Zp"
    case .control: "Cc"
    case .format: "Cf"
    case .surrogate: "Cs"
    case .privateUse: "Co"
    case .unassigned: "Cn"
    @unknown default: "Cn"
    }
  }
}
