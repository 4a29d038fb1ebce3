import Glibc

/// Blocking frames over a descriptor, as a worker uses them: only `read` and `write` are called.
package struct Channel: Sendable {
  /// The other side has closed its end, or the descriptor failed.
  package struct Closed: Error {}

  private let input: Int32
  private let output: Int32

  package init(input: Int32 = 0, output: Int32 = 1) {
    self.input = input
    self.output = output
  }

  /// The next header of a kind this protocol knows; others are skipped with their payload.
  package func nextHeader() throws -> FrameHeader {
    while true {
      var head = [UInt8](repeating: 0, count: FrameHeader.size)
      try head.withUnsafeMutableBytes { try fill($0) }
      let header = try FrameHeader(head)
      if header.kind.isKnown { return header }
      try skip(Int(header.length))
    }
  }

  package func payload(of header: FrameHeader) throws -> [UInt8] {
    let count = Int(header.length)
    return try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      try fill(UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count))
      initialized = count
    }
  }

  package func fill(_ buffer: UnsafeMutableRawBufferPointer) throws {
    var have = 0
    while have < buffer.count {
      let n = read(input, buffer.baseAddress.map { $0 + have }, buffer.count - have)
      if n > 0 { have += n } else if n == 0 || errno != EINTR { throw Closed() }
    }
  }

  package func skip(_ count: Int) throws {
    try withUnsafeTemporaryAllocation(byteCount: 16384, alignment: 8) { buffer in
      var rest = count
      while rest > 0 {
        let n = min(rest, buffer.count)
        try fill(UnsafeMutableRawBufferPointer(rebasing: buffer[0..<n]))
        rest -= n
      }
    }
  }

  package func send(_ kind: FrameKind, job: UInt32 = 0, _ payload: [UInt8]) throws {
    // In one piece: a small answer is one system call and one wake-up of the other side.
    let message = [UInt8](unsafeUninitializedCapacity: FrameHeader.size + payload.count) { buffer, initialized in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      FrameHeader(kind, job: job, length: payload.count).write(to: raw)
      UnsafeMutableRawBufferPointer(rebasing: raw[FrameHeader.size...]).copyBytes(from: payload)
      initialized = FrameHeader.size + payload.count
    }
    try message.withUnsafeBytes { bytes in
      var sent = 0
      while sent < bytes.count {
        let n = write(output, bytes.baseAddress.map { $0 + sent }, bytes.count - sent)
        if n > 0 { sent += n } else if n == 0 || errno != EINTR { throw Closed() }
      }
    }
  }
}
