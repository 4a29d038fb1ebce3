public import CustodyCore
public import Evidence
import Foundation
public import Records

/// The third stage: a finished report in, an evidence package out. The only code that loads a private key, and it does so
/// after the snapshot is closed.
public final class SealStage {
  private let writer: PackageWriter
  private let key: String?
  private let passphraseFile: String?

  /// Claims the package's place before the work begins, so that a long scan does not end at a name that is taken.
  ///
  /// - Parameters:
  ///   - target: folder of the package; must not exist.
  ///   - key: private key; only looked for here, not opened. Without one the package is unsigned.
  public init(target: String, key: String?, passphraseFile: String?) throws(Complaint) {
    for (flag, path) in [("--key", key), ("--passphrase-file", passphraseFile)] {
      guard let path, access(path, R_OK) != 0 else { continue }
      throw Complaint(
        code: "file.unreadable", "cannot be read: \(String(cString: strerror(errno)))",
        at: flag + " " + Printable.escape(path, limit: 300))
    }
    writer = try PackageWriter(target: target)
    self.key = key
    self.passphraseFile = passphraseFile
  }

  /// Where a scan writes its inventory, so that sealing need not copy it.
  public var inventoryPath: String { writer.inventoryPath }

  /// Signs and gives the package its name.
  ///
  /// When that fails nothing is lost: inventory, scan record and report are left in `TARGET.unsealed`, from where
  /// `custody seal` goes on without reading the snapshot again.
  ///
  /// - Parameter inventory: the file that was judged, wherever it is.
  public func seal(
    _ report: Report, record: ScanRecord?, inventory: InventoryFile, disclosePaths: Bool = false
  ) throws(Complaint) -> (package: SealedPackage, warnings: [Complaint]) {
    do throws(Complaint) {
      if inventory.path != writer.inventoryPath { try writer.copyInventory(from: inventory.descriptor) }
      let loaded = try loadKey()
      for view in Render.packageViews(report, disclosePaths: disclosePaths) {
        try writer.addView(view.name, mediaType: view.mediaType, view.bytes)
      }
      let statement = AuditStatement(
        scanner: ScannerIdentity(uri: Tool.uri, version: Tool.version, sha256: Self.programDigest), record: record,
        report: report)
      let sealed = try writer.seal(statement, disclosePaths: disclosePaths, keys: loaded.map { [$0.key] } ?? [])
      return (sealed, loaded?.warnings ?? [])
    } catch {
      throw rescue(report, record, inventory, after: error)
    }
  }

  private func loadKey() throws(Complaint) -> PrivateKey.Loaded? {
    guard let key else { return nil }
    guard let passphraseFile else { return try PrivateKey.load(key) }
    let passphrase: SecretBytes? = try SecretBytes.passphrase(from: passphraseFile)
    return try PrivateKey.load(key, passphrase: passphrase)
  }

  /// SHA-256 of the running program; nil when it cannot be read.
  private static var programDigest: Digest? {
    (try? FileBytes.read("/proc/self/exe", atMost: 1 << 30)).map { Hash.digest(of: $0) }
  }

  private func rescue(
    _ report: Report, _ record: ScanRecord?, _ inventory: InventoryFile, after error: Complaint
  ) -> Complaint {
    // `custody seal` was given files that stay where they are.
    guard inventory.path == writer.inventoryPath else { return error }
    var folder = writer.target + ".unsealed"
    var number = 1
    while access(folder, F_OK) == 0, number < 1000 {
      number += 1
      folder = writer.target + ".unsealed-\(number)"
    }
    var error = error
    guard mkdir(folder, 0o700) == 0, rename(writer.inventoryPath, folder + "/inventory.jsonl") == 0 else {
      error.hint = [error.hint, "the inventory could not be kept: \(String(cString: strerror(errno)))"]
        .compactMap { $0 }.joined(separator: "; ")
      return error
    }
    do throws(Complaint) {
      try record?.write(besides: folder + "/inventory.jsonl")
      try AtomicFile.write(
        JSONWriter.pretty(ReportDocument.encode(report, disclosePaths: false)), to: folder + "/report.json", mode: 0o600
      )
    } catch let second {
      error.hint = [error.hint, second.message].compactMap { $0 }.joined(separator: "; ")
      return error
    }
    let shown = Printable.escape(folder, limit: 300)
    error.hint =
      (error.hint.map { $0 + "\n" } ?? "")
      + "nothing is lost: custody seal \(shown)/report.json --inventory \(shown)/inventory.jsonl --key … --report …"
    return error
  }
}
