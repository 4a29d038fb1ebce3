internal import CDescriptors
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
  /// - Throws: when an input cannot be opened, the examiner cannot be started or sandboxed, hands over what is no
  ///   inventory, or the inventory cannot be written. When it dies, what is missing is an inventory line.
  public func run(
    _ inputs: [SnapshotInput], to output: Int32, options: ExamineOptions, progress: ScanProgress = ScanProgress()
  ) throws(Complaint) -> ExamineResult {
    let opened = try OpenInputs(inputs)
    var control: [Int32] = [-1, -1]
    var lines: [Int32] = [-1, -1]
    for error in [cd_pair(0, &control), cd_pipe(1 << 20, &lines)] where error != 0 { throw Self.failure(error) }
    let socket = ControlSocket(descriptor: control[0])
    defer { close(lines[0]) }
    // Standard error too: what a hostile snapshot makes of the examiner must not reach a terminal.
    let descriptors = [-1, -1, -1, control[1], lines[1]] + opened.all.map(\.descriptor)
    let pid = try start(descriptors)
    close(control[1])
    close(lines[1])

    let task = ExamineTask(
      inputs: opened.all.enumerated().map { i, input in
        ExamineTask.Input(descriptor: Int32(5 + i), path: input.path, isStream: input.isStream)
      }, options: options, allowUnsandboxed: allowUnsandboxed)
    guard socket.send(ControlMessage("c", JSONWriter.compact(task.json))) else {
      // Without its task it would wait for ever.
      kill(pid, SIGKILL)
      _ = Self.wait(pid)
      throw Complaint(
        code: "examiner.start", "the examining process could not be given its task",
        hint: "name fewer snapshots at once")
    }
    let intake = InventoryIntake(descriptor: output)
    let service = ExaminerService(socket: socket, vision: options.vision, progress: progress.next())
    let talking = Worker(name: "examiner service") { service.run() }
    Self.receive(lines[0], into: intake, from: pid)
    talking.join()
    let status = Self.wait(pid)
    service.endWorkers()
    return try settle(service, status, intake, opened)
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

  // MARK: - The end

  private func settle(
    _ service: ExaminerService, _ status: Int32, _ intake: InventoryIntake, _ inputs: OpenInputs
  ) throws(Complaint) -> ExamineResult {
    if let complaint = service.complaint { throw complaint }
    if !intake.isSound { _ = try intake.finish() }
    if status == 0, let answer = service.answer, answer.snapshots.count == inputs.all.count {
      var snapshots = answer.snapshots
      // What is known here is not asked for there.
      for (i, input) in inputs.all.enumerated() {
        snapshots[i].ordinal = i + 1
        snapshots[i].form = input.form
        snapshots[i].name = input.name
      }
      return ExamineResult(
        inventory: try intake.finish(), snapshots: snapshots, incomplete: intake.incomplete,
        detectors: answer.detectors, vision: answer.vision, costs: answer.costs)
    }
    // It died. What it handed over stays; what it had not finished is said.
    intake.dropUnfinishedLine()
    var snapshots: [SnapshotSummary] = []
    for (i, input) in inputs.all.enumerated() {
      snapshots.append(
        SnapshotSummary(ordinal: i + 1, form: input.form, size: 0, sha256: nil, name: input.name, directories: 0))
      guard i >= service.begun else { continue }
      let how = status & 0x7F == 0 ? "status \(status >> 8 & 0xFF)" : "signal \(status & 0x7F)"
      let note =
        i == service.begun
        ? "the process that reads the snapshot ended with \(how); \(intake.count) lines came before" : "not begun"
      intake.add(
        Examination(
          index: 0, nonce: Array(repeating: 0, count: 16), locator: Locator(input.name), size: 0, sha256: nil,
          kind: .unknown, modified: nil, disposition: .failed, reason: .examinerCrashed, notes: [note], link: nil,
          attributes: [:], observations: []))
    }
    return ExamineResult(
      inventory: try intake.finish(), snapshots: snapshots, incomplete: intake.incomplete,
      detectors: Examine.detectors(), vision: nil)
  }

  private static func failure(_ error: Int32) -> Complaint {
    Complaint(
      code: "examiner.start", "the examining process cannot be started: \(String(cString: strerror(error)))",
      hint: "check the limits of processes and open files (ulimit -a)")
  }
}

/// The inputs, open for reading.
private final class OpenInputs {
  struct Input {
    var descriptor: Int32
    var path: String
    var name: String
    var isStream: Bool
    var form: String
  }
  private(set) var all: [Input] = []
  private var owned: [Int32] = []

  init(_ inputs: [SnapshotInput]) throws(Complaint) {
    for input in inputs {
      switch input {
      case .stream(let descriptor, let name):
        all.append(Input(descriptor: descriptor, path: name, name: name, isStream: true, form: "stream"))
      case .opened(let descriptor, let path):
        add(descriptor, path, input.displayName)
      case .path(let path):
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
          throw Complaint(
            code: "snapshot.unreadable",
            "the snapshot cannot be opened: " + String(cString: strerror(errno)).lowercased(),
            at: Printable.escape(path), hint: "give a file or a directory that you may read, or - for standard input")
        }
        owned.append(descriptor)
        add(descriptor, path, input.displayName)
      }
    }
  }
  deinit { owned.forEach { close($0) } }

  private func add(_ descriptor: Int32, _ path: String, _ name: String) {
    var status = stat()
    let known = fstat(descriptor, &status) == 0
    let form =
      known && status.st_mode & S_IFMT == S_IFDIR
      ? "directory" : known && status.st_mode & S_IFMT == S_IFREG ? "file" : "stream"
    // `.` and the like have a name only where they are: it is found here, where the file system is.
    var path = path
    if let real = realpath(path, nil) {
      if ["", ".", ".."].contains(path.split(separator: "/").last ?? "") { path = String(cString: real) }
      free(real)
    }
    all.append(Input(descriptor: descriptor, path: path, name: name, isStream: false, form: form))
  }
}
