import CArchive
import CustodyCore
import Glibc

/// The bytes of the member a stage stands at. One object per stage, made ready again for each member.
final class MemberSource: Source {
  /// Owns this object and outlives its use.
  private unowned(unsafe) let stage: ArchiveStage
  /// Logical position: bytes and holes so far.
  private var position: UInt64 = 0
  private var held = UnsafeRawBufferPointer(start: nil, count: 0)
  private var ended = false
  private var idle = 0
  private var deadline: UInt64 = 0
  /// False while the member is itself a container: then its own members are timed.
  var isTimed = true

  init(_ stage: ArchiveStage) { self.stage = stage }

  func reset() {
    resetPieces()
    position = 0
    held = UnsafeRawBufferPointer(start: nil, count: 0)
    ended = false
    idle = 0
    deadline = 0
    isTimed = true
  }

  override func pull() -> Piece {
    guard !ended else { return .end }
    if held.count > 0 {
      defer { held = UnsafeRawBufferPointer(start: nil, count: 0) }
      return .bytes(held)
    }
    if position > 0, isTimed, isLate() { return stop(.limited(.timeLimit)) }
    while true {
      var start: UnsafeRawPointer?
      var count = 0
      var offset: Int64 = 0
      let result = archive_read_data_block(stage.handle, &start, &count, &offset)
      switch result {
      case ARCHIVE_OK, ARCHIVE_WARN:
        if result == ARCHIVE_WARN { warn() }
        guard let piece = accept(start, count, offset) else {
          idle += 1
          if idle > 10_000 { return stop(Trouble(.failed, .corrupt, "the archive yields no data")) }
          continue
        }
        idle = 0
        return piece
      case ARCHIVE_EOF:
        stage.gaps?.isWhole = true
        if stage.kind == .tar, offset > 0, UInt64(offset) > position {
          let gap = UInt64(offset) - position
          if let trouble = charge(gap) { return stop(trouble) }
          position += gap
          ended = true
          return .zeros(gap)
        }
        ended = true
        if let reason = stage.level.stop { return stop(trouble ?? .limited(reason)) }
        return .end
      case ARCHIVE_RETRY:
        idle += 1
        if idle > 1000 { return stop(Trouble(.failed, .corrupt, "the reader makes no progress")) }
      case ARCHIVE_FAILED:
        return stop(stage.diagnose())
      default:
        let trouble = stage.diagnose()
        stage.fatal = trouble
        return stop(trouble)
      }
    }
  }

  private func accept(_ start: UnsafeRawPointer?, _ count: Int, _ offset: Int64) -> Piece? {
    let at = offset > 0 ? UInt64(offset) : 0
    // libarchive takes the block from its input when it is asked for the next one.
    if count > 0, let gaps = stage.gaps { gaps.start = stage.consumed.addingClamped(UInt64(count)) }
    var gap: UInt64 = 0
    if at > position {
      gap = at - position
    } else if at < position, count > 0, trouble == nil {
      trouble = Trouble(.failed, .corrupt, "data blocks overlap")
    }
    guard count > 0 || gap > 0 else { return nil }
    if let limit = charge(gap.addingClamped(UInt64(count))) { return stop(limit) }
    position = position.addingClamped(gap).addingClamped(UInt64(count))
    let bytes = UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)
    guard gap > 0 else { return .bytes(bytes) }
    held = bytes
    return .zeros(gap)
  }

  private func charge(_ count: UInt64) -> Trouble? {
    if position.addingClamped(count) > stage.budget.limits.maxEntrySize { return .limited(.entrySizeLimit) }
    return stage.budget.charge(count, to: stage.level).map { .limited($0) }
  }

  private func stop(_ trouble: Trouble) -> Piece {
    ended = true
    isCutShort = true
    self.trouble = trouble
    return .end
  }

  /// Some warnings mean that the bytes are wrong, not merely that something is odd.
  private func warn() {
    let text = ErrorText(stage.handle)
    if text.mentions("CRC") || text.mentions("hecksum") || text.mentions("wrong size") {
      trouble = trouble ?? Trouble(.failed, .corrupt, text.note)
    } else if let note = text.note, notes.count < 8, !notes.contains(note) {
      notes.append(note)
    }
  }

  private func isLate() -> Bool {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    let nanoseconds = UInt64(now.tv_sec) &* 1_000_000_000 &+ UInt64(now.tv_nsec)
    if deadline == 0 {
      deadline = nanoseconds.addingClamped(
        stage.budget.limits.entryTime.multipliedReportingOverflow(by: 1_000_000_000).0)
      return stage.budget.limits.entryTime == 0
    }
    return nanoseconds > deadline
  }
}

/// What is left of a stage's input when its archive has ended: first what libarchive had in hand, then the rest.
final class RemainderSource: Source {
  private let upstream: Source
  private var kept: [UInt8]
  private var zeros: UInt64
  private var buffer: UnsafeMutableRawBufferPointer?
  private var skipped = false

  init(of stage: ArchiveStage, _ upstream: Source) {
    self.upstream = upstream
    kept = stage.unconsumed()
    zeros = stage.takeZeros()
  }

  deinit { buffer?.deallocate() }

  override func pull() -> Piece {
    if !kept.isEmpty {
      let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: kept.count, alignment: 16)
      memory.copyBytes(from: kept)
      kept = []
      buffer?.deallocate()
      buffer = memory
      return .bytes(UnsafeRawBufferPointer(memory))
    }
    if zeros > 0 {
      defer { zeros = 0 }
      return .zeros(zeros)
    }
    let piece = upstream.next()
    if case .end = piece {
      trouble = upstream.trouble
      isCutShort = upstream.isCutShort
    }
    return piece
  }
}

/// A source whose first pieces were already taken from another one.
final class ResumedSource: Source {
  private let upstream: Source
  private var start: UnsafeRawBufferPointer?
  private var leadingZeros: UInt64

  /// - Parameters:
  ///   - leadingZeros: zero bytes that come first.
  ///   - start: then these, valid until `upstream` is asked again.
  init(leadingZeros: UInt64, _ start: UnsafeRawBufferPointer, then upstream: Source) {
    self.leadingZeros = leadingZeros
    self.start = start
    self.upstream = upstream
  }

  override func pull() -> Piece {
    if leadingZeros > 0 {
      defer { leadingZeros = 0 }
      return .zeros(leadingZeros)
    }
    if let bytes = start {
      start = nil
      if bytes.count > 0 { return .bytes(bytes) }
    }
    let piece = upstream.next()
    if case .end = piece {
      trouble = upstream.trouble
      isCutShort = upstream.isCutShort
    }
    return piece
  }
}
