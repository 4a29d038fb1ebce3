internal import CDescriptors
internal import CPlaces
public import CustodyCore
import Foundation
internal import Records
public import Snapshots

/// Has the snapshot read by a sandboxed process and takes nothing from it but inventory lines, each of them checked.
///
/// The process that calls this never parses a byte of the snapshot, so it may load a key afterwards. It opens the
/// inputs, starts the examiner with them, starts image workers and makes temporary files on the examiner's behalf (which
/// can do neither itself), and writes the inventory.
public struct ExamineSupervisor: Sendable {
  /// How to start the examining process.
  public struct Program: Sendable {
    public var path: String
    public var arguments: [String]
    public init(path: String, arguments: [String]) {
      self.path = path
      self.arguments = arguments
    }
  }

  private let program: Program
  private let allowUnsandboxed: Bool

  public init(program: Program, allowUnsandboxed: Bool = false) {
    self.program = program
    self.allowUnsandboxed = allowUnsandboxed
  }

  /// As `Examine.run`, but elsewhere.
  ///
  /// When the examiner dies and the inputs can be read again, another one begins anew and leaves out what the first one
  /// died of (see `Recovery`). The inventory is that of the last one alone.
  ///
  /// - Throws: when an input cannot be opened, the examiner cannot be started or sandboxed, hands over what is no
  ///   inventory, or the inventory cannot be written. When it dies for good, what is missing is an inventory line.
  public func run(
    _ inputs: [SnapshotInput], to output: Int32, options: ExamineOptions, progress: ScanProgress = ScanProgress()
  ) throws(Complaint) -> ExamineResult {
    let opened = try OpenInputs(inputs)
    let target = InventoryOutput(output, renews: opened.canBeReadAgain)
    var recovery = Recovery(inputs: opened.all.count, isPossible: target.isRenewable)
    let read = progress.next()
    while true {
      let attempt = try attempt(opened, to: target.descriptor, options, recovery, read)
      var result = try attempt.result(of: opened)
      if result == nil {
        if recovery.goesOn(after: attempt.status, places: attempt.places) {
          try opened.rewind()
          try target.renew()
          read.note(bytesRead: 0, entries: 0)
          continue
        }
        attempt.confess(opened, restarts: recovery.restarts)
        result = try attempt.unfinished(of: opened)
      }
      try target.deliver()
      guard var result else { continue }
      result.restarts = recovery.restarts
      return result
    }
  }

  private func attempt(
    _ opened: OpenInputs, to output: Int32, _ options: ExamineOptions, _ recovery: Recovery, _ progress: ReadProgress
  ) throws(Complaint) -> Attempt {
    var control: [Int32] = [-1, -1]
    var lines: [Int32] = [-1, -1]
    for error in [cd_pair(0, &control), cd_pipe(1 << 20, &lines)] where error != 0 { throw Self.failure(error) }
    let socket = ControlSocket(descriptor: control[0])
    // None is no obstacle: a death is then of unknown place.
    let places = cplaces_make()
    defer {
      close(lines[0])
      if places >= 0 { close(places) }
    }
    // Standard error too: what a hostile snapshot makes of the examiner must not reach a terminal.
    let descriptors = [-1, -1, -1, control[1], lines[1], places] + opened.all.map(\.descriptor)
    let pid = try start(descriptors)
    close(control[1])
    close(lines[1])

    var task = ExamineTask(
      inputs: opened.all.enumerated().map { i, input in
        ExamineTask.Input(
          descriptor: ExamineChild.firstInput + Int32(i), path: input.path, isStream: input.isStream)
      }, options: options, allowUnsandboxed: allowUnsandboxed)
    task.quarantine = recovery.quarantine
    task.isStepwise = recovery.isStepwise
    guard socket.send(ControlMessage("c", JSONWriter.compact(task.json))) else {
      // Without its task it would wait for ever.
      kill(pid, SIGKILL)
      _ = Self.wait(pid)
      throw Complaint(
        code: "examiner.start", "the examining process could not be given its task",
        hint: "name fewer snapshots at once")
    }
    let intake = InventoryIntake(descriptor: output)
    let service = ExaminerService(socket: socket, vision: options.vision, progress: progress)
    let talking = Worker(name: "examiner service") { service.run() }
    Self.receive(lines[0], into: intake, from: pid)
    talking.join()
    let status = Self.wait(pid)
    service.endWorkers()
    return Attempt(service: service, intake: intake, status: status, places: CrashRecord.bytes(of: places))
  }

  private func start(_ descriptors: [Int32]) throws(Complaint) -> pid_t {
    let arguments = ([program.path] + program.arguments).map { strdup($0) }
    let environment = (["PATH=/usr/bin:/bin", "LANG=C.UTF-8", "TZ=UTC0"] as [String]).map { strdup($0) }
    defer { (arguments + environment).forEach { free($0) } }
    var pid: pid_t = 0
    let error = cd_spawn(program.path, arguments + [nil], environment + [nil], descriptors, descriptors.count, &pid)
    guard error == 0 else { throw Self.failure(error) }
    return pid
  }

  private static func receive(_ descriptor: Int32, into intake: InventoryIntake, from pid: pid_t) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
    defer { buffer.deallocate() }
    while true {
      let n = read(descriptor, buffer.baseAddress, buffer.count)
      if n < 0, errno == EINTR { continue }
      guard n > 0 else { return }
      intake.take(UnsafeRawBufferPointer(rebasing: buffer[..<n]))
      if !intake.isSound {
        kill(pid, SIGKILL)
        return
      }
    }
  }

  private static func wait(_ pid: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    return status
  }

  private static func failure(_ error: Int32) -> Complaint {
    Complaint(
      code: "examiner.start", "the examining process cannot be started: \(String(cString: strerror(error)))",
      hint: "check the limits of processes and open files (ulimit -a)")
  }
}
