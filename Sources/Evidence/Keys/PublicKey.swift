internal import COpenSSL
public import CustodyCore

/// A key that signatures are checked with.
public final class PublicKey: Sendable {
  // Never changed after it was made; OpenSSL allows any number of readers.
  private nonisolated(unsafe) let key: OpaquePointer
  public let algorithm: KeyAlgorithm
  /// Lower-case hexadecimal SHA-256 of the DER SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7).
  public let keyID: String

  /// Takes over the handle, also when it throws.
  init(owning key: OpaquePointer, place: String?) throws(Complaint) {
    guard let algorithm = KeyAlgorithm.of(key) else {
      defer { EVP_PKEY_free(key) }
      throw KeyAlgorithm.unsupported(key, at: place)
    }
    guard let der = Self.der(key) else {
      EVP_PKEY_free(key)
      throw OpenSSLError.complaint("key.unusable", "the key cannot be encoded", at: place)
    }
    self.key = key
    self.algorithm = algorithm
    keyID = Hex.encode(Hash.sha256(der))
  }
  deinit { EVP_PKEY_free(key) }

  static func der(_ key: OpaquePointer) -> [UInt8]? {
    var out: UnsafeMutablePointer<UInt8>?
    let n = i2d_PUBKEY(key, &out)
    guard n > 0, let start = out else { return nil }
    defer { CRYPTO_free(start, nil, 0) }
    return Array(UnsafeBufferPointer(start: start, count: Int(n)))
  }

  /// DER SubjectPublicKeyInfo.
  public var der: [UInt8] { Self.der(key) ?? [] }

  /// `-----BEGIN PUBLIC KEY-----` (RFC 7468 section 13).
  public var pem: String { PEM.encode(der, label: "PUBLIC KEY") }

  /// A PEM public key.
  ///
  /// - Throws: `key.private` when a private key was handed in, `key.format` when it is no key, `key.algorithm`.
  public convenience init(pem: [UInt8], place: String? = nil) throws(Complaint) {
    let label = PEM.label(of: pem)
    if let label, label.hasSuffix("PRIVATE KEY") {
      throw Complaint(
        code: "key.private", "a private key where a public one belongs", at: place,
        hint: "use the .pub.pem file that was written beside it, and keep the private key away from here")
    }
    guard label == "PUBLIC KEY" else {
      throw Complaint(
        code: "key.format", label.map { "no public key but: " + Printable.escape($0, limit: 40) } ?? "not PEM",
        at: place, hint: "a public key begins with -----BEGIN PUBLIC KEY-----")
    }
    let key = PEM.withBIO(pem) { PEM_read_bio_PUBKEY($0, nil, nil, nil) }
    guard let key else { throw OpenSSLError.complaint("key.format", "not a public key, or a damaged one", at: place) }
    OpenSSLError.drain()
    try self.init(owning: key, place: place)
  }

  /// Reads a PEM file of at most 64 KiB.
  public static func load(_ path: String) throws(Complaint) -> PublicKey {
    try PublicKey(pem: try FileReader.small(path, limit: 1 << 16), place: Printable.escape(path, limit: 300))
  }

  /// A raw Ed25519 key of 32 bytes (RFC 8032 section 5.1.5).
  init(ed25519 raw: [UInt8]) throws(Complaint) {
    guard raw.count == 32, let key = EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, raw, raw.count),
      let der = Self.der(key)
    else { throw OpenSSLError.complaint("key.format", "not an Ed25519 public key") }
    self.key = key
    algorithm = .ed25519
    keyID = Hex.encode(Hash.sha256(der))
  }

  /// True when `signature` over `message` was made with the private half.
  ///
  /// Whatever else the signature is (wrong length, no DER, another key's) gives false.
  public func verifies(_ signature: [UInt8], over message: [UInt8]) -> Bool {
    defer { OpenSSLError.drain() }
    guard let context = EVP_MD_CTX_new() else { return false }
    defer { EVP_MD_CTX_free(context) }
    let started =
      if let name = algorithm.digestName {
        EVP_DigestVerifyInit_ex(context, nil, name, nil, nil, key, nil)
      } else {
        EVP_DigestVerifyInit_ex(context, nil, nil, nil, nil, key, nil)
      }
    guard started == 1 else { return false }
    return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
  }
}
