/// A canonical policy file put out of order by its lines, without the code under test.
struct Disorder {
  var lines: [String]

  init(_ text: String) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }

  func text(_ ends: String) -> String { lines.map { $0 + ends }.joined() }

  private static func indent(_ line: String) -> Int { line.prefix { $0 == " " }.count }

  /// Runs of lines that each begin with a key in `column`, comments and blank lines above it included.
  private static func chunks(_ lines: [String], _ column: Int) -> [[String]] {
    var chunks: [[String]] = []
    var leading: [String] = []
    for line in lines {
      let bare = line.dropFirst(indent(line))
      if bare.isEmpty || bare.hasPrefix("#"), indent(line) <= column {
        leading.append(line)
      } else if indent(line) == column, !bare.hasPrefix("- ") || column == 0 {
        chunks.append(leading + [line])
        leading = []
      } else if chunks.isEmpty {
        leading.append(line)
      } else {
        chunks[chunks.count - 1] += leading + [line]
        leading = []
      }
    }
    if !leading.isEmpty, !chunks.isEmpty { chunks[chunks.count - 1] += leading }
    return chunks
  }

  mutating func shuffleRoot(_ random: inout some RandomNumberGenerator) {
    lines = Self.chunks(lines, 0).shuffled(using: &random).flatMap { $0 }
  }

  /// The keys of entries of the lists whose dashes stand two columns in and that are set apart by blank lines.
  mutating func shuffleEntries(_ random: inout some RandomNumberGenerator) {
    guard let start = lines.firstIndex(where: { ["rules:", "rows:", "cases:"].contains($0) }) else { return }
    var out = Array(lines[...start])
    var entry: [String] = []
    func flush() {
      guard let first = entry.first, first.hasPrefix("  - ") else {
        out += entry
        return
      }
      // What follows the last key (a blank line, comments about the next entry) stays where it is.
      let end = (entry.lastIndex { Self.indent($0) >= 4 || $0.hasPrefix("  - ") } ?? 0) + 1
      var keys = Self.chunks(["    " + first.dropFirst(4)] + entry[1..<end], 4).shuffled(using: &random)
      if let plain = keys.firstIndex(where: { Self.indent($0[0]) == 4 && !$0[0].hasPrefix("    #") }) {
        keys.swapAt(0, plain)
        keys[0][0] = "  - " + keys[0][0].dropFirst(4)
      }
      out += keys.flatMap { $0 } + entry[end...]
    }
    for line in lines[(start + 1)...] {
      if line.hasPrefix("  - ") {
        flush()
        entry = []
      }
      entry.append(line)
    }
    flush()
    lines = out
  }

  /// Everything below the root goes in by `step`, and what is below a dash two columns in by `afterDash` more.
  mutating func indent(by step: Int, afterDash: Int) {
    let isList = lines.contains { ["rules:", "rows:", "cases:"].contains($0) }
    var inList = false
    lines = lines.map { line in
      let own = Self.indent(line)
      if own == 0, !line.isEmpty, !line.hasPrefix("#") { inList = ["rules:", "rows:", "cases:"].contains(line) }
      guard own >= 2, !line.isEmpty else { return line }
      let more = String(repeating: " ", count: step)
      guard isList, inList else { return more + line }
      let extra = String(repeating: " ", count: afterDash)
      if line.hasPrefix("  - ") { return more + "  - " + extra + line.dropFirst(4) }
      return more + (own >= 4 ? extra : "") + line
    }
  }

  mutating func doubleBlanks() { lines = lines.flatMap { $0.isEmpty ? ["", " ", ""] : [$0] } }
}
