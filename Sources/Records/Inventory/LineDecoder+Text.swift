/// The smallest pieces of a line: signs, numbers, hexadecimal digits, strings and words.
extension LineDecoder {
  // MARK: - Signs and numbers

  @inline(__always)
  func fault(_ problem: LineProblem, _ offset: Int? = nil) -> LineFault {
    let offset = offset ?? at
    return LineFault(problem: offset < end ? problem : .cut, offset: min(offset, end))
  }

  /// True, and past it, when `text` stands here.
  @inline(__always)
  mutating func accepts(_ text: StaticString) -> Bool {
    let n = text.utf8CodeUnitCount
    guard n <= end &- at else { return false }
    let p = text.utf8Start
    var i = 0
    while i &+ 8 <= n {
      if UTF8Bytes.load(p + i) != UTF8Bytes.load(base + at + i) { return false }
      i &+= 8
    }
    while i < n {
      if p[i] != base[at &+ i] { return false }
      i &+= 1
    }
    at &+= n
    return true
  }
  @inline(__always)
  mutating func expect(_ text: StaticString) throws(LineFault) {
    if !accepts(text) { throw fault(.member) }
  }

  mutating func digits() throws(LineFault) -> UInt64 {
    let start = at
    var value: UInt64 = 0
    while at < end {
      let d = base[at] &- 0x30
      guard d < 10 else { break }
      // 19 digits always fit.
      if at &- start < 19 {
        value = value &* 10 &+ UInt64(d)
      } else {
        let (high, overflow1) = value.multipliedReportingOverflow(by: 10)
        let (sum, overflow2) = high.addingReportingOverflow(UInt64(d))
        guard !overflow1, !overflow2 else { throw fault(.range, start) }
        value = sum
      }
      at &+= 1
    }
    guard at > start, at &- start == 1 || base[start] != 0x30 else { throw fault(.number, start) }
    return value
  }
  /// See `JSONNumber.of`.
  mutating func wide() throws(LineFault) -> UInt64 {
    let start = at
    if accepts("\"") {
      let v = try digits()
      guard v > JSONNumber.largestExact else { throw fault(.number, start) }
      try expect("\"")
      return v
    }
    let v = try digits()
    guard v <= JSONNumber.largestExact else { throw fault(.range, start) }
    return v
  }
  mutating func positive() throws(LineFault) -> Int {
    let start = at
    let v = try digits()
    guard v >= 1, v <= JSONNumber.largestExact else { throw fault(.range, start) }
    return Int(v)
  }
  mutating func signed() throws(LineFault) -> Int64 {
    let start = at
    let negative = accepts("-")
    let v = try digits()
    if negative {
      guard v > 0, v <= Int64.min.magnitude else { throw fault(.range, start) }
      return Int64(truncatingIfNeeded: 0 &- v)
    }
    guard v <= UInt64(Int64.max) else { throw fault(.range, start) }
    return Int64(v)
  }

  @inline(__always)
  func nibble(_ b: UInt8) -> UInt8 {
    let d = b &- 0x30
    if d < 10 { return d }
    let l = b &- 0x61
    return l < 6 ? l &+ 10 : 0xFF
  }
  /// 16 digits.
  mutating func hexWord() throws(LineFault) -> UInt64 {
    guard end &- at >= 16 else { throw fault(.cut, end) }
    guard let high = HexDigits.read(base + at), let low = HexDigits.read(base + at + 8) else {
      throw fault(.hexadecimal)
    }
    at &+= 16
    return high &<< 32 | low
  }

  // MARK: - Strings

  /// Where the string that starts here (past its opening quote) ends, and whether it holds escapes. Past it afterwards.
  mutating func span() throws(LineFault) -> (start: Int, count: Int, escaped: Bool) {
    let start = at
    var escaped = false
    var i = at
    while true {
      while i &+ 8 <= end {
        let w = UTF8Bytes.load(base + i)
        let hits = UTF8Bytes.equal(w, 0x22) | UTF8Bytes.equal(w, 0x5C)
        if hits == 0 {
          i &+= 8
        } else {
          // The lowest hit is exact.
          i &+= hits.trailingZeroBitCount &>> 3
          break
        }
      }
      while i < end, base[i] != 0x22, base[i] != 0x5C { i &+= 1 }
      guard i < end else { throw fault(.cut, end) }
      if base[i] == 0x22 { break }
      escaped = true
      i &+= 2
      guard i <= end else { throw fault(.cut, end) }
    }
    at = i &+ 1
    return (start, i &- start, escaped)
  }

  /// The bytes of a string with escapes, each in the one spelling `JSONWriter.writeString` gives it.
  func unescaped(_ start: Int, _ count: Int) throws(LineFault) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(count)
    var i = start
    let stop = start &+ count
    while i < stop {
      let b = base[i]
      guard b == 0x5C else {
        out.append(b)
        i &+= 1
        continue
      }
      guard i &+ 1 < stop else { throw fault(.escape, i) }
      switch base[i &+ 1] {
      case 0x22: out.append(0x22)
      case 0x5C: out.append(0x5C)
      case 0x6E: out.append(0x0A)
      case 0x72: out.append(0x0D)
      case 0x74: out.append(0x09)
      case 0x75:
        guard i &+ 6 <= stop, base[i &+ 2] == 0x30, base[i &+ 3] == 0x30 else { throw fault(.escape, i) }
        let high = nibble(base[i &+ 4])
        let low = nibble(base[i &+ 5])
        guard high < 16, low < 16 else { throw fault(.escape, i) }
        let v = high &<< 4 | low
        guard v < 0x20 || v == 0x7F, v != 0x0A, v != 0x0D, v != 0x09 else { throw fault(.escape, i) }
        out.append(v)
        i &+= 4
      default: throw fault(.escape, i)
      }
      i &+= 2
    }
    return out
  }

  @inline(__always)
  func string(_ start: Int, _ count: Int) -> String {
    String(decoding: UnsafeBufferPointer(start: base + start, count: count), as: UTF8.self)
  }

  /// Bytes of a string that may hold anything.
  mutating func bytes() throws(LineFault) -> [UInt8] {
    let s = try span()
    if s.escaped { return try unescaped(s.start, s.count) }
    return Array(UnsafeBufferPointer(start: base + s.start, count: s.count))
  }

  /// Text of the program: no control characters, escaped or of the second block.
  mutating func text(limit: Int) throws(LineFault) -> String {
    let s = try span()
    if !s.escaped {
      guard s.count <= limit else { throw fault(.tooLong, s.start) }
      if hasHighBit, TextLimits.hasC1(base + s.start, s.count) { throw fault(.control, s.start) }
      return string(s.start, s.count)
    }
    let bytes = try unescaped(s.start, s.count)
    guard bytes.count <= limit else { throw fault(.tooLong, s.start) }
    let clean = bytes.withUnsafeBufferPointer { b in
      b.baseAddress.map { !UTF8Bytes.survey($0, b.count).hasControl && !TextLimits.hasC1($0, b.count) } ?? true
    }
    guard clean else { throw fault(.control, s.start) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A word between its quotes; the opening one is past.
  mutating func token() throws(LineFault) -> String {
    let start = at
    let alphabet = TokenAlphabet.word
    while at < end, alphabet.contains(base[at]) { at &+= 1 }
    let n = at &- start
    guard n > 0, at < end, base[at] == 0x22 else { throw fault(.word) }
    guard n <= InventoryLine.longestToken else { throw fault(.tooLong, start) }
    at &+= 1
    return string(start, n)
  }

  mutating func known<V>(_ table: WordTable<V>) throws(LineFault) -> V {
    let start = at
    while at < end, base[at] != 0x22 { at &+= 1 }
    guard at < end else { throw fault(.cut, end) }
    guard let v = table.find(base + start, at &- start) else { throw fault(.word, start) }
    at &+= 1
    return v
  }
}
