/// Escapes SARIF asks for.
enum SARIFText {
  /// Message text (3.11.5, 3.11.6): braces are doubled; brackets and backslashes get a backslash before them.
  ///
  /// Control and direction characters become U+FFFD, since viewers print messages as they are.
  static func escape(_ text: String) -> String {
    var out = ""
    for s in text.unicodeScalars {
      switch s {
      case "{": out += "{{"
      case "}": out += "}}"
      case "[", "]", "\\":
        out += "\\"
        out.unicodeScalars.append(s)
      default: out += plain(s)
      }
    }
    return out
  }

  /// Text without placeholders or links (descriptions, help): control and direction characters become U+FFFD.
  static func plain(_ text: String) -> String { text.unicodeScalars.reduce(into: "") { $0 += plain($1) } }

  private static func plain(_ s: Unicode.Scalar) -> String {
    switch s.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
    default: String(Character(s))
    }
  }

  /// A relative reference (RFC 3986 section 4.2) that means exactly this path: everything but unreserved characters,
  /// `/` and `!` is percent-encoded, so no scheme, authority, query or fragment can appear in it.
  static func uri(path: String) -> String {
    var out = ""
    for (i, byte) in path.utf8.enumerated() {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E, 0x21: out.unicodeScalars.append(.init(byte))
      // A leading slash would make the reference absolute, two would name a host.
      case 0x2F where i > 0: out += "/"
      default: out += "%" + hex(byte)
      }
    }
    return out.isEmpty ? "." : out
  }

  private static func hex(_ byte: UInt8) -> String {
    let text = String(byte, radix: 16, uppercase: true)
    return byte < 16 ? "0" + text : text
  }

  /// The pattern of 3.5.3: five groups of hexadecimal digits, version 1 to 5, RFC 9562 variant.
  static func isGUID(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 36 else { return false }
    for (i, byte) in bytes.enumerated() {
      switch i {
      case 8, 13, 18, 23: if byte != 0x2D { return false }
      case 14: if !(0x31...0x35).contains(byte) { return false }
      case 19: if ![0x38, 0x39, 0x41, 0x42, 0x61, 0x62].contains(byte) { return false }
      default:
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: break
        default: return false
        }
      }
    }
    return true
  }
}
