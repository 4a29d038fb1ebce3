/// Functions of the language itself: size, tests on strings, type.
enum StandardFunctions {
  static let all: [LibraryFunction] = {
    let a = LibraryFunction.a
    let b = LibraryFunction.b
    let sized: [(StaticType, StaticType)] = [(.string, .int), (.bytes, .int), (.list(a), .int), (.map(a, b), .int)]
    let test: [(StaticType, StaticType, StaticType)] = [(.string, .string, .bool)]
    return [
      .unary("size", sized, size),
      .unary("size", member: true, sized, size),
      .unary("type", [(a, .type)], type),
      .unary("dyn", [(a, .dyn)], dyn),
      .binary("contains", member: true, test, contains),
      .binary("startsWith", member: true, test, startsWith),
      .binary("endsWith", member: true, test, endsWith),
      .binary("matches", member: true, test, matches),
      .binary("matches", test, matches),
    ]
  }()

  static func size(_ a: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue {
    switch a {
    case .string(let s):
      try frame.charge(bytes: s.utf8.count)
      return .int(Int64(Text.length(s)))
    case .bytes(let bytes): return .int(Int64(bytes.count))
    case .list(let list): return .int(Int64(list.count))
    case .map(let map): return .int(Int64(map.count))
    default: throw Arithmetic.noOverload("size", a)
    }
  }

  static func type(_ a: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue { .type(a.type) }

  static func dyn(_ a: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue { a }

  private static func strings(
    _ name: String, _ a: CELValue, _ b: CELValue, _ frame: inout Frame
  ) throws(CELError) -> (String, String) {
    guard case .string(let x) = a, case .string(let y) = b else { throw Arithmetic.noOverload(name, a, b) }
    try frame.charge(bytes: x.utf8.count + y.utf8.count)
    return (x, y)
  }

  static func contains(_ a: CELValue, _ b: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue {
    let (x, y) = try strings("contains", a, b, &frame)
    // A text made for it takes the product of both lengths.
    let (product, overflow) = x.utf8.count.multipliedReportingOverflow(by: y.utf8.count >> 4)
    try frame.charge(bytes: overflow ? .max : product)
    return .bool(Text.contains(x, y))
  }

  static func startsWith(_ a: CELValue, _ b: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue {
    let (x, y) = try strings("startsWith", a, b, &frame)
    return .bool(Text.hasPrefix(x, y))
  }

  static func endsWith(_ a: CELValue, _ b: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue {
    let (x, y) = try strings("endsWith", a, b, &frame)
    return .bool(Text.hasSuffix(x, y))
  }

  /// A pattern that is no constant is compiled at each call, at a cost that grows with it.
  static func matches(_ a: CELValue, _ b: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue {
    guard case .string(let text) = a, case .string(let pattern) = b else {
      throw Arithmetic.noOverload("matches", a, b)
    }
    try frame.charge(10 + pattern.utf8.count)
    let compiled: RegularExpression
    do throws(RegularExpression.Failure) {
      compiled = try RegularExpression(pattern, reused: false)
    } catch {
      throw CELError(.invalidArgument, "invalid argument: \(error.message)")
    }
    try frame.charge(compiled.size)
    return .bool(try compiled.matches(text, &frame))
  }
}
