import Glibc

/// Reads a descriptor into blocks on a thread of its own, a few blocks ahead: copying out of the kernel is a quarter of the
/// work on a compressed snapshot, and the thread that decompresses has none to spare.
final class ReadAhead: @unchecked Sendable {
  /// Blocks read and not yet taken.
  private static let depth = 8

  private let descriptor: Int32
  private let pool: BlockPool
  private var ready: [(block: Block, failed: Bool)] = []
  private var cancelled = false
  private var thread = pthread_t()
  private var started = false
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init(_ descriptor: Int32, pool: BlockPool) {
    self.descriptor = descriptor
    self.pool = pool
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  /// False when no thread can be made; the caller then reads by itself. Call once.
  func start() -> Bool {
    // Not retained: `deinit` waits for the thread, so the object outlives it.
    let result = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<ReadAhead>.fromOpaque(argument).takeUnretainedValue().loop() }
        return nil
      }, Unmanaged.passUnretained(self).toOpaque())
    started = result == 0
    return started
  }

  deinit {
    if started {
      pthread_mutex_lock(mutex)
      cancelled = true
      pthread_cond_broadcast(changed)
      pthread_mutex_unlock(mutex)
      pthread_join(thread, nil)
    }
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// The next block; the last one is not full.
  func next() -> (block: Block, failed: Bool) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while ready.isEmpty { pthread_cond_wait(changed, mutex) }
    pthread_cond_broadcast(changed)
    return ready.removeFirst()
  }

  private func loop() {
    while true {
      let block = pool.take()
      let (count, failed) = DescriptorSource.fill(block, from: descriptor)
      pthread_mutex_lock(mutex)
      while ready.count >= Self.depth, !cancelled { pthread_cond_wait(changed, mutex) }
      let stop = cancelled || count < Block.capacity
      ready.append((block, failed))
      pthread_cond_broadcast(changed)
      pthread_mutex_unlock(mutex)
      if stop { return }
    }
  }
}
