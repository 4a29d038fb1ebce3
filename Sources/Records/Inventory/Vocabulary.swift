internal import CustodyCore

/// Which bytes a word may hold; all of them ASCII, so a word needs no escapes.
struct TokenAlphabet: Sendable {
  private let low: UInt64
  private let high: UInt64

  /// One bit for each byte below 64, and for each from 64 to 127.
  private init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  @inline(__always)
  func contains(_ b: UInt8) -> Bool {
    b < 64 ? low &>> UInt64(b) & 1 == 1 : b < 128 && high &>> UInt64(b & 63) & 1 == 1
  }

  /// Detectors, reasons, names of attributes: letters, digits, `.`, `_`, `-`.
  static var word: TokenAlphabet { TokenAlphabet(low: 0x03FF_6000_0000_0000, high: 0x07FF_FFFE_87FF_FFFE) }
  /// Media types (RFC 6838 section 4.2): letters, digits, `!#$&-^_.+`, and the slash.
  static var media: TokenAlphabet { TokenAlphabet(low: 0x03FF_E85A_0000_0000, high: 0x07FF_FFFE_C7FF_FFFE) }
}

enum MediaType {
  /// `type/subtype` of RFC 6838 section 4.2, without parameters.
  static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes.count >= 3, bytes.count <= InventoryLine.longestKind else { return false }
    var slash = -1
    for i in 0..<bytes.count {
      guard TokenAlphabet.media.contains(bytes[i]) else { return false }
      if bytes[i] == 0x2F {
        guard slash < 0 else { return false }
        slash = i
      }
    }
    return slash > 0 && slash < bytes.count - 1
  }
}

enum AttributeName {
  static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes.count > 0, bytes.count <= InventoryLine.longestToken else { return false }
    let alphabet = TokenAlphabet.word
    for b in bytes where !alphabet.contains(b) { return false }
    return true
  }

  /// The name itself when it is a word, else with `_` in place of what has no place in one.
  static func repaired(_ name: String) -> String {
    if name.withBytes(isValid) { return name }
    guard !name.isEmpty else { return "_" }
    return String(
      decoding: name.utf8.prefix(InventoryLine.longestToken).map { TokenAlphabet.word.contains($0) ? $0 : 0x5F },
      as: UTF8.self)
  }
}

/// What notes and values must not hold: they end up on terminals.
enum TextLimits {
  static func isControl(_ u: Unicode.Scalar) -> Bool { u.value < 0x20 || (0x7F...0x9F).contains(u.value) }

  /// True when UTF-8 text holds U+0080 to U+009F.
  static func hasC1(_ p: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    var i = 1
    while i < count {
      if p[i &- 1] == 0xC2, p[i] < 0xA0 { return true }
      i &+= 1
    }
    return false
  }
}

enum LocatorText {
  /// Offset of the first `!/`.
  @inline(__always)
  static func separator(in p: UnsafePointer<UInt8>, from: Int, to end: Int) -> Int? {
    var i = from
    while i &+ 8 <= end, UTF8Bytes.equal(UTF8Bytes.load(p + i), 0x21) == 0 { i &+= 8 }
    while i &+ 1 < end {
      if p[i] == 0x21, p[i &+ 1] == 0x2F { return i }
      i &+= 1
      while i &+ 8 <= end, UTF8Bytes.equal(UTF8Bytes.load(p + i), 0x21) == 0 { i &+= 8 }
    }
    return nil
  }
}

/// Finds the value of a known word without making a string of it.
struct WordTable<Value: Sendable>: Sendable {
  private struct Slot: Sendable {
    var a: UInt64 = 0
    var b: UInt64 = 0
    var c: UInt64 = 0
    var value: Value?
  }
  private var slots: [Slot]

  /// - Parameter words: at most 40, of 1 to 24 bytes each.
  init(_ words: [(String, Value)]) {
    slots = Array(repeating: Slot(), count: 64)
    for (word, value) in words {
      word.withBytes { bytes in
        guard let p = bytes.baseAddress, bytes.count <= 24 else { return }
        let k = Self.key(p, bytes.count)
        var i = Self.hash(k)
        while slots[i].value != nil { i = (i + 1) & 63 }
        slots[i] = Slot(a: k.0, b: k.1, c: k.2, value: value)
      }
    }
  }

  @inline(__always)
  private static func key(_ p: UnsafePointer<UInt8>, _ count: Int) -> (UInt64, UInt64, UInt64) {
    var k: (UInt64, UInt64, UInt64) = (0, 0, 0)
    var i = 0
    while i < count {
      let bits = UInt64(p[i]) &<< UInt64(8 &* (i & 7))
      if i < 8 { k.0 |= bits } else if i < 16 { k.1 |= bits } else { k.2 |= bits }
      i &+= 1
    }
    return k
  }
  @inline(__always)
  private static func hash(_ k: (UInt64, UInt64, UInt64)) -> Int {
    let mixed = (k.0 ^ k.1 &* 0x9E37_79B9_7F4A_7C15 ^ k.2 &* 0xC2B2_AE3D_27D4_EB4F) &* 0xFF51_AFD7_ED55_8CCD
    return Int(truncatingIfNeeded: mixed &>> 58)
  }

  func find(_ p: UnsafePointer<UInt8>, _ count: Int) -> Value? {
    guard count > 0, count <= 24 else { return nil }
    let k = Self.key(p, count)
    var i = Self.hash(k)
    while let value = slots[i].value {
      if slots[i].a == k.0, slots[i].b == k.1, slots[i].c == k.2 { return value }
      i = (i &+ 1) & 63
    }
    return nil
  }
}

enum Words {
  static let dataClasses = WordTable(DataClass.allCases.map { ($0.rawValue, $0) })
  static let dispositions = WordTable(Disposition.allCases.map { ($0.rawValue, $0) })
  static let strengths = WordTable(Strength.allCases.map { ($0.rawValue, $0) })
}
