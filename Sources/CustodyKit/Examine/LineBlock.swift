internal import CustodyCore
internal import Records

/// Encoded lines of consecutive entries, not numbered yet.
///
/// An entry has a place among the others from the moment its reading ends; how many lines it gives is known only when
/// it is examined, since pictures inside a picture are lines of their own.
struct LineBlock: Sendable {
  /// The place of the first entry, counted from 0.
  let first: UInt64
  /// How many entries' lines are here.
  private(set) var entries: UInt64 = 0
  /// Lines behind their number, one after the other.
  private(set) var lines: [UInt8] = []
  /// Where each line ends in `lines`.
  private(set) var ends: [Int] = []

  init(first: UInt64) { self.first = first }

  var isEmpty: Bool { entries == 0 }
  /// The place that would follow.
  var next: UInt64 { first + entries }

  /// Adds an entry: the pictures inside it, then itself.
  mutating func append(_ examinations: some Sequence<Examination>) {
    for examination in examinations {
      InventoryLine.encodeUnnumbered(examination, into: &lines)
      ends.append(lines.count)
    }
    entries += 1
  }
}
