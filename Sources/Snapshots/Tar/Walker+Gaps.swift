import CustodyCore

/// Parts of an archive at their distances from the first, the rest as holes.
final class GapSource: Source {
  private let group: TarFindings.Group
  private let limit: UInt64
  private var next = 0
  private var position: UInt64
  private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

  /// - Parameter limit: bytes of the whole.
  init(_ group: TarFindings.Group, limit: UInt64) {
    self.group = group
    self.limit = limit
    position = group.start
    super.init()
    total = group.end - group.start
  }
  deinit { memory.deallocate() }

  override func pull() -> Piece {
    guard next < group.parts.count else { return .end }
    let part = group.parts[next]
    let isHole = position < part.offset
    let done = isHole ? 0 : Int(position - part.offset)
    let count = isHole ? part.offset - position : UInt64(min(memory.count, part.bytes.count - done))
    guard position + count - group.start <= limit else {
      next = group.parts.count
      trouble = .limited(.entrySizeLimit)
      isCutShort = true
      return .end
    }
    position += count
    if isHole { return .zeros(count) }
    memory.copyBytes(from: part.bytes[done..<(done + Int(count))])
    if done + Int(count) == part.bytes.count { next += 1 }
    return .bytes(UnsafeRawBufferPointer(rebasing: memory[..<Int(count)]))
  }
}

extension Walker {
  /// What lies between the contents of a tar's members and can hold something: `$headers/@OFFSET+LENGTH`.
  ///
  /// - Parameter all: false while members are still read: then only what is complete.
  func gaps(_ gaps: TarGaps, _ locator: Locator, _ level: Level, all: Bool) {
    for group in gaps.take(all: all) where level.stop == nil {
      let length = group.end - group.start
      let name = Array("$headers/".utf8) + Names.range(group.start, length)
      let header = EntryHeader(
        locator: locator.appending(Array(name.prefix(max(1, limits.maxPathBytes)))), declaredSize: length,
        notes: ["headers and padding of the archive that hold more than they need, at their offsets in it"])
      plain(charged(GapSource(group, limit: limits.maxEntrySize), level), header, in: level)
    }
  }
}
