internal import CustodyCore
internal import Evidence
import Foundation
internal import Records

/// Reads an inventory once from its beginning to its end, line by line; memory stays below a few lines.
enum InventoryPass {
  /// - Parameter body: gets every line's examination, in order.
  /// - Returns: digest and tree of what was read.
  /// - Throws: `inventory.*` at the first line that is none or whose number is not the next; what `body` throws. No
  ///   message holds anything of a line.
  static func run(
    _ descriptor: Int32, _ body: (Examination) throws(Complaint) -> Void
  ) throws(Complaint) -> InventorySummary {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw Complaint(code: "inventory.unreadable", String(cString: strerror(errno)), at: "inventory")
    }
    var digester = Digester()
    var tree = MerkleTree()
    var reader = LineReader(descriptor: descriptor, range: 0..<UInt64(max(0, status.st_size)))
    let newline: [UInt8] = [0x0A]
    while let line = try reader.next() {
      digester.update(line)
      digester.update(newline)
      let examination: Examination
      do throws(Complaint) { examination = try InventoryLine.decode(line) } catch {
        throw Complaint(
          code: error.code, error.message, at: "inventory, byte \(reader.lineOffset)", hint: "was the file edited?")
      }
      guard examination.index == tree.size else {
        throw Complaint(
          code: "inventory.order", "index \(examination.index) where \(tree.size) belongs",
          at: "inventory, byte \(reader.lineOffset)", hint: "give the inventory whole, as `custody examine` wrote it")
      }
      tree.append(leafHash: MerkleTree.leafHash(of: line))
      try body(examination)
    }
    return InventorySummary(sha256: digester.finishContent(), treeSize: tree.size, rootHash: tree.root())
  }
}
