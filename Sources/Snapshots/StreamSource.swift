import CustodyCore

/// The bytes of a stream of a file in a disk image.
final class StreamSource: Source {
  private let file: FileSystem.File
  private let stream: FileSystem.File.Stream
  private let content: RandomAccess
  private let budget: Budget
  private let level: Level
  private var index = 0
  private var inPiece: UInt64 = 0
  private var position: UInt64 = 0
  private var ended = false
  private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)

  init(
    _ file: FileSystem.File, _ stream: FileSystem.File.Stream, _ content: RandomAccess, budget: Budget, level: Level
  ) {
    self.file = file
    self.stream = stream
    self.content = content
    self.budget = budget
    self.level = level
  }
  deinit { memory.deallocate() }

  override func pull() -> Piece {
    guard !ended else { return .end }
    switch stream.place {
    case .inside(let bytes):
      let part = min(bytes.count - min(bytes.count, Int(position)), memory.count)
      guard part > 0 else { return finish(isDamaged: UInt64(bytes.count) < stream.size) }
      if let trouble = take(UInt64(part)) { return stop(trouble) }
      bytes.withUnsafeBytes {
        memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[Int(position)..<(Int(position) + part)]))
      }
      position += UInt64(part)
      return .bytes(UnsafeRawBufferPointer(rebasing: memory[0..<part]))
    case .pieces(let layout): return piece(layout)
    case .compressed:
      guard position < stream.size else { return finish(isDamaged: false) }
      // Whole units of compression, which are at most 64 KiB.
      let part = Int(min(64 << 10, stream.size - position))
      if let trouble = take(UInt64(part)) { return stop(trouble) }
      let n = file.read(stream, at: position, into: UnsafeMutableRawBufferPointer(rebasing: memory[0..<part]))
      guard n > 0, n <= part else { return stop(Trouble(.failed, .corrupt, "compressed data cannot be read")) }
      position += UInt64(n)
      return .bytes(UnsafeRawBufferPointer(rebasing: memory[0..<n]))
    }
  }

  private func piece(_ layout: FileSystem.Layout) -> Piece {
    while index < layout.pieces.count, inPiece >= layout.pieces[index].length {
      index += 1
      inPiece = 0
    }
    guard index < layout.pieces.count else { return finish(isDamaged: layout.isDamaged) }
    let here = layout.pieces[index]
    let left = here.length - inPiece
    guard let start = here.start else {
      // One vast hole must not keep the other files from being read.
      guard level.stop != nil || budget.admits(left, to: level) else { return stop(.limited(.ratioLimit)) }
      if let trouble = take(left) { return stop(trouble) }
      inPiece = here.length
      position += left
      return .zeros(left)
    }
    let (state, length) = content.stretch(at: start + inPiece)
    if state == .zeros, length > 0 {
      let part = min(left, length)
      guard level.stop != nil || budget.admits(part, to: level) else { return stop(.limited(.ratioLimit)) }
      if let trouble = take(part) { return stop(trouble) }
      inPiece += part
      position += part
      return .zeros(part)
    }
    let part = Int(min(left, UInt64(memory.count)))
    if let trouble = take(UInt64(part)) { return stop(trouble) }
    let n = content.read(at: start + inPiece, into: UnsafeMutableRawBufferPointer(rebasing: memory[0..<part]))
    guard n > 0 else { return stop(Trouble(.failed, .unreadable, "the medium reports a read error")) }
    inPiece += UInt64(n)
    position += UInt64(n)
    return .bytes(UnsafeRawBufferPointer(rebasing: memory[0..<n]))
  }

  private func take(_ count: UInt64) -> Trouble? {
    if position.addingClamped(count) > budget.limits.maxEntrySize { return .limited(.entrySizeLimit) }
    return budget.charge(count, to: level).map { .limited($0) }
  }

  private func finish(isDamaged: Bool) -> Piece {
    if isDamaged { return stop(Trouble(.failed, .corrupt, "the file system does not tell where all of the file lies")) }
    ended = true
    return .end
  }

  private func stop(_ trouble: Trouble) -> Piece {
    ended = true
    isCutShort = true
    self.trouble = trouble
    return .end
  }
}
