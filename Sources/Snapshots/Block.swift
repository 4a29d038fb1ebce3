import Glibc

/// One mebibyte of the snapshot's own bytes, shared between the reader and whoever hashes it.
///
/// The memory returns to its pool when the last reference goes. The bytes never change once the block was handed out.
public final class Block: @unchecked Sendable {
  /// Size of every block's memory in bytes.
  public static let capacity = 1 << 20

  /// Bytes in use, from the start.
  public internal(set) var count = 0
  let memory: UnsafeMutableRawPointer
  private let pool: BlockPool

  init(_ memory: UnsafeMutableRawPointer, of pool: BlockPool) {
    self.memory = memory
    self.pool = pool
  }

  deinit { pool.giveBack(memory) }

  /// The bytes; valid as long as the block is.
  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory, count: count) }
}

/// A bounded store of block memory: when all of it is out, the reader waits, so a slow consumer slows the reader
/// instead of filling memory.
final class BlockPool: @unchecked Sendable {
  private let limit: Int
  private var free: [UnsafeMutableRawPointer] = []
  private var made = 0
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let returned = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init(limit: Int = 48) {
    self.limit = max(2, limit)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(returned, nil)
  }

  deinit {
    for memory in free { memory.deallocate() }
    pthread_cond_destroy(returned)
    pthread_mutex_destroy(mutex)
    returned.deallocate()
    mutex.deallocate()
  }

  /// A block with `count` 0. Waits while all blocks are in use.
  func take() -> Block {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let memory = free.popLast() { return Block(memory, of: self) }
      if made < limit {
        made += 1
        return Block(.allocate(byteCount: Block.capacity, alignment: 4096), of: self)
      }
      pthread_cond_wait(returned, mutex)
    }
  }

  fileprivate func giveBack(_ memory: UnsafeMutableRawPointer) {
    pthread_mutex_lock(mutex)
    free.append(memory)
    pthread_cond_signal(returned)
    pthread_mutex_unlock(mutex)
  }
}
