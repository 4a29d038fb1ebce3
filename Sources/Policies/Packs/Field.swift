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

  var media: MediaClass {
    facts.media == .unknown && late.hasRemovableSidecar ? .removable : facts.media
  }
  var mediaEvidence: String {
    if facts.media != .unknown { return "path" }
    return late.hasRemovableSidecar ? "sidecar" : "none"
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
