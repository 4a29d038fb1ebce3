internal import CustodyCore

/// One thing that was looked at while verifying.
public struct VerificationCheck: Sendable, Hashable {
  public enum Outcome: String, Sendable, Hashable, CaseIterable {
    case passed = "passed"
    case failed = "failed"
    /// Could not be looked at; the sentence says why.
    case notDone = "not done"
  }

  /// Stable: `envelope`, `signature`, `payload-type`, `statement`, `inventory-digest`, `inventory-tree`,
  /// `inventory-lines`, `file-sums`, `byproducts`, `snapshot`.
  public var name: String
  public var outcome: Outcome
  /// One sentence, in lower case, without full stop.
  public var text: String

  public init(_ name: String, _ outcome: Outcome, _ text: String) {
    self.name = name
    self.outcome = outcome
    self.text = text
  }
}

/// What verifying a package gave.
public struct VerificationResult: Sendable {
  /// In the order in which they were made. Some names stand more than once: one line for each file or snapshot.
  public var checks: [VerificationCheck]
  /// False when the package holds a bare statement.
  public var isSigned: Bool
  /// The given keys that signed.
  public var keyIDs: [String]
  /// What the package says; nil when it cannot be read, or when its signature is wrong.
  public var statement: AuditStatement?

  public var failures: [VerificationCheck] { checks.filter { $0.outcome == .failed } }

  /// Nothing that was looked at is wrong. Says nothing about what was not done: see `isAuthentic`.
  public var holds: Bool { failures.isEmpty }

  /// A trusted key signed what the package says, and nothing that was looked at is wrong.
  public var isAuthentic: Bool {
    holds && checks.contains { $0.name == "signature" && $0.outcome == .passed }
  }

  /// `passed  signature  …`, one line for each check.
  public var text: String {
    let width = checks.map(\.name.count).max() ?? 0
    return checks.map { check in
      let outcome = check.outcome.rawValue + String(repeating: " ", count: 8 - check.outcome.rawValue.count)
      let name = check.name + String(repeating: " ", count: width - check.name.count)
      return outcome + "  " + name + "  " + check.text + "\n"
    }.joined()
  }
}
