internal import CustodyCore
internal import Evidence
import Foundation

/// Lines of a part of a file, without their newlines, read by position so that threads can share the descriptor.
struct LineReader {
  /// A longer line is no inventory line.
  static let longestLine = 1 << 20

  private let descriptor: Int32
  private let end: UInt64
  private var buffer: [UInt8] = []
  private var start = 0
  private var filled: UInt64
  /// Offset of the next byte to hand out.
  private(set) var offset: UInt64
  /// Offset of the line that was handed out last.
  private(set) var lineOffset: UInt64

  init(descriptor: Int32, range: Range<UInt64>) {
    self.descriptor = descriptor
    end = range.upperBound
    filled = range.lowerBound
    offset = range.lowerBound
    lineOffset = range.lowerBound
  }

  /// The next line; nil at the end.
  ///
  /// - Throws: when the file cannot be read, a line is too long, or the last line has no newline.
  mutating func next() throws(Complaint) -> ArraySlice<UInt8>? {
    var searched = start
    while true {
      if let newline = buffer[searched...].firstIndex(of: 0x0A) {
        let line = buffer[start..<newline]
        lineOffset = offset
        offset += UInt64(line.count + 1)
        start = newline + 1
        return line
      }
      guard buffer.count - start <= Self.longestLine else {
        throw Complaint(code: "inventory.line-too-long", "a line of more than 1 MiB", at: "inventory, byte \(offset)")
      }
      guard filled < end else {
        guard start == buffer.count else {
          throw Complaint(
            code: "inventory.cut", "the last line has no newline", at: "inventory, byte \(offset)",
            hint: "the file was cut short; examine the snapshot again")
        }
        return nil
      }
      buffer.removeFirst(start)
      start = 0
      searched = buffer.count
      try refill()
    }
  }

  private mutating func refill() throws(Complaint) {
    let wanted = Int(min(UInt64(1 << 19), end - filled))
    let old = buffer.count
    buffer += repeatElement(0, count: wanted)
    let n = buffer.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress.map { $0 + old }, wanted, off_t(filled)) }
    guard n > 0 else {
      throw Complaint(
        code: "inventory.unreadable",
        n < 0 ? String(cString: strerror(errno)) : "the file became shorter while it was read",
        at: "inventory, byte \(filled)")
    }
    buffer.removeLast(wanted - n)
    filled += UInt64(n)
  }
}

extension InventorySummary {
  /// Digest and RFC 6962 tree of an inventory file, read once in order.
  static func of(_ descriptor: Int32, size: UInt64) throws(Complaint) -> InventorySummary {
    var digester = Digester()
    var tree = MerkleTree()
    var count: UInt64 = 0
    var reader = LineReader(descriptor: descriptor, range: 0..<size)
    let newline: [UInt8] = [0x0A]
    while let line = try reader.next() {
      digester.update(line)
      digester.update(newline)
      tree.append(leafHash: MerkleTree.leafHash(of: line))
      count += 1
    }
    return InventorySummary(sha256: digester.finishContent(), treeSize: count, rootHash: tree.root())
  }
}
