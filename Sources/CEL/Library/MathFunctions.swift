/// The math extension. `math.greatest` and `math.least` take any number of arguments, so the checker types them itself.
enum MathFunctions {
  static let greatest = "math.greatest"
  static let least = "math.least"

  static let all: [LibraryFunction] =
    doubles + [
      .unary("math.isNaN", in: .math, [(.double, .bool)], test("math.isNaN") { $0.isNaN }),
      .unary("math.isInf", in: .math, [(.double, .bool)], test("math.isInf") { $0.isInfinite }),
      .unary("math.isFinite", in: .math, [(.double, .bool)], test("math.isFinite") { $0.isFinite }),
      .unary("math.abs", in: .math, [(.int, .int), (.uint, .uint), (.double, .double)], abs),
      .unary("math.sign", in: .math, [(.int, .int), (.uint, .uint), (.double, .double)], sign),
      .unary("math.sqrt", in: .math, [(.int, .double), (.uint, .double), (.double, .double)], squareRoot),
      .binary("math.bitAnd", in: .math, bits, bitwise("math.bitAnd", { $0 & $1 })),
      .binary("math.bitOr", in: .math, bits, bitwise("math.bitOr", { $0 | $1 })),
      .binary("math.bitXor", in: .math, bits, bitwise("math.bitXor", { $0 ^ $1 })),
      .unary("math.bitNot", in: .math, [(.int, .int), (.uint, .uint)], bitNot),
      .binary("math.bitShiftLeft", in: .math, shifts, shift("math.bitShiftLeft") { $1 > 63 ? 0 : $0 << $1 }),
      .binary("math.bitShiftRight", in: .math, shifts, shift("math.bitShiftRight") { $1 > 63 ? 0 : $0 >> $1 }),
    ]

  private static let bits: [(StaticType, StaticType, StaticType)] = [(.int, .int, .int), (.uint, .uint, .uint)]
  private static let shifts: [(StaticType, StaticType, StaticType)] = [(.int, .int, .int), (.uint, .int, .uint)]

  private static let doubles: [LibraryFunction] = [
    ("math.ceil", .up), ("math.floor", .down), ("math.trunc", .towardZero), ("math.round", .toNearestOrAwayFromZero),
  ].map { (name: String, rule: FloatingPointRoundingRule) in
    .unary(name, in: .math, [(.double, .double)]) {
      (a: CELValue, _: inout Frame) throws(CELError) -> CELValue in
      guard case .double(let d) = a else { throw Arithmetic.noOverload(name, a) }
      return .double(d.rounded(rule))
    }
  }

  private static func test(_ name: String, _ test: @escaping @Sendable (Double) -> Bool) -> Implementation.Unary {
    { (a: CELValue, _: inout Frame) throws(CELError) -> CELValue in
      guard case .double(let d) = a else { throw Arithmetic.noOverload(name, a) }
      return .bool(test(d))
    }
  }

  static func abs(_ a: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue {
    switch a {
    case .int(let i):
      guard i != .min else { throw CELError(.overflow, "integer overflow") }
      return .int(Swift.abs(i))
    case .uint: return a
    case .double(let d): return .double(d.magnitude)
    default: throw Arithmetic.noOverload("math.abs", a)
    }
  }

  static func sign(_ a: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue {
    switch a {
    case .int(let i): return .int(i.signum())
    case .uint(let u): return .uint(u == 0 ? 0 : 1)
    case .double(let d): return .double(d.isNaN ? d : d > 0 ? 1 : d < 0 ? -1 : 0)
    default: throw Arithmetic.noOverload("math.sign", a)
    }
  }

  static func squareRoot(_ a: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue {
    switch a {
    case .int(let i): return .double(Double(i).squareRoot())
    case .uint(let u): return .double(Double(u).squareRoot())
    case .double(let d): return .double(d.squareRoot())
    default: throw Arithmetic.noOverload("math.sqrt", a)
    }
  }

  private static func bitwise(
    _ name: String, _ combine: @escaping @Sendable (UInt64, UInt64) -> UInt64
  ) -> Implementation.Binary {
    { (a: CELValue, b: CELValue, _: inout Frame) throws(CELError) -> CELValue in
      switch (a, b) {
      case (.int(let x), .int(let y)):
        return .int(Int64(bitPattern: combine(UInt64(bitPattern: x), UInt64(bitPattern: y))))
      case (.uint(let x), .uint(let y)): return .uint(combine(x, y))
      default: throw Arithmetic.noOverload(name, a, b)
      }
    }
  }

  static func bitNot(_ a: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue {
    switch a {
    case .int(let i): return .int(~i)
    case .uint(let u): return .uint(~u)
    default: throw Arithmetic.noOverload("math.bitNot", a)
    }
  }

  /// Shifts work on the bits: a right shift of a negative int brings in zeros.
  private static func shift(
    _ name: String, _ move: @escaping @Sendable (UInt64, Int64) -> UInt64
  ) -> Implementation.Binary {
    { (a: CELValue, b: CELValue, _: inout Frame) throws(CELError) -> CELValue in
      guard case .int(let places) = b else { throw Arithmetic.noOverload(name, a, b) }
      switch a {
      case .int, .uint:
        guard places >= 0 else { throw CELError(.invalidArgument, "invalid argument: a shift by a negative number") }
      default: throw Arithmetic.noOverload(name, a, b)
      }
      if case .int(let i) = a { return .int(Int64(bitPattern: move(UInt64(bitPattern: i), places))) }
      if case .uint(let u) = a { return .uint(move(u, places)) }
      throw Arithmetic.noOverload(name, a, b)
    }
  }

  /// The greatest or least of its arguments, or of the one list it is given; the first of equals.
  static func extreme(_ name: String, greatest: Bool) -> Implementation.Many {
    { (arguments: [CELValue], frame: inout Frame) throws(CELError) -> CELValue in
      var values = arguments
      if arguments.count == 1, case .list(let list) = arguments[0] { values = list }
      guard var best = values.first else {
        throw CELError(.invalidArgument, "invalid argument: \(name) of no numbers")
      }
      try frame.charge(values.count)
      guard Comparison.numbers(best, best) != nil else { throw Arithmetic.noOverload(name, best) }
      for value in values.dropFirst() {
        guard let order = Comparison.numbers(value, best) else { throw Arithmetic.noOverload(name, value, best) }
        if order == (greatest ? .greater : .less) { best = value }
      }
      return best
    }
  }
}
