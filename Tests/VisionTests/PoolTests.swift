import CustodyCore
import Foundation
import TestSupport
import Testing
import Vision
import VisionProtocol

@Suite struct PoolTests {
  @Test(arguments: [1, 3]) func everyJobGetsItsOwnVerdict(workers: Int) {
    let pool = pool(workers: workers)
    let results = pool.run((0..<60).map { picture("CVTEST faces \($0 + 1)") })
    for i in 0..<60 { #expect(results[i]?.observations.first?.count == i + 1) }
    let counters = pool.counters
    #expect(counters.answered.reduce(0, +) == 60)
    #expect(counters.restarts == 0)
    #expect(pool.worker?.name == "vision-stub")
  }

  @Test func largeAndEmptyPicturesArriveWhole() throws {
    let pool = pool()
    let (bytes, sum) = sample(3_000_001)
    let folder = try TemporaryFolder()
    let path = try folder.write("p", [1, 2, 3] + bytes)
    let fd = open(path, O_RDONLY)
    defer { close(fd) }
    let results = pool.run([
      VisionJob(.picture, bytes: bytes), VisionJob(.picture, bytes: []),
      VisionJob(.picture, .file(descriptor: fd, offset: 3, size: UInt64(bytes.count))),
      // More than there is, and more than the worker takes.
      VisionJob(.picture, .file(descriptor: fd, offset: 3, size: UInt64(bytes.count) + 1)),
      VisionJob(.picture, bytes: Array(repeating: 0, count: 9 << 20)),
      VisionJob(.picture, bytes: bytes),
    ])
    for i in [0, 2, 5] {
      #expect(results[i]?.attributes["bytes"] == .int(Int64(bytes.count)))
      #expect(results[i]?.attributes["sum"] == .int(sum))
    }
    #expect(results[1]?.attributes["bytes"] == 0)
    #expect(results[3] == VisionVerdict(.failed, .unreadable))
    #expect(results[4] == VisionVerdict(.limited, .entrySizeLimit))
    #expect(pool.counters.crashed == 0)
  }

  /// What a hostile picture can make a worker do, and what becomes of it.
  @Test(arguments: [
    ("crash", Reason.workerCrashed), ("abort", .workerCrashed), ("exit", .workerCrashed),
    ("allocate", .workerCrashed), ("garbage", .workerProtocol), ("endless", .workerProtocol),
    ("json 2", .workerProtocol), ("class 2", .workerProtocol), ("many", .workerProtocol),
  ])
  func aPictureThatEndsItsWorkerTakesNoOtherWithIt(behaviour: String, reason: Reason) {
    let pool = pool()
    // The answers that are given under a job's number are wrong ones either way: the second job, then the first of a
    // fresh worker.
    let results = pool.run([
      picture("CVTEST faces 3"), picture("CVTEST \(behaviour)"), picture("CVTEST faces 4"), picture("CVTEST faces 5"),
    ])
    #expect(results[0]?.observations.first?.count == 3)
    #expect(results[1] == VisionVerdict(.failed, reason))
    #expect(results[2]?.observations.first?.count == 4)
    #expect(results[3]?.observations.first?.count == 5)
    let counters = pool.counters
    #expect(counters.crashed == 1)
    #expect(counters.retries == 1)
    #expect(counters.restarts == 2)
    #expect(counters.timeouts == 0)
  }

  @Test func aPictureWithoutEndIsTimedOutOnce() {
    let pool = pool(deadlines: VisionDeadlines(start: 20, picture: 1.0, video: 2, videoSilence: 0.5))
    let results = pool.run([
      picture("CVTEST hang"), picture("CVTEST faces 4"), VisionJob(.video, bytes: Array("CVTEST hang".utf8)),
    ])
    #expect(results[0] == VisionVerdict(.failed, .timeout))
    #expect(results[1]?.observations.first?.count == 4)
    #expect(results[2] == VisionVerdict(.failed, .timeout))
    #expect(pool.counters.timeouts == 2)
    #expect(pool.counters.retries == 0)
  }

  @Test func unknownMessagesOfAWorkerAreSkipped() {
    let results = pool().run([picture("CVTEST stranger")])
    #expect(results[0] == VisionVerdict(.examined))
  }

  @Test func aVideoIsPulled() throws {
    let pool = pool()
    let (bytes, sum) = sample(1_234_567)
    let folder = try TemporaryFolder()
    let fd = open(try folder.write("v", bytes), O_RDONLY)
    defer { close(fd) }
    let results = pool.run([
      VisionJob(.video, bytes: bytes), VisionJob(.video, .file(descriptor: fd, offset: 0, size: UInt64(bytes.count))),
      VisionJob(.video, bytes: []),
      // The file is shorter than was said.
      VisionJob(.video, .file(descriptor: fd, offset: 0, size: 3_000_000)),
      VisionJob(.video, .file(descriptor: -1, offset: 0, size: 3_000_000)),
      VisionJob(.video, bytes: Array("CVTEST crash".utf8)), picture("CVTEST faces 4"),
    ])
    for i in 0...1 {
      #expect(results[i]?.attributes["bytes"] == .int(Int64(bytes.count)))
      #expect(results[i]?.attributes["sum"] == .int(sum))
      #expect(results[i]?.disposition == .examined)
    }
    #expect(results[2]?.attributes["bytes"] == 0)
    #expect(results[3]?.reason == .truncated)
    #expect(results[4] == VisionVerdict(.failed, .unreadable))
    #expect(results[5] == VisionVerdict(.failed, .workerCrashed))
    #expect(results[6]?.observations.first?.count == 4)
  }

  /// Workers that never become ready: each job is answered, none waits for ever.
  @Test(arguments: ["exit", "refuse", "garbage", "silent"]) func withoutWorkersEveryJobFails(profile: String) {
    let pool = pool(
      workers: 2, profile: profile, deadlines: VisionDeadlines(start: profile == "silent" ? 0.3 : 20))
    let results = pool.run((0..<20).map { picture("CVTEST faces \($0 + 1)") })
    #expect(results.count == 20)
    for i in 0..<20 { #expect(results[i] == VisionVerdict(.failed, .workerUnavailable)) }
    #expect(pool.failure != nil)
    if profile == "refuse" { #expect(pool.failure?.message.contains("vision.profile") == true) }
  }

  @Test func aMissingProgramIsAFailureToStart() {
    let pool = pool("/nonexistent/custody-vision")
    let results = pool.run([picture("a")])
    #expect(results[0] == VisionVerdict(.failed, .workerUnavailable))
    #expect(pool.failure?.code == "vision.start")
  }

  @Test func workersKilledAtRandomCostNoVerdict() throws {
    // A job is tried twice, so a single kill leaves no trace.
    let starts = Starts()
    let pool = VisionPool(
      VisionPool.Configuration(workers: 2, settings: VisionSettings(memory: 64 << 20), mostStartFailures: 20)
    ) { starts.watched(try VisionWorkerProcess.start(program())) }
    let collected = Collected()
    for i in 0..<300 { pool.submit(picture("CVTEST slow \(i + 1)")) { collected.put(i, $0) } }
    // By progress, not by time: a machine that is slow to start workers must not have them all killed before they work.
    for mark in stride(from: 4, to: 290, by: 4) {
      while collected.count < mark { usleep(1000) }
      starts.killOne()
    }
    pool.finish()
    #expect(collected.count == 300)
    #expect(starts.killed > 0)
    for i in 0..<300 {
      let verdict = collected[i]
      #expect(verdict?.observations.first?.count == i + 1 || verdict == VisionVerdict(.failed, .workerCrashed))
    }
  }
}

/// Workers under way, to be killed from outside.
final class Starts: @unchecked Sendable {
  private let lock = NSLock()
  private var running: [Int32: VisionConnection] = [:]
  private var kills = 0
  var killed: Int { lock.withLock { kills } }

  /// The same worker, known here until the pool ends it: later its process number may be somebody else's.
  func watched(_ worker: VisionConnection) -> VisionConnection {
    lock.withLock { running[worker.descriptor] = worker }
    return VisionConnection(
      descriptor: worker.descriptor,
      kill: { [self] in
        lock.withLock { running[worker.descriptor] = nil }
        worker.kill()
      }, reap: worker.reap)
  }
  func killOne() {
    lock.withLock {
      guard let worker = running.randomElement()?.value else { return }
      worker.kill()
      kills += 1
    }
  }
}
