internal import COpenSSL
public import CustodyCore
internal import Glibc

/// The one SHA-256 of this process, fetched from OpenSSL's providers once.
enum SHA256 {
  /// `EVP_MD` is immutable and shared by all threads; lives as long as the process.
  private struct Fetched: @unchecked Sendable {
    let md: OpaquePointer?
  }
  private static let fetched = Fetched(md: EVP_MD_fetch(nil, "SHA256", nil))

  /// Every digest of the program rests on it: without it nothing can be said, so nothing is. See `Digester.check()`.
  static var md: OpaquePointer {
    guard let md = fetched.md else { fatalError("OpenSSL offers no SHA-256; see openssl list -providers") }
    return md
  }
  static var isAvailable: Bool { fetched.md != nil }

  /// A context ready for its first message.
  static func makeContext() -> OpaquePointer {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex2(context, md, nil) == 1 else {
      fatalError("OpenSSL cannot start a SHA-256 computation (out of memory?)")
    }
    return context
  }

  @inline(__always)
  static func start(_ context: OpaquePointer) { check(EVP_DigestInit_ex2(context, md, nil)) }

  @inline(__always)
  static func update(_ context: OpaquePointer, _ bytes: UnsafeRawBufferPointer) {
    check(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count))
  }

  /// Fails only when memory runs out or the provider breaks: a digest that is not one must never get out.
  @inline(__always)
  static func check(_ result: CInt) {
    guard result == 1 else { fatalError("OpenSSL failed to compute SHA-256") }
  }

  /// Ends the message; the context must be started again.
  @inline(__always)
  static func finish(_ context: OpaquePointer) -> Digest {
    var out: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    withUnsafeMutableBytes(of: &out) { buffer in
      check(EVP_DigestFinal_ex(context, buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), nil))
    }
    return Digest(
      words: (UInt64(bigEndian: out.0), UInt64(bigEndian: out.1), UInt64(bigEndian: out.2), UInt64(bigEndian: out.3)))
  }
}

/// A digest context of the running thread for short messages: starting one costs a reset, no allocation.
enum ThreadContext {
  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    let made = pthread_key_create(&key) { pointer in
      EVP_MD_CTX_free(pointer.map { OpaquePointer($0) })
    }
    guard made == 0 else { fatalError("no thread-specific storage is left") }
    return key
  }()

  /// Started. To be used up before the thread does anything else: never held over a suspension or another hash.
  @inline(__always)
  static func started() -> OpaquePointer {
    if let pointer = pthread_getspecific(key) {
      let context = OpaquePointer(pointer)
      SHA256.start(context)
      return context
    }
    let context = SHA256.makeContext()
    pthread_setspecific(key, UnsafeRawPointer(context))
    return context
  }
}

/// Digests of bytes that are in memory.
public enum Hash {
  /// SHA-256 (FIPS 180-4): 32 bytes.
  public static func sha256(_ bytes: [UInt8]) -> [UInt8] { digest(of: bytes).bytes }

  /// SHA-256 (FIPS 180-4).
  public static func digest(of bytes: [UInt8]) -> Digest { bytes.withUnsafeBytes { digest(of: $0) } }
  public static func digest(of bytes: UnsafeRawBufferPointer) -> Digest {
    let context = ThreadContext.started()
    SHA256.update(context, bytes)
    return SHA256.finish(context)
  }

  /// SHA-1 (FIPS 180-4): 20 bytes. Only for UUID version 5, which names it (RFC 9562 section 5.5): it protects nothing.
  ///
  /// - Throws: code `digest.unavailable` when the provider offers no SHA-1.
  public static func sha1(_ bytes: [UInt8]) throws(Complaint) -> [UInt8] {
    guard let md = EVP_MD_fetch(nil, "SHA1", nil) else {
      throw OpenSSLError.complaint("digest.unavailable", "OpenSSL offers no SHA-1")
    }
    defer { EVP_MD_free(md) }
    var out = [UInt8](repeating: 0, count: 20)
    guard EVP_Digest(bytes, bytes.count, &out, nil, md, nil) == 1 else {
      throw OpenSSLError.complaint("digest.unavailable", "OpenSSL cannot compute SHA-1")
    }
    return out
  }
}
