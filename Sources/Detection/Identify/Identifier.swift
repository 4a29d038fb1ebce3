internal import CustodyCore

/// What an entry's bytes are, and what follows from it.
struct Identity: Sendable {
  var kind: ContentKind {
    didSet { treatment = Treatment.of(kind) }
  }
  private(set) var treatment: Treatment
  /// Any kind of text.
  var isText = false
  /// Named when text is neither ASCII nor UTF-8: `utf-16le`, `utf-16be`, `utf-32le`, `utf-32be`, `latin-1`.
  var encoding: String?

  init(kind: ContentKind, isText: Bool = false, encoding: String? = nil) {
    self.kind = kind
    self.isText = isText
    self.encoding = encoding
    // Detectors search bytes: text in wider units passes them by.
    treatment = encoding?.hasPrefix("utf-") == true ? .undecoded : Treatment.of(kind)
  }
}

/// Names the kind of an entry from its bytes: one table of signatures (`SignatureTable`), validators for families that
/// share a magic, then text, then forms without a magic. Names only settle what bytes leave open.
enum Identifier {
  /// Bytes from the start of an entry that decide: as far as the Btrfs superblock at 0x10040.
  static let headLength = 66 << 10

  /// - Parameters:
  ///   - head: the first `headLength` bytes, or all when there are fewer.
  ///   - isWhole: `head` is the whole entry.
  ///   - name: last path component, to refine only.
  static func identify(_ head: RawSpan, isWhole: Bool, name: [UInt8]) -> Identity {
    guard let first = head.u8(0) else { return Identity(kind: .empty) }
    for signature in SignatureTable.byFirstByte[Int(first)] where signature.matches(head) {
      if let kind = signature.classify(head) { return identity(kind) }
    }
    let firsts = SignatureTable.elsewhereFirst
    for i in firsts.indices where head.u8(firsts[i].offset) == firsts[i].byte {
      let signature = SignatureTable.elsewhere[i]
      if signature.matches(head), let kind = signature.classify(head) { return identity(kind) }
    }
    if let text = TextIdentifier.identify(head, name: name) { return text }
    return identity(WeakSignatures.classify(head, isWhole: isWhole, name: name) ?? .unknown)
  }

  /// Corrects the identity by what stands at the end of the entry: trailers of disk images, encryption of a PDF.
  static func refine(_ identity: Identity, tail: RawSpan, size: Int) -> Identity {
    if identity.isText { return identity }
    switch identity.kind.rawValue {
    case "application/pdf":
      if PDF.isEncrypted(tail) { return Identity(kind: .init(rawValue: "application/x-pdf-encrypted")) }
    case ContentKind.unknown.rawValue, "application/zlib", "application/x-bzip2", "application/x-raw-disk-image",
      "application/x-hfs-filesystem":
      if tail.has("koly", at: tail.byteCount - 512), tail.u32(tail.byteCount - 504) == 512 {
        return Identity(kind: .init(rawValue: "application/x-apple-diskimage"))
      }
      if tail.has("conectix", at: tail.byteCount - 512) {
        return Identity(kind: .init(rawValue: "application/x-vhd"))
      }
    case "application/x-openssl-salted":
      // Salted__, 8 bytes of salt, then something.
      if size <= 16 { return Identity(kind: .unknown) }
    default: break
    }
    return identity
  }

  private static func identity(_ kind: ContentKind) -> Identity {
    Identity(kind: kind, isText: kind != .unknown && (kind.isOfFamily("text/") || textual.contains(kind.rawValue)))
  }
  private static let textual: Set<String> = [
    "application/pgp-encrypted", "application/x-age-encryption", "application/postscript", "application/rtf",
  ]
}

enum PDF {
  /// `/Encrypt` followed by an indirect reference or a dictionary, as in a trailer (ISO 32000-1, 7.5.5).
  static func isEncrypted(_ bytes: RawSpan) -> Bool {
    let word = Array("/Encrypt".utf8)
    var at = 0
    while let hit = bytes.find(word, from: at, within: bytes.byteCount) {
      var next = hit + word.count
      while let c = bytes.u8(next), c == 0x20 || c == 0x0A || c == 0x0D || c == 0x09 { next += 1 }
      if next > hit + word.count, let c = bytes.u8(next), (0x30...0x39).contains(c) { return true }
      if bytes.has([0x3C, 0x3C], at: next) { return true }
      at = hit + word.count
    }
    return false
  }
}
