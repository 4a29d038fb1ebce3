import Glibc

/// Bytes that can be read at any offset.
class RandomAccess {
  final let size: UInt64

  init(size: UInt64) { self.size = size }

  /// Fills `buffer` from `offset`; fewer bytes only at the end, -1 when the medium fails.
  func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Int { 0 }

  /// Bytes that are really there: fewer than `size` where much of it is holes. What is bounded by the size of a medium
  /// is bounded by this.
  var dataSize: UInt64 { size }

  /// What is known, without reading, of the bytes from `offset` on, and of how many. At least one below `size`. More is
  /// known after reading failed.
  func stretch(at offset: UInt64) -> (state: Stretch, length: UInt64) { (.data, offset < size ? size - offset : 0) }

  /// Up to `count` bytes at `offset`.
  final func bytes(at offset: UInt64, count: Int) -> [UInt8] {
    guard offset < size, count > 0 else { return [] }
    let wanted = Int(min(UInt64(count), size - offset))
    return [UInt8](unsafeUninitializedCapacity: wanted) { buffer, used in
      used = max(0, read(at: offset, into: UnsafeMutableRawBufferPointer(buffer)))
    }
  }
}

/// Part of a file, read with `pread`, so that the descriptor's own position does not matter. It is not owned.
final class FileRange: RandomAccess {
  private let descriptor: Int32
  private let base: UInt64

  init(_ descriptor: Int32, from base: UInt64, size: UInt64) {
    self.descriptor = descriptor
    self.base = base
    super.init(size: size)
  }

  override func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    guard offset < size, let start = buffer.baseAddress else { return 0 }
    let wanted = Int(min(UInt64(buffer.count), size - offset))
    var done = 0
    while done < wanted {
      let at = Int(clamping: base.addingClamped(offset).addingClamped(UInt64(done)))
      let n = pread(descriptor, start + done, wanted - done, at)
      if n < 0, errno == EINTR { continue }
      if n < 0 { return done > 0 ? done : -1 }
      if n == 0 { break }
      done += n
    }
    return done
  }
}

/// A window on other bytes.
final class RangeView: RandomAccess {
  private let whole: RandomAccess
  private let base: UInt64

  init(_ whole: RandomAccess, from base: UInt64, size: UInt64) {
    self.whole = whole
    self.base = min(base, whole.size)
    super.init(size: min(size, whole.size - self.base))
  }

  override func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    guard offset < size else { return 0 }
    let wanted = Int(min(UInt64(buffer.count), size - offset))
    return whole.read(at: base + offset, into: UnsafeMutableRawBufferPointer(rebasing: buffer[0..<wanted]))
  }

  override var dataSize: UInt64 { min(size, whole.dataSize) }

  override func stretch(at offset: UInt64) -> (state: Stretch, length: UInt64) {
    guard offset < size else { return (.data, 0) }
    let (state, length) = whole.stretch(at: base + offset)
    return (state, min(length, size - offset))
  }
}

/// Bytes in memory.
final class MemoryBytes: RandomAccess {
  private let content: [UInt8]

  init(_ content: [UInt8]) {
    self.content = content
    super.init(size: UInt64(content.count))
  }

  override func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    guard offset < size else { return 0 }
    let start = Int(offset)
    let wanted = min(buffer.count, content.count - start)
    content.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<(start + wanted)])) }
    return wanted
  }
}

/// An unlinked temporary file: nobody else can open it, and it is gone when its descriptor is closed.
final class TemporaryFile: RandomAccess {
  private let descriptor: Int32
  private let onClose: () -> Void

  init(_ descriptor: Int32, size: UInt64, onClose: @escaping () -> Void) {
    self.descriptor = descriptor
    self.onClose = onClose
    super.init(size: size)
  }

  deinit {
    close(descriptor)
    onClose()
  }

  override func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    FileRange(descriptor, from: 0, size: size).read(at: offset, into: buffer)
  }
}
