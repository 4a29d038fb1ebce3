/// Lays out the pages of an Access database: header, maps of used pages, definitions, rows and long values.
struct JetBuilder {
  private let layout: JetLayout
  private var pages: [[UInt8]] = [[], [], []]
  /// Pages that each table uses, in the order in which tables were added.
  private var used: [[Int]] = []
  private var size: Int { layout.pageSize }

  init(_ layout: JetLayout) { self.layout = layout }

  static func le(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  mutating func reserve(_ count: Int) {
    while pages.count < count { pages.append([]) }
  }

  func definitionPages(_ columns: [JetExample.Column]) -> Int {
    1 + (max(0, definition(columns, rows: 0, map: 0).count - size) + size - 9) / (size - 8)
  }

  // MARK: Tables

  mutating func add(_ table: JetExample.Table, at page: Int) {
    let map = used.count
    used.append([])
    let definition = definition(table.columns, rows: table.rows.count, map: map)
    var rest = definition[...]
    var place = page
    while !rest.isEmpty || place == page {
      let isFirst = place == page
      let part = rest.prefix(isFirst ? size : size - 8)
      rest = rest.dropFirst(part.count)
      var bytes = isFirst ? Array(part) : [2, 1, 0, 0, 0, 0, 0, 0] + part
      bytes.replaceSubrange(4..<8, with: Self.le(rest.isEmpty ? 0 : place + 1, 4))
      pages[place] = bytes + [UInt8](repeating: 0, count: size - bytes.count)
      place += 1
    }
    var held: [[UInt8]] = []
    for row in table.rows {
      let bytes = self.row(row, table.columns)
      if room(held) < bytes.count + 2 {
        flush(held, owner: page, map)
        held = []
      }
      held.append(bytes)
    }
    if !held.isEmpty { flush(held, owner: page, map) }
  }

  private func room(_ rows: [[UInt8]]) -> Int {
    size - layout.rowCount - 2 - rows.reduce(0) { $0 + $1.count + 2 } - (rows.count >= 255 ? size : 0)
  }

  private mutating func flush(_ rows: [[UInt8]], owner: Int, _ map: Int) {
    used[map].append(pages.count)
    pages.append(page(rows, owner: Self.le(owner, 4)))
  }

  private func page(_ rows: [[UInt8]], owner: [UInt8]) -> [UInt8] {
    var page = [UInt8](repeating: 0, count: size)
    page.replaceSubrange(0..<4, with: [1, 1] + Self.le(max(0, room(rows)), 2))
    page.replaceSubrange(4..<8, with: owner)
    page.replaceSubrange(layout.rowCount..<(layout.rowCount + 2), with: Self.le(rows.count, 2))
    var end = size
    for (i, row) in rows.enumerated() {
      end -= row.count
      page.replaceSubrange(end..<(end + row.count), with: row)
      let at = layout.rowCount + 2 + 2 * i
      page.replaceSubrange(at..<(at + 2), with: Self.le(end, 2))
    }
    return page
  }

  private func definition(_ columns: [JetExample.Column], rows: Int, map: Int) -> [UInt8] {
    var out = [UInt8](repeating: 0, count: layout.columns)
    func put(_ value: Int, _ count: Int, _ at: Int) {
      out.replaceSubrange(at..<(at + count), with: Self.le(value, count))
    }
    put(0x0102, 2, 0)
    put(rows, 4, layout.isWide ? 16 : 12)
    put(0x4E, 1, layout.variableColumns - 3)
    put(columns.count, 2, layout.variableColumns - 2)
    put(columns.count { !$0.isFixed }, 2, layout.variableColumns)
    put(columns.count, 2, layout.columnCount)
    let maps = layout.indexCount + 4
    put(1 << 8 | map, 4, maps)
    put(1 << 8 | map, 4, maps + 4)
    var (fixed, variable) = (0, 0)
    for (i, column) in columns.enumerated() {
      var entry = [UInt8](repeating: 0, count: layout.columnEntry)
      func set(_ value: Int, _ count: Int, _ at: Int) {
        entry.replaceSubrange(at..<(at + count), with: Self.le(value, count))
      }
      set(Int(column.type), 1, 0)
      set(i, 2, layout.number)
      set(i, 2, layout.variableIndex + 2)
      set(column.isFixed ? 3 : 2, 1, layout.flags)
      if column.isFixed { set(fixed, 2, layout.fixedOffset) } else { set(variable, 2, layout.variableIndex) }
      set(column.size ?? (column.type == 0x0A ? 510 : 0), 2, layout.size)
      fixed += column.size ?? 0
      variable += column.isFixed ? 0 : 1
      out += entry
    }
    for column in columns {
      let name = layout.isWide ? column.name.utf16.flatMap { Self.le(Int($0), 2) } : Array(column.name.utf8)
      out += Self.le(name.count, layout.isWide ? 2 : 1) + name
    }
    out += [0xFF, 0xFF]
    put(out.count, 4, 8)
    return out
  }

  // MARK: Rows

  private mutating func row(_ values: [JetExample.Value], _ columns: [JetExample.Column]) -> [UInt8] {
    let width = layout.rowNumber
    var out = Self.le(columns.count, width)
    var mask = [UInt8](repeating: 0, count: (columns.count + 7) / 8)
    var variable: [UInt8] = []
    var offsets: [Int] = []
    let fixedSize = columns.reduce(0) { $0 + ($1.size ?? 0) }
    for (i, column) in columns.enumerated() {
      let value = i < values.count ? values[i] : .null
      if case .null = value {} else { mask[i / 8] |= 1 << UInt8(i % 8) }
      if let size = column.size {
        switch value {
        case .integer(let number): out += Self.le(number, size)
        case .real(let number): out += Self.le(Int(truncatingIfNeeded: number.bitPattern), size)
        default: out += [UInt8](repeating: 0, count: size)
        }
        continue
      }
      offsets.append(width + fixedSize + variable.count)
      switch value {
      case .text(let text): variable += column.type == 0x0C ? long(encoded(text)) : encoded(text)
      case .bytes(let bytes): variable += column.type == 0x0B ? long(bytes) : bytes
      default: break
      }
    }
    offsets.append(width + fixedSize + variable.count)
    out += variable
    guard offsets.count > 1 else { return out + mask }
    for offset in offsets.reversed() { out += Self.le(offset, width) }
    if !layout.isWide { out += jumps(offsets, size: out.count + 1 + mask.count) }
    return out + Self.le(offsets.count - 1, width) + mask
  }

  /// Offsets of one byte: which is the first at 256 and more, at 512 and more, in reverse; 0xFF where none is.
  private func jumps(_ offsets: [Int], size: Int) -> [UInt8] {
    var count = 0
    while (size + count - 1) / 256 > count { count += 1 }
    return (0..<count).reversed().map { jump in
      UInt8(truncatingIfNeeded: offsets.firstIndex { $0 >= 256 * (jump + 1) } ?? 0xFF)
    }
  }

  /// Latin letters are compressed where Access would.
  private func encoded(_ text: String) -> [UInt8] {
    guard layout.isWide else { return Array(text.utf8) }
    let isPlain = text.utf8.allSatisfy { $0 > 0 && $0 < 0x80 } && text.utf8.count > 2 && text.utf8.count <= 1024
    return isPlain ? [0xFF, 0xFE] + Array(text.utf8) : text.utf16.flatMap { Self.le(Int($0), 2) }
  }

  /// The header of a long value, and the value where it has room: in the row, on a page, on several.
  private mutating func long(_ bytes: [UInt8]) -> [UInt8] {
    let lval = Array("LVAL".utf8)
    let most = size - layout.rowCount - 4
    if bytes.count <= 64 { return Self.le(bytes.count | 0x8000_0000, 4) + [UInt8](repeating: 0, count: 8) + bytes }
    if bytes.count <= most {
      pages.append(page([bytes], owner: lval))
      return Self.le(bytes.count | 0x4000_0000, 4) + Self.le((pages.count - 1) << 8, 4) + [0, 0, 0, 0]
    }
    let first = pages.count
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = rest.prefix(most - 4)
      rest = rest.dropFirst(part.count)
      let next = rest.isEmpty ? 0 : (pages.count + 1) << 8
      pages.append(page([Self.le(next, 4) + part], owner: lval))
    }
    return Self.le(bytes.count, 4) + Self.le(first << 8, 4) + [0, 0, 0, 0]
  }

  // MARK: File

  func file(key: UInt32, isACE: Bool) -> [UInt8] {
    var pages = pages
    var maps: [[UInt8]] = []
    for table in used {
      var map = [UInt8](repeating: 0, count: 5 + (layout.isWide ? 64 : 128))
      for page in table where 5 + page / 8 < map.count { map[5 + page / 8] |= 1 << UInt8(page % 8) }
      maps.append(map)
    }
    pages[1] = page(maps, owner: [0, 0, 0, 0])
    pages[0] = header(key: key, isACE: isACE)
    if key != 0 {
      for i in 1..<pages.count {
        let pageKey = Int(key ^ UInt32(truncatingIfNeeded: i))
        RC4.apply(Self.le(pageKey, 4), to: &pages[i], 0..<size)
      }
    }
    return pages.flatMap { $0 }
  }

  private func header(key: UInt32, isACE: Bool) -> [UInt8] {
    var page = [UInt8](repeating: 0, count: size)
    let name = Array((isACE ? "Standard ACE DB" : "Standard Jet DB").utf8)
    page.replaceSubrange(0..<4, with: [0, 1, 0, 0])
    page.replaceSubrange(4..<(4 + name.count), with: name)
    page[0x14] = layout.isWide ? (isACE ? 2 : 1) : 0
    page.replaceSubrange(0x3C..<0x3E, with: Self.le(1252, 2))
    page.replaceSubrange(0x3E..<0x42, with: Self.le(Int(key), 4))
    let masked = JetHeader.maskStart..<(JetHeader.maskStart + layout.maskedHeader)
    RC4.apply(JetHeader.mask, to: &page, masked)
    return page
  }
}
