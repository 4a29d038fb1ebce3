/// JSON in its one canonical spelling (RFC 8785), restricted to what a register row is made of.
///
/// No fractions and no null: integers stay within ±(2^53 − 1), where RFC 8785 section 3.2.2.3 and RFC 7493 section 2.2 give every reader the
/// same digits.
indirect enum CanonicalJSON: Sendable {
  case string(String)
  case integer(Int64)
  case boolean(Bool)
  case array([CanonicalJSON])
  case object([(key: String, value: CanonicalJSON)])

  /// Largest integer that every JSON reader takes exactly: 2^53 − 1.
  static let integerLimit: Int64 = 9_007_199_254_740_991

  /// The canonical bytes: no spaces, members sorted by the UTF-16 code units of their keys (section 3.2.3).
  var bytes: [UInt8] {
    var out: [UInt8] = []
    write(into: &out)
    return out
  }

  private func write(into out: inout [UInt8]) {
    switch self {
    case .string(let text): Self.quote(text, into: &out)
    case .integer(let value): out += String(value).utf8
    case .boolean(let value): out += (value ? "true" : "false").utf8
    case .array(let items):
      out.append(0x5B)
      for (i, item) in items.enumerated() {
        if i > 0 { out.append(0x2C) }
        item.write(into: &out)
      }
      out.append(0x5D)
    case .object(let members):
      out.append(0x7B)
      let sorted = members.sorted { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }
      for (i, member) in sorted.enumerated() {
        if i > 0 { out.append(0x2C) }
        Self.quote(member.key, into: &out)
        out.append(0x3A)
        member.value.write(into: &out)
      }
      out.append(0x7D)
    }
  }

  private static let hex = Array("0123456789abcdef".utf8)

  /// Section 3.2.2.2: two-letter escapes where JSON has them, `\u00xx` for other controls, everything else as it is.
  private static func quote(_ text: String, into out: inout [UInt8]) {
    out.append(0x22)
    for byte in text.utf8 {
      switch byte {
      case 0x22, 0x5C: out += [0x5C, byte]
      case 0x08: out += [0x5C, 0x62]
      case 0x09: out += [0x5C, 0x74]
      case 0x0A: out += [0x5C, 0x6E]
      case 0x0C: out += [0x5C, 0x66]
      case 0x0D: out += [0x5C, 0x72]
      case 0..<0x20: out += [0x5C, 0x75, 0x30, 0x30, hex[Int(byte >> 4)], hex[Int(byte & 15)]]
      default: out.append(byte)
      }
    }
    out.append(0x22)
  }
}
