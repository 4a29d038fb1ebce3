internal import CustodyCore

extension SQLiteFile {
  /// Tables of the schema (section 2.6), without SQLite's own.
  func tables(_ trouble: inout SQLiteTrouble) -> [Table] {
    var tables: [Table] = []
    rows(root: 1, trouble: &trouble) { row in
      let values = row.values
      guard values.count >= 5, case .text(let kind) = values[0], case .text(let name) = values[1],
        case .integer(let root) = values[3], case .text(let sql) = values[4], text(kind) == "table"
      else { return true }
      let shown = text(name)
      guard !shown.hasPrefix("sqlite_"), let page = Int(exactly: root), page > 0 else { return true }
      let (columns, rowId) = SQLiteColumn.list(text(sql))
      tables.append(Table(name: shown, columns: columns, rootPage: page, rowIdColumn: rowId))
      return tables.count < Self.tableLimit
    }
    return tables
  }
}

extension SQLiteColumn {
  private static let constraints: Set<String> = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"]

  /// Columns of a CREATE TABLE statement, and which of them stands for the row id.
  ///
  /// Reads names and declared types only; whatever else stands there is passed over by counting brackets and quotes.
  static func list(_ sql: String) -> (columns: [SQLiteColumn], rowId: Int?) {
    var columns: [SQLiteColumn] = []
    var rowId: Int?
    for part in definitions(Array(sql.unicodeScalars.prefix(1 << 20))) {
      let words = part.filter { !$0.isEmpty }
      guard let first = words.first, columns.count < SQLiteFile.columnLimit else { continue }
      if !first.isQuoted, constraints.contains(first.text.uppercased()) { continue }
      let rest = words.dropFirst().map { $0.text.uppercased() }
      let type = rest.prefix {
        ![
          "PRIMARY", "NOT", "UNIQUE", "DEFAULT", "CHECK", "COLLATE", "REFERENCES", "GENERATED", "CONSTRAINT", "NULL",
          "AS",
        ].contains($0)
      }
      if type.first == "INTEGER", type.count == 1, rest.dropFirst().starts(with: ["PRIMARY", "KEY"]) {
        rowId = columns.count
      }
      columns.append(SQLiteColumn(name: first.text, type: type.joined(separator: " ")))
    }
    return (columns, rowId)
  }

  private struct Word {
    var text: String
    var isQuoted = false
    var isEmpty: Bool { text.isEmpty && !isQuoted }
  }

  /// The parts between the commas of the outermost brackets, as words.
  private static func definitions(_ sql: [Unicode.Scalar]) -> [[Word]] {
    guard let open = sql.firstIndex(of: "(") else { return [] }
    var parts: [[Word]] = [[]]
    var word = Word(text: "")
    var depth = 1
    var i = open + 1
    func end() {
      if !word.isEmpty { parts[parts.count - 1].append(word) }
      word = Word(text: "")
    }
    while i < sql.count, depth > 0 {
      let c = sql[i]
      switch c {
      case "\"", "`", "'", "[":
        end()
        let close: Unicode.Scalar = c == "[" ? "]" : c
        var text = String.UnicodeScalarView()
        i += 1
        while i < sql.count {
          if sql[i] == close {
            // A doubled quote stands for itself.
            guard close != "]", i + 1 < sql.count, sql[i + 1] == close else { break }
            i += 1
          }
          text.append(sql[i])
          i += 1
        }
        if depth == 1 { parts[parts.count - 1].append(Word(text: String(text), isQuoted: true)) }
      case "(":
        end()
        depth += 1
      case ")":
        if depth == 1 { end() } else { word = Word(text: "") }
        depth -= 1
      case "," where depth == 1:
        end()
        parts.append([])
      case "-" where i + 1 < sql.count && sql[i + 1] == "-":
        while i < sql.count, sql[i] != "\n" { i += 1 }
      case "/" where i + 1 < sql.count && sql[i + 1] == "*":
        i += 2
        while i + 1 < sql.count, !(sql[i] == "*" && sql[i + 1] == "/") { i += 1 }
        i += 1
      case " ", "\t", "\n", "\r": end()
      default: if depth == 1 { word.text.unicodeScalars.append(c) }
      }
      i += 1
    }
    return parts
  }
}
