internal import CustodyCore
internal import Glibc
internal import Records

/// Reads an inventory once: digest, tree, and every line. Memory stays below two lines whatever the size.
struct InventoryCheck {
  private(set) var sha256: Digest
  private(set) var treeSize: UInt64
  private(set) var rootHash: Digest
  /// The first line that is none: number from 1 and what is wrong.
  private(set) var firstFault: (line: UInt64, message: String)?
  private(set) var faults: UInt64

  /// - Parameter decodes: false to leave out whether the lines are inventory lines.
  /// - Throws: `file.unreadable` only; what is wrong with the content is in the result.
  init(_ path: String, decodes: Bool = true) throws(Complaint) {
    let lines = Lines(decodes: decodes)
    try FileReader.stream(path) { (bytes) throws(Complaint) in lines.add(bytes) }
    lines.end()
    sha256 = lines.digester.finishContent()
    treeSize = lines.tree.size
    rootHash = lines.tree.root()
    firstFault = lines.firstFault
    faults = lines.faults
  }

  private final class Lines {
    var digester = Digester()
    var tree = MerkleTree()
    var firstFault: (line: UInt64, message: String)?
    var faults: UInt64 = 0
    private var splitter = LineSplitter()
    private let decodes: Bool

    init(decodes: Bool) { self.decodes = decodes }

    func add(_ bytes: UnsafeRawBufferPointer) {
      digester.update(bytes)
      splitter.feed(bytes) { take($0) }
    }

    private func take(_ bytes: UnsafeRawBufferPointer?) {
      guard let bytes else {
        fault("longer than \(InventoryLine.longest) bytes")
        tree.append(leafHash: MerkleTree.leafHash(of: []))
        return
      }
      line(bytes)
    }

    private func fault(_ message: String) {
      faults += 1
      if firstFault == nil { firstFault = (tree.size + 1, message) }
    }

    private func line(_ bytes: UnsafeRawBufferPointer) {
      defer { tree.append(bytes) }
      guard decodes else { return }
      do throws(Complaint) {
        let examination = try InventoryLine.decode(bytes)
        if examination.index != tree.size { fault("index \(examination.index) where \(tree.size) belongs") }
      } catch {
        fault(error.message + (error.location.map { " (" + $0 + ")" } ?? ""))
      }
    }

    func end() {
      guard splitter.isInLine else { return }
      splitter.flush { take($0) }
      faults += 1
      if firstFault == nil { firstFault = (tree.size, "the last line has no newline") }
    }
  }
}
