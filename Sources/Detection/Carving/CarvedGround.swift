internal import CustodyCore

/// Where in an entry whole files are looked for.
struct CarvedGround {
  /// Nothing is looked for before this offset.
  private var end = 0
  /// Bytes of contents that detectors put together: first pieces, in which a file begins and does not go on.
  private var taken: [Range<Int>] = []
  private var isSorted = true
  /// Where pictures begin that are shown by whoever decodes the entry, in order.
  private var shown: [Range<Int>] = []

  init() {}

  mutating func exclude(_ contents: [DerivedContent]) {
    for content in contents {
      let from = Int(clamping: content.place.offset)
      taken.append(from..<max(from, Int(clamping: content.place.offset &+ content.place.length)))
    }
    isSorted = false
  }

  /// What the entry is, from its first bytes: pictures in moving pictures that are made of pictures are their frames.
  mutating func learn(moving head: RawSpan) { shown = ShownPictures.frames(head) }

  /// What the entry is, from the bytes of the still picture that it is.
  mutating func learn(still bytes: RawSpan, kind: ContentKind) { shown = ShownPictures.inside(bytes, kind) }

  /// - Parameter pattern: what stands there.
  mutating func allows(_ start: Int, _ pattern: [UInt8]) -> Bool {
    guard start >= end, !isShown(start, pattern) else { return false }
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
    return !Self.holds(taken, start)
  }

  private func isShown(_ start: Int, _ pattern: [UInt8]) -> Bool {
    guard !shown.isEmpty, ShownPictures.patterns.contains(where: { pattern.starts(with: $0) }) else { return false }
    return Self.holds(shown, start)
  }

  private static func holds(_ ranges: [Range<Int>], _ start: Int) -> Bool {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].lowerBound <= start { low = middle + 1 } else { high = middle }
    }
    return low > 0 && ranges[low - 1].contains(start)
  }

  /// What was cut out; nil for the entry itself.
  mutating func take(_ content: DerivedContent) -> DerivedContent? {
    guard content.place.offset > 0 else { return nil }
    end = Int(clamping: content.place.offset + content.place.length)
    return content
  }

  /// Offset behind what was cut out last.
  var claimEnd: Int { end }
}
