public import CustodyCore

/// The one layout of policy packs, tables, cases, registers, records, waivers and trust files.
///
/// - UTF-8 without a byte order mark, LF, one newline at the end, no blanks at the end of lines, no tabs in indentation.
/// - Two spaces a step, also for lists below a key; a block begins on the line of its dash.
/// - At most one blank line in a row, none at the head of a file or block; exactly one between the entries of `rules`,
///   `rows` and `cases`.
/// - Keys of the file and of the entries of its lists in the order of the loader, others behind them in the order they
///   have; keys of other mappings, and all flow collections, stay in their order.
/// - Comments directly above a key or dash go with it; comments set off by a blank line at the head of a mapping stay
///   there; comments further in than what follows end the block above; comments behind a value stay behind it.
/// - Values are spelled as they were. What is part of a block text (blank lines, blanks, `#`) is left alone.
///
/// ```swift
/// let bytes = try PolicyLayout.canonical(source)
/// ```
public enum PolicyLayout {
  /// The file in its one layout; the same again for what comes out of it.
  ///
  /// What comes out is read again: it says the same, up to the order of keys, in the same lines.
  ///
  /// - Throws: `yaml.…` for what cannot be read; `fmt.tab`, `fmt.line-break`, `fmt.open-end`, `fmt.unsupported` for forms
  ///   that are not laid out; `fmt.too-large` when the layout is larger than a file may be; `fmt.would-change` when it
  ///   would not say the same.
  public static func canonical(_ source: PolicySource) throws(Complaints) -> [UInt8] {
    var source = source
    // No content (YAML 1.2.2 section 5.2), but the YAML reader would count it as a column.
    if source.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { source.bytes.removeFirst(3) }
    let page = YAMLPage(name: source.name, bytes: source.bytes)
    guard let root = YAMLDocument.parse(source.bytes, into: page), let text = LayoutText(source.bytes, page),
      !isOpen(source, root, text, page), var layout = try? LayoutReader.read(text, root, page)
    else { throw Complaints(page.complaints) }
    KeyOrder.apply(to: &layout)
    guard let bytes = LayoutWriter.text(layout).map({ Array($0.utf8) }) else {
      page.complain(
        "fmt.too-large", "the layout is larger than 16 MiB", at: nil, hint: "split it into several files")
      throw Complaints(page.complaints)
    }
    let again = YAMLPage(name: source.name, bytes: bytes)
    guard let laid = YAMLDocument.parse(bytes, into: again), LayoutProof.isSame(root, laid),
      let laidText = LayoutText(bytes, again), LayoutProof.hasSameLines(text, laidText)
    else {
      throw Complaints([
        Complaint(
          code: "fmt.would-change", "the layout would not say the same as the file", at: page.name,
          hint: "the file is left as it is; please report it with the file")
      ])
    }
    return bytes
  }

  /// A block text at the very end without a line break: one behind it would become part of it (YAML 1.2.2 section 8.1.1.2).
  private static func isOpen(_ source: PolicySource, _ root: YAMLNode, _ text: LayoutText, _ page: YAMLPage) -> Bool {
    guard !text.endsWithNewline else { return false }
    let ended = source.bytes + [0x0A]
    if let other = YAMLDocument.parse(ended, into: YAMLPage(name: source.name, bytes: ended)),
      LayoutProof.isSame(root, other)
    {
      return false
    }
    page.complain(
      "fmt.open-end", "the file ends in a block text that no line break ends: one would become part of it",
      at: YAMLMark(line: text.lines.count, column: 1), hint: "end the file with a line break, or write `|-`")
    return true
  }
}
