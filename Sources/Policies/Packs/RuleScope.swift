import CEL
import CustodyCore

/// What one question of a rule is about.
public enum RuleScope: String, CaseIterable, Sendable {
  /// Every item, or entry that could not be read
  case item
  /// Every folder that holds such items
  case collection
  /// The snapshots as a whole
  case snapshot
  /// Every side record of the kinds named
  case record
}

/// What the expressions of one pack can name, for each scope.
struct RuleEnvironments: Sendable {
  private let byScope: [RuleScope: CELEnvironment]

  init(parameters: [Parameter], tables: [DataTable]) {
    var byScope: [RuleScope: CELEnvironment] = [:]
    let own = [
      CELObjectType(name: "params", fields: parameters.map { (name: $0.name, type: $0.type) }),
      CELObjectType(name: "tables", fields: tables.map { (name: $0.name, type: DataTable.type) }),
      CaptureTimeObject.type,
    ]
    for scope in RuleScope.allCases {
      let names = Self.names(scope)
      byScope[scope] = CELEnvironment(
        variables: names.map { CELVariable(name: $0, type: .object($0)) }, objects: Vocabulary.objects + own,
        functions: RuleFunctions.all)
    }
    self.byScope = byScope
  }

  subscript(scope: RuleScope) -> CELEnvironment {
    byScope[scope] ?? CELEnvironment(variables: [])
  }

  /// Variables that expressions of a scope can name, in the order of the slots.
  static func names(_ scope: RuleScope) -> [String] {
    leading(scope) + ["snapshot", "records", "audit", "params", "tables"]
  }

  /// Variables of one scope alone: they come first among the slots.
  static func leading(_ scope: RuleScope) -> [String] {
    switch scope {
    case .item: ["item", "observation", "auth"]
    case .collection: ["collection"]
    case .snapshot: []
    case .record: ["record"]
    }
  }
}
