internal import CustodyCore
import Glibc
internal import VisionProtocol

/// Seconds of a clock nobody can set.
enum Clock {
  static var now: Double {
    var t = timespec()
    clock_gettime(CLOCK_MONOTONIC, &t)
    return Double(t.tv_sec) + Double(t.tv_nsec) / 1e9
  }
}

/// How a conversation with a worker can end before its time.
enum LinkFailure: Error {
  /// The worker has gone.
  case ended
  case late
  case fault(String)
  /// Our own bytes could not be read.
  case unreadable
}

/// Frames over the socket of one worker, each call bounded by a deadline. Trusts nothing that comes back.
final class Link {
  private let connection: VisionConnection
  private var descriptor: Int32 { connection.descriptor }
  /// Bytes of unknown messages that are still skipped, refilled with every job.
  private var patience = 0
  private var open = true

  init(_ connection: VisionConnection) {
    self.connection = connection
    let flags = fcntl(connection.descriptor, F_GETFL)
    _ = fcntl(connection.descriptor, F_SETFL, flags | O_NONBLOCK)
  }
  deinit { end() }

  /// Ends the worker whatever it is doing.
  func end() {
    guard open else { return }
    open = false
    connection.kill()
    close(descriptor)
    connection.reap()
  }

  /// Tells the worker that nothing more will come and gives it a moment to go by itself.
  func finish() {
    guard open else { return }
    shutdown(descriptor, Int32(SHUT_WR))
    _ = try? wait(POLLIN, until: Clock.now + 1)
    end()
  }

  // MARK: - Sending

  func send(_ kind: FrameKind, job: UInt32 = 0, _ payload: [UInt8], until: Double) throws(LinkFailure) {
    try payload.withUnsafeBufferPointer { (buffer) throws(LinkFailure) in
      try send(kind, job: job, UnsafeRawBufferPointer(buffer), until: until)
    }
  }

  /// Header and payload in one call, so that the worker wakes up once.
  func send(
    _ kind: FrameKind, job: UInt32, _ payload: UnsafeRawBufferPointer, until: Double
  ) throws(LinkFailure) {
    let header = Self.header(kind, job: job, length: payload.count)
    var sent = 0
    while sent == 0 {
      let n = header.withUnsafeBytes { gather($0, payload) }
      if n > 0 {
        sent = n
      } else if n < 0, errno == EAGAIN {
        try wait(POLLOUT, until: until)
      } else if n >= 0 || errno != EINTR {
        throw .ended
      }
    }
    if sent < header.count { try send(Array(header[sent...]), until: until) }
    let rest = max(sent - header.count, 0)
    try send(UnsafeRawBufferPointer(rebasing: payload[rest...]), until: until)
  }

  private func gather(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
    let parts = [a, b].map { iovec(iov_base: UnsafeMutableRawPointer(mutating: $0.baseAddress), iov_len: $0.count) }
    return parts.withUnsafeBufferPointer { parts in
      var message = msghdr()
      message.msg_iov = UnsafeMutablePointer(mutating: parts.baseAddress)
      message.msg_iovlen = parts.count
      return sendmsg(descriptor, &message, Int32(MSG_NOSIGNAL))
    }
  }

  private static func header(_ kind: FrameKind, job: UInt32, length: Int) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: FrameHeader.size)
    header.withUnsafeMutableBytes { FrameHeader(kind, job: job, length: length).write(to: $0) }
    return header
  }

  /// For a payload that follows piece by piece.
  func sendHeader(_ kind: FrameKind, job: UInt32, length: Int, until: Double) throws(LinkFailure) {
    try send(Self.header(kind, job: job, length: length), until: until)
  }

  func send(_ bytes: [UInt8], until: Double) throws(LinkFailure) {
    try bytes.withUnsafeBufferPointer { (buffer) throws(LinkFailure) in
      try send(UnsafeRawBufferPointer(buffer), until: until)
    }
  }

  func send(_ bytes: UnsafeRawBufferPointer, until: Double) throws(LinkFailure) {
    var sent = 0
    while sent < bytes.count {
      let n = Glibc.send(
        descriptor, bytes.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
      if n > 0 {
        sent += n
      } else if n < 0, errno == EAGAIN {
        try wait(POLLOUT, until: until)
      } else if n >= 0 || errno != EINTR {
        throw .ended
      }
    }
  }

  // MARK: - Receiving

  /// To be called before each job.
  func beginJob() { patience = 4 << 20 }

  /// The next message of a known kind. Unknown ones are skipped, but not without end.
  func receive(until: Double) throws(LinkFailure) -> (header: FrameHeader, payload: [UInt8]) {
    while true {
      let head = try receive(FrameHeader.size, until: until)
      let header: FrameHeader
      do throws(ProtocolFault) { header = try Self.header(head) } catch { throw .fault(error.message) }
      let payload = try receive(Int(header.length), until: until)
      if header.kind.isKnown { return (header, payload) }
      patience -= FrameHeader.size + payload.count + 4096
      guard patience > 0 else { throw .fault("too many unknown messages") }
    }
  }

  private static func header(_ bytes: [UInt8]) throws(ProtocolFault) -> FrameHeader {
    let header = try FrameHeader(bytes)
    // Large payloads are for the other direction.
    guard Int(header.length) <= FrameLimits.document else { throw ProtocolFault("a message of excessive length") }
    return header
  }

  private func receive(_ count: Int, until: Double) throws(LinkFailure) -> [UInt8] {
    var out = [UInt8](repeating: 0, count: count)
    try out.withUnsafeMutableBufferPointer { (buffer) throws(LinkFailure) in
      try fill(UnsafeMutableRawBufferPointer(buffer), until: until)
    }
    return out
  }

  private func fill(_ buffer: UnsafeMutableRawBufferPointer, until: Double) throws(LinkFailure) {
    var have = 0
    while have < buffer.count {
      let n = recv(descriptor, buffer.baseAddress.map { $0 + have }, buffer.count - have, 0)
      if n > 0 {
        have += n
      } else if n < 0, errno == EAGAIN {
        try wait(POLLIN, until: until)
      } else if n == 0 || errno != EINTR {
        throw .ended
      }
    }
  }

  // MARK: - Waiting

  private func wait(_ events: Int32, until: Double) throws(LinkFailure) {
    while true {
      let left = until - Clock.now
      guard left > 0 else { throw .late }
      var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
      let n = poll(&entry, 1, Int32(min(left * 1000 + 1, 60_000)))
      if n > 0 { return }
      if n < 0, errno != EINTR { throw .ended }
    }
  }
}
