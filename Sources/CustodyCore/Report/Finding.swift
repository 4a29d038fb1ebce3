/// How much a broken rule matters.
public enum Severity: String, CaseIterable, Sendable, Hashable, Comparable {
  case info, low, medium, high, critical
  private var rank: Int {
    switch self {
    case .info: 0
    case .low: 1
    case .medium: 2
    case .high: 3
    case .critical: 4
    }
  }
  public static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }
}

/// What judging one rule against one item gave. `compliant` never becomes a finding.
public enum Verdict: String, CaseIterable, Sendable, Hashable {
  case violation, inconclusive, compliant
}

/// One rule broken by one collection: entries that share rule, verdict, cause and folder.
public struct Finding: Sendable, Hashable {
  /// UUID version 5 (RFC 9562 section 5.5) over rule, verdict, cause and `fingerprint`.
  public var id: String
  /// e.g. `AUTH-01`
  public var ruleId: String
  /// Name of the pack that holds the rule.
  public var pack: String
  public var severity: Severity
  public var verdict: Verdict
  /// One line that can be read alone.
  public var title: String
  /// Reason code: `no-register`, `no-row`, `expired`, `system`, `path`, `clock-unknown` …
  public var cause: String
  /// What was held to: citations of the rule.
  public var criteria: [String]
  /// What was found, in words and counts; nothing read from the data.
  public var condition: String
  public var effect: String
  public var recommendation: String
  public var dataClasses: [DataClass]
  public var counts: FindingCounts
  public var leaves: LeafReferences
  public var authorization: AuthorizationState
  /// Ordinal of the collection within the report, from 1: tells folders apart without naming them.
  public var collection: Int
  /// The folder, shown only with `--disclose paths`.
  public var path: String?
  /// Hex SHA-256 over rule, cause and the smallest leaf nonce of the collection: stays equal from night to night
  /// while that item stays, says nothing about path or content.
  public var fingerprint: String
  /// Who answers for it, when somebody does.
  public var waiver: FindingWaiver?

  public init(
    id: String, ruleId: String, pack: String, severity: Severity, verdict: Verdict, title: String, cause: String,
    criteria: [String], condition: String, effect: String, recommendation: String, dataClasses: [DataClass],
    counts: FindingCounts, leaves: LeafReferences, authorization: AuthorizationState, collection: Int,
    path: String? = nil, fingerprint: String, waiver: FindingWaiver? = nil
  ) {
    self.id = id
    self.ruleId = ruleId
    self.pack = pack
    self.severity = severity
    self.verdict = verdict
    self.title = title
    self.cause = cause
    self.criteria = criteria
    self.condition = condition
    self.effect = effect
    self.recommendation = recommendation
    self.dataClasses = dataClasses
    self.counts = counts
    self.leaves = leaves
    self.authorization = authorization
    self.collection = collection
    self.path = path
    self.fingerprint = fingerprint
    self.waiver = waiver
  }
}

public struct FindingCounts: Sendable, Hashable {
  /// Inventory entries.
  public var entries: Int
  /// Distinct contents among them, by SHA-256.
  public var distinct: Int
  /// Items inside the entries (a transaction of ten fingers counts ten).
  public var items: Int
  public var bytes: UInt64
  public init(entries: Int, distinct: Int, items: Int, bytes: UInt64) {
    self.entries = entries
    self.distinct = distinct
    self.items = items
    self.bytes = bytes
  }
}

/// Which inventory lines a finding rests on.
public struct LeafReferences: Sendable, Hashable {
  /// Ascending ranges, `"17"` or `"17-212"`. All of them, always.
  public var ranges: [String]
  /// RFC 6962 leaf hashes (hex) of the first few leaves whose nonce is drawn from content.
  public var samples: [String]
  public init(ranges: [String], samples: [String]) {
    self.ranges = ranges
    self.samples = samples
  }
}

/// Where the register stood for the items of a finding.
public struct AuthorizationState: Sendable, Hashable {
  /// `no-register`, `no-row`, `active`, `expired`, `revoked`, `suspended`, `draft`, `not-yet-valid`, `not-applicable` …
  public var state: String
  /// Id and version of the row that came closest.
  public var record: String?
  public init(state: String, record: String? = nil) {
    self.state = state
    self.record = record
  }
}
