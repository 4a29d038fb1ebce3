import CustodyCore
import CustodyKit
import Foundation
import Records
import Snapshots

/// What `scan` and `examine` share: inputs, the inventory file, progress.
struct ScanRun {
  var inputs: [SnapshotInput]
  var options: ExamineOptions
  var voice: VoiceOptions
  var allowUnsandboxed: Bool

  /// - Parameter names: files, folders, or `-` for standard input (once).
  init(_ names: [String], limits: LimitOptions, vision: VisionFlags, voice: VoiceOptions) throws(Complaint) {
    guard !names.isEmpty else {
      throw Complaint(
        code: "usage.snapshot", "no snapshot named", hint: "name a file, a folder, or - for standard input")
    }
    guard names.count(where: { $0 == "-" }) <= 1 else {
      throw Complaint(code: "usage.snapshot", "standard input can be read once only")
    }
    for name in names where name != "-" {
      guard access(name, R_OK) == 0 else {
        throw Complaint(
          code: "snapshot.unreadable", "cannot be read: \(String(cString: strerror(errno)))",
          at: Printable.escape(name, limit: 300), hint: "check the name and the permissions")
      }
    }
    inputs = names.map { $0 == "-" ? .stream(descriptor: 0, name: "stdin") : .path($0) }
    options = limits.examine
    options.vision = try vision.options()
    options.allowUnsandboxed = vision.allowUnsandboxed
    options.measuresDetectors = vision.timings
    options.yara = try vision.rules()
    allowUnsandboxed = vision.allowUnsandboxed
    self.voice = voice
  }

  /// Examines into `descriptor`; says how it goes on standard error.
  func examine(into descriptor: Int32) throws(Complaint) -> (result: ExamineResult, record: ScanRecord) {
    let progress = ScanProgress()
    progress.totalSize = totalSize
    let started = Instant.now
    let result = try supervise(descriptor, progress)
    if result.restarts > 0, !voice.quiet {
      Terminal.note(
        "the process that reads the snapshot died and was begun anew, \(result.restarts) "
          + (result.restarts == 1 ? "time" : "times") + "; the inventory names what was left out")
    }
    return (result, result.record(options: options, startedOn: started, finishedOn: Instant.now))
  }

  private func supervise(_ descriptor: Int32, _ progress: ScanProgress) throws(Complaint) -> ExamineResult {
    let line = voice.quiet ? nil : ProgressLine(progress, style: voice.progress)
    defer { line?.stop() }
    let supervisor = ExamineSupervisor(
      program: .init(path: OwnProgram.path, arguments: [ExamineChildCommand.name]), allowUnsandboxed: allowUnsandboxed)
    return try supervisor.run(inputs, to: descriptor, options: options, progress: progress)
  }

  /// Size of all inputs together, 0 when one of them does not say.
  private var totalSize: UInt64 {
    var total: UInt64 = 0
    for input in inputs {
      guard case .path(let path) = input else { return 0 }
      var status = stat()
      guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return 0 }
      total += UInt64(max(0, status.st_size))
    }
    return total
  }
}

extension Instant {
  /// The wall clock, whole seconds: read at the edge only, never while judging.
  static var now: Instant { Instant(seconds: Int64(time(nil))) }
}
