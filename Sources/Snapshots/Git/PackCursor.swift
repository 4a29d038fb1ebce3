/// What stands before the compressed bytes of an object in a pack (git's documentation, gitformat-pack: "object
/// entries").
struct PackHead {
  enum Form: Equatable {
    case object(GitObjectHead.Kind)
    /// Made from the object that begins at this offset.
    case offsetDelta(UInt64)
    /// Made from the object of this name, which may be in another pack.
    case nameDelta(GitID)
  }
  var form: Form
  /// Bytes that the compressed ones decompress to.
  var size: UInt64
  /// Where the compressed bytes begin.
  var data: UInt64

  var isDelta: Bool {
    if case .object = form { return false }
    return true
  }

  /// - Parameters:
  ///   - h: begins with the object.
  ///   - offset: of the object.
  ///   - origin: of the pack, which no object can be made from anything before.
  ///   - idSize: bytes of a name.
  /// - Returns: nil where none of this stands.
  init?(_ h: UnsafeRawBufferPointer, at offset: UInt64, origin: UInt64, idSize: Int) {
    guard var byte = h.first else { return nil }
    var at = 1
    let type = byte >> 4 & 7
    var size = UInt64(byte & 15)
    var shift: UInt64 = 4
    while byte & 0x80 != 0 {
      guard at < h.count, shift < 60 else { return nil }
      byte = h[at]
      size |= UInt64(byte & 0x7F) << shift
      shift += 7
      at += 1
    }
    switch type {
    case 1: form = .object(.commit)
    case 2: form = .object(.tree)
    case 3: form = .object(.blob)
    case 4: form = .object(.tag)
    case 6:
      guard at < h.count else { return nil }
      byte = h[at]
      at += 1
      var back = UInt64(byte & 0x7F)
      while byte & 0x80 != 0 {
        guard at < h.count, back < 1 << 55 else { return nil }
        byte = h[at]
        // One more than the digits say, so that no distance has two spellings.
        back = (back + 1) << 7 | UInt64(byte & 0x7F)
        at += 1
      }
      guard back > 0, back <= offset - origin else { return nil }
      form = .offsetDelta(offset - back)
    case 7:
      guard h.count - at >= idSize else { return nil }
      form = .nameDelta(GitID(h[at..<(at + idSize)]))
      at += idSize
    default: return nil
    }
    self.size = size
    data = offset + UInt64(at)
  }
}

/// Reads heads and compressed bytes anywhere in a pack.
final class PackCursor {
  enum Ending: Equatable {
    /// All came out that should; the stream ends at this offset.
    case whole(UInt64)
    case damaged
    case truncated
  }

  let content: RandomAccess
  private let inflation: Inflation
  private let window = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
  private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
  private var held: Range<UInt64> = 0..<0

  init?(_ content: RandomAccess) {
    guard let inflation = Inflation() else { return nil }
    self.inflation = inflation
    self.content = content
  }
  deinit {
    window.deallocate()
    output.deallocate()
  }

  /// The bytes from an offset on, at least so many (a few at most) unless the pack ends before. Valid until asked again.
  func view(at offset: UInt64, _ least: UInt64) -> UnsafeRawBufferPointer {
    let isHeld =
      held.contains(offset) && (held.upperBound - offset >= least || held.upperBound == content.size)
    if !isHeld {
      // Who reads on wants much, who jumps mostly one small object.
      let isNear = offset >= held.lowerBound && offset <= held.upperBound
      let room = UnsafeMutableRawBufferPointer(rebasing: window[..<(isNear ? window.count : 4096)])
      let count = offset < content.size ? max(0, content.read(at: offset, into: room)) : 0
      held = offset..<(offset + UInt64(count))
    }
    let start = Int(offset - held.lowerBound)
    return UnsafeRawBufferPointer(rebasing: window[start..<(start + Int(held.upperBound - offset))])
  }

  /// Decompresses a stream and holds it against the size that is claimed for it.
  ///
  /// - Parameter take: gets what comes out, and says whether to go on.
  func inflate(at start: UInt64, size: UInt64, _ take: (UnsafeRawBufferPointer) -> Bool) -> Ending {
    inflation.restart()
    var position = start
    var produced: UInt64 = 0
    while true {
      let step = inflation.next(view(at: position, 1), into: output)
      position += UInt64(step.used)
      produced += UInt64(step.written)
      guard produced <= size else { return .damaged }
      if step.written > 0, !take(UnsafeRawBufferPointer(rebasing: output[..<step.written])) { return .damaged }
      switch step.state {
      case .end: return produced == size ? .whole(position) : .damaged
      case .damaged: return .damaged
      case .more:
        if step.used == 0, step.written == 0 { return position >= content.size ? .truncated : .damaged }
      }
    }
  }

  /// All of a stream, whose size was checked before; nil when it is damaged after all.
  func inflated(at start: UInt64, size: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size)
    let ending = inflate(at: start, size: UInt64(size)) {
      bytes.append(contentsOf: $0)
      return true
    }
    if case .whole = ending { return bytes }
    return nil
  }
}
