/// What one evaluation reads and spends.
struct Frame {
  /// Values of the variables, in the order of declaration.
  let slots: [CELValue]
  /// Variables of macros and bindings, by their nesting.
  var locals: [CELValue]
  /// Units left; see `charge`.
  private var budget: Int
  /// Declared object types, for values whose type only shows at run time.
  let objects: ObjectTable

  /// Told what parts give; nil in ordinary evaluation.
  let observer: Observer?

  init(slots: [CELValue], localCount: Int, costLimit: Int, objects: ObjectTable, observer: Observer? = nil) {
    self.observer = observer
    self.slots = slots
    locals = localCount == 0 ? [] : Array(repeating: .null, count: localCount)
    budget = costLimit
    self.objects = objects
  }

  /// Spends `units`: one per node evaluated in a loop, per element built or compared, per 16 bytes of text worked on.
  @inline(__always)
  mutating func charge(_ units: Int) throws(CELError) {
    budget &-= units
    if budget < 0 { throw Frame.exhausted }
  }

  @inline(__always)
  mutating func charge(bytes: Int) throws(CELError) {
    try charge(bytes >> 4)
  }

  private static var exhausted: CELError {
    CELError(.costLimit, "cost limit exceeded: the expression does more work than it is allowed to")
  }
}

/// Declared object types by name.
final class ObjectTable: Sendable {
  struct Fields: Sendable {
    var indices: [String: Int]
    var types: [CELType]
    var names: [String]
  }

  private let byName: [String: Fields]

  init(_ types: [CELObjectType]) {
    var table: [String: Fields] = [:]
    for type in types {
      table[type.name] = Fields(
        indices: Dictionary(type.fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { a, _ in a }),
        types: type.fields.map(\.type), names: type.fields.map(\.name))
    }
    byName = table
  }

  subscript(name: String) -> Fields? { byName[name] }
  var names: [String] { byName.keys.sorted() }
}
