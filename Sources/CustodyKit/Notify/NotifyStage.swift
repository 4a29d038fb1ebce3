public import CustodyCore
internal import Evidence
import Foundation
internal import Records

/// Writes the list needed to inform those concerned, sealed to certificates; nothing of it goes anywhere else.
public struct NotifyStage: Sendable {
  public enum Format: String, CaseIterable, Sendable { case jsonl, csv }

  /// Entries on the list.
  public var rows: UInt64
  public var recipients: Int
  /// Recipients whose certificate was accepted outside its validity.
  public var outsideValidity: Int
  /// SHA-256 of the file that was written.
  public var digest: Digest

  /// Plaintext waits in memory until it is about this large, in bytes.
  static let chunk = 1 << 16

  /// Counts only.
  public var message: String {
    "\(rows) rows sealed to \(recipients) recipients"
      + (outsideValidity > 0 ? ", \(outsideValidity) of them outside the validity of the certificate" : "")
      + ", SHA-256 \(digest)" + (rows == 0 ? "; no entry of the inventory is on the list" : "")
  }

  /// Reads the inventory twice: to check and count it, then to write the list. Rows go to the disk only as ciphertext, in
  /// pieces of a few kilobytes, so memory does not grow with their number.
  ///
  /// - Parameters:
  ///   - path: an inventory file or the folder of an evidence package.
  ///   - certificates: PEM files, at least one; each opens the list alone.
  ///   - time: when the certificates must be valid.
  ///   - output: must not exist.
  /// - Throws: `notify.recipients`, `certificate.*`, `inventory.*`, `package.missing`, `notify.leaves`, `output.*`,
  ///   `cms.*`. No file is left behind then, and no message holds anything of the inventory's lines.
  public static func run(
    _ path: String, certificates: [String], allowExpired: Bool, selection: NotifySelection, format: Format,
    at time: Instant, output: String
  ) throws(Complaint) -> NotifyStage {
    let recipients = try load(certificates, at: time, allowExpired: allowExpired)
    let source = try NotifySource(path)
    var rows: UInt64 = 0
    let inventory = try InventoryPass.run(source.file.descriptor) { (e) throws(Complaint) in
      if selection.row(of: e) != nil { rows += 1 }
    }
    try source.check(inventory)
    try checkLeaves(selection, inventory)
    let header = NotifyHeader(
      source: source, inventory: inventory, selection: selection, rows: rows, recipients: recipients)
    var list = List(try SealedFile(output, to: recipients), format)
    try list.begin(header)
    let again = try write(source, selection, to: &list)
    guard again == inventory, list.rows == rows else {
      throw Complaint(
        code: "inventory.changed", "the inventory changed while it was read", at: "inventory",
        hint: "let nobody write to it, and start again")
    }
    return NotifyStage(
      rows: rows, recipients: recipients.count, outsideValidity: recipients.count { $0.isOutsideValidity },
      digest: try list.end())
  }

  private static func write(
    _ source: NotifySource, _ selection: NotifySelection, to list: inout List
  ) throws(Complaint) -> InventorySummary {
    try InventoryPass.run(source.file.descriptor) { (e) throws(Complaint) in
      if let classes = selection.row(of: e) { try list.add(NotifyRow(examination: e, classes: classes)) }
    }
  }

  private static func load(
    _ paths: [String], at time: Instant, allowExpired: Bool
  ) throws(Complaint) -> [RecipientCertificate] {
    guard (1...maxRecipients).contains(paths.count) else {
      throw Complaint(
        code: "notify.recipients", "between 1 and \(maxRecipients) certificates are needed", at: "--certificate")
    }
    var all: [RecipientCertificate] = []
    for path in paths {
      let next = try RecipientCertificate.load(path, at: time, allowExpired: allowExpired)
      guard !all.contains(where: { $0.fingerprint == next.fingerprint }) else {
        throw Complaint(
          code: "notify.recipients", "the same certificate twice", at: Printable.escape(path, limit: 300))
      }
      all.append(next)
    }
    return all
  }
  static let maxRecipients = 1000

  /// A leaf that is not there is a mistake, and a list without it would hide the mistake.
  private static func checkLeaves(_ selection: NotifySelection, _ inventory: InventorySummary) throws(Complaint) {
    guard let last = selection.leaves?.ranges.last?.upperBound, last >= inventory.treeSize else { return }
    throw Complaint(
      code: "notify.leaves", "leaf \(last) is not among the \(inventory.treeSize) leaves of the inventory",
      at: "--leaves", hint: "leaves are numbered from 0; was another inventory meant?")
  }
}

/// The list while it is written.
private struct List: ~Copyable {
  private var file: SealedFile
  private let format: NotifyStage.Format
  /// Plaintext on its way, wiped after each piece.
  private var text: [UInt8] = []
  private(set) var rows: UInt64 = 0

  init(_ file: consuming SealedFile, _ format: NotifyStage.Format) {
    self.file = file
    self.format = format
    // Room for the longest line in its longest spelling would be wasted on almost every list; growing leaves a copy.
    text.reserveCapacity(NotifyStage.chunk * 4)
  }

  mutating func begin(_ header: NotifyHeader) throws(Complaint) {
    let json = JSONWriter.compact(header.json)
    switch format {
    case .jsonl: text += json + [0x0A]
    case .csv:
      CSV.record([String(decoding: json, as: UTF8.self)], into: &text)
      CSV.record(NotifyRow.columns, into: &text)
    }
    try flush()
  }

  mutating func add(_ row: NotifyRow) throws(Complaint) {
    switch format {
    case .jsonl: row.writeJSON(into: &text)
    case .csv: row.writeCSV(into: &text)
    }
    rows += 1
    if text.count >= NotifyStage.chunk { try flush() }
  }

  private mutating func flush() throws(Complaint) {
    defer { text.wipe() }
    try text.withUnsafeBytes { bytes in
      Result { () throws(Complaint) in try file.write(bytes) }
    }
    .get()
  }

  consuming func end() throws(Complaint) -> Digest {
    try flush()
    return try file.publish()
  }
}
