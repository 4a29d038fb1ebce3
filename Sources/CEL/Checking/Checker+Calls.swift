extension Checker {
  /// The result of the overloads that take `arguments`; several with different results make it dynamic.
  mutating func choose(
    _ overloads: [LibraryFunction.Overload], _ arguments: [StaticType], _ tree: Syntax,
    _ message: (Checker) -> String
  ) -> StaticType {
    guard strict else { return .dyn }
    if arguments.contains(where: { substitution.resolve($0) == .error }) { return .error }
    var result: StaticType?
    for overload in overloads {
      let base = substitution.freshBase()
      let parameters = overload.parameters.map { $0.shifted(by: base) }
      guard substitution.assign(arguments, to: parameters) else { continue }
      let found = substitution.resolve(overload.result.shifted(by: base))
      if let earlier = result, earlier != found { result = .dyn } else { result = found }
    }
    if let result { return result }
    return report(message(self), at: tree)
  }

  /// One type for both, `dyn` when literals mix them; nil when they do not go together.
  mutating func join(_ a: StaticType, _ b: StaticType) -> StaticType? {
    guard strict else { return .dyn }
    guard substitution.assign(a, to: b) else { return nil }
    return substitution.mostGeneral(substitution.resolve(a), substitution.resolve(b))
  }

  // MARK: functions

  mutating func checkCall(_ tree: Syntax, _ name: String, _ absolute: Bool, _ arguments: [Syntax]) -> StaticType {
    let types = arguments.map { check($0) }
    for candidate in scope.candidates(name, absolute: absolute) {
      let function = FunctionName(name: candidate, isMember: false)
      if scope.hasFunction(function) { return apply(function, types, tree) }
    }
    return unknown(FunctionName(name: name, isMember: false), tree)
  }

  mutating func checkMember(_ tree: Syntax, _ target: Syntax, _ name: String, _ arguments: [Syntax]) -> StaticType {
    // `math.abs(x)` reads like a member of `math`; a namespaced function goes before it.
    if let (namespace, absolute) = target.qualifiedName, !startsLocally(target) {
      for candidate in scope.candidates(namespace + "." + name, absolute: absolute) {
        let function = FunctionName(name: candidate, isMember: false)
        if scope.hasFunction(function) {
          return apply(function, arguments.map { check($0) }, tree)
        }
      }
      if strict, scope.resolve(namespace, absolute: absolute) == nil,
        Library.byName.keys.contains(where: { !$0.isMember && $0.name.hasPrefix(namespace + ".") })
      {
        for argument in arguments { check(argument) }
        return unknown(FunctionName(name: namespace + "." + name, isMember: false), tree)
      }
    }
    let types = ([target] + arguments).map { check($0) }
    let function = FunctionName(name: name, isMember: true)
    return scope.hasFunction(function) ? apply(function, types, tree) : unknown(function, tree)
  }

  private mutating func unknown(_ function: FunctionName, _ tree: Syntax) -> StaticType {
    let other = FunctionName(name: function.name, isMember: !function.isMember)
    var suggestion = Suggestion.nearest(
      to: function.name, in: scope.functionNames(members: function.isMember).filter { $0 != function.name })
    if scope.hasFunction(other) {
      suggestion = other.isMember ? "write x.\(other.name)(…)" : "write \(other.name)(…)"
    } else if scope.functionNames(members: function.isMember).contains(function.name) {
      suggestion = "'\(function.name)' is a macro and takes other arguments"
    }
    return report(
      "undeclared function '\(function.name)'", at: tree, kind: .undeclared, suggestion: suggestion)
  }

  private mutating func apply(_ function: FunctionName, _ types: [StaticType], _ tree: Syntax) -> StaticType {
    if scope.isExtreme(function) { return applyExtreme(function, types, tree) }
    let library = scope.library(function)
    let fitting = library.first { $0.overloads.first?.parameters.count == types.count }
    let host = (scope.hostFunctions[function] ?? []).filter { $0.parameters.count == types.count }
    if !host.isEmpty {
      meanings[tree.id] = .host(host, fallback: fitting?.implementation)
    } else if let fitting {
      meanings[tree.id] = .library(fitting.implementation)
    } else {
      meanings[tree.id] = .failing(
        .noOverload, "no such overload: '\(function.name)' with \(types.count) arguments")
    }
    let overloads =
      host.map {
        LibraryFunction.Overload(parameters: $0.parameters.map { StaticType($0) }, result: StaticType($0.result))
      } + (fitting?.overloads ?? [])
    let name = function.name
    let isMember = function.isMember
    return choose(overloads, types, tree) { checker in
      guard isMember, let receiver = types.first else {
        return "'\(name)' cannot be applied to \(checker.show(types))"
      }
      return "'\(name)' of \(checker.show(receiver)) cannot be applied to \(checker.show(Array(types.dropFirst())))"
    }
  }

  /// `math.greatest` and `math.least`: numbers, or one list of numbers.
  private mutating func applyExtreme(
    _ function: FunctionName, _ types: [StaticType], _ tree: Syntax
  ) -> StaticType {
    let greatest = function.name == MathFunctions.greatest
    meanings[tree.id] = .library(.many(MathFunctions.extreme(function.name, greatest: greatest)))
    guard strict else { return .dyn }
    var numbers = types.map { substitution.resolve($0) }
    if numbers.count == 1, case .list(let element) = numbers[0] { numbers = [element] }
    if numbers.contains(.error) { return .error }
    let allowed: Set<StaticType> = [.int, .uint, .double, .dyn]
    for number in numbers {
      if case .variable = number { continue }
      guard allowed.contains(number) else {
        return report("'\(function.name)' is for numbers, not \(show(types))", at: tree)
      }
    }
    guard let first = numbers.first else {
      return report("'\(function.name)' needs at least one number", at: tree)
    }
    return numbers.allSatisfy { $0 == first } ? first : .dyn
  }

  // MARK: collections

  mutating func checkList(_ elements: [Syntax.Element]) -> StaticType {
    var joined: StaticType?
    for element in elements {
      var type = check(element.value)
      if element.optional { type = unwrap(type, element.value) }
      joined = joined.map { join($0, type) ?? .dyn } ?? type
    }
    return .list(joined ?? substitution.fresh())
  }

  mutating func checkMap(_ entries: [Syntax.Entry]) -> StaticType {
    var keys: StaticType?
    var values: StaticType?
    for entry in entries {
      let key = checkKey(entry.key)
      var value = check(entry.value)
      if entry.optional { value = unwrap(value, entry.value) }
      keys = keys.map { join($0, key) ?? .dyn } ?? key
      values = values.map { join($0, value) ?? .dyn } ?? value
    }
    return .map(keys ?? substitution.fresh(), values ?? substitution.fresh())
  }

  /// Only these types can be keys; anything else is reported, which also keeps map types from growing in their keys.
  private mutating func checkKey(_ tree: Syntax) -> StaticType {
    let type = substitution.resolve(check(tree))
    switch type {
    case .bool, .int, .uint, .string, .dyn, .error, .variable: return type
    default: return report("\(show(type)) cannot be the key of a map", at: tree)
    }
  }

  /// The type inside an element marked `?`.
  private mutating func unwrap(_ type: StaticType, _ tree: Syntax) -> StaticType {
    guard strict else { return .dyn }
    let inner = substitution.fresh()
    guard substitution.assign(type, to: .optional(inner)) else {
      return report("an element marked '?' is an optional, not \(show(type))", at: tree)
    }
    let resolved = substitution.resolve(inner)
    // A dynamic element says nothing of what is inside.
    return resolved == inner && substitution.resolve(type).isDynamic ? .dyn : resolved
  }

  // MARK: macros

  mutating func checkComprehension(_ tree: Syntax, _ comprehension: Syntax.Comprehension) -> StaticType {
    let range = substitution.resolve(check(comprehension.range))
    meanings[tree.id] = .local(depth)
    let first: StaticType
    let second: StaticType
    switch range {
    case .list(let element): (first, second) = (.int, element)
    case .map(let key, let value): (first, second) = (key, value)
    case .dyn, .error: (first, second) = (.dyn, .dyn)
    case .variable:
      _ = substitution.assign(.dyn, to: range)
      (first, second) = (.dyn, .dyn)
    default:
      report("\(show(range)) is no list or map to run over", at: comprehension.range)
      (first, second) = (.error, .error)
    }
    var bound: [(String, StaticType)] = []
    if comprehension.names.count == 2 {
      bound = [(comprehension.names[0], first), (comprehension.names[1], second)]
    } else if case .list = range {
      bound = [(comprehension.names[0], second)]
    } else {
      bound = [(comprehension.names[0], first)]
    }
    let element = bound[0].1
    return with(bound) { checker in
      if let filter = comprehension.filter { checker.checkBool(filter, of: "filter") }
      switch comprehension.form {
      case .all, .exists, .existsOne: return checker.checkBool(comprehension.body, of: "condition")
      case .filter:
        checker.checkBool(comprehension.body, of: "filter")
        return .list(element)
      case .map: return .list(checker.check(comprehension.body))
      case .transformMap: return .map(first, checker.check(comprehension.body))
      case .transformMapEntry:
        let type = checker.check(comprehension.body)
        let result = StaticType.map(checker.substitution.fresh(), checker.substitution.fresh())
        guard checker.substitution.assign(type, to: result) else {
          return checker.report("transformMapEntry needs a map, found \(checker.show(type))", at: comprehension.body)
        }
        return result
      }
    }
  }

  mutating func checkOptionalMap(
    _ tree: Syntax, _ target: Syntax, _ name: String, _ body: Syntax, _ flat: Bool
  ) -> StaticType {
    let inner = substitution.fresh()
    let type = check(target)
    if !substitution.assign(type, to: .optional(inner)) {
      report("an optional is needed here, found \(show(type))", at: target)
    }
    meanings[tree.id] = .local(depth)
    let bound = substitution.resolve(type).isDynamic ? .dyn : substitution.resolve(inner)
    let result = with([(name, bound)]) { $0.check(body) }
    guard flat else { return .optional(result) }
    let wrapped = StaticType.optional(substitution.fresh())
    guard substitution.assign(result, to: wrapped) else {
      return report("the result of optFlatMap is an optional, found \(show(result))", at: body)
    }
    return substitution.resolve(result).isDynamic ? result : wrapped
  }
}
