public import CustodyCore

/// One grant to hold data, as a row of the register states it.
///
/// The fields follow NIST SP 800-53 CA-3 and CA-6, HSAR 3052.204-72, FAR 52.224-2 and GDPR recital 81 (subject,
/// duration, nature, purpose, kinds of data, subject classes). A change is a new version of the row, never an edit.
public struct AuthorizationRow: Sendable, Hashable {
  public enum Status: String, CaseIterable, Sendable { case draft, active, suspended, revoked, expired }
  public enum Role: String, CaseIterable, Sendable { case prime, sub }
  public enum Purpose: String, CaseIterable, Sendable {
    case maintenance, matching, evaluation, training, demo
    case litigationHold = "litigation-hold"
  }
  /// What starts the retention limit running.
  public enum RetentionClock: String, CaseIterable, Sendable {
    case capture, receipt
    case purposeEnd = "purpose-end"
  }
  public enum SignatoryRole: String, CaseIterable, Sendable {
    case contractingOfficer = "CO"
    case representative = "COR"
    case authorizingOfficial = "AO"
    case privacy
    case holder
  }

  public struct Holder: Sendable, Hashable {
    public var name: String
    public var role: Role
    /// Id of the prime's row that a subcontractor's row hangs from.
    public var parentRow: String?
  }
  public struct FlowDown: Sendable, Hashable {
    public var clause: String
    public var sub: String
    public var date: Instant?
  }
  public struct System: Sendable, Hashable {
    /// Host name or glob.
    public var host: String
    public var atoId: String?
    public var atoExpires: Instant?
    /// Run for the agency, so that an authorization to operate is due (HSAR 3052.204-72(h)).
    public var isOperatedForAgency: Bool
    /// A physically secure location in the sense of the CJIS Security Policy.
    public var isSecureLocation: Bool
  }
  public struct Retention: Sendable, Hashable {
    public var limit: CalendarDuration?
    public var clock: RetentionClock
    public var purposeEnd: Instant?
  }
  /// A duty to keep that overrides the limit.
  public struct Hold: Sendable, Hashable {
    public var id: String
    /// Nil: until lifted.
    public var until: Instant?
  }
  public struct Encryption: Sendable, Hashable {
    public var required: Bool
    public var algorithm: String?
    public var moduleCertificate: String?
  }
  public struct Destruction: Sendable, Hashable {
    public var due: Instant?
    public var method: String?
    public var certificateIds: [String]
  }
  public struct Sharing: Sendable, Hashable {
    public var recipients: [String]
    public var countries: [String]
  }
  public struct Legal: Sendable, Hashable {
    public var sorn: String?
    public var pia: String?
    public var dpia: String?
    public var lawfulBasis: String?
    public var clauses: [String]
    /// Ids of documents that rules ask for, by what they are.
    public var documents: [Document: String]
  }
  /// What a row can name as the paper behind it.
  public enum Document: String, CaseIterable, Sendable, Hashable {
    /// A public retention and destruction policy
    case retentionPolicy = "retention_policy"
    /// The agency's own policy on the data, where a statute sets no number
    case agencyPolicy = "agency_policy"
    /// Exchange agreement (NIST SP 800-53 CA-3)
    case agreement
    /// Contract between controller and processor
    case processorContract = "processor_contract"
    /// Documented instruction of the controller
    case instruction
    /// Condition for special categories (GDPR article 9(2))
    case specialCondition = "special_condition"
    /// CJIS Security Addendum
    case securityAddendum = "security_addendum"
    /// Whom to tell of a privacy incident
    case incidentContact = "incident_contact"
    /// Approval of a further processor
    case subprocessorApproval = "subprocessor_approval"
    /// What a disclosure to others rests on
    case disclosureBasis = "disclosure_basis"
  }
  public enum Deidentification: String, CaseIterable, Sendable {
    case required
    case notRequired = "not-required"
  }
  public struct Assessment: Sendable, Hashable {
    public var last: Instant?
    public var interval: CalendarDuration?
  }
  public struct Signatory: Sendable, Hashable {
    public var name: String
    public var title: String?
    public var role: SignatoryRole
    public var keyId: String?
    public var signature: String?

    /// True for roles that own the data or answer for it on the owner's side.
    public var isDataOwner: Bool { role != .holder }
    /// A key and a signature are given. Nothing here says that the signature verifies.
    public var claimsSignature: Bool { keyId != nil && signature != nil }
  }

  public var id: String
  /// From 1.
  public var version: Int64
  /// Place among all rows of the register, from 1; nil when the register does not number its rows.
  public var sequence: Int64?
  /// SHA-256 of the payload of the version before this one.
  public var previous: Digest?
  public var status: Status
  public var agency: String
  public var contractNumber: String?
  public var taskOrder: String?
  /// Work orders authorize maintenance, not custody of data.
  public var workOrders: [String]
  public var holder: Holder
  public var flowdown: [FlowDown]
  /// Exactly these; there is no wildcard for biometrics.
  public var categories: Set<DataClass>
  public var subjectClasses: [String]
  public var maxItems: Int64?
  public var maxSubjects: Int64?
  public var purposes: Set<Purpose>
  public var prohibitedPurposes: Set<Purpose>
  /// Empty: the row does not restrict systems.
  public var systems: [System]
  /// Globs over locators; empty: the row does not restrict paths.
  public var paths: [PathGlob]
  /// Media the row allows; removable media are denied unless listed.
  public var media: Set<MediaClass>
  public var retention: Retention?
  public var hold: Hold?
  public var encryption: Encryption?
  public var destruction: Destruction?
  public var sharing: Sharing?
  public var legal: Legal?
  public var assessed: Assessment?
  /// When the contract was made: decides which text of a clause it carries.
  public var contractDate: Instant?
  public var contractEnd: Instant?
  /// Where the law of the data applies: ISO 3166-1 or 3166-2 codes, `US-NH`, `GB`.
  public var jurisdictions: [String]
  public var deidentification: Deidentification?
  /// How long logs of access are kept.
  public var logRetention: CalendarDuration?
  public var notBefore: Instant?
  public var notAfter: Instant?
  public var issuedAt: Instant?
  public var signatories: [Signatory]

  /// Shown in findings: `id v2`.
  public var label: String { id + " v" + String(version) }

  /// Where the row stands at a moment. What its status says comes first, then its dates.
  public func state(at asOf: Instant) -> RegisterState {
    switch status {
    case .draft: return .draft
    case .revoked: return .revoked
    case .suspended: return .suspended
    case .expired: return .expired
    case .active: break
    }
    if let notBefore, asOf < notBefore { return .notYetValid }
    if let notAfter, asOf > notAfter { return .expired }
    return .active
  }
}

/// Where the register stands towards an item.
public enum RegisterState: String, CaseIterable, Sendable, Hashable {
  /// No register was given.
  case noRegister = "no-register"
  /// The register holds no row for the holder.
  case noRow = "no-row"
  /// The register has rows for several holders and the audit was not told which one is audited.
  case holderUnknown = "holder-unknown"
  case draft
  case notYetValid = "not-yet-valid"
  case expired, suspended, revoked, active
}
