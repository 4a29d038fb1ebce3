/// Which lists of hashes hold a hash.
///
/// Sorted postings behind a filter of one bit each: nearly every name of nearly every folder stands in no sidecar, and
/// costs one look. A hash that stands in more lists than `widest` counts for the first of them, so that many sidecars
/// naming the same pictures cannot make the work grow with their product.
struct NameIndex {
  static let widest = 64

  struct Posting {
    var hash: UInt64
    /// Which list.
    var list: Int32
    /// Position of the hash in the list.
    var position: Int32
  }
  private var postings: [Posting] = []
  private var filter: [UInt64] = []
  private var mask: UInt64 = 0
  /// - Parameter lists: ascending hashes; their order is the order of preference.
  init(_ lists: [[UInt64]]) {
    let total = lists.reduce(0) { $0 + $1.count }
    postings.reserveCapacity(total)
    for (list, hashes) in lists.enumerated() where list <= Int(Int32.max) {
      for (position, hash) in hashes.enumerated() {
        postings.append(Posting(hash: hash, list: Int32(list), position: Int32(position)))
      }
    }
    postings.sort { $0.hash == $1.hash ? $0.list < $1.list : $0.hash < $1.hash }
    var bits = 1 << 10
    while bits < 8 * total, bits < 1 << 27 { bits <<= 1 }
    filter = [UInt64](repeating: 0, count: bits / 64)
    mask = UInt64(bits - 1)
    for posting in postings {
      let bit = posting.hash & mask
      filter[Int(bit >> 6)] |= 1 << (bit & 63)
    }
  }

  /// Calls `each` with the lists that hold `hash`, in order.
  ///
  /// - Returns: false when more lists hold it than are followed.
  @inline(__always)
  @discardableResult
  func find(_ hash: UInt64, _ each: (Posting) -> Void) -> Bool {
    let bit = hash & mask
    guard filter[Int(bit >> 6)] & 1 << (bit & 63) != 0 else { return true }
    var (low, high) = (0, postings.count)
    while low < high {
      let middle = (low + high) / 2
      if postings[middle].hash < hash { low = middle + 1 } else { high = middle }
    }
    let end = min(postings.count, low + Self.widest)
    while low < end, postings[low].hash == hash {
      each(postings[low])
      low += 1
    }
    return low >= postings.count || postings[low].hash != hash
  }
}

/// Ascending hashes of different names with where the sample ends.
struct NameList {
  var hashes: [UInt64]
  /// Larger hashes may be missing; `.max` when none is.
  var ceiling: UInt64

  init(_ names: [UInt64], limit: Int) {
    hashes = names
    ceiling = names.count < limit ? .max : names.last ?? .max
  }
  var isWhole: Bool { ceiling == .max }

  /// How many are at most `ceiling`.
  func count(upTo ceiling: UInt64) -> Int {
    var (low, high) = (0, hashes.count)
    while low < high {
      let middle = (low + high) / 2
      if hashes[middle] <= ceiling { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
