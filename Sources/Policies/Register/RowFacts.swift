import CustodyCore

/// What rules ask about a row that does not depend on the item: computed once for each row.
struct RowFacts: Sendable {
  let row: AuthorizationRow
  let state: RegisterState
  /// `none`: no signatory of the data owner with a signature. `claimed`: there is one, and no trust file to verify it with.
  /// Otherwise `verified`, or the word of `RowVerification` for why not.
  let signature: String
  /// Signatures are required and the row has none that was verified: it authorizes nothing.
  let isRefused: Bool
  let hasDataOwner: Bool
  /// The prime's row exists, is in force and verified where that is required; true for a prime.
  let isChained: Bool
  /// The prime's row names this subcontractor in a flow-down; true for a prime.
  let hasFlowDown: Bool
  /// `current`, `overdue` or `missing`.
  let assessment: String
  /// `none`, `held` or `lapsed`.
  let isHeld: Bool
  let purposeEnded: Bool
  let agencies: AgencySet
  /// What the row says of the audited system; nil when the system was not named or the row does not list it.
  let system: AuthorizationRow.System?
  /// A certificate whose verification passed is about the row or its contract.
  let isDestructionCertified: Bool
  /// Receipts list what was handed over under the row.
  let hasReceipts: Bool
  /// Consent records for the row as a whole.
  let consent: ConsentClaim
  /// Maintenance is the only purpose granted.
  var isMaintenanceOnly: Bool { row.purposes == [.maintenance] }
  /// Plates are listed and nothing else is.
  let isPlatesOnly: Bool

  static func all(
    of matcher: RegisterMatcher, at asOf: Instant, system: String? = nil, records: Records? = nil
  ) -> [RowFacts] {
    let rows = matcher.rows
    var byId: [String: Int] = [:]
    for i in rows.indices where !matcher.refused[i] { byId[rows[i].id] = i }
    return rows.indices.map { i in
      RowFacts(
        rows[i], state: matcher.states[i], verification: matcher.verifications[i], isRefused: matcher.refused[i],
        at: asOf, system: system, records: records
      ) { id in byId[id].map { (rows[$0], matcher.states[$0]) } }
    }
  }

  private init(
    _ row: AuthorizationRow, state: RegisterState, verification: RowVerification?, isRefused: Bool, at asOf: Instant,
    system: String?, records: Records?,
    find: (String) -> (AuthorizationRow, RegisterState)?
  ) {
    self.row = row
    self.state = state
    self.isRefused = isRefused
    signature =
      verification?.word
      ?? (row.signatories.contains { $0.isDataOwner && $0.claimsSignature } ? "claimed" : RowVerification.unsigned)
    hasDataOwner = row.signatories.contains { $0.isDataOwner }
    if row.holder.role == .sub {
      let parent = row.holder.parentRow.flatMap(find)
      isChained = parent.map { $0.0.holder.role == .prime && $0.1 == .active && $0.0.id != row.id } ?? false
      let name = row.holder.name.lowercased()
      hasFlowDown =
        parent.map { parent in
          parent.0.flowdown.contains { $0.sub.lowercased() == name && ($0.date.map { $0 <= asOf } ?? true) }
        } ?? false
    } else {
      isChained = true
      hasFlowDown = true
    }
    assessment = Self.assessment(of: row, records, at: asOf)
    self.system = system.flatMap { name in
      row.systems.first { PathGlob($0.host.lowercased())?.matches(Array(name.lowercased().utf8)[...]) ?? false }
    }
    let ofRow = (records?.all ?? []).filter { $0.words[.row] == row.id }
    hasReceipts = ofRow.contains { $0.kind == .receipt && $0.isPast(.received, asOf) }
    isDestructionCertified =
      records?.of(.certificate).contains { certificate in
        guard certificate.words[.result] == "PASS", certificate.isPast(.ended, asOf) else { return false }
        // What was destroyed before the contract's last day says nothing of what was left at its end.
        if let end = row.contractEnd, let ended = certificate.times[.ended], ended.seconds < end.seconds - 86_400 {
          return false
        }
        return certificate.words[.row] == row.id || (row.destruction?.certificateIds.contains(certificate.id) ?? false)
          || (row.contractNumber != nil && certificate.words[.contract] == row.contractNumber)
      } ?? false
    let consents = ofRow.filter { $0.kind == .consent && $0.files.isEmpty }.map { $0.consent(at: asOf) }
    consent = [ConsentClaim.given, .withdrawn, .expired].first(where: consents.contains) ?? .none
    // A hold that nobody signed commands nothing where signatures are required.
    isHeld = !isRefused && (row.hold.map { hold in hold.until.map { $0 >= asOf } ?? true } ?? false)
    purposeEnded = row.retention?.purposeEnd.map { $0 < asOf } ?? false
    agencies = Agency.named(in: row.agency)
    isPlatesOnly = !row.categories.isEmpty && row.categories.allSatisfy { $0.modality == "plate" }
  }

  /// The newest assessment that the row or a record states.
  private static func assessment(of row: AuthorizationRow, _ records: Records?, at asOf: Instant) -> String {
    var known: [(last: Instant, interval: CalendarDuration?)] = []
    if let last = row.assessed?.last, last <= asOf { known.append((last, row.assessed?.interval)) }
    for record in records?.of(.assessment) ?? []
    where record.words[.holder]?.lowercased() == row.holder.name.lowercased() {
      guard let last = record.times[.assessed], last <= asOf else { continue }
      known.append((last, record.interval ?? row.assessed?.interval))
    }
    guard let newest = known.max(by: { $0.last < $1.last }) else { return "missing" }
    return newest.interval.map { newest.last.adding($0) < asOf } ?? false ? "overdue" : "current"
  }
}
