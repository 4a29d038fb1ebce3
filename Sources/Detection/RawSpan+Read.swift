/// Reading numbers and bytes from untrusted memory: out of range is nil, never a trap.
extension RawSpan {
  @inline(__always)
  func u8(_ at: Int) -> UInt8? {
    at >= 0 && at < byteCount ? unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self) : nil
  }
  func u16(_ at: Int) -> Int? {
    guard let a = u8(at), let b = u8(at + 1) else { return nil }
    return Int(a) << 8 | Int(b)
  }
  func u24(_ at: Int) -> Int? {
    guard let a = u16(at), let b = u8(at + 2) else { return nil }
    return a << 8 | Int(b)
  }
  func u32(_ at: Int) -> Int? {
    guard let a = u16(at), let b = u16(at + 2) else { return nil }
    return a << 16 | b
  }
  func u16le(_ at: Int) -> Int? {
    guard let a = u8(at), let b = u8(at + 1) else { return nil }
    return Int(b) << 8 | Int(a)
  }
  func u32le(_ at: Int) -> Int? {
    guard let a = u16le(at), let b = u16le(at + 2) else { return nil }
    return b << 16 | a
  }
  /// True when `pattern` stands at `at`.
  func has(_ pattern: [UInt8], at: Int) -> Bool {
    guard at >= 0, at <= byteCount, pattern.count <= byteCount - at else { return false }
    for i in 0..<pattern.count where unsafeLoad(fromUncheckedByteOffset: at + i, as: UInt8.self) != pattern[i] {
      return false
    }
    return true
  }
  /// The part from `at`, at most `count` bytes long; nil when `at` is outside.
  @_lifetime(copy self)
  func from(_ at: Int, count: Int) -> RawSpan? {
    guard at >= 0, at <= byteCount, count >= 0 else { return nil }
    return extracting(at..<Swift.min(byteCount, at + Swift.min(count, byteCount - at)))
  }
}
