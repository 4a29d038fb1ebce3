internal import CustodyCore
import Foundation
internal import Records

/// Puts the lines of all workers back into snapshot order, numbers them and passes them on as they come.
///
/// Lines that finished before an earlier one wait here. How many that can be is bounded: the reading thread pauses in
/// `pauseWhileFull`.
final class InventoryWriter: @unchecked Sendable {
  /// Bytes of waiting lines above which the reading thread pauses.
  private static let room = 48 << 20

  private let condition = NSCondition()
  private var waiting: [UInt64: LineBlock] = [:]
  private var waitingBytes = 0
  private var next: UInt64 = 0
  private var index: UInt64 = 0
  private var buffer: [UInt8] = []
  private let output: (UnsafeRawBufferPointer) -> Void

  /// - Parameter output: takes whole lines with their newlines, in order; one call at a time, from any thread.
  init(output: @escaping @Sendable (UnsafeRawBufferPointer) -> Void) { self.output = output }

  func submit(_ block: LineBlock) {
    condition.lock()
    defer { condition.unlock() }
    waiting[block.first] = block
    waitingBytes += block.lines.count
    guard block.first == next else { return }
    while let ready = waiting.removeValue(forKey: next) {
      next = ready.next
      waitingBytes -= ready.lines.count
      var start = 0
      for end in ready.ends {
        buffer += InventoryLine.prefix(index: index)
        buffer += ready.lines[start..<end]
        buffer.append(0x0A)
        index += 1
        start = end
      }
      if buffer.count >= 1 << 18 { flush() }
    }
    condition.broadcast()
  }

  /// Returns when there is room for more lines out of order. Whoever calls must have handed over all that is older.
  func pauseWhileFull() {
    condition.lock()
    while waitingBytes > Self.room { condition.wait() }
    condition.unlock()
  }

  /// True when more waits than there is room for.
  var isFull: Bool {
    condition.lock()
    defer { condition.unlock() }
    return waitingBytes > Self.room
  }

  /// Passes on the rest.
  ///
  /// - Throws: when lines are missing: an inventory with a hole must never be sealed.
  func finish() throws(Complaint) {
    condition.lock()
    defer { condition.unlock() }
    flush()
    guard waiting.isEmpty else {
      throw Complaint(
        code: "inventory.hole", "entry \(next) of the snapshot never arrived", hint: "report this as a defect")
    }
  }

  private func flush() {
    guard !buffer.isEmpty else { return }
    buffer.withUnsafeBytes { output($0) }
    buffer.removeAll(keepingCapacity: true)
  }
}
