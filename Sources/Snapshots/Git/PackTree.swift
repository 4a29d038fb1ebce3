import CustodyCore

/// Which objects of a pack are made from which, in the order that needs the least memory.
///
/// The content of an object is held as long as something has yet to be made from it. What most is made from comes last
/// among its siblings, when what they are made from can go: so no more than the logarithm of the number of objects is
/// held at a time, however deep and broad others are made from it, and nothing is made twice.
struct PackTree {
  private var first: [Int32]
  private var next: [Int32]
  /// Objects made from one by offset, itself included.
  private var weights: [Int32]
  private let index: PackIndex

  init(_ index: PackIndex) {
    self.index = index
    first = [Int32](repeating: -1, count: index.count)
    next = first
    weights = [Int32](repeating: 1, count: index.count)
    // Each is made from one before it.
    for i in stride(from: index.count - 1, through: 0, by: -1) where index.bases[i] >= 0 {
      let base = Int(index.bases[i])
      next[i] = first[base]
      first[base] = Int32(i)
      weights[base] += weights[i]
    }
  }

  /// Those made from an object, the one last from which most is made.
  func children(of i: Int, _ id: GitID) -> [Int] {
    var children: [Int] = []
    var child = first[i]
    while child >= 0 {
      children.append(Int(child))
      child = next[Int(child)]
    }
    if !index.namedBases.isEmpty { children += index.madeFrom(id).map { Int($0) } }
    if let heaviest = children.indices.max(by: { weights[children[$0]] < weights[children[$1]] }) {
      children.append(children.remove(at: heaviest))
    }
    return children
  }
}

/// A list of names, modes and ids, and nothing else (git's documentation, "Tree Objects").
enum GitTree {
  static func isWellFormed(_ bytes: [UInt8], idSize: Int) -> Bool {
    bytes.withUnsafeBytes { h in
      var at = 0
      while at < h.count {
        guard let blank = h[at..<min(h.count, at + 8)].firstIndex(of: 0x20), (5...6).contains(blank - at),
          h[at..<blank].allSatisfy({ (0x30...0x37).contains($0) }),
          let end = h[blank...].prefix(4097).firstIndex(of: 0), end > blank + 1, h.count - end - 1 >= idSize
        else { return false }
        at = end + 1 + idSize
      }
      return true
    }
  }
}
