import CustodyCore

/// Which column of a table of text names pictures, when no name of a column says so: by its values in the first rows.
///
/// Two kinds of text: tables whose rows are read for plates and persons, where further columns are tried, and lists,
/// which nobody else reads: `000001.jpg 2880`, `image,x,y`.
struct NameColumns {
  /// Rows of a table in which columns without a meaning are tried.
  private static let tried = 64
  /// Wider tables are not tried: their columns are numbers.
  private static let widest = 64
  /// Columns of a list that are looked at.
  private static let deepest = 64

  private enum List {
    case none
    /// The first word of every line.
    case first
    case column(separator: UInt8, index: Int)
  }
  private var list = List.none
  private var rows = 0

  /// Lines name pictures.
  var isListed: Bool { if case .none = list { false } else { true } }

  // MARK: Tables

  /// A header was met.
  mutating func begin(_ columns: inout [ColumnRole]) {
    rows = 0
    guard columns.count <= Self.widest, !columns.contains(.picture) else { return }
    for i in columns.indices where columns[i] == .none { columns[i] = .probe }
  }

  mutating func endRow(_ columns: inout [ColumnRole]) {
    guard rows < Self.tried else { return }
    rows += 1
    if rows == Self.tried { for i in columns.indices where columns[i] == .probe { columns[i] = .none } }
  }

  // MARK: Lists

  /// Looks whether a line among the first is the header or a line of a list.
  mutating func lookForList(_ line: UnsafeBufferPointer<UInt8>) {
    if case .column = list { return }
    for separator in [0x2C, 0x09, 0x3B, 0x7C] as [UInt8] where line.holds(separator) {
      guard ColumnNames.fileEndings.mayStand(in: line, separatedBy: separator) else { continue }
      var index = 0
      var hash = ColumnNames.Hash()
      for c in line {
        if c != separator {
          hash.add(c)
          continue
        }
        if Self.isOfFiles(hash) { break }
        index += 1
        hash = ColumnNames.Hash()
        if index == Self.deepest { break }
      }
      if Self.isOfFiles(hash), index < Self.deepest {
        list = .column(separator: separator, index: index)
        return
      }
    }
    if let word = Self.first(line), PictureName(word)?.isPicture ?? false { list = .first }
  }

  private static func isOfFiles(_ hash: ColumnNames.Hash) -> Bool {
    let role = ColumnNames.role(hash)
    return role == .picture || role == .file
  }

  /// Takes the name in a line, when lines are those of a list.
  func takeListed(_ line: UnsafeBufferPointer<UInt8>, into records: inout TextRecords) {
    switch list {
    case .none: break
    case .first: if let word = Self.first(line) { records.name(word) }
    case .column(let separator, let index):
      if let field = Self.field(line, index, separator) { records.name(field) }
    }
  }

  private static func first(_ line: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
    trimmed(
      line, 0, line.firstIndex { $0 == 0x20 || $0 == 0x09 || $0 == 0x2C || $0 == 0x3B || $0 == 0x7C } ?? line.count)
  }

  private static func field(
    _ line: UnsafeBufferPointer<UInt8>, _ index: Int, _ separator: UInt8
  ) -> UnsafeBufferPointer<UInt8>? {
    var left = index
    var start = 0
    var isQuoted = false
    for i in line.indices {
      if line[i] == 0x22 { isQuoted.toggle() }
      guard line[i] == separator, !isQuoted else { continue }
      if left == 0 { return trimmed(line, start, i) }
      left -= 1
      start = i + 1
    }
    return left == 0 ? trimmed(line, start, line.count) : nil
  }

  /// Without spaces and quotes around it; nil when it is blank or too long to be a name.
  private static func trimmed(
    _ line: UnsafeBufferPointer<UInt8>, _ from: Int, _ to: Int
  ) -> UnsafeBufferPointer<UInt8>? {
    var (from, to) = (from, to)
    while from < to, line[from] <= 0x20 || line[from] == 0x22 { from += 1 }
    while to > from, line[to - 1] <= 0x20 || line[to - 1] == 0x22 { to -= 1 }
    return from < to && to - from <= FieldBuffer.longestPath ? UnsafeBufferPointer(rebasing: line[from..<to]) : nil
  }
}
