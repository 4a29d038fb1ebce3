/// Encoded words in header fields (RFC 2047): `=?charset?B|Q?text?=`.
enum MailWords {
  static func decode(_ text: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    var i = 0
    /// Where `out` ended with an encoded word: blanks between two of them are nothing.
    var wordEnd: Int?
    while i < text.count {
      if text[i] == 0x3D, let (bytes, next) = word(text, i) {
        if let wordEnd, out[wordEnd...].allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
          out.removeLast(out.count - wordEnd)
        }
        out += bytes
        wordEnd = out.count
        i = next
      } else {
        out.append(text[i])
        i += 1
      }
    }
    return out
  }

  private static func word(_ text: [UInt8], _ start: Int) -> (bytes: [UInt8], next: Int)? {
    guard start + 1 < text.count, text[start + 1] == 0x3F else { return nil }
    var marks: [Int] = []
    var i = start + 2
    // A word is 75 characters at most (section 2); writers exceed that, but not by much.
    while i < text.count, i < start + 1024, marks.count < 3 {
      if text[i] == 0x3F { marks.append(i) }
      if marks.count < 2, text[i] == 0x20 { return nil }
      i += 1
    }
    guard marks.count == 3, marks[1] == marks[0] + 2, marks[2] + 1 < text.count, text[marks[2] + 1] == 0x3D else {
      return nil
    }
    let charset = String(decoding: text[(start + 2)..<marks[0]], as: UTF8.self)
    let body = text[(marks[1] + 1)..<marks[2]]
    var bytes: [UInt8] = []
    switch text[marks[0] + 1] | 0x20 {
    case 0x62:
      var decoder = MailBase64()
      body.withUnsafeBytes { _ = decoder.decode($0, into: &bytes) }
      decoder.finish(into: &bytes)
    case 0x71:
      var k = body.startIndex
      while k < body.endIndex {
        if body[k] == 0x3D, k + 2 < body.endIndex, let high = hex(body[k + 1]), let low = hex(body[k + 2]) {
          bytes.append(high << 4 | low)
          k += 3
        } else {
          bytes.append(body[k] == 0x5F ? 0x20 : body[k])
          k += 1
        }
      }
    default: return nil
    }
    return (inUTF8(bytes, charset: charset), marks[2] + 2)
  }

  /// Latin-1 is written in UTF-8; every other charset stays as it is.
  static func inUTF8(_ bytes: [UInt8], charset: String) -> [UInt8] {
    guard ["iso-8859-1", "latin1", "windows-1252"].contains(charset.lowercased()) else { return bytes }
    var out: [UInt8] = []
    for byte in bytes { out += Array(String(Unicode.Scalar(byte)).utf8) }
    return out
  }

  static func hex(_ c: UInt8) -> UInt8? {
    switch c {
    case 0x30...0x39: c - 0x30
    case 0x41...0x46: c - 0x41 + 10
    case 0x61...0x66: c - 0x61 + 10
    default: nil
    }
  }
}
