import Foundation

/// One megabyte of entry bytes on its way from the reading thread to a worker.
final class Slab: @unchecked Sendable {
  static let size = 1 << 20

  let memory: UnsafeMutableRawBufferPointer
  var used = 0
  private let pool: SlabPool

  fileprivate init(memory: UnsafeMutableRawBufferPointer, pool: SlabPool) {
    self.memory = memory
    self.pool = pool
  }
  deinit { pool.give(memory) }

  var free: Int { Slab.size - used }

  /// Copies as much of `bytes` as fits and returns how much that was.
  func fill(from bytes: UnsafeRawBufferPointer) -> Int {
    let n = min(free, bytes.count)
    guard n > 0, let source = bytes.baseAddress, let target = memory.baseAddress else { return 0 }
    (target + used).copyMemory(from: source, byteCount: n)
    used += n
    return n
  }

  func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: memory[range])
  }
}

/// A bounded supply of slabs: when all are in use the reading thread waits, so it never runs ahead of the workers.
final class SlabPool: @unchecked Sendable {
  private let condition = NSCondition()
  private var idle: [UnsafeMutableRawBufferPointer] = []
  private var made = 0
  private let limit: Int

  /// - Parameter limit: more than the deepest chain of open containers, each of which may hold a slab that is not full.
  init(limit: Int) { self.limit = limit }
  deinit { idle.forEach { $0.deallocate() } }

  func take() -> Slab {
    condition.lock()
    defer { condition.unlock() }
    while idle.isEmpty, made >= limit { condition.wait() }
    if let memory = idle.popLast() { return Slab(memory: memory, pool: self) }
    made += 1
    return Slab(memory: .allocate(byteCount: Slab.size, alignment: 64), pool: self)
  }

  fileprivate func give(_ memory: UnsafeMutableRawBufferPointer) {
    condition.lock()
    idle.append(memory)
    condition.signal()
    condition.unlock()
  }
}
