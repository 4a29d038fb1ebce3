import CInflate

/// Decompresses streams of RFC 1950, one after the other, in the pieces they come in.
final class Inflation {
  enum State {
    /// Input or room for output is used up.
    case more
    /// The stream has ended and its sum is right.
    case end
    case damaged
  }
  private let stream: OpaquePointer

  /// Nil when there is no memory.
  init?() {
    guard let stream = cinflate_new() else { return nil }
    self.stream = stream
  }
  deinit { cinflate_free(stream) }

  /// Makes ready for the first byte of another stream.
  func restart() { cinflate_restart(stream) }

  /// - Returns: with the state, the bytes that were taken from `input` and those that were put into `output`.
  func next(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> (state: State, used: Int, written: Int) {
    guard let start = input.baseAddress, let room = output.baseAddress else { return (.more, 0, 0) }
    var used = 0
    var written = 0
    let code = cinflate_next(stream, start, input.count, &used, room, output.count, &written)
    return (code > 0 ? .end : code == 0 ? .more : .damaged, used, written)
  }
}

/// What tells a stream of RFC 1950 from other bytes that begin like one.
enum ZlibHead {
  /// Compressed bytes after which an error is damage. Until then it means that this is none: text that begins with
  /// `x^` passes for a header.
  static let trial = 512

  /// True for a header of a window of 32 KiB without a dictionary (RFC 1950, 2.2), whose sum is right.
  static func hasMark(_ h: UnsafeRawBufferPointer, at: Int = 0) -> Bool {
    guard at >= 0, h.count > at + 1, h[at] == 0x78 else { return false }
    return h[at + 1] == 0x01 || h[at + 1] == 0x5E || h[at + 1] == 0x9C || h[at + 1] == 0xDA
  }

  /// True when the first bytes decompress: all of a short stream, its sum included.
  static func isStream(_ h: UnsafeRawBufferPointer) -> Bool {
    guard h.count >= 8, hasMark(h), let inflation = Inflation() else { return false }
    return withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 16) { room in
      var at = 0
      let end = min(h.count, trial)
      while true {
        let step = inflation.next(UnsafeRawBufferPointer(rebasing: h[at..<end]), into: room)
        at += step.used
        switch step.state {
        case .end: return true
        case .damaged: return false
        case .more: if step.used == 0, step.written == 0 { return at == trial }
        }
        if at == end, step.written < room.count { return at == trial }
      }
    }
  }
}
