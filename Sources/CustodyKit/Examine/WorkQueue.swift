import Foundation

/// First in, first out, between threads. Not bounded itself: what is in it holds slabs, and those are.
final class WorkQueue<Element: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private var items: [Element?] = []
  private var head = 0
  private var closed = false
  /// Handed over and not worked off yet.
  private var unfinished = 0

  func push(_ item: Element) {
    condition.lock()
    items.append(item)
    unfinished += 1
    condition.signal()
    condition.unlock()
  }

  /// One that was taken is worked off.
  func finished() {
    condition.lock()
    unfinished -= 1
    if unfinished == 0 { condition.broadcast() }
    condition.unlock()
  }

  /// Returns when all that was handed over is worked off.
  func waitUntilIdle() {
    condition.lock()
    while unfinished > 0 { condition.wait() }
    condition.unlock()
  }

  /// No more will come; those who wait get nil once the queue is empty.
  func close() {
    condition.lock()
    closed = true
    condition.broadcast()
    condition.unlock()
  }

  func pop() -> Element? {
    condition.lock()
    defer { condition.unlock() }
    while head == items.count {
      if closed { return nil }
      condition.wait()
    }
    let item = items[head]
    items[head] = nil
    head += 1
    if head == items.count || head > 1024 {
      items.removeFirst(head)
      head = 0
    }
    return item
  }
}

/// A thread that can be waited for.
final class Worker: @unchecked Sendable {
  private let done = DispatchSemaphore(value: 0)

  /// - Parameter stackSize: reading nested archives recurses once a level, so the reader asks for more than the default.
  init(name: String, stackSize: Int = 4 << 20, _ body: @escaping @Sendable () -> Void) {
    let done = self.done
    let thread = Thread {
      body()
      done.signal()
    }
    thread.name = name
    thread.stackSize = stackSize
    thread.start()
  }

  func join() { done.wait() }
}
