/// Bytes without any structure: what is left when a form of encryption has no header (VeraCrypt, plain dm-crypt,
/// SQLCipher). Compressed data looks the same, so this is a remark and decides nothing.
enum OpaqueNoise {
  /// Bytes that are looked at, from the start.
  static let sample = 64 << 10

  static let note = "of no known form and without structure: it may be encrypted or compressed"

  /// True when all 256 values are about equally frequent: chi-square with 255 degrees of freedom below its mean of 255
  /// by less, and above it by less, than four standard deviations of 22.6.
  static func isFlat(_ head: RawSpan) -> Bool {
    guard head.byteCount >= sample else { return false }
    var counts = [Int](repeating: 0, count: 256)
    for i in 0..<sample { counts[Int(head.u8(i) ?? 0)] += 1 }
    let expected = sample / 256
    let sum = counts.reduce(0) { $0 + ($1 - expected) * ($1 - expected) }
    return (165 * expected...345 * expected).contains(sum)
  }
}
