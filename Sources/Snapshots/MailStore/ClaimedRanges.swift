import CustodyCore

/// Which bytes of a container were delivered as content, to the byte. For containers of small pieces; file systems have
/// `ClaimedBytes`.
struct ClaimedRanges {
  private var ranges: [Range<UInt64>] = []
  /// True when pieces were not kept.
  private(set) var isFull = false
  private static let most = 4 << 20

  /// Beyond some millions of pieces nothing is kept: those are examined twice rather than never.
  mutating func claim(_ range: Range<UInt64>) {
    guard !range.isEmpty else { return }
    if let last = ranges.last, last.lowerBound <= range.lowerBound, last.upperBound >= range.lowerBound {
      ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
    } else if ranges.count < Self.most {
      ranges.append(range)
    } else {
      isFull = true
    }
  }

  mutating func claim(_ start: UInt64, _ length: Int) {
    claim(start..<start.addingClamped(UInt64(max(0, length))))
  }

  /// In order and apart from each other.
  func joined() -> [Range<UInt64>] {
    var result: [Range<UInt64>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = result.last, last.upperBound >= range.lowerBound {
        result[result.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        result.append(range)
      }
    }
    return result
  }
}

/// What of a container was not delivered as content. That becomes holes, so offsets are those of the container.
final class RemainderBytes: Source {
  private let content: RandomAccess
  private let claimed: [Range<UInt64>]
  private let charge: (UInt64) -> Reason?
  /// Makes bytes readable that are encoded where they lie.
  private let decode: ([UInt8]) -> [UInt8]
  private var next = 0
  private var position: UInt64 = 0
  private let isPartial: Bool
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

  /// - Parameter isPartial: whether something may be encoded in the rest that nobody decodes.
  init(
    _ content: RandomAccess, _ claimed: ClaimedRanges, isPartial: Bool = true,
    decode: @escaping ([UInt8]) -> [UInt8] = { $0 }, charge: @escaping (UInt64) -> Reason?
  ) {
    self.content = content
    self.claimed = claimed.joined()
    self.isPartial = isPartial
    self.decode = decode
    self.charge = charge
    super.init()
    total = content.size
  }
  deinit { buffer.deallocate() }

  override func pull() -> Piece {
    guard position < content.size else { return end(nil) }
    while next < claimed.count, claimed[next].upperBound <= position { next += 1 }
    let here = next < claimed.count ? claimed[next] : nil
    if let here, here.lowerBound <= position {
      let count = min(here.upperBound, content.size) - position
      if let reason = charge(count) { return end(.limited(reason)) }
      position += count
      return .zeros(count)
    }
    let edge = min(here?.lowerBound ?? content.size, content.size)
    let count = min(edge - position, UInt64(buffer.count))
    if let reason = charge(count) { return end(.limited(reason)) }
    let raw = content.bytes(at: position, count: Int(count))
    guard !raw.isEmpty else { return end(Trouble(.failed, .unreadable, "the medium reports a read error")) }
    let bytes = decode(raw)
    buffer.copyBytes(from: bytes.prefix(buffer.count))
    position += UInt64(raw.count)
    return .bytes(UnsafeRawBufferPointer(rebasing: buffer[0..<min(bytes.count, buffer.count)]))
  }

  private func end(_ trouble: Trouble?) -> Piece {
    position = content.size
    isCutShort = trouble != nil || isCutShort
    self.trouble = trouble ?? self.trouble ?? (isPartial ? Trouble(.partial, .contentNotDecoded) : nil)
    return .end
  }
}
