internal import CustodyCore

/// What the tables of one database say, gathered table by table: the same for every kind of database.
struct DatabaseReading {
  /// A table as far as meaning goes.
  struct TableNames {
    var name: String
    var columns: [String]
  }

  private let systems: [FaceDatabase]
  /// Rows with a value, by plain table and column.
  private var filled: [String: Int] = [:]
  private let tables: [TableNames]

  /// Shorter values are no vectors and no templates, whatever their column is called: `grid`, `utf-8`.
  static let leastTemplate = 16

  init(_ tables: [TableNames]) {
    self.tables = tables
    var columns: [String: Set<String>] = [:]
    for table in tables {
      columns[table.name.lowercased(), default: []].formUnion(table.columns.map { $0.lowercased() })
    }
    systems = FaceDatabase.all.filter { $0.isThere(columns) }
  }

  /// Positions of columns of a table whose values are worth counting; empty when none is.
  func columns(of table: TableNames) -> [Int] {
    let name = table.name.lowercased()
    let isGallery = FaceDatabase.galleries.contains(FaceDatabase.plain(name))
    return table.columns.indices.filter { i in
      let column = table.columns[i].lowercased()
      if isEvidence(name, column) { return true }
      let plain = FaceDatabase.plain(column)
      return FaceDatabase.plainColumns.contains(plain) || (isGallery && FaceDatabase.templateColumns.contains(plain))
    }
  }

  /// - Parameter size: bytes of the value; 0 for null.
  mutating func note(_ table: TableNames, column: Int, size: Int) {
    guard size > 0 else { return }
    // What a known product keeps in its own columns counts whatever its size; a name alone needs something behind it.
    let isKnown = isEvidence(table.name.lowercased(), table.columns[column].lowercased())
    guard isKnown || size >= Self.leastTemplate else { return }
    filled[key(table.name, table.columns[column]), default: 0] += 1
  }

  /// Counts of a column that were taken together.
  ///
  /// - Parameters:
  ///   - filled: rows with a value.
  ///   - long: those of `leastTemplate` and more.
  mutating func add(_ table: TableNames, column: Int, filled: Int, long: Int) {
    let isKnown = isEvidence(table.name.lowercased(), table.columns[column].lowercased())
    self.filled[key(table.name, table.columns[column]), default: 0] += isKnown ? filled : long
  }

  private func isEvidence(_ table: String, _ column: String) -> Bool {
    systems.contains { $0.evidence.contains { $0.table == table && $0.column == column } }
  }

  private func key(_ table: String, _ column: String) -> String { table.lowercased() + "\u{0}" + column.lowercased() }

  struct Finding {
    var strength: Strength
    /// Rows with a value in the column that tells most.
    var rows: Int
    /// `digikam`, `photoprism` … or `gallery`
    var system: String
  }

  /// The strongest thing that can be said; nil when nothing speaks of people.
  func finding() -> Finding? {
    for system in systems {
      let rows = system.evidence.compactMap { filled[$0.table + "\u{0}" + $0.column] }.max() ?? 0
      if rows > 0 { return Finding(strength: .proof, rows: rows, system: system.system) }
    }
    var best: Finding?
    var hasSchema = !systems.isEmpty
    for table in tables {
      for i in columns(of: table) {
        hasSchema = true
        let rows = filled[key(table.name, table.columns[i])] ?? 0
        if rows > best?.rows ?? 0 { best = Finding(strength: .strong, rows: rows, system: "gallery") }
      }
    }
    if let best { return best }
    // An empty schema is a capability, not a store.
    return hasSchema ? Finding(strength: .weak, rows: 0, system: systems.first?.system ?? "gallery") : nil
  }
}
