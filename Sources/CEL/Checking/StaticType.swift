/// A type while it is being inferred: `CELType` plus variables still to be found.
indirect enum StaticType: Hashable, Sendable {
  case dyn, null, bool, int, uint, double, string, bytes, timestamp, duration, type
  /// Of a part already reported; goes with everything, so that one mistake is reported once.
  case error
  case list(StaticType)
  case map(StaticType, StaticType)
  case optional(StaticType)
  case object(String)
  case variable(Int)

  init(_ type: CELType) {
    switch type {
    case .dyn: self = .dyn
    case .null: self = .null
    case .bool: self = .bool
    case .int: self = .int
    case .uint: self = .uint
    case .double: self = .double
    case .string: self = .string
    case .bytes: self = .bytes
    case .timestamp: self = .timestamp
    case .duration: self = .duration
    case .type: self = .type
    case .error: self = .error
    case .list(let element): self = .list(StaticType(element))
    case .map(let key, let value): self = .map(StaticType(key), StaticType(value))
    case .optional(let wrapped): self = .optional(StaticType(wrapped))
    case .object(let name): self = .object(name)
    }
  }

  /// What never was determined is `dyn`.
  var settled: CELType {
    switch self {
    case .dyn, .variable: .dyn
    case .null: .null
    case .bool: .bool
    case .int: .int
    case .uint: .uint
    case .double: .double
    case .string: .string
    case .bytes: .bytes
    case .timestamp: .timestamp
    case .duration: .duration
    case .type: .type
    case .error: .error
    case .list(let element): .list(element.settled)
    case .map(let key, let value): .map(key.settled, value.settled)
    case .optional(let wrapped): .optional(wrapped.settled)
    case .object(let name): .object(name)
    }
  }

  var isDynamic: Bool { self == .dyn || self == .error }

  /// Null stands for a missing object, timestamp or duration.
  var acceptsNull: Bool {
    switch self {
    case .object, .timestamp, .duration, .optional, .null: true
    default: false
    }
  }

  func mentions(_ id: Int) -> Bool {
    switch self {
    case .variable(let other): other == id
    case .list(let element), .optional(let element): element.mentions(id)
    case .map(let key, let value): key.mentions(id) || value.mentions(id)
    default: false
    }
  }

  /// Variables of a declaration replaced by fresh ones: `base` plus their number.
  func shifted(by base: Int) -> StaticType {
    switch self {
    case .variable(let id): .variable(base + id)
    case .list(let element): .list(element.shifted(by: base))
    case .optional(let wrapped): .optional(wrapped.shifted(by: base))
    case .map(let key, let value): .map(key.shifted(by: base), value.shifted(by: base))
    default: self
    }
  }
}

/// What type variables stand for so far; unification as cel-go's checker does it, so that the same programs are accepted.
struct Substitution {
  private var bound: [Int: StaticType] = [:]
  private var nextVariable = 1000

  mutating func fresh() -> StaticType {
    nextVariable += 1
    return .variable(nextVariable)
  }

  /// The base by which the variables 0..<`count` of a declaration become fresh.
  mutating func freshBase(_ count: Int = 4) -> Int {
    defer { nextVariable += count }
    return nextVariable + 1
  }

  func resolve(_ type: StaticType) -> StaticType {
    switch type {
    case .variable(let id):
      guard let known = bound[id] else { return type }
      return resolve(known)
    case .list(let element): return .list(resolve(element))
    case .optional(let wrapped): return .optional(resolve(wrapped))
    case .map(let key, let value): return .map(resolve(key), resolve(value))
    default: return type
    }
  }

  /// Whether a value of `type` can stand where `target` is wanted; binds variables only when the answer is yes.
  mutating func assign(_ type: StaticType, to target: StaticType) -> Bool {
    var trial = self
    guard trial.unify(type, target) else { return false }
    self = trial
    return true
  }

  mutating func assign(_ types: [StaticType], to targets: [StaticType]) -> Bool {
    guard types.count == targets.count else { return false }
    var trial = self
    for (type, target) in zip(types, targets) {
      guard trial.unify(type, target) else { return false }
    }
    self = trial
    return true
  }

  private mutating func unify(_ a: StaticType, _ b: StaticType) -> Bool {
    if a == b { return true }
    if case .variable(let id) = b { return bind(id, a) }
    if case .variable(let id) = a { return bind(id, b) }
    if a.isDynamic || b.isDynamic { return true }
    if a == .null { return b.acceptsNull }
    if b == .null { return a.acceptsNull }
    switch (a, b) {
    case (.list(let x), .list(let y)), (.optional(let x), .optional(let y)): return unify(x, y)
    case (.map(let k, let v), .map(let l, let w)): return unify(k, l) && unify(v, w)
    default: return false
    }
  }

  private mutating func bind(_ id: Int, _ type: StaticType) -> Bool {
    if let known = bound[id] {
      if type == known { return true }
      guard unify(type, known) else { return false }
      let general = resolve(mostGeneral(type, known))
      if !general.mentions(id) { bound[id] = general }
      return true
    }
    let resolved = resolve(type)
    if resolved == .variable(id) { return true }
    guard !resolved.mentions(id) else { return false }
    bound[id] = resolved
    return true
  }

  func mostGeneral(_ a: StaticType, _ b: StaticType) -> StaticType {
    Self.isAsGeneral(a, b) ? a : b
  }

  private static func isAsGeneral(_ a: StaticType, _ b: StaticType) -> Bool {
    if a == b { return true }
    switch (a, b) {
    case (.dyn, _), (.error, _), (.variable, _): return true
    case (_, .dyn), (_, .error), (_, .variable): return false
    // An object that may be null is the object.
    case (_, .null): return a.acceptsNull
    case (.list(let x), .list(let y)), (.optional(let x), .optional(let y)): return isAsGeneral(x, y)
    case (.map(let k, let v), .map(let l, let w)): return isAsGeneral(k, l) && isAsGeneral(v, w)
    default: return false
    }
  }
}
