internal import CustodyCore

/// Conversions between types; what does not fit is an error (langdef, "List of Standard Definitions").
enum ConversionFunctions {
  static let all: [LibraryFunction] = [
    .unary("bool", [(.bool, .bool), (.string, .bool)], bool),
    .unary("int", [(.int, .int), (.uint, .int), (.double, .int), (.string, .int), (.timestamp, .int)], int),
    .unary("uint", [(.uint, .uint), (.int, .uint), (.double, .uint), (.string, .uint)], uint),
    .unary("double", [(.double, .double), (.int, .double), (.uint, .double), (.string, .double)], double),
    .unary(
      "string",
      [
        (.string, .string), (.bool, .string), (.int, .string), (.uint, .string), (.double, .string),
        (.bytes, .string), (.timestamp, .string), (.duration, .string),
      ], string),
    .unary("bytes", [(.bytes, .bytes), (.string, .bytes)], bytes),
    .unary("timestamp", [(.timestamp, .timestamp), (.string, .timestamp), (.int, .timestamp)], timestamp),
    .unary("duration", [(.duration, .duration), (.string, .duration)], duration),
  ]

  private static func range(_ type: String) -> CELError {
    CELError(.overflow, "range error: the value does not fit into \(type)")
  }

  private static func malformed(_ type: String) -> CELError {
    CELError(.invalidArgument, "type conversion error: the string is no \(type)")
  }

  static func bool(_ a: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue {
    switch a {
    case .bool: return a
    case .string(let s):
      switch s {
      case "1", "t", "true", "TRUE", "True": return .bool(true)
      case "0", "f", "false", "FALSE", "False": return .bool(false)
      default: throw malformed("bool")
      }
    default: throw Arithmetic.noOverload("bool", a)
    }
  }

  static func int(_ a: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue {
    switch a {
    case .int: return a
    case .uint(let u):
      guard let i = Int64(exactly: u) else { throw range("int") }
      return .int(i)
    case .double(let d):
      // Both bounds are left out: neither is the double it was written as.
      guard d > -0x1p63, d < 0x1p63 else { throw range("int") }
      return .int(Int64(d))
    case .string(let s):
      guard let i = Int64(s) else { throw malformed("int") }
      return .int(i)
    case .timestamp(let t): return .int(t.seconds)
    default: throw Arithmetic.noOverload("int", a)
    }
  }

  static func uint(_ a: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue {
    switch a {
    case .uint: return a
    case .int(let i):
      guard let u = UInt64(exactly: i) else { throw range("uint") }
      return .uint(u)
    case .double(let d):
      guard d >= 0, d < 0x1p64 else { throw range("uint") }
      return .uint(UInt64(d))
    case .string(let s):
      guard s.utf8.first?.isDigit == true, let u = UInt64(s) else { throw malformed("uint") }
      return .uint(u)
    default: throw Arithmetic.noOverload("uint", a)
    }
  }

  static func double(_ a: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue {
    switch a {
    case .double: return a
    case .int(let i): return .double(Double(i))
    case .uint(let u): return .double(Double(u))
    case .string(let s):
      try frame.charge(bytes: s.utf8.count)
      guard let d = Double(s) else { throw malformed("double") }
      return .double(d)
    default: throw Arithmetic.noOverload("double", a)
    }
  }

  static func string(_ a: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue {
    switch a {
    case .string: return a
    case .bool(let b): return .string(b ? "true" : "false")
    case .int(let i): return .string(String(i))
    case .uint(let u): return .string(String(u))
    case .double(let d): return .string(Numerals.general(d))
    case .bytes(let bytes):
      try frame.charge(bytes: bytes.count)
      guard let s = String(validating: bytes, as: UTF8.self) else {
        throw CELError(.invalidArgument, "invalid argument: invalid UTF-8")
      }
      return .string(s)
    case .timestamp(let t): return .string(t.description)
    case .duration(let seconds, let nanoseconds):
      return .string(Moment.text(seconds: seconds, nanoseconds: nanoseconds))
    default: throw Arithmetic.noOverload("string", a)
    }
  }

  static func bytes(_ a: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue {
    switch a {
    case .bytes: return a
    case .string(let s):
      try frame.charge(bytes: s.utf8.count)
      return .bytes(Array(s.utf8))
    default: throw Arithmetic.noOverload("bytes", a)
    }
  }

  static func timestamp(_ a: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue {
    switch a {
    case .timestamp: return a
    case .int(let seconds): return .timestamp(try Moment.timestamp(Moment.nanoseconds(seconds, 0)))
    case .string(let s):
      guard s.utf8.count <= 64, let t = Instant(rfc3339: s) else {
        throw CELError(.invalidArgument, "type conversion error: the string is no RFC 3339 timestamp in range")
      }
      return .timestamp(t)
    default: throw Arithmetic.noOverload("timestamp", a)
    }
  }

  static func duration(_ a: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue {
    switch a {
    case .duration: return a
    case .string(let s):
      guard s.utf8.count <= 256, let d = Moment.parse(duration: s) else {
        throw CELError(
          .invalidArgument, "type conversion error: the string is no duration in range, as in '36h' or '1h30m'")
      }
      return d
    default: throw Arithmetic.noOverload("duration", a)
    }
  }
}
