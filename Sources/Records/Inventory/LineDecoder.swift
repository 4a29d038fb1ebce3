internal import CustodyCore

/// Why a line is no inventory line, and where.
struct LineFault: Error {
  var problem: LineProblem
  var offset: Int
}

enum LineProblem {
  case notUTF8, control, cut, member, trailing, number, range, hexadecimal, escape, word, media, time, locator
  case reason, empty, base64, duplicate, tooMany, tooLong

  var message: String {
    switch self {
    case .notUTF8: "not UTF-8"
    case .control: "a control character"
    case .cut: "the line ends too early"
    case .member: "another member or sign was expected here"
    case .trailing: "something follows the end of the line's object"
    case .number: "not a whole number in its shortest spelling"
    case .range: "a number out of range"
    case .hexadecimal: "lower-case hexadecimal digits were expected"
    case .escape: "a character escaped that need not be, or not escaped in its one spelling"
    case .word: "not one of the known words"
    case .media: "not a media type"
    case .time: "not a time in UTC with whole seconds"
    case .locator: "path and its raw bytes do not agree"
    case .reason: "a reason stands exactly where the disposition is not examined"
    case .empty: "an empty list or object must be absent"
    case .base64: "not Base64 in its one spelling, or not needed"
    case .duplicate: "an attribute stands twice"
    case .tooMany: "more items than allowed"
    case .tooLong: "longer than allowed"
    }
  }
}

/// Reads one inventory line in one pass over borrowed memory.
///
/// The whole line is surveyed first (UTF-8, no raw control characters, any backslash at all), so that strings need
/// only a search for their end.
struct LineDecoder {
  private let base: UnsafePointer<UInt8>
  private let end: Int
  private var at = 0
  private var hasHighBit = false

  init(_ base: UnsafePointer<UInt8>, _ count: Int) {
    self.base = base
    self.end = count
  }

  // MARK: - Small things

  @inline(__always)
  private func fault(_ problem: LineProblem, _ offset: Int? = nil) -> LineFault {
    let offset = offset ?? at
    return LineFault(problem: offset < end ? problem : .cut, offset: min(offset, end))
  }

  /// True, and past it, when `text` stands here.
  @inline(__always)
  private mutating func accepts(_ text: StaticString) -> Bool {
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
  private mutating func expect(_ text: StaticString) throws(LineFault) {
    if !accepts(text) { throw fault(.member) }
  }

  private mutating func digits() throws(LineFault) -> UInt64 {
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
  private mutating func wide() throws(LineFault) -> UInt64 {
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
  private mutating func positive() throws(LineFault) -> Int {
    let start = at
    let v = try digits()
    guard v >= 1, v <= JSONNumber.largestExact else { throw fault(.range, start) }
    return Int(v)
  }
  private mutating func signed() throws(LineFault) -> Int64 {
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
  private func nibble(_ b: UInt8) -> UInt8 {
    let d = b &- 0x30
    if d < 10 { return d }
    let l = b &- 0x61
    return l < 6 ? l &+ 10 : 0xFF
  }
  /// 16 digits.
  private mutating func hexWord() throws(LineFault) -> UInt64 {
    guard end &- at >= 16 else { throw fault(.cut, end) }
    guard let high = HexDigits.read(base + at), let low = HexDigits.read(base + at + 8) else {
      throw fault(.hexadecimal)
    }
    at &+= 16
    return high &<< 32 | low
  }

  // MARK: - Strings

  /// Where the string that starts here (past its opening quote) ends, and whether it holds escapes. Past it afterwards.
  private mutating func span() throws(LineFault) -> (start: Int, count: Int, escaped: Bool) {
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
  private func unescaped(_ start: Int, _ count: Int) throws(LineFault) -> [UInt8] {
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
  private func string(_ start: Int, _ count: Int) -> String {
    String(decoding: UnsafeBufferPointer(start: base + start, count: count), as: UTF8.self)
  }

  /// Bytes of a string that may hold anything.
  private mutating func bytes() throws(LineFault) -> [UInt8] {
    let s = try span()
    if s.escaped { return try unescaped(s.start, s.count) }
    return Array(UnsafeBufferPointer(start: base + s.start, count: s.count))
  }

  /// Text of the program: no control characters, escaped or of the second block.
  private mutating func text(limit: Int) throws(LineFault) -> String {
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
  private mutating func token() throws(LineFault) -> String {
    let start = at
    let alphabet = TokenAlphabet.word
    while at < end, alphabet.contains(base[at]) { at &+= 1 }
    let n = at &- start
    guard n > 0, at < end, base[at] == 0x22 else { throw fault(.word) }
    guard n <= InventoryLine.longestToken else { throw fault(.tooLong, start) }
    at &+= 1
    return string(start, n)
  }

  private mutating func known<V>(_ table: WordTable<V>) throws(LineFault) -> V {
    let start = at
    while at < end, base[at] != 0x22 { at &+= 1 }
    guard at < end else { throw fault(.cut, end) }
    guard let v = table.find(base + start, at &- start) else { throw fault(.word, start) }
    at &+= 1
    return v
  }

  // MARK: - The line

  mutating func line() throws(LineFault) -> Examination {
    let survey = UTF8Bytes.survey(base, end)
    hasHighBit = survey.hasHighBit
    if survey.hasControl {
      var i = 0
      while i < end, base[i] >= 0x20, base[i] != 0x7F { i &+= 1 }
      throw fault(.control, i)
    }
    if hasHighBit, let bad = UTF8Bytes.firstInvalid(base, end) { throw fault(.notUTF8, bad) }

    try expect("{\"index\":")
    let index = try wide()
    try expect(",\"nonce\":\"")
    let n0 = try hexWord()
    let n1 = try hexWord()
    let nonce = Self.sixteen(n0, n1)
    try expect("\",\"path\":\"")
    let locator = try locator()
    try expect(",\"size\":")
    let size = try wide()
    var sha256: Digest?
    if accepts(",\"sha256\":\"") {
      let w0 = try hexWord()
      let w1 = try hexWord()
      let w2 = try hexWord()
      let w3 = try hexWord()
      sha256 = Digest(words: (w0, w1, w2, w3))
      try expect("\"")
    }
    try expect(",\"kind\":\"")
    let kind = try kind()
    var modified: Instant?
    if accepts(",\"modified\":\"") { modified = try instant() }
    try expect(",\"disposition\":\"")
    let disposition = try known(Words.dispositions)
    var reason: Reason?
    let reasonAt = at
    if accepts(",\"reason\":\"") { reason = Reason(rawValue: try token()) }
    guard (reason == nil) == (disposition == .examined) else { throw fault(.reason, reasonAt) }
    var notes: [String] = []
    if accepts(",\"notes\":[") {
      repeat {
        guard notes.count < InventoryLine.mostNotes else { throw fault(.tooMany) }
        try expect("\"")
        notes.append(try text(limit: InventoryLine.longestNote))
      } while accepts(",")
      try expect("]")
    }
    var link: [UInt8]?
    if accepts(",\"link\":\"") { link = try self.link() }
    var attributes = Attributes()
    if accepts(",\"attributes\":{") { attributes = try self.attributes() }
    var observations: [Observation] = []
    if accepts(",\"observations\":[") {
      repeat { observations.append(try observation()) } while accepts(",")
      try expect("]")
    }
    try expect("}")
    guard at == end else { throw LineFault(problem: .trailing, offset: at) }
    return Examination(
      index: index, nonce: nonce, locator: locator, size: size, sha256: sha256, kind: kind, modified: modified,
      disposition: disposition, reason: reason, notes: notes, link: link, attributes: attributes,
      observations: observations)
  }

  private static func sixteen(_ a: UInt64, _ b: UInt64) -> [UInt8] {
    Array(unsafeUninitializedCapacity: 16) { buffer, count in
      for i in 0..<8 {
        buffer[i] = UInt8(truncatingIfNeeded: a &>> UInt64(56 &- 8 &* i))
        buffer[8 &+ i] = UInt8(truncatingIfNeeded: b &>> UInt64(56 &- 8 &* i))
      }
      count = 16
    }
  }

  private mutating func locator() throws(LineFault) -> Locator {
    let s = try span()
    let components: [[UInt8]]
    if s.escaped {
      let raw = try unescaped(s.start, s.count)
      components = raw.withUnsafeBufferPointer { b in b.baseAddress.map { Self.split($0, b.count) } ?? [[]] }
    } else {
      components = Self.split(base + s.start, s.count)
    }
    guard accepts(",\"pathB64\":\"") else {
      guard components.count <= InventoryLine.mostComponents else { throw fault(.tooMany, s.start) }
      return Locator(components)
    }
    let start = at
    let encoded = try span()
    guard !encoded.escaped else { throw fault(.base64, start) }
    var raw: [[UInt8]] = []
    for part in string(encoded.start, encoded.count).split(separator: "!", omittingEmptySubsequences: false) {
      guard raw.count < InventoryLine.mostComponents else { throw fault(.tooMany, start) }
      raw.append(try base64(part, at: start))
    }
    let shown = raw.map { String(decoding: $0, as: UTF8.self) }
    let clear = zip(raw, shown).allSatisfy { bytes, text in
      bytes.elementsEqual(text.utf8)
        && bytes.withUnsafeBufferPointer { b in
          b.baseAddress.map { LocatorText.separator(in: $0, from: 0, to: b.count) == nil } ?? true
        }
    }
    guard !clear else { throw fault(.base64, start) }
    let path = s.escaped ? try unescaped(s.start, s.count) : Array(UnsafeBufferPointer(start: base + s.start, count: s.count))
    guard path.elementsEqual(shown.joined(separator: "!/").utf8) else { throw fault(.locator, s.start) }
    return Locator(raw)
  }

  private static func split(_ p: UnsafePointer<UInt8>, _ count: Int) -> [[UInt8]] {
    guard let first = LocatorText.separator(in: p, from: 0, to: count) else {
      return [Array(UnsafeBufferPointer(start: p, count: count))]
    }
    var out: [[UInt8]] = []
    out.reserveCapacity(4)
    out.append(Array(UnsafeBufferPointer(start: p, count: first)))
    var start = first &+ 2
    while let next = LocatorText.separator(in: p, from: start, to: count) {
      out.append(Array(UnsafeBufferPointer(start: p + start, count: next &- start)))
      start = next &+ 2
    }
    out.append(Array(UnsafeBufferPointer(start: p + start, count: count &- start)))
    return out
  }

  private func base64(_ text: Substring, at start: Int) throws(LineFault) -> [UInt8] {
    guard let bytes = Base64.decode(text), Base64.encode(bytes) == text else { throw fault(.base64, start) }
    return bytes
  }

  private mutating func kind() throws(LineFault) -> ContentKind {
    let start = at
    while at < end, base[at] != 0x22 { at &+= 1 }
    guard at < end else { throw fault(.cut, end) }
    let n = at &- start
    guard MediaType.isValid(UnsafeBufferPointer(start: base + start, count: n)) else { throw fault(.media, start) }
    at &+= 1
    return ContentKind(rawValue: string(start, n))
  }

  private mutating func link() throws(LineFault) -> [UInt8] {
    let start = at
    let shown = try bytes()
    guard accepts(",\"linkB64\":\"") else { return shown }
    let encoded = try span()
    guard !encoded.escaped else { throw fault(.base64, encoded.start) }
    let raw = try base64(Substring(string(encoded.start, encoded.count)), at: encoded.start)
    let text = String(decoding: raw, as: UTF8.self)
    guard !raw.elementsEqual(text.utf8) else { throw fault(.base64, encoded.start) }
    guard shown.elementsEqual(text.utf8) else { throw fault(.locator, start) }
    return raw
  }

  /// `yyyy-MM-ddTHH:mm:ssZ` and the closing quote.
  private mutating func instant() throws(LineFault) -> Instant {
    let start = at
    guard end &- at >= 21 else { throw fault(.cut, end) }
    let p = base + at
    guard p[4] == 0x2D, p[7] == 0x2D, p[10] == 0x54, p[13] == 0x3A, p[16] == 0x3A, p[19] == 0x5A, p[20] == 0x22,
      let century = pair(p), let year = pair(p + 2), let month = pair(p + 5), let day = pair(p + 8),
      let hour = pair(p + 11), let minute = pair(p + 14), let second = pair(p + 17), century | year != 0,
      let civil = CivilTime(
        year: century &* 100 &+ year, month: month, day: day, hour: hour, minute: minute, second: second)
    else { throw fault(.time, start) }
    at &+= 21
    return Instant(seconds: civil.secondsSinceEpoch)
  }
  @inline(__always)
  private func pair(_ p: UnsafePointer<UInt8>) -> Int? {
    let a = p[0] &- 0x30
    let b = p[1] &- 0x30
    return a < 10 && b < 10 ? Int(a) &* 10 &+ Int(b) : nil
  }

  /// The opening brace is past.
  private mutating func attributes() throws(LineFault) -> Attributes {
    var entries: [(key: String, value: AttributeValue)] = []
    entries.reserveCapacity(4)
    // One bit for each hash of a name met: equal names share a bit, so most need no comparison.
    var met: UInt64 = 0
    repeat {
      guard entries.count < InventoryLine.mostAttributes else { throw fault(.tooMany) }
      let start = at
      try expect("\"")
      let first = at
      let key = try token()
      let length = at &- 1 &- first
      let mark = (UInt64(base[first]) &* 31 &+ UInt64(base[first &+ length &- 1]) &* 7 &+ UInt64(length)) & 63
      if met &>> mark & 1 == 1, entries.contains(where: { $0.key == key }) { throw fault(.duplicate, start) }
      met |= 1 &<< mark
      try expect(":")
      entries.append((key: key, value: try attributeValue()))
    } while accepts(",")
    try expect("}")
    return Attributes(distinct: entries)
  }

  private mutating func attributeValue() throws(LineFault) -> AttributeValue {
    guard at < end else { throw fault(.cut) }
    switch base[at] {
    case 0x22:
      at &+= 1
      return .string(try text(limit: InventoryLine.longestValue))
    case 0x74:
      try expect("true")
      return .bool(true)
    case 0x66:
      try expect("false")
      return .bool(false)
    default: return .int(try signed())
    }
  }

  private mutating func observation() throws(LineFault) -> Observation {
    try expect("{\"dataClass\":\"")
    let dataClass = try known(Words.dataClasses)
    try expect(",\"detector\":\"")
    let detector = try token()
    try expect(",\"version\":")
    let version = try positive()
    try expect(",\"strength\":\"")
    let strength = try known(Words.strengths)
    try expect(",\"count\":")
    let count = try positive()
    var place: Place?
    if accepts(",\"place\":{\"offset\":") {
      let start = at
      let offset = try wide()
      try expect(",\"length\":")
      let length = try wide()
      guard !offset.addingReportingOverflow(length).overflow else { throw fault(.range, start) }
      place = Place(offset: offset, length: length)
      try expect("}")
    }
    var attributes = Attributes()
    if accepts(",\"attributes\":{") { attributes = try self.attributes() }
    try expect("}")
    return Observation(
      dataClass, detector: detector, version: version, strength: strength, count: count, place: place,
      attributes: attributes)
  }
}
