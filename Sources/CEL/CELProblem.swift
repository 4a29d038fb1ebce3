/// A mistake in an expression, found before it runs.
public struct CELProblem: Error, Sendable, Hashable, CustomStringConvertible {
  /// Lower case, no full stop.
  public var message: String
  /// From 1.
  public var line: Int
  /// From 1, in Unicode code points.
  public var column: Int
  /// Into the source, in UTF-8 bytes.
  public var offset: Int
  /// In UTF-8 bytes; 0 at the end of the source.
  public var length: Int
  /// A short sentence: "did you mean 'state'?", or what to write instead.
  public var suggestion: String?

  public init(message: String, line: Int, column: Int, offset: Int, length: Int, suggestion: String? = nil) {
    self.message = message
    self.line = line
    self.column = column
    self.offset = offset
    self.length = length
    self.suggestion = suggestion
  }

  /// A problem at byte `offset` of `source`, which may lie past its end.
  init(_ message: String, at offset: Int, length: Int, in source: [UInt8], suggestion: String? = nil) {
    let end = min(max(0, offset), source.count)
    var line = 1
    var column = 1
    for byte in source[..<end] {
      if byte == 0x0A {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    self.init(
      message: message, line: line, column: column, offset: end, length: max(0, min(length, source.count - end)),
      suggestion: suggestion)
  }

  public var description: String {
    "\(line):\(column): \(message)" + (suggestion.map { " (\($0))" } ?? "")
  }

  /// The line of `source` the problem is on, and under it carets below the part that is wrong. Control characters are
  /// shown as spaces; of a long line only the surroundings are shown.
  public func excerpt(of source: String) -> String {
    // By scalars: as characters "\r\n" is one, which is no line feed.
    let lines = source.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    guard line >= 1, line <= lines.count else { return "" }
    var scalars = lines[line - 1].map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }
    var before = min(column - 1, scalars.count)
    // Carets stay on this line, however long the part is.
    let part = source.utf8.dropFirst(offset).prefix(length)
    let width = part.prefix { $0 != 0x0A }.lazy.filter { $0 & 0xC0 != 0x80 }.count
    let window = 120
    if scalars.count > window {
      let start = max(0, min(before - window / 3, scalars.count - window))
      scalars = Array(scalars[start..<min(scalars.count, start + window)])
      before -= start
    }
    let carets = max(1, min(width, scalars.count - before))
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text) + "\n" + String(repeating: " ", count: before) + String(repeating: "^", count: carets)
  }
}

/// Every problem of one expression, in source order.
public struct CELProblems: Error, Sendable, Hashable, CustomStringConvertible {
  public var all: [CELProblem]
  public init(_ all: [CELProblem]) { self.all = all }
  public var description: String { all.map(\.description).joined(separator: "\n") }
}
