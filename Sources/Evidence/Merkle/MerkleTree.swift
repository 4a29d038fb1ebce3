internal import COpenSSL
public import CustodyCore

/// The Merkle tree of RFC 6962 section 2.1 with SHA-256, grown leaf by leaf.
///
/// Keeps the heads of its complete subtrees only: memory and the cost of `root()` grow with the logarithm of the size.
public struct MerkleTree: Sendable {
  public private(set) var size: UInt64 = 0
  /// Heads of complete subtrees, largest first: one for each bit that is set in `size`.
  private var heads: [Digest] = []

  public init() { heads.reserveCapacity(64) }

  /// Adds the leaf whose data are `bytes`.
  public mutating func append(_ bytes: UnsafeRawBufferPointer) { append(leafHash: Self.leafHash(of: bytes)) }

  /// Adds a leaf by its hash.
  public mutating func append(leafHash: Digest) {
    var head = leafHash
    var bits = size
    while bits & 1 == 1, let left = heads.popLast() {
      head = Self.nodeHash(left, head)
      bits >>= 1
    }
    heads.append(head)
    size += 1
  }

  /// The tree head: SHA-256 of nothing when there is no leaf.
  public func root() -> Digest {
    guard var head = heads.last else { return Hash.digest(of: []) }
    for left in heads.dropLast().reversed() { head = Self.nodeHash(left, head) }
    return head
  }

  // MARK: - Hashes

  /// SHA-256(0x00 ‖ data)
  public static func leafHash(of bytes: UnsafeRawBufferPointer) -> Digest {
    let context = ThreadContext.started()
    var prefix: UInt8 = 0
    withUnsafeBytes(of: &prefix) { SHA256.update(context, $0) }
    SHA256.update(context, bytes)
    return SHA256.finish(context)
  }
  public static func leafHash(of bytes: ArraySlice<UInt8>) -> Digest { bytes.withUnsafeBytes { leafHash(of: $0) } }
  public static func leafHash(of bytes: [UInt8]) -> Digest { bytes.withUnsafeBytes { leafHash(of: $0) } }

  /// SHA-256(0x01 ‖ left ‖ right)
  public static func nodeHash(_ left: Digest, _ right: Digest) -> Digest {
    let l = left.words
    let r = right.words
    // The prefix takes the last byte of the first word, so that the 65 bytes lie together.
    var message: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (
      UInt64(1).bigEndian, l.0.bigEndian, l.1.bigEndian, l.2.bigEndian, l.3.bigEndian, r.0.bigEndian, r.1.bigEndian,
      r.2.bigEndian, r.3.bigEndian
    )
    let context = ThreadContext.started()
    withUnsafeBytes(of: &message) { SHA256.update(context, UnsafeRawBufferPointer(rebasing: $0[7...])) }
    return SHA256.finish(context)
  }
}
