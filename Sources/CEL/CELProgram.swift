/// A checked expression, ready to be evaluated any number of times, on any thread.
///
///     let environment = CELEnvironment(variables: [CELVariable(name: "age", type: .int)])
///     let program = try CELProgram("age > 18", in: environment, expecting: .bool)
///     program.evaluate([.int(20)])  // .success(.bool(true))
public struct CELProgram: Sendable {
  /// What to do before an expression may run.
  public struct Options: Sendable {
    /// Names and types are checked against the environment. Without it every mistake waits until run time.
    public var checksTypes: Bool
    public var expandsMacros: Bool
    public init(checksTypes: Bool = true, expandsMacros: Bool = true) {
      self.checksTypes = checksTypes
      self.expandsMacros = expandsMacros
    }
  }

  public let resultType: CELType
  /// Dotted paths of the variables and fields that are read, also by `has()`: `item.ageSeconds`, `auth.state`.
  public let references: Set<String>
  /// Parts whose operands are all constant and that can only fail: a malformed timestamp, duration or regular
  /// expression, a division by zero. The language makes them errors at run time; a host may refuse them at once.
  public let warnings: [CELProblem]

  private let root: Node
  private let objects: ObjectTable
  private let slotCount: Int
  private let localCount: Int
  private let baseCost: Int
  private let costLimit: Int

  /// - Parameters:
  ///   - source: At most 64 KiB, nested at most 250 levels deep.
  ///   - expecting: The type the result must have; nil for any.
  ///   - costLimit: Units of work one evaluation may do: a node evaluated, an element built or compared, 16 bytes of
  ///     text worked on.
  /// - Throws: every problem found, in source order.
  public init(
    _ source: String, in environment: CELEnvironment, expecting: CELType? = nil, costLimit: Int = 100_000,
    options: Options = Options()
  ) throws(CELProblems) {
    let checked = try CheckedSource(
      source, in: environment, expecting: expecting, checksTypes: options.checksTypes,
      expandsMacros: options.expandsMacros)
    self.init(checked, costLimit: costLimit)
  }

  init(_ checked: CheckedSource, costLimit: Int) {
    var builder = Builder(analysis: checked.analysis, objects: checked.scope.objects, source: checked.source)
    root = builder.build(checked.tree)
    warnings = builder.warnings.sorted { $0.offset < $1.offset }
    resultType = checked.analysis.types[checked.tree.id]
    references = checked.analysis.references
    objects = checked.scope.objects
    slotCount = checked.slotCount
    localCount = checked.analysis.localCount
    baseCost = checked.nodeCount
    self.costLimit = costLimit
  }

  /// The value for these variables, one for each declared, in order of declaration.
  ///
  /// Depends on nothing but `slots`. A value of another kind than declared is an error of the operation that meets it.
  public func evaluate(_ slots: [CELValue]) -> Result<CELValue, CELError> {
    guard slots.count >= slotCount else { return .failure(missing(slots.count)) }
    var frame = Frame(slots: slots, localCount: localCount, costLimit: costLimit, objects: objects)
    do throws(CELError) {
      try frame.charge(baseCost)
      return .success(try root.value(&frame))
    } catch {
      return .failure(error)
    }
  }

  /// As `evaluate`, for conditions: a result that is no bool is `no such overload`.
  public func test(_ slots: [CELValue]) throws(CELError) -> Bool {
    guard slots.count >= slotCount else { throw missing(slots.count) }
    var frame = Frame(slots: slots, localCount: localCount, costLimit: costLimit, objects: objects)
    try frame.charge(baseCost)
    return try root.bool(&frame)
  }

  private func missing(_ count: Int) -> CELError {
    CELError(.invalidArgument, "invalid argument: \(slotCount) variables are declared, \(count) values were given")
  }
}
