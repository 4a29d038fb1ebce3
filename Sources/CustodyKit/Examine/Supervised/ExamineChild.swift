internal import CPlaces
internal import CSandbox
internal import CustodyCore
public import Detection
internal import Evidence
import Foundation
internal import Records
internal import Snapshots
internal import Vision

/// The examining process, from the inside: gets its task, gives up all it does not need, reads, hands over lines.
public enum ExamineChild {
  private static let control: Int32 = 3
  private static let lines: Int32 = 4
  /// Where it is noted what every thread is at.
  private static let places: Int32 = 5
  /// Descriptor of the first input.
  static let firstInput: Int32 = 6

  /// Does the task that comes over the control socket; the process's exit status.
  ///
  /// - Parameter detectors: asked beside those of the catalogue.
  public static func run(detectors: [any Detector] = []) -> Int32 {
    signal(SIGPIPE, SIG_IGN)
    let socket = ControlSocket(descriptor: control)
    guard let message = socket.receive(), message.isKind("c") else { return 2 }
    do throws(Complaint) {
      let task = try ExamineTask(json: try JSONParser.parse(message.payload))
      prepare()
      if !task.options.yara.isEmpty { YaraRules.prepare() }
      if task.options.measuresDetectors { DetectorCosts.start() }
      // Without it a death cannot be placed, which is no reason not to read.
      _ = cplaces_open(places)
      close(places)
      try Sandbox.enter(task)
      let answer = try examine(task, socket, detectors)
      return socket.send(ControlMessage("r", JSONWriter.compact(answer.json))) ? 0 : 2
    } catch {
      socket.send(ControlMessage("e", JSONWriter.compact(Self.json(error))))
      return 2
    }
  }

  /// Loads what would otherwise be loaded from the disk on first use.
  private static func prepare() {
    SnapshotReader.prepare()
    _ = Digester.provider
    _ = CompiledCatalog.standard
    // The first thread initializes what Foundation needs for all others.
    Worker(name: "prepare") {}.join()
  }

  private static func examine(
    _ task: ExamineTask, _ socket: ControlSocket, _ detectors: [any Detector]
  ) throws(Complaint) -> ExamineAnswer {
    let inputs = task.inputs.map { input in
      input.isStream
        ? SnapshotInput.stream(descriptor: input.descriptor, name: input.path)
        : .opened(descriptor: input.descriptor, path: input.path)
    }
    let progress = ScanProgress()
    progress.onNext = { n in socket.send(ControlMessage("i", ControlMessage.numbers(UInt64(n)))) }
    let reporter = Reporter(progress, socket)
    defer { reporter.stop() }
    let read = try Examine.run(
      inputs, options: task.options, vision: task.options.vision.map { .passed($0, socket) },
      spool: SpoolSupply {
        guard let answer = socket.ask(ControlMessage("s")), answer.isKind("s") else { return -1 }
        return answer.descriptor
      }, progress: progress,
      conditions: ReadConditions(
        quarantine: task.quarantine, isStepwise: task.isStepwise, detectors: detectors)
    ) { write($0) }
    return ExamineAnswer(
      snapshots: read.snapshots, detectors: read.detectors, vision: read.vision, costs: DetectorCost.measured)
  }

  private static func write(_ bytes: UnsafeRawBufferPointer) {
    var done = 0
    while done < bytes.count {
      let n = Foundation.write(lines, bytes.baseAddress.map { $0 + done }, bytes.count - done)
      if n < 0, errno == EINTR { continue }
      // The supervisor is gone: nobody wants the rest.
      guard n > 0 else { exit(2) }
      done += n
    }
  }

  private static func json(_ complaint: Complaint) -> JSONValue {
    var o = JSONObject()
    o.add("code", .string(complaint.code))
    o.add("message", .string(complaint.message))
    o.add("location", complaint.location.map(JSONValue.string))
    o.add("hint", complaint.hint.map(JSONValue.string))
    return .object(o)
  }
}

/// Tells the supervisor five times a second how far reading has come.
private final class Reporter: @unchecked Sendable {
  private let condition = NSCondition()
  private var isOver = false
  private var thread: Worker?

  init(_ progress: ScanProgress, _ socket: ControlSocket) {
    thread = Worker(name: "progress") { [condition, unowned self] in
      while true {
        condition.lock()
        let over = isOver || condition.wait(until: Date(timeIntervalSinceNow: 0.2)) && isOver
        condition.unlock()
        if over { return }
        socket.send(ControlMessage("p", ControlMessage.numbers(progress.bytesRead, progress.entries)))
      }
    }
  }

  func stop() {
    condition.lock()
    isOver = true
    condition.broadcast()
    condition.unlock()
    thread?.join()
  }
}
