internal import CustodyCore
import Foundation
internal import VisionProtocol

/// One thread of a pool and the worker it drives.
final class PoolWorker {
  private let core: PoolCore
  private let place: Int
  private var conversation: Conversation?
  private var startedBefore = false

  init(core: PoolCore, place: Int) {
    self.core = core
    self.place = place
  }

  func run() {
    while let item = core.next() { item.completion(verdict(of: item.job)) }
    conversation?.finish()
  }

  private func verdict(of job: VisionJob) -> VisionVerdict {
    var reason = Reason.workerCrashed
    for attempt in 1...2 {
      guard let conversation = ready() else { return VisionVerdict(.failed, .workerUnavailable) }
      do throws(LinkFailure) {
        let verdict = try conversation.examine(job)
        core.withState { $0.counters.answered[place] += 1 }
        return verdict
      } catch {
        // Whatever happened, the next job begins with a fresh worker.
        drop()
        switch error {
        case .late:
          core.withState { $0.counters.timeouts += 1 }
          return VisionVerdict(.failed, .timeout)
        case .unreadable: return VisionVerdict(.failed, .unreadable)
        case .ended: reason = .workerCrashed
        case .fault: reason = .workerProtocol
        }
        if attempt == 1 { core.withState { $0.counters.retries += 1 } }
      }
    }
    core.withState { $0.counters.crashed += 1 }
    return VisionVerdict(.failed, reason)
  }

  private func drop() {
    conversation?.end()
    conversation = nil
  }

  /// The worker of this thread, started when there is none; nil once the pool has given up.
  private func ready() -> Conversation? {
    if let conversation { return conversation }
    while core.withState({ $0.unavailable == nil }) {
      do {
        let started = try Conversation(
          try core.spawn(), settings: core.configuration.settings, deadlines: core.configuration.deadlines)
        conversation = started
        core.withState {
          $0.startFailures = 0
          $0.facts = started.facts
          if startedBefore { $0.counters.restarts += 1 }
        }
        startedBefore = true
        return started
      } catch {
        let failures = core.withState {
          $0.startFailures += 1
          let most = core.configuration.mostStartFailures * ($0.facts == nil ? 1 : 8)
          if $0.startFailures >= most, $0.unavailable == nil {
            $0.unavailable =
              error as? Complaint ?? Complaint(code: "vision.start", "the image worker could not be started")
          }
          return $0.startFailures
        }
        // A machine short of memory or processes may have some again a moment later.
        Thread.sleep(forTimeInterval: 0.05 * Double(min(failures, 10)))
      }
    }
    return nil
  }
}
