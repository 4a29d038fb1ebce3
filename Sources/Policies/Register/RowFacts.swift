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
  /// Maintenance is the only purpose granted.
  var isMaintenanceOnly: Bool { row.purposes == [.maintenance] }
  /// Plates are listed and nothing else is.
  let isPlatesOnly: Bool

  static func all(of matcher: RegisterMatcher, at asOf: Instant) -> [RowFacts] {
    let rows = matcher.rows
    var byId: [String: Int] = [:]
    for i in rows.indices where !matcher.refused[i] { byId[rows[i].id] = i }
    return rows.indices.map { i in
      RowFacts(
        rows[i], state: matcher.states[i], verification: matcher.verifications[i], isRefused: matcher.refused[i],
        at: asOf
      ) { id in byId[id].map { (rows[$0], matcher.states[$0]) } }
    }
  }

  private init(
    _ row: AuthorizationRow, state: RegisterState, verification: RowVerification?, isRefused: Bool, at asOf: Instant,
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
    if let last = row.assessed?.last, last <= asOf {
      let due = row.assessed?.interval.map { last.adding($0) }
      assessment = due.map { $0 < asOf } ?? false ? "overdue" : "current"
    } else {
      assessment = "missing"
    }
    isHeld = row.hold.map { hold in hold.until.map { $0 >= asOf } ?? true } ?? false
    purposeEnded = row.retention?.purposeEnd.map { $0 < asOf } ?? false
    agencies = Agency.named(in: row.agency)
    isPlatesOnly = !row.categories.isEmpty && row.categories.allSatisfy { $0.modality == "plate" }
  }
}
