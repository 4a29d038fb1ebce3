import CustodyCore

/// Hexadecimal digits inside a larger text, read without copying.
enum HexDigits {
  /// Digits of a SHA-256.
  static let sha256 = 64

  /// What has as many digits as another common digest, for messages.
  static let others: [Int: String] = [
    32: "MD5", 40: "SHA-1", 48: "Tiger", 56: "SHA-224", 96: "SHA-384", 128: "SHA-512",
  ]

  /// How many digits of either case stand at the start of `range`.
  static func run(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
    var at = range.lowerBound
    while at < range.upperBound, value(bytes[at]) != nil { at += 1 }
    return at - range.lowerBound
  }

  /// The SHA-256 that fills `range`; nil when it has any other length or anything but digits.
  static func digest(_ bytes: [UInt8], _ range: Range<Int>) -> Digest? {
    guard range.count == sha256, range.upperBound <= bytes.count else { return nil }
    func word(_ n: Int) -> UInt64? {
      var word: UInt64 = 0
      for i in range.lowerBound + 16 * n..<range.lowerBound + 16 * (n + 1) {
        guard let digit = value(bytes[i]) else { return nil }
        word = word << 4 | UInt64(digit)
      }
      return word
    }
    guard let a = word(0), let b = word(1), let c = word(2), let d = word(3) else { return nil }
    return Digest(words: (a, b, c, d))
  }

  private static func value(_ c: UInt8) -> UInt8? {
    switch c {
    case 0x30...0x39: c - 0x30
    case 0x41...0x46: c - 0x37
    case 0x61...0x66: c - 0x57
    default: nil
    }
  }
}
