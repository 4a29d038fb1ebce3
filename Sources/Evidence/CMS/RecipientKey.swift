internal import COpenSSL
internal import CustodyCore

/// How the content key reaches the holder of a certificate.
enum RecipientKey: Sendable, Hashable {
  /// Key transport, RSAES-OAEP (RFC 3560) with SHA-256 for both hash and mask.
  case rsa
  /// Key agreement, one-pass ECDH (RFC 5753 section 3.1) on P-256; the X9.63 key derivation with SHA-256.
  case p256
  /// The same on P-384 with SHA-384.
  case p384

  /// Shorter RSA moduli give less than 112 bits of security (NIST SP 800-57 part 1 revision 5, table 2).
  static let fewestRSABits: CInt = 2048
  /// Longer ones cost seconds to check, and nobody's hostile file may cost more.
  static let mostRSABits: CInt = 8192

  /// - Throws: `certificate.key`.
  init(_ certificate: OpaquePointer, place: String?) throws(Complaint) {
    guard let key = X509_get0_pubkey(certificate) else {
      throw OpenSSLError.complaint("certificate.key", "its key cannot be read", at: place)
    }
    if EVP_PKEY_is_a(key, "RSA") == 1 {
      let bits = EVP_PKEY_get_bits(key)
      guard bits >= Self.fewestRSABits else {
        throw Complaint(
          code: "certificate.key", "an RSA key of \(bits) bits is too weak: at least \(Self.fewestRSABits)", at: place,
          hint: "ask the agency for a certificate with a stronger key")
      }
      guard bits <= Self.mostRSABits else {
        throw Complaint(
          code: "certificate.key", "an RSA key of \(bits) bits: at most \(Self.mostRSABits)", at: place)
      }
      self = .rsa
    } else if EVP_PKEY_is_a(key, "EC") == 1 {
      switch Self.group(key) {
      case "prime256v1", "P-256": self = .p256
      case "secp384r1", "P-384": self = .p384
      default:
        throw Complaint(
          code: "certificate.key", "an EC key on another curve than P-256 and P-384", at: place,
          hint: "ask the agency for a certificate with RSA, P-256 or P-384")
      }
    } else {
      OpenSSLError.drain()
      throw Complaint(
        code: "certificate.key", "a key that cannot be encrypted to", at: place,
        hint: "ask the agency for a certificate with RSA, P-256 or P-384")
    }
    guard let context = EVP_PKEY_CTX_new_from_pkey(nil, key, nil) else {
      throw OpenSSLError.complaint("certificate.key", "its key cannot be checked", at: place)
    }
    defer { EVP_PKEY_CTX_free(context) }
    // An exponent of 1, a modulus with small factors or a point off the curve would seal nothing.
    guard EVP_PKEY_public_check(context) == 1 else {
      throw OpenSSLError.complaint("certificate.key", "its key is no valid public key", at: place)
    }
    OpenSSLError.drain()
  }

  private static func group(_ key: OpaquePointer) -> String? {
    var name = [CChar](repeating: 0, count: 64)
    var count = 0
    let found = EVP_PKEY_get_group_name(key, &name, name.count, &count) == 1
    OpenSSLError.drain()
    guard found, count < name.count else { return nil }
    return String(decoding: name.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// What `keyUsage` must permit (RFC 5280 section 4.2.1.3); a certificate without it permits everything.
  ///
  /// - Throws: `certificate.usage`, `certificate.format` when the extensions cannot be read.
  func checkUsage(_ certificate: OpaquePointer, place: String?) throws(Complaint) {
    let flags = X509_get_extension_flags(certificate)
    guard flags & UInt32(EXFLAG_INVALID) == 0 else {
      throw OpenSSLError.complaint("certificate.format", "its extensions are damaged", at: place)
    }
    guard flags & UInt32(EXFLAG_KUSAGE) != 0 else { return }
    let (needed, name) =
      self == .rsa ? (UInt32(KU_KEY_ENCIPHERMENT), "keyEncipherment") : (UInt32(KU_KEY_AGREEMENT), "keyAgreement")
    guard X509_get_key_usage(certificate) & needed != 0 else {
      throw Complaint(
        code: "certificate.usage", "its keyUsage does not permit encryption: \(name) is missing", at: place,
        hint: "ask the agency for a certificate made to receive, not to sign")
    }
  }

  /// Sets how the key is wrapped; the default of OpenSSL would be PKCS #1 v1.5 or SHA-1.
  ///
  /// - Returns: false when OpenSSL refuses.
  func configure(_ context: OpaquePointer) -> Bool {
    switch self {
    case .rsa:
      EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) > 0
        && EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()) > 0
        && EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) > 0
    case .p256: EVP_PKEY_CTX_set_ecdh_kdf_md(context, EVP_sha256()) > 0
    case .p384: EVP_PKEY_CTX_set_ecdh_kdf_md(context, EVP_sha384()) > 0
    }
  }
}
