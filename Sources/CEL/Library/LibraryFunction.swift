/// A function every environment has, or one that comes with an extension.
struct LibraryFunction: Sendable {
  struct Overload: Sendable {
    var parameters: [StaticType]
    var result: StaticType
  }

  var name: String
  var isMember: Bool
  var library: CELExtension?
  /// All of one number of parameters; the receiver of a member is the first.
  var overloads: [Overload]
  var implementation: Implementation

  /// Type variables of declarations.
  static let a = StaticType.variable(0)
  static let b = StaticType.variable(1)

  static func unary(
    _ name: String, member: Bool = false, in library: CELExtension? = nil, _ overloads: [(StaticType, StaticType)],
    _ body: @escaping Implementation.Unary
  ) -> LibraryFunction {
    LibraryFunction(
      name: name, isMember: member, library: library,
      overloads: overloads.map { Overload(parameters: [$0.0], result: $0.1) }, implementation: .unary(body))
  }

  static func binary(
    _ name: String, member: Bool = false, in library: CELExtension? = nil,
    _ overloads: [(StaticType, StaticType, StaticType)], _ body: @escaping Implementation.Binary
  ) -> LibraryFunction {
    LibraryFunction(
      name: name, isMember: member, library: library,
      overloads: overloads.map { Overload(parameters: [$0.0, $0.1], result: $0.2) }, implementation: .binary(body))
  }

  static func many(
    _ name: String, member: Bool = false, in library: CELExtension? = nil, _ parameters: [StaticType],
    _ result: StaticType, _ body: @escaping Implementation.Many
  ) -> LibraryFunction {
    LibraryFunction(
      name: name, isMember: member, library: library, overloads: [Overload(parameters: parameters, result: result)],
      implementation: .many(body))
  }
}

/// The names functions are found by.
struct FunctionName: Hashable, Sendable {
  var name: String
  var isMember: Bool
}

/// The list of libraries: a library is a file and a line here.
enum Library {
  static let all: [LibraryFunction] =
    StandardFunctions.all + ConversionFunctions.all + TimeFunctions.all + StringFunctions.all + FormatFunctions.all
    + MathFunctions.all + EncoderFunctions.all + OptionalFunctions.all

  static let byName: [FunctionName: [LibraryFunction]] = Dictionary(
    grouping: all, by: { FunctionName(name: $0.name, isMember: $0.isMember) })

  /// Operators, by their parameter types; the result follows.
  static let operators: [BinaryOperator: [LibraryFunction.Overload]] = {
    let a = LibraryFunction.a
    let b = LibraryFunction.b
    func make(_ types: [(StaticType, StaticType, StaticType)]) -> [LibraryFunction.Overload] {
      types.map { LibraryFunction.Overload(parameters: [$0.0, $0.1], result: $0.2) }
    }
    let numbers: [StaticType] = [.int, .uint, .double]
    let same = numbers.map { ($0, $0, $0) }
    let ordered: [StaticType] = [.bool, .string, .bytes, .timestamp, .duration]
    let order = make(
      numbers.flatMap { x in numbers.map { y in (x, y, .bool) } } + ordered.map { ($0, $0, .bool) })
    let equality = make([(a, a, .bool)])
    return [
      .equal: equality, .notEqual: equality, .less: order, .lessOrEqual: order, .greater: order,
      .greaterOrEqual: order,
      .in: make([(a, .list(a), .bool), (a, .map(a, b), .bool)]),
      .add: make(
        same + [
          (.string, .string, .string), (.bytes, .bytes, .bytes), (.list(a), .list(a), .list(a)),
          (.timestamp, .duration, .timestamp), (.duration, .timestamp, .timestamp),
          (.duration, .duration, .duration),
        ]),
      .subtract: make(
        same + [
          (.timestamp, .timestamp, .duration), (.timestamp, .duration, .timestamp),
          (.duration, .duration, .duration),
        ]),
      .multiply: make(same), .divide: make(same), .remainder: make([(.int, .int, .int), (.uint, .uint, .uint)]),
    ]
  }()

  static let index: [LibraryFunction.Overload] = {
    let a = LibraryFunction.a
    let b = LibraryFunction.b
    let types: [(StaticType, StaticType, StaticType)] = [
      (.list(a), .int, a), (.map(a, b), a, b), (.optional(.list(a)), .int, .optional(a)),
      (.optional(.map(a, b)), a, .optional(b)),
    ]
    return types.map { LibraryFunction.Overload(parameters: [$0.0, $0.1], result: $0.2) }
  }()
}
