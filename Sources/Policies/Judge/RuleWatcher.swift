import CEL
import Synchronization

/// Remembers questions that rules were asked: for tests and explanations of rules, never in an ordinary audit.
final class RuleWatcher: Sendable {
  /// What a question was about.
  enum Origin: Sendable, Hashable {
    /// One inventory line: rules that read exact measures.
    case leaf(UInt64)
    /// Items with equal facts and surroundings: the key under which they are judged.
    case facts(UInt64)
    /// A folder, the snapshots, a side record.
    case place(FindingBuilder.Place)
  }

  struct Question: Sendable {
    var rule: String
    var origin: Origin
    var slots: [CELValue]
    var isSpecimen: Bool
    var isWeak: Bool
    var outcome: RuleOutcome?
  }

  private let questions = Mutex<[Question]>([])
  private let wanted: @Sendable (_ rule: String, _ origin: Origin) -> Bool

  init(wanted: @escaping @Sendable (_ rule: String, _ origin: Origin) -> Bool = { _, _ in true }) {
    self.wanted = wanted
  }

  func wants(_ rule: String, _ origin: Origin) -> Bool { wanted(rule, origin) }
  func note(_ question: Question) { questions.withLock { $0.append(question) } }

  /// All questions so far, in order; forgets them.
  func take() -> [Question] {
    questions.withLock { all in
      defer { all = [] }
      return all
    }
  }
}
