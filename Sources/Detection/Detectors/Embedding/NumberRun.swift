/// A row of decimal numbers in text: `0.1, -2.5e-3, …`, between brackets or in the columns of a table.
struct NumberRun {
  /// Numbers of a longer run are no row of any model.
  static let longest = 4096

  var values: [Double] = []
  /// The byte behind the last number and its separators.
  var end: Int

  /// Reads numbers separated by one comma, semicolon, tab or blanks (line breaks only when `acrossLines`), from `at` to
  /// at most `to`. Ends before the first thing that is no number.
  init(_ b: RawSpan, at start: Int, to limit: Int, acrossLines: Bool) {
    var at = start
    end = start
    let stop = min(limit, b.byteCount)
    while at < stop, values.count <= Self.longest {
      while at < stop, let c = b.u8(at), Self.isBlank(c, acrossLines) { at += 1 }
      guard let (value, next) = Self.number(b, at, stop) else { return }
      values.append(value)
      at = next
      while at < stop, let c = b.u8(at), Self.isBlank(c, acrossLines) { at += 1 }
      end = at
      if let c = b.u8(at), c == 0x2C || c == 0x3B { at += 1 }
    }
  }

  private static func isBlank(_ c: UInt8, _ acrossLines: Bool) -> Bool {
    c == 0x20 || c == 0x09 || (acrossLines && (c == 0x0A || c == 0x0D))
  }

  /// Sign, digits, fraction, exponent; at most 40 bytes.
  static func number(_ b: RawSpan, _ start: Int, _ limit: Int) -> (Double, Int)? {
    var at = start
    let stop = min(limit, start + 40)
    var value = 0.0
    var digits = 0
    var scale = 0
    let isNegative = b.u8(at) == 0x2D
    if isNegative { at += 1 }
    while at < stop, let c = b.u8(at), (0x30...0x39).contains(c) {
      value = value * 10 + Double(c - 0x30)
      digits += 1
      at += 1
    }
    if at < stop, b.u8(at) == 0x2E {
      at += 1
      while at < stop, let c = b.u8(at), (0x30...0x39).contains(c) {
        value = value * 10 + Double(c - 0x30)
        digits += 1
        scale -= 1
        at += 1
      }
    }
    guard digits > 0 else { return nil }
    if at < stop, let e = b.u8(at), e | 0x20 == 0x65 {
      var next = at + 1
      let isSmall = b.u8(next) == 0x2D
      if isSmall || b.u8(next) == 0x2B { next += 1 }
      if let power = b.decimal(next, most: 3) {
        scale += isSmall ? -power.value : power.value
        at = power.end
      }
    }
    // A longer number, or a word that only begins with digits.
    if at < limit, let c = b.u8(at),
      (0x30...0x39).contains(c) || (0x41...0x5A).contains(c & 0xDF) || c == 0x5F || c == 0x2E
    {
      return nil
    }
    if scale >= 400 { return (value == 0 ? 0 : .infinity, at) }
    while scale > 0 {
      value *= 10
      scale -= 1
    }
    while scale <= -10 {
      guard scale > -400 else { return (0, at) }
      value /= 1e10
      scale += 10
    }
    while scale < 0 {
      value /= 10
      scale += 1
    }
    return (isNegative ? -value : value, at)
  }
}

/// Rows of numbers found in a stretch of text, with the names around them.
struct TextRows {
  var tallies = VectorTally.dimensions.map(VectorTally.init)
  var names: VectorNames = []
  /// Where the first row begins and the last one ends.
  var first: Int?
  var last = 0
  /// Rows taken.
  private var taken = 0

  /// Reads every `[` row of numbers and every quoted or header name in `from ..< to`, until there are `most` rows.
  mutating func scan(_ b: RawSpan, from: Int, to: Int, most: Int = .max) {
    var at = from
    while at < to, taken < most, let c = b.u8(at) {
      if c == UInt8(ascii: "[") {
        let run = NumberRun(b, at: at + 1, to: to, acrossLines: true)
        if run.values.count >= 128, b.u8(run.end) == UInt8(ascii: "]") { add(run.values, at, run.end + 1) }
        at = max(at + 1, run.end)
      } else if c == 0x22 {
        guard let close = b.firstIndex(of: 0x22, from: at + 1, to: min(to, at + 256)) else {
          at += 1
          continue
        }
        names.formUnion(VectorNames(b, at + 1..<close))
        // A vector may itself be text: "[0.1, …]".
        at = b.u8(at + 1) == UInt8(ascii: "[") ? at + 1 : close + 1
      } else {
        at += 1
      }
    }
  }

  /// Takes a row when its length is that of a face model.
  mutating func add(_ values: [Double], _ start: Int, _ end: Int) {
    guard let which = VectorTally.dimensions.firstIndex(of: values.count) else { return }
    for value in values { tallies[which].add(value) }
    taken += 1
    first = first ?? start
    last = end
  }

  /// The strongest answer of all dimensions.
  func evidence(format: String) -> VectorEvidence? {
    tallies.compactMap { VectorEvidence($0, rows: $0.rows, names: names, format: format) }
      .max { ($0.strength, $0.rows) < ($1.strength, $1.rows) }
  }
}
