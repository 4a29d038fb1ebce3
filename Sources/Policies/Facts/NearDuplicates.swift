import CustodyCore

/// A PDQ hash: 256 bits of which two pictures that look alike share most.
struct PictureHash: Sendable, Hashable {
  /// Below this quality (0 to 100) a hash says too little of its picture to be compared (PDQ's own recommendation).
  static let leastQuality: Int64 = 50
  /// Bits that may differ between pictures that look alike (PDQ's own recommendation).
  static let mostDifferent = 31

  private let words: (UInt64, UInt64, UInt64, UInt64)

  /// - Parameter hex: 64 hexadecimal digits; anything else gives nil.
  init?(hex: String) {
    guard let digest = Digest(hex: hex) else { return nil }
    words = digest.words
  }

  /// Of an entry whose picture has one worth comparing.
  init?(_ attributes: Attributes) {
    guard case .int(let quality)? = attributes["pdqQuality"], quality >= Self.leastQuality,
      case .string(let hex)? = attributes["pdq"]
    else { return nil }
    self.init(hex: hex)
  }

  func distance(to other: PictureHash) -> Int {
    (words.0 ^ other.words.0).nonzeroBitCount + (words.1 ^ other.words.1).nonzeroBitCount
      + (words.2 ^ other.words.2).nonzeroBitCount + (words.3 ^ other.words.3).nonzeroBitCount
  }

  /// One of the 16 parts of 16 bits.
  func part(_ n: Int) -> Int {
    let word = n < 4 ? words.0 : n < 8 ? words.1 : n < 12 ? words.2 : words.3
    return Int(word >> UInt64(48 - 16 * (n & 3)) & 0xFFFF)
  }

  static func == (a: PictureHash, b: PictureHash) -> Bool { a.words == b.words }
  func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.3)
  }
}

/// Counts pictures that look alike once.
///
/// Two hashes within 31 bits of each other have, of 16 parts, at least one that differs in no more than one bit: only
/// pairs that share such a part are compared.
enum NearDuplicates {
  /// Most hashes that are compared.
  static let mostHashes = 500_000
  /// Most comparisons: a few seconds, however the hashes were chosen.
  static let mostComparisons = 2_000_000_000

  /// Groups of hashes in which each is within reach of another one; nil when they are too many to be compared.
  static func groups(_ all: some Sequence<PictureHash>) -> Int? {
    let hashes = Array(Set(all))
    guard hashes.count <= mostHashes else { return nil }
    var parent = Array(hashes.indices)
    func root(_ i: Int) -> Int {
      var i = i
      while parent[i] != i {
        parent[i] = parent[parent[i]]
        i = parent[i]
      }
      return i
    }
    var groups = hashes.count
    var comparisons = 0
    for part in 0..<16 {
      // Hashes by the value of this part: `start[v] ..< start[v + 1]` in `order`.
      var start = [Int](repeating: 0, count: 65_537)
      for hash in hashes { start[hash.part(part) + 1] += 1 }
      for v in 0..<65_536 { start[v + 1] += start[v] }
      var next = start
      var order = [Int](repeating: 0, count: hashes.count)
      for (i, hash) in hashes.enumerated() {
        order[next[hash.part(part)]] = i
        next[hash.part(part)] += 1
      }
      for (i, hash) in hashes.enumerated() {
        let value = hash.part(part)
        for flip in -1..<16 {
          let other = flip < 0 ? value : value ^ (1 << flip)
          for j in order[start[other]..<start[other + 1]] where j > i {
            comparisons += 1
            guard hash.distance(to: hashes[j]) <= PictureHash.mostDifferent else { continue }
            let (a, b) = (root(i), root(j))
            if a != b {
              parent[max(a, b)] = min(a, b)
              groups -= 1
            }
          }
        }
        guard comparisons <= mostComparisons else { return nil }
      }
    }
    return groups
  }
}
