/// The lines of a manifest that say something: blank lines and lines that begin with `#` are stepped over.
///
/// A line ends with LF or CR LF; a byte order mark of UTF-8 before the first is dropped.
struct ManifestLines {
  private let bytes: [UInt8]
  private let page: ManifestPage
  private var at: Int
  private var number = 0

  init(_ bytes: [UInt8], _ page: ManifestPage) {
    self.bytes = bytes
    self.page = page
    at = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// The next line without its end; nil at the end of the file or when reading is of no use any more.
  mutating func next() -> (range: Range<Int>, number: Int)? {
    while at < bytes.count, !page.isFinished {
      let start = at
      var end = start
      while end < bytes.count, bytes[end] != 0x0A { end += 1 }
      at = end + 1
      number += 1
      if end > start, bytes[end - 1] == 0x0D { end -= 1 }
      guard end > start, bytes[start] != 0x23 else { continue }
      guard end - start <= page.limits.line else {
        page.complain("long-line", "the line is longer than \(page.limits.line >> 10) KiB", line: number)
        continue
      }
      if (start..<end).allSatisfy({ Self.isBlank(bytes[$0]) }) { continue }
      return (start..<end, number)
    }
    return nil
  }

  /// Space or tab.
  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
