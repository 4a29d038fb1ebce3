public import CustodyCore

/// A list of file digests somebody vouches for: what accompanies a receipt, a certificate or a set of files an agency owns.
///
/// ```swift
/// let manifest = try HashManifest.read(bytes, name: "receipt-17.sha256")
/// manifest.digests.contains(leaf.sha256)
/// ```
///
/// File names in a manifest serve only to find contradictions while it is read; they are not kept and appear in no message.
public struct HashManifest: Sendable, Hashable {
  public enum Form: String, CaseIterable, Sendable {
    /// Output of GNU `sha256sum` (GNU Coreutils manual, "cksum output modes"), of `--tag`, of BSD `sha256 -r` and of
    /// `openssl dgst -sha256`.
    case sha256sum
    /// A payload or tag manifest of a bag (RFC 8493, sections 2.1.3 and 2.2.1).
    case bagit
    /// Output of `hashdeep` with its header `%%%% HASHDEEP-1.0`.
    case hashdeep
    /// Digital Forensics XML: `fileobject` elements with a `hashdigest` of type `sha256` (DFXML schema 1.1.0).
    case dfxml
    /// One SHA-256 a line, 64 hexadecimal digits.
    case plain
    /// One HMAC-SHA256 value a line, 64 hexadecimal digits. Looks like `plain`, so it is read only when told.
    case hmac = "hmac-sha256"
  }

  public var form: Form
  /// SHA-256 of every file listed (for `.hmac`: HMAC-SHA256 values instead).
  public var digests: Set<Digest>
  /// Lines or objects that had no usable SHA-256, by reason: `other-algorithm`, `piecewise`, `directory`, `no-digest`.
  public var skipped: [String: Int]

  /// Reads a whole manifest or refuses it: one line that cannot be understood means that a file may be missing from the list.
  ///
  /// - Parameters:
  ///   - bytes: the file, at most 64 MiB, with at most 2,000,000 digests and lines of at most 64 KiB.
  ///   - name: for messages. It never decides the form, but `manifest-md5.txt` and the like contradict SHA-256 and are refused.
  ///   - form: what the bytes must be; nil recognizes it from the bytes.
  /// - Throws: at most 50 complaints with codes `manifest.…`, located as `name:line`.
  public static func read(_ bytes: [UInt8], name: String, form: Form? = nil) throws(Complaints) -> HashManifest {
    try read(bytes, name: name, form: form, limits: .standard)
  }

  static func read(
    _ bytes: [UInt8], name: String, form: Form?, limits: ManifestLimits
  ) throws(Complaints) -> HashManifest {
    let page = ManifestPage(name: name, limits: limits)
    var draft = ManifestDraft(bytes: bytes, page: page)
    guard page.accepts(bytes), let form = form ?? ManifestRecognition.form(of: bytes, page) else {
      throw Complaints(page.complaints)
    }
    switch form {
    case .sha256sum, .bagit: ChecksumLines(bytes: bytes, page: page, isBag: form == .bagit).read(name, into: &draft)
    case .hashdeep: HashdeepLines(bytes: bytes, page: page).read(into: &draft)
    case .dfxml: DFXMLReader.read(bytes, page, into: &draft)
    case .plain, .hmac: DigestLines(bytes: bytes, page: page).read(into: &draft)
    }
    draft.finish()
    guard page.complaints.isEmpty else { throw Complaints(page.complaints) }
    return HashManifest(form: form, digests: draft.digests, skipped: draft.skipped)
  }
}
