import CustodyCore

/// Where a value that is no block collection ends. The YAML reader says only where one begins.
struct ValueExtent {
  enum Shape {
    /// Plain or quoted text: its line breaks are folded, its indentation is not part of it.
    case text
    /// `[…]` or `{…}`.
    case flow
    /// `|` or `>`; the column in which its lines begin, counted from 0, and whether the header says so.
    case block(column: Int, isExplicit: Bool, keepsBlanks: Bool)
  }
  var shape: Shape
  /// Its last line, counted from 0.
  var last: Int
  /// Empty lines behind it would become part of it.
  var keepsBlanks: Bool {
    guard case .block(_, _, let keeps) = shape else { return false }
    return keeps
  }

  /// - Parameters:
  ///   - line: where it begins, as `column` counted from 0.
  ///   - parent: column of the block collection that it is in.
  ///   - limit: line in which the next entry begins.
  /// - Returns: nil when the value is written in a way this does not know.
  init?(_ text: LayoutText, line: Int, column: Int, parent: Int, limit: Int) {
    var column = column
    // A tag (YAML 1.2.2 section 6.8.1) is part of the value.
    if text.scalar(line, column) == "!" {
      while let c = text.scalar(line, column), !LayoutText.isBlank(c) { column += 1 }
      while let c = text.scalar(line, column), LayoutText.isBlank(c) { column += 1 }
      guard let first = text.scalar(line, column), first != "#" else { return nil }
    }
    guard limit <= text.lines.count, line < limit else { return nil }
    switch text.scalar(line, column) {
    case "|", ">":
      guard let block = Self.block(text, line, column + 1, max(parent, 0), limit) else { return nil }
      self = block
    case "\"", "'", "[", "{":
      var scan = Scan(text: text, line: line, column: column, limit: limit)
      guard scan.value(), text.isEnd(scan.line, scan.column) else { return nil }
      let isText = text.scalar(line, column) == "\"" || text.scalar(line, column) == "'"
      self.init(shape: isText ? .text : .flow, last: scan.line)
    default:
      var last = limit - 1
      while last > line, text.isBlank(last) || text.isComment(last) { last -= 1 }
      self.init(shape: .text, last: last)
    }
  }

  private init(shape: Shape, last: Int) {
    self.shape = shape
    self.last = last
  }

  /// YAML 1.2.2 section 8.1: an indicator of indentation and one of chomping in any order, then lines that begin further
  /// in than the parent.
  private static func block(_ text: LayoutText, _ line: Int, _ from: Int, _ parent: Int, _ limit: Int) -> ValueExtent? {
    var digit: Int?
    var keeps = false
    var at = from
    while let c = text.scalar(line, at), !LayoutText.isBlank(c) {
      switch c {
      case "+": keeps = true
      case "-": break
      case "1"..."9": digit = Int(c.value) - 0x30
      default: return nil
      }
      at += 1
    }
    let lines = (line + 1)..<max(limit, line + 1)
    var column = parent + (digit ?? 1)
    if digit == nil {
      // Blank lines before the first with text decide too when they are wider.
      let first = lines.first { !isEmpty(text, $0) }
      let deciding = lines.prefix { first == nil || $0 <= first ?? $0 }
      column = max(column, deciding.map { text.indent($0) }.max() ?? 0)
    }
    var last = line
    for next in lines {
      guard isEmpty(text, next) || text.indent(next) >= column else { break }
      // A line of blanks wider than the indentation is text.
      if keeps || text.lines[next].count > column { last = next }
    }
    return ValueExtent(shape: .block(column: column, isExplicit: digit != nil, keepsBlanks: keeps), last: last)
  }

  private static func isEmpty(_ text: LayoutText, _ line: Int) -> Bool { text.lines[line].allSatisfy { $0 == " " } }

  /// A walk over quoted text and flow collections (YAML 1.2.2 sections 7.3 and 7.4).
  private struct Scan {
    let text: LayoutText
    var line: Int
    var column: Int
    let limit: Int

    /// Moves behind the value that begins here.
    mutating func value() -> Bool {
      switch text.scalar(line, column) {
      case "\"", "'": quoted()
      default: flow()
      }
    }

    /// The next character, from line to line; a line break is a line feed.
    private mutating func take() -> Unicode.Scalar? {
      if let c = text.scalar(line, column) {
        column += 1
        return c
      }
      guard line + 1 < limit else { return nil }
      line += 1
      column = 0
      return "\n"
    }

    private mutating func quoted() -> Bool {
      let quote = take()
      while let c = take() {
        if c == "\\", quote == "\"" {
          _ = take()
        } else if c == quote {
          guard quote == "'", text.scalar(line, column) == "'" else { return true }
          column += 1
        }
      }
      return false
    }

    private mutating func flow() -> Bool {
      var depth = 0
      // A quote opens quoted text only where a value may begin; `it's` is plain.
      var mayBegin = true
      var afterBlank = true
      repeat {
        if mayBegin, let c = text.scalar(line, column), c == "\"" || c == "'" {
          guard quoted() else { return false }
          (mayBegin, afterBlank) = (false, false)
          // `"key":value` needs no blank.
          if text.scalar(line, column) == ":" {
            column += 1
            mayBegin = true
          }
          continue
        }
        guard let c = take() else { return false }
        switch c {
        case "[", "{":
          depth += 1
          mayBegin = true
        case "]", "}":
          depth -= 1
          mayBegin = false
        case ",": mayBegin = true
        case ":":
          let next = text.scalar(line, column)
          mayBegin = next.map { LayoutText.isBlank($0) || "[]{},".unicodeScalars.contains($0) } ?? true
        case "#" where afterBlank: column = text.lines[line].count
        case " ", "\t", "\n": break
        default: mayBegin = false
        }
        afterBlank = c == " " || c == "\t" || c == "\n"
      } while depth > 0
      return true
    }
  }
}

extension LayoutText {
  /// Whether nothing but a comment follows on the line.
  func isEnd(_ line: Int, _ column: Int) -> Bool {
    let rest = lines[line].dropFirst(column)
    guard let first = rest.first(where: { !Self.isBlank($0) }) else { return true }
    return first == "#" && rest.first.map(Self.isBlank) ?? false
  }
}
