import CEL
import CustodyCore

/// When the value of a field can be known.
enum Phase: Int, Sendable, Comparable {
  /// From the inventory line, in few distinct values.
  case early
  /// From the inventory line, different for every item: rules reading it are decided line by line.
  case exact
  /// Only when the whole snapshot has been seen.
  case late
  static func < (a: Phase, b: Phase) -> Bool { a.rawValue < b.rawValue }
}

/// One field that rules can read.
struct Field<Subject: Sendable>: Sendable {
  var name: String
  var type: CELType
  var phase: Phase
  /// What it means, for `custody policy show` and the documentation.
  var meaning: String
  /// Nil: not known, so `has()` is false and reading it makes the verdict inconclusive.
  var read: @Sendable (Subject) -> CELValue?

  init(
    _ name: String, _ type: CELType, _ phase: Phase = .early, _ meaning: String,
    read: @escaping @Sendable (Subject) -> CELValue?
  ) {
    self.name = name
    self.type = type
    self.phase = phase
    self.meaning = meaning
    self.read = read
  }
}

/// A subject as CEL sees it.
struct FieldObject<Subject: Sendable>: CELObject {
  let subject: Subject
  let fields: [Field<Subject>]
  func celField(_ index: Int) -> CELValue? {
    fields.indices.contains(index) ? fields[index].read(subject) : nil
  }
}

/// What `item` and `auth` are read from.
struct ItemSubject: Sendable {
  var facts: ItemFacts
  var exact: ExactFacts?
  var late = LateFacts()
  var row: RowFacts?
  var holder: HolderFacts
  var holdings = Holdings()
  var asOf: Instant
  /// Consent records for the whole row, not for single files.
  var rowConsent = ConsentClaim.none

  var media: MediaClass {
    facts.media == .unknown && late.hasRemovableSidecar ? .removable : facts.media
  }
  var mediaEvidence: String {
    if facts.media != .unknown { return "path" }
    return late.hasRemovableSidecar ? "sidecar" : "none"
  }
}

/// What `collection` is read from: the items of one folder that the rule is about.
struct CollectionSubject: Sendable {
  var entries = 0
  var items = 0
  var distinct = 0
  var itemsByClass: [DataClass: Int] = [:]
  var agencies = AgencySet()
  var late = LateFacts()
  var media = MediaClass.unknown
  var unauthorized = 0
  var undecided = 0
  var plain = 0
  var links = FolderLinks()
}

/// What `records` is read from.
struct RecordsSubject: Sendable {
  var isGiven: Bool
  var counts: [SideRecord.Kind: Int] = [:]
  var lastTraining: Instant?
  var lastAssessment: Instant?
  var mediaWithoutCertificate = 0
  var removableMedia = 0
  var ownerlessMedia = 0

  init(_ records: Records?, holder: String?, asOf: Instant) {
    isGiven = records != nil
    let proofs = records?.proofs(at: asOf) ?? []
    for record in records?.all ?? [] where record.hasHappened(by: asOf) {
      guard record.isAbout(holder: holder) else { continue }
      counts[record.kind, default: 0] += 1
      switch record.kind {
      case .training:
        if let at = record.times[.completed], at <= asOf { lastTraining = max(at, lastTraining ?? at) }
      case .assessment:
        if let at = record.times[.assessed], at <= asOf { lastAssessment = max(at, lastAssessment ?? at) }
      case .media:
        if record.isPast(.released, asOf), !(record.words[.certificate].map(proofs.contains) ?? false) {
          mediaWithoutCertificate += 1
        }
        if record.isRemovable ?? false {
          removableMedia += 1
          if record.words[.owner] == nil { ownerlessMedia += 1 }
        }
      default: break
      }
    }
  }
}

/// What `record` is read from.
struct RecordSubject: Sendable {
  var record: SideRecord
  /// The certificate that a medium names verified as passed.
  var hasProof: Bool
  /// The register row that the record names exists.
  var row: AuthorizationRow?
  var asOf: Instant

  /// What is yet to come is not known; only an end can lie ahead.
  func time(_ time: SideRecord.Time) -> Instant? {
    guard let moment = record.times[time], time == .expires || moment <= asOf else { return nil }
    return moment
  }
}

/// What `audit` is read from.
struct AuditSubject: Sendable {
  var asOf: Instant
  var registerGiven: Bool
  var recordsGiven: Bool
  var holderGiven: Bool
  var systemGiven: Bool
}
