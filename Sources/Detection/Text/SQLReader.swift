/// Rows of SQL dumps: `INSERT INTO t (a, b) VALUES (…), (…)`, with columns from `CREATE TABLE` where the statement names
/// none, and PostgreSQL's `COPY t (a, b) FROM stdin`.
///
/// Read forward byte by byte. In strings both `''` and a backslash keep the string open, as MySQL, SQLite and PostgreSQL
/// dumps write them.
struct SQLReader {
  static let mostTables = 256
  static let mostColumns = 1024

  /// True for the first characters of a dump, in upper case.
  static func begins(_ upper: String) -> Bool {
    if upper.hasPrefix("-- ") || upper.hasPrefix("--\n") || upper.hasPrefix("--\r") || upper.hasPrefix("/*!") {
      return true
    }
    return [
      "CREATE TABLE", "INSERT INTO", "REPLACE INTO", "DROP TABLE", "BEGIN TRANSACTION", "BEGIN;", "PRAGMA ", "SET ",
      "USE ", "COPY ", "LOCK TABLES", "CREATE DATABASE", "USE [", "CREATE SCHEMA",
    ].contains { upper.hasPrefix($0) }
  }

  private enum Lex { case plain, word, string, quotedName, lineComment, blockComment, copied }
  private enum Step {
    case idle, insert, create, copy, table, columns, values, row, other
  }

  private var lex = Lex.plain
  private var quote: UInt8 = 0
  private var previous: UInt8 = 0
  private var isEscaped = false
  private var sawQuote = false
  private var word = ColumnNames.Hash()
  /// The word as it is written, where it may be the name of a table or a column.
  private var name: [UInt8] = []
  private static let longestName = 64
  private var field = FieldBuffer()
  private var dump = SQLTables()
  private var tableName: [UInt8] = []
  private var isBegun = false
  /// Nothing but blanks stands before in the line; at the word at hand.
  private var isLineStart = true
  private var isFirstWord = false
  /// Characters of the value at hand, and whether they are a null.
  private var size = 0
  private var isNull = false

  private var step = Step.idle
  private var verb = Step.idle
  private var depth = 0
  private var table: UInt64 = 0
  private var roles: [ColumnRole] = []
  private var tables: [UInt64: [ColumnRole]] = [:]
  private var column = 0
  private var expectsName = false
  private var copyStart = false

  private static func hash(_ word: StaticString) -> UInt64 {
    var hash = ColumnNames.Hash()
    for i in 0..<word.utf8CodeUnitCount { hash.add(word.utf8Start[i]) }
    return hash.value
  }
  private static let insert = hash("insert")
  private static let replace = hash("replace")
  private static let create = hash("create")
  private static let copy = hash("copy")
  private static let null = hash("null")
  private static let values = hash("values")
  private static let from = hash("from")
  private static let before: Set<UInt64> = [
    hash("into"), hash("table"), hash("ignore"), hash("if"), hash("not"), hash("exists"), hash("temporary"),
    hash("unlogged"), hash("or"), hash("only"),
  ]
  /// What stands in a column list without being a column.
  private static let constraints: Set<UInt64> = [
    hash("primary"), hash("key"), hash("unique"), hash("constraint"), hash("foreign"), hash("index"), hash("check"),
    hash("fulltext"), hash("spatial"),
  ]

  private var role: ColumnRole { step == .row && column < roles.count ? roles[column] : .none }

  mutating func read(_ bytes: UnsafeBufferPointer<UInt8>, _ map: TextOffsets, into records: inout TextRecords) {
    var i = 0
    while i < bytes.count {
      let c = bytes[i]
      switch lex {
      case .plain: plain(c, map.offset(i), &records)
      case .word:
        if c &- 0x30 < 10 || (c | 0x20) &- 0x61 < 26 || c == 0x5F || c >= 0x80 || isNumberPart(c) {
          spell(c)
          if role != .none { field.append(c) }
        } else {
          lex = .plain
          endName()
          plain(c, map.offset(i), &records)
        }
      case .string: i = string(bytes, i, map, &records)
      case .quotedName:
        if c == quote {
          lex = .plain
          endName()
        } else {
          spell(c)
        }
      case .lineComment:
        if c == 0x0A {
          lex = .plain
          isLineStart = true
        }
      case .blockComment: if c == 0x2F, previous == 0x2A { lex = .plain }
      case .copied: copied(c, map.offset(i), &records)
      }
      previous = c
      i += 1
    }
  }

  mutating func finish(at end: Int, into records: inout TextRecords) {
    records.finish(at: end)
    records.add(dump)
  }

  /// One more letter of a word.
  @inline(__always)
  private mutating func spell(_ c: UInt8) {
    word.add(c)
    if step == .row {
      size &+= 1
    } else if step == .table || step == .columns, name.count < Self.longestName {
      name.append(c)
    }
  }

  /// Times and numbers without quotes.
  private func isNumberPart(_ c: UInt8) -> Bool { step == .row && (c == 0x2E || c == 0x2D || c == 0x3A) }

  private mutating func string(
    _ bytes: UnsafeBufferPointer<UInt8>, _ from: Int, _ map: TextOffsets, _ records: inout TextRecords
  ) -> Int {
    let c = bytes[from]
    if sawQuote {
      sawQuote = false
      guard c == 0x27 else {
        lex = .plain
        plain(c, map.offset(from), &records)
        return from
      }
      size &+= 1
      field.append(c)
    } else if isEscaped {
      isEscaped = false
      size &+= 1
      field.append(c)
    } else if c == 0x27 {
      sawQuote = true
    } else if c == 0x5C {
      isEscaped = true
    } else if role != .none {
      size &+= 1
      field.append(c)
    } else {
      var i = from
      while i + 1 < bytes.count, bytes[i + 1] != 0x27, bytes[i + 1] != 0x5C { i += 1 }
      size += i - from + 1
      return i
    }
    return from
  }

  private mutating func plain(_ c: UInt8, _ offset: Int, _ records: inout TextRecords) {
    if c > 0x20 {
      isFirstWord = isLineStart
      isLineStart = false
    }
    switch c {
    case 0x27:
      field.clear()
      lex = .string
      sawQuote = false
      isEscaped = false
    case 0x22, 0x60, 0x5B:
      guard step != .row || c == 0x22 else { return }
      quote = c == 0x5B ? 0x5D : c
      word = ColumnNames.Hash()
      name.removeAll(keepingCapacity: true)
      lex = .quotedName
    case 0x28: opened(offset, &records)
    case 0x29: closed(offset, &records)
    case 0x2C:
      if step == .row, depth == 1 { endValue(&records) }
      if step == .columns, depth == 1 { expectsName = true }
    case 0x3B: ended(&records, offset)
    case 0x0A:
      isLineStart = true
      if copyStart {
        copyStart = false
        lex = .copied
        step = .row
        column = 0
        size = 0
        field.clear()
      }
    case 0x2D where previous == 0x2D && step != .row: lex = .lineComment
    case 0x2A where previous == 0x2F && step != .row: lex = .blockComment
    default:
      guard c > 0x20,
        c &- 0x30 < 10 || (c | 0x20) &- 0x61 < 26 || c == 0x5F || c >= 0x80 || c == 0x2E || (c == 0x2D && step == .row)
      else { return }
      word = ColumnNames.Hash()
      name.removeAll(keepingCapacity: true)
      spell(c)
      field.clear()
      if role != .none { field.append(c) }
      lex = .word
    }
  }

  private mutating func endName() {
    switch step {
    case .idle: if !beginStatement() { step = .other }
    // SQL Server ends no statement by a sign: the next one begins a line.
    case .values, .other: if depth == 0, isFirstWord { _ = beginStatement() }
    case .table:
      if Self.before.contains(word.value) { return }
      // `CREATE INDEX`, `CREATE VIEW` and others name no columns with types; they do no harm.
      if word.value == Self.values {
        step = .values
        roles = tables[table] ?? []
        beginTable()
        return
      }
      if verb == .copy, word.value == Self.from {
        copyStart = true
        beginTable()
        return
      }
      // Of `schema.table` the last part stays.
      if !copyStart {
        table = word.value
        tableName = name
      }
    case .columns:
      guard depth == 1, expectsName else { return }
      expectsName = false
      if verb == .create, Self.constraints.contains(word.value) { return }
      if roles.count < Self.mostColumns {
        roles.append(ColumnNames.role(word))
        dump.column(word.value, name)
      }
    case .row: isNull = word.value == Self.null && size == 4
    default: break
    }
  }

  /// Once a statement: its name is known when something follows it.
  private mutating func beginTable() {
    guard !isBegun else { return }
    isBegun = true
    dump.begin(table, tableName)
  }

  /// False for a statement that says nothing of rows.
  private mutating func beginStatement() -> Bool {
    switch word.value {
    case Self.insert, Self.replace: verb = .insert
    case Self.create: verb = .create
    case Self.copy: verb = .copy
    default: return false
    }
    step = .table
    isBegun = false
    return true
  }

  private mutating func opened(_ offset: Int, _ records: inout TextRecords) {
    depth += 1
    guard depth == 1 else { return }
    switch step {
    case .table:
      step = .columns
      beginTable()
      roles = []
      expectsName = true
    case .values:
      step = .row
      column = 0
      size = 0
      field.clear()
      dump.openRow(at: offset)
      records.open(.none, at: offset)
    default: break
    }
  }

  private mutating func closed(_ offset: Int, _ records: inout TextRecords) {
    guard depth > 0 else { return }
    depth -= 1
    guard depth == 0 else { return }
    switch step {
    case .columns:
      if verb == .create {
        if tables.count < Self.mostTables { tables[table] = roles }
        step = .other
      } else {
        // The list of this statement stands for the table while it lasts.
        tables[table] = tables.count < Self.mostTables || tables[table] != nil ? roles : nil
        step = .table
      }
    case .row:
      endValue(&records)
      dump.closeRow(at: offset + 1)
      records.close(at: offset + 1)
      step = .values
    default: break
    }
  }

  private mutating func endValue(_ records: inout TextRecords) {
    if role != .none { field.deliver(as: role, to: &records) }
    field.clear()
    dump.value(column, size: isNull ? 0 : size)
    (size, isNull) = (0, false)
    column += 1
  }

  private mutating func ended(_ records: inout TextRecords, _ offset: Int) {
    if step == .row { records.finish(at: offset) }
    if copyStart {
      roles = tables[table] ?? []
      if !roles.contains(where: \.isWorthRows) { roles = [] }
      return
    }
    step = .idle
    verb = .idle
    depth = 0
  }

  // MARK: COPY

  private mutating func copied(_ c: UInt8, _ offset: Int, _ records: inout TextRecords) {
    switch c {
    case 0x09:
      if column == 0 {
        records.open(.none, at: offset)
        dump.openRow(at: offset - size)
      }
      endValue(&records)
    case 0x0A:
      if column > 0 {
        endValue(&records)
        records.close(at: offset)
        dump.closeRow(at: offset)
      } else if field.count == 2, field.isEndOfCopy {
        lex = .plain
        step = .idle
        verb = .idle
        depth = 0
      }
      column = 0
      size = 0
      field.clear()
    case 0x0D: break
    default:
      // `\\N`
      isNull = size == 0 ? c == 0x5C : size == 1 && isNull && c == 0x4E
      size &+= 1
      if role != .none || column == 0 { field.append(c) }
    }
  }
}
