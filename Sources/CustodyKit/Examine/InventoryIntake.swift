internal import CustodyCore
internal import Evidence
import Foundation
internal import Records

/// Where inventory lines come in: each is checked as if an enemy had written it, hashed and written to the file.
///
/// The lines may come from a process that was taken over by what it read. Nothing of it is believed: a line that is no
/// line, or whose number is not the next one, ends the audit.
final class InventoryIntake: @unchecked Sendable {
  private let descriptor: Int32
  private let lock = NSLock()
  private var splitter = LineSplitter()
  private var tree = MerkleTree()
  private var digester = Digester()
  private var buffer: [UInt8] = []
  private var failure: Complaint?
  private(set) var incomplete: UInt64 = 0

  /// - Parameter descriptor: open for writing; not closed here.
  init(descriptor: Int32) { self.descriptor = descriptor }

  /// Takes the next bytes, cut anywhere.
  func take(_ bytes: UnsafeRawBufferPointer) {
    lock.lock()
    defer { lock.unlock() }
    splitter.feed(bytes) { line($0) }
    if buffer.count >= 1 << 18 { flush() }
  }

  /// Adds a line of the receiving side's own; its number is set here.
  func add(_ examination: Examination) {
    lock.lock()
    defer { lock.unlock() }
    var own = examination
    own.index = tree.size
    var line: [UInt8] = []
    InventoryLine.encode(own, into: &line)
    line.withUnsafeBytes { self.line($0) }
  }

  /// Forgets a line whose end never came.
  func dropUnfinishedLine() {
    lock.lock()
    defer { lock.unlock() }
    splitter = LineSplitter()
  }

  /// Lines so far.
  var count: UInt64 { lock.withLock { tree.size } }

  /// False once a line was refused or could not be written: the rest is not needed.
  var isSound: Bool { lock.withLock { failure == nil } }

  /// Digest and tree of all that was written.
  ///
  /// - Throws: when the file could not be written, or a line was refused.
  func finish() throws(Complaint) -> InventorySummary {
    lock.lock()
    defer { lock.unlock() }
    flush()
    if let failure { throw failure }
    guard !splitter.isInLine else { throw Self.refused("the last line has no end") }
    return InventorySummary(sha256: digester.finishContent(), treeSize: tree.size, rootHash: tree.root())
  }

  private func line(_ bytes: UnsafeRawBufferPointer?) {
    guard failure == nil else { return }
    guard let bytes else {
      failure = Self.refused("line \(tree.size) is longer than \(InventoryLine.longest) bytes")
      return
    }
    do throws(Complaint) {
      let examination = try InventoryLine.decode(bytes)
      guard examination.index == tree.size else {
        failure = Self.refused("line \(tree.size) has another number")
        return
      }
      if examination.disposition != .examined { incomplete += 1 }
    } catch {
      failure = Self.refused("line \(tree.size): \(error.message)")
      return
    }
    tree.append(bytes)
    buffer.append(contentsOf: bytes)
    buffer.append(0x0A)
  }

  private static func refused(_ what: String) -> Complaint {
    Complaint(
      code: "inventory.refused", "the examining process handed over what is no inventory: \(what)",
      hint: "treat the snapshot as hostile, and report this as a defect")
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
