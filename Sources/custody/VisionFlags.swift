import ArgumentParser
import CustodyCore
import CustodyKit
import Detection
import Foundation

/// An operating point of the image worker.
enum VisionProfile: String, ExpressibleByArgument, CaseIterable, Sendable { case audit, ci }

/// How pictures are looked at, and by whom.
struct VisionFlags: ParsableArguments {
  @Option(help: "Operating point for pictures: audit (recall first, with a tier for review) or ci (precision first).")
  var profile: VisionProfile = .audit
  @Option(
    help: ArgumentHelp("Image worker to use instead of custody-vision; see docs/vision-protocol.md.", valueName: "path")
  )
  var visionWorker: String?
  @Option(
    help: ArgumentHelp(
      "Set one parameter of the operating point; see docs/vision-profiles.md. Repeatable.", valueName: "name=value"))
  var visionSet: [String] = []
  @Flag(help: "Do not look at pictures and videos; they stay partial, and the report says so.")
  var noVision = false
  @Option(
    help: ArgumentHelp(
      "Key file (up to 32 bytes): readings of plates leave a MAC under it, for linking. Without it, nothing.",
      valueName: "file"))
  var linkKey: String?
  @Option(help: "Largest picture file that is looked at, in bytes.")
  var maxPictureBytes: UInt64?
  @Option(help: "Largest video that is looked at, in bytes.")
  var maxVideoBytes: UInt64?
  @Option(help: "Longest time for one picture, in seconds; a video may be silent that long.")
  var maxPictureSeconds: Int = 60
  @Option(
    help: ArgumentHelp(
      "Rules of your own in the language of YARA, asked of every entry; see docs/yara.md. Repeatable.",
      valueName: "file"))
  var yara: [String] = []
  @Flag(help: "Say on standard error what every detector cost, in seconds a gigabyte of entries.")
  var timings = false
  @Flag(help: "Go on when a sandbox cannot be set up. The report does not hide it.")
  var allowUnsandboxed = false

  func validate() throws {
    guard (1...86_400).contains(maxPictureSeconds) else {
      throw ValidationError("--max-picture-seconds takes 1 to 86400")
    }
    if let maxPictureBytes, !(1...(1 << 30)).contains(maxPictureBytes) {
      throw ValidationError("--max-picture-bytes takes 1 to 1073741824")
    }
  }

  /// Nil when pictures are not to be looked at.
  ///
  /// - Throws: when there is no image worker, or a parameter or the key cannot be read.
  func options() throws(Complaint) -> VisionOptions? {
    if noVision { return nil }
    let beside = OwnProgram.folder + "/custody-vision"
    let worker = visionWorker ?? beside
    guard access(worker, X_OK) == 0 else {
      throw Complaint(
        code: "vision.missing", "the image worker cannot be started: \(String(cString: strerror(errno)))",
        at: Printable.escape(worker, limit: 300),
        hint:
          "install custody-vision beside custody or name one with --vision-worker; --no-vision leaves pictures partial"
      )
    }
    var limits = SightLimits()
    if let maxPictureBytes { limits.maxPictureBytes = maxPictureBytes }
    if let maxVideoBytes { limits.maxVideoBytes = maxVideoBytes }
    var overrides: [VisionOptions.Override] = []
    for text in visionSet { overrides.append(try Self.override(text)) }
    return VisionOptions(
      worker: worker, profile: profile.rawValue, overrides: overrides, limits: limits,
      pictureSeconds: maxPictureSeconds, linkKey: try key(), allowUnsandboxed: allowUnsandboxed)
  }

  /// The operator's own rules, compiled once to see that they can be.
  func rules() throws(Complaint) -> [YaraRules.Source] {
    var sources: [YaraRules.Source] = []
    for name in yara {
      let bytes = try FileBytes.read(name, atMost: YaraRules.most)
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw Complaint(
          code: "usage.yara", "a file of rules is no UTF-8 text", at: Printable.escape(name, limit: 300),
          hint: "name a file of rules in text, not compiled ones")
      }
      sources.append(YaraRules.Source(name: name, text: text))
    }
    if !sources.isEmpty { _ = try YaraRules(sources) }
    return sources
  }

  private static func override(_ text: String) throws(Complaint) -> VisionOptions.Override {
    let parts = text.split(separator: "=", maxSplits: 1)
    guard parts.count == 2, let value = Double(parts[1]), value.isFinite, !parts[0].isEmpty else {
      throw Complaint(
        code: "usage.vision-set", "not a name and a number: \(Printable.escape(text, limit: 80))", at: "--vision-set",
        hint: "write it like face_side=1280; docs/vision-profiles.md lists the names")
    }
    return VisionOptions.Override(name: String(parts[0]), value: value)
  }

  private func key() throws(Complaint) -> [UInt8]? {
    guard let linkKey else { return nil }
    let bytes = try FileBytes.read(linkKey, atMost: 32)
    guard bytes.count >= 16 else {
      throw Complaint(
        code: "usage.link-key", "a key of \(bytes.count) bytes can be guessed",
        at: Printable.escape(linkKey, limit: 300),
        hint: "make one with: head -c 32 /dev/urandom > link.key")
    }
    return bytes
  }
}

/// Where this program itself is.
enum OwnProgram {
  static let path: String = {
    var buffer = [CChar](repeating: 0, count: 4096)
    let n = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard n > 0 else { return CommandLine.arguments.first ?? "custody" }
    return String(decoding: buffer[..<n].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }()
  static var folder: String { (path as NSString).deletingLastPathComponent }
}
