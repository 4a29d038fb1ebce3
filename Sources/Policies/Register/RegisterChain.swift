public import CustodyCore

/// The hash chain over the rows of one register, in the order of their sequence numbers.
///
/// h(0) = 32 zero bytes, h(n) = SHA-256(h(n−1) ‖ SHA-256(payload of row n)). Signatures are no part of it: a signature that is added later
/// leaves the chain as it is.
public enum RegisterChain {
  /// h(0): the head of a register without rows.
  public static let start = Digest(words: (0, 0, 0, 0))

  /// h(0) … h(n): one more than there are payloads.
  public static func heads(_ payloads: [[UInt8]], sha256: ([UInt8]) -> Digest) -> [Digest] {
    var heads = [start]
    heads.reserveCapacity(payloads.count + 1)
    var head = start
    for payload in payloads {
      head = sha256(head.bytes + sha256(payload).bytes)
      heads.append(head)
    }
    return heads
  }
}
