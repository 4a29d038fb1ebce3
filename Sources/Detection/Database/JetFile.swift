internal import CustodyCore

/// An Access database in memory, read page by page.
///
/// Written here because the bytes are hostile and the process that reads them has no library that parses them: every
/// number is checked against what is there, every page is visited once, and no piece of a long value belongs to two
/// rows. What is wrong ends the row it is in and is counted, nothing more.
///
/// Pages say themselves which table they belong to, so that the maps of used pages are not needed.
struct JetFile: ~Escapable {
  let bytes: RawSpan
  let layout: JetLayout
  /// Whole pages that are here; the last may be missing when the window ends before the file.
  let pageCount: Int

  static let columnLimit = 1024
  static let tableLimit = 20_000
  /// Pages of one table definition.
  private static let definitionLimit = 64
  /// The table that lists all objects.
  static let catalogPage = 2

  /// A table's definition.
  struct Table: Sendable {
    var page: Int
    /// In the order of the definition.
    var columns: [JetColumn] = []
    /// Rows of such a table end with a table of offsets.
    var hasVariable = false
  }

  /// A line of `MSysObjects` that names a local table.
  struct Listed: Sendable {
    var name: String
    var page: Int
  }

  @_lifetime(copy bytes)
  init?(_ bytes: RawSpan, layout: JetLayout) {
    guard bytes.byteCount >= 3 * layout.pageSize else { return nil }
    self.bytes = bytes
    self.layout = layout
    pageCount = bytes.byteCount / layout.pageSize
  }

  func offset(ofPage page: Int) -> Int? {
    page > 0 && page < pageCount ? page * layout.pageSize : nil
  }

  /// Data pages by the table they name.
  func dataPages() -> [Int: [Int]] {
    var pages: [Int: [Int]] = [:]
    for page in 1..<pageCount {
      let start = page * layout.pageSize
      guard bytes.u8(start) == 1, let owner = bytes.u32le(start + 4), owner < pageCount else { continue }
      pages[owner, default: []].append(page)
    }
    return pages
  }

  /// The definition that begins on a page; nil when there is none.
  func table(_ page: Int, _ walk: inout JetWalk) -> Table? {
    var definition: [UInt8] = []
    var next = page
    for i in 0..<Self.definitionLimit {
      guard let start = offset(ofPage: next), bytes.u8(start) == 2, walk.claim(definition: next),
        walk.spend(layout.pageSize)
      else { return nil }
      definition += bytes.bytes((start + (i == 0 ? 0 : 8))..<(start + layout.pageSize))
      next = bytes.u32le(start + 4) ?? 0
      if next == 0 { break }
    }
    return parse(definition, page: page)
  }

  private func parse(_ definition: [UInt8], page: Int) -> Table? {
    let raw = definition.span.bytes
    guard let count = raw.u16le(layout.columnCount), count <= Self.columnLimit,
      let indexes = raw.u32le(layout.indexCount), indexes <= Self.columnLimit,
      let variable = raw.u16le(layout.variableColumns)
    else { return nil }
    var table = Table(page: page, hasVariable: variable > 0)
    var at = layout.columns + indexes * layout.indexEntry
    for _ in 0..<count {
      guard let type = raw.u8(at), let number = raw.u16le(at + layout.number),
        let variableIndex = raw.u16le(at + layout.variableIndex), let flags = raw.u8(at + layout.flags),
        let fixed = raw.u16le(at + layout.fixedOffset), let size = raw.u16le(at + layout.size)
      else { return nil }
      table.columns.append(
        JetColumn(
          name: "", type: type, number: number, isFixed: flags & 1 != 0, variableIndex: variableIndex,
          fixedOffset: fixed, size: size))
      at += layout.columnEntry
    }
    for i in table.columns.indices {
      guard let length = layout.isWide ? raw.u16le(at) : raw.u8(at).map(Int.init) else { return nil }
      at += layout.isWide ? 2 : 1
      guard at + length <= raw.byteCount else { return nil }
      table.columns[i].name = JetText.string(raw.bytes(at..<(at + length)), isWide: layout.isWide)
      at += length
    }
    return table
  }

  /// Local tables of the catalogue, its own among them.
  func listed(_ pages: [Int: [Int]], _ walk: inout JetWalk) -> [Listed] {
    guard let catalog = table(Self.catalogPage, &walk), let id = catalog.position("Id"),
      let name = catalog.position("Name"), let type = catalog.position("Type")
    else {
      walk.trouble.pages += 1
      return []
    }
    var listed: [Listed] = []
    for page in pages[Self.catalogPage] ?? [] {
      for row in rows(page, catalog, &walk) {
        guard integer(row, catalog, type) == 1, let place = integer(row, catalog, id) else { continue }
        guard listed.count < Self.tableLimit else {
          walk.trouble.isExhausted = true
          return listed
        }
        let text = row.fields[name].map { JetText.string(bytes.bytes($0), isWide: layout.isWide) } ?? ""
        listed.append(Listed(name: text, page: place & 0xFF_FFFF))
      }
    }
    return listed
  }
}

extension JetFile.Table {
  /// Position of a column by its name.
  func position(_ name: String) -> Int? { columns.firstIndex { $0.name.lowercased() == name.lowercased() } }
}

struct JetColumn: Sendable {
  var name: String
  var type: UInt8
  /// Counted with deleted columns: its bit in a row's mask.
  var number: Int
  var isFixed: Bool
  var variableIndex: Int
  var fixedOffset: Int
  var size: Int

  /// Texts and bytes that may stand outside the row.
  var isLong: Bool { type == 0x0B || type == 0x0C }
  var isText: Bool { type == 0x0A || type == 0x0C }
}

/// What reading one file has visited and spent: no page is read twice, and no byte belongs to two rows.
struct JetWalk {
  var trouble = DatabaseTrouble()
  /// Steps left: a byte of a row or of a long value, and a value that is wanted, takes one.
  private(set) var budget: Int
  private var definitions: Set<Int> = []
  private var pieces: Set<Int> = []

  init(_ file: borrowing JetFile) {
    // Of a sound file no byte is spent more than once as one of a row, of a long value, and as eight bits of a mask.
    budget = 12 * file.bytes.byteCount + 65_536
  }

  /// False when the budget does not allow it.
  mutating func spend(_ steps: Int) -> Bool {
    guard steps <= budget else {
      trouble.isExhausted = true
      budget = 0
      return false
    }
    budget -= steps
    return true
  }

  mutating func claim(definition page: Int) -> Bool { definitions.insert(page).inserted }

  /// - Parameter pointer: page and row of a piece of a long value or of a row that moved.
  mutating func claim(pointer: Int) -> Bool { pieces.insert(pointer).inserted }
}
