internal import CustodyCore
internal import Evidence
import Foundation
internal import Snapshots

/// Hashes the bytes of the snapshot itself beside the reading thread.
final class SnapshotHasher: @unchecked Sendable {
  private let queue = WorkQueue<Block>()
  private var digester = Digester()
  private(set) var size: UInt64 = 0
  private var thread: Worker?

  init() {
    thread = Worker(name: "snapshot digest") { [queue, unowned self] in
      while let block = queue.pop() {
        digester.update(block.bytes)
        size += UInt64(block.bytes.count)
      }
    }
  }

  func add(_ block: Block) { queue.push(block) }

  /// Waits for the last block.
  func finish() -> Digest {
    queue.close()
    thread?.join()
    return digester.finishContent()
  }
}
