/// Tables of a dump and how many of their values are long enough to mean something: names and numbers, never a value.
///
/// All columns are counted, since which of them speak of people is known when all tables are.
struct SQLTables: Sendable {
  struct Column: Sendable {
    var name: String
    /// Without case, underscores and quotes.
    fileprivate var hash: UInt64
    /// Values that are not null.
    var filled = 0
    /// Those of `DatabaseReading.leastTemplate` characters and more.
    var long = 0
  }

  struct Table: Sendable {
    var name: String
    var columns: [Column] = []
    /// The bytes from the first row to the last.
    var extent = TextTally.Extent()
  }

  private static let mostTables = 1024
  /// Of all tables together.
  private static let mostColumns = 16_384

  private(set) var tables: [Table] = []
  private var places: [UInt64: Int] = [:]
  private var columns = 0
  /// The table of the statement at hand.
  private var current: Int?
  /// Which of its columns the values of a row are, in order.
  private var order: [Int] = []
  private var isListed = false
  private var rowStart = 0

  init() {}

  /// A statement about this table begins.
  mutating func begin(_ hash: UInt64, _ name: [UInt8]) {
    isListed = false
    order.removeAll(keepingCapacity: true)
    if let known = places[hash] {
      current = known
    } else if tables.count < Self.mostTables {
      current = tables.count
      places[hash] = tables.count
      // Of `schema.table` the dot may stand before the name.
      tables.append(Table(name: String(decoding: name.drop { $0 == 0x2E }, as: UTF8.self)))
    } else {
      current = nil
    }
  }

  /// The next name in the statement's list of columns.
  mutating func column(_ hash: UInt64, _ name: [UInt8]) {
    guard let current else { return }
    isListed = true
    // Mostly the list is that of the table.
    if order.count < tables[current].columns.count, tables[current].columns[order.count].hash == hash {
      return order.append(order.count)
    }
    if let known = tables[current].columns.firstIndex(where: { $0.hash == hash }) { return order.append(known) }
    guard columns < Self.mostColumns else { return order.append(-1) }
    columns += 1
    order.append(tables[current].columns.count)
    tables[current].columns.append(Column(name: String(decoding: name, as: UTF8.self), hash: hash))
  }

  mutating func openRow(at offset: Int) { rowStart = offset }
  mutating func closeRow(at offset: Int) { if let current { tables[current].extent.add(rowStart, offset) } }

  /// A value of the row at hand.
  ///
  /// - Parameters:
  ///   - position: from 0.
  ///   - size: in characters as it is written; 0 for null.
  @inline(__always)
  mutating func value(_ position: Int, size: Int) {
    guard size > 0, let current else { return }
    let column = isListed ? (position < order.count ? order[position] : -1) : position
    guard column >= 0, column < tables[current].columns.count else { return }
    tables[current].columns[column].filled += 1
    if size >= DatabaseReading.leastTemplate { tables[current].columns[column].long += 1 }
  }
}
