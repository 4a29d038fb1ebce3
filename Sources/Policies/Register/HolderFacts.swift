import CustodyCore

/// What rules ask about all rows in force of the audited holder, not about the closest one alone.
///
/// The row that comes closest to an item may have ended, while another row of the same holder goes on granting less.
struct HolderFacts: Sendable {
  /// A row grants maintenance and no other purpose.
  let grantsMaintenance: Bool
  /// A row lists plates and nothing else, and no row lists a class of faces.
  let listsPlatesOnly: Bool

  /// - Parameter rows: of the audited holder; those not in force are passed over.
  init(_ rows: some Sequence<RowFacts>) {
    let inForce = rows.filter { $0.state == .active }
    grantsMaintenance = inForce.contains { $0.isMaintenanceOnly }
    listsPlatesOnly =
      inForce.contains { $0.isPlatesOnly }
      && !inForce.contains { facts in
        !facts.isRefused && facts.row.categories.contains { $0.modality == "face" }
      }
  }
}
