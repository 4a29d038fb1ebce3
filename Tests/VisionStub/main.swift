// An image worker for tests: the same protocol and the same sandbox as `custody-vision`, no detectors. A "picture" that
// begins with `CVTEST ` says what it does.
import CSandbox
import CustodyCore
import Glibc
import VisionProtocol

final class StubWorker: VisionWorker {
  func prepare(_ settings: VisionSettings) throws(Complaint) -> VisionWorkerFacts {
    switch settings.profile {
    case "exit": _exit(3)
    case "refuse": throw Complaint(code: "vision.profile", "no such profile")
    case "silent": while true { sleep(1000) }
    case "garbage": raw("nonsense that is no frame at all")
    default: break
    }
    var options = csandbox_options()
    options.filter = Int32(CSANDBOX_WORKER)
    options.limits = csandbox_worker_limits(settings.memory)
    options.landlock = 1
    options.close_others = 1
    var report = csandbox_report()
    var text = [CChar](repeating: 0, count: 128)
    guard csandbox_enter(&options, &report, &text, text.count) == 0 else {
      throw Complaint(code: "vision.sandbox", "no sandbox")
    }
    return VisionWorkerFacts(
      name: "vision-stub", detectors: ["face.hog/1"], pictureBytes: 8 << 20,
      sandbox: ["landlock": .int(Int64(report.landlock))])
  }

  private func raw(_ text: String) {
    var bytes = Array(text.utf8)
    bytes.withUnsafeMutableBytes { _ = write(1, $0.baseAddress, $0.count) }
  }
  private func frame(_ kind: FrameKind, job: UInt32, _ text: String) {
    try? Channel().send(kind, job: job, Array(text.utf8))
  }

  func examine(_ picture: UnsafeRawBufferPointer) -> VisionVerdict {
    let text = String(decoding: picture.prefix(128), as: UTF8.self)
    guard text.hasPrefix("CVTEST ") else { return seen(Int(picture.count), of: picture) }
    let words = text.dropFirst(7).split(separator: " ")
    let number = words.count > 1 ? Int(words[1]) ?? 0 : 0
    switch words.first ?? "" {
    case "crash": raise(SIGSEGV)
    case "abort": abort()
    case "exit": _exit(0)
    case "hang": while true { sched_yield() }
    case "allocate":
      // Until there is none; then as a library would that does not check.
      while let p = malloc(1 << 20) { memset(p, 1, 1 << 20) }
      abort()
    case "garbage": raw("nonsense that is no frame at all")
    case "endless": while true { frame(FrameKind(rawValue: 200), job: 0, String(repeating: "x", count: 1000)) }
    case "stranger": frame(FrameKind(rawValue: 200), job: 7, "nobody knows this")
    case "json": frame(.verdict, job: UInt32(number), "{\"disposition\":")
    case "class":
      frame(
        .verdict, job: UInt32(number),
        #"{"disposition":"examined","observations":[{"dataClass":"face.painting","detector":"d","version":1,"#
          + #""strength":"weak","count":1}]}"#)
    case "many":
      return VisionVerdict(
        .examined,
        observations: Array(
          repeating: Observation(.faceImage, detector: "face.hog", version: 1, strength: .weak), count: 65))
    case "faces", "slow":
      if words.first == "slow" { usleep(2000) }
      return VisionVerdict(
        .examined, attributes: ["width": 640],
        observations: [
          Observation(
            .faceImage, detector: "face.hog", version: 1, strength: .strong, count: number,
            attributes: ["faces": .int(Int64(number))])
        ])
    case "open": return refused(Int32(open("/etc/passwd", O_RDONLY)))
    case "socket": return refused(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
    default: break
    }
    return VisionVerdict(.examined)
  }

  private func refused(_ result: Int32) -> VisionVerdict {
    VisionVerdict(.examined, attributes: ["result": .int(Int64(result)), "errno": .int(Int64(errno))])
  }

  private func seen(_ count: Int, of bytes: UnsafeRawBufferPointer) -> VisionVerdict {
    VisionVerdict(
      .examined, attributes: ["bytes": .int(Int64(count)), "sum": .int(bytes.reduce(0) { $0 &+ Int64($1) })])
  }

  func examine(_ video: VideoBytes) -> VisionVerdict {
    var sum: Int64 = 0
    var at: UInt64 = 0
    var buffer = [UInt8](repeating: 0, count: 5000)
    while true {
      guard let n = buffer.withUnsafeMutableBytes({ video.read(at: at, into: $0) }) else {
        return VisionVerdict(.failed, .unreadable)
      }
      if n == 0 { break }
      if at == 0, buffer.starts(with: "CVTEST crash".utf8) { raise(SIGSEGV) }
      if at == 0, buffer.starts(with: "CVTEST hang".utf8) { while true { sched_yield() } }
      for b in buffer[0..<n] { sum &+= Int64(b) }
      at += UInt64(n)
    }
    // Back to the beginning, as a demuxer does.
    let again = buffer.withUnsafeMutableBytes { video.read(at: 0, into: $0) } ?? 0
    return VisionVerdict(
      at == video.size && again > 0 ? .examined : .failed, at == video.size && again > 0 ? nil : .truncated,
      attributes: ["bytes": .int(Int64(at)), "sum": .int(sum)])
  }
}

/// Enters the examiner's sandbox with `/etc` readable, then does on a second thread what an examiner does.
func tryExaminer() -> Int32 {
  let folder = open("/etc", O_RDONLY | O_DIRECTORY)
  var report = csandbox_report()
  let entered = withUnsafePointer(to: folder) { folder in
    var options = csandbox_options()
    options.filter = Int32(CSANDBOX_EXAMINER)
    options.limits = csandbox_no_limits()
    options.landlock = 1
    options.open_for_reading = 1
    options.readable = folder
    options.readable_count = 1
    return csandbox_enter(&options, &report, nil, 0)
  }
  guard entered == 0 else { return 10 }
  var thread = pthread_t()
  guard
    pthread_create(
      &thread, nil,
      { _ in
        var byte: UInt8 = 0
        var facts = stat()
        let file = open("/etc/passwd", O_RDONLY)
        guard pread(file, &byte, 1, 0) == 1, fstat(file, &facts) == 0, facts.st_size > 0 else { return nil }
        guard let listing = opendir("/etc"), readdir(listing) != nil else { return nil }
        guard open("/etc/passwd", O_RDWR) < 0, errno == EPERM, socket(AF_INET, 1, 0) < 0 else { return nil }
        return UnsafeMutableRawPointer(bitPattern: 1)
      }, nil) == 0
  else { return 11 }
  var result: UnsafeMutableRawPointer?
  pthread_join(thread, &result)
  return result == nil ? 12 : 0
}

if CommandLine.arguments.dropFirst().first == "examiner" { _exit(tryExaminer()) }
_exit(WorkerLoop(StubWorker()).run())
