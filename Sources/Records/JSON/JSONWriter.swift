/// Writes JSON deterministically: members in their order, no locale, no platform formatting.
public enum JSONWriter {
  private static let hex = Array("0123456789abcdef".utf8)

  /// One line without spaces and without a closing newline.
  public static func compact(_ value: JSONValue) -> [UInt8] {
    var out: [UInt8] = []
    write(value, indent: nil, into: &out)
    return out
  }

  /// Two spaces a level, closing newline.
  public static func pretty(_ value: JSONValue) -> [UInt8] {
    var out: [UInt8] = []
    write(value, indent: 0, into: &out)
    out.append(0x0A)
    return out
  }

  private static func write(_ value: JSONValue, indent: Int?, into out: inout [UInt8]) {
    switch value {
    case .null: out += "null".utf8
    case .bool(let b): out += (b ? "true" : "false").utf8
    case .int(let v): out += String(v).utf8
    case .uint(let v): out += String(v).utf8
    // JSON has no spelling for them (RFC 8259 section 6).
    case .double(let v): out += (v.isFinite ? String(v) : "null").utf8
    case .string(let s): writeString(s, into: &out)
    case .array(let items):
      bracketed(0x5B, 0x5D, count: items.count, indent: indent, into: &out) { i, inner, out in
        write(items[i], indent: inner, into: &out)
      }
    case .object(let object):
      bracketed(0x7B, 0x7D, count: object.members.count, indent: indent, into: &out) { i, inner, out in
        writeString(object.members[i].key, into: &out)
        out.append(0x3A)
        if inner != nil { out.append(0x20) }
        write(object.members[i].value, indent: inner, into: &out)
      }
    }
  }

  private static func bracketed(
    _ open: UInt8, _ close: UInt8, count: Int, indent: Int?, into out: inout [UInt8],
    _ body: (Int, Int?, inout [UInt8]) -> Void
  ) {
    out.append(open)
    let inner = indent.map { $0 + 2 }
    for i in 0..<count {
      if i > 0 { out.append(0x2C) }
      newline(inner, into: &out)
      body(i, inner, &out)
    }
    if count > 0 { newline(indent, into: &out) }
    out.append(close)
  }

  private static func newline(_ indent: Int?, into out: inout [UInt8]) {
    guard let indent else { return }
    out.append(0x0A)
    out.append(contentsOf: repeatElement(0x20, count: indent))
  }

  /// A quoted string: only what RFC 8259 section 7 demands is escaped.
  public static func writeString(_ text: String, into out: inout [UInt8]) {
    out.append(0x22)
    for c in text.utf8 {
      switch c {
      case 0x22, 0x5C:
        out.append(0x5C)
        out.append(c)
      case 0x0A: out += [0x5C, 0x6E]
      case 0x0D: out += [0x5C, 0x72]
      case 0x09: out += [0x5C, 0x74]
      case 0..<0x20, 0x7F: out += [0x5C, 0x75, 0x30, 0x30, hex[Int(c >> 4)], hex[Int(c & 15)]]
      default: out.append(c)
      }
    }
    out.append(0x22)
  }
}
