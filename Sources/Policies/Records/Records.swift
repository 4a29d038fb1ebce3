public import CustodyCore

/// A certificate that media or files were destroyed (content as reported for NIST SP 800-88 Rev. 2, MP-6(1)).
public struct DestructionCertificate: Sendable, Hashable {
  public enum Result: String, CaseIterable, Sendable {
    case pass = "PASS"
    case failed = "FAILED"
    /// Never counts as proof.
    case unknown = "UNKNOWN"
  }
  public enum Method: String, CaseIterable, Sendable { case clear, purge, destroy }

  public var id: String
  public var method: Method
  public var endedAt: Instant
  public var result: Result
  /// SHA-256 of every file covered.
  public var files: Set<Digest>
}

/// What side records say about one content.
public enum DestructionClaim: UInt8, Sendable, Hashable, Comparable {
  case none
  /// A certificate lists it, but its verification did not pass.
  case unproven
  /// A certificate with a passed verification lists it.
  case certified

  public static func < (a: DestructionClaim, b: DestructionClaim) -> Bool { a.rawValue < b.rawValue }
}

/// Side records: what no snapshot can show and somebody must say.
public struct Records: Sendable {
  public var certificates: [DestructionCertificate]
  public init(certificates: [DestructionCertificate]) { self.certificates = certificates }

  /// Digests that certificates completed by `asOf` list, with the strongest claim for each.
  func destructionClaims(at asOf: Instant) -> [Digest: DestructionClaim] {
    var claims: [Digest: DestructionClaim] = [:]
    for certificate in certificates where certificate.endedAt <= asOf {
      let claim: DestructionClaim = certificate.result == .pass ? .certified : .unproven
      for file in certificate.files { claims[file] = max(claim, claims[file] ?? .none) }
    }
    return claims
  }
}

/// Reads the YAML of side records.
struct RecordsLoader {
  static let code = "records"

  static func load(_ page: YAMLPage, _ bytes: [UInt8]) -> [DestructionCertificate] {
    guard let root = YAMLDocument.parse(bytes, into: page),
      let file = YAMLMapping(root, "records", code: code, keys: ["records", "description", "certificates"], page: page)
    else { return [] }
    _ = file.requiredText("records")
    _ = file.text("description")
    var seen: Set<String> = []
    return file.mappings("certificates", "a certificate", keys: certificateKeys).compactMap { entry in
      guard let certificate = certificate(entry) else { return nil }
      if !seen.insert(certificate.id).inserted {
        entry.complain("duplicate-certificate", "certificate id is given twice", at: "id")
      }
      return certificate
    }
  }

  private static let certificateKeys = [
    "id", "media", "method", "technique", "tool", "started_at", "ended_at", "operator", "verification", "verifier",
    "disposition", "files", "signatures",
  ]

  private static func certificate(_ m: YAMLMapping) -> DestructionCertificate? {
    let id = m.requiredText("id")
    let method = m.required("method").flatMap { _ in m.choice("method", DestructionCertificate.Method.self) }
    let ended = m.required("ended_at").flatMap { _ in m.instant("ended_at") }
    if let started = m.instant("started_at"), let ended, ended < started {
      m.complain("contradiction", "`ended_at` lies before `started_at`", at: "ended_at")
    }
    for key in ["technique", "operator", "verifier", "disposition"] { _ = m.text(key) }
    if let media = m.mapping(
      "media", "media", keys: ["make", "model", "serial", "serial_source", "type", "capacity"])
    {
      for key in ["make", "model", "serial", "serial_source", "type", "capacity"] { _ = media.text(key) }
    }
    if let tool = m.mapping("tool", "a tool", keys: ["name", "version"]) {
      _ = tool.requiredText("name")
      _ = tool.text("version")
    }
    for signature in m.mappings("signatures", "a signature", keys: ["name", "role", "key_id", "sig"]) {
      _ = signature.requiredText("name")
      for key in ["role", "key_id", "sig"] { _ = signature.text(key) }
    }
    var result: DestructionCertificate.Result?
    if m.required("verification") != nil,
      let verification = m.mapping("verification", "a verification", keys: ["method", "scope", "result"])
    {
      _ = verification.text("method")
      _ = verification.text("scope")
      result = verification.required("result").flatMap { _ in
        verification.choice("result", DestructionCertificate.Result.self)
      }
    }
    let files = digests(m)
    guard let id, let method, let ended, let result else { return nil }
    return DestructionCertificate(id: id, method: method, endedAt: ended, result: result, files: files)
  }

  private static func digests(_ m: YAMLMapping) -> Set<Digest> {
    guard m.required("files") != nil else { return [] }
    var digests: Set<Digest> = []
    for node in m.list("files") {
      guard case .scalar(let text, _) = node.content, let digest = Digest(hex: text) else {
        m.page.complain(
          code + ".bad-digest", "`files` must list SHA-256 digests", at: node.mark, hint: "64 hexadecimal digits each")
        continue
      }
      digests.insert(digest)
    }
    return digests
  }
}
