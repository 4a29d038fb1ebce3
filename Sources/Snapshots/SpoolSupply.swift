import Glibc

/// Where nameless temporary files come from: made here, or by another process when this one may not open files.
public struct SpoolSupply: Sendable {
  /// A descriptor of a new, empty, nameless file, open for reading and writing; -1 when there is no room for one.
  public var make: @Sendable () -> Int32

  public init(_ make: @escaping @Sendable () -> Int32) { self.make = make }

  /// In `TMPDIR` (or `/tmp`).
  public static let own = SpoolSupply {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    let nameless = open(folder, O_RDWR | O_CLOEXEC | (0o20000000 | O_DIRECTORY), 0o600)  // O_TMPFILE
    if nameless >= 0 { return nameless }
    var template = Array((folder + "/custody-XXXXXX").utf8CString)
    let named = mkstemp(&template)
    if named >= 0 {
      unlink(template)
      _ = fcntl(named, F_SETFD, FD_CLOEXEC)
    }
    return named
  }
}
