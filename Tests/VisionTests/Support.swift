import CustodyCore
import Foundation
import Synchronization
import TestSupport
import Vision
import VisionProtocol

/// The test worker, or another product.
func program(_ name: String = "VisionStub") -> String {
  CommandLineTool.products.appendingPathComponent(name).path
}

func pool(
  _ executable: String = program(), workers: Int = 1, profile: String = "audit",
  deadlines: VisionDeadlines = VisionDeadlines(start: 20, picture: 20, video: 20, videoSilence: 20),
  memory: UInt64 = 64 << 20
) -> VisionPool {
  VisionPool(
    VisionPool.Configuration(
      workers: workers, settings: VisionSettings(profile: profile, memory: memory), deadlines: deadlines,
      mostStartFailures: 3)
  ) { try VisionWorkerProcess.start(executable) }
}

/// Verdicts by the order of submission.
final class Collected: Sendable {
  private let all = Mutex<[Int: VisionVerdict]>([:])
  func put(_ i: Int, _ verdict: VisionVerdict) {
    all.withLock { all in
      precondition(all[i] == nil, "a completion was called twice")
      all[i] = verdict
    }
  }
  subscript(i: Int) -> VisionVerdict? { all.withLock { $0[i] } }
  var count: Int { all.withLock { $0.count } }
}

extension VisionPool {
  /// Submits all, waits for all.
  func run(_ jobs: [VisionJob]) -> Collected {
    let collected = Collected()
    for (i, job) in jobs.enumerated() { submit(job) { collected.put(i, $0) } }
    finish()
    return collected
  }
}

func picture(_ text: String) -> VisionJob { VisionJob(.picture, bytes: Array(text.utf8)) }

/// Bytes that differ from place to place, and what the test worker says about them.
func sample(_ count: Int) -> (bytes: [UInt8], sum: Int64) {
  let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 9) }
  return (bytes, bytes.reduce(0) { $0 + Int64($1) })
}
