import CustodyCore

/// The lines of a file as YAML counts them, without what ends them: line 1 of a `YAMLMark` is `lines[0]`.
///
/// CR LF, CR and LF all end a line (YAML 1.2.2 section 5.4).
struct LayoutText {
  var lines: [[Unicode.Scalar]]
  /// Whether the last line is ended; when not, its text runs to the end of the file.
  var endsWithNewline: Bool

  /// - Returns: nil after a complaint: NEL, LS and PS end a line for some readers of YAML and not for others (YAML 1.2.2
  ///   section 5.4), so a layout by lines would not mean the same to both.
  init?(_ bytes: [UInt8], _ page: YAMLPage) {
    var lines: [[Unicode.Scalar]] = []
    var line: [Unicode.Scalar] = []
    var afterReturn = false
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      switch scalar {
      case "\n" where afterReturn: break
      case "\n", "\r":
        lines.append(line)
        // A kept capacity would be that of the longest line so far, for every line.
        line = []
      case "\u{85}", "\u{2028}", "\u{2029}":
        page.complain(
          "fmt.line-break", "a line break that not every reader of YAML takes for one",
          at: YAMLMark(line: lines.count + 1, column: line.count + 1),
          hint: "write it as \\N, \\L or \\P in double quotes, or put a plain line break")
        return nil
      default: line.append(scalar)
      }
      afterReturn = scalar == "\r"
    }
    endsWithNewline = line.isEmpty
    if !line.isEmpty { lines.append(line) }
    self.lines = lines
  }

  /// Spaces at the beginning of a line.
  func indent(_ line: Int) -> Int { lines[line].prefix { $0 == " " }.count }

  /// True for a line of blanks alone.
  func isBlank(_ line: Int) -> Bool { lines[line].allSatisfy(Self.isBlank) }

  /// True for a line that holds a comment and nothing else.
  func isComment(_ line: Int) -> Bool { lines[line].first { !Self.isBlank($0) } == "#" }

  /// True for `---` or `...` (YAML 1.2.2 section 9.1.2).
  func isMarker(_ line: Int, _ marker: String) -> Bool {
    let scalars = lines[line]
    return scalars.starts(with: marker.unicodeScalars) && (scalars.count == 3 || Self.isBlank(scalars[3]))
  }

  func scalar(_ line: Int, _ column: Int) -> Unicode.Scalar? {
    guard lines.indices.contains(line), lines[line].indices.contains(column) else { return nil }
    return lines[line][column]
  }

  /// Text of a line from a column on, without blanks at its end.
  ///
  /// - Parameter continues: the value goes on in the next line. There a blank behind a backslash is escaped (YAML 1.2.2
  ///   section 5.7) and stays.
  func text(_ line: Int, from column: Int, continues: Bool = false) -> String {
    let scalars = lines[line].dropFirst(column)
    var end = scalars.endIndex
    while end > scalars.startIndex, Self.isBlank(scalars[end - 1]) { end -= 1 }
    if continues, end < scalars.endIndex, end > scalars.startIndex, scalars[end - 1] == "\\" { end += 1 }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars[..<end])
    return String(text)
  }

  /// Every character of a line from a column on.
  func verbatim(_ line: Int, from column: Int) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: lines[line].dropFirst(column))
    return String(text)
  }

  static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }
}
