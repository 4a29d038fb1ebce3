import CustodyCore
import Glibc

/// What a source yields next.
enum Piece {
  /// Valid until the source is asked again.
  case bytes(UnsafeRawBufferPointer)
  /// A hole of so many zero bytes.
  case zeros(UInt64)
  case end
}

/// Where an entry's bytes lie in a regular file, as they are and in one run.
struct FilePlace {
  var descriptor: Int32
  var offset: UInt64
}

/// Bytes that come one after the other: the input, a member of an archive, what is left of an archive.
///
/// Subclasses implement `pull`. This class adds looking ahead, and copies everything that passes to an entry.
class Source {
  /// Bytes handed out so far, zeros included.
  final private(set) var delivered: UInt64 = 0
  /// Set when the bytes ended before their time.
  final var trouble: Trouble?
  /// True when bytes are missing at the end.
  final var isCutShort = false
  /// Set when the content is also to be found in a file (as long as it has no holes).
  final var place: FilePlace?
  /// Length of the whole content, when that is certain.
  final var total: UInt64?
  /// Warnings met while reading.
  final var notes: [String] = []
  final private(set) var hadHoles = false
  /// Where copies go.
  final private var tee: (sink: any EntrySink, token: Int)?
  final private var first: Piece?
  final private var second: Piece?
  final private var buffer: UnsafeMutableRawBufferPointer?

  init() {}
  deinit { buffer?.deallocate() }

  func pull() -> Piece { .end }

  /// Everything handed out from now on also becomes data of this entry.
  final func copy(to sink: any EntrySink, _ token: Int) { tee = (sink, token) }

  /// Makes the object ready for another run of bytes.
  final func resetPieces() {
    delivered = 0
    trouble = nil
    isCutShort = false
    hadHoles = false
    if !notes.isEmpty { notes = [] }
    place = nil
    tee = nil
    first = nil
    second = nil
  }

  @inline(__always)
  final func next() -> Piece {
    var piece: Piece
    if let waiting = first {
      piece = waiting
      first = second
      second = nil
    } else {
      piece = pull()
    }
    switch piece {
    case .bytes(let bytes):
      delivered += UInt64(bytes.count)
      if let tee { tee.sink.data(bytes, of: tee.token) }
    case .zeros(let count):
      hadHoles = true
      delivered = delivered.addingClamped(count)
      if let tee { tee.sink.zeros(count, of: tee.token) }
    case .end: break
    }
    return piece
  }

  /// The first bytes, without taking them: `ContainerKind.headSize` of them when there are that many.
  ///
  /// Nothing is copied when the first piece is large enough, or is all there is according to `declared`.
  final func head(declared: UInt64?) -> UnsafeRawBufferPointer {
    let piece = pull()
    if case .bytes(let bytes) = piece {
      if bytes.count >= ContainerKind.headSize || declared.map({ UInt64(bytes.count) >= $0 }) ?? false {
        first = piece
        return bytes
      }
    }
    return gather(piece)
  }

  private final func gather(_ start: Piece) -> UnsafeRawBufferPointer {
    let size = ContainerKind.headSize
    let memory = buffer ?? UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
    buffer = memory
    var have = 0
    var rest: Piece?
    var piece = start
    gathering: while true {
      switch piece {
      case .end:
        rest = .end
        break gathering
      case .bytes(let bytes):
        let part = min(bytes.count, size - have)
        UnsafeMutableRawBufferPointer(rebasing: memory[have...]).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: bytes[0..<part]))
        have += part
        if part < bytes.count { rest = .bytes(UnsafeRawBufferPointer(rebasing: bytes[part...])) }
      case .zeros(let count):
        let part = Int(min(count, UInt64(size - have)))
        for i in have..<(have + part) { memory[i] = 0 }
        have += part
        if UInt64(part) < count { rest = .zeros(count - UInt64(part)) }
      }
      if have == size { break }
      piece = pull()
    }
    let head = UnsafeRawBufferPointer(rebasing: memory[0..<have])
    if have > 0 {
      first = .bytes(head)
      second = rest
    } else {
      first = rest
    }
    return head
  }

  /// Reads on to the end, so that everything is copied and counted.
  final func drain() {
    while true { if case .end = next() { return } }
  }
}

/// A descriptor read from where it stands to its end, in blocks.
final class DescriptorSource: Source {
  private let descriptor: Int32
  private let pool: BlockPool
  private let publish: (any EntrySink)?
  private let progress: ReadProgress?
  private var current: Block?
  private var ended = false
  private var ahead: ReadAhead?
  private var pulls = 0
  /// Asked once when the end was reached: was the file written to while it was read?
  var closing: (() -> Trouble?)?

  /// - Parameter publish: gets every block as the snapshot's own bytes; nil for files of a directory.
  init(_ descriptor: Int32, pool: BlockPool, publish: (any EntrySink)?, progress: ReadProgress?) {
    self.descriptor = descriptor
    self.pool = pool
    self.publish = publish
    self.progress = progress
  }

  override func pull() -> Piece {
    guard !ended else { return .end }
    let block: Block
    let failed: Bool
    // Small inputs end with their first block; only for larger ones is a thread worth its making.
    if publish != nil, pulls == 1 {
      let reader = ReadAhead(descriptor, pool: pool)
      if reader.start() { ahead = reader }
    }
    pulls += 1
    if let ahead {
      current = nil
      (block, failed) = ahead.next()
    } else {
      if publish == nil, let own = current {
        block = own
      } else {
        current = nil
        block = pool.take()
      }
      failed = Self.fill(block, from: descriptor).failed
    }
    let count = block.count
    if failed {
      trouble = Trouble(.failed, .unreadable, "the medium reports a read error")
      isCutShort = true
    }
    if count < Block.capacity {
      ended = true
      if trouble == nil, let changed = closing?() {
        trouble = changed
        isCutShort = true
      }
    }
    guard count > 0 else { return .end }
    progress?.add(UInt64(count))
    current = block
    publish?.snapshotBlock(block)
    return .bytes(block.bytes)
  }

  static func fill(_ block: Block, from descriptor: Int32) -> (count: Int, failed: Bool) {
    var done = 0
    while done < Block.capacity {
      let n = Glibc.read(descriptor, block.memory + done, Block.capacity - done)
      if n < 0, errno == EINTR { continue }
      if n <= 0 {
        block.count = done
        return (done, n < 0)
      }
      done += n
    }
    block.count = done
    return (done, false)
  }
}

/// Random access read from start to end.
final class SequentialSource: Source {
  private let content: RandomAccess
  private var position: UInt64 = 0
  private var isPartlyUnreadable = false
  private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)

  init(_ content: RandomAccess) { self.content = content }
  deinit { memory.deallocate() }

  override func pull() -> Piece {
    guard position < content.size else {
      if isPartlyUnreadable {
        trouble = Trouble(.failed, .unreadable, "part of the content is not in the image")
        isCutShort = true
      }
      return .end
    }
    let (state, length) = content.stretch(at: position)
    if state != .data, length > 0 {
      // What comes behind is still wanted, at its offset.
      if state == .unreadable { isPartlyUnreadable = true }
      position += length
      return .zeros(length)
    }
    let wanted = Int(min(UInt64(memory.count), length))
    let n = content.read(at: position, into: UnsafeMutableRawBufferPointer(rebasing: memory[0..<wanted]))
    if n < 0, content.stretch(at: position).state == .unreadable { return pull() }
    guard n > 0 else {
      trouble = n < 0 ? Trouble(.failed, .unreadable, "the medium reports a read error") : Trouble(.failed, .truncated)
      isCutShort = true
      position = content.size
      return .end
    }
    position += UInt64(n)
    return .bytes(UnsafeRawBufferPointer(rebasing: memory[0..<n]))
  }
}
