internal import CustodyCore
internal import Detection
internal import Vision
internal import VisionProtocol

/// Where image workers come from: started here, or by the supervisor when this process may start none.
enum VisionSupply: Sendable {
  case direct(VisionOptions)
  case passed(VisionOptions, ControlSocket)

  var options: VisionOptions {
    switch self {
    case .direct(let options), .passed(let options, _): options
    }
  }

  /// As many workers as there are jobs; none is started before the first picture.
  func pool(jobs: Int) -> VisionPool {
    let o = options
    let settings = VisionSettings(
      profile: o.profile, overrides: Dictionary(o.overrides.map { ($0.name, $0.value) }) { $1 },
      linkKey: o.linkKey ?? [])
    let seconds = Double(o.pictureSeconds)
    let deadlines = VisionDeadlines(picture: seconds, video: max(600, 10 * seconds), videoSilence: seconds)
    return VisionPool(VisionPool.Configuration(workers: jobs, settings: settings, deadlines: deadlines), spawn: spawn)
  }

  private var spawn: @Sendable () throws -> VisionConnection {
    switch self {
    case .direct(let options): return { try options.start() }
    case .passed(_, let socket):
      return {
        guard let answer = socket.ask(ControlMessage("w")), answer.isKind("w"), answer.descriptor >= 0,
          let number = answer.numbers.first
        else {
          throw Complaint(code: "vision.start", "the supervisor could not start an image worker")
        }
        return VisionConnection(
          descriptor: answer.descriptor,
          kill: { socket.send(ControlMessage("k", ControlMessage.numbers(number))) }, reap: {})
      }
    }
  }
}

extension VisionOptions {
  /// Starts one image worker.
  func start() throws(Complaint) -> VisionConnection {
    try VisionWorkerProcess.start(worker, arguments: allowUnsandboxed ? ["--allow-unsandboxed"] : [])
  }

  /// Detectors with everything that shapes their answers: `face.hog/1;audit;face_weak=-0.3`.
  func detectors(_ pool: VisionPool) -> [String] {
    let isOurs = worker.split(separator: "/").last == "custody-vision"
    let suffix =
      ";" + profile + overrides.sorted { $0.name < $1.name }.map { ";\($0.name)=\($0.value)" }.joined()
    return (pool.worker?.detectors ?? (isOurs ? VisionCatalog.names : [])).map { $0 + suffix }
  }
}

extension SightContent {
  func job(_ sight: Sight) -> VisionJob {
    let kind: VisionJob.Kind = sight == .video ? .video : .picture
    switch self {
    case .memory(let held):
      return VisionJob(kind, .memory(size: held.count, withBytes: { body in held.withBytes(body) }))
    case .file(let file):
      // The descriptor stays open as long as the content is held, which is until the verdict is in.
      return VisionJob(kind, .file(descriptor: file.descriptor, offset: 0, size: file.size))
    }
  }
}
