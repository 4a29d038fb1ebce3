import CustodyCore

/// What has been read of a manifest so far.
struct ManifestDraft {
  /// Why a line or object gave no digest.
  enum Skip: String {
    case otherAlgorithm = "other-algorithm"
    /// The digest is of a part of a file.
    case piecewise
    case directory
    case noDigest = "no-digest"
  }

  private(set) var digests: Set<Digest> = []
  private(set) var skipped: [String: Int] = [:]
  private var listed = 0
  private var names: NameLedger
  private let page: ManifestPage

  init(bytes: [UInt8], page: ManifestPage) {
    self.page = page
    names = NameLedger(bytes)
  }

  /// - Parameters:
  ///   - name: nil when the form has none.
  ///   - line: where the digest stands.
  mutating func add(_ digest: Digest, _ name: ManifestName?, line: Int) {
    guard count(line) else { return }
    digests.insert(digest)
    if let name { claim(digest, name, line: line) }
  }

  /// One more name of a file that was added: counts like a file.
  mutating func addName(_ digest: Digest, _ name: ManifestName, line: Int) {
    if count(line) { claim(digest, name, line: line) }
  }

  /// Complains when `name` was given another digest before.
  private mutating func claim(_ digest: Digest, _ name: ManifestName, line: Int) {
    guard let other = names.claim(digest, name, line: line) else { return }
    page.complain(
      "conflict", "the file listed here has another digest on line \(other)", line: line,
      hint: "ask whoever made the list which of the two is right")
  }

  mutating func skip(_ reason: Skip, line: Int) {
    guard count(line) else { return }
    skipped[reason.rawValue, default: 0] += 1
  }

  private mutating func count(_ line: Int) -> Bool {
    guard listed < page.limits.digests else {
      page.refuse(
        "too-many", "more than \(page.limits.digests) files are listed", line: line, hint: "split it into several files"
      )
      return false
    }
    listed += 1
    return true
  }

  /// A list without any SHA-256 vouches for nothing: more likely the wrong file than an empty one.
  func finish() {
    guard digests.isEmpty, page.complaints.isEmpty else { return }
    if skipped[Skip.otherAlgorithm.rawValue] != nil {
      page.refuse(
        "no-sha256", "no file is listed with a SHA-256, only with other digests", line: nil,
        hint: "make the list again with SHA-256")
    } else {
      page.refuse("empty", "the list names no file with its SHA-256", line: nil)
    }
  }
}
