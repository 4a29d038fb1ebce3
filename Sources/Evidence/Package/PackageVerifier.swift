public import CustodyCore
internal import Glibc
internal import Records

/// Checks an evidence package, or an envelope alone, against public keys and the snapshots that were audited.
public enum PackageVerifier {
  /// An envelope larger than this is refused.
  static let largestRecord = 256 << 20

  /// Makes every check that can be made. A check that fails never stops another one that does not rest on it.
  ///
  /// - Parameters:
  ///   - path: the folder of the package, or its envelope or statement file; then the files beside it are not looked
  ///   at.
  ///   - keys: the signers that are trusted; without any the signature is not checked.
  ///   - threshold: how many of them must have signed.
  ///   - snapshots: the inputs of the audit in their order, as far as they are at hand.
  /// - Throws: when there is nothing to verify: `package.missing`, `file.unreadable`, `file.too-large`. All that is
  ///   wrong with what is there is in the result.
  public static func verify(
    _ path: String, keys: [PublicKey], threshold: Int = 1, snapshots: [String] = []
  ) throws(Complaint) -> VerificationResult {
    var run = Run()
    let place = try Place(path)
    try run.record(place, keys: keys, threshold: threshold)
    try run.inventory(place)
    try run.files(place)
    try run.byproducts(place)
    try run.snapshots(snapshots)
    return run.result
  }

  /// Where the record is.
  struct Place {
    var folder: String?
    var record: String
    var isEnvelope: Bool
    /// Names of regular files in the folder; others are in `strangers`.
    var names: [String] = []
    var strangers: [String] = []

    init(_ path: String) throws(Complaint) {
      var status = stat()
      guard stat(path, &status) == 0 else {
        throw Complaint(
          code: "package.missing", "cannot be read: " + FileError.text(errno), at: Printable.escape(path, limit: 300))
      }
      guard status.st_mode & S_IFMT == S_IFDIR else {
        record = path
        // A bare statement has `_type`, an envelope has `payload`: the file's name is not asked.
        let bytes = try FileReader.small(path, limit: largestRecord)
        isEnvelope = (try? JSONParser.parse(bytes))?["_type"] == nil
        return
      }
      folder = path
      for name in try FolderListing.names(path) {
        if lstat(path + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
          names.append(name)
        } else {
          strangers.append(name)
        }
      }
      isEnvelope = names.contains(PackageFile.envelope)
      guard isEnvelope || names.contains(PackageFile.statement) else {
        throw Complaint(
          code: "package.missing",
          "no evidence package: it holds neither \(PackageFile.envelope) nor "
            + PackageFile.statement, at: Printable.escape(path, limit: 300))
      }
      record = path + "/" + (isEnvelope ? PackageFile.envelope : PackageFile.statement)
    }

    func path(of name: String) -> String? { names.contains(name) ? folder.map { $0 + "/" + name } : nil }
  }
}

/// One verification while it goes on.
private struct Run {
  var result = VerificationResult(checks: [], isSigned: false, keyIDs: [], statement: nil)
  private var digests: [String: Digest] = [:]

  init() {}

  private mutating func add(_ name: String, _ outcome: VerificationCheck.Outcome, _ text: String) {
    result.checks.append(VerificationCheck(name, outcome, text))
  }
  private mutating func add(_ name: String, _ holds: Bool, _ yes: String, _ no: String) {
    add(name, holds ? .passed : .failed, holds ? yes : no)
  }

  // MARK: - The record

  mutating func record(
    _ place: PackageVerifier.Place, keys: [PublicKey], threshold: Int
  ) throws(Complaint) {
    let bytes = try FileReader.small(place.record, limit: PackageVerifier.largestRecord)
    let name = place.folder == nil ? "the record" : (place.isEnvelope ? PackageFile.envelope : PackageFile.statement)
    digests[name] = Hash.digest(of: bytes)
    result.isSigned = place.isEnvelope
    guard place.isEnvelope else {
      add(
        "signature", keys.isEmpty ? .notDone : .failed,
        "the package is UNSIGNED: anybody can have written it")
      return statement { () throws(Complaint) in try AuditStatement(json: bytes) }
    }
    let envelope: UnverifiedEnvelope
    do throws(Complaint) { envelope = try UnverifiedEnvelope(json: bytes) } catch {
      add("envelope", .failed, "the envelope cannot be read: " + Run.line(error))
      return
    }
    let count = envelope.signatures.count
    add("envelope", .passed, "the envelope is well formed, with \(count) \(count == 1 ? "signature" : "signatures")")
    guard !keys.isEmpty else {
      add(
        "signature", .notDone,
        "no public key was given, so who signed is not known; the rest is checked for consistency")
      add(
        "payload-type", envelope.payloadType == AuditStatement.payloadType, "the payload is an in-toto statement",
        "the payload is of another type than \(AuditStatement.payloadType)")
      if envelope.payloadType == AuditStatement.payloadType {
        statement { () throws(Complaint) in try AuditStatement(json: envelope.payload) }
      }
      return
    }
    switch envelope.verify(keys: keys, threshold: threshold, types: [AuditStatement.payloadType]) {
    case .success(let payload):
      result.keyIDs = payload.keyIDs
      add("signature", .passed, "signed by \(payload.keyIDs.joined(separator: ", "))")
      add("payload-type", .passed, "the payload is an in-toto statement")
      statement { () throws(Complaint) in try VerifiedStatement(payload).statement }
    case .failure(let rejection):
      switch rejection.reason {
      case .noSignature: add("signature", .failed, "the envelope holds no signature")
      case .payloadType:
        add("signature", .passed, "the signatures hold")
        add("payload-type", .failed, "the payload is of another type than \(AuditStatement.payloadType)")
      case .tooFew(let valid) where threshold > 1:
        add("signature", .failed, "valid signatures of \(valid) of the given keys, \(threshold) are demanded")
      case .tooFew:
        add(
          "signature", .failed,
          "no signature of any given key over this payload: it was changed, or somebody else signed it"
            + Run.hints(envelope, keys))
      }
    }
  }

  /// Tells the wrong key from the changed payload, as far as the hints of the envelope go.
  private static func hints(_ envelope: UnverifiedEnvelope, _ keys: [PublicKey]) -> String {
    let hinted = envelope.signatures.compactMap(\.keyID)
    guard !hinted.isEmpty else { return "" }
    return hinted.contains { id in keys.contains { $0.keyID == id } }
      ? " (it claims a key that was given, so it was changed)" : " (it claims none of the keys that were given)"
  }

  private static func line(_ c: Complaint) -> String { c.message + (c.location.map { " (" + $0 + ")" } ?? "") }

  private mutating func statement(_ read: () throws(Complaint) -> AuditStatement) {
    do throws(Complaint) {
      result.statement = try read()
      add("statement", .passed, "the statement is whole and agrees with itself")
    } catch {
      add("statement", .failed, "the statement cannot be accepted: " + Run.line(error))
    }
  }

  /// Why nothing can be compared with the statement; nil when it can.
  private var obstacle: String? {
    result.statement == nil ? "there is no statement to compare with" : nil
  }

  // MARK: - The inventory

  mutating func inventory(_ place: PackageVerifier.Place) throws(Complaint) {
    let names = ["inventory-digest", "inventory-tree", "inventory-lines"]
    guard let path = place.path(of: PackageFile.inventory) else {
      let reason =
        place.folder == nil ? "only the record was given, no folder" : "the package was passed on without its inventory"
      for name in names { add(name, .notDone, reason) }
      return
    }
    let check = try InventoryCheck(path)
    digests[PackageFile.inventory] = check.sha256
    if let obstacle {
      add(names[0], .notDone, obstacle)
      add(names[1], .notDone, obstacle)
    }
    if let expected = result.statement?.report.inventory {
      add(
        names[0], check.sha256 == expected.sha256, "inventory.jsonl is the one the statement is about",
        "inventory.jsonl was changed: its SHA-256 is not the statement's")
      if check.treeSize != expected.treeSize {
        add(
          names[1], .failed,
          "the inventory has \(check.treeSize) lines, the statement's tree \(expected.treeSize) leaves")
      } else {
        add(
          names[1], check.rootHash == expected.rootHash,
          "the tree over \(check.treeSize) lines has the statement's root",
          "the tree over the inventory's lines has another root than the statement's: a line was changed")
      }
    }
    if let fault = check.firstFault {
      add(
        names[2], .failed,
        "\(check.faults) lines are no inventory lines, the first is line \(fault.line): \(fault.message)")
    } else {
      add(names[2], .passed, "all \(check.treeSize) lines are valid and in order")
    }
  }

  // MARK: - The other files

  private mutating func digest(of name: String, _ place: PackageVerifier.Place) throws(Complaint) -> Digest? {
    if let known = digests[name] { return known }
    guard let path = place.path(of: name) else { return nil }
    let digest = try FileReader.digest(path)
    digests[name] = digest
    return digest
  }

  mutating func files(_ place: PackageVerifier.Place) throws(Complaint) {
    guard place.folder != nil else { return add("file-sums", .notDone, "only the record was given, no folder") }
    guard let path = place.path(of: PackageFile.sums) else {
      return add("file-sums", .failed, "SHA256SUMS is missing")
    }
    guard let list = ChecksumList(text: try FileReader.small(path, limit: 1 << 20)) else {
      return add("file-sums", .failed, "SHA256SUMS is not in the format of sha256sum")
    }
    var wrong = 0
    for (name, expected) in list.entries {
      let shown = Printable.escape(name, limit: 100)
      guard let actual = try digest(of: name, place) else {
        if name == PackageFile.inventory {
          add("file-sums", .notDone, "inventory.jsonl is listed and not there")
        } else {
          wrong += 1
          add("file-sums", .failed, "\(shown) is listed in SHA256SUMS and missing")
        }
        continue
      }
      guard actual == expected else {
        wrong += 1
        add("file-sums", .failed, "\(shown) is not the file SHA256SUMS lists: one of them was changed")
        continue
      }
    }
    let listed = Set(list.entries.map(\.name) + [PackageFile.sums])
    for name in place.names + place.strangers where !listed.contains(name) {
      wrong += 1
      add("file-sums", .failed, "\(Printable.escape(name, limit: 100)) is in the folder and not listed in SHA256SUMS")
    }
    if wrong == 0 { add("file-sums", .passed, "all files of the folder are as SHA256SUMS lists them") }
  }

  mutating func byproducts(_ place: PackageVerifier.Place) throws(Complaint) {
    guard let statement = result.statement else {
      return add("byproducts", .notDone, "there is no statement to compare with")
    }
    guard place.folder != nil else { return add("byproducts", .notDone, "only the record was given, no folder") }
    for byproduct in statement.byproducts {
      let shown = Printable.escape(byproduct.name, limit: 100)
      guard let actual = try digest(of: byproduct.name, place) else {
        add("byproducts", .notDone, "\(shown) is not in the folder")
        continue
      }
      add(
        "byproducts", actual == byproduct.sha256, "\(shown) is the view the statement lists",
        "\(shown) was changed: its SHA-256 is not the statement's")
    }
    if statement.byproducts.isEmpty { add("byproducts", .passed, "the statement lists no views") }
  }

  // MARK: - The snapshots

  mutating func snapshots(_ paths: [String]) throws(Complaint) {
    guard !paths.isEmpty else { return add("snapshot", .notDone, "no snapshot was given to compare with") }
    guard let statement = result.statement else {
      return add("snapshot", .notDone, "there is no statement to compare with")
    }
    let known = statement.report.coverage.snapshots
    for (i, path) in paths.enumerated() {
      guard let snapshot = known.first(where: { $0.ordinal == i + 1 }) else {
        add("snapshot", .failed, "the statement knows no snapshot-\(i + 1)")
        continue
      }
      guard let expected = snapshot.sha256 else {
        add(
          "snapshot", .notDone,
          "snapshot-\(i + 1) was a folder, which has no digest of its own: examine it again and compare the inventories"
        )
        continue
      }
      var status = stat()
      if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
        add("snapshot", .failed, "snapshot-\(i + 1) was a file, and a folder was given")
        continue
      }
      let actual = try FileReader.digest(path)
      add(
        "snapshot", actual == expected, "snapshot-\(i + 1) is the file that was audited",
        "snapshot-\(i + 1) is not the file that was audited: its SHA-256 is not the statement's")
    }
  }
}
