public import CustodyCore

/// Leaves by number, as reports name them: `17`, `3-17`, several joined by commas.
public struct LeafChoice: Sendable, Hashable {
  /// Ascending, apart from each other.
  let ranges: [ClosedRange<UInt64>]

  /// More cannot stand on a command line in earnest.
  static let mostRanges = 100_000

  /// - Throws: `notify.leaves` for what is no number or range of numbers.
  public init(_ texts: [String]) throws(Complaint) {
    var all: [ClosedRange<UInt64>] = []
    for text in texts {
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        guard let range = Self.range(part), all.count < Self.mostRanges else {
          throw Complaint(
            code: "notify.leaves", "no leaf and no range of leaves: \(Printable.escape(String(part), limit: 60))",
            at: "--leaves", hint: "write it like 17 or 3-17, as reports do")
        }
        all.append(range)
      }
    }
    var merged: [ClosedRange<UInt64>] = []
    for range in all.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, range.lowerBound <= last.upperBound {
        merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    ranges = merged
  }

  private static func range(_ text: Substring) -> ClosedRange<UInt64>? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(number)
    guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last else { return nil }
    return first...last
  }

  private static func number(_ digits: Substring) -> UInt64? {
    // `UInt64` would take a sign.
    digits.utf8.allSatisfy { (0x30...0x39).contains($0) } ? UInt64(digits) : nil
  }

  /// True for a leaf that was named.
  func contains(_ leaf: UInt64) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < leaf { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].contains(leaf)
  }

  /// `3-17,20`
  var text: String {
    ranges.map { $0.lowerBound == $0.upperBound ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ",")
  }
}
