import CEL

/// One of the expressions of a rule, as written.
struct RuleExpression: Sendable {
  enum Key: String, Sendable, CustomStringConvertible {
    case inconclusive, violation
    case cause = "cause_from"
    var description: String { rawValue }
  }
  var key: Key
  var source: String

  /// Whether answering the question reached this expression.
  func isAsked(_ question: RuleWatcher.Question, of rule: Rule) -> Bool {
    switch key {
    case .inconclusive: return true
    case .violation:
      // `inconclusive` is asked first, and what it says stands.
      guard let program = rule.inconclusiveProgram else { return true }
      if case .success(.bool(false)) = program.evaluate(question.slots) { return true }
      return false
    case .cause: return question.outcome != nil
    }
  }
}

extension Rule {
  /// In the order in which they are asked.
  var expressions: [RuleExpression] {
    var all: [RuleExpression] = []
    if let inconclusive { all.append(RuleExpression(key: .inconclusive, source: inconclusive)) }
    if let violation { all.append(RuleExpression(key: .violation, source: violation)) }
    if case .expression = cause { all.append(RuleExpression(key: .cause, source: causeText)) }
    return all
  }

  func with(_ program: CELProgram, as key: RuleExpression.Key) -> Rule {
    var rule = self
    switch key {
    case .inconclusive: rule.inconclusiveProgram = program
    case .violation: rule.violationProgram = program
    case .cause: rule.cause = .expression(program)
    }
    return rule
  }
}
