internal import CustodyCore

/// Writes one inventory line into memory of a fixed size.
///
/// Nothing is ever written past the end: when the room is used up `overflowed` is set and the rest is counted as lost.
struct LineEncoder {
  private let base: UnsafeMutablePointer<UInt8>
  private let capacity: Int
  private(set) var count = 0
  private(set) var overflowed = false

  init(_ base: UnsafeMutablePointer<UInt8>, _ capacity: Int) {
    self.base = base
    self.capacity = capacity
  }

  private static let hex: StaticString = "0123456789abcdef"

  @inline(__always)
  private mutating func room(_ n: Int) -> Bool {
    if n <= capacity &- count { return true }
    overflowed = true
    return false
  }
  @inline(__always)
  mutating func put(_ b: UInt8) {
    guard room(1) else { return }
    base[count] = b
    count &+= 1
  }
  @inline(__always)
  mutating func put(_ text: StaticString) {
    let n = text.utf8CodeUnitCount
    guard room(n) else { return }
    (base + count).update(from: text.utf8Start, count: n)
    count &+= n
  }
  @inline(__always)
  private mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let start = bytes.baseAddress, room(bytes.count) else { return }
    (base + count).update(from: start, count: bytes.count)
    count &+= bytes.count
  }
  @inline(__always)
  private mutating func putHex(_ b: UInt8) {
    put(Self.hex.utf8Start[Int(b &>> 4)])
    put(Self.hex.utf8Start[Int(b & 15)])
  }

  // MARK: - Numbers

  private mutating func number(_ value: UInt64) {
    guard room(20) else { return }
    if value < 10 {
      base[count] = 0x30 &+ UInt8(truncatingIfNeeded: value)
      count &+= 1
      return
    }
    var digits = 0
    var rest = value
    while rest > 0 {
      digits &+= 1
      rest /= 10
    }
    rest = value
    var at = count &+ digits
    count = at
    while rest > 0 {
      at &-= 1
      base[at] = 0x30 &+ UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
  }
  private mutating func signed(_ value: Int64) {
    if value < 0 { put(0x2D) }
    number(value.magnitude)
  }
  /// A number, or a string of digits beyond what every JSON reader keeps exactly.
  private mutating func wide(_ value: UInt64) {
    if value <= JSONNumber.largestExact { return number(value) }
    put(0x22)
    number(value)
    put(0x22)
  }
  /// Clamped to what the member allows.
  mutating func positive(_ value: Int) {
    number(UInt64(min(max(value, 1), Int(JSONNumber.largestExact))))
  }

  // MARK: - Text

  private enum Controls { case escape, replace }

  /// UTF-8 between quotes; the caller has made sure that it is UTF-8.
  private mutating func quoted(_ bytes: UnsafeBufferPointer<UInt8>, _ controls: Controls = .escape) {
    put(0x22)
    inner(bytes, controls)
    put(0x22)
  }

  private mutating func inner(_ bytes: UnsafeBufferPointer<UInt8>, _ controls: Controls) {
    guard let p = bytes.baseAddress, room(bytes.count) else { return }
    let n = bytes.count
    var i = 0
    while i < n {
      if i &+ 8 <= n {
        let w = UTF8Bytes.load(p + i)
        if UTF8Bytes.belowSpace(w) | UTF8Bytes.equal(w, 0x22) | UTF8Bytes.equal(w, 0x5C) | UTF8Bytes.equal(w, 0x7F)
          == 0
        {
          guard room(8) else { return }
          UnsafeMutableRawPointer(base + count).storeBytes(of: w, as: UInt64.self)
          count &+= 8
          i &+= 8
          continue
        }
      }
      escape(p[i], controls)
      i &+= 1
    }
  }

  private mutating func escape(_ b: UInt8, _ controls: Controls) {
    switch b {
    case 0x22, 0x5C:
      put(0x5C)
      put(b)
    case 0..<0x20, 0x7F:
      if controls == .replace {
        put("\u{FFFD}")
        return
      }
      switch b {
      case 0x0A: put("\\n")
      case 0x0D: put("\\r")
      case 0x09: put("\\t")
      default:
        put("\\u00")
        putHex(b)
      }
    default: put(b)
    }
  }

  /// Text of the program: no control characters, at most `limit` bytes.
  private mutating func text(_ s: String, limit: Int) {
    if s.utf8.count <= limit, !s.withBytes({ $0.count > 0 && Self.hasC1($0) }) {
      s.withBytes { quoted($0, .replace) }
      return
    }
    // U+FFFD takes three bytes where a C0 control took one.
    var cut = ""
    var size = 0
    for u in s.unicodeScalars {
      let v = TextLimits.isControl(u) ? "\u{FFFD}" : u
      size += UTF8.width(v)
      guard size <= limit else { break }
      cut.unicodeScalars.append(v)
    }
    cut.withBytes { quoted($0, .replace) }
  }

  /// True when `text` has to look at each character: a control character of either block is in it.
  private static func hasC1(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let p = bytes.baseAddress else { return false }
    let s = UTF8Bytes.survey(p, bytes.count)
    return s.hasControl || (s.hasHighBit && TextLimits.hasC1(p, bytes.count))
  }

  /// A word of the program's own vocabulary.
  private mutating func token(_ s: String, _ alphabet: TokenAlphabet, limit: Int) {
    put(0x22)
    s.withBytes { bytes in
      guard !bytes.isEmpty else { return put(0x5F) }
      for b in bytes.prefix(limit) { put(alphabet.contains(b) ? b : 0x5F) }
    }
    put(0x22)
  }

  private mutating func base64(_ bytes: UnsafeBufferPointer<UInt8>) {
    Base64.encode(Array(bytes)).withBytes { put($0) }
  }

  // MARK: - The line

  mutating func line(_ e: Examination) {
    put("{\"index\":")
    wide(e.index)
    put(",\"nonce\":\"")
    nonce(e.nonce)
    put("\",\"path\":")
    path(e.locator)
    put(",\"size\":")
    wide(e.size)
    if let d = e.sha256 {
      put(",\"sha256\":\"")
      word(d.words.0)
      word(d.words.1)
      word(d.words.2)
      word(d.words.3)
      put(0x22)
    }
    put(",\"kind\":")
    kind(e.kind.rawValue)
    if let m = e.modified, m >= .earliest, m <= .latest {
      put(",\"modified\":\"")
      instant(m.seconds)
      put(0x22)
    }
    put(",\"disposition\":\"")
    e.disposition.rawValue.withBytes { put($0) }
    put(0x22)
    if e.disposition != .examined {
      put(",\"reason\":")
      token((e.reason ?? .unspecified).rawValue, .word, limit: InventoryLine.longestToken)
    }
    if !e.notes.isEmpty {
      var open: StaticString = ",\"notes\":["
      let isCut = e.notes.count > InventoryLine.mostNotes
      let kept = isCut ? InventoryLine.mostNotes - 1 : e.notes.count
      for note in e.notes.prefix(kept) {
        put(open)
        open = ","
        text(note, limit: InventoryLine.longestNote)
      }
      if isCut {
        put(open)
        text("\(e.notes.count - kept) more notes", limit: InventoryLine.longestNote)
      }
      put(0x5D)
    }
    if let link = e.link { self.link(link) }
    if !e.attributes.isEmpty {
      put(",\"attributes\":")
      attributes(e.attributes)
    }
    if let names = e.names { self.names(names) }
    if !e.observations.isEmpty {
      var open: StaticString = ",\"observations\":["
      for o in e.observations {
        put(open)
        open = ","
        observation(o)
      }
      put(0x5D)
    }
    put(0x7D)
  }

  private mutating func word(_ w: UInt64) {
    guard room(16) else { return }
    HexDigits.write(w &>> 32, to: base + count)
    HexDigits.write(w, to: base + count + 8)
    count &+= 16
  }

  private mutating func nonce(_ bytes: [UInt8]) {
    if bytes.count == 16 {
      let words = bytes.withUnsafeBytes {
        ($0.loadUnaligned(fromByteOffset: 0, as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      }
      word(UInt64(bigEndian: words.0))
      word(UInt64(bigEndian: words.1))
    } else {
      for i in 0..<16 { putHex(i < bytes.count ? bytes[i] : 0) }
    }
  }

  private mutating func path(_ locator: Locator) {
    var plain = locator.components.count > 0
    for c in locator.components where plain {
      c.withUnsafeBufferPointer { b in
        guard let p = b.baseAddress else { return }
        plain = UTF8Bytes.isValid(p, b.count) && LocatorText.separator(in: p, from: 0, to: b.count) == nil
      }
    }
    put(0x22)
    var first = true
    for c in locator.components {
      if !first { put("!/") }
      first = false
      if plain {
        c.withUnsafeBufferPointer { inner($0, .escape) }
      } else {
        String(decoding: c, as: UTF8.self).withBytes { inner($0, .escape) }
      }
    }
    put(0x22)
    guard !plain, locator.components.count > 0 else { return }
    put(",\"pathB64\":\"")
    first = true
    for c in locator.components {
      if !first { put(0x21) }
      first = false
      c.withUnsafeBufferPointer { base64($0) }
    }
    put(0x22)
  }

  private mutating func kind(_ s: String) {
    let valid = s.withBytes { MediaType.isValid($0) }
    if valid {
      put(0x22)
      s.withBytes { put($0) }
      put(0x22)
    } else {
      token(ContentKind.unknown.rawValue, .media, limit: InventoryLine.longestKind)
    }
  }

  private mutating func link(_ bytes: [UInt8]) {
    put(",\"link\":")
    let valid = bytes.withUnsafeBufferPointer { b in b.baseAddress.map { UTF8Bytes.isValid($0, b.count) } ?? true }
    if valid { return bytes.withUnsafeBufferPointer { quoted($0) } }
    String(decoding: bytes, as: UTF8.self).withBytes { quoted($0) }
    put(",\"linkB64\":\"")
    bytes.withUnsafeBufferPointer { base64($0) }
    put(0x22)
  }

  private mutating func attributes(_ a: Attributes) {
    put(0x7B)
    var written = 0
    let entries = a.entries
    let clean = entries.allSatisfy { $0.key.withBytes(AttributeName.isValid) }
    for i in entries.indices {
      guard written < InventoryLine.mostAttributes else { break }
      let key = clean ? entries[i].key : AttributeName.repaired(entries[i].key)
      if i > 0 {
        let isKnown = entries[..<i].contains { (clean ? $0.key : AttributeName.repaired($0.key)) == key }
        guard !isKnown else { continue }
      }
      if written > 0 { put(0x2C) }
      written &+= 1
      put(0x22)
      key.withBytes { put($0) }
      put("\":")
      switch entries[i].value {
      case .string(let s): text(s, limit: InventoryLine.longestValue)
      case .int(let v): signed(v)
      case .bool(let b): put(b ? "true" : "false")
      }
    }
    put(0x7D)
  }

  mutating func observation(_ o: Observation) {
    put("{\"dataClass\":\"")
    o.dataClass.rawValue.withBytes { put($0) }
    put("\",\"detector\":")
    token(o.detector, .word, limit: InventoryLine.longestToken)
    put(",\"version\":")
    positive(o.version)
    put(",\"strength\":\"")
    o.strength.rawValue.withBytes { put($0) }
    put("\",\"count\":")
    positive(o.count)
    if let p = o.place {
      put(",\"place\":{\"offset\":")
      wide(p.offset)
      put(",\"length\":")
      wide(min(p.length, .max - p.offset))
      put(0x7D)
    }
    if !o.attributes.isEmpty {
      put(",\"attributes\":")
      attributes(o.attributes)
    }
    put(0x7D)
  }

  /// `yyyy-MM-ddTHH:mm:ssZ`
  private mutating func instant(_ seconds: Int64) {
    let c = CivilTime(secondsSinceEpoch: seconds)
    guard room(20) else { return }
    pair(c.year / 100)
    pair(c.year % 100)
    put(0x2D)
    pair(c.month)
    put(0x2D)
    pair(c.day)
    put(0x54)
    pair(c.hour)
    put(0x3A)
    pair(c.minute)
    put(0x3A)
    pair(c.second)
    put(0x5A)
  }
  private mutating func pair(_ v: Int) {
    put(0x30 &+ UInt8(truncatingIfNeeded: v / 10))
    put(0x30 &+ UInt8(truncatingIfNeeded: v % 10))
  }
}
