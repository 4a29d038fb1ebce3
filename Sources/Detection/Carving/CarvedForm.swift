/// A format that shows where a file of it begins, wherever that is, and how far it goes.
struct CarvedForm: Sendable {
  /// What is known of a file from its first bytes.
  enum Extent: Equatable, Sendable {
    /// No such file.
    case none
    /// Bytes from its start. There may be fewer: the file was cut off.
    case length(Int)
    /// It goes on behind the bytes at hand.
    case beyond
    /// The bytes at hand do not tell. Where there are no more, there is nothing to see in them.
    case open
  }

  /// For people.
  var name: String
  /// Bytes that stand at `lead` of every such file; 4 to 8 of them, since shorter ones stand everywhere.
  var patterns: [[UInt8]]
  /// Bytes of the file before the pattern.
  var lead = 0
  /// Measures the file that begins at the first byte: every number is checked against what is there, every walk bounded
  /// by the bytes at hand.
  var measure: @Sendable (RawSpan) -> Extent

  static let all: [CarvedForm] = pictures + [bitmap] + documents
  /// The longest lead.
  static let lookBehind = all.map(\.lead).max() ?? 0

  static func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }
}

extension RawSpan {
  /// Offset of `pattern` at or behind `from`.
  func next(_ pattern: [UInt8], from: Int) -> Int? { find(pattern, from: from, within: byteCount) }
}
