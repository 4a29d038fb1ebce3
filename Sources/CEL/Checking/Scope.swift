/// What names can mean in one environment, ready to be looked up.
struct Scope {
  struct Variable {
    var slot: Int
    var type: StaticType
  }

  let variables: [String: Variable]
  let objects: ObjectTable
  let hostFunctions: [FunctionName: [CELFunction]]
  let extensions: Set<CELExtension>
  let variableNames: [String]
  /// `a.b.`, `a.`, and the empty prefix, in the order they are tried.
  private let prefixes: [String]

  init(_ environment: CELEnvironment) {
    variables = Dictionary(
      environment.variables.enumerated().map { ($1.name, Variable(slot: $0, type: StaticType($1.type))) },
      uniquingKeysWith: { a, _ in a })
    variableNames = environment.variables.map(\.name)
    objects = ObjectTable(environment.objects)
    hostFunctions = Dictionary(
      grouping: environment.functions, by: { FunctionName(name: $0.name, isMember: $0.isMember) })
    extensions = environment.extensions
    var parts = environment.container.split(separator: ".").map(String.init)
    var prefixes: [String] = []
    while !parts.isEmpty {
      prefixes.append(parts.joined(separator: ".") + ".")
      parts.removeLast()
    }
    self.prefixes = prefixes + [""]
  }

  /// The full names `name` may stand for, nearest namespace first.
  func candidates(_ name: String, absolute: Bool) -> [String] {
    absolute ? [name] : prefixes.map { $0 + name }
  }

  enum Meaning {
    case variable(name: String, Variable)
    case type(CELType)
  }

  func resolve(_ name: String, absolute: Bool) -> Meaning? {
    for candidate in candidates(name, absolute: absolute) {
      if let variable = variables[candidate] { return .variable(name: candidate, variable) }
      if let type = CELType.denotations[candidate] {
        if case .optional = type, !extensions.contains(.optionals) { continue }
        return .type(type)
      }
      if objects[candidate] != nil { return .type(.object(candidate)) }
    }
    return nil
  }

  /// Whether some variable lives below the namespace `name`.
  func isNamespace(_ name: String) -> Bool {
    variableNames.contains { $0.hasPrefix(name + ".") }
  }

  func library(_ name: FunctionName) -> [LibraryFunction] {
    (Library.byName[name] ?? []).filter { $0.library.map(extensions.contains) ?? true }
  }

  func hasFunction(_ name: FunctionName) -> Bool {
    hostFunctions[name] != nil || isExtreme(name) || !library(name).isEmpty
  }

  /// `math.greatest` and `math.least`
  func isExtreme(_ name: FunctionName) -> Bool {
    !name.isMember && extensions.contains(.math)
      && (name.name == MathFunctions.greatest || name.name == MathFunctions.least)
  }

  func functionNames(members: Bool) -> [String] {
    let macros =
      members
      ? ["all", "exists", "exists_one", "existsOne", "map", "filter", "transformList", "transformMap"] : ["has"]
    let names = Library.byName.keys.filter { $0.isMember == members }.map(\.name).sorted()
    return hostFunctions.keys.filter { $0.isMember == members }.map(\.name).sorted() + macros + names
  }
}
