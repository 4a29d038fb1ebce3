/// A SHA-256 value: 32 bytes, shown as 64 lower-case hexadecimal digits (FIPS 180-4).
public struct Digest: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let words: (UInt64, UInt64, UInt64, UInt64)

  /// - Parameter words: the 32 bytes as four big-endian words.
  public init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

  /// - Parameter bytes: exactly 32 bytes; anything else gives nil.
  public init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == 32 else { return nil }
    var w: [UInt64] = [0, 0, 0, 0]
    var i = 0
    for b in bytes {
      w[i >> 3] = w[i >> 3] << 8 | UInt64(b)
      i += 1
    }
    words = (w[0], w[1], w[2], w[3])
  }

  /// - Parameter hex: 64 hexadecimal digits of either case; anything else gives nil.
  public init?(hex: some StringProtocol) {
    guard let bytes = Hex.decode(hex) else { return nil }
    self.init(bytes)
  }

  /// The 32 bytes in their usual order.
  public var bytes: [UInt8] {
    [words.0, words.1, words.2, words.3].flatMap { w in
      (0..<8).map { UInt8(truncatingIfNeeded: w >> (56 - 8 * UInt64($0))) }
    }
  }
  public var description: String { Hex.encode(bytes) }
  public static func == (a: Digest, b: Digest) -> Bool { a.words == b.words }
  public static func < (a: Digest, b: Digest) -> Bool { a.words < b.words }
  /// All four words: digests also come from lists whose writers choose them, and may begin alike.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
    hasher.combine(words.2)
    hasher.combine(words.3)
  }
}

/// Hexadecimal text.
public enum Hex {
  private static let digits = Array("0123456789abcdef".utf8)

  /// Two lower-case digits for each byte.
  public static func encode(_ bytes: some Sequence<UInt8>) -> String {
    var out: [UInt8] = []
    for b in bytes {
      out.append(digits[Int(b >> 4)])
      out.append(digits[Int(b & 15)])
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// The bytes, or nil when `text` has an odd length or anything but hexadecimal digits.
  public static func decode(_ text: some StringProtocol) -> [UInt8]? {
    var out: [UInt8] = []
    var high: UInt8?
    for c in text.utf8 {
      let v: UInt8
      switch c {
      case 0x30...0x39: v = c - 0x30
      case 0x41...0x46: v = c - 0x37
      case 0x61...0x66: v = c - 0x57
      default: return nil
      }
      if let h = high {
        out.append(h << 4 | v)
        high = nil
      } else {
        high = v
      }
    }
    return high == nil ? out : nil
  }
}
