/// Looking at bytes eight at a time: ASCII, control characters, and UTF-8 as the Unicode Standard defines it.
enum UTF8Bytes {
  /// What a run of bytes holds.
  struct Survey {
    /// Some byte is 0x80 or above.
    var hasHighBit = false
    /// Some byte is below 0x20 or is 0x7F.
    var hasControl = false
    /// Some byte is a backslash.
    var hasBackslash = false
  }

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// The high bit of each byte of `word` that equals `byte`. Exact for the question "is there any".
  @inline(__always)
  static func equal(_ word: UInt64, _ byte: UInt8) -> UInt64 {
    let x = word ^ (ones &* UInt64(byte))
    return (x &- ones) & ~x & highs
  }
  /// The high bit of each byte of `word` that is below 0x20.
  @inline(__always)
  static func belowSpace(_ word: UInt64) -> UInt64 { (word &- ones &* 0x20) & ~word & highs }

  @inline(__always)
  static func load(_ p: UnsafePointer<UInt8>) -> UInt64 {
    UnsafeRawPointer(p).loadUnaligned(as: UInt64.self)
  }

  static func survey(_ p: UnsafePointer<UInt8>, _ count: Int) -> Survey {
    var high: UInt64 = 0
    var control: UInt64 = 0
    var backslash: UInt64 = 0
    var i = 0
    while i &+ 8 <= count {
      let w = load(p + i)
      high |= w
      control |= belowSpace(w) | equal(w, 0x7F)
      backslash |= equal(w, 0x5C)
      i &+= 8
    }
    var s = Survey(hasHighBit: high & highs != 0, hasControl: control != 0, hasBackslash: backslash != 0)
    while i < count {
      let b = p[i]
      if b >= 0x80 { s.hasHighBit = true }
      if b < 0x20 || b == 0x7F { s.hasControl = true }
      if b == 0x5C { s.hasBackslash = true }
      i &+= 1
    }
    return s
  }

  /// Offset of the first byte that is not part of well-formed UTF-8 (Unicode Standard, table 3-7); nil when all are.
  static func firstInvalid(_ p: UnsafePointer<UInt8>, _ count: Int) -> Int? {
    var i = 0
    while i < count {
      if i &+ 8 <= count, load(p + i) & highs == 0 {
        i &+= 8
        continue
      }
      let b = p[i]
      if b < 0x80 {
        i &+= 1
        continue
      }
      var low: UInt8 = 0x80
      var high: UInt8 = 0xBF
      let more: Int
      switch b {
      case 0xC2...0xDF: more = 1
      case 0xE0:
        more = 2
        low = 0xA0
      case 0xED:
        more = 2
        high = 0x9F
      case 0xE1...0xEF: more = 2
      case 0xF0:
        more = 3
        low = 0x90
      case 0xF1...0xF3: more = 3
      case 0xF4:
        more = 3
        high = 0x8F
      default: return i
      }
      guard i &+ more < count, p[i &+ 1] >= low, p[i &+ 1] <= high else { return i }
      var k = 2
      while k <= more {
        guard p[i &+ k] & 0xC0 == 0x80 else { return i }
        k &+= 1
      }
      i &+= more &+ 1
    }
    return nil
  }

  static func isValid(_ p: UnsafePointer<UInt8>, _ count: Int) -> Bool { firstInvalid(p, count) == nil }
}

/// Eight hexadecimal digits at a time.
enum HexDigits {
  private static let ones: UInt64 = 0x0101_0101_0101_0101

  /// One lower-case digit for each byte of `nibbles`, which are below 16.
  @inline(__always)
  private static func spelled(_ nibbles: UInt64) -> UInt64 {
    let letters = (nibbles &+ ones &* 0x76) &>> 7 & ones
    return nibbles &+ ones &* 0x30 &+ letters &* 0x27
  }

  /// The 32 bits that the eight digits at `p` spell; nil when one is no lower-case hexadecimal digit.
  @inline(__always)
  static func read(_ p: UnsafePointer<UInt8>) -> UInt64? {
    let w = UTF8Bytes.load(p)
    let v = w & (ones &* 15) &+ (w &>> 6 & ones) &* 9
    // Beyond `f` the letters would go on: `j` would be 19.
    guard v & (ones &* 0xF0) == 0, spelled(v) == w else { return nil }
    var x = v.byteSwapped
    x = (x | x &>> 4) & 0x00FF_00FF_00FF_00FF
    x = (x | x &>> 8) & 0x0000_FFFF_0000_FFFF
    return (x | x &>> 16) & 0xFFFF_FFFF
  }

  /// Spells the lower 32 bits of `value`.
  @inline(__always)
  static func write(_ value: UInt64, to p: UnsafeMutablePointer<UInt8>) {
    var x = value & 0xFFFF_FFFF
    x = (x | x &<< 16) & 0x0000_FFFF_0000_FFFF
    x = (x | x &<< 8) & 0x00FF_00FF_00FF_00FF
    x = (x | x &<< 4) & 0x0F0F_0F0F_0F0F_0F0F
    UnsafeMutableRawPointer(p).storeBytes(of: spelled(x).byteSwapped, as: UInt64.self)
  }
}

extension String {
  /// The UTF-8 bytes in place.
  @inline(__always)
  func withBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    if let r = utf8.withContiguousStorageIfAvailable(body) { return r }
    return Array(utf8).withUnsafeBufferPointer(body)
  }
}
