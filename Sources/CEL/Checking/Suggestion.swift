/// The declared name a misspelt one was probably meant to be.
enum Suggestion {
  /// The nearest of `names`, when it is near enough to be worth saying. Ties go to the first in order.
  static func nearest(to name: String, in names: some Sequence<String>) -> String? {
    let wanted = Array(name.lowercased().utf8.prefix(64))
    // One slip in a short name, about a third of a longer one.
    let allowed = max(1, wanted.count / 3)
    var best: (distance: Int, name: String)?
    for candidate in names {
      let other = Array(candidate.lowercased().utf8.prefix(64))
      guard abs(other.count - wanted.count) <= allowed else { continue }
      let distance = distance(wanted, other)
      if distance <= allowed, distance < (best?.distance ?? Int.max) { best = (distance, candidate) }
    }
    return best.map { "did you mean '\($0.name)'?" }
  }

  /// Damerau–Levenshtein distance (optimal string alignment): a swap of neighbours is one slip.
  static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1] + [Int](repeating: 0, count: b.count)
      for j in b.indices {
        row[j + 1] = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { row[j + 1] = min(row[j + 1], beforeLast[j - 1] + 1) }
      }
      beforeLast = last
      last = row
    }
    return last[b.count]
  }
}
