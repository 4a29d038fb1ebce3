/// Reads protobuf text format into a tree of fields, without a schema.
struct TextProto {
  struct Message {
    var fields: [(name: String, value: Value)] = []

    func all(_ name: String) -> [Value] { fields.filter { $0.name == name }.map(\.value) }
    func first(_ name: String) -> Value? { fields.first { $0.name == name }?.value }
    func message(_ name: String) -> Message? { first(name)?.message }
    func messages(_ name: String) -> [Message] { all(name).compactMap(\.message) }
    func text(_ name: String) -> String? { first(name)?.text }
    func word(_ name: String) -> String? { first(name)?.word }
    func flag(_ name: String) -> Bool { word(name) == "true" }
  }

  indirect enum Value {
    case bytes([UInt8])
    /// A number, a bool or the name of an enum value, as it is written.
    case word(String)
    case message(Message)

    var message: Message? { if case .message(let m) = self { m } else { nil } }
    var bytes: [UInt8]? { if case .bytes(let b) = self { b } else { nil } }
    var text: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }
    var word: String? { if case .word(let w) = self { w } else { nil } }
  }

  struct Malformed: Error {
    var offset: Int
  }

  private let source: [UInt8]
  private var position = 0

  static func read(_ source: [UInt8]) throws -> Message {
    var reader = TextProto(source: source)
    let message = try reader.message(until: nil)
    return message
  }

  private init(source: [UInt8]) { self.source = source }

  private mutating func skip() {
    while position < source.count {
      switch source[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      case UInt8(ascii: "#"): while position < source.count, source[position] != 0x0A { position += 1 }
      default: return
      }
    }
  }

  private mutating func accept(_ c: Unicode.Scalar) -> Bool {
    skip()
    guard position < source.count, source[position] == UInt8(ascii: c) else { return false }
    position += 1
    return true
  }

  private mutating func message(until close: Unicode.Scalar?) throws -> Message {
    var out = Message()
    while true {
      if let close, accept(close) { return out }
      skip()
      guard position < source.count else {
        guard close == nil else { throw Malformed(offset: position) }
        return out
      }
      let name = try name()
      let colon = accept(":")
      if colon, accept("[") {
        while !accept("]") {
          out.fields.append((name, try value()))
          _ = accept(",")
        }
      } else {
        out.fields.append((name, try value()))
      }
      _ = accept(",") || accept(";")
    }
  }

  private mutating func name() throws -> String {
    skip()
    let start = position
    if accept("[") {
      while position < source.count, source[position] != UInt8(ascii: "]") { position += 1 }
      position += 1
      return String(decoding: source[start..<min(position, source.count)], as: UTF8.self)
    }
    let word = wordText()
    guard !word.isEmpty else { throw Malformed(offset: position) }
    return word
  }

  private mutating func wordText() -> String {
    skip()
    let start = position
    let extra = Array("_.+-".utf8)
    while position < source.count {
      let c = source[position]
      guard (0x30...0x39).contains(c) || (0x41...0x5A).contains(c) || (0x61...0x7A).contains(c) || extra.contains(c)
      else { break }
      position += 1
    }
    return String(decoding: source[start..<position], as: UTF8.self)
  }

  private mutating func value() throws -> Value {
    if accept("{") { return .message(try message(until: "}")) }
    if accept("<") { return .message(try message(until: ">")) }
    skip()
    guard position < source.count else { throw Malformed(offset: position) }
    if source[position] == UInt8(ascii: "\"") || source[position] == UInt8(ascii: "'") {
      var bytes: [UInt8] = []
      // Neighbouring literals are one.
      while position < source.count, source[position] == UInt8(ascii: "\"") || source[position] == UInt8(ascii: "'") {
        try literal(into: &bytes)
        skip()
      }
      return .bytes(bytes)
    }
    let word = wordText()
    guard !word.isEmpty else { throw Malformed(offset: position) }
    return .word(word)
  }

  private mutating func literal(into out: inout [UInt8]) throws {
    let quote = source[position]
    position += 1
    while position < source.count {
      let c = source[position]
      position += 1
      if c == quote { return }
      guard c == UInt8(ascii: "\\") else {
        out.append(c)
        continue
      }
      guard position < source.count else { break }
      let escape = source[position]
      position += 1
      switch escape {
      case UInt8(ascii: "n"): out.append(0x0A)
      case UInt8(ascii: "r"): out.append(0x0D)
      case UInt8(ascii: "t"): out.append(0x09)
      case UInt8(ascii: "a"): out.append(0x07)
      case UInt8(ascii: "b"): out.append(0x08)
      case UInt8(ascii: "f"): out.append(0x0C)
      case UInt8(ascii: "v"): out.append(0x0B)
      case UInt8(ascii: "x"), UInt8(ascii: "X"): out.append(UInt8(truncatingIfNeeded: digits(2, radix: 16)))
      case UInt8(ascii: "u"): append(digits(4, radix: 16), to: &out)
      case UInt8(ascii: "U"): append(digits(8, radix: 16), to: &out)
      case 0x30...0x37:
        position -= 1
        out.append(UInt8(truncatingIfNeeded: digits(3, radix: 8)))
      default: out.append(escape)
      }
    }
    throw Malformed(offset: position)
  }

  private mutating func digits(_ limit: Int, radix: UInt32) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<limit {
      guard position < source.count, let digit = Character(UnicodeScalar(source[position])).hexDigitValue,
        digit < radix
      else { break }
      value = value * radix + UInt32(digit)
      position += 1
    }
    return value
  }

  private func append(_ value: UInt32, to out: inout [UInt8]) {
    if let scalar = UnicodeScalar(value) { out += Array(String(Character(scalar)).utf8) }
  }
}
