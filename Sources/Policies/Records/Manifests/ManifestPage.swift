import CustodyCore

/// How large a manifest may be.
struct ManifestLimits: Sendable {
  /// Bytes of the whole file; below 2³² so that offsets fit into 32 bits.
  var bytes = 64 << 20
  /// Digests listed, repeated ones included.
  var digests = 2_000_000
  /// Bytes of one line; for DFXML, of one tag, name or digest.
  var line = 64 << 10
  /// Complaints after which reading stops.
  var complaints = 50

  static let standard = ManifestLimits()
}

/// A manifest being read: its name and every complaint found so far.
final class ManifestPage {
  let name: String
  let limits: ManifestLimits
  private(set) var complaints: [Complaint] = []
  private var isStopped = false

  init(name: String, limits: ManifestLimits) {
    self.name = Printable.escape(name, limit: 200)
    self.limits = limits
  }

  /// True when reading on is of no use.
  var isFinished: Bool { isStopped || complaints.count >= limits.complaints }

  /// - Parameters:
  ///   - code: without the prefix `manifest.`.
  ///   - line: counted from 1; nil for the whole file.
  func complain(_ code: String, _ message: String, line: Int?, hint: String? = nil) {
    guard !isFinished else { return }
    complaints.append(
      Complaint(code: "manifest." + code, message, at: line.map { "\(name):\($0)" } ?? name, hint: hint))
  }

  /// A complaint after which nothing that follows can be trusted.
  func refuse(_ code: String, _ message: String, line: Int?, hint: String? = nil) {
    complain(code, message, line: line, hint: hint)
    isStopped = true
  }

  /// Whether the bytes are few enough and text at all.
  func accepts(_ bytes: [UInt8]) -> Bool {
    guard bytes.count <= limits.bytes else {
      refuse(
        "too-large", "the file is larger than \(limits.bytes >> 20) MiB", line: nil,
        hint: "split it into several files")
      return false
    }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      refuse("not-text", "the file is UTF-16 text", line: 1, hint: "save it as UTF-8")
      return false
    }
    if let zero = bytes.firstIndex(of: 0) {
      let line = 1 + bytes[..<zero].count { $0 == 0x0A }
      refuse(
        "not-text", "the file holds a NUL byte", line: line,
        hint: "write the list without `-z` or `--zero`, as UTF-8 text")
      return false
    }
    return true
  }
}
