import Glibc

/// Looks for a zip archive at the end of an entry that is something else: a picture with an archive behind it, a
/// self-extractor. Zip readers look from the end, so such a file is both.
struct AppendedArchive {
  enum Result {
    case none
    /// There is one in these bytes of the entry, and the whole entry can be read again.
    case archive(RandomAccess, Range<UInt64>)
    /// There seems to be one, and the entry is gone, or the members are not where its directory says: it lies in pieces,
    /// as a value of a database does.
    case unreachable
  }

  private static let tailSize = 65_557
  private let declared: UInt64?
  private let place: FilePlace?
  private let scratch: KeepBuffer
  private var total: UInt64 = 0
  private var hasHoles = false
  /// Bytes kept in `scratch`: everything so far while it is small, else the last bytes.
  private var kept = 0
  private var keepsAll = true
  /// Decided early: one piece held the whole tail.
  private var decided: Bool?

  init(declared: UInt64?, place: FilePlace?, scratch: KeepBuffer) {
    self.declared = declared
    self.place = place
    self.scratch = scratch
  }

  mutating func see(_ bytes: UnsafeRawBufferPointer) {
    let isFirst = total == 0
    total = total.addingClamped(UInt64(bytes.count))
    let holdsTail = total == declared && UInt64(bytes.count) >= min(total, UInt64(Self.tailSize))
    if holdsTail, place != nil || isFirst {
      decided = ZipEnd.find(in: bytes, whole: total) != nil
      if decided == false { return }
    }
    if place == nil { keep(bytes) }
  }

  mutating func see(zeros count: UInt64) {
    total = total.addingClamped(count)
    hasHoles = true
    keepsAll = false
    kept = 0
  }

  private mutating func keep(_ bytes: UnsafeRawBufferPointer) {
    if keepsAll, kept + bytes.count <= scratch.limit {
      scratch.put(bytes, at: kept)
      kept += bytes.count
      return
    }
    if keepsAll || kept + bytes.count > 4 * Self.tailSize {
      keepsAll = false
      let rest = min(kept, Self.tailSize)
      scratch.moveToFront(from: kept - rest, count: rest)
      kept = rest
    }
    let tail = UnsafeRawBufferPointer(rebasing: bytes.suffix(Self.tailSize))
    if tail.count == Self.tailSize { kept = 0 }
    scratch.put(tail, at: kept)
    kept += tail.count
  }

  func result() -> Result {
    guard total >= 22, decided != false else { return .none }
    if let place, !hasHoles {
      let content = FileRange(place.descriptor, from: place.offset, size: total)
      return Self.archive(in: content)
    }
    let bytes = scratch.bytes(kept)
    guard ZipEnd.find(in: bytes, whole: total) != nil else { return .none }
    guard keepsAll, UInt64(kept) == total else { return .unreachable }
    let content = MemoryBytes(Array(bytes))
    return Self.archive(in: content)
  }

  /// Members of the directory that are looked for.
  private static let tried = 8

  private static func archive(in content: RandomAccess) -> Result {
    guard let end = ZipEnd.read(content) else { return .none }
    let found = Result.archive(content, end.base..<max(end.base, end.end))
    var at = end.directory
    for _ in 0..<tried where at < end.record {
      let line = content.bytes(at: at, count: 46)
      guard line.count == 46, line.starts(with: [0x50, 0x4B, 1, 2]) else { break }
      let (offset, length) = line.withUnsafeBytes { line in
        (UInt64(line.little32(42)), (28...32).filter { $0 % 2 == 0 }.reduce(46) { $0 + UInt64(line.little16($1)) })
      }
      // Where it is written elsewhere (zip64), whoever reads the archive will see.
      if offset == 0xFFFF_FFFF || content.bytes(at: end.base + offset, count: 4) == [0x50, 0x4B, 3, 4] { return found }
      at += length
    }
    return end.entries == 0 ? found : .unreachable
  }
}

/// Memory for one entry at a time, made once: giving it back after every entry would cost more than the copying.
final class KeepBuffer {
  /// Largest entry that is kept whole, in bytes.
  let limit: Int
  private let size: Int
  private var memory: UnsafeMutableRawBufferPointer?

  init(limit: Int) {
    self.limit = max(0, limit)
    size = max(self.limit, 512 << 10)
  }
  deinit { memory?.deallocate() }

  /// Bytes past the end of the memory are dropped; callers stay within it.
  func put(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    let memory = self.memory ?? .allocate(byteCount: size, alignment: 64)
    self.memory = memory
    guard offset >= 0, offset <= size, bytes.count <= size - offset else { return }
    UnsafeMutableRawBufferPointer(rebasing: memory[offset..<(offset + bytes.count)]).copyMemory(from: bytes)
  }

  func moveToFront(from offset: Int, count: Int) {
    guard let memory, offset > 0, count > 0, offset + count <= size else { return }
    memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[offset..<(offset + count)]))
  }

  func bytes(_ count: Int) -> UnsafeRawBufferPointer {
    guard let memory, count > 0, count <= size else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    return UnsafeRawBufferPointer(rebasing: memory[0..<count])
  }
}
