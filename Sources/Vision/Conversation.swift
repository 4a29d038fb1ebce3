internal import CustodyCore
import Glibc
internal import VisionProtocol

/// One worker from hello to its end.
final class Conversation {
  private let link: Link
  private let deadlines: VisionDeadlines
  private var lastJob: UInt32 = 0
  let facts: VisionWorkerFacts

  /// - Throws: a complaint when the worker does not become ready.
  init(_ connection: VisionConnection, settings: VisionSettings, deadlines: VisionDeadlines) throws(Complaint) {
    link = Link(connection)
    self.deadlines = deadlines
    let until = Clock.now + deadlines.start
    do {
      link.beginJob()
      // Nobody knows this message: a worker that cannot skip what it does not know shows it at once, not in a year.
      let stranger = FrameKind(rawValue: UInt8.random(in: 128...255))
      try link.send(stranger, (0..<Int.random(in: 0...64)).map { _ in UInt8.random(in: 0...255) }, until: until)
      try link.send(.hello, settings.document, until: until)
      let answer = try link.receive(until: until)
      switch answer.header.kind {
      case .ready: facts = try VisionWorkerFacts(document: answer.payload)
      case .error: throw Self.notReady(Printable.escape(String(decoding: answer.payload, as: UTF8.self), limit: 500))
      default: throw Self.notReady("its first message was not `ready`")
      }
    } catch let failure as LinkFailure {
      throw Self.notReady(Self.words(failure))
    } catch let complaint as Complaint {
      throw complaint
    } catch {
      throw Self.notReady("it failed")
    }
  }

  func finish() { link.finish() }
  func end() { link.end() }

  private static func notReady(_ why: String) -> Complaint {
    Complaint(code: "vision.worker", "the image worker did not become ready: " + why)
  }
  private static func words(_ failure: LinkFailure) -> String {
    switch failure {
    case .ended: "it ended"
    case .late: "it said nothing in time"
    case .fault(let what): "it sent " + what
    case .unreadable: "a file could not be read"
    }
  }

  // MARK: - Jobs

  /// The worker's verdict. After a failure other than `unreadable` before anything was sent, the conversation is over.
  func examine(_ job: VisionJob) throws(LinkFailure) -> VisionVerdict {
    lastJob &+= 1
    link.beginJob()
    switch job.kind {
    case .picture:
      guard job.size <= facts.pictureBytes else { return VisionVerdict(.limited, .entrySizeLimit) }
      let until = Clock.now + deadlines.picture
      try sendPicture(job, until: until)
      let answer = try link.receive(until: until)
      guard answer.header.kind == .verdict else { throw .fault("no verdict") }
      return try verdict(answer, of: job)
    case .video: return try examineVideo(job)
    }
  }

  private func verdict(
    _ answer: (header: FrameHeader, payload: [UInt8]), of job: VisionJob
  ) throws(LinkFailure) -> VisionVerdict {
    guard answer.header.job == lastJob else { throw .fault("a verdict about another job") }
    do throws(Complaint) { return try VisionVerdict(document: answer.payload, size: job.size) } catch {
      throw .fault(error.message)
    }
  }

  private func sendPicture(_ job: VisionJob, until: Double) throws(LinkFailure) {
    switch job.source {
    case .memory(let size, let withBytes):
      var sent: Result<Void, LinkFailure> = .failure(.unreadable)
      withBytes { bytes in
        guard bytes.count == size else { return }
        sent = Result { () throws(LinkFailure) in try link.send(.picture, job: lastJob, bytes, until: until) }
      }
      try sent.get()
    case .file(_, _, let size):
      try link.sendHeader(.picture, job: lastJob, length: Int(size), until: until)
      var at: UInt64 = 0
      while at < size {
        let piece = try Self.read(job, at: at, count: Int(min(size - at, 1 << 20)))
        // The length is announced: what is missing now cannot be said any more.
        guard !piece.isEmpty else { throw .unreadable }
        try link.send(piece, until: until)
        at += UInt64(piece.count)
      }
    }
  }

  private func examineVideo(_ job: VisionJob) throws(LinkFailure) -> VisionVerdict {
    let end = Clock.now + deadlines.video
    func next() -> Double { min(end, Clock.now + deadlines.videoSilence) }
    try link.send(.video, job: lastJob, VideoSize.payload(job.size), until: next())
    var unreadable = false
    while true {
      let answer = try link.receive(until: next())
      switch answer.header.kind {
      case .verdict:
        let verdict = try verdict(answer, of: job)
        return unreadable ? VisionVerdict(.failed, .unreadable) : verdict
      case .need:
        guard answer.header.job == lastJob, let request = ByteRequest(answer.payload),
          Int(request.length) <= FrameLimits.piece
        else { throw .fault("a question that cannot be answered") }
        var bytes: [UInt8] = []
        if request.offset < job.size {
          let count = Int(min(UInt64(request.length), job.size - request.offset))
          do throws(LinkFailure) { bytes = try Self.read(job, at: request.offset, count: count) } catch {
            unreadable = true
          }
        }
        try link.send(.bytes, job: lastJob, bytes, until: next())
      default: throw .fault("an unexpected message")
      }
    }
  }

  /// - Parameter count: the range lies inside the job's bytes.
  private static func read(_ job: VisionJob, at offset: UInt64, count: Int) throws(LinkFailure) -> [UInt8] {
    switch job.source {
    case .memory(let size, let withBytes):
      var out: [UInt8]?
      withBytes { bytes in
        guard bytes.count == size else { return }
        out = Array(UnsafeRawBufferPointer(rebasing: bytes[Int(offset)..<Int(offset) + count]))
      }
      guard let out else { throw .unreadable }
      return out
    case .file(let descriptor, let start, _):
      var problem: Int32 = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, have in
        have = 0
        while have < count {
          let n = pread(
            descriptor, buffer.baseAddress.map { $0 + have }, count - have,
            off_t(clamping: start + offset) + off_t(have))
          if n > 0 {
            have += n
          } else if n == 0 {
            break
          } else if errno != EINTR {
            problem = errno
            break
          }
        }
      }
      guard problem == 0 else { throw .unreadable }
      return bytes
    }
  }
}
