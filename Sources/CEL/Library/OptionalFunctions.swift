internal import CustodyCore

/// Values that may be missing. `or` and `orValue` are nodes of their own, because they do not evaluate what they do not
/// need; here are only their types.
enum OptionalFunctions {
  static let all: [LibraryFunction] = {
    let a = LibraryFunction.a
    let optional = StaticType.optional(a)
    return [
      .unary("optional.of", in: .optionals, [(a, optional)]) {
        (value: CELValue, _: inout Frame) throws(CELError) -> CELValue in .optional(value)
      },
      .unary("optional.ofNonZeroValue", in: .optionals, [(a, optional)]) {
        (value: CELValue, _: inout Frame) throws(CELError) -> CELValue in .optional(isZero(value) ? nil : value)
      },
      .many("optional.none", in: .optionals, [], optional) {
        (_: [CELValue], _: inout Frame) throws(CELError) -> CELValue in .optional(nil)
      },
      .unary("hasValue", member: true, in: .optionals, [(optional, .bool)]) {
        (value: CELValue, _: inout Frame) throws(CELError) -> CELValue in
        .bool(try inner(value, "hasValue") != nil)
      },
      .unary("value", member: true, in: .optionals, [(optional, a)]) {
        (value: CELValue, _: inout Frame) throws(CELError) -> CELValue in
        guard let inner = try inner(value, "value") else {
          throw CELError(.invalidArgument, "invalid argument: value() of an optional that has none")
        }
        return inner
      },
      .binary("or", member: true, in: .optionals, [(optional, optional, optional)]) {
        (value: CELValue, other: CELValue, _: inout Frame) throws(CELError) -> CELValue in
        try inner(value, "or") == nil ? other : value
      },
      .binary("orValue", member: true, in: .optionals, [(optional, a, a)]) {
        (value: CELValue, other: CELValue, _: inout Frame) throws(CELError) -> CELValue in
        try inner(value, "orValue") ?? other
      },
      .unary("first", member: true, in: .optionals, [(.list(a), optional)]) {
        (value: CELValue, _: inout Frame) throws(CELError) -> CELValue in
        guard case .list(let list) = value else { throw Arithmetic.noOverload("first", value) }
        return .optional(list.first)
      },
      .unary("last", member: true, in: .optionals, [(.list(a), optional)]) {
        (value: CELValue, _: inout Frame) throws(CELError) -> CELValue in
        guard case .list(let list) = value else { throw Arithmetic.noOverload("last", value) }
        return .optional(list.last)
      },
      .unary("optional.unwrap", in: .optionals, [(.list(optional), .list(a))], unwrap),
      .unary("unwrapOpt", member: true, in: .optionals, [(.list(optional), .list(a))], unwrap),
    ]
  }()

  private static func inner(_ value: CELValue, _ name: String) throws(CELError) -> CELValue? {
    guard case .optional(let inner) = value else { throw Arithmetic.noOverload(name, value) }
    return inner
  }

  private static func unwrap(_ value: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue {
    guard case .list(let list) = value else { throw Arithmetic.noOverload("unwrap", value) }
    try frame.charge(list.count)
    var out: [CELValue] = []
    for element in list {
      if let inner = try inner(element, "unwrap") { out.append(inner) }
    }
    return .list(out)
  }

  /// What an unset field of the type would read as.
  static func isZero(_ value: CELValue) -> Bool {
    switch value {
    case .null: true
    case .bool(let b): !b
    case .int(let i): i == 0
    case .uint(let u): u == 0
    case .double(let d): d == 0
    case .string(let s): s.isEmpty
    case .bytes(let b): b.isEmpty
    case .timestamp(let t): t == Instant(seconds: 0)
    case .duration(let s, let n): s == 0 && n == 0
    case .list(let list): list.isEmpty
    case .map(let map): map.isEmpty
    case .optional(let inner): inner == nil
    case .object, .type: false
    }
  }
}
