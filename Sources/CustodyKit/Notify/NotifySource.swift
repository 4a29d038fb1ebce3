internal import CustodyCore
internal import Evidence
import Foundation
internal import Records

/// The inventory a list is made from, and what is known of its audit.
struct NotifySource {
  let file: InventoryFile
  /// The time the audit judged at; nil without a statement.
  var asOf: Instant?
  /// What came with the inventory says that it is this one; nil when nothing came with it.
  var expected: InventorySummary?
  var snapshots: [SnapshotSummary]
  /// What stands behind `expected`.
  var origin: Origin

  enum Origin: String {
    /// A package with an envelope. Its signatures are not checked here.
    case envelope = "statement in an envelope, signatures not checked here"
    case statement = "statement nobody signed"
    case record = "scan record"
    case none = "inventory alone"
  }

  /// - Parameter path: an inventory file or the folder of an evidence package.
  /// - Throws: `package.missing` for a folder that is no package, `inventory.unreadable`, whatever is wrong with the
  ///   statement or scan record.
  init(_ path: String) throws(Complaint) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      file = try InventoryFile.open(path)
      let record = try ScanRecord.read(besides: path)
      expected = record?.inventory
      snapshots = record?.snapshots ?? []
      origin = record == nil ? .none : .record
      return
    }
    let envelope = path + "/" + PackageFile.envelope
    let bare = path + "/" + PackageFile.statement
    let isEnvelope = access(envelope, F_OK) == 0
    guard isEnvelope || access(bare, F_OK) == 0 else {
      throw Complaint(
        code: "package.missing",
        "no evidence package: it holds neither \(PackageFile.envelope) nor \(PackageFile.statement)",
        at: Printable.escape(path, limit: 300), hint: "name the package's folder, or an inventory file")
    }
    let report = try ReportFile.statement(isEnvelope ? envelope : bare).report
    file = try InventoryFile.open(path + "/" + PackageFile.inventory)
    expected = report.inventory
    snapshots = report.coverage.snapshots
    asOf = report.asOf
    origin = isEnvelope ? .envelope : .statement
  }

  /// - Throws: `inventory.record` when the inventory is not the one it came with.
  func check(_ actual: InventorySummary) throws(Complaint) {
    guard let expected, expected != actual else { return }
    throw Complaint(
      code: "inventory.record",
      "the inventory is not the one its \(origin == .record ? "scan record" : "statement") names",
      at: "inventory", hint: "the inventory was changed, or the files were mixed up; `custody verify` tells more")
  }
}
