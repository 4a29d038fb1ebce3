/// Strings as CEL sees them: sequences of code points compared by their UTF-8 bytes.
///
/// Swift's own `==`, `<` and `hasPrefix` normalize first, which CEL forbids (langdef, "String and Bytes Values").
enum Text {
  static func equal(_ a: String, _ b: String) -> Bool {
    let x = a.utf8
    let y = b.utf8
    guard x.count == y.count else { return false }
    return withBytes(a) { p in withBytes(b) { q in same(p, q, count: p.count) } }
  }

  /// UTF-8 order is code point order.
  static func less(_ a: String, _ b: String) -> Bool {
    withBytes(a) { p in withBytes(b) { q in p.lexicographicallyPrecedes(q) } }
  }

  static func hasPrefix(_ a: String, _ prefix: String) -> Bool {
    guard a.utf8.count >= prefix.utf8.count else { return false }
    return withBytes(a) { p in withBytes(prefix) { q in same(p, q, count: q.count) } }
  }

  static func hasSuffix(_ a: String, _ suffix: String) -> Bool {
    let rest = a.utf8.count - suffix.utf8.count
    guard rest >= 0 else { return false }
    return withBytes(a) { p in
      withBytes(suffix) { q in same(UnsafeBufferPointer(rebasing: p[rest...]), q, count: q.count) }
    }
  }

  static func contains(_ a: String, _ part: String) -> Bool {
    withBytes(a) { p in withBytes(part) { q in firstIndex(of: q, in: p) != nil } }
  }

  /// Number of code points.
  static func length(_ s: String) -> Int {
    withBytes(s) { p in
      var n = 0
      for byte in p where byte & 0xC0 != 0x80 { n += 1 }
      return n
    }
  }

  /// Where `needle` first begins in `hay`: a scan for its first byte, then a comparison (sizes are bounded by cost).
  static func firstIndex(of needle: UnsafeBufferPointer<UInt8>, in hay: UnsafeBufferPointer<UInt8>) -> Int? {
    guard let first = needle.first else { return 0 }
    guard hay.count >= needle.count else { return nil }
    for i in 0...(hay.count - needle.count) where hay[i] == first {
      if same(UnsafeBufferPointer(rebasing: hay[i...]), needle, count: needle.count) { return i }
    }
    return nil
  }

  @inline(__always)
  static func same(_ p: UnsafeBufferPointer<UInt8>, _ q: UnsafeBufferPointer<UInt8>, count: Int) -> Bool {
    for i in 0..<count where p[i] != q[i] { return false }
    return true
  }

  /// The bytes of a string without copying it when it is stored as contiguous UTF-8, as native strings are.
  @inline(__always)
  static func withBytes<R>(_ s: String, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    if let r = s.utf8.withContiguousStorageIfAvailable(body) { return r }
    var copy = s
    return copy.withUTF8(body)
  }
}
