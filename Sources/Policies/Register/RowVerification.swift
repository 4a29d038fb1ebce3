import CustodyCore

/// What became of one signature.
///
/// Cases are in the order in which the reason of a row is chosen when several signatures fail.
public enum SignatureVerdict: String, CaseIterable, Sendable, Hashable {
  case verified
  /// The key is known and did not make this signature over this row.
  case forged
  /// Issued when the key had been revoked.
  case keyRevoked = "key-revoked"
  case keyExpired = "key-expired"
  case keyNotYetValid = "key-not-yet-valid"
  /// The row says no `issued_at`: whether the key was valid then cannot be said.
  case noIssueDate = "no-issue-date"
  /// The trust file does not let the key sign in this role, or the key is the holder's own.
  case keyNotForRole = "key-not-for-role"
  case keyNotForAgency = "key-not-for-agency"
  case keyUnknown = "key-unknown"
  /// No key id of 64 hexadecimal digits, or no Base64.
  case malformed
}

/// What became of the signatures of one row.
public struct RowVerification: Sendable, Hashable {
  /// One signature, in the order of the row's signatories.
  public struct Signature: Sendable, Hashable {
    public var role: AuthorizationRow.SignatoryRole
    public var verdict: SignatureVerdict
    /// Owner of the key as the trust file names it; nil for an unknown key.
    public var owner: String?
  }
  public var signatures: [Signature]
  /// `verified`, `none`, `two-person`, or a failing verdict: the value of `auth.signature`.
  public var word: String
  public var isVerified: Bool { word == SignatureVerdict.verified.rawValue }

  /// The rule that training on people's data takes two of the owner's people.
  public static let twoPerson = "two-person"
  public static let unsigned = "none"
}

/// Checks the signatures of rows with the keys of a trust file.
struct RowVerifier {
  let trust: Trust
  /// Signatures beyond this many bytes are malformed: no supported algorithm makes them.
  static let signatureLimit = 4096

  func verify(_ row: AuthorizationRow) -> RowVerification {
    let signed = row.signatories.filter { $0.signature != nil }
    guard !signed.isEmpty else { return RowVerification(signatures: [], word: RowVerification.unsigned) }
    let payload = row.payload
    var signatures: [RowVerification.Signature] = []
    /// Keys of data owners that verified, with their owners.
    var owners: [String: String] = [:]
    for signatory in signed {
      let (verdict, key) = verdict(of: signatory, on: row, payload)
      signatures.append(RowVerification.Signature(role: signatory.role, verdict: verdict, owner: key?.owner))
      if verdict == .verified, signatory.isDataOwner, let key { owners[key.key.id] = key.owner }
    }
    return RowVerification(signatures: signatures, word: Self.word(row, signatures, owners))
  }

  private static func word(
    _ row: AuthorizationRow, _ signatures: [RowVerification.Signature], _ owners: [String: String]
  ) -> String {
    // One false signature makes the whole row doubtful, whoever else signed.
    if signatures.contains(where: { $0.verdict == .forged }) { return SignatureVerdict.forged.rawValue }
    guard !owners.isEmpty else {
      let failed = Set(signatures.filter { $0.role != .holder }.map(\.verdict))
      return SignatureVerdict.allCases.first { failed.contains($0) }?.rawValue ?? RowVerification.unsigned
    }
    // Two keys of one person are still one person.
    if row.purposes.contains(.training), Set(owners.values).count < 2 { return RowVerification.twoPerson }
    return SignatureVerdict.verified.rawValue
  }

  private func verdict(
    of signatory: AuthorizationRow.Signatory, on row: AuthorizationRow, _ payload: [UInt8]
  ) -> (SignatureVerdict, Trust.Key?) {
    guard let id = signatory.keyId, id.utf8.count == 64, let bytes = Hex.decode(id),
      let text = signatory.signature, text.utf8.count <= 2 * Self.signatureLimit,
      let signature = Base64.decode(text), !signature.isEmpty, signature.count <= Self.signatureLimit
    else { return (.malformed, nil) }
    guard let key = trust.keys[Hex.encode(bytes)] else { return (.keyUnknown, nil) }
    guard key.key.verifies(signature, AuthorizationRow.payloadType, payload) else { return (.forged, key) }
    return (Self.standing(of: key, signatory, row), key)
  }

  /// Whether a key may sign this row in this role, at the time at which the row says it was issued.
  private static func standing(
    of key: Trust.Key, _ signatory: AuthorizationRow.Signatory, _ row: AuthorizationRow
  ) -> SignatureVerdict {
    let isOwnKey = signatory.isDataOwner && key.owner.lowercased() == row.holder.name.lowercased()
    guard key.roles.contains(signatory.role), !isOwnKey else { return .keyNotForRole }
    guard key.agencies.contains(where: { $0.utf8.elementsEqual(row.agency.utf8) }) else { return .keyNotForAgency }
    guard let issued = row.issuedAt else { return .noIssueDate }
    if let revoked = key.revokedAt, issued >= revoked { return .keyRevoked }
    if let end = key.notAfter, issued > end { return .keyExpired }
    if let start = key.notBefore, issued < start { return .keyNotYetValid }
    return .verified
  }
}
