public import CustodyCore
internal import Foundation

/// Files that are either whole or not there.
public enum AtomicFile {
  /// Writes to a temporary name beside `path` and renames.
  ///
  /// - Parameter mode: permissions of the file, less the process's mask.
  public static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o644) throws(Complaint) {
    // A device or pipe (/dev/null, /dev/stdout, a FIFO) is written to; renaming over it would destroy it.
    let isSpecial = isSpecial(path)
    let temporary = isSpecial ? path : path + ".partial-\(getpid())"
    let descriptor = open(temporary, O_WRONLY | O_CLOEXEC | (isSpecial ? 0 : O_CREAT | O_EXCL), mode)
    guard descriptor >= 0 else { throw failure("cannot be created", path) }
    var done = 0
    var ok = true
    bytes.withUnsafeBytes { all in
      while done < all.count {
        let n = Foundation.write(descriptor, all.baseAddress.map { $0 + done }, all.count - done)
        if n < 0, errno == EINTR { continue }
        if n <= 0 {
          ok = false
          return
        }
        done += n
      }
    }
    let complaint = failure("cannot be written", path)
    ok = close(descriptor) == 0 && ok
    guard ok, isSpecial || rename(temporary, path) == 0 else {
      if !isSpecial { unlink(temporary) }
      throw complaint
    }
  }

  /// True for what is there and is neither a regular file nor a folder; links are followed.
  static func isSpecial(_ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return false }
    return status.st_mode & S_IFMT != S_IFREG && status.st_mode & S_IFMT != S_IFDIR
  }

  static func failure(_ what: String, _ path: String) -> Complaint {
    Complaint(
      code: "output.write", "\(what): \(String(cString: strerror(errno)))", at: Printable.escape(path, limit: 300),
      hint: "check the folder, its permissions and the free space")
  }
}

/// An inventory file while it is written or read. Mode 0600: it holds paths and plain digests.
public final class InventoryFile {
  public let descriptor: Int32
  /// Where the bytes are now; nil for a file without a name.
  public private(set) var path: String?
  private let target: String?

  private init(descriptor: Int32, path: String?, target: String?) {
    self.descriptor = descriptor
    self.path = path
    self.target = target
  }
  deinit { close(descriptor) }

  /// Opens for reading.
  public static func open(_ path: String) throws(Complaint) -> InventoryFile {
    let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Complaint(
        code: "inventory.unreadable", "cannot be read: \(String(cString: strerror(errno)))",
        at: Printable.escape(path, limit: 300))
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw Complaint(code: "inventory.unreadable", "not a regular file", at: Printable.escape(path, limit: 300))
    }
    return InventoryFile(descriptor: descriptor, path: path, target: nil)
  }

  /// A file that gets its name `path` when it is published.
  public static func create(_ path: String) throws(Complaint) -> InventoryFile {
    if AtomicFile.isSpecial(path) {
      let descriptor = Foundation.open(path, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw AtomicFile.failure("cannot be opened", path) }
      return InventoryFile(descriptor: descriptor, path: nil, target: nil)
    }
    let temporary = path + ".partial-\(getpid())"
    let descriptor = Foundation.open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw AtomicFile.failure("cannot be created", path) }
    return InventoryFile(descriptor: descriptor, path: temporary, target: path)
  }

  /// A file for the time of a scan: at `path`, or without a name in the folder for temporary files.
  public static func temporary(at path: String?) throws(Complaint) -> InventoryFile {
    if let path { return try named(path) }
    let base = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
    var template = Array((base + "/custody-XXXXXX").utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw AtomicFile.failure("no temporary file can be made", base) }
    unlink(template)
    _ = fchmod(descriptor, 0o600)
    return InventoryFile(descriptor: descriptor, path: nil, target: nil)
  }

  private static func named(_ path: String) throws(Complaint) -> InventoryFile {
    let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw AtomicFile.failure("cannot be created", path) }
    return InventoryFile(descriptor: descriptor, path: path, target: nil)
  }

  /// True when the file will have a name beside which a scan record can lie.
  public var hasName: Bool { target != nil }

  /// Gives the file its final name.
  public func publish() throws(Complaint) {
    guard let path, let target else { return }
    guard fsync(descriptor) == 0, rename(path, target) == 0 else {
      throw AtomicFile.failure("cannot be written", target)
    }
    self.path = target
  }

  /// Removes the file unless it has been published or sealed.
  public func discard() {
    if let path, target != nil, path != target { unlink(path) }
  }
}
