import Foundation

/// Cuts a stream of bytes into lines of at most `InventoryLine.longest` bytes; memory stays below one line.
package struct LineSplitter {
  /// The beginning of a line whose end has not come.
  private var rest: [UInt8] = []
  /// The line is longer than any may be: its bytes are dropped.
  private var isTooLong = false

  package init() {}

  /// True when bytes came after the last newline.
  package var isInLine: Bool { !rest.isEmpty || isTooLong }

  /// Takes the next bytes. `body` gets every line that ends in them, without its newline; nil for one that is too long.
  package mutating func feed(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer?) -> Void) {
    var start = 0
    while start < bytes.count {
      guard let newline = Self.newline(in: bytes, from: start) else {
        keep(UnsafeRawBufferPointer(rebasing: bytes[start...]))
        return
      }
      let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<newline])
      start = newline + 1
      if isInLine {
        keep(piece)
        flush(body)
      } else {
        body(piece.count <= InventoryLine.longest ? piece : nil)
      }
    }
  }

  /// Hands over what stands behind the last newline as if it were a line.
  package mutating func flush(_ body: (UnsafeRawBufferPointer?) -> Void) {
    if isTooLong { body(nil) } else { rest.withUnsafeBytes { body($0) } }
    rest.removeAll(keepingCapacity: true)
    isTooLong = false
  }

  private static func newline(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard let base = bytes.baseAddress, let hit = memchr(base + start, 0x0A, bytes.count - start) else { return nil }
    return base.distance(to: UnsafeRawPointer(hit))
  }

  private mutating func keep(_ piece: UnsafeRawBufferPointer) {
    guard !isTooLong, rest.count + piece.count <= InventoryLine.longest else {
      isTooLong = true
      rest.removeAll()
      return
    }
    rest.append(contentsOf: piece)
  }
}
