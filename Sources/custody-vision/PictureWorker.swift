internal import CSandbox
internal import CVision
internal import CustodyCore
internal import VisionProtocol

/// Ties the C++ session to the protocol: opens it, enters the sandbox, translates verdicts.
final class PictureWorker: VisionWorker {
  /// Of one picture as sent; the decoded picture is bounded by the profile.
  private static let pictureBytes: UInt64 = 128 << 20

  private let allowUnsandboxed: Bool
  private var session: OpaquePointer?
  private let verdict = UnsafeMutablePointer<cv_verdict>.allocate(capacity: 1)
  /// Why the worker would not start.
  private(set) var refusal: String?

  init(allowUnsandboxed: Bool) {
    self.allowUnsandboxed = allowUnsandboxed
    verdict.initialize(to: cv_verdict())
  }
  deinit {
    cv_close(session)
    verdict.deallocate()
  }

  func prepare(_ settings: VisionSettings) throws(Complaint) -> VisionWorkerFacts {
    do throws(Complaint) { return try open(settings) } catch {
      refusal = error.description
      throw error
    }
  }

  private func open(_ settings: VisionSettings) throws(Complaint) -> VisionWorkerFacts {
    var options = try Profile.options(settings)
    let why = Sandbox.complaint { text, size in
      session = cv_open(&options, text, size)
      return session == nil ? -1 : 0
    }
    if let why { throw Complaint(code: "vision.open", "the detectors could not be loaded: " + why) }
    let report = try enter(memory: settings.memory)
    return VisionWorkerFacts(
      name: "custody-vision", detectors: Translation.detectors, libraries: String(cString: cv_libraries()),
      pictureBytes: min(Self.pictureBytes, settings.memory / 4), sandbox: Sandbox.attributes(report))
  }

  private func enter(memory: UInt64) throws(Complaint) -> csandbox_report {
    var options = Sandbox.options(memory: memory)
    var report = csandbox_report()
    guard let why = Sandbox.complaint({ csandbox_enter(&options, &report, $0, $1) }) else { return report }
    guard allowUnsandboxed else {
      throw Complaint(
        code: "vision.sandbox", "no sandbox on this machine: " + why,
        hint: "--allow-unsandboxed looks at pictures without one")
    }
    // As many layers as there are.
    options.landlock = 0
    if csandbox_enter(&options, &report, nil, 0) != 0 {
      options.filter = Int32(CSANDBOX_NO_FILTER)
      _ = csandbox_enter(&options, &report, nil, 0)
    }
    return report
  }

  func examine(_ picture: UnsafeRawBufferPointer) -> VisionVerdict {
    cv_examine(session, picture.baseAddress?.assumingMemoryBound(to: UInt8.self), picture.count, verdict)
    return Translation.verdict(verdict, size: UInt64(picture.count))
  }

  func examine(_ video: VideoBytes) -> VisionVerdict {
    let context = Unmanaged.passUnretained(video).toOpaque()
    let read: cv_read = { context, offset, out, size in
      guard let context, let out else { return -1 }
      let video = Unmanaged<VideoBytes>.fromOpaque(context).takeUnretainedValue()
      return video.read(at: offset, into: UnsafeMutableRawBufferPointer(start: out, count: size)).map(Int64.init) ?? -1
    }
    cv_examine_video(session, read, context, video.size, verdict)
    return Translation.verdict(verdict, size: video.size, video: true)
  }
}

/// From a profile's name and single overrides to the options of the session.
enum Profile {
  static func options(_ settings: VisionSettings) throws(Complaint) -> cv_options {
    var options = cv_options()
    guard cv_profile(settings.profile, &options) == 0 else {
      throw Complaint(
        code: "vision.profile", "no profile \(Printable.escape(settings.profile, limit: 60))",
        hint: "profiles: audit, ci")
    }
    for (name, value) in settings.overrides.sorted(by: { $0.key < $1.key }) {
      guard set(&options, name, value) else {
        throw Complaint(
          code: "vision.option", "no option \(Printable.escape(name, limit: 60)), or a value it cannot have",
          hint: "docs/vision-profiles.md lists them")
      }
    }
    // The rest is for models and the file itself.
    options.max_memory = min(options.max_memory, settings.memory / 4 * 3)
    let key = settings.linkKey.prefix(32)
    if let out = cv_options_link_key(&options) { for (i, b) in key.enumerated() { out[i] = b } }
    options.link_key_length = UInt8(key.count)
    return options
  }

  private static func set(_ o: inout cv_options, _ name: String, _ value: Double) -> Bool {
    switch name {
    case "max_pixels": whole(value, &o.max_pixels)
    case "max_memory": whole(value, &o.max_memory)
    case "max_frames": whole(value, &o.max_frames)
    case "max_scans": whole(value, &o.max_scans)
    case "max_video_frames": whole(value, &o.max_video_frames)
    case "video_interval_ms": whole(value, &o.video_interval_ms)
    case "face_strong": fraction(value, &o.face_strong)
    case "face_weak": fraction(value, &o.face_weak)
    case "face_side": whole(value, &o.face_side)
    case "face_side_second": whole(value, &o.face_side_second)
    case "face_rotated": truth(value, &o.face_rotated)
    case "plate_weak": truth(value, &o.plate_weak)
    case "texture_weak": truth(value, &o.texture_weak)
    default: false
    }
  }
  private static func whole<T: FixedWidthInteger>(_ value: Double, _ field: inout T) -> Bool {
    guard let v = T(exactly: value) else { return false }
    field = v
    return true
  }
  private static func fraction(_ value: Double, _ field: inout Float) -> Bool {
    guard value.isFinite, value.magnitude <= 1000 else { return false }
    field = Float(value)
    return true
  }
  private static func truth(_ value: Double, _ field: inout UInt8) -> Bool {
    guard value == 0 || value == 1 else { return false }
    field = UInt8(value)
    return true
  }
}
