/// Follows the reading of a tar and keeps, of what no member's content is, what can hold something.
///
/// libarchive alone decides where contents lie: what it takes between them is a gap, and is looked through when the
/// next header has been read. Usually it lies in the piece of bytes at hand, and nothing is copied.
final class TarGaps {
  /// Bytes of one gap: libarchive reads headers of at most a mebibyte, and several may precede a member.
  static let largestGap = 4 << 20

  /// Where the content last read ends, in the archive.
  var start: UInt64 = 0
  /// The content was read to its end. What of it was not is no gap; its entry says so.
  var isWhole = true
  /// What was not read of a content is being passed over: none of it is kept.
  private var isSkipping = false
  /// A gap was larger than is kept.
  private(set) var isMissed = false
  private(set) var found = TarFindings()
  /// Of the gap that is being read, what lay in pieces that are gone. Ends at `heldEnd`.
  private var held: [UInt8] = []
  private var heldEnd: UInt64 = 0

  /// The next header is about to be read.
  func leaveContent() { isSkipping = !isWhole }

  /// A piece goes: what belongs to a gap is kept.
  ///
  /// - Parameter end: of the piece, in the archive.
  func keep(_ piece: UnsafeRawBufferPointer, endingAt end: UInt64) {
    guard !isSkipping, start < end else {
      held.removeAll(keepingCapacity: true)
      heldEnd = end
      return
    }
    let from = end - min(end, UInt64(piece.count))
    if start >= from || heldEnd != from { held.removeAll(keepingCapacity: true) }
    let part = UnsafeRawBufferPointer(rebasing: piece[Int(max(start, from) - from)...])
    // What is too large is missed when the gap closes, because its beginning is not there.
    if held.count + part.count > Self.largestGap { held.removeAll() }
    held.append(contentsOf: part)
    heldEnd = end
  }

  /// libarchive stands behind a header, or at the end.
  ///
  /// - Parameters:
  ///   - end: of the gap.
  ///   - piece: the bytes at hand, which end at `pieceEnd`.
  ///   - isMember: a member's header was read.
  ///   - attributes: see `TarSearch`.
  func close(
    at end: UInt64, _ piece: UnsafeRawBufferPointer, endingAt pieceEnd: UInt64, isMember: Bool,
    attributes: () -> Set<[UInt8]>
  ) {
    defer {
      start = max(start, end)
      isSkipping = false
    }
    guard isWhole, start < end else { return }
    let from = pieceEnd - min(pieceEnd, UInt64(piece.count))
    if start >= from, end <= pieceEnd {
      let gap = UnsafeRawBufferPointer(rebasing: piece[Int(start - from)..<Int(end - from)])
      return search(gap, isMember, attributes)
    }
    let heldStart = heldEnd - UInt64(held.count)
    guard heldStart <= start, heldEnd == from || end <= heldEnd, end <= pieceEnd else {
      isMissed = true
      return
    }
    var gap = Array(held[Int(start - heldStart)...])
    if end > heldEnd { gap.append(contentsOf: piece[..<Int(end - from)]) }
    gap.removeLast(gap.count - min(gap.count, Int(end - start)))
    gap.withUnsafeBytes { search($0, isMember, attributes) }
  }

  private func search(_ gap: UnsafeRawBufferPointer, _ isMember: Bool, _ attributes: () -> Set<[UInt8]>) {
    for range in TarSearch(gap, at: start, isMember: isMember, attributes: attributes).odd {
      found.add(Array(gap[range]), at: start + UInt64(range.lowerBound))
    }
  }

  /// What is complete; with `all`, everything.
  func take(all: Bool) -> [TarFindings.Group] { found.take(all: all) }
}

/// What was found in the gaps of a tar, in order, grouped into what becomes one entry each.
struct TarFindings {
  struct Group {
    var parts: [(offset: UInt64, bytes: [UInt8])]
    var start: UInt64 { parts.first?.offset ?? 0 }
    var end: UInt64 { parts.last.map { $0.offset + UInt64($0.bytes.count) } ?? 0 }
  }

  /// Bytes in memory after which an entry begins anew, and distances in the archive after which it does.
  private static let enough = 1 << 20
  private static let farthest: UInt64 = 1 << 20
  private static let longest: UInt64 = 16 << 20

  private var groups: [Group] = []
  private var count = 0

  mutating func add(_ bytes: [UInt8], at offset: UInt64) {
    if let last = groups.last, count < Self.enough, offset - last.end <= Self.farthest,
      offset - last.start <= Self.longest
    {
      groups[groups.count - 1].parts.append((offset, bytes))
      count += bytes.count
    } else {
      groups.append(Group(parts: [(offset, bytes)]))
      count = bytes.count
    }
  }

  mutating func take(all: Bool) -> [Group] {
    guard all || groups.count > 1 else { return [] }
    let kept = all ? [] : groups.suffix(1)
    defer { groups = Array(kept) }
    return Array(groups.dropLast(kept.count))
  }
}
