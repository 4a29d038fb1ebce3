/// Macros look like calls but bind names or test presence, so they become nodes of their own (langdef, "Macros").
extension Parser {
  mutating func globalMacro(_ name: String, _ arguments: [Syntax], at token: Token) throws(Failure) -> Syntax? {
    guard name == "has", arguments.count == 1 else { return nil }
    guard case .select(let base, let field, optional: false) = arguments[0].kind else {
      throw fail("has() takes a field, as in has(a.b)", at: token)
    }
    let place = Token(
      kind: .identifier(field), offset: arguments[0].offset, end: arguments[0].offset + arguments[0].length)
    return try node(.has(base, field), at: place)
  }

  mutating func memberMacro(
    _ target: Syntax, _ name: String, _ arguments: [Syntax], at token: Token
  ) throws(Failure) -> Syntax? {
    switch (name, arguments.count) {
    case ("all", 2): return try comprehension(.all, target, arguments, names: 1, at: token)
    case ("all", 3): return try comprehension(.all, target, arguments, names: 2, at: token)
    case ("exists", 2): return try comprehension(.exists, target, arguments, names: 1, at: token)
    case ("exists", 3): return try comprehension(.exists, target, arguments, names: 2, at: token)
    case ("exists_one", 2), ("existsOne", 2):
      return try comprehension(.existsOne, target, arguments, names: 1, at: token)
    case ("exists_one", 3), ("existsOne", 3):
      return try comprehension(.existsOne, target, arguments, names: 2, at: token)
    case ("map", 2), ("map", 3): return try comprehension(.map, target, arguments, names: 1, at: token)
    case ("filter", 2): return try comprehension(.filter, target, arguments, names: 1, at: token)
    case ("transformList", 3), ("transformList", 4):
      return try comprehension(.map, target, arguments, names: 2, at: token)
    case ("transformMap", 3), ("transformMap", 4):
      return try comprehension(.transformMap, target, arguments, names: 2, at: token)
    case ("transformMapEntry", 3), ("transformMapEntry", 4):
      return try comprehension(.transformMapEntry, target, arguments, names: 2, at: token)
    case ("bind", 3):
      guard extensions.contains(.bindings), case .name("cel", _) = target.kind else { return nil }
      let name = try variable(arguments[0])
      return try node(.bind(name: name, value: arguments[1], body: arguments[2]), at: token)
    case ("optMap", 2), ("optFlatMap", 2):
      guard extensions.contains(.optionals) else { return nil }
      let variable = try variable(arguments[0])
      return try node(
        .optionalMap(target, name: variable, body: arguments[1], flat: name == "optFlatMap"), at: token)
    default: return nil
    }
  }

  private mutating func variable(_ argument: Syntax) throws(Failure) -> String {
    guard case .name(let name, absolute: false) = argument.kind else {
      let token = Token(kind: .invalid, offset: argument.offset, end: argument.offset + argument.length)
      throw fail("the variable of a macro is a simple name", at: token)
    }
    return name
  }

  /// `arguments`: names, then a filter when there is one, then the body.
  private mutating func comprehension(
    _ form: Syntax.Comprehension.Form, _ range: Syntax, _ arguments: [Syntax], names count: Int, at token: Token
  ) throws(Failure) -> Syntax {
    var names: [String] = []
    for argument in arguments.prefix(count) { names.append(try variable(argument)) }
    if count == 2, names[0] == names[1] {
      throw fail("the two variables of a macro need different names", at: token)
    }
    let rest = arguments.dropFirst(count)
    guard let body = rest.last else { return range }
    let comprehension = Syntax.Comprehension(
      form: form, range: range, names: names, nameOffsets: arguments.prefix(count).map(\.offset),
      filter: rest.count == 2 ? rest.first : nil, body: body)
    return try node(.comprehension(comprehension), at: token)
  }
}
