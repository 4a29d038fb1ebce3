public import CustodyCore

/// What no snapshot can show and somebody must say: one record of one kind.
///
/// Fields follow HSAR 3052.204-72 and -73 (incidents), NIST SP 800-88 Rev. 2 and SP 800-53 MP-6(1) (certificates, media),
/// FAR 52.224-3 (training), 740 ILCS 14/15(b) (consents); the rest is this project's design. Absence is itself a fact.
public struct SideRecord: Sendable, Hashable {
  public enum Kind: String, CaseIterable, Sendable {
    /// Destruction or sanitization, certified
    case certificate
    case incident, consent
    /// What was handed over to the holder, file by file
    case receipt
    /// A third party looked at the holder
    case assessment
    /// Privacy training of the holder's staff
    case training
    /// A storage medium and what became of it
    case media
    /// Data given to somebody else
    case disclosure
    /// A run of identification against a gallery
    case search
    /// Files the agency knows as its own
    case hashSet = "hash-set"
  }
  public enum Time: String, CaseIterable, Sendable {
    case started = "started_at"
    case ended = "ended_at"
    case discovered = "discovered_at"
    case reported = "reported_at"
    case given = "given_at"
    case withdrawn = "withdrawn_at"
    case expires = "expires_at"
    case received = "received_at"
    case assessed = "assessed_at"
    case completed = "completed_at"
    case released = "released_at"
    case occurred = "occurred_at"
  }
  public enum Word: String, CaseIterable, Sendable {
    case row
    case holder, agency, recipient, status, containment, basis, purpose, assessor, serial, owner, certificate
    case contract = "contract_no"
    case authorizationId = "authorization_id"
    case method, technique, verifier, disposition
    case custodian = "operator"
    case result
    case reason
    /// Which clock an incident runs on
    case regime
  }
  public enum Number: String, CaseIterable, Sendable {
    case items
    case uniqueItems = "unique_items"
  }
  /// Clause or law under which an incident must be told.
  public enum Regime: String, CaseIterable, Sendable { case hsar, dot, dfars, gdpr, dpdp, other }
  /// Why a medium left its place.
  public enum Reason: String, CaseIterable, Sendable { case disposal, reuse, maintenance, release, transport }
  /// What was done to a medium: NIST SP 800-88 Rev. 2 section 3.1.
  enum Method: String, CaseIterable { case clear, purge, destroy }
  /// What the check of a destruction said.
  enum VerificationResult: String, CaseIterable {
    case pass = "PASS"
    case failed = "FAILED"
    /// Never counts as proof.
    case unknown = "UNKNOWN"
  }

  public var kind: Kind
  public var id: String
  public var times: [Time: Instant] = [:]
  public var words: [Word: String] = [:]
  public var numbers: [Number: Int64] = [:]
  public var interval: CalendarDuration?
  /// Personal data is concerned; nil when the record does not say.
  public var isPersonal: Bool?
  /// A removable medium.
  public var isRemovable: Bool?
  public var classes: Set<DataClass> = []
  /// SHA-256 of the files it is about.
  public var files: Set<Digest> = []
  /// HMAC-SHA256 of such digests, when the list is not to be revealed; with its key.
  public var keyedFiles: Set<Digest> = []
  public var key: [UInt8] = []
  /// Of a certificate: everything NIST SP 800-88 asks for is there.
  public var isComplete = true

  public init(kind: Kind, id: String) {
    self.kind = kind
    self.id = id
  }
}

/// What a consent says of a content.
public enum ConsentClaim: String, CaseIterable, Sendable, Hashable {
  case none, given, expired, withdrawn
}

/// What destruction certificates say of a content.
public enum DestructionClaim: String, CaseIterable, Sendable, Hashable, Comparable {
  case none
  /// A certificate lists it, but its verification did not pass.
  case unproven
  /// A certificate with a passed verification lists it.
  case certified

  private var rank: Int {
    switch self {
    case .none: 0
    case .unproven: 1
    case .certified: 2
    }
  }
  public static func < (a: DestructionClaim, b: DestructionClaim) -> Bool { a.rank < b.rank }
}

/// Everything side records say of one content.
struct ContentClaims: Sendable, Hashable {
  var destruction = DestructionClaim.none
  var consent = ConsentClaim.none
  /// Rows under which receipts list it, sorted.
  var receiptRows: [String] = []
  /// An agency knows it as its own.
  var isAgencyFile = false

  var isEmpty: Bool { self == ContentClaims() }
}
