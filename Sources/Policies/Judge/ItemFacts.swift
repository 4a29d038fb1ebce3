import CustodyCore

/// Everything rules can know of an item when its inventory line passes, except exact measures.
///
/// Items with equal facts are judged once: a million images of one camera are a handful of values of this type.
struct ItemFacts: Sendable, Hashable {
  /// Nil: an entry that could not be examined, or that a certificate says is destroyed, without any observation.
  var dataClass: DataClass?
  var strength: Strength
  var kind: String
  var disposition: Disposition
  var reason: Reason?
  var encrypted: Tristate
  var media: MediaClass
  var embedding: Embedding
  var clock: CaptureClock
  var retention: RetentionState
  var authorization: AuthorizationMatch
  /// What side records say about the content.
  var claims: ContentClaims
  /// Waivers that name the content, by position.
  var waivers: [Int32]
  /// The detector behind the strongest observation; empty without one.
  var detector: String
  var agencies: AgencySet
  var flags: Flags
  /// Outcomes of rules that ask for exact measures, by position among those rules.
  var eager: [RuleOutcome?]

  struct Flags: OptionSet, Sendable, Hashable {
    let rawValue: UInt16
    static let ticket = Flags(rawValue: 1)
    static let lane = Flags(rawValue: 2)
    static let site = Flags(rawValue: 4)
    static let fieldExport = Flags(rawValue: 8)
    static let trainingWord = Flags(rawValue: 16)
    static let cloudFace = Flags(rawValue: 32)
    /// Every item of the class in the entry is public test material.
    static let specimen = Flags(rawValue: 64)
    static let scrapeWord = Flags(rawValue: 128)
    /// The entry carries plates, or faces, whatever class the item itself is of.
    static let withPlates = Flags(rawValue: 256)
    static let withFaces = Flags(rawValue: 512)
    /// Anybody on the machine may read the entry.
    static let worldReadable = Flags(rawValue: 1024)
    /// Seen in the pixels of a picture.
    static let inPicture = Flags(rawValue: 2048)
  }
}

/// Yes, no, or nothing that tells.
enum Tristate: String, CaseIterable, Sendable, Hashable { case yes, no, unknown }

/// Exact measures of one item: rules may read them, but never together with facts known only at the end.
struct ExactFacts: Sendable {
  var count: Int
  var size: UInt64
  /// Faces, plates … counted in the pixels of pictures.
  var seen: Int
  var captured: CaptureTime?
  var retainUntil: Instant?
}

/// Facts about an item's surroundings, known when the whole snapshot has been seen.
struct LateFacts: Sendable, Hashable {
  /// Sidecars of removable media stand in a folder above, and nothing says that it is a fixed volume.
  var hasRemovableSidecar = false
  var nearTraining = false
  var nearCloudFace = false
  var nearSecrets = false
  var nearScrape = false
  /// An encrypted file lies in the same folder.
  var besideEncrypted = false

  /// For memo keys: fewer than `codeBits` bits.
  var code: UInt64 {
    (hasRemovableSidecar ? 1 : 0) | (nearTraining ? 2 : 0) | (nearCloudFace ? 4 : 0) | (nearSecrets ? 8 : 0)
      | (nearScrape ? 16 : 0) | (besideEncrypted ? 32 : 0)
  }
  static let codeBits: UInt64 = 8
}

/// What the snapshots hold as a whole.
struct SnapshotFacts: Sendable {
  var entries = 0
  var items = 0
  var itemsByClass: [DataClass: Int] = [:]
  var agencies = AgencySet()
  /// One row in force names every agency whose name stands in paths of items.
  var agenciesCovered = false
  var hasSecrets = false
  var notExamined = 0
}

/// How much of a row's allowance is used, over all items the row covers.
struct Holdings: Sendable {
  var items = 0
  /// Items of distinct contents.
  var distinctItems = 0
}

/// What a rule said of an item; compliant is the absence of an outcome.
struct RuleOutcome: Sendable, Hashable {
  var verdict: Verdict
  var cause: String
}
