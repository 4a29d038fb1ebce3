/// Bytes without any structure: what is left when a form of encryption has no header (VeraCrypt, plain dm-crypt,
/// SQLCipher). Compressed data of unknown form looks the same: that it is encrypted is a guess, that nothing can be seen
/// in it is not.
///
/// Looked at is every sixteenth part: the first 64 KiB of every mebibyte. Volumes and databases come in whole sectors.
struct OpaqueNoise {
  /// Bytes that are looked at together.
  static let sample = 64 << 10
  private static let stride = 1 << 20
  private static let sector = 512

  static let note = "of no known form and without structure: it may be encrypted or compressed"

  /// True when all 256 values are about equally frequent: chi-square with 255 degrees of freedom below its mean of 255
  /// by less, and above it by less, than four standard deviations of 22.6.
  static func isFlat(_ head: RawSpan) -> Bool {
    guard head.byteCount >= sample else { return false }
    var counts = [Int](repeating: 0, count: 256)
    for i in 0..<sample { counts[Int(head.u8(i) ?? 0)] += 1 }
    return isFlat(counts)
  }

  private static func isFlat(_ counts: [Int]) -> Bool {
    let expected = sample / 256
    let sum = counts.reduce(0) { $0 + ($1 - expected) * ($1 - expected) }
    return (165 * expected...345 * expected).contains(sum)
  }

  private var position = 0
  private var counts = [Int](repeating: 0, count: 256)
  /// Samples that were looked at, and those that had a structure: one in a thousand of random ones seems to.
  private var samples = 0
  private var structured = 0

  /// Takes the next bytes of the entry, from its first on.
  mutating func read(_ bytes: UnsafeRawBufferPointer) { pass(bytes.count, bytes) }

  mutating func skipZeros(_ count: Int) { pass(count, nil) }

  /// - Parameter bytes: nil for zeros.
  private mutating func pass(_ count: Int, _ bytes: UnsafeRawBufferPointer?) {
    var at = 0
    while at < count {
      let within = (position + at) % Self.stride
      guard within < Self.sample else {
        at += min(count - at, Self.stride - within)
        continue
      }
      let end = at + min(count - at, Self.sample - within)
      if let bytes { for i in at..<end { counts[Int(bytes[i])] += 1 } } else { counts[0] += end - at }
      if within + end - at == Self.sample { settle() }
      at = end
    }
    position += count
  }

  private mutating func settle() {
    samples += 1
    if !Self.isFlat(counts) { structured += 1 }
    for i in counts.indices { counts[i] = 0 }
  }

  /// True for an entry that is whole and in which nothing could be seen.
  var isAll: Bool { samples > 0 && structured <= samples / 256 && position % Self.sector == 0 }
}
