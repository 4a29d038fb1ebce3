internal import CScan

/// Wider numbers and searches in untrusted memory.
extension RawSpan {
  /// Big-endian; nil when out of range or not below 2^63.
  func u64(_ at: Int) -> Int? {
    guard let a = u32(at), let b = u32(at + 4), a < 1 << 31 else { return nil }
    return a << 32 | b
  }
  /// Little-endian; nil when out of range or not below 2^63.
  func u64le(_ at: Int) -> Int? {
    guard let a = u32le(at), let b = u32le(at + 4), b < 1 << 31 else { return nil }
    return b << 32 | a
  }
  /// Offset of the first `pattern` in `from ..< within` (both clamped); nil when it does not stand there in full.
  func find(_ pattern: [UInt8], from: Int, within: Int) -> Int? {
    let start = Swift.max(0, from)
    guard let part = self.from(start, count: Swift.min(within, byteCount) - start) else { return nil }
    let at = part.withUnsafeBytes {
      cscan_search($0.bindMemory(to: UInt8.self).baseAddress, $0.count, pattern, pattern.count)
    }
    return at < part.byteCount ? start + at : nil
  }
  /// True when `text` in ASCII stands at `at`.
  func has(_ text: StaticString, at: Int) -> Bool {
    guard at >= 0, at <= byteCount, text.utf8CodeUnitCount <= byteCount - at else { return false }
    return text.withUTF8Buffer { buffer in
      for i in 0..<buffer.count where unsafeLoad(fromUncheckedByteOffset: at + i, as: UInt8.self) != buffer[i] {
        return false
      }
      return true
    }
  }
}
