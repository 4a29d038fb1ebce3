/// The same expression with one operator turned round: what tests of the expression must notice.
public struct CELMutant: Sendable {
  /// What was changed, e.g. `a == b -> a != b`.
  public var change: String
  public var program: CELProgram

  /// Every expression that differs from `source` in one operator: a comparison negated, `&&` and `||` exchanged, `!`
  /// dropped, any other condition negated.
  ///
  /// - Throws: the problems of `source` itself.
  public static func all(
    of source: String, in environment: CELEnvironment, expecting: CELType? = nil, costLimit: Int = 100_000
  ) throws(CELProblems) -> [CELMutant] {
    let checked = try CheckedSource(source, in: environment, expecting: expecting)
    var mutants: [CELMutant] = []
    let whole = checked.analysis.types[checked.tree.id] == .bool
    for place in places(checked.tree, isTruth: whole) {
      guard let turned = turned(place, newId: checked.nodeCount) else { continue }
      let tree = checked.tree.replacing(place.id, with: turned)
      // A tree that no longer checks is no mutant: nobody could write it.
      guard
        let mutant = try? CheckedSource(
          tree, nodeCount: checked.nodeCount + 1, source: checked.source, in: environment, expecting: expecting)
      else { continue }
      mutants.append(
        CELMutant(
          change: place.text + "  ->  " + turned.text, program: CELProgram(mutant, costLimit: costLimit)))
    }
    return mutants
  }

  /// Parts that decide the truth of something.
  private static func places(_ tree: Syntax, isTruth: Bool) -> [Syntax] {
    var all: [Syntax] = []
    let children = tree.children
    switch tree.kind {
    case .and, .or, .not:
      all.append(tree)
      for child in children { all += places(child, isTruth: true) }
    case .conditional:
      for (i, child) in children.enumerated() { all += places(child, isTruth: i == 0 || isTruth) }
    case .literal: break
    case .bind: for (i, child) in children.enumerated() { all += places(child, isTruth: i == 1 && isTruth) }
    case .comprehension(let c):
      if isTruth { all.append(tree) }
      let isTest = c.form == .all || c.form == .exists || c.form == .existsOne || c.form == .filter
      for (i, child) in children.enumerated() { all += places(child, isTruth: i == children.count - 1 && isTest) }
    default:
      if isTruth { all.append(tree) }
      for child in children { all += places(child, isTruth: false) }
    }
    return all
  }

  private static func turned(_ tree: Syntax, newId: Int) -> Syntax? {
    switch tree.kind {
    case .and(let operands): return tree.with(.or(operands))
    case .or(let operands): return tree.with(.and(operands))
    case .not(let operand): return operand
    case .binary(let sign, let left, let right):
      guard let opposite = sign.opposite else { return negated(tree, newId) }
      return tree.with(.binary(opposite, left, right))
    default: return negated(tree, newId)
    }
  }

  private static func negated(_ tree: Syntax, _ id: Int) -> Syntax {
    Syntax(.not(tree), id: id, offset: tree.offset, length: tree.length, height: tree.height + 1)
  }
}

extension BinaryOperator {
  /// The comparison that is true exactly when this one is false; nil for what is no comparison, and for `in`.
  fileprivate var opposite: BinaryOperator? {
    switch self {
    case .equal: .notEqual
    case .notEqual: .equal
    case .less: .greaterOrEqual
    case .greaterOrEqual: .less
    case .greater: .lessOrEqual
    case .lessOrEqual: .greater
    default: nil
    }
  }
}

extension Syntax {
  fileprivate func with(_ kind: Kind) -> Syntax {
    Syntax(kind, id: id, offset: offset, length: length, height: height)
  }

  /// The tree with the node `target` exchanged.
  fileprivate func replacing(_ target: Int, with other: Syntax) -> Syntax {
    if id == target { return other }
    func go(_ tree: Syntax) -> Syntax { tree.replacing(target, with: other) }
    switch kind {
    case .literal, .name: return self
    case .select(let a, let field, let optional): return with(.select(go(a), field, optional: optional))
    case .has(let a, let field): return with(.has(go(a), field))
    case .index(let a, let b, let optional): return with(.index(go(a), go(b), optional: optional))
    case .call(let name, let absolute, let all): return with(.call(name, absolute: absolute, all.map(go)))
    case .memberCall(let a, let name, let all): return with(.memberCall(go(a), name, all.map(go)))
    case .not(let a): return with(.not(go(a)))
    case .negate(let a): return with(.negate(go(a)))
    case .binary(let sign, let a, let b): return with(.binary(sign, go(a), go(b)))
    case .and(let all): return with(.and(all.map(go)))
    case .or(let all): return with(.or(all.map(go)))
    case .conditional(let a, let b, let c): return with(.conditional(go(a), go(b), go(c)))
    case .list(let all): return with(.list(all.map { Element(value: go($0.value), optional: $0.optional) }))
    case .map(let all):
      return with(.map(all.map { Entry(key: go($0.key), value: go($0.value), optional: $0.optional) }))
    case .message(let name, let absolute, let all):
      return with(
        .message(
          name, absolute: absolute,
          all.map { Field(name: $0.name, offset: $0.offset, value: go($0.value), optional: $0.optional) }))
    case .comprehension(var c):
      c.range = go(c.range)
      c.filter = c.filter.map(go)
      c.body = go(c.body)
      return with(.comprehension(c))
    case .bind(let name, let value, let body): return with(.bind(name: name, value: go(value), body: go(body)))
    case .optionalMap(let a, let name, let body, let flat):
      return with(.optionalMap(go(a), name: name, body: go(body), flat: flat))
    }
  }
}
