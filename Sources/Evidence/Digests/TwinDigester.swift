internal import CSha
internal import COpenSSL
public import CustodyCore

/// SHA-256 of a stream of bytes and, in the same pass, of messages within it: the digest of a tar and those of its
/// members.
///
/// The digests are those of `Digester` (FIPS 180-4, by way of the processor's SHA extensions), checked against it before
/// the first use. Owned by one thread at a time.
public struct TwinDigester: @unchecked Sendable {
  private var stream = csha_state()
  private var message = csha_state()

  /// False where the processor lacks the extensions, where OpenSSL was told to use another provider than its own (as
  /// FIPS 140 requires), and where the two do not agree: `Digester` then computes all digests.
  public static let isAvailable: Bool = {
    guard csha_is_available() == 1, Digester.provider.name == "default" else { return false }
    return [0, 1, 55, 56, 63, 64, 119, 120, 1000].allSatisfy { count in
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ count) }
      var twin = TwinDigester()
      var plain = Digester()
      bytes.withUnsafeBytes { twin.updateBoth($0) }
      plain.update(bytes)
      let known = plain.finish()
      return twin.finishMessage() == known && twin.finish() == known.content
    }
  }()

  /// Call only when `isAvailable`.
  public init() {
    csha_start(&stream)
    csha_start(&message)
  }

  /// Bytes of the stream alone.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) { csha_update(&stream, bytes.baseAddress, bytes.count) }

  /// A message begins.
  public mutating func begin() { csha_start(&message) }

  /// Bytes of the stream that are the message's too. Costs least where both stand at a multiple of 64.
  public mutating func updateBoth(_ bytes: UnsafeRawBufferPointer) {
    csha_update_both(&stream, &message, bytes.baseAddress, bytes.count)
  }

  /// Bytes of the message alone.
  public mutating func updateMessage(_ bytes: UnsafeRawBufferPointer) {
    csha_update(&message, bytes.baseAddress, bytes.count)
  }

  /// `count` zero bytes of the message alone.
  public mutating func updateMessage(zeros count: UInt64) {
    var rest = count
    Self.zeros.withUnsafeBytes { zeros in
      while rest > 0 {
        let n = Int(min(rest, UInt64(zeros.count)))
        csha_update(&message, zeros.baseAddress, n)
        rest -= UInt64(n)
      }
    }
  }
  private static let zeros = [UInt8](repeating: 0, count: 1 << 16)

  /// The digest of the message and the nonce of its leaf.
  public func finishMessage() -> LeafDigests {
    var blind = message
    Self.suffix.withUnsafeBytes { csha_update(&blind, $0.baseAddress, $0.count) }
    return LeafDigests(
      content: Self.digest(message), nonce: Array(Self.digest(blind).bytes.prefix(16)))
  }
  private static let suffix = Array(Digester.nonceSuffix.utf8)

  /// The digest of the stream so far.
  public func finish() -> Digest { Self.digest(stream) }

  private static func digest(_ state: csha_state) -> Digest {
    var out: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    withUnsafeMutableBytes(of: &out) { buffer in
      withUnsafePointer(to: state) { csha_finish($0, buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)) }
    }
    return Digest(
      words: (UInt64(bigEndian: out.0), UInt64(bigEndian: out.1), UInt64(bigEndian: out.2), UInt64(bigEndian: out.3)))
  }
}
