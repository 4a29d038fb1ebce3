internal import CustodyCore

/// Where in an entry whole files are looked for.
struct CarvedGround {
  /// Nothing is looked for before this offset.
  private var end = 0
  /// Bytes of contents that detectors put together: first pieces, in which a file begins and does not go on.
  private var taken: [Range<Int>] = []
  private var isSorted = true
  /// In the entry that is a picture itself.
  private let isPicture: Bool
  private let isClosed: Bool

  /// - Parameter sight: what the entry itself is. Pictures in moving pictures are their frames, and pictures in a
  ///   picture are shown by whoever decodes it.
  init(_ sight: Sight? = nil) {
    isPicture = sight == .picture
    isClosed = sight == .video
  }

  mutating func exclude(_ contents: [DerivedContent]) {
    for content in contents {
      let from = Int(clamping: content.place.offset)
      taken.append(from..<max(from, Int(clamping: content.place.offset &+ content.place.length)))
    }
    isSorted = false
  }

  mutating func allows(_ start: Int) -> Bool {
    guard !isClosed, start >= end, !isPicture || start == 0 || end > 0 else { return false }
    guard !taken.isEmpty else { return true }
    if !isSorted {
      taken.sort { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
      var merged: [Range<Int>] = []
      for range in taken {
        if let last = merged.last, range.lowerBound <= last.upperBound {
          merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
        } else {
          merged.append(range)
        }
      }
      (taken, isSorted) = (merged, true)
    }
    var (low, high) = (0, taken.count)
    while low < high {
      let middle = (low + high) / 2
      if taken[middle].lowerBound <= start { low = middle + 1 } else { high = middle }
    }
    return low == 0 || !taken[low - 1].contains(start)
  }

  /// What was cut out; nil for the entry itself.
  mutating func take(_ content: DerivedContent) -> DerivedContent? {
    guard content.place.offset > 0 else {
      if isPicture { end = content.bytes.count }
      return nil
    }
    end = Int(clamping: content.place.offset + content.place.length)
    return content
  }

  /// Offset behind what was cut out last.
  var claimEnd: Int { end }
}
