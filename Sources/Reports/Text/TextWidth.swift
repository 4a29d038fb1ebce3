/// How many terminal columns text takes, and how to break it.
enum TextWidth {
  /// Columns: 0 for combining marks, 2 for East Asian wide characters (Unicode Standard Annex 11), 1 otherwise.
  static func columns(_ text: some StringProtocol) -> Int {
    text.unicodeScalars.reduce(0) { $0 + columns($1) }
  }

  private static func columns(_ s: Unicode.Scalar) -> Int {
    if s.value < 0x300 { return 1 }
    switch s.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: break
    }
    switch s.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18AFF, 0x1B000...0x1B2FF, 0x1F000...0x1FAFF,
      0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }

  static func left(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - columns(text)))
  }

  static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - columns(text))) + text
  }

  /// Lines of at most `width` columns, broken at spaces; a longer word is broken where it must be.
  static func wrap(_ text: String, _ width: Int) -> [String] {
    let width = max(width, 2)
    var lines: [String] = []
    var line = ""
    var used = 0
    for word in text.split(separator: " ", omittingEmptySubsequences: true) {
      let size = columns(word)
      if used > 0, used + 1 + size <= width {
        line += " " + word
        used += 1 + size
        continue
      }
      if used > 0 { lines.append(line) }
      line = ""
      used = 0
      for c in word {
        let step = columns(String(c))
        if used > 0, used + step > width {
          lines.append(line)
          line = ""
          used = 0
        }
        line.append(c)
        used += step
      }
    }
    if used > 0 || lines.isEmpty { lines.append(line) }
    return lines
  }
}
