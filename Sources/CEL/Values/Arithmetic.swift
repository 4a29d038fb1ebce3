internal import CustodyCore

/// `+ - * / %` and unary minus: same types on both sides, every overflow an error (langdef, "Overflow").
enum Arithmetic {
  static func apply(
    _ sign: BinaryOperator, _ a: CELValue, _ b: CELValue, _ frame: inout Frame
  ) throws(CELError) -> CELValue {
    switch (a, b) {
    case (.int(let x), .int(let y)): return .int(try whole(sign, x, y))
    case (.uint(let x), .uint(let y)): return .uint(try whole(sign, x, y))
    case (.double(let x), .double(let y)):
      switch sign {
      case .add: return .double(x + y)
      case .subtract: return .double(x - y)
      case .multiply: return .double(x * y)
      case .divide: return .double(x / y)
      default: break
      }
    default:
      switch sign {
      case .add: return try add(a, b, &frame)
      case .subtract: return try subtract(a, b)
      default: break
      }
    }
    throw noOverload(sign.rawValue, a, b)
  }

  static func noOverload(_ name: String, _ values: CELValue...) -> CELError {
    CELError(
      .noOverload,
      "no such overload: '\(name)' applied to (\(values.map(\.type.description).joined(separator: ", ")))")
  }

  private static func whole<T: FixedWidthInteger>(_ sign: BinaryOperator, _ x: T, _ y: T) throws(CELError) -> T {
    let (result, overflow): (T, Bool)
    switch sign {
    case .add: (result, overflow) = x.addingReportingOverflow(y)
    case .subtract: (result, overflow) = x.subtractingReportingOverflow(y)
    case .multiply: (result, overflow) = x.multipliedReportingOverflow(by: y)
    default:
      guard y != 0 else { throw CELError(.divisionByZero, sign == .divide ? "division by zero" : "modulus by zero") }
      (result, overflow) =
        sign == .divide ? x.dividedReportingOverflow(by: y) : x.remainderReportingOverflow(dividingBy: y)
    }
    guard !overflow else { throw CELError(.overflow, "integer overflow") }
    return result
  }

  private static func add(_ a: CELValue, _ b: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue {
    switch (a, b) {
    case (.string(let x), .string(let y)):
      try frame.charge(bytes: x.utf8.count + y.utf8.count)
      return .string(x + y)
    case (.bytes(let x), .bytes(let y)):
      try frame.charge(bytes: x.count + y.count)
      return .bytes(x + y)
    case (.list(let x), .list(let y)):
      if x.isEmpty { return b }
      if y.isEmpty { return a }
      try frame.charge(x.count + y.count)
      return .list(x + y)
    case (.timestamp(let t), .duration(let s, let n)), (.duration(let s, let n), .timestamp(let t)):
      return .timestamp(try Moment.add(t, s, n))
    case (.duration(let s, let n), .duration(let t, let m)):
      return try Moment.duration(Moment.nanoseconds(s, n) + Moment.nanoseconds(t, m))
    default: throw noOverload("+", a, b)
    }
  }

  private static func subtract(_ a: CELValue, _ b: CELValue) throws(CELError) -> CELValue {
    switch (a, b) {
    case (.timestamp(let t), .timestamp(let u)):
      return try Moment.duration(
        Moment.nanoseconds(t.seconds, t.nanoseconds) - Moment.nanoseconds(u.seconds, u.nanoseconds))
    case (.timestamp(let t), .duration(let s, let n)): return .timestamp(try Moment.subtract(t, s, n))
    case (.duration(let s, let n), .duration(let t, let m)):
      return try Moment.duration(Moment.nanoseconds(s, n) - Moment.nanoseconds(t, m))
    default: throw noOverload("-", a, b)
    }
  }

  static func negate(_ a: CELValue) throws(CELError) -> CELValue {
    switch a {
    case .int(let x):
      guard x != .min else { throw CELError(.overflow, "integer overflow") }
      return .int(-x)
    case .double(let x): return .double(-x)
    default: throw noOverload("-", a)
    }
  }
}
