internal import CustodyCore
internal import Evidence
import Foundation

/// Puts the lines of all workers back into snapshot order and writes them as they come.
///
/// Holds only lines that finished before an earlier one; how many that can be is bounded by the slabs in flight.
final class InventoryWriter: @unchecked Sendable {
  private let lock = NSLock()
  private var waiting: [UInt64: LineBlock] = [:]
  private var next: UInt64 = 0
  private var tree = MerkleTree()
  private var digester = Digester()
  private var buffer: [UInt8] = []
  private let descriptor: Int32
  private var failure: Complaint?
  private(set) var incomplete: UInt64 = 0

  /// - Parameter descriptor: open for writing; not closed here.
  init(descriptor: Int32) { self.descriptor = descriptor }

  func submit(_ block: LineBlock) {
    lock.lock()
    defer { lock.unlock() }
    waiting[block.first] = block
    while let ready = waiting.removeValue(forKey: next) {
      next = ready.next
      for hash in ready.leafHashes { tree.append(leafHash: hash) }
      incomplete += UInt64(ready.dispositions.count { $0 != .examined })
      buffer += ready.lines
      if buffer.count >= 1 << 18 { flush() }
    }
  }

  /// Digest and tree of all that was written.
  ///
  /// - Throws: when the file could not be written, or when lines are missing: an inventory with a hole must never be sealed.
  func finish() throws(Complaint) -> InventorySummary {
    lock.lock()
    defer { lock.unlock() }
    flush()
    if let failure { throw failure }
    guard waiting.isEmpty else {
      throw Complaint(
        code: "inventory.hole", "line \(next) of the inventory never arrived", hint: "report this as a defect")
    }
    return InventorySummary(sha256: digester.finishContent(), treeSize: next, rootHash: tree.root())
  }

  private func flush() {
    buffer.withUnsafeBytes { bytes in
      digester.update(bytes)
      var done = 0
      while done < bytes.count, failure == nil {
        let n = write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
        if n < 0, errno == EINTR { continue }
        if n <= 0 {
          failure = Complaint(
            code: "inventory.write", "the inventory could not be written: \(String(cString: strerror(errno)))",
            hint: "free space, or name another place with --output or --report")
        } else {
          done += n
        }
      }
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
