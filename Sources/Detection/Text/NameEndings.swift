/// The last two letters of all names of some roles: turns away nearly every other name before any of it is read.
struct NameEndings: Sendable {
  private var bits = [Bool](repeating: false, count: 64 * 64)

  init(_ names: some Sequence<Substring>) {
    for name in names {
      let letters = Array(name.utf8)
      guard letters.count > 1 else { continue }
      bits[Self.index(letters[letters.count - 2], letters[letters.count - 1])] = true
    }
  }

  /// Small letters and digits have values of their own below 64, whatever the case.
  @inline(__always)
  private static func index(_ first: UInt8, _ last: UInt8) -> Int {
    Int(first & 0x3F | 0x20) << 6 | Int(last & 0x3F | 0x20)
  }

  @inline(__always)
  private static func isAlphanumeric(_ c: UInt8) -> Bool { (c | 0x20) &- 0x61 < 26 || c &- 0x30 < 10 }

  /// False only when no name of these roles ends before `end`, whatever signs stand around and within it.
  @inline(__always)
  func mayStand(_ line: UnsafeBufferPointer<UInt8>, before end: Int) -> Bool {
    var to = end
    while to > 0, !Self.isAlphanumeric(line[to - 1]) {
      to -= 1
      // Rarely does more than a quote and a blank stand behind a name.
      if end - to > 8 { return true }
    }
    guard to > 1 else { return false }
    guard Self.isAlphanumeric(line[to - 2]) else { return true }
    return bits[Self.index(line[to - 2], line[to - 1])]
  }

  /// False only when no field of the line is named so.
  func mayStand(in line: UnsafeBufferPointer<UInt8>, separatedBy separator: UInt8) -> Bool {
    for i in line.indices where line[i] == separator { if mayStand(line, before: i) { return true } }
    return mayStand(line, before: line.count)
  }
}

extension ColumnNames {
  /// Names that can begin a record of their own.
  static let subjectEndings = endings { $0.bit & ColumnRole.subjects != 0 }
  /// Names that can, and those of pictures: nothing else in a line is of interest without one of them.
  static let pairEndings = endings { $0.bit & ColumnRole.subjects != 0 || $0 == .picture }
  static let fileEndings = endings { $0 == .picture || $0 == .file }

  private static func endings(_ isOf: (ColumnRole) -> Bool) -> NameEndings {
    NameEndings(words.filter { isOf($0.0) }.flatMap { $0.1.split(separator: " ") })
  }
}
