package import CustodyCore
import Glibc

/// What a worker has to offer behind the frames.
package protocol VisionWorker: AnyObject {
  /// Loads everything, gives up everything, says who answers. Called once.
  func prepare(_ settings: VisionSettings) throws(Complaint) -> VisionWorkerFacts
  func examine(_ picture: UnsafeRawBufferPointer) -> VisionVerdict
  func examine(_ video: VideoBytes) -> VisionVerdict
}

/// Answers one client over standard input and output until it closes its end.
package struct WorkerLoop {
  private let channel = Channel()
  private let worker: any VisionWorker

  package init(_ worker: any VisionWorker) { self.worker = worker }

  /// - Returns: 0 at the end of the conversation, 1 when the other side broke the protocol, 2 when the worker could not
  ///   be made ready.
  package func run() -> Int32 {
    do {
      let hello = try channel.nextHeader()
      guard hello.kind == .hello else { return try refuse("the first message was not hello", 1) }
      let facts: VisionWorkerFacts
      do {
        facts = try worker.prepare(VisionSettings(document: try channel.payload(of: hello)))
      } catch let complaint as Complaint {
        return try refuse(complaint.description, 2)
      }
      try channel.send(.ready, facts.document)
      try serve(largest: min(Int(clamping: facts.pictureBytes), FrameLimits.picture))
    } catch is Channel.Closed {
      return 0
    } catch let fault as ProtocolFault {
      return (try? refuse(fault.message, 1)) ?? 1
    } catch {
      return 1
    }
    return 0
  }

  private func refuse(_ message: String, _ status: Int32) throws -> Int32 {
    try channel.send(.error, Array(message.utf8.prefix(FrameLimits.error)))
    return status
  }

  private func serve(largest: Int) throws {
    // One buffer for all small pictures; a large one is given back.
    let kept = 4 << 20
    let small = UnsafeMutableRawBufferPointer.allocate(byteCount: kept, alignment: 16)
    defer { small.deallocate() }
    while true {
      let header = try channel.nextHeader()
      let count = Int(header.length)
      var verdict: VisionVerdict
      switch header.kind {
      case .picture where count > largest:
        try channel.skip(count)
        verdict = VisionVerdict(.limited, .entrySizeLimit)
      case .picture:
        // malloc, not a Swift array: no memory is an answer here and not the end.
        let buffer = count <= kept ? small.baseAddress : malloc(count)
        defer { if count > kept { free(buffer) } }
        guard let buffer else {
          try channel.skip(count)
          verdict = VisionVerdict(.failed, .memoryLimit)
          break
        }
        try channel.fill(UnsafeMutableRawBufferPointer(start: buffer, count: count))
        verdict = worker.examine(UnsafeRawBufferPointer(start: buffer, count: count))
      case .video:
        guard let size = VideoSize.read(try channel.payload(of: header)) else {
          throw ProtocolFault("the size of a video is 8 bytes")
        }
        let bytes = VideoBytes(channel: Channel(), job: header.job, size: size)
        verdict = worker.examine(bytes)
        if let failure = bytes.failure { throw failure }
      default: throw ProtocolFault("a message of kind \(header.kind.rawValue) was not expected here")
      }
      try channel.send(.verdict, job: header.job, verdict.document)
    }
  }
}

/// The bytes of a video, fetched from the client piece by piece when they are asked for.
package final class VideoBytes {
  package let size: UInt64
  private let channel: Channel
  private let job: UInt32
  private var piece: [UInt8] = []
  private var start: UInt64 = 0
  /// Why no more can be read; ends the conversation.
  private(set) var failure: (any Error)?

  /// Libraries read a few kilobytes at a time; a question costs a wake-up on both sides.
  private static let pieceSize: UInt32 = 256 << 10

  init(channel: Channel, job: UInt32, size: UInt64) {
    self.channel = channel
    self.job = job
    self.size = size
  }

  /// Fills `out` as far as the video goes; the number of bytes, 0 at the end, nil on failure.
  package func read(at offset: UInt64, into out: UnsafeMutableRawBufferPointer) -> Int? {
    guard failure == nil else { return nil }
    guard offset < size, !out.isEmpty else { return 0 }
    if offset < start || offset - start >= UInt64(piece.count) {
      do { try fetch(offset) } catch {
        failure = error
        return nil
      }
    }
    let at = Int(offset - start)
    let n = min(out.count, piece.count - at)
    if n <= 0 { return 0 }
    piece.withUnsafeBytes {
      UnsafeMutableRawBufferPointer(rebasing: out[0..<n]).copyMemory(from: .init(rebasing: $0[at..<at + n]))
    }
    return n
  }

  private func fetch(_ offset: UInt64) throws {
    // On a boundary, so that reading forth and back within a piece asks once.
    let from = offset - offset % UInt64(Self.pieceSize)
    let length = UInt32(min(UInt64(Self.pieceSize), size - from))
    try channel.send(.need, job: job, ByteRequest(offset: from, length: length).payload)
    let header = try channel.nextHeader()
    guard header.kind == .bytes, header.job == job, header.length <= length else {
      throw ProtocolFault("the bytes that were asked for were expected")
    }
    piece = try channel.payload(of: header)
    start = from
  }
}
