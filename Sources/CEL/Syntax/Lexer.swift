/// Source bytes to tokens. Goes on after a mistake, so that all of them are reported at once.
struct Lexer {
  private static let problemLimit = 20

  private let source: [UInt8]
  private var position = 0
  private(set) var tokens: [Token] = []
  private(set) var problems: [CELProblem] = []

  init(_ source: [UInt8]) {
    self.source = source
    while problems.count < Self.problemLimit {
      skipBlanks()
      guard position < source.count else { break }
      let start = position
      let kind = next()
      if position == start { position += 1 }
      tokens.append(Token(kind: kind, offset: start, end: position))
    }
    tokens.append(Token(kind: .end, offset: source.count, end: source.count))
  }

  private func byte(_ ahead: Int = 0) -> UInt8 {
    position + ahead < source.count ? source[position + ahead] : 0
  }

  private mutating func report(_ message: String, at offset: Int, length: Int, suggestion: String? = nil) {
    problems.append(CELProblem(message, at: offset, length: length, in: source, suggestion: suggestion))
  }

  private mutating func skipBlanks() {
    while position < source.count {
      switch source[position] {
      case 0x20, 0x09, 0x0A, 0x0C, 0x0D: position += 1
      case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "/"):
        while position < source.count, source[position] != 0x0A { position += 1 }
      default: return
      }
    }
  }

  private mutating func next() -> Token.Kind {
    let c = source[position]
    switch c {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
    case UInt8(ascii: ".") where byte(1).isDigit: return number()
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return quoted(raw: false, bytes: false)
    case UInt8(ascii: "`"): return backquoted()
    case _ where c.isNameStart: return word()
    default: return symbol()
    }
  }

  private mutating func symbol() -> Token.Kind {
    let two = String(decoding: source[position..<min(position + 2, source.count)], as: UTF8.self)
    if two.utf8.count == 2, let symbol = Token.Symbol(rawValue: two) {
      position += 2
      return .symbol(symbol)
    }
    if source[position] < 0x80, let symbol = Token.Symbol(rawValue: String(UnicodeScalar(source[position]))) {
      position += 1
      return .symbol(symbol)
    }
    let start = position
    position += 1
    while position < source.count, source[position] & 0xC0 == 0x80 { position += 1 }
    let shown = String(decoding: source[start..<position], as: UTF8.self)
    let printable = shown.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && $0.value != 0xFFFD }
    let hint: String? =
      switch source[start] {
      case UInt8(ascii: "="): "equality is written =="
      case UInt8(ascii: "&"): "logical and is written &&"
      case UInt8(ascii: "|"): "logical or is written ||"
      default: nil
      }
    report(
      printable ? "unexpected character '\(shown)'" : "unexpected character", at: start, length: position - start,
      suggestion: hint)
    return .invalid
  }

  private mutating func word() -> Token.Kind {
    let start = position
    while byte().isNamePart { position += 1 }
    let quote = byte()
    if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
      let prefix = source[start..<position].map { $0 | 0x20 }
      if prefix == Array("r".utf8) { return quoted(raw: true, bytes: false) }
      if prefix == Array("b".utf8) { return quoted(raw: false, bytes: true) }
      if prefix == Array("br".utf8) { return quoted(raw: true, bytes: true) }
    }
    let name = String(decoding: source[start..<position], as: UTF8.self)
    switch name {
    case "true": return .true
    case "false": return .false
    case "null": return .null
    case "in": return .in
    default: return .identifier(name)
    }
  }

  private mutating func backquoted() -> Token.Kind {
    let start = position
    position += 1
    while byte().isNamePart || [0x2E, 0x2D, 0x2F, 0x20].contains(byte()) { position += 1 }
    guard byte() == UInt8(ascii: "`"), position > start + 1 else {
      report(
        "a name in backquotes holds letters, digits, '_', '.', '-', '/' and spaces, and ends with a backquote",
        at: start, length: position - start)
      return .invalid
    }
    position += 1
    return .quotedName(String(decoding: source[(start + 1)..<(position - 1)], as: UTF8.self))
  }

  private mutating func number() -> Token.Kind {
    let start = position
    if byte() == UInt8(ascii: "0"), byte(1) | 0x20 == UInt8(ascii: "x"), byte(2).isHexDigit {
      position += 2
      while byte().isHexDigit { position += 1 }
      return whole(UInt64(String(decoding: source[(start + 2)..<position], as: UTF8.self), radix: 16), from: start)
    }
    while byte().isDigit { position += 1 }
    var isDouble = false
    if byte() == UInt8(ascii: "."), byte(1).isDigit {
      isDouble = true
      position += 1
      while byte().isDigit { position += 1 }
    }
    if byte() | 0x20 == UInt8(ascii: "e") {
      let sign = byte(1) == UInt8(ascii: "+") || byte(1) == UInt8(ascii: "-") ? 1 : 0
      if byte(1 + sign).isDigit {
        isDouble = true
        position += 1 + sign
        while byte().isDigit { position += 1 }
      }
    }
    let text = String(decoding: source[start..<position], as: UTF8.self)
    guard isDouble else { return whole(UInt64(text), from: start) }
    // Swift wants a digit before the point.
    guard let value = Double(text.hasPrefix(".") ? "0" + text : text), value.isFinite else {
      report("the number is beyond the range of double", at: start, length: position - start)
      return .invalid
    }
    return .double(value)
  }

  private mutating func whole(_ value: UInt64?, from start: Int) -> Token.Kind {
    let unsigned = byte() | 0x20 == UInt8(ascii: "u")
    if unsigned { position += 1 }
    guard let value, unsigned || value <= UInt64(Int64.max) + 1 else {
      report("the number is beyond the range of \(unsigned ? "uint" : "int")", at: start, length: position - start)
      return .invalid
    }
    return unsigned ? .uint(value) : .int(value)
  }

  private mutating func quoted(raw: Bool, bytes: Bool) -> Token.Kind {
    var literal = QuotedLiteral(source: source, position: position, raw: raw, bytes: bytes)
    let kind = literal.read()
    position = literal.position
    problems += literal.problems
    return kind
  }
}

extension UInt8 {
  var isDigit: Bool { self >= 0x30 && self <= 0x39 }
  var isHexDigit: Bool { isDigit || (self | 0x20 >= 0x61 && self | 0x20 <= 0x66) }
  var isNameStart: Bool { self == 0x5F || (self | 0x20 >= 0x61 && self | 0x20 <= 0x7A) }
  var isNamePart: Bool { isNameStart || isDigit }
  var hexValue: UInt32 { isDigit ? UInt32(self - 0x30) : UInt32((self | 0x20) &- 0x57) }
}
