import CustodyCore

/// A string literal with escapes while it passes.
///
/// Escapes are those of MySQL (Reference Manual 9.1.1), of PostgreSQL's escape format (8.4.2), of JSON (RFC 8259 section
/// 7), of Python and of C. They agree but for `\0` before digits, which MySQL writes for a zero before two figures and
/// all others for one byte: what the rest of the literal shows decides.
struct EscapedRun: ~Copyable {
  /// What ends the literal.
  enum Closing: Equatable {
    case quote(UInt8)
    /// The end of a field: a tab or the end of the line.
    case field
    /// Any quote, and the end of the line.
    case none
  }
  private let start: UInt64
  private let level: Int
  private let closing: Closing
  /// False where bytes above 7F are not those of the entry.
  private let hasHighBytes: Bool
  private let limit: Int
  /// Offset of the next byte, and of the one behind the last that belongs to the literal.
  private var at: UInt64
  private var end: UInt64
  private var bytes: [UInt8] = []
  private var overflowed = false

  /// What was seen of an escape: nothing, its backslash, its digits.
  private enum Escape { case none, begun, octal, hex, unicode }
  private var escape = Escape.none
  private var value = 0
  private var digits = 0
  /// A backslash of the literal around this one.
  private var isOuterEscape = false
  private var isQuotePending = false

  /// Escapes of two or three digits that begin with zero.
  private struct Ambiguous {
    var at: Int
    var digits: Int
  }
  private static let mostAmbiguous = 1 << 18
  private var ambiguous: [Ambiguous] = []
  private var hasOctal = false
  private var isBare = false
  /// Bytes in all, those no text has, controls among them, one among the first eight bytes, and bytes of `\x`.
  private var total = 0
  private var binary = 0
  private var controls = 0
  private var isMarked = false
  private var fromHex = 0
  private var hasUnicode = false
  /// Line ends and quotes that were escaped.
  private var structure = 0
  /// Bytes above 7F that stood there, whether they are letters of Latin-1 in UTF-8, and those that were escaped.
  private var rawHigh = 0
  private var isPairOpen = false
  private var isLatin = true
  private var escapedHigh = 0

  init(at offset: UInt64, level: Int, closing: Closing, hasHighBytes: Bool, limit: Int) {
    (start, at, end) = (offset, offset, offset)
    self.level = level
    self.closing = closing
    self.hasHighBytes = hasHighBytes
    self.limit = limit
  }

  /// True for bytes that are not of text in ASCII. Escape (1B) is: terminals are coloured with it.
  static func isBinary(_ c: UInt8) -> Bool { c >= 0x7F || (c < 0x20 && !(0x07...0x0D).contains(c) && c != 0x1B) }

  private static let plain: [Bool] = (0..<256).map { (0x20...0x7E).contains($0) && ![0x22, 0x27, 0x5C].contains($0) }
  private static let plainBytes: [Bool] = (0..<256).map { plain[$0] || $0 >= 0x80 }

  /// Takes what belongs to the literal from `from` on; returns the index of the first byte that does not.
  mutating func take(_ b: UnsafeRawBufferPointer, from: Int) -> Int {
    var i = from
    while i < b.count {
      if escape == .none, !isOuterEscape, !isQuotePending {
        let first = i
        (hasHighBytes ? Self.plainBytes : Self.plain).withUnsafeBufferPointer { plain in
          while i < b.count, plain[Int(b[i])] { i += 1 }
        }
        if i > first { append(UnsafeRawBufferPointer(rebasing: b[first..<i])) }
        guard i < b.count else { return i }
      }
      guard take(b[i]) else { return i }
      i += 1
    }
    return i
  }

  private mutating func append(_ stretch: UnsafeRawBufferPointer) {
    at += UInt64(stretch.count)
    end = at
    total += stretch.count
    for c in stretch where c >= 0x80 { high(c) }
    let room = min(stretch.count, limit - bytes.count)
    if room > 0 { bytes.append(contentsOf: stretch[..<room]) }
    if room < stretch.count { overflowed = true }
  }

  /// False when the byte does not belong to the literal, which is over then.
  mutating func take(_ c: UInt8) -> Bool {
    if escape == .octal, !(0x30...0x37).contains(c) { settleOctal() }
    if isQuotePending {
      isQuotePending = false
      guard closing == .quote(c) else { return false }
      return took(inner(c))
    }
    if isOuterEscape {
      isOuterEscape = false
      switch c {
      case 0x22, 0x27, 0x2F, 0x5C: return took(inner(c))
      default: return false
      }
    }
    if level == 2 || escape == .none {
      switch c {
      case 0x22, 0x27:
        switch closing {
        case .quote(c):
          isQuotePending = true
          at += 1
          return true
        case .none: return false
        case .quote, .field: break
        }
      case 0x09 where closing == .field: return false
      case 0x5C where level == 2:
        isOuterEscape = true
        at += 1
        return true
      default: break
      }
    }
    return took(inner(c))
  }

  private mutating func took(_ isTaken: Bool) -> Bool {
    guard isTaken else { return false }
    at += 1
    if escape == .none { end = at }
    return true
  }

  private mutating func inner(_ c: UInt8) -> Bool {
    switch escape {
    case .none: return literal(c)
    case .begun: return begin(c)
    case .octal:
      value = value << 3 | Int(c & 7)
      digits += 1
      if digits == 3 { settleOctal() }
      return true
    case .hex, .unicode:
      guard let digit = Alphabet.hexValue(c) else { return false }
      value = value << 4 | Int(digit)
      digits += 1
      guard digits == (escape == .hex ? 2 : 4) else { return true }
      // Letters beyond Latin-1 are those of a text.
      guard value < 256 else { return false }
      if escape == .hex { fromHex += 1 } else { hasUnicode = true }
      escape = .none
      emit(UInt8(value))
      return true
    }
  }

  private mutating func literal(_ c: UInt8) -> Bool {
    switch c {
    case 0x5C: escape = .begun
    case 0x00, 0x0A, 0x0D, 0x1A: return false
    case 0x80...:
      guard hasHighBytes else { return false }
      total += 1
      high(c)
      store(c)
    case ..<0x20 where c != 0x09:
      isBare = true
      emit(c)
    default: emit(c)
    }
    return true
  }

  /// A byte above 7F as it stands: itself, or a part of a letter of Latin-1 in UTF-8.
  private mutating func high(_ c: UInt8) {
    binary += 1
    rawHigh += 1
    if isPairOpen {
      isPairOpen = false
      if c & 0xC0 != 0x80 { isLatin = false }
    } else {
      isPairOpen = true
      if c != 0xC2, c != 0xC3 { isLatin = false }
    }
  }

  /// The byte behind a backslash.
  private mutating func begin(_ c: UInt8) -> Bool {
    (value, digits, escape) = (0, 0, .none)
    switch c {
    case 0x30...0x33: (value, digits, escape) = (Int(c & 7), 1, .octal)
    case 0x78: escape = .hex
    case 0x75: escape = .unicode
    case 0x61: emit(0x07)
    case 0x62: emit(0x08)
    case 0x74: emit(0x09)
    case 0x6E: emit(0x0A)
    case 0x76: emit(0x0B)
    case 0x66: emit(0x0C)
    case 0x72: emit(0x0D)
    case 0x5A: emit(0x1A)
    case 0x22, 0x27:
      structure += 1
      emit(c)
    case ..<0x20: return false
    default: emit(c)
    }
    return true
  }

  private mutating func settleOctal() {
    if digits == 3, value >= 0o100 { hasOctal = true }
    if digits == 1, value == 0 { isBare = true }
    if digits > 1, value < 0o100 {
      if ambiguous.count < Self.mostAmbiguous {
        ambiguous.append(Ambiguous(at: bytes.count, digits: digits))
      } else {
        overflowed = true
      }
    }
    escape = .none
    emit(UInt8(truncatingIfNeeded: value))
    end = at
  }

  /// A byte that was escaped, or one of ASCII.
  private mutating func emit(_ byte: UInt8) {
    total += 1
    if byte == 0x0A { structure += 1 }
    if Self.isBinary(byte) {
      binary += 1
      if byte >= 0x80 { escapedHigh += 1 }
      if byte < 0x80 {
        controls += 1
        if bytes.count < 8 { isMarked = true }
      }
    }
    store(byte)
  }

  private mutating func store(_ byte: UInt8) {
    if bytes.count < limit { bytes.append(byte) } else { overflowed = true }
  }

  /// What the literal holds; nil when it is plain text or too short to matter. Call once.
  mutating func finish() -> DerivedContent? {
    if escape == .octal { settleOctal() }
    // Letters with accents are no reason. Where every byte is `\x`, others find it.
    let isBytes = isMarked || controls >= 4 || (controls > 0 && binary >= 4 && binary * 16 >= total)
    guard bytes.count >= DerivedLimits.leastLiteral, isBytes || (structure >= (level == 1 ? 2 : 1) && !isEncoded),
      level == 2 || fromHex < total
    else { return nil }
    if isBytes, rawHigh > 0, escapedHigh == 0, isLatin, !isPairOpen, hasUnicode || fromHex > 0 {
      fold()
    } else if isBare || rawHigh > 0, !hasOctal {
      expand()
    }
    return DerivedContent(
      place: Place(offset: start, length: end - start), encoding: .escapes, bytes: bytes, isWhole: !overflowed)
  }

  /// True for lines of base64 or of digits without blanks, which others find.
  private var isEncoded: Bool {
    Alphabet.withTable { table in
      bytes.prefix(4096).allSatisfy { table[Int($0)] & Alphabet.outside == 0 || [0x0A, 0x0D, 0x3D].contains($0) }
    }
  }

  /// Takes letters of Latin-1 in UTF-8 for the bytes they stand for.
  private mutating func fold() {
    var all: [UInt8] = []
    all.reserveCapacity(bytes.count)
    var lead: UInt8 = 0
    for c in bytes {
      switch c {
      case 0xC0...: lead = c
      case 0x80...: all.append((lead & 3) << 6 | c & 0x3F)
      default: all.append(c)
      }
    }
    bytes = all
  }

  /// Takes digits behind a zero for what they are in MySQL: figures.
  private mutating func expand() {
    guard !ambiguous.isEmpty else { return }
    var all: [UInt8] = []
    all.reserveCapacity(bytes.count + 2 * ambiguous.count)
    var from = 0
    for place in ambiguous where place.at < bytes.count {
      all.append(contentsOf: bytes[from..<place.at])
      let value = bytes[place.at]
      all.append(0)
      if place.digits == 3 { all.append(0x30 | value >> 3) }
      all.append(0x30 | value & 7)
      from = place.at + 1
    }
    all.append(contentsOf: bytes[from...])
    if all.count > limit {
      overflowed = true
      all.removeLast(all.count - limit)
    }
    bytes = all
  }
}
