internal import CustodyCore

/// Texts of Access databases.
enum JetText {
  /// UCS-2, or after `FF FE` bytes of Latin 1 with stretches of UCS-2 between zeros; before Jet 4 one byte a letter.
  static func units(_ raw: [UInt8], isWide: Bool) -> [UInt16] {
    guard isWide else { return raw.map(UInt16.init) }
    var units: [UInt16] = []
    units.reserveCapacity(raw.count)
    var isNarrow = raw.count >= 2 && raw[0] == 0xFF && raw[1] == 0xFE
    let isCompressed = isNarrow
    var i = isCompressed ? 2 : 0
    while i < raw.count {
      if isCompressed, raw[i] == 0 {
        isNarrow.toggle()
        i += 1
      } else if isNarrow {
        units.append(UInt16(raw[i]))
        i += 1
      } else {
        guard i + 1 < raw.count else { break }
        units.append(UInt16(raw[i]) | UInt16(raw[i + 1]) << 8)
        i += 2
      }
    }
    return units
  }

  static func string(_ raw: [UInt8], isWide: Bool) -> String {
    String(decoding: units(raw, isWide: isWide), as: UTF16.self)
  }

  /// Days since 1899-12-30, as the date and time they are. Which zone is meant, nothing says.
  static func date(_ days: Double) -> String? {
    guard days.isFinite, days > -657_435, days < 2_958_466 else { return nil }
    let seconds = Int64((days * 86_400).rounded()) - 25_569 * 86_400
    let civil = CivilTime(secondsSinceEpoch: seconds)
    return "\(civil.dateText) \(civil.timeText)"
  }
}

extension JetFile {
  /// A value as a text table would have it, at most what a field of one is looked at; empty for bytes, nil for null.
  func field(_ row: JetRow, _ table: Table, _ column: Int) -> [UInt8]? {
    guard let place = row.fields[column] else { return nil }
    let at = place.lowerBound
    switch table.columns[column].type {
    case 1: return []
    case 2, 3, 4, 0x13: return integer(row, table, column).map { Array(String($0).utf8) }
    case 5: return integer(row, table, column).map { Array(String(Double($0) / 10_000).utf8) }
    case 6: return bytes.u32le(at).map { Array("\(Float(bitPattern: UInt32(truncatingIfNeeded: $0)))".utf8) }
    case 7, 8:
      guard place.count == 8, let low = bytes.u32le(at), let high = bytes.u32le(at + 4) else { return nil }
      let number = Double(bitPattern: UInt64(high) << 32 | UInt64(low))
      if table.columns[column].type == 8 { return JetText.date(number).map { Array($0.utf8) } }
      return Array("\(number)".utf8)
    case 0x0A: return text(place)
    case 0x0C:
      // A memo that stands elsewhere is longer than any field that is looked at.
      guard place.count >= 12, (bytes.u32le(at) ?? 0) & 0x8000_0000 != 0 else { return [] }
      return text((at + 12)..<place.upperBound)
    default: return []
    }
  }

  private func text(_ place: Range<Int>) -> [UInt8] {
    let most = place.lowerBound + 4 * FieldBuffer.limit
    let units = JetText.units(
      bytes.bytes(place.clamped(to: place.lowerBound..<max(most, place.lowerBound))), isWide: layout.isWide)
    // What is not ASCII no number has.
    return units.map { $0 < 0x80 ? UInt8($0) : 0xFF }
  }
}
