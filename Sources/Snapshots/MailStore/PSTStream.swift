import CustodyCore

/// The data of a node, block after block.
final class PSTStream: Source {
  private let file: PSTFile
  private let blocks: [UInt64]
  private let claim: (PSTFile.Block) -> Void
  private let charge: (UInt64) -> Reason?
  private let most: UInt64
  private var next = 0
  private var position: UInt64 = 0
  private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 << 10, alignment: 16)

  /// - Parameters:
  ///   - claim: is told of every block whose content was delivered.
  ///   - most: bytes of one entry.
  init(
    _ file: PSTFile, _ blocks: [UInt64], most: UInt64, claim: @escaping (PSTFile.Block) -> Void,
    charge: @escaping (UInt64) -> Reason?
  ) {
    self.file = file
    self.blocks = blocks
    self.claim = claim
    self.charge = charge
    self.most = most
  }
  deinit { buffer.deallocate() }

  override func pull() -> Piece {
    guard next < blocks.count else { return .end }
    guard let block = file.block(blocks[next]), let bytes = file.bytes(block) else {
      return stop(Trouble(.failed, .corrupt, "a block of the store cannot be read"))
    }
    if position.addingClamped(UInt64(bytes.count)) > most { return stop(.limited(.entrySizeLimit)) }
    if let reason = charge(UInt64(bytes.count)) { return stop(.limited(reason)) }
    next += 1
    position += UInt64(bytes.count)
    claim(block)
    if buffer.count < bytes.count {
      buffer.deallocate()
      buffer = .allocate(byteCount: bytes.count, alignment: 16)
    }
    buffer.copyBytes(from: bytes)
    return .bytes(UnsafeRawBufferPointer(rebasing: buffer[0..<bytes.count]))
  }

  private func stop(_ trouble: Trouble) -> Piece {
    next = blocks.count
    isCutShort = true
    self.trouble = trouble
    return .end
  }
}

/// Bytes that were put together in memory.
final class MemorySource: Source {
  private let buffer: UnsafeMutableRawBufferPointer
  private var isDone = false

  init(_ bytes: [UInt8]) {
    buffer = .allocate(byteCount: max(1, bytes.count), alignment: 16)
    buffer.copyBytes(from: bytes)
    super.init()
    total = UInt64(bytes.count)
  }
  deinit { buffer.deallocate() }

  override func pull() -> Piece {
    guard !isDone, let total, total > 0 else { return .end }
    isDone = true
    return .bytes(UnsafeRawBufferPointer(rebasing: buffer[0..<Int(total)]))
  }
}
