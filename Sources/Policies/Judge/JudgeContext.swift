import CEL
import CustodyCore

/// The hash functions judge needs for fingerprints: given from outside, because judging links no cryptography.
public struct DigestFunctions: Sendable {
  public var sha256: @Sendable ([UInt8]) -> [UInt8]
  public var sha1: @Sendable ([UInt8]) -> [UInt8]
  public init(sha256: @escaping @Sendable ([UInt8]) -> [UInt8], sha1: @escaping @Sendable ([UInt8]) -> [UInt8]) {
    self.sha256 = sha256
    self.sha1 = sha1
  }
}

/// Everything that stays equal while judging, shared by all partial judges.
final class JudgeContext: Sendable {
  let policies: PolicySet
  let engagement: Engagement
  let asOf: Instant
  let digests: DigestFunctions
  let disclosesPaths: Bool
  /// Rules in effect at the as-of time.
  let rules: [Rule]
  let skippedRules: [String]
  /// Positions in `rules` of those decided line by line.
  let exactRules: [Int]
  /// Data classes that each of them is asked about, as bits: most are not about most items, and a rule is a large value.
  let exactClasses: [UInt64]
  let asksAboutEntries: Bool
  let matcher: RegisterMatcher
  let rowFacts: [RowFacts]
  let holderFacts: HolderFacts
  let limits: [RetentionLimit]
  private let claims: [Digest: ContentClaims]
  private let keyedSets: [SideRecord]
  /// True when side records speak of contents.
  let hasClaims: Bool
  /// Receipts can extend a grant: not where signatures are required, because nobody signs a receipt.
  let trustsReceipts: Bool
  let auditValue: CELValue
  private let recordsValue: CELValue
  /// Sees every question, when rules are tested or explained; nil otherwise.
  private let watcher: RuleWatcher?

  init(
    policies: PolicySet, engagement: Engagement, asOf: Instant, digests: DigestFunctions, disclosesPaths: Bool,
    watcher: RuleWatcher? = nil
  ) {
    self.watcher = watcher
    self.policies = policies
    self.engagement = engagement
    self.asOf = asOf
    self.digests = digests
    self.disclosesPaths = disclosesPaths
    let all = policies.rules
    rules = all.filter { $0.isInEffect(at: asOf) }
    skippedRules = all.filter { !$0.isInEffect(at: asOf) }.map(\.id)
    exactRules = rules.indices.filter { [rules] in rules[$0].phase == .exact }
    exactClasses = exactRules.map { [rules] in
      rules[$0].classes.reduce(UInt64(0)) { $0 | 1 << UInt64(DataClassTable.position($1)) }
    }
    asksAboutEntries = rules.contains { $0.scope == .item && $0.subjects.contains(.entries) }
    matcher = RegisterMatcher(register: policies.register, engagement: engagement, asOf: asOf)
    rowFacts = RowFacts.all(of: matcher, at: asOf, system: engagement.system, records: policies.records)
    holderFacts = HolderFacts(matcher.holderRows.map { [rowFacts] in rowFacts[$0] })
    limits = rowFacts.map { RetentionLimit($0, asOf: asOf) }
    claims = policies.records?.claims(at: asOf, holder: matcher.holder, foreign: matcher.foreignRows) ?? [:]
    keyedSets = policies.records?.keyedSets ?? []
    trustsReceipts = !(policies.register?.requiresSignatures ?? false)
    hasClaims = !claims.isEmpty || !keyedSets.isEmpty
    let audit = AuditSubject(
      asOf: asOf, registerGiven: policies.register != nil, recordsGiven: policies.records != nil,
      holderGiven: engagement.holder != nil, systemGiven: engagement.system != nil)
    auditValue = .object(FieldObject(subject: audit, fields: Vocabulary.audit))
    recordsValue = .object(
      FieldObject(
        subject: RecordsSubject(policies.records, holder: matcher.holder, asOf: asOf), fields: Vocabulary.records))
  }

  /// What side records say of a content.
  func claims(of digest: Digest?) -> ContentClaims {
    guard hasClaims, let digest else { return ContentClaims() }
    var found = claims[digest] ?? ContentClaims()
    if !found.isAgencyFile {
      for set in keyedSets {
        let value = KeyedHashes.hmacSHA256(key: set.key, message: digest.bytes, sha256: digests.sha256)
        if let keyed = Digest(value), set.keyedFiles.contains(keyed) { found.isAgencyFile = true }
      }
    }
    return found
  }

  /// Values for the variables of a rule about items.
  func slots(_ rule: Rule, _ subject: ItemSubject, _ snapshot: CELValue) -> [CELValue] {
    [
      .object(FieldObject(subject: subject, fields: Vocabulary.item)),
      .object(FieldObject(subject: subject, fields: Vocabulary.observation)),
      .object(FieldObject(subject: subject, fields: Vocabulary.auth)),
    ] + common(rule, snapshot)
  }

  /// Values for the variables that every scope has.
  func common(_ rule: Rule, _ snapshot: CELValue) -> [CELValue] {
    [snapshot, recordsValue, auditValue, rule.params, rule.tables]
  }

  /// Asks one rule. Nil: compliant, or the rule is not about this item.
  ///
  /// `inconclusive` is asked first, then `violation`. A condition that cannot be evaluated because a fact is missing is
  /// inconclusive. Weak observations and public test material never give more than inconclusive.
  func outcome(
    of rule: Rule, _ subject: ItemSubject, _ snapshot: CELValue, origin: RuleWatcher.Origin
  ) -> RuleOutcome? {
    let facts = subject.facts
    guard rule.scope == .item else { return nil }
    if let dataClass = facts.dataClass {
      guard rule.subjects.contains(.items), rule.classes.contains(dataClass) else { return nil }
    } else {
      guard rule.subjects.contains(.entries) else { return nil }
    }
    guard rule.isInEffect(contract: subject.row?.row.contractDate, at: asOf) else { return nil }
    return outcome(
      of: rule, slots(rule, subject, snapshot), origin: origin,
      isSpecimen: facts.dataClass != nil && facts.flags.contains(.specimen),
      isWeak: facts.dataClass != nil && facts.strength == .weak)
  }

  /// Asks one rule of any scope.
  ///
  /// - Parameters:
  ///   - isSpecimen: everything the answer rests on is public test material.
  ///   - isWeak: everything it rests on is weak.
  func outcome(
    of rule: Rule, _ slots: [CELValue], origin: RuleWatcher.Origin, isSpecimen: Bool, isWeak: Bool
  ) -> RuleOutcome? {
    let outcome = answer(of: rule, slots, isSpecimen: isSpecimen, isWeak: isWeak)
    if let watcher, watcher.wants(rule.id, origin) {
      watcher.note(
        RuleWatcher.Question(
          rule: rule.id, origin: origin, slots: slots, isSpecimen: isSpecimen, isWeak: isWeak, outcome: outcome))
    }
    return outcome
  }

  /// The same, seen by nobody.
  func answer(of rule: Rule, _ slots: [CELValue], isSpecimen: Bool, isWeak: Bool) -> RuleOutcome? {
    if let program = rule.inconclusiveProgram {
      switch truth(program, slots) {
      case .success(true): return RuleOutcome(verdict: .inconclusive, cause: cause(rule, slots))
      case .success(false): break
      case .failure(let problem): return RuleOutcome(verdict: .inconclusive, cause: problem.cause.rawValue)
      }
    }
    guard let program = rule.violationProgram else { return nil }
    switch truth(program, slots) {
    case .success(false): return nil
    case .failure(let problem): return RuleOutcome(verdict: .inconclusive, cause: problem.cause.rawValue)
    case .success(true): break
    }
    if rule.evidence == .observation {
      if isSpecimen { return RuleOutcome(verdict: .inconclusive, cause: EngineCause.specimen.rawValue) }
      if isWeak { return RuleOutcome(verdict: .inconclusive, cause: EngineCause.weakEvidence.rawValue) }
    }
    return RuleOutcome(verdict: .violation, cause: cause(rule, slots))
  }

  private struct Problem: Error {
    var cause: EngineCause
  }

  private func truth(_ program: CELProgram, _ slots: [CELValue]) -> Result<Bool, Problem> {
    switch program.evaluate(slots) {
    case .success(.bool(let value)): return .success(value)
    case .success: return .failure(Problem(cause: .noTruthValue))
    case .failure(let error):
      switch error.kind {
      case .noSuchField, .noSuchKey: return .failure(Problem(cause: .factMissing))
      case .costLimit: return .failure(Problem(cause: .evaluationLimit))
      default: return .failure(Problem(cause: .evaluationError))
      }
    }
  }

  private func cause(_ rule: Rule, _ slots: [CELValue]) -> String {
    switch rule.cause {
    case .code(let code): return code
    case .expression(let program):
      guard case .success(.string(let text)) = program.evaluate(slots), Rule.isCauseCode(text) else {
        return EngineCause.unspecified.rawValue
      }
      return text
    }
  }
}
