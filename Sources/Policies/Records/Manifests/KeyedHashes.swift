/// Hashes with a key, for lists that must not tell plain digests to whoever has no key.
public struct KeyedHashes: Sendable {
  /// Block size of SHA-256 in bytes (FIPS 180-4, figure 1).
  static let blockSize = 64

  /// HMAC-SHA256 (RFC 2104 section 2, FIPS 198-1 section 4).
  ///
  /// - Parameters:
  ///   - key: of any length; one longer than 64 bytes is hashed first.
  ///   - sha256: 32 bytes for any message. Given from outside, because this module links no cryptography.
  /// - Returns: 32 bytes.
  public static func hmacSHA256(key: [UInt8], message: [UInt8], sha256: ([UInt8]) -> [UInt8]) -> [UInt8] {
    var block = key.count > blockSize ? sha256(key) : key
    block += [UInt8](repeating: 0, count: max(0, blockSize - block.count))
    let inner = sha256(block.map { $0 ^ 0x36 } + message)
    return sha256(block.map { $0 ^ 0x5C } + inner)
  }
}
