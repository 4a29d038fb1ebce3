public import CustodyCore
import Foundation
public import VisionProtocol

/// A number of image workers, each driven by a thread of its own with blocking calls.
///
/// | call | thread | duty |
/// |---|---|---|
/// | `submit` | any | put the job in the queue, start a thread while there are too few |
/// | worker thread | one a worker | start the worker at the first job, ask, wait within the deadline, restart |
/// | completion | the worker's thread | quick; the worker idles meanwhile |
/// | `finish` | any | wait for all jobs, end all workers |
///
/// A picture that ends its worker is tried once more, with a fresh worker that has seen nothing else; when it ends that
/// one too, the picture is `failed`. No other job is touched: a worker never holds more than one.
public final class VisionPool: Sendable {
  public struct Configuration: Sendable {
    /// 1...64
    public var workers: Int
    public var settings: VisionSettings
    public var deadlines: VisionDeadlines
    /// Failures to start in a row after which nothing more is tried; eight times as many once a worker has been ready,
    /// because then it can work here and something passing is in the way.
    public var mostStartFailures: Int

    public init(
      workers: Int = 2, settings: VisionSettings = VisionSettings(), deadlines: VisionDeadlines = VisionDeadlines(),
      mostStartFailures: Int = 4
    ) {
      self.workers = min(max(workers, 1), 64)
      self.settings = settings
      self.deadlines = deadlines
      self.mostStartFailures = max(mostStartFailures, 1)
    }
  }

  private let core: PoolCore

  /// - Parameter spawn: starts one worker; called on the thread that will use it.
  public init(
    _ configuration: Configuration = Configuration(), spawn: @escaping @Sendable () throws -> VisionConnection
  ) {
    core = PoolCore(configuration, spawn)
  }
  deinit { core.close() }

  /// Adds a job; `completion` is called exactly once, on a thread of the pool, before `finish` returns.
  ///
  /// The queue has no bound of its own: whoever submits holds the bytes and decides how many jobs may wait. Not to be
  /// called after `finish`.
  public func submit(_ job: VisionJob, completion: @escaping @Sendable (VisionVerdict) -> Void) {
    core.submit(job, completion)
  }

  /// Waits for all jobs, then ends the workers. The pool takes no more jobs afterwards.
  public func finish() { core.finish() }

  public var counters: VisionCounters { core.withState { $0.counters } }
  /// Who answers; nil until the first worker is ready.
  public var worker: VisionWorkerFacts? { core.withState { $0.facts } }
  /// Why no worker could be started; nil while that is not so.
  public var failure: Complaint? { core.withState { $0.unavailable } }
}

/// The part of the pool that its threads hold.
final class PoolCore: @unchecked Sendable {
  struct Item: Sendable {
    var job: VisionJob
    var completion: @Sendable (VisionVerdict) -> Void
  }
  struct State {
    var items: [Item] = []
    var idle = 0
    var threads = 0
    var running = 0
    var closed = false
    var startFailures = 0
    var unavailable: Complaint?
    var facts: VisionWorkerFacts?
    var counters = VisionCounters()
  }

  let configuration: VisionPool.Configuration
  let spawn: @Sendable () throws -> VisionConnection
  private let condition = NSCondition()
  private var state = State()
  /// Index of the next item; taken items are removed in bulk.
  private var head = 0

  init(_ configuration: VisionPool.Configuration, _ spawn: @escaping @Sendable () throws -> VisionConnection) {
    self.configuration = configuration
    self.spawn = spawn
    state.counters.answered = Array(repeating: 0, count: configuration.workers)
  }

  func withState<R>(_ body: (inout State) -> R) -> R {
    condition.lock()
    defer { condition.unlock() }
    return body(&state)
  }

  func submit(_ job: VisionJob, _ completion: @escaping @Sendable (VisionVerdict) -> Void) {
    condition.lock()
    guard !state.closed else {
      condition.unlock()
      completion(VisionVerdict(.failed, .workerUnavailable))
      return
    }
    state.items.append(Item(job: job, completion: completion))
    let waiting = state.items.count - head
    if waiting > state.idle, state.threads < configuration.workers {
      let place = state.threads
      state.threads += 1
      state.running += 1
      let thread = Thread { [self] in
        PoolWorker(core: self, place: place).run()
        condition.lock()
        state.running -= 1
        condition.broadcast()
        condition.unlock()
      }
      thread.name = "vision \(place + 1)"
      thread.stackSize = 1 << 20
      thread.start()
    }
    condition.signal()
    condition.unlock()
  }

  /// The next job; nil when there will be none.
  func next() -> Item? {
    condition.lock()
    defer { condition.unlock() }
    while head == state.items.count {
      if state.closed { return nil }
      state.idle += 1
      condition.wait()
      state.idle -= 1
    }
    let item = state.items[head]
    head += 1
    if head == state.items.count || head >= 256 {
      state.items.removeFirst(head)
      head = 0
    }
    return item
  }

  func close() {
    condition.lock()
    state.closed = true
    condition.broadcast()
    condition.unlock()
  }

  func finish() {
    close()
    condition.lock()
    while state.running > 0 { condition.wait() }
    condition.unlock()
  }
}
