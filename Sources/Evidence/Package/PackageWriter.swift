public import CustodyCore
internal import Glibc
internal import Records

/// Writes an evidence package: under a temporary name beside its target, renamed when it is whole and on disk.
///
/// Create it before the work begins, so that a target that exists is refused early; the inventory can be written
/// straight to `inventoryPath`. When the writer goes away without `seal` having succeeded, nothing is left.
public final class PackageWriter {
  /// Where the package will be.
  public let target: String
  /// The folder with the temporary name, mode 0700 until it is sealed.
  public let folder: String
  private var views: [Byproduct] = []
  private var sealed = false

  /// The inventory's place in the package. Mode 0600.
  public var inventoryPath: String { folder + "/" + PackageFile.inventory }

  /// - Parameter target: must not exist; its parent folder must.
  /// - Throws: `output.exists`, `output.write`.
  public init(target: String) throws(Complaint) {
    var name = target
    while name.count > 1, name.hasSuffix("/") { name.removeLast() }
    guard !name.isEmpty, name != "/" else { throw FileWriter.complaint("is no folder to create", target, EINVAL) }
    var status = stat()
    guard lstat(name, &status) != 0 else {
      throw Complaint(
        code: "output.exists", "exists already; an evidence package never replaces anything",
        at: Printable.escape(name, limit: 300), hint: "name a folder that does not exist yet")
    }
    guard errno == ENOENT else { throw FileWriter.complaint("cannot be created", name, errno) }
    var template = Array((name + ".partial-XXXXXX").utf8CString)
    guard template.withUnsafeMutableBufferPointer({ $0.baseAddress.flatMap { mkdtemp($0) } }) != nil else {
      throw FileWriter.complaint("cannot be created", name, errno)
    }
    self.target = name
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    if !sealed { Self.remove(folder) }
  }

  /// Copies an inventory from a descriptor, from its start; the descriptor's position does not matter and stays.
  public func copyInventory(from descriptor: Int32) throws(Complaint) {
    let out = open(inventoryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard out >= 0 else { throw FileWriter.complaint("cannot be created", inventoryPath, errno) }
    defer { close(out) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    var offset: off_t = 0
    while true {
      let n = pread(descriptor, buffer.baseAddress, buffer.count, offset)
      if n < 0, errno == EINTR { continue }
      guard n >= 0 else { throw FileWriter.complaint("the inventory cannot be read", inventoryPath, errno) }
      if n == 0 { return }
      guard FileWriter.writeAll(out, UnsafeRawBufferPointer(rebasing: buffer[..<n])) else {
        throw FileWriter.complaint("cannot be written", inventoryPath, errno)
      }
      offset += off_t(n)
    }
  }

  /// Adds a view.
  ///
  /// - Parameter name: letters, digits, `.`, `_` and `-`, e.g. `report.html`.
  /// - Throws: `output.name` for any other name, `output.exists` for one that is taken, `output.write`.
  public func addView(_ name: String, mediaType: String, _ bytes: [UInt8]) throws(Complaint) {
    guard PackageFile.isViewName(name) else {
      throw Complaint(
        code: "output.name", "not a name for a file of an evidence package", at: Printable.escape(name, limit: 100),
        hint: "use letters, digits, dots, hyphens and underscores, and none of the package's own names")
    }
    try FileWriter.writeNew(folder + "/" + name, bytes, mode: 0o644)
    views.append(Byproduct(name: name, sha256: Hash.digest(of: bytes), mediaType: mediaType))
  }

  /// Writes the statement, signed when there are keys, and gives the package its name.
  ///
  /// The inventory is read once more: what is signed is what lies in the package.
  ///
  /// - Parameters:
  ///   - statement: its byproducts are replaced by the views that were added.
  ///   - keys: each signs; without any the package is unsigned.
  /// - Throws: `inventory.changed` when the inventory is not the one of the report, `sign.*`, `output.*`.
  public func seal(
    _ statement: AuditStatement, disclosePaths: Bool, keys: [PrivateKey]
  ) throws(Complaint) -> SealedPackage {
    var statement = statement
    statement.byproducts = views
    let inventory = try InventoryCheck(inventoryPath, decodes: false)
    guard
      InventorySummary(sha256: inventory.sha256, treeSize: inventory.treeSize, rootHash: inventory.rootHash)
        == statement.report.inventory
    else {
      throw Complaint(
        code: "inventory.changed", "the inventory is not the one that was judged", at: PackageFile.inventory,
        hint: "judge it again before sealing")
    }
    let document = statement.json(disclosePaths: disclosePaths)
    let record: (name: String, bytes: [UInt8])
    if keys.isEmpty {
      record = (PackageFile.statement, JSONWriter.pretty(document))
    } else {
      let payload = JSONWriter.compact(document)
      record = (
        PackageFile.envelope,
        try EnvelopeSigner.sign(type: AuditStatement.payloadType, payload: payload, with: keys)
      )
    }
    try FileWriter.writeNew(folder + "/" + record.name, record.bytes, mode: 0o644)
    let sums = ChecksumList(
      [(PackageFile.inventory, inventory.sha256), (record.name, Hash.digest(of: record.bytes))]
        + views.map { ($0.name, $0.sha256) })
    try FileWriter.writeNew(folder + "/" + PackageFile.sums, sums.text, mode: 0o644)
    try publish()
    return SealedPackage(
      path: target, keyIDs: keys.map(\.keyID), files: (sums.entries.map(\.name) + [PackageFile.sums]).sorted())
  }

  private func publish() throws(Complaint) {
    let inventory = open(inventoryPath, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard inventory >= 0, fchmod(inventory, 0o600) == 0, fsync(inventory) == 0 else {
      let number = errno
      if inventory >= 0 { close(inventory) }
      throw FileWriter.complaint("cannot be written", inventoryPath, number)
    }
    close(inventory)
    let mask = umask(0o077)
    umask(mask)
    guard chmod(folder, 0o755 & ~mask) == 0 else { throw FileWriter.complaint("cannot be written", folder, errno) }
    try FileWriter.syncFolder(folder)
    // `rename` refuses a file and a folder that holds anything; what it could replace, had it appeared just now, is an
    // empty folder.
    var status = stat()
    guard lstat(target, &status) != 0 else { throw FileWriter.complaint("cannot be named", target, EEXIST) }
    guard rename(folder, target) == 0 else { throw FileWriter.complaint("cannot be named", target, errno) }
    sealed = true
    let parent = target.lastIndex(of: "/").map { $0 == target.startIndex ? "/" : String(target[..<$0]) } ?? "."
    try FileWriter.syncFolder(parent)
  }

  /// Removes a folder without folders in it.
  private static func remove(_ folder: String) {
    for name in (try? FolderListing.names(folder)) ?? [] { unlink(folder + "/" + name) }
    rmdir(folder)
  }
}

/// A package that lies whole on disk.
public struct SealedPackage: Sendable, Hashable {
  public var path: String
  /// Keys that signed; empty for an unsigned package.
  public var keyIDs: [String]
  /// Names of all files, sorted.
  public var files: [String]
  public var isSigned: Bool { !keyIDs.isEmpty }

  /// One line for the terminal: place, and who signed or the word UNSIGNED.
  public var message: String {
    let place = Printable.escape(path, limit: 300)
    return isSigned
      ? "evidence package \(place), signed by key \(keyIDs.joined(separator: ", "))"
      : "evidence package \(place), UNSIGNED: it proves nothing about who made it (give --key to sign)"
  }
}

enum FolderListing {
  /// Names in a folder, without `.` and `..`, sorted.
  static func names(_ path: String) throws(Complaint) -> [String] {
    guard let folder = opendir(path) else {
      throw Complaint(
        code: "file.unreadable", "cannot be listed: " + FileError.text(errno), at: Printable.escape(path, limit: 300))
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
