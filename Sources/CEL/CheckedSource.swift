/// Source text that was parsed and checked: what programs and insights are built from.
struct CheckedSource {
  let tree: Syntax
  let analysis: Analysis
  let scope: Scope
  let source: [UInt8]
  let nodeCount: Int
  let slotCount: Int

  init(
    _ text: String, in environment: CELEnvironment, expecting: CELType? = nil, checksTypes: Bool = true,
    expandsMacros: Bool = true
  ) throws(CELProblems) {
    var parser = Parser(text, extensions: environment.extensions, macros: expandsMacros)
    guard let tree = parser.parse() else { throw CELProblems(parser.problems) }
    try self.init(
      tree, nodeCount: parser.nodeCount, source: parser.source, in: environment, expecting: expecting,
      checksTypes: checksTypes)
  }

  /// - Parameter nodeCount: more than any id in the tree.
  init(
    _ tree: Syntax, nodeCount: Int, source: [UInt8], in environment: CELEnvironment, expecting: CELType?,
    checksTypes: Bool = true
  ) throws(CELProblems) {
    let scope = Scope(environment)
    var checker = Checker(source: source, nodeCount: nodeCount, scope: scope, strict: checksTypes)
    let analysis = checker.analyze(tree, expecting: expecting)
    guard analysis.problems.isEmpty else { throw CELProblems(analysis.problems) }
    self.tree = tree
    self.analysis = analysis
    self.scope = scope
    self.source = source
    self.nodeCount = nodeCount
    slotCount = environment.variables.count
  }
}
