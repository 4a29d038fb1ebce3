import CustodyCore

/// Entries of one folder about which everything a rule can ask is equal. All memory of single entries is here:
/// runs of leaf numbers, and eight bytes of each content's digest for counting distinct contents.
struct EntryGroup: Sendable {
  /// Which combination of items the entries carry.
  var signature: Int
  var entries = 0
  var bytes: UInt64 = 0
  var leaves = LeafRanges()
  var firstLeaf: UInt64
  /// Items and specimens by position in the signature.
  var counts: [ItemCount]
  /// First eight bytes of every content's digest, in order of arrival, repeats included.
  var contents: [UInt64] = []
  /// Items of that content, one number for each position in the signature; empty while every number is 1.
  var contentItems: [UInt32] = []
  /// Entries whose content was not read in full: each counts as a content of its own.
  var unread = 0
  /// The first leaf hashes that may be shown.
  var samples: [Sample] = []
  /// Smallest nonce of an entry that was read in full, and of the others.
  var nonce: Nonce?
  var unreadNonce: Nonce?

  struct Sample: Sendable {
    var leaf: UInt64
    var hash: Digest
  }

  /// How many leaf hashes a finding shows.
  static let sampleLimit = 8

  struct Nonce: Sendable, Comparable {
    var high: UInt64
    var low: UInt64
    init?(_ bytes: [UInt8]) {
      guard !bytes.isEmpty else { return nil }
      high = 0
      low = 0
      for i in 0..<8 { high = high << 8 | UInt64(i < bytes.count ? bytes[i] : 0) }
      for i in 8..<16 { low = low << 8 | UInt64(i < bytes.count ? bytes[i] : 0) }
    }
    static func < (a: Nonce, b: Nonce) -> Bool { (a.high, a.low) < (b.high, b.low) }
    var bytes: [UInt8] {
      [high, low].flatMap { w in (0..<8).map { UInt8(truncatingIfNeeded: w >> (56 - 8 * UInt64($0))) } }
    }
  }

  init(signature: Int, width: Int, firstLeaf: UInt64) {
    self.signature = signature
    self.firstLeaf = firstLeaf
    counts = [ItemCount](repeating: ItemCount(items: 0, specimens: 0), count: width)
  }

  mutating func add(_ e: Examination, counts: [ItemCount], leafHash: () -> [UInt8]?) {
    entries += 1
    bytes = bytes.addingReportingOverflow(e.size).overflow ? .max : bytes + e.size
    leaves.append(e.index)
    for i in counts.indices {
      self.counts[i].add(counts[i])
    }
    if let sha256 = e.sha256 {
      let plain = counts.allSatisfy { $0.items == 1 }
      if !plain, contentItems.isEmpty {
        contentItems = [UInt32](repeating: 1, count: contents.count * counts.count)
      }
      contents.append(sha256.words.0)
      if !plain || !contentItems.isEmpty { contentItems += counts.map { UInt32(clamping: $0.items) } }
    } else {
      unread += 1
    }
    if let n = Nonce(e.nonce) {
      if e.sha256 != nil {
        if nonce.map({ n < $0 }) ?? true { nonce = n }
      } else if unreadNonce.map({ n < $0 }) ?? true {
        unreadNonce = n
      }
    }
    if samples.count < Self.sampleLimit, let hash = leafHash().flatMap({ Digest($0) }) {
      samples.append(Sample(leaf: e.index, hash: hash))
    }
  }

  /// Adds what a later stretch of the inventory held of the same entries.
  mutating func merge(_ later: EntryGroup) {
    entries += later.entries
    bytes = bytes.addingReportingOverflow(later.bytes).overflow ? .max : bytes + later.bytes
    leaves.append(later.leaves)
    for i in counts.indices { counts[i].add(later.counts[i]) }
    if contentItems.isEmpty != later.contentItems.isEmpty {
      if contentItems.isEmpty { contentItems = [UInt32](repeating: 1, count: contents.count * counts.count) }
      contentItems +=
        later.contentItems.isEmpty
        ? [UInt32](repeating: 1, count: later.contents.count * counts.count) : later.contentItems
    } else {
      contentItems += later.contentItems
    }
    contents += later.contents
    unread += later.unread
    samples = Array((samples + later.samples).prefix(Self.sampleLimit))
    nonce = Self.smaller(nonce, later.nonce)
    unreadNonce = Self.smaller(unreadNonce, later.unreadNonce)
  }

  static func smaller(_ a: Nonce?, _ b: Nonce?) -> Nonce? {
    guard let a else { return b }
    return b.map { min(a, $0) } ?? a
  }

  /// Items that the content at `index` has at `position` of the signature.
  func itemCount(ofContent index: Int, at position: Int) -> Int {
    contentItems.isEmpty ? 1 : Int(contentItems[index * counts.count + position])
  }
}

/// How many items one entry holds of one class.
struct ItemCount: Sendable, Hashable {
  var items: Int
  var specimens: Int

  mutating func add(_ other: ItemCount) {
    items = items.addingSaturated(other.items)
    specimens = specimens.addingSaturated(other.specimens)
  }
}

extension Int {
  /// Counts come from inventory lines: they stop at the top instead of wrapping.
  func addingSaturated(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other > 0 ? .max : .min) : sum
  }
}

/// Counting distinct contents.
enum Contents {
  /// How many different values there are.
  static func distinct(_ groups: [EntryGroup]) -> Int {
    let total = groups.reduce(0) { $0 + $1.contents.count }
    var all: [UInt64] = []
    all.reserveCapacity(total)
    for group in groups { all += group.contents }
    all.sort()
    var count = 0
    var last: UInt64?
    for value in all where value != last {
      count += 1
      last = value
    }
    return count + groups.reduce(0) { $0 + $1.unread }
  }
}
