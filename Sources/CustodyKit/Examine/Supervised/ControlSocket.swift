internal import CDescriptors
internal import CustodyCore
import Foundation

/// One message between the supervising and the examining process: a letter and what belongs to it.
///
/// | letter | from | payload | answer |
/// |---|---|---|---|
/// | `c` | supervisor | the task, JSON | |
/// | `w` | examiner | | `w`, number of the image worker and its socket; or `n` |
/// | `k` | examiner | number of an image worker to end | |
/// | `s` | examiner | | `s` and a nameless file; or `n` |
/// | `i` | examiner | which input is begun, from 0 | |
/// | `p` | examiner | bytes read, entries | |
/// | `r` | examiner | what is known at the end, JSON | |
/// | `e` | examiner | why it cannot be done, JSON | |
struct ControlMessage: Sendable {
  var kind: UInt8
  var payload: [UInt8] = []
  /// Owned by whoever received the message.
  var descriptor: Int32 = -1

  init(_ kind: Character, _ payload: [UInt8] = [], descriptor: Int32 = -1) {
    self.kind = kind.asciiValue ?? 0
    self.payload = payload
    self.descriptor = descriptor
  }

  func isKind(_ letter: Character) -> Bool { kind == letter.asciiValue }

  /// Big-endian numbers of 8 bytes each, one after the other.
  var numbers: [UInt64] {
    stride(from: 0, to: payload.count - payload.count % 8, by: 8).map { start in
      payload[start..<(start + 8)].reduce(0) { $0 << 8 | UInt64($1) }
    }
  }
  static func numbers(_ all: UInt64...) -> [UInt8] {
    all.flatMap { n in (0..<8).map { UInt8(truncatingIfNeeded: n >> (56 - 8 * UInt64($0))) } }
  }
}

/// One end of the socket between the two processes: whole messages, each with at most one descriptor.
final class ControlSocket: Sendable {
  /// More than the longest list of inputs or results takes.
  static let longest = 128 << 10

  let descriptor: Int32
  /// Held from a question to its answer.
  private let asking = NSLock()

  /// - Parameter descriptor: closed with the object.
  init(descriptor: Int32) { self.descriptor = descriptor }
  deinit { close(descriptor) }

  /// False when the other side is gone or the message too long.
  @discardableResult
  func send(_ message: ControlMessage) -> Bool {
    let bytes = [message.kind] + message.payload
    guard bytes.count <= Self.longest else { return false }
    return cd_send(descriptor, bytes, bytes.count, message.descriptor) == 0
  }

  /// The next message; nil at the end, or when it is none.
  func receive() -> ControlMessage? {
    var bytes = [UInt8](repeating: 0, count: Self.longest)
    var passed: Int32 = -1
    let n = cd_receive(descriptor, &bytes, bytes.count, &passed)
    guard n > 0 else { return nil }
    var message = ControlMessage(" ", Array(bytes[1..<n]), descriptor: passed)
    message.kind = bytes[0]
    return message
  }

  /// Sends a question and returns its answer.
  func ask(_ message: ControlMessage) -> ControlMessage? {
    asking.lock()
    defer { asking.unlock() }
    return send(message) ? receive() : nil
  }
}
