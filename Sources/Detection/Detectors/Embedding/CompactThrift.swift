/// Reads the compact protocol of Apache Thrift, as far as the footer of a Parquet file needs it. Nothing is built: the
/// caller is told of each field and reads on, or lets it be skipped. Depth and steps are bounded.
struct CompactThrift {
  private(set) var at: Int
  let end: Int
  /// Steps left: every field and element takes one.
  private(set) var budget = 200_000

  init(at: Int, end: Int) {
    (self.at, self.end) = (at, end)
  }

  /// LEB128, at most nine bytes; nil beyond the end.
  mutating func varint(_ b: RawSpan) -> Int? {
    var value = 0
    for i in 0..<9 {
      guard at < end, let c = b.u8(at) else { return nil }
      at += 1
      value |= Int(c & 0x7F) << (7 * i)
      if c & 0x80 == 0 { return value }
    }
    return nil
  }
  /// Zigzag.
  mutating func integer(_ b: RawSpan) -> Int? {
    guard let raw = varint(b) else { return nil }
    return raw >> 1 ^ -(raw & 1)
  }
  /// The range of a string or binary value.
  mutating func binary(_ b: RawSpan) -> Range<Int>? {
    guard let count = varint(b), count >= 0, count <= end - at else { return nil }
    defer { at += count }
    return at..<at + count
  }
  /// Number of elements of a list and their type.
  mutating func list(_ b: RawSpan) -> (count: Int, type: UInt8)? {
    guard at < end, let head = b.u8(at) else { return nil }
    at += 1
    if head >> 4 < 15 { return (Int(head >> 4), head & 15) }
    guard let count = varint(b), count >= 0 else { return nil }
    return (count, head & 15)
  }

  /// Calls `visit` with the number and type of every field of a structure; what it leaves unread (false) is skipped.
  /// False when the bytes are no structure.
  mutating func structure(
    _ b: RawSpan, depth: Int = 0, _ visit: (inout CompactThrift, Int, UInt8) -> Bool
  ) -> Bool {
    guard depth < 16 else { return false }
    var field = 0
    while budget > 0 {
      budget -= 1
      guard at < end, let head = b.u8(at) else { return false }
      at += 1
      if head == 0 { return true }
      if head >> 4 == 0 {
        guard let number = integer(b) else { return false }
        field = number
      } else {
        field += Int(head >> 4)
      }
      guard (0...32767).contains(field) else { return false }
      let before = at
      if !visit(&self, field, head & 15) {
        at = before
        guard skip(b, head & 15, depth: depth) else { return false }
      }
    }
    return false
  }

  /// Passes over a value of the given type.
  mutating func skip(_ b: RawSpan, _ type: UInt8, depth: Int, inList: Bool = false) -> Bool {
    budget -= 1
    guard budget > 0, depth < 16 else { return false }
    switch type {
    case 1, 2:
      // True and false are the type itself, but a byte in lists.
      if inList { at += 1 }
      return at <= end
    case 3:
      at += 1
      return at <= end
    case 4, 5, 6: return varint(b) != nil
    case 7:
      at += 8
      return at <= end
    case 8: return binary(b) != nil
    case 9, 10:
      guard let (count, element) = list(b) else { return false }
      for _ in 0..<count {
        guard skip(b, element, depth: depth + 1, inList: true) else { return false }
      }
      return true
    case 12: return structure(b, depth: depth + 1) { _, _, _ in false }
    default: return false
    }
  }
}
