internal import CScan

/// Decodes one run of encoded characters, piece by piece.
struct RunDecoder: ~Copyable {
  enum Mode: Equatable { case base64, hex, percent, nothing }

  let mode: Mode
  private let limit: Int
  private(set) var bytes: [UInt8] = []
  /// More was there than `limit`.
  private(set) var overflowed = false
  /// Characters that stand for something, padding included.
  private(set) var count = 0
  /// `=` seen: nothing but another one can follow.
  private(set) var isPadded = false
  private var hasURLCharacters = false
  private var pending: UInt32 = 0
  private var pendingCount = 0
  /// An escape that has begun and is not complete: `\`, `\u00`, `%2`.
  private var escape: [UInt8] = []
  private var padding = 0

  init(mode: Mode, limit: Int) {
    self.mode = mode
    self.limit = limit
  }

  var encoding: DerivedEncoding? {
    switch mode {
    case .base64: hasURLCharacters ? .base64url : .base64
    case .hex: .hex
    case .percent: .percent
    case .nothing: nil
    }
  }
  /// Bytes of an escape that turned out to be none: they do not belong to the run.
  var incomplete: Int { escape.count }

  /// Takes what belongs to the run from `from` on; returns how many bytes that is.
  mutating func take(_ b: UnsafeRawBufferPointer, from: Int) -> Int {
    var i = from
    Alphabet.withTable { table in
      while i < b.count {
        if mode == .base64, pendingCount == 0, escape.isEmpty, !isPadded { i += quads(b, i, table) }
        guard i < b.count, take(b[i], table) else { break }
        i += 1
      }
    }
    return i - from
  }

  /// Groups that are decoded before they are appended.
  private static let groups = 256

  /// Four characters at a time; returns how many characters that was.
  private mutating func quads(_ b: UnsafeRawBufferPointer, _ from: Int, _ table: UnsafeBufferPointer<UInt8>) -> Int {
    let most = min((b.count - from) / 4, overflowed ? 0 : (limit - bytes.count) / 3, Self.groups)
    guard most > 0 else { return 0 }
    var i = from
    var special: UInt8 = 0
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 3 * Self.groups) { out in
      var at = 0
      for _ in 0..<most {
        let (a, c, d, e) = (table[Int(b[i])], table[Int(b[i + 1])], table[Int(b[i + 2])], table[Int(b[i + 3])])
        if (a | c | d | e) & Alphabet.outside != 0 { break }
        special |= a | c | d | e
        let v = UInt32(a & 63) << 18 | UInt32(c & 63) << 12 | UInt32(d & 63) << 6 | UInt32(e & 63)
        out[at] = UInt8(truncatingIfNeeded: v >> 16)
        out[at + 1] = UInt8(truncatingIfNeeded: v >> 8)
        out[at + 2] = UInt8(truncatingIfNeeded: v)
        at += 3
        i += 4
      }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: out[..<at]))
    }
    if special & Alphabet.url != 0 { hasURLCharacters = true }
    count += i - from
    return i - from
  }

  private mutating func take(_ c: UInt8, _ table: UnsafeBufferPointer<UInt8>) -> Bool {
    switch mode {
    case .nothing: return Alphabet.isCandidate(c)
    case .hex: return takeHex(c)
    case .percent: return takePercent(c)
    case .base64: return takeBase64(c, table)
    }
  }

  private mutating func emit(_ byte: UInt8) {
    if bytes.count < limit { bytes.append(byte) } else { overflowed = true }
  }

  private mutating func takeHex(_ c: UInt8) -> Bool {
    if escape == [0x5C] {
      guard c == 0x78 else { return false }
      escape = []
      return true
    }
    if c == 0x5C, pendingCount == 0 {
      escape = [c]
      return true
    }
    guard escape.isEmpty, let v = Alphabet.hexValue(c) else { return false }
    count += 1
    pending = pending << 4 | UInt32(v)
    pendingCount += 1
    if pendingCount == 2 {
      emit(UInt8(truncatingIfNeeded: pending))
      (pending, pendingCount) = (0, 0)
    }
    return true
  }

  private mutating func takePercent(_ c: UInt8) -> Bool {
    if escape.isEmpty {
      if c == 0x25 {
        escape = [c]
      } else if Alphabet.isUnreserved(c) {
        emit(c)
        count += 1
      } else {
        return false
      }
      return true
    }
    guard Alphabet.hexValue(c) != nil else { return false }
    escape.append(c)
    if escape.count == 3, let high = Alphabet.hexValue(escape[1]), let low = Alphabet.hexValue(escape[2]) {
      emit(high << 4 | low)
      count += 1
      escape = []
    }
    return true
  }

  private mutating func takeBase64(_ c: UInt8, _ table: UnsafeBufferPointer<UInt8>) -> Bool {
    if !escape.isEmpty { return takeEscaped(c, table) }
    if c == 0x3D { return pad() }
    if isPadded { return false }
    if c == 0x5C || c == 0x25 {
      escape = [c]
      return true
    }
    let v = table[Int(c)]
    guard v & Alphabet.outside == 0 else { return false }
    if v & Alphabet.url != 0 { hasURLCharacters = true }
    count += 1
    pending = pending << 6 | UInt32(v & 63)
    pendingCount += 1
    if pendingCount == 4 {
      for shift: UInt32 in [16, 8, 0] { emit(UInt8(truncatingIfNeeded: pending >> shift)) }
      (pending, pendingCount) = (0, 0)
    }
    return true
  }

  /// `\/`, `\n`, `\r`, `\u002b`, `\u002f`, `\u003d` of JSON, `%2B`, `%2F`, `%3D`, `%0A`, `%0D` of form data.
  private mutating func takeEscaped(_ c: UInt8, _ table: UnsafeBufferPointer<UInt8>) -> Bool {
    let text = escape + [c >= 0x41 && c <= 0x5A ? c | 0x20 : c]
    switch String(decoding: text, as: UTF8.self) {
    case "\\/", "\\u002f", "%2f": return literal(0x2F, table)
    case "\\u002b", "%2b": return literal(0x2B, table)
    case "\\u003d", "%3d":
      escape = []
      return pad()
    case "\\n", "\\r", "%0a", "%0d":
      escape = []
      return true
    case "\\u", "\\u0", "\\u00", "\\u002", "\\u003", "%2", "%3", "%0":
      escape = text
      return true
    default: return false
    }
  }

  private mutating func literal(_ c: UInt8, _ table: UnsafeBufferPointer<UInt8>) -> Bool {
    let kept = escape
    escape = []
    if takeBase64(c, table) { return true }
    escape = kept
    return false
  }

  private mutating func pad() -> Bool {
    guard mode == .base64, pendingCount >= 2, padding < 4 - pendingCount else { return false }
    padding += 1
    count += 1
    isPadded = true
    return true
  }

  /// What the last, incomplete group of base64 holds. Call once, at the end.
  mutating func finish() {
    guard mode == .base64, pendingCount >= 2 else { return }
    pending <<= UInt32(6 * (4 - pendingCount))
    emit(UInt8(truncatingIfNeeded: pending >> 16))
    if pendingCount == 3 { emit(UInt8(truncatingIfNeeded: pending >> 8)) }
    pendingCount = 0
  }
}

/// The characters of encodings.
enum Alphabet {
  /// Set in a table value: not of base64.
  static let outside: UInt8 = 0x80
  /// Set in a table value: `-` or `_`.
  static let url: UInt8 = 0x40

  private static let table: [UInt8] = {
    var table = [UInt8](repeating: outside, count: 256)
    for (i, c) in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8.enumerated() {
      table[Int(c)] = UInt8(i)
    }
    table[0x2D] = 62 | url
    table[0x5F] = 63 | url
    return table
  }()
  private static let candidates: [Bool] = (0..<256).map { table[$0] & outside == 0 || $0 == 0x25 || $0 == 0x5C }

  /// The candidates for `cscan_class_block`.
  static let candidateClass: cscan_class = {
    var set = cscan_class()
    cscan_class_init(&set, candidates.prefix(128).map { $0 ? 1 : 0 })
    return set
  }()

  static func withTable<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R { table.withUnsafeBufferPointer(body) }
  static func withCandidates<R>(_ body: (UnsafeBufferPointer<Bool>) -> R) -> R {
    candidates.withUnsafeBufferPointer(body)
  }
  /// Can stand in a run of any encoding.
  static func isCandidate(_ c: UInt8) -> Bool { candidates[Int(c)] }

  static func hexValue(_ c: UInt8) -> UInt8? {
    switch c {
    case 0x30...0x39: c - 0x30
    case 0x41...0x46: c - 0x41 + 10
    case 0x61...0x66: c - 0x61 + 10
    default: nil
    }
  }
  /// Stands for itself in percent-encoded data: unreserved (RFC 3986 section 2.3), and what encoders leave alone.
  static func isUnreserved(_ c: UInt8) -> Bool {
    switch c {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E, 0x2B, 0x2F, 0x2A, 0x21: true
    default: false
    }
  }
}
