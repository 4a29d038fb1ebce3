internal import CustodyCore

/// Equality and ordering across all values (langdef, "Equality and Ordering").
enum Comparison {
  /// Values nested deeper than this cannot be compared; no expression builds them, a host might.
  private static let depthLimit = 1000

  /// Never an error for values of different kinds: they are just not equal. Numbers are equal when they are the same
  /// number, whatever their types; NaN is equal to nothing.
  static func equal(
    _ a: CELValue, _ b: CELValue, _ frame: inout Frame, depth: Int = 0
  ) throws(CELError) -> Bool {
    switch (a, b) {
    case (.null, .null): return true
    case (.bool(let x), .bool(let y)): return x == y
    case (.int(let x), .int(let y)): return x == y
    case (.string(let x), .string(let y)):
      try frame.charge(bytes: min(x.utf8.count, y.utf8.count))
      return Text.equal(x, y)
    case (.bytes(let x), .bytes(let y)):
      try frame.charge(bytes: min(x.count, y.count))
      return x == y
    case (.timestamp(let x), .timestamp(let y)): return x == y
    case (.duration(let s, let n), .duration(let t, let m)): return s == t && n == m
    case (.type(let x), .type(let y)): return x.runtimeName == y.runtimeName
    case (.list(let x), .list(let y)): return try equal(x, y, &frame, depth: depth)
    case (.map(let x), .map(let y)): return try equal(x, y, &frame, depth: depth)
    case (.optional(let x), .optional(let y)):
      guard let x, let y else { return x == nil && y == nil }
      return try equal(x, y, &frame, depth: depth + 1)
    case (.object(let x), .object(let y)): return try equal(x, y, fieldCount: nil, &frame, depth: depth)
    default: return numbers(a, b) == .equal
    }
  }

  private static func equal(
    _ a: [CELValue], _ b: [CELValue], _ frame: inout Frame, depth: Int
  ) throws(CELError) -> Bool {
    guard a.count == b.count else { return false }
    try enter(depth)
    for i in a.indices {
      try frame.charge(1)
      if !(try equal(a[i], b[i], &frame, depth: depth + 1)) { return false }
    }
    return true
  }

  private static func equal(
    _ a: CELMap, _ b: CELMap, _ frame: inout Frame, depth: Int
  ) throws(CELError) -> Bool {
    guard a.count == b.count else { return false }
    try enter(depth)
    for i in a.keys.indices {
      try frame.charge(2)
      guard let j = b.find(a.keys[i]) else { return false }
      if !(try equal(a.values[i], b.values[j], &frame, depth: depth + 1)) { return false }
    }
    return true
  }

  /// Field by field, an unset field being equal only to an unset one.
  static func equal(
    _ a: any CELObject, _ b: any CELObject, fieldCount: Int?, _ frame: inout Frame, depth: Int = 0
  ) throws(CELError) -> Bool {
    guard type(of: a) == type(of: b) else { return false }
    try enter(depth)
    guard let count = fieldCount ?? frame.objects[type(of: a).celTypeName]?.types.count else {
      throw CELError(.noOverload, "no such overload: objects of an undeclared type cannot be compared")
    }
    for i in 0..<count {
      try frame.charge(1)
      switch (a.celField(i), b.celField(i)) {
      case (nil, nil): continue
      case (let x?, let y?): if !(try equal(x, y, &frame, depth: depth + 1)) { return false }
      default: return false
      }
    }
    return true
  }

  private static func enter(_ depth: Int) throws(CELError) {
    if depth > depthLimit { throw CELError(.costLimit, "cost limit exceeded: values are nested too deeply") }
  }

  enum Order { case less, equal, greater, unordered }

  private static func of<T: Comparable>(_ a: T, _ b: T) -> Order {
    a < b ? .less : a == b ? .equal : a > b ? .greater : .unordered
  }

  /// Nil when the two have no order: `no such overload`.
  static func order(_ a: CELValue, _ b: CELValue, _ frame: inout Frame) throws(CELError) -> Order? {
    switch (a, b) {
    case (.int(let x), .int(let y)): return of(x, y)
    case (.bool(let x), .bool(let y)): return x == y ? .equal : y ? .less : .greater
    case (.string(let x), .string(let y)):
      try frame.charge(bytes: min(x.utf8.count, y.utf8.count))
      return Text.equal(x, y) ? .equal : Text.less(x, y) ? .less : .greater
    case (.bytes(let x), .bytes(let y)):
      try frame.charge(bytes: min(x.count, y.count))
      return x == y ? .equal : x.lexicographicallyPrecedes(y) ? .less : .greater
    case (.timestamp(let x), .timestamp(let y)): return of(x, y)
    case (.duration(let s, let n), .duration(let t, let m)): return s == t ? of(n, m) : of(s, t)
    default: return numbers(a, b)
    }
  }

  /// Across number types. Against a double, int and uint are rounded to double first, as the other implementations do.
  static func numbers(_ a: CELValue, _ b: CELValue) -> Order? {
    switch (a, b) {
    case (.int(let x), .int(let y)): return of(x, y)
    case (.uint(let x), .uint(let y)): return of(x, y)
    case (.double(let x), .double(let y)): return of(x, y)
    case (.int(let x), .uint(let y)): return x < 0 ? .less : of(UInt64(x), y)
    case (.uint(let x), .int(let y)): return y < 0 ? .greater : of(x, UInt64(y))
    case (.int(let x), .double(let y)): return of(Double(x), y)
    case (.double(let x), .int(let y)): return of(x, Double(y))
    case (.uint(let x), .double(let y)): return of(Double(x), y)
    case (.double(let x), .uint(let y)): return of(x, Double(y))
    default: return nil
    }
  }
}
