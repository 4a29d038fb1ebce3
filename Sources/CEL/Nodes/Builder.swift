/// Tree and analysis to nodes. Picks the quickest node for what is known, and computes what is constant.
struct Builder {
  let analysis: Analysis
  let objects: ObjectTable
  let source: [UInt8]
  private(set) var warnings: [CELProblem] = []

  /// Units a constant part may cost while it is computed ahead.
  private static let foldingLimit = 1000

  /// Whether what parts give is told to an observer.
  private let observes: Bool
  /// What is observed, by part.
  private(set) var observed: [Int: Node] = [:]

  init(analysis: Analysis, objects: ObjectTable, source: [UInt8], observes: Bool = false) {
    self.analysis = analysis
    self.objects = objects
    self.source = source
    self.observes = observes
  }

  mutating func build(_ tree: Syntax) -> Node {
    let node = unobserved(tree)
    guard observes else { return node }
    switch tree.kind {
    // A literal says nothing new, and an object is read through its fields.
    case .literal: return node
    case .name where analysis.types[tree.id] != .bool: return node
    default:
      observed[tree.id] = node
      return ObservedNode(node, id: tree.id)
    }
  }

  private mutating func unobserved(_ tree: Syntax) -> Node {
    if case .failing(let kind, let message) = analysis.meanings[tree.id] {
      return FailingNode(kind, message, at: tree.offset)
    }
    let at = tree.offset
    switch tree.kind {
    case .literal(let value): return ConstantNode(value, at: at)
    case .name: return named(tree)
    case .select(let base, let field, let optional):
      if let node = meaning(tree) { return node }
      return select(tree, base, field, optional)
    case .has(let base, let field): return HasNode(build(base), selector(tree, field), at: at)
    case .index(let base, let key, let optional):
      return IndexNode(build(base), build(key), optional: optional, at: at)
    case .call(_, _, let arguments): return call(tree, arguments)
    case .memberCall(let target, let name, let arguments): return member(tree, target, name, arguments)
    case .not(let operand):
      let node = build(operand)
      return fold(NotNode(node, at: at), from: [node], tree)
    case .negate(let operand):
      let node = build(operand)
      return fold(NegateNode(node, at: at), from: [node], tree)
    case .binary(let sign, let left, let right): return binary(tree, sign, left, right)
    case .and(let operands): return AndNode(build(all: operands), at: at)
    case .or(let operands): return OrNode(build(all: operands), at: at)
    case .conditional(let condition, let a, let b):
      return ConditionalNode(build(condition), build(a), build(b), at: at)
    case .list(let elements):
      let nodes = elements.map { (node: build($0.value), optional: $0.optional) }
      return fold(ListNode(nodes, at: at), from: nodes.map(\.node), tree)
    case .map(let entries):
      let nodes = entries.map { (key: build($0.key), value: build($0.value), optional: $0.optional) }
      return fold(MapNode(nodes, at: at), from: nodes.flatMap { [$0.key, $0.value] }, tree)
    case .message(let name, _, _): return FailingNode(.undeclared, "'\(name)' cannot be built", at: at)
    case .comprehension(let comprehension): return build(comprehension, tree)
    case .bind(_, let value, let body): return BindNode(local(tree), build(value), build(body), at: at)
    case .optionalMap(let target, _, let body, let flat):
      return OptionalMapNode(local(tree), build(target), build(body), flat: flat, at: at)
    }
  }

  private mutating func build(all trees: [Syntax]) -> [Node] {
    var nodes: [Node] = []
    for tree in trees { nodes.append(build(tree)) }
    return nodes
  }

  private func type(_ tree: Syntax) -> CELType { analysis.types[tree.id] }

  // MARK: names and fields

  private func meaning(_ tree: Syntax) -> Node? {
    switch analysis.meanings[tree.id] {
    case .slot(let slot): SlotNode(slot, at: tree.offset)
    case .local(let index): LocalNode(index, at: tree.offset)
    case .type(let type): ConstantNode(.type(type), at: tree.offset)
    default: nil
    }
  }

  private func named(_ tree: Syntax) -> Node {
    meaning(tree) ?? FailingNode(.undeclared, "undeclared reference", at: tree.offset)
  }

  private func local(_ tree: Syntax) -> Int {
    if case .local(let index) = analysis.meanings[tree.id] { index } else { 0 }
  }

  private func selector(_ tree: Syntax, _ field: String) -> Selector {
    if case .field(let index) = analysis.meanings[tree.id] { return Selector(name: field, index: index) }
    return Selector(name: field, index: nil)
  }

  private mutating func select(_ tree: Syntax, _ base: Syntax, _ field: String, _ optional: Bool) -> Node {
    let selector = selector(tree, field)
    let node = build(base)
    if optional { return OptionalSelectNode(node, selector, at: tree.offset) }
    if let index = selector.index, let variable = node as? SlotNode {
      return SlotFieldNode(slot: variable.slot, index: index, name: field, at: tree.offset)
    }
    return SelectNode(node, selector, at: tree.offset)
  }

  // MARK: operators

  private mutating func binary(_ tree: Syntax, _ sign: BinaryOperator, _ left: Syntax, _ right: Syntax) -> Node {
    let a = build(left)
    let b = build(right)
    let at = tree.offset
    switch sign {
    case .equal, .notEqual:
      if a.constant != nil, b.constant != nil { break }
      if let node = constantTest(sign, a, b.constant, at) ?? constantTest(sign, b, a.constant, at) { return node }
      var fieldCount: Int?
      if case .object(let name) = type(left), type(right) == .object(name) {
        fieldCount = objects[name]?.types.count
      }
      return EqualNode(a, b, negated: sign == .notEqual, fieldCount: fieldCount, at: at)
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      if a.constant == nil, case .int(let number) = b.constant { return IntTestNode(sign, a, number, at: at) }
      if b.constant == nil, case .int(let number) = a.constant {
        return IntTestNode(sign.mirrored, b, number, at: at)
      }
      return fold(OrderNode(sign, a, b, at: at), from: [a, b], tree)
    case .in:
      if a.constant == nil, case .list(let list) = b.constant {
        let texts = list.compactMap { if case .string(let text) = $0 { text } else { nil } }
        if texts.count == list.count { return InStringsNode(a, texts, at: at) }
      }
      return fold(InNode(a, b, at: at), from: [a, b], tree)
    case .add, .subtract, .multiply, .divide, .remainder:
      return fold(ArithmeticNode(sign, a, b, at: at), from: [a, b], tree)
    }
    return fold(EqualNode(a, b, negated: sign == .notEqual, fieldCount: nil, at: at), from: [a, b], tree)
  }

  private func constantTest(_ sign: BinaryOperator, _ node: Node, _ constant: CELValue?, _ at: Int) -> Node? {
    switch constant {
    case .string(let text): StringTestNode(sign == .equal ? .equal : .notEqual, node, text, at: at)
    case .int(let number): IntTestNode(sign, node, number, at: at)
    default: nil
    }
  }

  // MARK: calls

  private mutating func call(_ tree: Syntax, _ arguments: [Syntax]) -> Node {
    let nodes = build(all: arguments)
    if case .call("matches", _, _) = tree.kind, nodes.count == 2, let node = matches(tree, nodes[0], nodes[1]) {
      return node
    }
    return invoke(tree, nodes)
  }

  private mutating func member(_ tree: Syntax, _ target: Syntax, _ name: String, _ arguments: [Syntax]) -> Node {
    guard case .library = analysis.meanings[tree.id] else {
      // A host function; its receiver is a part of a name when the function is namespaced.
      return invoke(tree, build(all: isNamespaced(target) ? arguments : [target] + arguments))
    }
    if isNamespaced(target) { return invoke(tree, build(all: arguments)) }
    let nodes = build(all: [target] + arguments)
    let at = tree.offset
    if nodes.count == 2 {
      switch name {
      case "or": return OrElseNode(nodes[0], nodes[1], unwraps: false, at: at)
      case "orValue": return OrElseNode(nodes[0], nodes[1], unwraps: true, at: at)
      case "matches": if let node = matches(tree, nodes[0], nodes[1]) { return node }
      case "startsWith", "endsWith", "contains":
        if nodes[0].constant == nil, case .string(let text) = nodes[1].constant {
          let test: StringTestNode.Test =
            name == "startsWith" ? .prefix : name == "endsWith" ? .suffix : .contains
          return StringTestNode(test, nodes[0], text, at: at)
        }
      default: break
      }
    }
    return invoke(tree, nodes)
  }

  /// A target the checker gave no meaning to and never typed is the namespace of a function.
  private func isNamespaced(_ target: Syntax) -> Bool {
    switch target.kind {
    case .name: analysis.meanings[target.id] == nil
    case .select(let base, _, _):
      target.qualifiedName != nil && analysis.meanings[target.id] == nil && isNamespaced(base)
    default: false
    }
  }

  private mutating func matches(_ tree: Syntax, _ text: Node, _ pattern: Node) -> Node? {
    guard case .string(let pattern) = pattern.constant else { return nil }
    do throws(RegularExpression.Failure) {
      return MatchesNode(text, try RegularExpression(pattern), at: tree.offset)
    } catch {
      warn("this can only fail: " + error.message, tree)
      return BinaryCallNode(
        StandardFunctions.matches, text, ConstantNode(.string(pattern), at: tree.offset), at: tree.offset)
    }
  }

  private mutating func invoke(_ tree: Syntax, _ nodes: [Node]) -> Node {
    let at = tree.offset
    switch analysis.meanings[tree.id] {
    case .library(.unary(let body)) where nodes.count == 1:
      return fold(UnaryCallNode(body, nodes[0], at: at), from: nodes, tree)
    case .library(.binary(let body)) where nodes.count == 2:
      return fold(BinaryCallNode(body, nodes[0], nodes[1], at: at), from: nodes, tree)
    case .library(.many(let body)): return fold(ManyCallNode(body, nodes, at: at), from: nodes, tree)
    case .host(let overloads, let fallback):
      return HostCallNode(overloads, fallback: fallback, nodes, at: at)
    default: return FailingNode(.noOverload, "no such overload", at: at)
    }
  }

  // MARK: macros

  private mutating func build(_ comprehension: Syntax.Comprehension, _ tree: Syntax) -> Node {
    let at = tree.offset
    let first = local(tree)
    let range = build(comprehension.range)
    let filter = comprehension.filter.map { build($0) }
    let body = build(comprehension.body)
    let cost = 1 + Self.nodes(comprehension.body) + (comprehension.filter.map { Self.nodes($0) } ?? 0)
    let loop = Loop(
      range: range, first: first, second: comprehension.names.count == 2 ? first + 1 : nil, cost: cost)
    switch comprehension.form {
    case .all: return QuantifierNode(loop, body, decisive: false, at: at)
    case .exists: return QuantifierNode(loop, body, decisive: true, at: at)
    case .existsOne: return ExistsOneNode(loop, body, at: at)
    case .filter: return CollectNode(loop, filter: body, body: nil, at: at)
    case .map: return CollectNode(loop, filter: filter, body: body, at: at)
    case .transformMap: return CollectMapNode(loop, filter: filter, body: body, givesEntries: false, at: at)
    case .transformMapEntry: return CollectMapNode(loop, filter: filter, body: body, givesEntries: true, at: at)
    }
  }

  /// Nodes of a tree: what one evaluation of it costs at most, loops within it counting for themselves.
  private static func nodes(_ tree: Syntax) -> Int {
    tree.children.reduce(1) { $0 + nodes($1) }
  }

  // MARK: constants

  private mutating func warn(_ message: String, _ tree: Syntax) {
    warnings.append(CELProblem(message, at: tree.offset, length: tree.length, in: source))
  }

  /// The value of `node` as a constant when all it is made `from` is constant and it has one.
  private mutating func fold(_ node: Node, from parts: [Node], _ tree: Syntax) -> Node {
    guard parts.allSatisfy({ $0.constant != nil }) else { return node }
    var frame = Frame(slots: [], localCount: 0, costLimit: Self.foldingLimit, objects: objects)
    do throws(CELError) {
      return ConstantNode(try node.value(&frame), at: tree.offset)
    } catch {
      if error.kind != .costLimit { warn("this can only fail: " + error.description, tree) }
      return node
    }
  }
}

extension BinaryOperator {
  /// The same comparison with its sides exchanged.
  var mirrored: BinaryOperator {
    switch self {
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    default: self
    }
  }
}
