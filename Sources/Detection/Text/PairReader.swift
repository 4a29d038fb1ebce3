import Glibc

/// `name=value` and `"name": value` in one line, wherever they stand.
enum PairReader {
  /// - Parameters:
  ///   - start: where the line begins in the entry.
  ///   - end: where it ends.
  ///   - firstSign: offset in the line before which no sign stands.
  static func read(
    _ line: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int, firstSign: Int, into records: inout TextRecords
  ) {
    // Most signs have no name of interest before them: nothing is opened for those.
    let endings = ColumnNames.pairEndings
    var at = firstSign
    while at < line.count {
      if line[at] == 0x3D || line[at] == 0x3A {
        // Whatever else a line names, without a plate, a person's number or a picture it says nothing.
        if endings.mayStand(line, before: at) {
          let role = name(line, before: at)
          if role.bit & ColumnRole.subjects != 0 || role == .picture {
            records.open(.none, at: start)
            values(line, from: 0, into: &records)
            records.close(at: end)
            return
          }
        }
      }
      at += 1
    }
  }

  private static func values(_ line: UnsafeBufferPointer<UInt8>, from: Int, into records: inout TextRecords) {
    var field = FieldBuffer()
    var at = from
    while at < line.count {
      guard line[at] == 0x3D || line[at] == 0x3A else {
        at += 1
        continue
      }
      let role = name(line, before: at)
      at += 1
      guard role != .none else { continue }
      while at < line.count, line[at] == 0x20 || line[at] == 0x22 || line[at] == 0x27 || line[at] == 0x5C { at += 1 }
      field.clear()
      // A time may hold one space between its date and its hour.
      var isDate = role == .time
      while at < line.count, line[at] > 0x20 || isDate, !isEnd(line[at]) {
        if line[at] == 0x20 { isDate = false }
        field.append(line[at])
        at += 1
      }
      field.deliver(as: role, to: &records)
    }
  }

  private static func isEnd(_ c: UInt8) -> Bool {
    c == 0x2C || c == 0x3B || c == 0x22 || c == 0x27 || c == 0x26 || c == 0x7D || c == 0x5D || c == 0x7C || c == 0x5C
  }

  private static func name(_ line: UnsafeBufferPointer<UInt8>, before end: Int) -> ColumnRole {
    var to = end
    while to > 0, line[to - 1] == 0x22 || line[to - 1] == 0x27 || line[to - 1] == 0x20 || line[to - 1] == 0x5C {
      to -= 1
    }
    var from = to
    while from > 0, to - from <= ColumnNames.longest, isName(line[from - 1]) { from -= 1 }
    let role = ColumnNames.role(line[from..<to])
    return role.isOnlyName ? .none : role
  }

  private static func isName(_ c: UInt8) -> Bool {
    c &- 0x30 < 10 || (c | 0x20) &- 0x61 < 26 || c == 0x5F || c == 0x2D || c >= 0x80
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// True when the byte stands among these, at the speed of memory.
  func holds(_ byte: UInt8) -> Bool {
    guard let baseAddress else { return false }
    return memchr(baseAddress, Int32(byte), count) != nil
  }
}
