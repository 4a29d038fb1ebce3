/// What a CREATE TABLE statement says of the values in a table's rows.
///
/// Reads names, declared types and what decides the order of values; whatever else stands there is passed over by
/// counting brackets and quotes. As long as the statement is, so far it is read: SQLite keeps comments in it.
struct SQLiteDefinition {
  /// Columns as written.
  private(set) var columns: [SQLiteColumn] = []
  /// Positions in `columns` of the primary key, in its order.
  private var key: [Int] = []
  private var hasRowId = true

  /// Columns in the order of a row's values (section 2.4): generated ones that are not stored have none, and a table
  /// without row ids begins with its primary key.
  var stored: [SQLiteColumn] {
    let rest = columns.indices.filter { hasRowId || !key.contains($0) }
    return ((hasRowId ? [] : key) + rest).map { columns[$0] }.filter { !$0.isVirtual }
  }

  init(_ sql: String) {
    var words = Words(Array(sql.utf8))
    let (parts, options) = words.definitions()
    var constraints: [[Word]] = []
    for part in parts {
      guard let first = part.first, columns.count < SQLiteFile.columnLimit else { continue }
      if first.depth == 1, first.keyword.map(Self.constraints.contains) ?? false {
        constraints.append(part)
      } else {
        addColumn(part)
      }
    }
    for constraint in constraints { readKey(constraint) }
    let said = options.compactMap(\.keyword)
    hasRowId = !zip(said, said.dropFirst()).contains { $0 == "WITHOUT" && $1 == "ROWID" }
  }

  private static let constraints: Set<String> = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"]
  private static let typeEnds: Set<String> = [
    "PRIMARY", "NOT", "UNIQUE", "DEFAULT", "CHECK", "COLLATE", "REFERENCES", "GENERATED", "CONSTRAINT", "NULL", "AS",
  ]

  private mutating func addColumn(_ part: [Word]) {
    guard let name = part.first else { return }
    let rest = part.dropFirst().filter { $0.depth == 1 }
    let type = rest.prefix { !($0.keyword.map(Self.typeEnds.contains) ?? false) }
    let said = rest.compactMap(\.keyword)
    if zip(said, said.dropFirst()).contains(where: { $0 == "PRIMARY" && $1 == "KEY" }) { key.append(columns.count) }
    columns.append(
      SQLiteColumn(
        name: name.text, type: type.map { $0.text.uppercased() }.joined(separator: " "),
        isVirtual: said.contains("AS") && !said.contains("STORED")))
  }

  /// `PRIMARY KEY (a, "b" COLLATE c DESC)`, with or without a name before it.
  private mutating func readKey(_ constraint: [Word]) {
    let said = constraint.filter { $0.depth == 1 }.compactMap(\.keyword)
    guard zip(said, said.dropFirst()).contains(where: { $0 == "PRIMARY" && $1 == "KEY" }) else { return }
    for word in constraint where word.isFirstOfItem {
      let name = word.text.lowercased()
      guard let column = columns.firstIndex(where: { $0.name.lowercased() == name }), !key.contains(column) else {
        continue
      }
      key.append(column)
    }
  }

  private struct Word {
    var text: String
    var isQuoted = false
    /// Brackets around it.
    var depth: Int
    /// At depth 2: the first after the bracket or a comma.
    var isFirstOfItem = false
    /// Nil for names in quotes.
    var keyword: String? { isQuoted ? nil : text.uppercased() }
  }

  /// Cuts a statement into words. Deeper than two brackets nothing is kept.
  private struct Words {
    private let sql: [UInt8]
    private var parts: [[Word]] = [[]]
    private var options: [Word] = []
    private var depth = 0
    private var isFirst = false
    private var isOpen = false
    private var word: [UInt8] = []

    init(_ sql: [UInt8]) { self.sql = sql }

    /// The parts between the commas of the outermost brackets, and what follows these.
    mutating func definitions() -> (parts: [[Word]], options: [Word]) {
      var i = 0
      while i < sql.count {
        let c = sql[i]
        switch c {
        case UInt8(ascii: "\""), UInt8(ascii: "`"), UInt8(ascii: "'"), UInt8(ascii: "["):
          end()
          i = quoted(from: i)
        case UInt8(ascii: "("):
          end()
          // What stands before the first bracket is the table's name.
          if depth == 0, !isOpen { options = [] }
          isOpen = true
          depth += 1
          isFirst = true
        case UInt8(ascii: ")"):
          end()
          depth = max(0, depth - 1)
        case UInt8(ascii: ","):
          end()
          if depth == 1 { parts.append([]) }
          isFirst = true
        case UInt8(ascii: "-") where i + 1 < sql.count && sql[i + 1] == c:
          end()
          while i < sql.count, sql[i] != 0x0A { i += 1 }
        case UInt8(ascii: "/") where i + 1 < sql.count && sql[i + 1] == UInt8(ascii: "*"):
          end()
          i += 2
          while i + 1 < sql.count, !(sql[i] == UInt8(ascii: "*") && sql[i + 1] == UInt8(ascii: "/")) { i += 1 }
          i += 1
        case 0x20, 0x09, 0x0A, 0x0C, 0x0D: end()
        default: if depth <= 2 { word.append(c) }
        }
        i += 1
      }
      end()
      return isOpen ? (parts, options) : ([], [])
    }

    private mutating func end() {
      if !word.isEmpty { add(String(decoding: word, as: UTF8.self), isQuoted: false) }
      word.removeAll(keepingCapacity: true)
    }

    private mutating func add(_ text: String, isQuoted: Bool) {
      guard depth <= 2 else { return }
      let word = Word(text: text, isQuoted: isQuoted, depth: depth, isFirstOfItem: depth == 2 && isFirst)
      if depth == 0 { options.append(word) } else { parts[parts.count - 1].append(word) }
      isFirst = false
    }

    /// Takes a name in quotes that begin at `from`; gives where they end.
    private mutating func quoted(from: Int) -> Int {
      let close = sql[from] == UInt8(ascii: "[") ? UInt8(ascii: "]") : sql[from]
      var text: [UInt8] = []
      var i = from + 1
      while i < sql.count {
        if sql[i] == close {
          // A doubled quote stands for itself.
          guard close != UInt8(ascii: "]"), i + 1 < sql.count, sql[i + 1] == close else { break }
          i += 1
        }
        text.append(sql[i])
        i += 1
      }
      add(String(decoding: text, as: UTF8.self), isQuoted: true)
      return i
    }
  }
}
