public import CustodyCore

/// Shows that one leaf is in a tree without showing any other (RFC 6962 section 2.1.1, RFC 9162 section 2.1.3).
public struct InclusionProof: Sendable, Hashable {
  public var index: UInt64
  public var treeSize: UInt64
  /// From the leaf's neighbour up.
  public var path: [Digest]

  public init(index: UInt64, treeSize: UInt64, path: [Digest]) {
    self.index = index
    self.treeSize = treeSize
    self.path = path
  }

  /// True when a leaf with this hash at `index` gives `root` (RFC 9162 section 2.1.3.2).
  public func proves(_ leafHash: Digest, in root: Digest) -> Bool {
    guard index < treeSize else { return false }
    var fn = index
    var sn = treeSize - 1
    var head = leafHash
    for p in path {
      guard sn != 0 else { return false }
      if fn & 1 == 1 || fn == sn {
        head = MerkleTree.nodeHash(p, head)
        while fn & 1 == 0, fn != 0 {
          fn >>= 1
          sn >>= 1
        }
      } else {
        head = MerkleTree.nodeHash(head, p)
      }
      fn >>= 1
      sn >>= 1
    }
    return sn == 0 && head == root
  }
}

/// Computes an inclusion proof while the leaf hashes of a tree go by once, in order; memory grows with the square of
/// the logarithm of the size.
public struct InclusionProver: Sendable {
  private let index: UInt64
  private let treeSize: UInt64
  private var next: UInt64 = 0
  /// The subtrees whose heads make up the path, from the leaf up: disjoint, together everything but the leaf.
  private var siblings: [(range: Range<UInt64>, tree: MerkleTree)]
  private var leftToRight: [Int]
  private var current = 0

  /// - Returns: nil when there is no leaf `index` in a tree of `treeSize`.
  public init?(index: UInt64, treeSize: UInt64) {
    guard index < treeSize else { return nil }
    self.index = index
    self.treeSize = treeSize
    var path: [Range<UInt64>] = []
    var lower: UInt64 = 0
    var upper = treeSize
    while upper - lower > 1 {
      // The largest power of two smaller than the number of leaves.
      let k = UInt64(1) << UInt64(63 - (upper - lower - 1).leadingZeroBitCount)
      let middle = lower + k
      if index < middle {
        path.append(middle..<upper)
        upper = middle
      } else {
        path.append(lower..<middle)
        lower = middle
      }
    }
    siblings = path.reversed().map { ($0, MerkleTree()) }
    leftToRight = siblings.indices.sorted { [siblings] in
      siblings[$0].range.lowerBound < siblings[$1].range.lowerBound
    }
  }

  /// The hash of the next leaf.
  public mutating func append(leafHash: Digest) {
    defer { next += 1 }
    guard next != index, next < treeSize else { return }
    while current < leftToRight.count, next >= siblings[leftToRight[current]].range.upperBound { current += 1 }
    guard current < leftToRight.count else { return }
    siblings[leftToRight[current]].tree.append(leafHash: leafHash)
  }

  /// - Returns: nil unless exactly `treeSize` leaves went by.
  public func finish() -> InclusionProof? {
    guard next == treeSize else { return nil }
    return InclusionProof(index: index, treeSize: treeSize, path: siblings.map { $0.tree.root() })
  }
}
