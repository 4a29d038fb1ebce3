import CustodyCore

/// Which bytes of a file system were examined as somebody's content. What is left over is searched on its own, so that
/// every byte of an image is looked at once, whatever its structures say about themselves.
///
/// A bit for every unit; the last unit of a file is claimed up to the file's end only, which leaves its slack.
struct ClaimedBytes {
  let unit: UInt64
  let size: UInt64
  private var bits: [UInt64]
  /// Bytes claimed at the start of a unit, where that is not all of it.
  private var tails: [UInt64: UInt32] = [:]
  private static let maxTails = 4 << 20
  private static let maxBits: UInt64 = 512 << 20

  /// - Parameter unit: a divisor of all starts of claims, made larger when the bits would take too much memory.
  init(size: UInt64, unit: UInt64) {
    var unit = max(512, unit)
    while size / unit >= Self.maxBits { unit *= 2 }
    self.unit = unit
    self.size = size
    bits = [UInt64](repeating: 0, count: Int(size / unit / 64) + 1)
  }

  private func isSet(_ index: UInt64) -> Bool { bits[Int(index >> 6)] >> (index & 63) & 1 != 0 }

  /// True when a byte of the range was claimed before.
  func overlaps(_ start: UInt64, _ length: UInt64) -> Bool {
    guard length > 0, start < size else { return false }
    var index = start / unit
    let last = (min(size, start.addingClamped(length)) - 1) / unit
    while index <= last {
      if index & 63 == 0, index + 63 <= last, bits[Int(index >> 6)] == 0, tails.isEmpty {
        index += 64
        continue
      }
      if isSet(index) || tails[index].map({ start < index * unit + UInt64($0) }) ?? false { return true }
      index += 1
    }
    return false
  }

  /// Claims a range. A unit of which only the end is claimed stays unclaimed: examined twice rather than never.
  mutating func claim(_ start: UInt64, _ length: UInt64) {
    guard length > 0, start < size else { return }
    let end = min(size, start.addingClamped(length))
    var index = (start + unit - 1) / unit
    while (index + 1) * unit <= end {
      bits[Int(index >> 6)] |= 1 << (index & 63)
      index += 1
    }
    let rest = end > index * unit ? end - index * unit : 0
    guard rest > 0, index * unit >= start, !isSet(index), tails.count < Self.maxTails else { return }
    tails[index] = max(tails[index] ?? 0, UInt32(clamping: rest))
  }

  /// True when all of a range was claimed.
  func covers(_ range: Range<UInt64>) -> Bool {
    var position = range.lowerBound
    while position < range.upperBound {
      let (isClaimed, end) = stretch(from: position, limit: unit)
      guard isClaimed else { return false }
      position = end
    }
    return true
  }

  /// The next stretch from `start` that is all claimed or all unclaimed, at most `limit` bytes of the latter.
  func stretch(from start: UInt64, limit: UInt64) -> (isClaimed: Bool, end: UInt64) {
    var index = start / unit
    if isSet(index) {
      while index * unit < size, isSet(index) { index += 1 }
      return (true, min(size, index * unit))
    }
    if let tail = tails[index], start < index * unit + UInt64(tail) {
      return (true, min(size, index * unit + UInt64(tail)))
    }
    index += 1
    while index * unit < size, index * unit - start < limit, !isSet(index), tails[index] == nil { index += 1 }
    return (false, min(size, index * unit))
  }
}

/// A file system without what was examined as content: that becomes holes, so offsets are those of the file system.
final class UnclaimedSource: Source {
  private let content: RandomAccess
  private let claims: ClaimedBytes
  private let charge: (UInt64) -> Reason?
  private var position: UInt64
  private let start: UInt64
  private let end: UInt64
  private var isPartlyUnreadable = false
  private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)

  /// - Parameter range: the part that is wanted; nil for all.
  init(
    _ content: RandomAccess, _ claims: ClaimedBytes, _ range: Range<UInt64>? = nil,
    charge: @escaping (UInt64) -> Reason?
  ) {
    self.content = content
    self.claims = claims
    self.charge = charge
    start = range?.lowerBound ?? 0
    position = start
    end = min(content.size, range?.upperBound ?? .max)
    super.init()
    total = end > position ? end - position : 0
  }
  deinit { memory.deallocate() }

  override func pull() -> Piece {
    guard position < end else {
      if isPartlyUnreadable { return stop(Trouble(.failed, .unreadable, "part of the content is not in the image")) }
      // By its first bytes nobody would know a later stretch for what it is.
      if !isCutShort, start > 0 { trouble = Trouble(.partial, .contentNotDecoded) }
      return .end
    }
    let (state, length) = content.stretch(at: position)
    let (isClaimed, edge) = claims.stretch(from: position, limit: UInt64(memory.count))
    var count = min(edge, end) - position
    if !isClaimed { count = min(count, UInt64(memory.count)) }
    if state == .data {
      count = isClaimed ? count : min(count, length)
    } else {
      count = max(1, min(length, end - position))
    }
    if let reason = charge(count) { return stop(.limited(reason)) }
    if state == .unreadable, !isClaimed { isPartlyUnreadable = true }
    if isClaimed || state != .data {
      position += count
      return .zeros(count)
    }
    let n = content.read(at: position, into: UnsafeMutableRawBufferPointer(rebasing: memory[0..<Int(count)]))
    if n < 0, content.stretch(at: position).state == .unreadable { return pull() }
    guard n > 0 else {
      return stop(
        n < 0 ? Trouble(.failed, .unreadable, "the medium reports a read error") : Trouble(.failed, .truncated))
    }
    position += UInt64(n)
    return .bytes(UnsafeRawBufferPointer(rebasing: memory[0..<n]))
  }

  private func stop(_ trouble: Trouble) -> Piece {
    self.trouble = trouble
    isCutShort = true
    isPartlyUnreadable = false
    position = end
    return .end
  }
}
