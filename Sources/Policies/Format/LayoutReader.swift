import CustodyCore

/// Takes a file apart into blocks, by the places the YAML reader gives for keys and values.
///
/// Lines between two entries are blank or comments; anything else is a form that this does not know, and is refused.
/// A comment belongs to the key or dash below it, unless it stands further in than that: then it ends the block above
/// that has its column.
struct LayoutReader {
  struct Refused: Error {}

  /// Where the next key or dash stands, counted from 0; column -1 behind the last one.
  private struct Next {
    var line: Int
    var column: Int
  }

  private let text: LayoutText
  private let page: YAMLPage
  /// First line that is not taken yet.
  private var cursor = 0

  /// - Throws: after a complaint.
  static func read(_ text: LayoutText, _ root: YAMLNode, _ page: YAMLPage) throws(Refused) -> Layout {
    var reader = LayoutReader(text: text, page: page)
    return try reader.layout(root)
  }

  private init(text: LayoutText, page: YAMLPage) {
    self.text = text
    self.page = page
  }

  private mutating func layout(_ root: YAMLNode) throws(Refused) -> Layout {
    let first = root.mark.line - 1
    guard try isBlock(root), text.lines.indices.contains(first) else { throw refuse(first, root.mark.column - 1) }
    var preamble: [String] = []
    if let marker = (0..<first).last(where: { text.isMarker($0, "---") || text.scalar($0, 0) == "%" }) {
      preamble = (0...marker).filter { !text.isBlank($0) }.map { text.text($0, from: 0) }
      cursor = marker + 1
    }
    let end = (first..<text.lines.count).first { text.isMarker($0, "...") } ?? text.lines.count
    let block = try block(root, parent: -1, next: Next(line: end, column: -1))
    let rest = try trivia(upTo: end)
    guard !rest.contains(where: { $0 != .blank }) else { throw refuse(cursor) }
    var after: [String] = []
    for line in end..<text.lines.count where !text.isBlank(line) {
      guard text.isMarker(line, "...") || text.isComment(line) else { throw refuse(line) }
      after.append(text.text(line, from: text.isComment(line) ? text.indent(line) : 0))
    }
    return Layout(preamble: preamble, root: block, end: after)
  }

  private func refuse(_ line: Int, _ column: Int = 0) -> Refused {
    page.complain(
      "fmt.unsupported", "a form of YAML that is not laid out", at: YAMLMark(line: line + 1, column: column + 1),
      hint: "write `key: value`, and `- value`, without tags on blocks and without `?`")
    return Refused()
  }

  // MARK: Blocks

  private func isBlock(_ node: YAMLNode) throws(Refused) -> Bool {
    let (line, column) = (node.mark.line - 1, node.mark.column - 1)
    switch node.content {
    case .scalar: return false
    case .sequence:
      switch text.scalar(line, column) {
      case "-": return true
      case "[", "!": return false
      default: throw refuse(line, column)
      }
    case .mapping(let pairs):
      if let c = text.scalar(line, column), c == "{" { return false }
      // A tag or a `?` would stand before the first key.
      guard let first = pairs.first, first.mark == node.mark else { throw refuse(line, column) }
      return true
    }
  }

  private mutating func block(_ node: YAMLNode, parent: Int, next: Next) throws(Refused) -> Layout.Block {
    switch node.content {
    case .mapping(let pairs): .mapping(try mapping(pairs, node.mark.column - 1, parent, next))
    case .sequence(let items): .sequence(try sequence(items, node.mark, parent, next))
    case .scalar: throw refuse(node.mark.line - 1, node.mark.column - 1)
    }
  }

  private mutating func mapping(
    _ pairs: [(key: String, mark: YAMLMark, value: YAMLNode)], _ column: Int, _ parent: Int, _ next: Next
  ) throws(Refused) -> Layout.Mapping {
    var mapping = Layout.Mapping()
    for (i, pair) in pairs.enumerated() {
      let line = pair.mark.line - 1
      guard pair.mark.column - 1 == column, line >= cursor, line < next.line else {
        throw refuse(line, pair.mark.column - 1)
      }
      var leading = try trivia(upTo: line)
      // The dash of the item that begins here, or nothing, stands before the first key.
      guard i == 0 || text.indent(line) == column else { throw refuse(line, column) }
      if i == 0, let blank = leading.lastIndex(of: .blank), leading[..<blank].contains(where: { $0 != .blank }) {
        mapping.header = Array(leading[...blank])
        leading.removeSubrange(...blank)
      }
      let following = i + 1 < pairs.count ? Next(line: pairs[i + 1].mark.line - 1, column: column) : next
      cursor = line + 1
      let (text, content) = try value(pair.value, on: line, from: column, parent: column, following)
      mapping.entries.append(Layout.Entry(leading: leading, key: pair.key, text: text, content: content))
    }
    mapping.tail = try tail(column, parent, next)
    return mapping
  }

  private mutating func sequence(
    _ nodes: [YAMLNode], _ mark: YAMLMark, _ parent: Int, _ next: Next
  ) throws(Refused) -> Layout.Sequence {
    let column = mark.column - 1
    var dashes: [Int] = []
    for (i, node) in nodes.enumerated() {
      dashes.append(i == 0 ? mark.line - 1 : try dash(of: node, column, after: dashes[i - 1]))
    }
    var sequence = Layout.Sequence()
    for (i, node) in nodes.enumerated() {
      let line = dashes[i]
      guard line >= cursor, line < next.line else { throw refuse(line, column) }
      let leading = try trivia(upTo: line)
      let following = i + 1 < nodes.count ? Next(line: dashes[i + 1], column: column) : next
      var from = column + 1
      while let c = text.scalar(line, from), c == " " { from += 1 }
      if text.scalar(line, from) == "\t" { throw tab(line, from) }
      var item = Layout.Item(leading: leading, text: "", content: .none)
      if try isBlock(node), node.mark.line - 1 == line {
        cursor = line
        item.content = .block(try block(node, parent: column, next: following))
      } else {
        cursor = line + 1
        (item.text, item.content) = try value(node, on: line, from: from, parent: column, following)
      }
      sequence.items.append(item)
    }
    sequence.tail = try tail(column, parent, next)
    return sequence
  }

  /// The line of the dash in `column` behind which a value stands: the value's own line, or one above it.
  private func dash(of node: YAMLNode, _ column: Int, after previous: Int) throws(Refused) -> Int {
    var line = node.mark.line - 1
    guard line < text.lines.count else { throw refuse(line) }
    while line > previous {
      if text.scalar(line, column) == "-", text.indent(line) == column { return line }
      guard line == node.mark.line - 1 || text.isBlank(line) || text.isComment(line) else { break }
      line -= 1
    }
    throw refuse(node.mark.line - 1, node.mark.column - 1)
  }

  // MARK: Values

  /// What stands on the line of a key or a dash, and what follows it.
  private mutating func value(
    _ node: YAMLNode, on line: Int, from column: Int, parent: Int, _ next: Next
  ) throws(Refused) -> (String, Layout.Content) {
    let (start, at) = (node.mark.line - 1, node.mark.column - 1)
    guard start >= line, start < next.line else { throw refuse(line, column) }
    if try isBlock(node) {
      guard start > line else { throw refuse(line, column) }
      return (text.text(line, from: column), .block(try block(node, parent: parent, next: next)))
    }
    guard !isNothing(node) else { return (text.text(line, from: column), .none) }
    guard let extent = ValueExtent(text, line: start, column: at, parent: parent, limit: next.line) else {
      throw refuse(start, at)
    }
    cursor = extent.last + 1
    let head = text.text(line, from: column, continues: start == line && extent.last > line)
    guard extent.last > line || extent.keepsBlanks else { return (head, .none) }
    return (head, .lines(try continuation(extent, after: line, start, parent)))
  }

  /// A value of which there is no character.
  private func isNothing(_ node: YAMLNode) -> Bool {
    guard case .scalar("", plain: true) = node.content else { return false }
    return text.scalar(node.mark.line - 1, node.mark.column - 1) != "!"
  }

  private func continuation(
    _ extent: ValueExtent, after line: Int, _ start: Int, _ parent: Int
  ) throws(Refused) -> Layout.Continuation {
    var lines: [(indent: Int, text: String)] = []
    // A value may begin below its key, with comments between them.
    for i in (line + 1)..<max(line + 1, start) where !text.isBlank(i) { lines.append(try piece(i, false)) }
    if start > line { lines.append(try piece(start, extent.last > start)) }
    let rest = (start + 1)..<(extent.last + 1)
    guard case .block(let column, let isExplicit, let keeps) = extent.shape else {
      for i in rest { lines.append(try piece(i, i < extent.last)) }
      var place = Layout.Continuation.Place.oneStep
      if case .flow = extent.shape { place = .shifted(from: parent) }
      return Layout.Continuation(lines: lines, place: place)
    }
    for i in rest {
      lines.append(text.lines[i].count > column ? (column, text.verbatim(i, from: column)) : (0, ""))
    }
    return Layout.Continuation(
      lines: lines, place: isExplicit || start > line ? .shifted(from: parent) : .oneStep, keepsBlanks: keeps)
  }

  private func piece(_ line: Int, _ continues: Bool) throws(Refused) -> (indent: Int, text: String) {
    let indent = text.indent(line)
    guard !text.isBlank(line) else { return (0, "") }
    if text.scalar(line, indent) == "\t" { throw tab(line, indent) }
    return (indent, text.text(line, from: indent, continues: continues))
  }

  private func tab(_ line: Int, _ column: Int) -> Refused {
    page.complain(
      "fmt.tab", "a tab in the indentation", at: YAMLMark(line: line + 1, column: column + 1), hint: "indent by spaces")
    return Refused()
  }

  // MARK: Comments

  private mutating func trivia(upTo end: Int) throws(Refused) -> [Layout.Trivia] {
    var found: [Layout.Trivia] = []
    while cursor < end {
      if text.isBlank(cursor) {
        found.append(.blank)
      } else {
        guard text.isComment(cursor) else { throw refuse(cursor, text.indent(cursor)) }
        found.append(.comment(try piece(cursor, false).text))
      }
      cursor += 1
    }
    return found
  }

  /// The comments that end a block: those in its column or further in, when what comes next stands further out.
  private mutating func tail(_ column: Int, _ parent: Int, _ next: Next) throws(Refused) -> [Layout.Trivia] {
    // A list may stand in the column of its key; a comment there is the mapping's.
    let least = max(next.column + 1, column > parent ? column : column + 1)
    var end = cursor
    var line = cursor
    while line < next.line, text.isBlank(line) || text.isComment(line) {
      if text.isComment(line) {
        guard text.indent(line) >= least else { break }
        end = line + 1
      }
      line += 1
    }
    return try trivia(upTo: end)
  }
}
