/// Ascending leaf numbers as runs, a few bytes each: gap and length, LEB128.
struct LeafRanges: Sendable, Equatable {
  private var bytes: [UInt8] = []
  /// One past the last number of the closed runs.
  private var closedEnd: UInt64 = 0
  private var open: (first: UInt64, last: UInt64)?

  static func == (a: LeafRanges, b: LeafRanges) -> Bool { a.runs == b.runs }

  /// - Parameter leaf: greater than every number added before; smaller ones are ignored.
  mutating func append(_ leaf: UInt64) {
    guard let run = open else {
      open = (leaf, leaf)
      return
    }
    if leaf == run.last &+ 1, leaf > run.last {
      open = (run.first, leaf)
    } else if leaf > run.last {
      close(run)
      open = (leaf, leaf)
    }
  }

  mutating func append(_ other: LeafRanges) {
    for run in other.runs {
      if let mine = open, run.first <= mine.last { continue }
      append(run.first)
      if let mine = open { open = (mine.first, run.last) }
    }
  }

  private mutating func close(_ run: (first: UInt64, last: UInt64)) {
    write(run.first - closedEnd)
    write(run.last - run.first)
    closedEnd = run.last
  }

  private mutating func write(_ value: UInt64) {
    var v = value
    while v >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: v) | 0x80)
      v >>= 7
    }
    bytes.append(UInt8(v))
  }

  struct Run: Sendable, Hashable, Comparable {
    var first: UInt64
    var last: UInt64
    static func < (a: Run, b: Run) -> Bool { a.first < b.first }
    var text: String { first == last ? String(first) : "\(first)-\(last)" }
  }

  var runs: [Run] {
    var runs: [Run] = []
    var i = 0
    var end: UInt64 = 0
    func read() -> UInt64 {
      var v: UInt64 = 0
      var shift: UInt64 = 0
      while i < bytes.count {
        let b = bytes[i]
        i += 1
        v |= UInt64(b & 0x7F) << shift
        if b < 0x80 { break }
        shift += 7
      }
      return v
    }
    while i < bytes.count {
      let first = end + read()
      end = first + read()
      runs.append(Run(first: first, last: end))
    }
    if let open { runs.append(Run(first: open.first, last: open.last)) }
    return runs
  }

  /// The first number; nil when empty.
  var first: UInt64? { runs.first?.first }

  /// Runs of several sets joined, neighbours melted together.
  static func union(_ sets: [LeafRanges]) -> [Run] {
    if sets.count == 1, let only = sets.first { return only.runs }
    var out: [Run] = []
    for run in sets.flatMap(\.runs).sorted() {
      if let last = out.last, run.first <= last.last &+ 1 {
        out[out.count - 1].last = max(last.last, run.last)
      } else {
        out.append(run)
      }
    }
    return out
  }
}
