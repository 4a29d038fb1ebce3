import CustodyCore

/// Checks over all rows together.
enum RegisterCheck {
  /// Reasons to refuse: the same version of the same row twice in different files.
  static func contradictions(_ rows: [AuthorizationRow]) -> [Complaint] {
    var seen: [String: AuthorizationRow] = [:]
    var complaints: [Complaint] = []
    for row in rows {
      if let known = seen.updateValue(row, forKey: row.label), known != row {
        complaints.append(
          Complaint(
            code: "register.conflicting-rows", "row `\(Printable.escape(row.label))` is given twice and differs",
            hint: "a change to a row is a new version of it"))
      }
    }
    return complaints
  }

  /// What the report says of signatures and chain.
  ///
  /// - Parameter counted: of the rows that count at the as-of time.
  static func limitations(_ register: Register, counted: [RowVerification?]) -> [(code: String, text: String)] {
    guard register.verifications != nil else {
      if register.rows.isEmpty { return [] }
      return [
        (
          "register-signatures-not-verified",
          "Signatures of register rows were looked for and not verified, because no trust file was given: a row with a key"
            + " and a signature counts as signed."
        )
      ]
    }
    var list: [(code: String, text: String)] = []
    let verified = counted.count { $0?.isVerified ?? false }
    if verified < counted.count {
      let effect =
        register.requiresSignatures
        ? "the others authorized nothing" : "the others authorized all the same, and rules name them"
      list.append(
        (
          "register-rows-not-verified",
          "Of \(counted.count) rows of the register that count at the as-of time, \(verified) carry a verified signature of"
            + " the data owner; \(effect)."
        ))
    }
    if register.hasUnknownState {
      list.append(
        (
          "register-state-not-known",
          "The trust file knows no earlier state of the register: rows missing from its end cannot be noticed."
        ))
    }
    return list
  }

  /// What an auditor should know before relying on the register.
  static func warnings(_ rows: [AuthorizationRow]) -> [Complaint] {
    let ids = Set(rows.map(\.id))
    var warnings: [Complaint] = []
    for row in rows {
      let label = Printable.escape(row.label, limit: 120)
      func warn(_ code: String, _ message: String, _ hint: String? = nil) {
        warnings.append(Complaint(code: "register." + code, "row `\(label)` " + message, hint: hint))
      }
      if row.holder.role == .sub {
        if let parent = row.holder.parentRow {
          if !ids.contains(parent) {
            warn("unknown-parent", "names a parent row that is not in the register")
          } else if parent == row.id {
            warn("own-parent", "names itself as its parent row")
          }
        } else {
          warn("no-parent", "is a subcontractor's and names no parent row", "add `parent_row` to `holder`")
        }
      }
      if !row.signatories.contains(where: { $0.isDataOwner && $0.claimsSignature }) {
        warn(
          "unsigned", "has no signature of the data owner",
          "a signatory with role CO, COR, AO or privacy, with `key_id` and `sig`")
      }
      if row.categories.isEmpty { warn("no-categories", "lists no data class: it authorizes nothing") }
      if row.retention?.limit == nil { warn("no-retention", "states no retention limit") }
      if row.notAfter == nil { warn("no-end", "has no end of validity") }
    }
    return warnings
  }
}
