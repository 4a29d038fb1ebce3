/// A node of the parsed expression, macros already expanded into nodes of their own.
///
/// `height` is bounded by the parser, so walking a tree recursively is always safe.
final class Syntax: Sendable {
  indirect enum Kind: Sendable {
    case literal(CELValue)
    /// `absolute`: written with a leading dot, resolved in the root namespace only.
    case name(String, absolute: Bool)
    case select(Syntax, String, optional: Bool)
    case has(Syntax, String)
    case index(Syntax, Syntax, optional: Bool)
    case call(String, absolute: Bool, [Syntax])
    case memberCall(Syntax, String, [Syntax])
    case not(Syntax)
    case negate(Syntax)
    case binary(BinaryOperator, Syntax, Syntax)
    /// `&&` and `||` are flat: they are associative, and long chains stay shallow.
    case and([Syntax])
    case or([Syntax])
    case conditional(Syntax, Syntax, Syntax)
    case list([Element])
    case map([Entry])
    case message(String, absolute: Bool, [Field])
    case comprehension(Comprehension)
    /// cel.bind: `name` means `value` inside `body`.
    case bind(name: String, value: Syntax, body: Syntax)
    /// optMap, and optFlatMap when `flat`.
    case optionalMap(Syntax, name: String, body: Syntax, flat: Bool)
  }

  struct Element: Sendable {
    var value: Syntax
    var optional: Bool
  }

  struct Entry: Sendable {
    var key: Syntax
    var value: Syntax
    var optional: Bool
  }

  struct Field: Sendable {
    var name: String
    var offset: Int
    var value: Syntax
    var optional: Bool
  }

  struct Comprehension: Sendable {
    enum Form: Sendable { case all, exists, existsOne, map, filter, transformMap, transformMapEntry }
    var form: Form
    var range: Syntax
    /// One name: element of a list, key of a map. Two: index and element, key and value.
    var names: [String]
    /// Where the names are written, for messages.
    var nameOffsets: [Int]
    var filter: Syntax?
    var body: Syntax
  }

  let kind: Kind
  /// Into the tables the checker fills.
  let id: Int
  /// Where an error of this node is shown: the operator, the name of a field or function.
  let offset: Int
  let length: Int
  let height: Int

  init(_ kind: Kind, id: Int, offset: Int, length: Int, height: Int) {
    self.kind = kind
    self.id = id
    self.offset = offset
    self.length = length
    self.height = height
  }

  var children: [Syntax] {
    switch kind {
    case .literal, .name: []
    case .select(let a, _, _), .has(let a, _), .not(let a), .negate(let a): [a]
    case .index(let a, let b, _), .binary(_, let a, let b): [a, b]
    case .call(_, _, let all), .and(let all), .or(let all): all
    case .memberCall(let target, _, let arguments): [target] + arguments
    case .conditional(let a, let b, let c): [a, b, c]
    case .list(let elements): elements.map(\.value)
    case .map(let entries): entries.flatMap { [$0.key, $0.value] }
    case .message(_, _, let fields): fields.map(\.value)
    case .comprehension(let c): [c.range] + (c.filter.map { [$0] } ?? []) + [c.body]
    case .bind(_, let value, let body): [value, body]
    case .optionalMap(let target, _, let body, _): [target, body]
    }
  }
}

enum BinaryOperator: String, Sendable {
  case equal = "==", notEqual = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="
  case `in` = "in", add = "+", subtract = "-", multiply = "*", divide = "/", remainder = "%"

  var precedence: Int {
    switch self {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .in: 3
    case .add, .subtract: 4
    case .multiply, .divide, .remainder: 5
    }
  }

  init?(_ token: Token.Kind) {
    switch token {
    case .in: self = .in
    case .symbol(let symbol): self.init(rawValue: symbol.rawValue)
    default: return nil
    }
  }
}
