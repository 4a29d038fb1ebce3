/// A PDF file of one stream; its zlib data is stored, not compressed, so that no compressor is needed here.
enum PDFExample {
  static func file(_ content: [UInt8], filter: String) -> [UInt8] {
    let data = stored(content)
    var bytes = Array("%PDF-1.7\n1 0 obj\n<< /Length \(data.count) /Filter \(filter) >>\nstream\r\n".utf8)
    bytes += data
    bytes += Array("\nendstream\nendobj\ntrailer << /Size 2 >>\n%%EOF\n".utf8)
    return bytes
  }

  /// RFC 1950 around stored blocks of RFC 1951 (3.2.4), each too short for a record to lie in one piece.
  static func stored(_ content: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [0x78, 0x01]
    var rest = content[...]
    while true {
      let part = rest.prefix(13)
      rest = rest.dropFirst(part.count)
      let count = part.count
      bytes += [rest.isEmpty ? 1 : 0, UInt8(count), 0, UInt8(~UInt8(count)), 0xFF]
      bytes += part
      if rest.isEmpty { break }
    }
    var a: UInt32 = 1
    var b: UInt32 = 0
    for byte in content {
      a = (a + UInt32(byte)) % 65_521
      b = (b + a) % 65_521
    }
    let sum = b << 16 | a
    return bytes + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> UInt32($0)) }
  }
}
