import CustodyCore

/// Finds encoded content in an entry, whether its characters have one byte or two.
///
/// Dumps of SQL Server and the output of PowerShell are UTF-16 (RFC 2781): what such text spells is found as in any other,
/// at its place in the entry. Bytes are searched as they stand as well, so that a beginning of one form hides nothing
/// written in the other.
public struct EntryFinder: ~Copyable {
  private var bytewise: DerivedFinder
  /// For text in units of two bytes.
  private var wide: DerivedFinder?
  private var isBigEndian = false
  private let limits: DerivedLimits
  private var isDecided = false
  /// The first bytes, until they say which form it is.
  private var head: [UInt8] = []
  /// First byte of a unit that was cut by the end of a chunk.
  private var half: UInt8?
  private var block: [UInt8] = []

  private static let sample = 256
  private static let blockLength = 32 << 10

  public init(limits: DerivedLimits = DerivedLimits()) {
    self.limits = limits
    bytewise = DerivedFinder(limits: limits)
  }

  /// Takes the next bytes of the entry; they are not needed after the call.
  public mutating func consume(_ bytes: UnsafeRawBufferPointer, _ found: (DerivedContent) -> Void) {
    bytewise.consume(bytes, found)
    guard !isDecided else { return read(bytes, found) }
    if head.isEmpty, bytes.count >= Self.sample {
      decide(UnsafeRawBufferPointer(rebasing: bytes[..<Self.sample]))
      return read(bytes, found)
    }
    let missing = min(bytes.count, Self.sample - head.count)
    head.append(contentsOf: bytes[..<missing])
    guard head.count == Self.sample else { return }
    decideByHead(found)
    read(UnsafeRawBufferPointer(rebasing: bytes[missing...]), found)
  }

  /// Takes `count` zero bytes.
  public mutating func consumeZeros(_ count: UInt64, _ found: (DerivedContent) -> Void) {
    bytewise.consumeZeros(count, found)
    if !isDecided { decideByHead(found) }
    guard wide != nil, count > 0 else { return }
    var left = count
    if half != nil {
      [UInt8(0)].withUnsafeBytes { read($0, found) }
      left -= 1
    }
    if left >= 2 { wide?.consumeZeros(left / 2) { found(Self.widened($0)) } }
    if left % 2 == 1 { half = 0 }
  }

  /// Call after the last byte.
  public mutating func finish(_ found: (DerivedContent) -> Void) {
    bytewise.finish(found)
    if !isDecided { decideByHead(found) }
    wide?.finish { found(Self.widened($0)) }
  }

  private mutating func decideByHead(_ found: (DerivedContent) -> Void) {
    let first = head
    head = []
    first.withUnsafeBytes { decide($0) }
    first.withUnsafeBytes { read($0, found) }
  }

  /// A byte order mark, or every other byte zero.
  private mutating func decide(_ head: UnsafeRawBufferPointer) {
    isDecided = true
    guard head.count >= 4 else { return }
    var zeros = (even: 0, odd: 0)
    for i in head.indices where head[i] == 0 { if i % 2 == 0 { zeros.even += 1 } else { zeros.odd += 1 } }
    let half = head.count / 2
    let isLittle = head[0] == 0xFF && head[1] == 0xFE || (zeros.odd * 4 >= half * 3 && zeros.even * 8 <= half)
    isBigEndian = head[0] == 0xFE && head[1] == 0xFF || (zeros.even * 4 >= half * 3 && zeros.odd * 8 <= half)
    if isLittle || isBigEndian { wide = DerivedFinder(limits: limits, hasHighBytes: false) }
  }

  private mutating func read(_ bytes: UnsafeRawBufferPointer, _ found: (DerivedContent) -> Void) {
    guard wide != nil else { return }
    var at = 0
    while at < bytes.count {
      block.removeAll(keepingCapacity: true)
      if let first = half {
        block.append(Self.narrow(first, bytes[at], isBigEndian))
        half = nil
        at += 1
      }
      while block.count < Self.blockLength, at + 1 < bytes.count {
        block.append(Self.narrow(bytes[at], bytes[at + 1], isBigEndian))
        at += 2
      }
      if block.count < Self.blockLength, at + 1 == bytes.count {
        half = bytes[at]
        at += 1
      }
      let units = block
      units.withUnsafeBytes { wide?.consume($0) { found(Self.widened($0)) } }
    }
  }

  /// A unit as a byte; what is not ASCII becomes FF, which no encoding spells with.
  @inline(__always)
  private static func narrow(_ first: UInt8, _ second: UInt8, _ isBigEndian: Bool) -> UInt8 {
    let (high, low) = isBigEndian ? (first, second) : (second, first)
    return high == 0 && low < 0x80 ? low : 0xFF
  }

  /// The place in bytes of what was found among units.
  private static func widened(_ content: DerivedContent) -> DerivedContent {
    var content = content
    content.place = Place(offset: content.place.offset &* 2, length: content.place.length &* 2)
    return content
  }
}
