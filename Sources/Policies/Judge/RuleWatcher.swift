import CEL
import Synchronization

/// Remembers every question that rules were asked: for tests and explanations of rules, never in an ordinary audit.
final class RuleWatcher: Sendable {
  struct Question: Sendable {
    var rule: String
    var slots: [CELValue]
    var isSpecimen: Bool
    var isWeak: Bool
    var outcome: RuleOutcome?
  }

  private let questions = Mutex<[Question]>([])

  func note(_ question: Question) { questions.withLock { $0.append(question) } }

  /// All questions so far, in order; forgets them.
  func take() -> [Question] {
    questions.withLock { all in
      defer { all = [] }
      return all
    }
  }
}
