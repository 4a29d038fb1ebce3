/// What every node of a tree means, and its type.
struct Analysis {
  enum Meaning {
    case slot(Int)
    case local(Int)
    case type(CELType)
    /// Position of a selected field when the object type is known.
    case field(Int)
    case library(Implementation)
    case host([CELFunction], fallback: Implementation?)
    /// What cannot work; only programs that are not checked keep it to run time.
    case failing(CELError.Kind, String)
  }

  var types: [CELType]
  var meanings: [Int: Meaning]
  var references: Set<String>
  var localCount: Int
  var problems: [CELProblem]
}

/// Resolves names and infers types. Not `strict`, it only resolves names: types are then whatever run time shows.
struct Checker {
  let source: [UInt8]
  let scope: Scope
  let strict: Bool

  var substitution = Substitution()
  var types: [StaticType]
  var meanings: [Int: Analysis.Meaning] = [:]
  var references: Set<String> = []
  var problems: [CELProblem] = []
  private var locals: [(name: String, type: StaticType)] = []
  private var localCount = 0

  init(source: [UInt8], nodeCount: Int, scope: Scope, strict: Bool) {
    self.source = source
    self.scope = scope
    self.strict = strict
    types = Array(repeating: .dyn, count: nodeCount)
  }

  mutating func analyze(_ tree: Syntax, expecting: CELType?) -> Analysis {
    let type = check(tree)
    if strict, let expecting, !substitution.assign(type, to: StaticType(expecting)) {
      let found = substitution.resolve(type).settled
      problems.append(
        CELProblem(
          "the expression gives \(found), but \(expecting) is wanted here", at: 0, length: source.count, in: source))
    }
    return Analysis(
      types: types.map { substitution.resolve($0).settled }, meanings: meanings, references: references,
      localCount: localCount, problems: problems.sorted { $0.offset < $1.offset })
  }

  // MARK: reporting

  /// Says what is wrong, or leaves it to run time when types are not checked.
  @discardableResult
  mutating func report(
    _ message: String, at tree: Syntax, kind: CELError.Kind = .noOverload, suggestion: String? = nil
  ) -> StaticType {
    guard strict else {
      if kind == .undeclared || kind == .noSuchField { meanings[tree.id] = .failing(kind, message) }
      return .dyn
    }
    problems.append(
      CELProblem(message, at: tree.offset, length: tree.length, in: source, suggestion: suggestion))
    return .error
  }

  func show(_ type: StaticType) -> String { substitution.resolve(type).settled.description }

  func show(_ types: [StaticType]) -> String { "(" + types.map { show($0) }.joined(separator: ", ") + ")" }

  // MARK: scopes

  private func local(_ name: String) -> Int? { locals.lastIndex { $0.name == name } }

  /// Checks `body` with `name` bound; its slot is its depth, so that siblings share it.
  mutating func with<R>(
    _ names: [(String, StaticType)], _ body: (inout Checker) -> R
  ) -> R {
    locals += names.map { (name: $0.0, type: $0.1) }
    localCount = max(localCount, locals.count)
    defer { locals.removeLast(names.count) }
    return body(&self)
  }

  var depth: Int { locals.count }

  /// Whether the first name of a qualified name is a variable of a macro, which hides every namespace.
  func startsLocally(_ tree: Syntax) -> Bool {
    switch tree.kind {
    case .name(let name, let absolute): !absolute && local(name) != nil
    case .select(let base, _, _): startsLocally(base)
    default: false
    }
  }

  // MARK: checking

  /// `recording`: the path of names read here is noted, unless a longer one around it is.
  @discardableResult
  mutating func check(_ tree: Syntax, recording: Bool = true) -> StaticType {
    let type = infer(tree, recording)
    types[tree.id] = type
    return type
  }

  private mutating func infer(_ tree: Syntax, _ recording: Bool) -> StaticType {
    switch tree.kind {
    case .literal(let value): return StaticType(value.type)
    case .name(let name, let absolute): return checkName(tree, name, absolute, recording)
    case .select(let base, let field, let optional):
      return checkSelect(tree, base, field, optional, recording)
    case .has(let base, let field):
      checkSelect(tree, base, field, false, recording)
      return .bool
    case .index(let base, let key, let optional): return checkIndex(tree, base, key, optional)
    case .call(let name, let absolute, let arguments): return checkCall(tree, name, absolute, arguments)
    case .memberCall(let target, let name, let arguments): return checkMember(tree, target, name, arguments)
    case .not(let operand): return checkBool(operand, of: "!")
    case .negate(let operand): return checkNegate(tree, operand)
    case .binary(let sign, let left, let right):
      let arguments = [check(left), check(right)]
      return choose(Library.operators[sign] ?? [], arguments, tree) {
        "'\(sign.rawValue)' cannot be applied to \($0.show(arguments))"
      }
    case .and(let operands):
      for operand in operands { checkBool(operand, of: "&&") }
      return .bool
    case .or(let operands):
      for operand in operands { checkBool(operand, of: "||") }
      return .bool
    case .conditional(let condition, let a, let b):
      checkBool(condition, of: "? :")
      let types = [check(a), check(b)]
      if let joined = join(types[0], types[1]) { return joined }
      return report("both sides of '? :' must have one type, found \(show(types))", at: tree)
    case .list(let elements): return checkList(elements)
    case .map(let entries): return checkMap(entries)
    case .message(let name, _, let fields):
      for field in fields { check(field.value) }
      return report("'\(name)' cannot be built in an expression", at: tree, kind: .undeclared)
    case .comprehension(let comprehension): return checkComprehension(tree, comprehension)
    case .bind(let name, let value, let body):
      let type = check(value)
      meanings[tree.id] = .local(depth)
      return with([(name, type)]) { $0.check(body) }
    case .optionalMap(let target, let name, let body, let flat):
      return checkOptionalMap(tree, target, name, body, flat)
    }
  }

  @discardableResult
  mutating func checkBool(_ tree: Syntax, of what: String) -> StaticType {
    let type = check(tree)
    if !substitution.assign(type, to: .bool) { report("'\(what)' needs a bool, found \(show(type))", at: tree) }
    return .bool
  }

  private mutating func checkNegate(_ tree: Syntax, _ operand: Syntax) -> StaticType {
    let type = check(operand)
    let overloads = [StaticType.int, .double].map { LibraryFunction.Overload(parameters: [$0], result: $0) }
    return choose(overloads, [type], tree) { "'-' cannot be applied to \($0.show([type]))" }
  }

  // MARK: names

  private mutating func checkName(
    _ tree: Syntax, _ name: String, _ absolute: Bool, _ recording: Bool
  ) -> StaticType {
    if !absolute, let index = local(name) {
      meanings[tree.id] = .local(index)
      return locals[index].type
    }
    if let type = use(name, absolute, tree, recording) { return type }
    if scope.isNamespace(name) {
      return report("'\(name)' is a namespace, not a variable", at: tree, kind: .undeclared)
    }
    let visible = locals.reversed().map(\.name) + scope.variableNames
    return report(
      "undeclared reference to '\(name)'", at: tree, kind: .undeclared,
      suggestion: Suggestion.nearest(to: name, in: visible))
  }

  /// The variable or type `name` stands for, if any.
  private mutating func use(
    _ name: String, _ absolute: Bool, _ tree: Syntax, _ recording: Bool
  ) -> StaticType? {
    switch scope.resolve(name, absolute: absolute) {
    case .variable(let full, let variable):
      meanings[tree.id] = .slot(variable.slot)
      if recording { references.insert(full) }
      return strict ? variable.type : .dyn
    case .type(let type):
      meanings[tree.id] = .type(type)
      return .type
    case nil: return nil
    }
  }

  /// `a.b.c` when it is read from variable `a`; nil for anything computed.
  private func path(_ tree: Syntax) -> String? {
    switch tree.kind {
    case .name(let name, let absolute):
      guard absolute || local(name) == nil,
        case .variable(let full, _) = scope.resolve(name, absolute: absolute)
      else { return nil }
      return full
    case .select(let base, let field, _):
      if let (name, absolute) = tree.qualifiedName, !startsLocally(tree),
        case .variable(let full, _) = scope.resolve(name, absolute: absolute)
      {
        return full
      }
      return path(base).map { $0 + "." + field }
    default: return nil
    }
  }

  @discardableResult
  private mutating func checkSelect(
    _ tree: Syntax, _ base: Syntax, _ field: String, _ optional: Bool, _ recording: Bool
  ) -> StaticType {
    if case .select = tree.kind, !optional, let (name, absolute) = tree.qualifiedName, !startsLocally(tree),
      let type = use(name, absolute, tree, recording)
    {
      return type
    }
    // Without the start of a namespace nothing in it can be found: say what is missing in it.
    if case .select = tree.kind, strict, let (name, absolute) = base.qualifiedName, !startsLocally(tree),
      scope.resolve(name, absolute: absolute) == nil, scope.isNamespace(name)
    {
      let inside = scope.variableNames.filter { $0.hasPrefix(name + ".") }
      if !scope.isNamespace(name + "." + field) {
        return report(
          "undeclared reference to '\(name).\(field)'", at: tree, kind: .undeclared,
          suggestion: Suggestion.nearest(to: name + "." + field, in: inside))
      }
    }
    let basePath = path(base)
    let type = check(base, recording: basePath == nil)
    if recording, let basePath { references.insert(basePath + "." + field) }
    if !strict { return .dyn }
    let found = checkField(tree, substitution.resolve(type), field)
    if case .optional = substitution.resolve(type) { return .optional(found) }
    return optional ? .optional(found) : found
  }

  /// The type of `field` of a value of `type`, looked for inside when that is optional.
  private mutating func checkField(_ tree: Syntax, _ type: StaticType, _ field: String) -> StaticType {
    switch type {
    case .optional(let wrapped): return checkField(tree, wrapped, field)
    case .map(_, let value): return value
    case .object(let name):
      guard let fields = scope.objects[name] else { return .dyn }
      guard let index = fields.indices[field] else {
        return report(
          "undeclared field '\(field)' of \(name)", at: tree, kind: .noSuchField,
          suggestion: Suggestion.nearest(to: field, in: fields.names))
      }
      meanings[tree.id] = .field(index)
      return StaticType(fields.types[index])
    case .variable:
      _ = substitution.assign(.dyn, to: type)
      return .dyn
    case .dyn, .error: return type
    default: return report("\(show(type)) has no fields", at: tree, kind: .noSuchField)
    }
  }

  private mutating func checkIndex(
    _ tree: Syntax, _ base: Syntax, _ key: Syntax, _ optional: Bool
  ) -> StaticType {
    let arguments = [check(base), check(key)]
    let result = choose(Library.index, arguments, tree) {
      "\($0.show(arguments[0])) cannot be indexed with \($0.show(arguments[1]))"
    }
    guard optional else { return result }
    if case .optional = substitution.resolve(result) { return result }
    return .optional(result)
  }
}
