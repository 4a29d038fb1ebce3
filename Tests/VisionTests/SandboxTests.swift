import CSandbox
import CustodyCore
import Foundation
import TestSupport
import Testing
import Vision
import VisionProtocol

/// Each forbidden call is tried in a child that has entered the sandbox.
@Suite struct SandboxTests {
  static let deadly = [CSANDBOX_PROBE_PTRACE, CSANDBOX_PROBE_PROCESS_READ, CSANDBOX_PROBE_BPF]

  static func options(filter: Int, landlock: Bool = true) -> csandbox_options {
    var options = csandbox_options()
    options.filter = Int32(filter)
    options.limits = csandbox_no_limits()
    options.landlock = landlock ? 1 : 0
    return options
  }

  @Test(arguments: [CSANDBOX_WORKER, CSANDBOX_EXAMINER], 0..<Int(CSANDBOX_PROBE_COUNT))
  func theFilterAloneRefuses(filter: Int, probe: Int) {
    var options = Self.options(filter: filter, landlock: false)
    let result = csandbox_probe(&options, Int32(probe))
    #expect(result == (Self.deadly.contains(probe) ? -SIGSYS : EPERM))
  }

  @Test func landlockAloneRefusesFiles() {
    var options = Self.options(filter: CSANDBOX_NO_FILTER)
    let expected = csandbox_landlock_abi() > 0 ? EACCES : 0
    #expect(csandbox_probe(&options, Int32(CSANDBOX_PROBE_OPEN)) == expected)
    #expect(csandbox_probe(&options, Int32(CSANDBOX_PROBE_CREATE)) == expected)
  }

  @Test func limitsAloneRefuseDescriptors() {
    var options = Self.options(filter: CSANDBOX_NO_FILTER, landlock: false)
    options.limits.files = 3
    options.close_others = 1
    #expect(csandbox_probe(&options, Int32(CSANDBOX_PROBE_SOCKET)) == EMFILE)
    #expect(csandbox_probe(&options, Int32(CSANDBOX_PROBE_OPEN)) == EMFILE)
  }

  /// The probes are worth something only if they succeed where nothing forbids them.
  @Test(arguments: [
    CSANDBOX_PROBE_OPEN, CSANDBOX_PROBE_SOCKET, CSANDBOX_PROBE_UNIX_SOCKET, CSANDBOX_PROBE_EXECVE,
    CSANDBOX_PROBE_FORK, CSANDBOX_PROBE_EXECUTABLE, CSANDBOX_PROBE_UNLINK,
  ])
  func withoutASandboxTheProbeGoesThrough(probe: Int) {
    var options = Self.options(filter: CSANDBOX_NO_FILTER, landlock: false)
    #expect(csandbox_probe(&options, Int32(probe)) == 0)
  }

  @Test func readingBelowOneFolderCanBeLeftOpen() throws {
    let fd = open("/etc", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { close(fd) }
    try withUnsafePointer(to: fd) { folder in
      var options = Self.options(filter: CSANDBOX_EXAMINER)
      options.open_for_reading = 1
      options.readable = folder
      options.readable_count = 1
      #expect(csandbox_probe(&options, Int32(CSANDBOX_PROBE_OPEN)) == 0)
      #expect(csandbox_probe(&options, Int32(CSANDBOX_PROBE_CREATE)) == EPERM)
      options.readable_count = 0
      try #require(csandbox_filter_available() == 1)
      #expect(
        csandbox_probe(&options, Int32(CSANDBOX_PROBE_OPEN)) == (csandbox_landlock_abi() > 0 ? EACCES : 0))
    }
  }

  @Test func anExaminerCanStillRead() throws {
    let tool = CommandLineTool(product: "VisionStub", in: FileManager.default.temporaryDirectory)
    #expect(try tool.run(["examiner"]).status == 0)
  }

  @Test func theReportSaysWhatIsInForce() {
    var options = Self.options(filter: CSANDBOX_WORKER)
    options.limits = csandbox_worker_limits(100 << 20)
    options.close_others = 1
    var report = csandbox_report()
    var text = [CChar](repeating: 0, count: 100)
    #expect(csandbox_try(&options, &report, &text, text.count) == 0)
    #expect(report.no_new_privileges == 1)
    #expect(report.not_dumpable == 1)
    #expect(report.filter == Int32(CSANDBOX_WORKER))
    #expect(report.landlock == csandbox_landlock_abi())
    #expect(report.limits.data == 100 << 20)
    #expect(report.limits.files == 3)
    #expect(report.limits.file_size == 0)
  }

  @Test func aWorkerIsRefusedFilesAndSockets() {
    let results = pool().run([picture("CVTEST open"), picture("CVTEST socket")])
    for i in 0...1 {
      #expect(results[i]?.attributes["result"] == -1)
      #expect(results[i]?.attributes["errno"] == .int(Int64(EPERM)))
    }
  }
}

/// The program that ships.
@Suite struct WorkerProgramTests {
  @Test func itShowsItsSandbox() throws {
    let tool = CommandLineTool(product: "custody-vision", in: FileManager.default.temporaryDirectory)
    let report = try tool.run(["--report"])
    #expect(report.status == 0)
    #expect(report.text.contains("seccomp: worker\n"))
    let probe = try tool.run(["--probe"])
    #expect(probe.status == 0)
    #expect(!probe.text.contains("went through"))
    #expect(try tool.run(["--nonsense"]).status == 2)
  }

  @Test(arguments: ["audit", "ci"]) func itAnswers(profile: String) {
    let pool = pool(program("custody-vision"), workers: 2, profile: profile, memory: 512 << 20)
    let results = pool.run((0..<10).map { picture("no picture at all \($0)") })
    for i in 0..<10 { #expect(results[i]?.disposition == .opaque || results[i]?.disposition == .failed) }
    #expect(pool.worker?.name == "custody-vision")
    #expect(pool.worker?.sandbox["seccomp"] == "worker")
    #expect(pool.counters.crashed == 0)
  }

  @Test func itRefusesWhatItDoesNotKnow() {
    for settings in [VisionSettings(profile: "thorough"), VisionSettings(overrides: ["face_sides": 3])] {
      let pool = VisionPool(VisionPool.Configuration(workers: 1, settings: settings, mostStartFailures: 1)) {
        try VisionWorkerProcess.start(program("custody-vision"))
      }
      #expect(pool.run([picture("a")])[0] == VisionVerdict(.failed, .workerUnavailable))
      #expect(pool.failure?.message.contains("vision.") == true)
    }
  }

  @Test func theExampleWorkerTakesItsPlace() throws {
    let path = Corpus.package.appendingPathComponent("examples/vision-worker/nothing-found.py").path
    let pool = pool(path, workers: 2)
    let (bytes, _) = sample(2_500_000)
    let results = pool.run([picture("four"), VisionJob(.video, bytes: bytes), VisionJob(.video, bytes: [])])
    #expect(results[0] == VisionVerdict(.examined, attributes: ["bytes": 4]))
    #expect(results[1] == VisionVerdict(.examined, attributes: ["bytes": 2_500_000]))
    #expect(results[2] == VisionVerdict(.examined, attributes: ["bytes": 0]))
    #expect(pool.worker?.detectors == ["nothing/1"])
  }
}
