/// Lines of text in memory, without their ends; CR LF, LF and the end of the window end a line.
struct TextLines {
  private(set) var at: Int
  private let end: Int
  /// False when the line given last was ended by the window and not by a line feed.
  private(set) var isComplete = true

  /// - Parameter end: where to stop; clamped by the bytes there are.
  init(at: Int, end: Int) {
    self.at = max(0, at)
    self.end = end
  }

  mutating func next(_ bytes: RawSpan) -> Range<Int>? {
    let limit = min(end, bytes.byteCount)
    guard at < limit else { return nil }
    let feed = bytes.firstIndex(of: 0x0A, from: at, to: limit)
    isComplete = feed != nil
    var stop = feed ?? limit
    let line = at
    at = feed.map { $0 + 1 } ?? limit
    if stop > line, bytes.u8(stop - 1) == 0x0D { stop -= 1 }
    return line..<stop
  }
}

extension RawSpan {
  /// Ranges between separators, at most `most` of them; the last one then runs to the end.
  func fields(_ line: Range<Int>, by separator: UInt8, most: Int) -> [Range<Int>] {
    var out: [Range<Int>] = []
    var from = line.lowerBound
    while out.count < most - 1, let stop = firstIndex(of: separator, from: from, to: line.upperBound) {
      out.append(from..<stop)
      from = stop + 1
    }
    out.append(from..<Swift.max(from, line.upperBound))
    return out
  }

  /// The range without white space and without one pair of double quotes around it.
  func unquoted(_ range: Range<Int>) -> Range<Int> {
    var from = range.lowerBound
    var to = range.upperBound
    while from < to, let c = u8(from), c == 0x20 { from += 1 }
    while to > from, let c = u8(to - 1), c == 0x20 || c == 0x0D { to -= 1 }
    if to - from >= 2, u8(from) == 0x22, u8(to - 1) == 0x22 { return from + 1..<to - 1 }
    return from..<to
  }

  /// The whole range as a decimal number of at most 9 digits.
  func number(_ range: Range<Int>) -> Int? {
    guard !range.isEmpty, range.count <= 9, range.upperBound <= byteCount, range.lowerBound >= 0 else { return nil }
    var value = 0
    for at in range {
      guard let digit = u8(at), (0x30...0x39).contains(digit) else { return nil }
      value = value * 10 + Int(digit - 0x30)
    }
    return value
  }
}
