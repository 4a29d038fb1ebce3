internal import CustodyCore

/// Reads one inventory line in one pass over borrowed memory.
///
/// The whole line is surveyed first (UTF-8, no raw control characters, any backslash at all), so that strings need
/// only a search for their end.
struct LineDecoder {
  let base: UnsafePointer<UInt8>
  let end: Int
  var at = 0
  var hasHighBit = false

  init(_ base: UnsafePointer<UInt8>, _ count: Int) {
    self.base = base
    self.end = count
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
    var names: PictureNames?
    if accepts(",\"names\":{") { names = try self.names() }
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
      names: names, observations: observations)
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
    let path =
      s.escaped ? try unescaped(s.start, s.count) : Array(UnsafeBufferPointer(start: base + s.start, count: s.count))
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
