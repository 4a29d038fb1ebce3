/// A variable an expression may read.
public struct CELVariable: Sendable {
  /// A name, or a dotted name (`auth.limits`) for a variable in a namespace.
  public var name: String
  public var type: CELType
  public init(name: String, type: CELType) {
    self.name = name
    self.type = type
  }
}

/// A function the host adds. Several with one name are overloads, told apart by `isMember` and `parameters`.
public struct CELFunction: Sendable {
  public var name: String
  /// True for `receiver.name(…)`: the receiver is the first of `parameters`.
  public var isMember: Bool
  /// `.dyn` takes anything.
  public var parameters: [CELType]
  public var result: CELType
  /// Charged against the program's cost limit at each call; at least 1.
  public var cost: Int
  /// Called with as many values as `parameters`, each of its declared kind.
  public var body: @Sendable ([CELValue]) -> Result<CELValue, CELError>

  public init(
    name: String, isMember: Bool = false, parameters: [CELType], result: CELType, cost: Int = 1,
    body: @escaping @Sendable ([CELValue]) -> Result<CELValue, CELError>
  ) {
    self.name = name
    self.isMember = isMember
    self.parameters = parameters
    self.result = result
    self.cost = max(1, cost)
    self.body = body
  }
}

/// Libraries beyond the standard definitions, as cel-go and cel-spec name them.
public enum CELExtension: Sendable, Hashable, CaseIterable {
  /// charAt, indexOf, lastIndexOf, join, lowerAscii, upperAscii, replace, split, substring, trim, format, reverse, quote
  case strings
  /// math.greatest, least, ceil, floor, round, trunc, abs, sign, sqrt, isNaN, isInf, isFinite and the bit functions
  case math
  /// cel.bind
  case bindings
  /// base64.encode, base64.decode
  case encoders
  /// optional.of …, `a.?b`, `a[?b]`, `[?a]`, `{?k: v}`, optMap, optFlatMap
  case optionals
}

extension Set<CELExtension> {
  public static var all: Set<CELExtension> { Set(CELExtension.allCases) }
}

/// What an expression can name. Slots of a program are the variables in this order.
public struct CELEnvironment: Sendable {
  public var variables: [CELVariable]
  public var objects: [CELObjectType]
  public var functions: [CELFunction]
  public var extensions: Set<CELExtension>
  /// The namespace names are resolved in: with `a.b`, `x` means `a.b.x`, else `a.x`, else `x` (langdef, "Name Resolution").
  public var container: String

  public init(
    variables: [CELVariable], objects: [CELObjectType] = [], functions: [CELFunction] = [],
    extensions: Set<CELExtension> = .all, container: String = ""
  ) {
    self.variables = variables
    self.objects = objects
    self.functions = functions
    self.extensions = extensions
    self.container = container
  }
}
