import CustodyCore

/// Bytes of a source through a buffer, so that some can be looked at before they are taken.
final class BufferedInput {
  private let upstream: Source
  private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
  private var held: Range<Int> = 0..<0
  private var piece = UnsafeRawBufferPointer(start: nil, count: 0)
  private var zeros: UInt64 = 0
  private(set) var hasEnded = false
  /// Bytes taken so far.
  private(set) var position: UInt64 = 0

  init(_ upstream: Source) { self.upstream = upstream }
  deinit { memory.deallocate() }

  /// What was not taken yet; more than nothing as long as there is something.
  var view: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[held]) }
  /// Why the bytes ended before their time.
  var trouble: Trouble? { upstream.trouble }

  func take(_ count: Int) {
    held = held.lowerBound + count..<held.upperBound
    position += UInt64(count)
  }

  /// Reads on until so many bytes are held, at most the size of the buffer, or there are no more.
  func fill(_ count: Int) {
    while held.count < count, !hasEnded {
      if held.lowerBound > 0 {
        let rest = view
        memory.copyMemory(from: rest)
        held = 0..<rest.count
      }
      let room = memory.count - held.count
      if zeros > 0 {
        let part = Int(min(zeros, UInt64(room)))
        for i in held.upperBound..<(held.upperBound + part) { memory[i] = 0 }
        zeros -= UInt64(part)
        held = 0..<(held.upperBound + part)
      } else if !piece.isEmpty {
        let part = min(piece.count, room)
        UnsafeMutableRawBufferPointer(rebasing: memory[held.upperBound...]).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: piece[..<part]))
        piece = UnsafeRawBufferPointer(rebasing: piece[part...])
        held = 0..<(held.upperBound + part)
      } else {
        pull()
      }
    }
  }

  private func pull() {
    switch upstream.next() {
    case .bytes(let bytes): piece = bytes
    case .zeros(let count): zeros = count
    case .end: hasEnded = true
    }
  }

  /// What was not taken, to be read by somebody else from now on.
  func rest() -> Source { BufferedRest(self) }

  private final class BufferedRest: Source {
    private let input: BufferedInput
    init(_ input: BufferedInput) { self.input = input }

    override func pull() -> Piece {
      while true {
        if !input.held.isEmpty {
          let view = input.view
          input.take(view.count)
          return .bytes(view)
        }
        if input.zeros > 0 {
          defer { input.zeros = 0 }
          return .zeros(input.zeros)
        }
        if !input.piece.isEmpty {
          defer { input.piece = UnsafeRawBufferPointer(start: nil, count: 0) }
          return .bytes(input.piece)
        }
        if input.hasEnded {
          trouble = input.upstream.trouble
          isCutShort = input.upstream.isCutShort
          return .end
        }
        input.pull()
      }
    }
  }
}

/// What one stream of RFC 1950 holds; the input then stands behind it.
final class InflatedSource: Source {
  private let input: BufferedInput
  private let inflation: Inflation
  private let level: Level
  private let budget: Budget
  private let isCounted: Bool
  private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
  private var position: UInt64 = 0
  private var state = Inflation.State.more
  private var hasEnded = false
  /// Set when the stream has come to its end, undamaged.
  private(set) var isWhole = false

  /// - Parameters:
  ///   - inflation: at the start of a stream.
  ///   - isCounted: true when the bytes of the stream have yet to be counted as read from the container.
  init(_ input: BufferedInput, _ inflation: Inflation, level: Level, budget: Budget, isCounted: Bool = true) {
    self.isCounted = isCounted
    self.input = input
    self.inflation = inflation
    self.level = level
    self.budget = budget
  }
  deinit { memory.deallocate() }

  override func pull() -> Piece {
    while !hasEnded {
      switch state {
      case .end:
        hasEnded = true
        isWhole = true
        return .end
      case .damaged: return stop(Trouble(.failed, .corrupt, "the compressed data is damaged"))
      case .more: break
      }
      if let reason = level.stop { return stop(.limited(reason)) }
      input.fill(1)
      let step = inflation.next(input.view, into: memory)
      input.take(step.used)
      if isCounted { level.compressed = level.compressed.addingClamped(UInt64(step.used)) }
      state = step.state
      if step.written > 0 {
        let count = UInt64(step.written)
        if position.addingClamped(count) > budget.limits.maxEntrySize { return stop(.limited(.entrySizeLimit)) }
        if let reason = budget.charge(count, to: level) { return stop(.limited(reason)) }
        position += count
        return .bytes(UnsafeRawBufferPointer(rebasing: memory[..<step.written]))
      }
      if step.used == 0, step.state == .more, input.hasEnded, input.view.isEmpty {
        return stop(input.trouble ?? Trouble(.failed, .truncated, "the compressed data ends before its end mark"))
      }
    }
    return .end
  }

  private func stop(_ trouble: Trouble) -> Piece {
    hasEnded = true
    isCutShort = true
    self.trouble = trouble
    return .end
  }
}
