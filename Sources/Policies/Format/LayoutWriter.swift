/// Writes a `Layout`: two spaces a step, at most one blank line in a row.
struct LayoutWriter {
  /// Lists of the root whose entries are set apart by a blank line.
  static let spaced: Set<String> = ["rules", "rows", "cases"]
  static let step = 2

  private var lines: [String] = []
  /// Bytes of all lines; those past the limit are counted and not kept: each comment may go in by many steps.
  private var size = 0
  /// No blank line may follow: it would begin the file or a block, or be taken for part of the text before it.
  private var refusesBlank = true

  /// - Returns: nil when the text would be larger than a file may be.
  static func text(_ layout: Layout) -> String? {
    var writer = LayoutWriter()
    layout.preamble.forEach { writer.add($0) }
    writer.refusesBlank = true
    writer.write(layout.root, 0, nil, isRoot: true)
    layout.end.forEach { writer.add($0) }
    guard writer.size <= YAMLDocument.sizeLimit else { return nil }
    return writer.lines.map { $0 + "\n" }.joined()
  }

  private mutating func add(_ line: String) {
    size += line.utf8.count + 1
    if size <= YAMLDocument.sizeLimit { lines.append(line) }
    refusesBlank = false
  }

  private mutating func blank() {
    guard !refusesBlank, lines.last?.isEmpty == false else { return }
    size += 1
    lines.append("")
  }

  private mutating func add(_ trivia: [Layout.Trivia], _ indent: Int) {
    for one in trivia {
      switch one {
      case .blank: blank()
      case .comment(let text): add(Self.spaces(indent) + text)
      }
    }
  }

  /// - Parameter prefix: dashes that stand on the first line; the comments above it have been written then.
  private mutating func write(_ block: Layout.Block, _ indent: Int, _ prefix: String?, isRoot: Bool = false) {
    switch block {
    case .mapping(let mapping):
      add(mapping.header, indent)
      for (i, entry) in mapping.entries.enumerated() {
        add(entry.leading, indent)
        add((i == 0 ? prefix : nil) ?? Self.spaces(indent), entry.text)
        let isSpaced = isRoot && Self.spaced.contains(entry.key)
        write(entry.content, indent, isSpaced: isSpaced)
      }
      add(mapping.tail, indent)
    case .sequence(let sequence): write(sequence, indent, prefix, isSpaced: false)
    }
  }

  private mutating func write(_ sequence: Layout.Sequence, _ indent: Int, _ prefix: String?, isSpaced: Bool) {
    for (i, item) in sequence.items.enumerated() {
      if isSpaced, i > 0 { blank() }
      add(item.leading, indent)
      let dash = ((i == 0 ? prefix : nil) ?? Self.spaces(indent)) + "-"
      if item.text.isEmpty, case .block(var block) = item.content {
        // Comments about the first line of the block go above the dash.
        add(block.takeFirstComments(), indent)
        write(block, indent + Self.step, dash + " ")
      } else {
        add(dash, item.text.isEmpty ? "" : " " + item.text)
        write(item.content, indent, isSpaced: false)
      }
    }
    add(sequence.tail, indent)
  }

  private mutating func add(_ prefix: String, _ text: String) { add(prefix + text) }

  private mutating func write(_ content: Layout.Content, _ indent: Int, isSpaced: Bool) {
    switch content {
    case .none: break
    case .lines(let more): write(more, indent)
    case .block(let block):
      refusesBlank = true
      if isSpaced, case .sequence(let sequence) = block {
        write(sequence, indent + Self.step, nil, isSpaced: true)
      } else {
        write(block, indent + Self.step, nil)
      }
    }
  }

  private mutating func write(_ more: Layout.Continuation, _ indent: Int) {
    let shift =
      switch more.place {
      case .oneStep: indent + Self.step - (more.lines.filter { !$0.text.isEmpty }.map(\.indent).min() ?? 0)
      case .shifted(let from): indent - from
      }
    for line in more.lines { add(line.text.isEmpty ? "" : Self.spaces(max(0, line.indent + shift)) + line.text) }
    refusesBlank = more.keepsBlanks
  }

  private static func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }
}

extension Layout.Block {
  /// Takes away what stands before the first line of the block, blocks on the same line included.
  fileprivate mutating func takeFirstComments() -> [Layout.Trivia] {
    switch self {
    case .mapping(var mapping):
      var taken = mapping.header
      mapping.header = []
      if !mapping.entries.isEmpty {
        taken += mapping.entries[0].leading
        mapping.entries[0].leading = []
      }
      self = .mapping(mapping)
      return taken
    case .sequence(var sequence):
      guard !sequence.items.isEmpty else { return [] }
      var taken = sequence.items[0].leading
      sequence.items[0].leading = []
      if sequence.items[0].text.isEmpty, case .block(var inner) = sequence.items[0].content {
        taken += inner.takeFirstComments()
        sequence.items[0].content = .block(inner)
      }
      self = .sequence(sequence)
      return taken
    }
  }
}
