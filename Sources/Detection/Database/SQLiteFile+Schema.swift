internal import CustodyCore

extension SQLiteFile {
  /// Tables of the schema (section 2.6), without SQLite's own.
  func tables(_ walk: inout SQLiteWalk) -> [Table] {
    var tables: [Table] = []
    rows(root: 1, &walk) { row, _ in
      guard row.fields.count >= 5, case .text(let kind) = row.value(0), case .text(let name) = row.value(1),
        case .integer(let root) = row.value(3), case .text(let sql) = row.value(4), text(kind) == "table"
      else { return true }
      let shown = text(name)
      guard !shown.hasPrefix("sqlite_"), let page = Int(exactly: root), page > 0 else { return true }
      tables.append(Table(name: shown, columns: SQLiteDefinition(text(sql)).stored, rootPage: page))
      return tables.count < Self.tableLimit
    }
    if tables.count >= Self.tableLimit { walk.trouble.isExhausted = true }
    return tables
  }
}
