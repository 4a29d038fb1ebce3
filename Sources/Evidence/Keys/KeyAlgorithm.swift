internal import COpenSSL
internal import CustodyCore

/// What evidence can be signed with.
public enum KeyAlgorithm: String, CaseIterable, Sendable, Hashable {
  /// ECDSA on NIST P-256 with SHA-256 (FIPS 186-5); signatures are DER.
  case ecdsaP256 = "ecdsa-p256"
  /// Ed25519 (RFC 8032).
  case ed25519 = "ed25519"

  /// Name of the digest for `EVP_DigestSign`; Ed25519 has its own inside.
  var digestName: String? { self == .ecdsaP256 ? "SHA256" : nil }

  /// The algorithm of a key; nil for any other.
  static func of(_ key: OpaquePointer) -> KeyAlgorithm? {
    if EVP_PKEY_is_a(key, "ED25519") == 1 { return .ed25519 }
    guard EVP_PKEY_is_a(key, "EC") == 1 else { return nil }
    var name = [CChar](repeating: 0, count: 64)
    guard EVP_PKEY_get_group_name(key, &name, name.count, nil) == 1 else {
      OpenSSLError.drain()
      return nil
    }
    let group = name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    return group == "prime256v1" || group == "P-256" ? .ecdsaP256 : nil
  }

  /// For complaints: what a key that is not supported is.
  static func description(of key: OpaquePointer) -> String {
    let type = EVP_PKEY_get0_type_name(key).map { String(cString: $0) } ?? "unknown"
    return "\(type), \(EVP_PKEY_get_bits(key)) bits"
  }

  static func unsupported(_ key: OpaquePointer, at place: String?) -> Complaint {
    Complaint(
      code: "key.algorithm", "a key of unsupported kind (\(description(of: key)))", at: place,
      hint: "supported: " + allCases.map(\.rawValue).joined(separator: ", ") + "; make one with custody keygen")
  }
}
