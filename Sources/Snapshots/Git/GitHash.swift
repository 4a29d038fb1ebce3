import COpenSSL

/// Name of an object of git: the digest of its head and content, SHA-1 (20 bytes) or, in repositories that chose so,
/// SHA-256 (32).
struct GitID: Hashable, Comparable {
  // Many are kept at a time: no array, which would take more memory.
  private let words: SIMD4<UInt64>
  private let size: UInt8

  /// - Parameter bytes: at most 32.
  init(_ bytes: some Sequence<UInt8>) {
    var words = SIMD4<UInt64>()
    var count = 0
    for byte in bytes.prefix(32) {
      words[count / 8] |= UInt64(byte) << UInt64(56 - 8 * (count % 8))
      count += 1
    }
    self.words = words
    size = UInt8(count)
  }

  /// Lower-case hexadecimal digits, as git writes it.
  var name: [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    return (0..<(2 * Int(size))).map { digits[Int(words[$0 / 16] >> UInt64(60 - 4 * ($0 % 16)) & 15)] }
  }

  static func < (a: GitID, b: GitID) -> Bool {
    for i in 0..<4 where a.words[i] != b.words[i] { return a.words[i] < b.words[i] }
    return a.size < b.size
  }
}

/// Digests of objects, one after the other. It names them; nothing rests on it being hard to find two alike.
final class GitHash {
  /// Immutable, shared by all threads.
  private struct Fetched: @unchecked Sendable {
    let short = EVP_MD_fetch(nil, "SHA1", nil)
    let long = EVP_MD_fetch(nil, "SHA256", nil)
  }
  private static let fetched = Fetched()

  private let context: OpaquePointer
  private let algorithm: OpaquePointer

  /// - Parameter size: of a digest in bytes, 20 or 32.
  /// - Returns: nil when the library does not have it.
  init?(size: Int) {
    guard let algorithm = size == 32 ? Self.fetched.long : Self.fetched.short, let context = EVP_MD_CTX_new() else {
      return nil
    }
    self.algorithm = algorithm
    self.context = context
  }
  deinit { EVP_MD_CTX_free(context) }

  func start(_ head: [UInt8]) {
    EVP_DigestInit_ex2(context, algorithm, nil)
    update(head)
  }

  func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }
  func update(_ bytes: UnsafeRawBufferPointer) { EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) }

  func finish() -> GitID {
    var count: UInt32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: 64) { buffer, used in
      EVP_DigestFinal_ex(context, buffer.baseAddress, &count)
      used = Int(count)
    }
    return GitID(bytes)
  }
}
