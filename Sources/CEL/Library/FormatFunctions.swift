internal import CustodyCore

/// `string.format(list)` (cel-spec `doc/extensions/strings.md`).
enum FormatFunctions {
  static let all: [LibraryFunction] = [
    .binary("format", member: true, in: .strings, [(.string, .list(.dyn), .string)], format)
  ]

  /// Digits after the point at most: beyond it every digit of a double has been written.
  private static let precisionLimit = 1100
  private static let depthLimit = 100

  static func format(_ a: CELValue, _ b: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue {
    guard case .string(let pattern) = a, case .list(let arguments) = b else {
      throw Arithmetic.noOverload("format", a, b)
    }
    try frame.charge(bytes: pattern.utf8.count)
    var out: [UInt8] = []
    var used = 0
    var rest = Array(pattern.utf8)[...]
    while let c = rest.popFirst() {
      guard c == UInt8(ascii: "%") else {
        out.append(c)
        continue
      }
      if rest.first == UInt8(ascii: "%") {
        rest.removeFirst()
        out.append(c)
        continue
      }
      let precision = try precision(&rest)
      guard let clause = rest.popFirst() else { throw fail("the format ends in the middle of a clause") }
      guard "sdfexXob".utf8.contains(clause) else { throw fail("unrecognized formatting clause") }
      guard used < arguments.count else { throw fail("more formatting clauses than arguments") }
      let text = try clauseText(clause, precision, arguments[used], &frame)
      used += 1
      try frame.charge(1)
      try frame.charge(bytes: text.utf8.count)
      out.append(contentsOf: text.utf8)
    }
    return .string(String(decoding: out, as: UTF8.self))
  }

  private static func fail(_ message: String) -> CELError {
    CELError(.invalidArgument, "invalid argument of format: " + message)
  }

  private static func unfit(_ clause: String, _ value: CELValue) -> CELError {
    fail("\(clause), was given \(value.type.runtimeName)")
  }

  private static func precision(_ rest: inout ArraySlice<UInt8>) throws(CELError) -> Int {
    guard rest.first == UInt8(ascii: ".") else { return 6 }
    rest.removeFirst()
    let digits = rest.prefix { $0.isDigit }
    rest = rest.dropFirst(digits.count)
    guard !digits.isEmpty, digits.count <= 5, let value = Int(String(decoding: digits, as: UTF8.self)),
      value <= precisionLimit
    else { throw fail("the precision is a number up to \(precisionLimit)") }
    return value
  }

  private static func clauseText(
    _ clause: UInt8, _ precision: Int, _ value: CELValue, _ frame: inout Frame
  ) throws(CELError) -> String {
    switch clause {
    case UInt8(ascii: "s"): return try plain(value, &frame, depth: 0)
    case UInt8(ascii: "d"):
      switch value {
      case .int(let i): return String(i)
      case .uint(let u): return String(u)
      case .double(let d): return Numerals.plain(d)
      default: throw unfit("decimal clause can only be used on integers", value)
      }
    case UInt8(ascii: "f"):
      return Numerals.fixed(try number(value, "fixed-point clause can only be used on doubles"), precision: precision)
    case UInt8(ascii: "e"):
      return Numerals.scientific(
        try number(value, "scientific clause can only be used on doubles"), precision: precision)
    case UInt8(ascii: "b"):
      if case .bool(let b) = value { return b ? "1" : "0" }
      return try digits(value, radix: 2, "only integers and bools can be formatted as binary")
    case UInt8(ascii: "o"): return try digits(value, radix: 8, "octal clause can only be used on integers")
    default: return try hexadecimal(value, uppercase: clause == UInt8(ascii: "X"))
    }
  }

  private static func number(_ value: CELValue, _ clause: String) throws(CELError) -> Double {
    switch value {
    case .double(let d): return d
    case .int(let i): return Double(i)
    case .uint(let u): return Double(u)
    default: throw unfit(clause, value)
    }
  }

  private static func digits(
    _ value: CELValue, radix: Int, uppercase: Bool = false, _ clause: String
  ) throws(CELError) -> String {
    switch value {
    case .int(let i): return String(i, radix: radix, uppercase: uppercase)
    case .uint(let u): return String(u, radix: radix, uppercase: uppercase)
    default: throw unfit(clause, value)
    }
  }

  private static func hexadecimal(_ value: CELValue, uppercase: Bool) throws(CELError) -> String {
    let bytes: [UInt8]
    switch value {
    case .string(let s): bytes = Array(s.utf8)
    case .bytes(let b): bytes = b
    default:
      return try digits(
        value, radix: 16, uppercase: uppercase,
        "only integers, byte buffers, and strings can be formatted as hex")
    }
    let alphabet = Array((uppercase ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
    return String(decoding: bytes.flatMap { [alphabet[Int($0 >> 4)], alphabet[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// `%s` of any value.
  private static func plain(_ value: CELValue, _ frame: inout Frame, depth: Int) throws(CELError) -> String {
    guard depth < depthLimit else { throw fail("the value is nested too deeply") }
    switch value {
    case .null: return "null"
    case .string(let s): return s
    case .bool(let b): return b ? "true" : "false"
    case .int(let i): return String(i)
    case .uint(let u): return String(u)
    case .double(let d): return Numerals.plain(d)
    case .bytes(let bytes):
      try frame.charge(bytes: bytes.count)
      return repaired(bytes)
    case .timestamp(let t): return t.description
    case .duration(let seconds, let nanoseconds): return Moment.text(seconds: seconds, nanoseconds: nanoseconds)
    case .type(let type): return type.runtimeName
    case .list(let list):
      var parts: [String] = []
      for element in list {
        try frame.charge(1)
        let part = try plain(element, &frame, depth: depth + 1)
        try frame.charge(bytes: part.utf8.count)
        parts.append(part)
      }
      return "[" + parts.joined(separator: ", ") + "]"
    case .map(let map):
      var parts: [(key: String, value: String)] = []
      for i in map.keys.indices {
        try frame.charge(2)
        let part = try plain(map.values[i], &frame, depth: depth + 1)
        try frame.charge(bytes: part.utf8.count)
        parts.append((try plain(map.keys[i], &frame, depth: depth + 1), part))
      }
      parts.sort { Text.less($0.key, $1.key) }
      return "{" + parts.map { $0.key + ": " + $0.value }.joined(separator: ", ") + "}"
    case .object, .optional:
      throw unfit(
        "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, "
          + "and timestamps", value)
    }
  }

  /// UTF-8 with every run of invalid bytes shown as one U+FFFD.
  private static func repaired(_ bytes: [UInt8]) -> String {
    if let valid = String(validating: bytes, as: UTF8.self) { return valid }
    var out = String.UnicodeScalarView()
    var decoder = UTF8()
    var input = bytes.makeIterator()
    var inRun = false
    while true {
      switch decoder.decode(&input) {
      case .scalarValue(let scalar):
        out.append(scalar)
        inRun = false
      case .emptyInput: return String(out)
      case .error:
        if !inRun { out.append("\u{FFFD}") }
        inRun = true
      }
    }
  }
}
