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
  private var position: UInt64 = 0
  private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)

  init(_ content: RandomAccess, _ claims: ClaimedBytes, charge: @escaping (UInt64) -> Reason?) {
    self.content = content
    self.claims = claims
    self.charge = charge
    super.init()
    total = content.size
  }
  deinit { memory.deallocate() }

  override func pull() -> Piece {
    guard position < content.size else { return .end }
    let (isClaimed, end) = claims.stretch(from: position, limit: UInt64(memory.count))
    let count = isClaimed ? end - position : min(end - position, UInt64(memory.count))
    if let reason = charge(count) { return stop(.limited(reason)) }
    if isClaimed {
      position += count
      return .zeros(count)
    }
    let n = content.read(at: position, into: UnsafeMutableRawBufferPointer(rebasing: memory[0..<Int(count)]))
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
    position = content.size
    return .end
  }
}
