internal import CustodyCore
internal import Evidence
import Foundation
internal import Snapshots

/// Hashes the bytes of the snapshot itself beside the reading thread, and with them the members of a tar.
///
/// It waits for nobody: what it is told to hash is there. So whoever waits for a digest does not wait for long.
final class SnapshotHasher: @unchecked Sendable {
  enum Command: Sendable {
    /// The next bytes of the snapshot.
    case block(Block)
    /// An entry begins.
    case begin
    /// Bytes of the block at hand that are the entry's too.
    case both(Range<Int>)
    /// Bytes of the entry that were in the block before.
    case copy([UInt8])
    case zeros(UInt64)
    case end(SharedDigest)
  }

  private let queue = WorkQueue<[Command]>()
  private let condition = NSCondition()
  private var plain = Digester()
  private var twin: TwinDigester?
  private var block: Block?
  /// Bytes of the block that are hashed.
  private var done = 0
  private(set) var size: UInt64 = 0
  private var thread: Worker?
  /// True when the digests of members cost little beside that of the snapshot.
  var isTwin: Bool { TwinDigester.isAvailable }

  init() {
    twin = TwinDigester.isAvailable ? TwinDigester() : nil
    thread = Worker(name: "snapshot digest") { [queue, unowned self] in
      while let commands = queue.pop() { commands.forEach(take) }
      toEndOfBlock()
    }
  }

  func add(_ block: Block) { queue.push([.block(block)]) }
  func add(_ commands: [Command]) { queue.push(commands) }
  func makeDigest() -> SharedDigest { SharedDigest(condition) }

  /// Waits for the last block.
  func finish() -> Digest {
    queue.close()
    thread?.join()
    return twin?.finish() ?? plain.finishContent()
  }

  private func take(_ command: Command) {
    switch command {
    case .block(let next):
      toEndOfBlock()
      (block, done) = (next, 0)
      size += UInt64(next.bytes.count)
    case .begin: twin?.begin()
    case .both(let range):
      guard let bytes = block?.bytes, range.upperBound <= bytes.count else { return }
      let part = UnsafeRawBufferPointer(rebasing: bytes[range])
      // A reader that goes back would have the snapshot hashed wrongly; none does.
      guard range.lowerBound >= done else { return twin?.updateMessage(part) ?? () }
      update(UnsafeRawBufferPointer(rebasing: bytes[done..<range.lowerBound]))
      twin?.updateBoth(part)
      done = range.upperBound
    case .copy(let bytes): bytes.withUnsafeBytes { twin?.updateMessage($0) }
    case .zeros(let count): twin?.updateMessage(zeros: count)
    case .end(let digest):
      guard let value = twin?.finishMessage() else { return }
      condition.lock()
      digest.set(value)
      condition.broadcast()
      condition.unlock()
    }
  }

  private func toEndOfBlock() {
    guard let bytes = block?.bytes else { return }
    update(UnsafeRawBufferPointer(rebasing: bytes[min(done, bytes.count)...]))
    done = bytes.count
  }

  private func update(_ bytes: UnsafeRawBufferPointer) {
    if twin == nil { plain.update(bytes) } else { twin?.update(bytes) }
  }
}
