/// What must hold between a file and its layout, looked at from outside: a mistake in laying out is found here.
enum LayoutProof {
  /// Whether two documents say the same, up to the order of the keys of mappings.
  static func isSame(_ a: YAMLNode, _ b: YAMLNode) -> Bool {
    switch (a.content, b.content) {
    case (.scalar(let x, let isPlain), .scalar(let y, let isPlainToo)):
      // Swift's == takes canonically equivalent texts for equal.
      return isPlain == isPlainToo && x.unicodeScalars.elementsEqual(y.unicodeScalars)
    case (.sequence(let x), .sequence(let y)):
      return x.count == y.count && zip(x, y).allSatisfy(isSame)
    case (.mapping(let x), .mapping(let y)):
      guard x.count == y.count else { return false }
      let values = Dictionary(y.map { (Array($0.key.utf8), $0.value) }) { first, _ in first }
      return values.count == y.count
        && x.allSatisfy { pair in values[Array(pair.key.utf8)].map { isSame(pair.value, $0) } ?? false }
    default: return false
    }
  }

  /// Whether two texts have the same lines, up to their order, indentation, dashes and blank lines: no comment is lost, no
  /// value is spelled in another way.
  static func hasSameLines(_ a: LayoutText, _ b: LayoutText) -> Bool {
    var counts: [[UInt8]: Int] = [:]
    for line in a.lines { bare(line).map { counts[$0, default: 0] += 1 } }
    for line in b.lines { bare(line).map { counts[$0, default: 0] -= 1 } }
    return counts.values.allSatisfy { $0 == 0 }
  }

  private static func bare(_ line: [Unicode.Scalar]) -> [UInt8]? {
    var rest = line[...]
    while let first = rest.first, first == "-" || LayoutText.isBlank(first) { rest.removeFirst() }
    while let last = rest.last, LayoutText.isBlank(last) { rest.removeLast() }
    var bytes: [UInt8] = []
    for scalar in rest { bytes.append(contentsOf: Array(String(scalar).utf8)) }
    return rest.isEmpty ? nil : bytes
  }
}
