public import CustodyCore

/// Reads JSON exactly as RFC 8259 defines it, from bytes nobody vouches for.
///
/// Refused beyond the grammar: bytes that are not UTF-8, a byte order mark, lone surrogates in `\u` escapes, two equal
/// names in one object (also when they differ only in Unicode normalization), nesting deeper than `maximumDepth`,
/// numbers longer than `maximumNumberLength` or beyond the range of a double, anything after the value.
public enum JSONParser {
  /// Arrays and objects inside each other.
  public static let maximumDepth = 64
  /// Bytes of one number.
  public static let maximumNumberLength = 128

  /// The value that makes up all of `bytes`.
  ///
  /// Integers become `.int` when they fit, `.uint` up to 2^64 - 1, and `.double` beyond (as do `-0`, fractions and
  /// exponents).
  ///
  /// - Parameters:
  ///   - source: what the bytes are, shown before line and column.
  /// - Throws: a complaint with code `json.*` whose location names line, column (both from 1, columns in bytes) and
  ///   byte offset (from 0).
  public static func parse(_ bytes: [UInt8], source: String? = nil) throws(Complaint) -> JSONValue {
    try bytes.withUnsafeBufferPointer { buffer in
      Result { () throws(Complaint) in try parse(buffer, source: source) }
    }.get()
  }

  static func parse(_ bytes: UnsafeBufferPointer<UInt8>, source: String?) throws(Complaint) -> JSONValue {
    var reader = JSONReader(bytes)
    do throws(JSONFault) {
      return try reader.document()
    } catch {
      let place = Place.text(of: error.offset, in: bytes, source: source)
      throw Complaint(code: error.code, error.message, at: place)
    }
  }

  enum Place {
    static func text(of offset: Int, in bytes: UnsafeBufferPointer<UInt8>, source: String?) -> String {
      var line = 1
      var start = 0
      for i in 0..<min(offset, bytes.count) where bytes[i] == 0x0A {
        line += 1
        start = i + 1
      }
      let head = source.map { $0 + ", " } ?? ""
      return head + "line \(line), column \(offset - start + 1), byte \(offset)"
    }
  }
}

struct JSONFault: Error {
  var code: String
  var message: String
  var offset: Int
}

private struct JSONReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var at = 0
  private var depth = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  private func fault(_ message: String, code: String = "json.syntax", at offset: Int? = nil) -> JSONFault {
    JSONFault(code: code, message: message, offset: offset ?? at)
  }
  private func expected(_ what: String) -> JSONFault {
    at < bytes.count ? fault("expected " + what) : fault("ends where " + what + " was expected", code: "json.cut")
  }
  private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

  mutating func document() throws(JSONFault) -> JSONValue {
    if let base = bytes.baseAddress, let bad = UTF8Bytes.firstInvalid(base, bytes.count) {
      throw fault("not UTF-8", code: "json.utf8", at: bad)
    }
    skipSpace()
    let value = try value()
    skipSpace()
    guard at == bytes.count else { throw fault("something follows the end of the value", code: "json.trailing") }
    return value
  }

  private mutating func skipSpace() {
    while let b = next, b == 0x20 || b == 0x0A || b == 0x0D || b == 0x09 { at += 1 }
  }

  private mutating func value() throws(JSONFault) -> JSONValue {
    switch next {
    case 0x7B: return try nested { (r) throws(JSONFault) in .object(try r.object()) }
    case 0x5B: return try nested { (r) throws(JSONFault) in .array(try r.array()) }
    case 0x22: return .string(try string())
    case 0x74: return try word("true", .bool(true))
    case 0x66: return try word("false", .bool(false))
    case 0x6E: return try word("null", .null)
    case .some(0x2D), .some(0x30...0x39): return try number()
    default: throw expected("a value")
    }
  }

  private mutating func nested(
    _ body: (inout JSONReader) throws(JSONFault) -> JSONValue
  ) throws(JSONFault) -> JSONValue {
    depth += 1
    guard depth <= JSONParser.maximumDepth else {
      throw fault("nested deeper than \(JSONParser.maximumDepth)", code: "json.depth")
    }
    at += 1
    let value = try body(&self)
    depth -= 1
    return value
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONFault) -> JSONValue {
    for i in 0..<text.utf8CodeUnitCount {
      guard at + i < bytes.count, bytes[at + i] == text.utf8Start[i] else { throw expected("a value") }
    }
    at += text.utf8CodeUnitCount
    return value
  }

  private mutating func array() throws(JSONFault) -> [JSONValue] {
    var items: [JSONValue] = []
    skipSpace()
    if next == 0x5D {
      at += 1
      return items
    }
    while true {
      skipSpace()
      items.append(try value())
      skipSpace()
      switch next {
      case 0x2C: at += 1
      case 0x5D:
        at += 1
        return items
      default: throw expected("\",\" or \"]\"")
      }
    }
  }

  private mutating func object() throws(JSONFault) -> JSONObject {
    var object = JSONObject()
    var names: Set<String> = []
    skipSpace()
    if next == 0x7D {
      at += 1
      return object
    }
    while true {
      skipSpace()
      guard next == 0x22 else { throw expected("a name in quotes") }
      let start = at
      let name = try string()
      guard names.insert(name).inserted else {
        throw fault("a name stands twice in one object", code: "json.duplicate", at: start)
      }
      skipSpace()
      guard next == 0x3A else { throw expected("\":\"") }
      at += 1
      skipSpace()
      object.members.append((key: name, value: try value()))
      skipSpace()
      switch next {
      case 0x2C: at += 1
      case 0x7D:
        at += 1
        return object
      default: throw expected("\",\" or \"}\"")
      }
    }
  }

  private mutating func string() throws(JSONFault) -> String {
    at += 1
    let start = at
    while let b = next, b != 0x22, b != 0x5C, b >= 0x20 { at += 1 }
    if next == 0x22 {
      defer { at += 1 }
      return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<at]), as: UTF8.self)
    }
    var out = Array(bytes[start..<at])
    while let b = next {
      switch b {
      case 0x22:
        at += 1
        return String(decoding: out, as: UTF8.self)
      case 0x5C: try escape(into: &out)
      case 0..<0x20: throw fault("a control character inside a string must be escaped")
      default:
        out.append(b)
        at += 1
      }
    }
    throw expected("the end of a string")
  }

  private mutating func escape(into out: inout [UInt8]) throws(JSONFault) {
    let start = at
    at += 1
    guard let b = next else { throw expected("the rest of an escape") }
    at += 1
    switch b {
    case 0x22, 0x5C, 0x2F: out.append(b)
    case 0x62: out.append(0x08)
    case 0x66: out.append(0x0C)
    case 0x6E: out.append(0x0A)
    case 0x72: out.append(0x0D)
    case 0x74: out.append(0x09)
    case 0x75:
      var scalar = UInt32(try hexUnit())
      if scalar & 0xF800 == 0xD800 {
        guard scalar < 0xDC00, next == 0x5C, at + 1 < bytes.count, bytes[at + 1] == 0x75 else {
          throw fault("a surrogate without its pair", code: "json.surrogate", at: start)
        }
        at += 2
        let low = UInt32(try hexUnit())
        guard low & 0xFC00 == 0xDC00 else {
          throw fault("a surrogate without its pair", code: "json.surrogate", at: start)
        }
        scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let u = Unicode.Scalar(scalar) else { throw fault("no character", code: "json.surrogate", at: start) }
      out += UTF8.encode(u).map(Array.init) ?? []
    default: throw fault("an escape that JSON does not know", at: start)
    }
  }

  private mutating func hexUnit() throws(JSONFault) -> UInt16 {
    var v: UInt16 = 0
    for _ in 0..<4 {
      guard let b = next else { throw expected("four hexadecimal digits") }
      let d: UInt8
      switch b {
      case 0x30...0x39: d = b - 0x30
      case 0x41...0x46: d = b - 0x37
      case 0x61...0x66: d = b - 0x57
      default: throw expected("four hexadecimal digits")
      }
      v = v << 4 | UInt16(d)
      at += 1
    }
    return v
  }

  private mutating func digits() -> Int {
    let start = at
    while let b = next, (0x30...0x39).contains(b) { at += 1 }
    return at - start
  }

  private mutating func number() throws(JSONFault) -> JSONValue {
    let start = at
    let negative = next == 0x2D
    if negative { at += 1 }
    let first = next
    let count = digits()
    guard count > 0 else { throw expected("a digit") }
    if count > 1, first == 0x30 { throw fault("a number with a leading zero", at: start) }
    var whole = true
    if next == 0x2E {
      whole = false
      at += 1
      guard digits() > 0 else { throw expected("a digit") }
    }
    if next == 0x65 || next == 0x45 {
      whole = false
      at += 1
      if next == 0x2B || next == 0x2D { at += 1 }
      guard digits() > 0 else { throw expected("a digit") }
    }
    guard at - start <= JSONParser.maximumNumberLength else {
      throw fault("a number of more than \(JSONParser.maximumNumberLength) bytes", code: "json.number", at: start)
    }
    let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<at]), as: UTF8.self)
    if whole, !(negative && first == 0x30) {
      if let v = Int64(text) { return .int(v) }
      if let v = UInt64(text) { return .uint(v) }
    }
    guard let v = Double(text), v.isFinite else {
      throw fault("a number beyond the range of a double", code: "json.number", at: start)
    }
    return .double(v)
  }
}
