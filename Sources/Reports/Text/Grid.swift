/// Rows of two or more columns of plain text. The last column takes what is left of the width and wraps.
struct Grid {
  enum Alignment { case left, right }

  private var alignments: [Alignment]
  private var rows: [[String]] = []
  private let indent: Int

  /// - Parameter header: titles; nil for a grid without them.
  init(_ alignments: [Alignment], header: [String]? = nil, indent: Int = 3) {
    self.alignments = alignments
    self.indent = indent
    if let header { rows.append(header) }
  }

  mutating func add(_ cells: [String]) { rows.append(cells) }

  /// A row that starts in the last column: more about the row above.
  mutating func addContinuation(_ text: String) {
    rows.append(Array(repeating: "", count: alignments.count - 1) + [text])
  }

  /// A line of its own under the row above, across all columns.
  mutating func addNote(_ text: String) { rows.append([text]) }

  /// Lines without trailing spaces, none wider than `width` unless the fixed columns alone are.
  func lines(width: Int) -> [String] {
    let last = alignments.count - 1
    // A cell that is wider than this wraps instead of pushing the rest away: rule ids and causes are free text.
    let widest = alignments.map { $0 == .left ? 34 : 26 }
    let sizes = (0..<last).map { column in
      min(widest[column], rows.map { $0.count == 1 ? 0 : TextWidth.columns($0[column]) }.max() ?? 0)
    }
    let before = indent + sizes.reduce(0) { $0 + $1 + 2 }
    let room = max(12, width - before)
    return rows.flatMap { row -> [String] in
      if row.count == 1 {
        let margin = String(repeating: " ", count: indent + 2)
        return TextWidth.wrap(row[0], width - indent - 2).map { margin + $0 }
      }
      let cells = (0...last).map { TextWidth.wrap(row[$0], $0 == last ? room : sizes[$0]) }
      let height = cells.map(\.count).max() ?? 1
      return (0..<height).map { i in
        var line = String(repeating: " ", count: indent)
        for column in 0...last {
          let text = i < cells[column].count ? cells[column][i] : ""
          let size = column == last ? (alignments[column] == .right ? lastSize : 0) : sizes[column]
          line += alignments[column] == .left ? TextWidth.left(text, size) : TextWidth.right(text, size)
          if column < last { line += "  " }
        }
        while line.hasSuffix(" ") { line.removeLast() }
        return line
      }
    }
  }

  private var lastSize: Int { rows.map { $0.count == 1 ? 0 : TextWidth.columns($0[alignments.count - 1]) }.max() ?? 0 }
}
