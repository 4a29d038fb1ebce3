import CEL
public import CustodyCore

/// One rule of a pack: what it holds to, when it is broken, and what to say then.
public struct Rule: Sendable {
  public struct Citation: Sendable, Hashable {
    public var text: String
    /// Tag of one of the pack's sources.
    public var source: String
    /// The number it had before.
    public var formerly: String?
    /// What was seen of the source when the rule was written; nil when that is not said.
    public var standing: Standing?

    public enum Standing: String, CaseIterable, Sendable {
      /// The official text
      case primary
      /// Somebody's account of it: have counsel check number and wording
      case secondary
    }

    /// For reports.
    public var shown: String {
      text + (formerly.map { " (formerly \($0))" } ?? "") + (standing == .secondary ? " [as reported]" : "")
    }
  }
  /// What a rule is asked about.
  public enum Subject: String, CaseIterable, Sendable {
    /// Every data class observed in an entry.
    case items
    /// Entries without observation that could not be read (opaque, failed, limited) or are certified as destroyed.
    case entries
  }
  /// What a violation rests on.
  public enum Evidence: String, CaseIterable, Sendable {
    /// What detectors saw: weak observations and public test material give at most `inconclusive`.
    case observation
    /// Side records and digests, however weak the observation.
    case record
  }
  /// Which entries share one finding.
  public enum Grouping: String, CaseIterable, Sendable { case folder, authorization, snapshot }

  /// Bounds in time, both inclusive: outside of them the rule is not applied.
  public struct Effective: Sendable, Hashable {
    public var from: Instant?
    public var until: Instant?
    public var clock = Clock.asOf

    public enum Clock: String, CaseIterable, Sendable {
      /// The moment judged for
      case asOf = "as-of"
      /// The date of the row's contract, which carries the clause of its time; the moment judged for when no date is known
      case contract
    }

    func contains(_ moment: Instant) -> Bool {
      (from.map { $0 <= moment } ?? true) && (until.map { moment <= $0 } ?? true)
    }
  }

  public var id: String
  public var pack: String
  public var title: String
  public var severity: Severity
  public var citations: [Citation]
  /// The citations with the full names of their sources.
  public var criteria: [String]
  public var scope: RuleScope
  /// Kinds of records that a rule with scope `record` is asked about.
  public var records: Set<SideRecord.Kind>
  public var subjects: [Subject]
  public var classes: Set<DataClass>
  public var evidence: Evidence
  public var grouping: Grouping
  public var effective: Effective
  /// CEL source of the conditions as written.
  public var violation: String?
  public var inconclusive: String?
  public var effect: String
  public var recommendation: String

  enum Cause: Sendable {
    case code(String)
    case expression(CELProgram)
  }

  var cause: Cause
  var causeText: String
  var condition: ConditionTemplate
  var violationProgram: CELProgram?
  var inconclusiveProgram: CELProgram?
  var phase: Phase
  /// What its expressions can name: for explanations and tests of the rule.
  var environment: CELEnvironment
  /// `params` and `tables` of its pack.
  var params: CELValue
  /// What the parameters it reads are, by path: value and meaning.
  var parameterMeanings: [String: String]
  var tables: CELValue

  /// Dotted paths that any of its expressions reads.
  var references: Set<String> {
    var all = Set<String>()
    for program in [violationProgram, inconclusiveProgram] { all.formUnion(program?.references ?? []) }
    if case .expression(let program) = cause { all.formUnion(program.references) }
    return all
  }

  /// Whether the rule is asked at all when judging for `asOf`.
  func isInEffect(at asOf: Instant) -> Bool {
    (effective.clock == .contract && scope == .item) || effective.contains(asOf)
  }

  /// Whether it is asked about data under a contract of this date.
  func isInEffect(contract: Instant?, at asOf: Instant) -> Bool {
    effective.clock == .asOf || effective.contains(contract ?? asOf)
  }

  /// Whether the conditions that lead to `verdict` ask for what is only indicated by words in paths.
  func restsOnIndications(_ verdict: Verdict) -> Bool {
    // What breaks the rule and is weakly observed is inconclusive as well.
    let programs = verdict == .violation ? [violationProgram] : [violationProgram, inconclusiveProgram]
    return programs.contains { !($0?.references.isDisjoint(with: Vocabulary.indications) ?? true) }
  }

  /// What a cause may look like; anything else an expression gives is replaced, so that no value can slip into a report.
  static func isCauseCode(_ text: String) -> Bool {
    let bytes = text.utf8
    guard (1...48).contains(bytes.count), let first = bytes.first, (0x61...0x7A).contains(first) else { return false }
    return bytes.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
  }
}

/// A policy pack: rules that belong together, with where they come from.
public struct Pack: Sendable {
  public var name: String
  public var version: String
  public var title: String
  public var description: String
  /// `counsel-required` or `counsel-reviewed`
  public var review: Review
  public var effective: Rule.Effective
  /// Tag and full name of each source, in order of tag.
  public var sources: [(tag: String, name: String)]
  public var rules: [Rule]
  /// Names of packs whose rules it takes over as they are.
  public var bases: [String]
  public var adjustments: [Adjustment]
  /// Parameters it sets in the packs it extends.
  var settings: [ParameterSetting]
  public var parameters: [Parameter]
  var tables: [DataTable]

  /// A change to a rule of a pack that is extended.
  public struct Adjustment: Sendable, Hashable {
    public var rule: String
    public var severity: Severity?
    public var isEnabled: Bool
    public var reason: String
  }

  public enum Review: String, CaseIterable, Sendable {
    case counselRequired = "counsel-required"
    case counselReviewed = "counsel-reviewed"
  }
}
