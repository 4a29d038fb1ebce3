import CustodyCore

/// A YAML file being read: its name, its lines for excerpts, and every complaint found so far.
final class YAMLPage {
  let name: String
  private let bytes: [UInt8]
  private(set) var complaints: [Complaint] = []
  /// Said to the user, but no reason to refuse the file.
  private(set) var warnings: [Complaint] = []
  private lazy var lineStarts: [Int] = {
    var starts = [0]
    for i in bytes.indices where bytes[i] == 0x0A { starts.append(i + 1) }
    return starts
  }()
  /// More complaints than this help nobody and let a hostile file write an endless message.
  static let complaintLimit = 200
  /// Further complaints are dropped: nothing need be worked out for them.
  var isFull: Bool { complaints.count >= Self.complaintLimit }

  init(name: String, bytes: [UInt8]) {
    self.name = Printable.escape(name, limit: 200)
    self.bytes = bytes
  }

  func complain(_ code: String, _ message: String, at mark: YAMLMark?, hint: String? = nil) {
    guard !isFull else { return }
    complaints.append(complaint(code, message, at: mark, hint: hint))
  }

  /// A complaint about another file that this one names.
  func add(_ complaint: Complaint) {
    guard !isFull else { return }
    complaints.append(complaint)
  }

  func warn(_ code: String, _ message: String, at mark: YAMLMark?, hint: String? = nil) {
    guard warnings.count < Self.complaintLimit else { return }
    warnings.append(complaint(code, message, at: mark, hint: hint))
  }

  private func complaint(_ code: String, _ message: String, at mark: YAMLMark?, hint: String?) -> Complaint {
    Complaint(
      code: code, message, at: mark.map { "\(name):\($0.line):\($0.column)" } ?? name,
      excerpt: mark.flatMap(excerpt(at:)), hint: hint)
  }

  /// The line with a caret under the column; long lines are cut around it.
  func excerpt(at mark: YAMLMark) -> String? {
    guard mark.line >= 1, mark.line <= lineStarts.count, mark.column >= 1 else { return nil }
    let start = lineStarts[mark.line - 1]
    var end = mark.line < lineStarts.count ? lineStarts[mark.line] - 1 : bytes.count
    end = min(end, start + 4096)
    guard end >= start else { return nil }
    let scalars = Array(String(decoding: bytes[start..<end], as: UTF8.self).unicodeScalars)
    let column = min(mark.column - 1, scalars.count)
    let from = max(0, column - 60)
    let to = min(scalars.count, from + 100)
    var shown = ""
    var caret = 0
    for i in from..<max(from, to) {
      var piece = String.UnicodeScalarView()
      piece.append(scalars[i])
      let text = scalars[i] == "\t" ? " " : Printable.escape(String(piece))
      if i < column { caret += text.unicodeScalars.count }
      shown += text
    }
    let number = String(mark.line)
    let margin = String(repeating: " ", count: number.count)
    return "\(number) | \(shown)\n\(margin) | " + String(repeating: " ", count: caret) + "^"
  }

  /// Whether nothing but blanks stands before the mark.
  func begins(at mark: YAMLMark) -> Bool {
    guard mark.line >= 1, mark.line <= lineStarts.count else { return false }
    let end = min(bytes.count, lineStarts[mark.line - 1] + max(0, mark.column - 1))
    return bytes[..<end].allSatisfy { $0 <= 0x20 }
  }

  /// Where the byte at `offset` stands.
  func mark(atByte offset: Int) -> YAMLMark {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return YAMLMark(line: low + 1, column: max(1, offset - lineStarts[low] + 1))
  }
}
