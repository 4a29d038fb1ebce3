/// An expression taken apart: its sub-expressions, what each of them gave in one evaluation, and what would change the
/// result. Slower than `CELProgram`; for explanations, coverage and tests of expressions, never for bulk work.
public struct CELInsight: Sendable {
  /// One sub-expression.
  public struct Part: Sendable {
    /// What the part is to the truth of the whole.
    public enum Role: Sendable, Hashable {
      /// `&&`, `||`, `!`, `? :` over truth values: made of its children.
      case and, or, not, choice
      /// A truth value that is not made of others by the operators above: what coverage counts.
      case condition
      /// Anything else.
      case value
    }
    public var id: Int
    /// The part written out.
    public var text: String
    public var role: Role
    /// Parts directly below, in the order they are written.
    public var children: [Int]
    /// A constant, or a variable as a whole: it has no value worth showing.
    public var isPlain: Bool
    /// Inside a loop or a binding: its value belongs to one turn.
    public var isLocal: Bool
  }

  /// What a part gave.
  public enum Outcome: Sendable {
    case value(CELValue)
    case error(CELError)
  }

  /// One evaluation.
  public struct Trace: Sendable {
    public var result: Result<CELValue, CELError>
    /// By part; absent where it was not asked because the answer was known before. In a loop: the last turn.
    public var outcomes: [Int: Outcome]
    /// Truth values that conditions gave, in loops those of every turn.
    public var truths: [Int: Set<Bool>]
  }

  /// The whole first, every part before those below it.
  public let parts: [Part]
  private let root: Node
  private let nodes: [Int: Node]
  private let objects: ObjectTable
  private let slotCount: Int
  private let localCount: Int
  private let costLimit: Int
  private let baseCost: Int

  /// - Throws: every problem found, as `CELProgram` does.
  public init(
    _ source: String, in environment: CELEnvironment, expecting: CELType? = nil, costLimit: Int = 100_000
  ) throws(CELProblems) {
    let checked = try CheckedSource(source, in: environment, expecting: expecting)
    self.init(checked, costLimit: costLimit)
  }

  init(_ checked: CheckedSource, costLimit: Int) {
    var builder = Builder(
      analysis: checked.analysis, objects: checked.scope.objects, source: checked.source, observes: true)
    root = builder.build(checked.tree)
    nodes = builder.observed
    objects = checked.scope.objects
    slotCount = checked.slotCount
    localCount = checked.analysis.localCount
    baseCost = checked.nodeCount
    self.costLimit = costLimit
    var parts: [Part] = []
    Self.list(
      checked.tree, checked.analysis, isTruth: checked.analysis.types[checked.tree.id] == .bool, isLocal: false, &parts)
    self.parts = parts
  }

  private static func list(_ tree: Syntax, _ analysis: Analysis, isTruth: Bool, isLocal: Bool, _ parts: inout [Part]) {
    let (role, below) = role(of: tree, isTruth: isTruth)
    let isPlain: Bool =
      switch tree.kind {
      case .name: analysis.types[tree.id] != .bool
      default: isConstant(tree)
      }
    let children = tree.children
    parts.append(
      Part(
        id: tree.id, text: tree.text, role: role, children: children.map(\.id), isPlain: isPlain,
        isLocal: isLocal))
    let binds: Bool =
      switch tree.kind {
      case .comprehension, .bind, .optionalMap: true
      default: false
      }
    for (i, child) in children.enumerated() {
      // The first child is what is looped over or bound: it stands outside.
      list(child, analysis, isTruth: below(i), isLocal: isLocal || (binds && i > 0), &parts)
    }
  }

  /// A literal, or a list or map of nothing else: never evaluated by itself, so there is nothing to say of it.
  private static func isConstant(_ tree: Syntax) -> Bool {
    switch tree.kind {
    case .literal: true
    case .list, .map, .negate: tree.children.allSatisfy(isConstant)
    default: false
    }
  }

  private static func role(of tree: Syntax, isTruth: Bool) -> (Part.Role, (Int) -> Bool) {
    switch tree.kind {
    case .and: return (.and, { _ in true })
    case .or: return (.or, { _ in true })
    case .not: return (.not, { _ in true })
    case .conditional: return (isTruth ? .choice : .value, { $0 == 0 || isTruth })
    case .literal: return (.value, { _ in false })
    // What a name is bound to is no condition; what is said with it is.
    case .bind: return (.value, { $0 == 1 && isTruth })
    case .comprehension(let c) where c.form == .all || c.form == .exists || c.form == .existsOne:
      // The body's truth is another one at every turn.
      let last = tree.children.count - 1
      return (isTruth ? .condition : .value, { $0 == last })
    default: return (isTruth ? .condition : .value, { _ in false })
    }
  }

  /// What a part would give by itself, also where the evaluation of the whole did not ask it; nil inside loops and
  /// bindings, and when it gives no truth value.
  public func truth(of part: Part, _ slots: [CELValue]) -> Bool? {
    guard !part.isLocal, slots.count >= slotCount, let node = nodes[part.id] else { return nil }
    var frame = Frame(slots: slots, localCount: localCount, costLimit: costLimit, objects: objects)
    return try? node.bool(&frame)
  }

  /// Evaluates as `CELProgram` does and notes what every part gave.
  public func trace(_ slots: [CELValue]) -> Trace {
    guard slots.count >= slotCount else {
      return Trace(
        result: .failure(CELError(.invalidArgument, "invalid argument: too few values")), outcomes: [:], truths: [:])
    }
    let observer = Observer()
    var frame = Frame(slots: slots, localCount: localCount, costLimit: costLimit, objects: objects, observer: observer)
    let result: Result<CELValue, CELError>
    do throws(CELError) {
      try frame.charge(baseCost)
      result = .success(try root.value(&frame))
    } catch {
      result = .failure(error)
    }
    return Trace(result: result, outcomes: observer.outcomes, truths: observer.truths)
  }
}

/// Gathers what observed nodes gave during one evaluation, which runs on one thread.
final class Observer {
  private(set) var outcomes: [Int: CELInsight.Outcome] = [:]
  private(set) var truths: [Int: Set<Bool>] = [:]

  func note(_ id: Int, _ value: CELValue) {
    outcomes[id] = .value(value)
    if case .bool(let truth) = value { truths[id, default: []].insert(truth) }
  }
  func note(_ id: Int, _ error: CELError) { outcomes[id] = .error(error) }
}

/// Passes on what the node inside gives, and tells the observer.
final class ObservedNode: Node, @unchecked Sendable {
  private let inner: Node
  private let id: Int

  init(_ inner: Node, id: Int) {
    self.inner = inner
    self.id = id
    super.init(inner.offset)
  }

  override func value(_ frame: inout Frame) throws(CELError) -> CELValue {
    do throws(CELError) {
      let value = try inner.value(&frame)
      frame.observer?.note(id, value)
      return value
    } catch {
      frame.observer?.note(id, error)
      throw error
    }
  }

  override func bool(_ frame: inout Frame) throws(CELError) -> Bool {
    do throws(CELError) {
      let value = try inner.bool(&frame)
      frame.observer?.note(id, .bool(value))
      return value
    } catch {
      frame.observer?.note(id, error)
      throw error
    }
  }

  override var constant: CELValue? { inner.constant }
}
