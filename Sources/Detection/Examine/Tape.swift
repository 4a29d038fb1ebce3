/// The part of an entry that is in memory: bytes carried over from earlier chunks, then the current chunk in place.
///
/// Offsets are counted from the start of the entry. The carried part always ends where the chunk begins or, after
/// `view` had to join the two, inside the chunk.
struct Tape: ~Copyable {
  private var carry: UnsafeMutableRawBufferPointer?
  /// Offset of the first carried byte.
  private var carryStart = 0
  private var carryCount = 0
  private var chunk = UnsafeRawBufferPointer(start: nil, count: 0)
  private(set) var chunkStart = 0

  /// Bytes of the entry seen so far.
  var end: Int { chunkStart + chunk.count }
  /// First byte still in memory.
  var start: Int { carryCount > 0 ? carryStart : chunkStart }
  /// Bytes allocated.
  var allocated: Int { carry?.count ?? 0 }

  init() {}

  deinit { carry?.deallocate() }

  /// Puts the next chunk on the tape. It must stay valid until `release`.
  mutating func load(_ bytes: UnsafeRawBufferPointer) {
    chunk = bytes
    if carryCount == 0 { carryStart = chunkStart }
  }

  /// The bytes `from ..< to`, contiguous, valid until the next call. Both are clamped to what is in memory.
  mutating func view(_ from: Int, _ to: Int) -> UnsafeRawBufferPointer {
    let from = max(from, start)
    let to = min(to, end)
    guard from < to else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    if from >= chunkStart { return UnsafeRawBufferPointer(rebasing: chunk[(from - chunkStart)..<(to - chunkStart)]) }
    let carried = carryStart + carryCount
    if to > carried { append(UnsafeRawBufferPointer(rebasing: chunk[(carried - chunkStart)..<(to - chunkStart)])) }
    guard let carry else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(carry)[(from - carryStart)..<(to - carryStart)])
  }

  /// Lets go of the chunk, keeping the bytes from `keep` on.
  mutating func release(keeping keep: Int) {
    let tapeEnd = end
    if keep >= chunkStart {
      carryStart = min(keep, tapeEnd)
      carryCount = 0
    } else if keep - carryStart > max(64 << 10, carryCount / 2), let carry, let base = carry.baseAddress {
      let gone = min(keep - carryStart, carryCount)
      memmoveBytes(base, base + gone, carryCount - gone)
      carryStart += gone
      carryCount -= gone
    }
    let carried = carryStart + carryCount
    if carried < tapeEnd {
      append(UnsafeRawBufferPointer(rebasing: chunk[(carried - chunkStart)...]))
    }
    chunk = UnsafeRawBufferPointer(start: nil, count: 0)
    chunkStart = tapeEnd
  }

  /// Passes over `count` bytes without holding them; whatever was carried is taken to stand right before the new end.
  /// Only right when all of it, and all that was passed over, is zero.
  mutating func skipZeros(_ count: Int) {
    carryStart += count
    chunkStart += count
  }

  private mutating func append(_ bytes: UnsafeRawBufferPointer) {
    let needed = carryCount + bytes.count
    if needed > allocated {
      let grown = UnsafeMutableRawBufferPointer.allocate(
        byteCount: max(needed, min(allocated * 2, EntryExaminer.windowLimit + (4 << 20)), 8 << 10), alignment: 64)
      if let carry {
        grown.copyMemory(from: UnsafeRawBufferPointer(rebasing: carry[..<carryCount]))
        carry.deallocate()
      }
      carry = grown
    }
    if let carry, let from = bytes.baseAddress, let base = carry.baseAddress {
      (base + carryCount).copyMemory(from: from, byteCount: bytes.count)
      carryCount = needed
    }
  }

  private func memmoveBytes(_ to: UnsafeMutableRawPointer, _ from: UnsafeMutableRawPointer, _ count: Int) {
    // copyMemory allows overlap.
    to.copyMemory(from: from, byteCount: count)
  }
}
