/// Reads one string or bytes literal, from its opening quote (langdef, "String and Bytes Values").
struct QuotedLiteral {
  private let source: [UInt8]
  private(set) var position: Int
  private let raw: Bool
  private let bytes: Bool
  private(set) var problems: [CELProblem] = []
  private var out: [UInt8] = []

  init(source: [UInt8], position: Int, raw: Bool, bytes: Bool) {
    self.source = source
    self.position = position
    self.raw = raw
    self.bytes = bytes
  }

  private func byte(_ ahead: Int = 0) -> UInt8 {
    position + ahead < source.count ? source[position + ahead] : 0
  }

  mutating func read() -> Token.Kind {
    let start = position
    let quote = source[position]
    let triple = byte(1) == quote && byte(2) == quote
    position += triple ? 3 : 1
    while true {
      guard position < source.count, triple || (byte() != 0x0A && byte() != 0x0D) else {
        problems.append(
          CELProblem("the \(bytes ? "bytes" : "string") literal has no end", at: start, length: 1, in: source))
        return .invalid
      }
      if byte() == quote, !triple || (byte(1) == quote && byte(2) == quote) {
        position += triple ? 3 : 1
        break
      }
      if byte() == UInt8(ascii: "\\"), !raw {
        escape()
      } else {
        out.append(byte())
        position += 1
      }
    }
    guard problems.isEmpty else { return .invalid }
    return bytes ? .bytes(out) : .string(String(decoding: out, as: UTF8.self))
  }

  private mutating func fail(_ message: String, length: Int) {
    problems.append(CELProblem(message, at: position, length: length, in: source))
    position += min(length, source.count - position)
  }

  private mutating func escape() {
    let c = byte(1)
    let simple: UInt8? =
      switch c {
      case UInt8(ascii: "a"): 0x07
      case UInt8(ascii: "b"): 0x08
      case UInt8(ascii: "f"): 0x0C
      case UInt8(ascii: "n"): 0x0A
      case UInt8(ascii: "r"): 0x0D
      case UInt8(ascii: "t"): 0x09
      case UInt8(ascii: "v"): 0x0B
      case UInt8(ascii: "\\"), UInt8(ascii: "?"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): c
      default: nil
      }
    if let simple {
      out.append(simple)
      position += 2
      return
    }
    switch c {
    case UInt8(ascii: "x"), UInt8(ascii: "X"): numeric(digits: 2)
    case UInt8(ascii: "u") where !bytes: numeric(digits: 4)
    case UInt8(ascii: "U") where !bytes: numeric(digits: 8)
    case UInt8(ascii: "0")...UInt8(ascii: "3"):
      guard (0x30...0x37).contains(byte(2)), (0x30...0x37).contains(byte(3)) else {
        return fail("an octal escape has three digits, \\000 to \\377", length: 2)
      }
      let value = UInt32(c - 0x30) * 64 + UInt32(byte(2) - 0x30) * 8 + UInt32(byte(3) - 0x30)
      position += 4
      append(value)
    default:
      fail(
        bytes && (c == UInt8(ascii: "u") || c == UInt8(ascii: "U"))
          ? "\\u and \\U are for strings; bytes are written \\xHH" : "unknown escape sequence", length: 2)
    }
  }

  private func hex(_ digits: Int, at ahead: Int) -> UInt32? {
    var value: UInt32 = 0
    for i in 0..<digits {
      let c = byte(ahead + i)
      guard c.isHexDigit else { return nil }
      value = value << 4 | c.hexValue
    }
    return value
  }

  private mutating func numeric(digits: Int) {
    guard var value = hex(digits, at: 2) else {
      return fail("the escape sequence needs \(digits) hexadecimal digits", length: 2)
    }
    var length = 2 + digits
    // A surrogate pair stands for one code point beyond the basic plane.
    if digits == 4, (0xD800...0xDBFF).contains(value), byte(6) == UInt8(ascii: "\\"), byte(7) == UInt8(ascii: "u"),
      let low = hex(4, at: 8), (0xDC00...0xDFFF).contains(low)
    {
      value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
      length = 12
    }
    guard bytes || UnicodeScalar(value) != nil else {
      return fail("the escape sequence is no Unicode code point", length: length)
    }
    position += length
    append(value)
  }

  /// An octet in bytes, a code point in strings.
  private mutating func append(_ value: UInt32) {
    if bytes {
      out.append(UInt8(truncatingIfNeeded: value))
    } else if let scalar = UnicodeScalar(value) {
      out.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
    }
  }
}
