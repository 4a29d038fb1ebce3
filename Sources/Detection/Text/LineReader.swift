internal import CScan

/// Tables with a header line (RFC 4180 and its relatives with tabs, semicolons and bars), and lines of `name=value` as
/// logs have them.
///
/// The header is the first line that names a number of persons, or a plate with another column of interest; titles may stand before it. An empty line ends a table. Every row is read.
struct LineReader {
  /// A header may be this long and no longer.
  static let longestHeader = 256 << 10
  static let mostColumns = 16_384
  /// Longest line that is searched for `name=value`.
  private static let longestEntry = 8 << 10
  /// A quoted field may hold this much before its quote counts as a slip of the writer's.
  private static let longestQuoted = 4 << 10
  /// Lines that may stand before a header.
  private static let titles = 64

  private var line: [UInt8] = []
  private var lineStart = 0
  private var lineIsCut = false
  private var linesSeen = 0

  /// Roles of the columns; empty while no header was met.
  private var columns: [ColumnRole] = []
  private var separator: UInt8 = 0
  private var column = 0
  private var field = FieldBuffer()
  private var rowStart = 0
  private var rowIsOpen = false
  private var isFieldStart = true
  private var isQuoted = false
  private var quotedLength = 0
  private var sawQuote = false
  private var names = NameColumns()

  mutating func read(_ bytes: UnsafeBufferPointer<UInt8>, _ map: TextOffsets, into records: inout TextRecords) {
    var i = 0
    while i < bytes.count {
      i = columns.isEmpty ? search(bytes, i, map, &records) : row(bytes, i, map, &records)
    }
  }

  mutating func finish(at end: Int, into records: inout TextRecords) {
    if !columns.isEmpty {
      endRow(end, &records)
    } else if !line.isEmpty {
      endHeldLine(end, &records)
    }
    records.finish(at: end)
  }

  // MARK: Before a header

  private mutating func search(
    _ bytes: UnsafeBufferPointer<UInt8>, _ from: Int, _ map: TextOffsets, _ records: inout TextRecords
  ) -> Int {
    if line.isEmpty, !lineIsCut { lineStart = map.offset(from) }
    let facts = cscan_next_line(bytes.baseAddress, from, bytes.count)
    let i = facts.end
    let most = linesSeen < Self.titles || names.isListed ? Self.longestHeader : Self.longestEntry
    if i < bytes.count, line.isEmpty, !lineIsCut {
      // Nearly every line lies in one block: no copy.
      if i - from <= most {
        endLine(
          UnsafeBufferPointer(rebasing: bytes[from..<i]), facts.has_zero != 0, facts.sign - from, map.offset(i),
          &records)
      }
      return i + 1
    }
    if line.count + (i - from) > most { lineIsCut = true }
    if !lineIsCut { line.append(contentsOf: bytes[from..<i]) } else { line.removeAll(keepingCapacity: true) }
    guard i < bytes.count else { return i }
    endHeldLine(map.offset(i), &records)
    return i + 1
  }

  /// A line that came in several blocks.
  private mutating func endHeldLine(_ end: Int, _ records: inout TextRecords) {
    let held = lineIsCut ? [] : line
    line = []
    lineIsCut = false
    held.withUnsafeBufferPointer { line in
      let facts = cscan_next_line(line.baseAddress, 0, line.count)
      endLine(line, facts.has_zero != 0, facts.sign, end, &records)
    }
  }

  /// - Parameter sign: offset of the first `=` or `:` in the line, or its length.
  private mutating func endLine(
    _ line: UnsafeBufferPointer<UInt8>, _ hasZeros: Bool, _ sign: Int, _ end: Int, _ records: inout TextRecords
  ) {
    guard line.count > 3 else { return }
    linesSeen += 1
    if !hasZeros {
      take(line, sign, end, &records)
    } else {
      // Zeros stand for nothing: the sign may be nearer to the beginning than it was.
      line.filter { $0 != 0 }.withUnsafeBufferPointer { take($0, 0, end, &records) }
    }
  }

  private mutating func take(
    _ line: UnsafeBufferPointer<UInt8>, _ sign: Int, _ end: Int, _ records: inout TextRecords
  ) {
    if linesSeen <= Self.titles, takeHeader(line) {
      column = 0
      isFieldStart = true
      rowIsOpen = false
      return
    }
    if linesSeen <= Self.titles { names.lookForList(line) }
    names.takeListed(line, into: &records)
    guard line.count <= Self.longestEntry, sign < line.count else { return }
    PairReader.read(line, from: lineStart, to: end, firstSign: sign, into: &records)
  }

  private mutating func takeHeader(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
    var best: (score: Int, separator: UInt8) = (1, 0)
    for candidate in [0x2C, 0x09, 0x3B, 0x7C] as [UInt8] where line.holds(candidate) {
      guard ColumnNames.subjectEndings.mayStand(in: line, separatedBy: candidate) else { continue }
      var known = 0
      var seen: UInt64 = 0
      var isTelling = false
      Self.roles(line, candidate) { role in
        guard role != .none, !role.isOnlyName else { return }
        known += 1
        seen |= role.bit
        isTelling = isTelling || Self.isTelling(role)
      }
      // A column that can only be a person's number needs no other beside it.
      if isTelling { known += 1 }
      guard known > best.score, seen & ColumnRole.subjects != 0 else { continue }
      best = (known, candidate)
    }
    guard best.score > 1 else { return false }
    // Nearly no line is a header: only for one is anything kept.
    columns = []
    Self.roles(line, best.separator) { columns.append($0) }
    names.begin(&columns)
    separator = best.separator
    return true
  }

  private static func isTelling(_ role: ColumnRole) -> Bool {
    role.bit & ColumnRole.numbers != 0 && role != .document && role != .vagueAlien
  }

  /// The roles of a line's fields, in order.
  @inline(__always)
  private static func roles(_ line: UnsafeBufferPointer<UInt8>, _ separator: UInt8, _ each: (ColumnRole) -> Void) {
    var count = 0
    var hash = ColumnNames.Hash()
    var isQuoted = false
    for c in line {
      if c == 0x22 { isQuoted.toggle() }
      if c == separator, !isQuoted {
        guard count < mostColumns else { return }
        each(ColumnNames.role(hash))
        count += 1
        hash = ColumnNames.Hash()
      } else {
        hash.add(c)
      }
    }
    each(ColumnNames.role(hash))
  }

  // MARK: Rows

  private mutating func row(
    _ bytes: UnsafeBufferPointer<UInt8>, _ from: Int, _ map: TextOffsets, _ records: inout TextRecords
  ) -> Int {
    var i = from
    while i < bytes.count {
      let role = column < columns.count ? columns[column] : .none
      if !isQuoted, !isFieldStart, role == .none {
        while i < bytes.count, bytes[i] != separator, bytes[i] != 0x0A, bytes[i] != 0x0D { i += 1 }
        if i == bytes.count { return i }
      }
      let c = bytes[i]
      if c == 0 {
        i += 1
        continue
      }
      if isQuoted {
        quoted(c, role, map.offset(i), &records)
      } else if c == separator {
        endField(&records)
        column += 1
        isFieldStart = true
      } else if c == 0x0A || c == 0x0D {
        let isBlank = !rowIsOpen && isFieldStart && column == 0
        endRow(map.offset(i), &records)
        if isBlank, c == 0x0A, wasNewline {
          columns = []
          linesSeen = 0
          wasNewline = false
          return i + 1
        }
        wasNewline = wasNewline || c == 0x0A
        i += 1
        continue
      } else {
        plain(c, role, map.offset(i), &records)
      }
      wasNewline = false
      i += 1
    }
    return i
  }
  /// The last line has ended and nothing of the next was met.
  private var wasNewline = false

  @inline(__always)
  private mutating func plain(_ c: UInt8, _ role: ColumnRole, _ offset: Int, _ records: inout TextRecords) {
    openRow(offset, &records)
    if isFieldStart {
      if c == 0x20, separator != 0x20 { return }
      isFieldStart = false
      if c == 0x22 {
        isQuoted = true
        quotedLength = 0
        sawQuote = false
        return
      }
    }
    if role != .none { field.append(c) }
  }

  private mutating func quoted(_ c: UInt8, _ role: ColumnRole, _ offset: Int, _ records: inout TextRecords) {
    if sawQuote {
      sawQuote = false
      if c != 0x22 {
        isQuoted = false
        if c == separator {
          endField(&records)
          column += 1
          isFieldStart = true
        } else if c == 0x0A || c == 0x0D {
          endRow(offset, &records)
          wasNewline = c == 0x0A
        }
        return
      }
    } else if c == 0x22 {
      sawQuote = true
      return
    }
    quotedLength += 1
    // A quote that is never closed must not hide the rows after it.
    if c == 0x0A, !(role == .none || role.isOnlyName) || quotedLength > Self.longestQuoted {
      isQuoted = false
      endRow(offset, &records)
      return
    }
    if role != .none { field.append(c) }
  }

  @inline(__always)
  private mutating func openRow(_ offset: Int, _ records: inout TextRecords) {
    guard !rowIsOpen else { return }
    rowIsOpen = true
    rowStart = offset
    records.open(.none, at: offset)
  }

  @inline(__always)
  private mutating func endField(_ records: inout TextRecords) {
    if field.count > 0, column < columns.count {
      if columns[column] == .probe, field.isPictureName { columns[column] = .file }
      field.deliver(as: columns[column], to: &records)
    }
    field.clear()
  }

  private mutating func endRow(_ end: Int, _ records: inout TextRecords) {
    if rowIsOpen {
      endField(&records)
      records.close(at: end)
      names.endRow(&columns)
    }
    rowIsOpen = false
    column = 0
    isFieldStart = true
    isQuoted = false
    sawQuote = false
  }
}
