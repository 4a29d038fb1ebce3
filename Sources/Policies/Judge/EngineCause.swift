/// Causes that no rule gives but the judge itself.
enum EngineCause: String, CaseIterable, Sendable {
  case factMissing = "fact-missing"
  case weakEvidence = "weak-evidence"
  case specimen
  case evaluationLimit = "evaluation-limit"
  case evaluationError = "evaluation-error"
  case noTruthValue = "no-truth-value"
  case unspecified

  /// When it is given, for the documentation.
  var meaning: String {
    switch self {
    case .factMissing: "inconclusive: a condition asked for a fact that is not known"
    case .weakEvidence: "inconclusive: the rule is broken, and everything it rests on was observed weakly"
    case .specimen: "inconclusive: the rule is broken, and everything it rests on is public test material"
    case .evaluationLimit: "inconclusive: a condition did more work than one question may"
    case .evaluationError: "inconclusive: a condition failed otherwise, for example on a text that is no duration"
    case .noTruthValue: "inconclusive: a condition gave something else than true or false"
    case .unspecified: "either verdict: `cause_from` failed, or gave a text that is no code"
    }
  }
}
