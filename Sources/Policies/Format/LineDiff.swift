import CustodyCore

/// What differs between two texts, as a unified diff (POSIX.1-2024, `diff -u`).
///
/// By the longest common subsequence of lines. It takes rows times columns steps, so where the differing middle is larger
/// than `cellLimit` allows, the whole middle is shown as replaced: longer than need be, and still right.
public struct LineDiff {
  /// Pairs of lines that are compared at most.
  static let cellLimit = 4 << 20
  /// Lines shown around a change.
  static let context = 3

  enum Edit: Equatable {
    case keep(String)
    case remove(String)
    case add(String)
  }

  /// - Parameter name: of the file, for both headings.
  /// - Returns: empty when nothing differs. A carriage return is shown as `\r`: a terminal would obey it.
  public static func unified(_ before: [UInt8], _ after: [UInt8], name: String, limit: Int? = nil) -> String {
    let edits = edits(lines(before), lines(after), limit: limit ?? cellLimit)
    let changed = edits.indices.filter { if case .keep = edits[$0] { false } else { true } }
    guard let first = changed.first else { return "" }
    let shown = Printable.escape(name, limit: 300)
    var text = "--- \(shown)\n+++ \(shown)\n"
    var hunk = max(0, first - context)..<min(edits.count, first + context + 1)
    var (old, new, done) = (1, 1, 0)
    func flush() {
      for edit in edits[done..<hunk.lowerBound] { advance(edit, &old, &new) }
      text += Self.hunk(edits[hunk], &old, &new)
      done = hunk.upperBound
    }
    for at in changed.dropFirst() {
      let (from, to) = (max(0, at - context), min(edits.count, at + context + 1))
      if from <= hunk.upperBound {
        hunk = hunk.lowerBound..<to
      } else {
        flush()
        hunk = from..<to
      }
    }
    flush()
    return text
  }

  private static func advance(_ edit: Edit, _ old: inout Int, _ new: inout Int) {
    switch edit {
    case .keep:
      old += 1
      new += 1
    case .remove: old += 1
    case .add: new += 1
    }
  }

  private static func hunk(_ edits: ArraySlice<Edit>, _ old: inout Int, _ new: inout Int) -> String {
    let (fromOld, fromNew) = (old, new)
    var body = ""
    for edit in edits {
      advance(edit, &old, &new)
      switch edit {
      case .keep(let line): body += " " + line
      case .remove(let line): body += "-" + line
      case .add(let line): body += "+" + line
      }
      if !body.hasSuffix("\n") { body += "\n\\ No newline at end of file\n" }
    }
    return "@@ -\(range(fromOld, old - fromOld)) +\(range(fromNew, new - fromNew)) @@\n" + body
  }

  /// The line before an empty range is named instead of its first.
  private static func range(_ from: Int, _ count: Int) -> String {
    count == 1 ? "\(from)" : "\(count == 0 ? from - 1 : from),\(count)"
  }

  /// Lines with what ends them.
  private static func lines(_ bytes: [UInt8]) -> [String] {
    var lines: [String] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let end = rest.firstIndex(of: 0x0A).map { $0 + 1 } ?? rest.endIndex
      var line = String.UnicodeScalarView()
      for scalar in String(decoding: rest[..<end], as: UTF8.self).unicodeScalars {
        if scalar == "\r" { line.append(contentsOf: "\\r".unicodeScalars) } else { line.append(scalar) }
      }
      lines.append(String(line))
      rest = rest[end...]
    }
    return lines
  }

  static func edits(_ a: [String], _ b: [String], limit: Int) -> [Edit] {
    var start = 0
    while start < min(a.count, b.count), a[start] == b[start] { start += 1 }
    var end = 0
    while end < min(a.count, b.count) - start, a[a.count - 1 - end] == b[b.count - 1 - end] { end += 1 }
    let (x, y) = (a[start..<(a.count - end)], b[start..<(b.count - end)])
    let (cells, overflows) = x.count.multipliedReportingOverflow(by: y.count)
    let middle =
      overflows || cells > limit ? x.map(Edit.remove) + y.map(Edit.add) : aligned(Array(x), Array(y))
    return a[..<start].map(Edit.keep) + middle + a[(a.count - end)...].map(Edit.keep)
  }

  /// `common[i][j]`: length of the longest common subsequence of `x[i...]` and `y[j...]`.
  private static func aligned(_ x: [String], _ y: [String]) -> [Edit] {
    let width = y.count + 1
    var common = [Int32](repeating: 0, count: (x.count + 1) * width)
    for i in x.indices.reversed() {
      for j in y.indices.reversed() {
        common[i * width + j] =
          x[i] == y[j]
          ? common[(i + 1) * width + j + 1] + 1 : max(common[(i + 1) * width + j], common[i * width + j + 1])
      }
    }
    var edits: [Edit] = []
    var (i, j) = (0, 0)
    while i < x.count || j < y.count {
      if i < x.count, j < y.count, x[i] == y[j] {
        edits.append(.keep(x[i]))
        i += 1
        j += 1
      } else if j == y.count || i < x.count && common[(i + 1) * width + j] >= common[i * width + j + 1] {
        edits.append(.remove(x[i]))
        i += 1
      } else {
        edits.append(.add(y[j]))
        j += 1
      }
    }
    return edits
  }
}
