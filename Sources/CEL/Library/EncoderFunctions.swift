internal import CustodyCore

/// base64.encode and base64.decode.
enum EncoderFunctions {
  static let all: [LibraryFunction] = [
    .unary("base64.encode", in: .encoders, [(.bytes, .string)], encode),
    .unary("base64.decode", in: .encoders, [(.string, .bytes)], decode),
  ]

  static func encode(_ a: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue {
    guard case .bytes(let bytes) = a else { throw Arithmetic.noOverload("base64.encode", a) }
    try frame.charge(bytes: bytes.count)
    return .string(Base64.encode(bytes))
  }

  static func decode(_ a: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue {
    guard case .string(let s) = a else { throw Arithmetic.noOverload("base64.decode", a) }
    try frame.charge(bytes: s.utf8.count)
    guard let bytes = Base64.decode(s) else {
      throw CELError(.invalidArgument, "invalid argument: the string is no Base64")
    }
    return .bytes(bytes)
  }
}
