internal import CustodyCore

/// Bytes at a fixed place that name a kind, with a further check where the bytes alone prove too little.
struct Signature: Sendable {
  var offset: Int
  var bytes: [UInt8]
  /// The kind, or nil when a closer look says no.
  var classify: @Sendable (RawSpan) -> ContentKind?

  func matches(_ head: RawSpan) -> Bool { head.has(bytes, at: offset) }

  /// Magic in hexadecimal, blanks allowed.
  static func hex(
    _ kind: String, _ magic: String, at offset: Int = 0, when check: (@Sendable (RawSpan) -> Bool)? = nil
  ) -> Signature {
    make(kind, offset, bytes(magic), check)
  }
  /// Magic in ASCII.
  static func text(
    _ kind: String, _ magic: String, at offset: Int = 0, when check: (@Sendable (RawSpan) -> Bool)? = nil
  ) -> Signature {
    make(kind, offset, Array(magic.utf8), check)
  }
  /// A family: the closure tells its members apart.
  static func family(
    _ magic: [UInt8], at offset: Int = 0, _ classify: @escaping @Sendable (RawSpan) -> String?
  ) -> Signature {
    Signature(offset: offset, bytes: magic) { classify($0).map(ContentKind.init(rawValue:)) }
  }

  private static func make(
    _ kind: String, _ offset: Int, _ bytes: [UInt8], _ check: (@Sendable (RawSpan) -> Bool)?
  ) -> Signature {
    let kind = ContentKind(rawValue: kind)
    guard let check else { return Signature(offset: offset, bytes: bytes) { _ in kind } }
    return Signature(offset: offset, bytes: bytes) { check($0) ? kind : nil }
  }

  private static func bytes(_ hex: String) -> [UInt8] {
    var out: [UInt8] = []
    var high: Int?
    for digit in hex.compactMap(\.hexDigitValue) {
      if let h = high {
        out.append(UInt8(h << 4 | digit))
        high = nil
      } else {
        high = digit
      }
    }
    return out
  }
}
