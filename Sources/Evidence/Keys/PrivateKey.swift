internal import COpenSSL
public import CustodyCore
internal import Glibc

/// A key that evidence is signed with.
public final class PrivateKey: Sendable {
  // Never changed after it was made; OpenSSL allows any number of signers.
  private nonisolated(unsafe) let key: OpaquePointer
  public let publicKey: PublicKey
  public var algorithm: KeyAlgorithm { publicKey.algorithm }
  public var keyID: String { publicKey.keyID }

  /// Takes over the handle, also when it throws.
  private init(owning key: OpaquePointer, place: String?) throws(Complaint) {
    guard KeyAlgorithm.of(key) != nil else {
      defer { EVP_PKEY_free(key) }
      throw KeyAlgorithm.unsupported(key, at: place)
    }
    guard let der = PublicKey.der(key) else {
      EVP_PKEY_free(key)
      throw OpenSSLError.complaint("key.unusable", "the key holds no public half", at: place)
    }
    let half = der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
      var start = bytes.baseAddress
      return d2i_PUBKEY(nil, &start, bytes.count)
    }
    guard let half else {
      EVP_PKEY_free(key)
      throw OpenSSLError.complaint("key.unusable", "the key's public half is damaged", at: place)
    }
    do throws(Complaint) { publicKey = try PublicKey(owning: half, place: place) } catch {
      EVP_PKEY_free(key)
      throw error
    }
    self.key = key
  }
  deinit { EVP_PKEY_free(key) }

  /// A new key from OpenSSL's random generator.
  public static func generate(_ algorithm: KeyAlgorithm) throws(Complaint) -> PrivateKey {
    let name = algorithm == .ecdsaP256 ? "EC" : "ED25519"
    guard let context = EVP_PKEY_CTX_new_from_name(nil, name, nil) else {
      throw OpenSSLError.complaint("key.generate", "OpenSSL offers no \(algorithm.rawValue)")
    }
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    guard EVP_PKEY_keygen_init(context) == 1,
      algorithm != .ecdsaP256 || EVP_PKEY_CTX_set_group_name(context, "P-256") == 1,
      EVP_PKEY_generate(context, &key) == 1, let key
    else { throw OpenSSLError.complaint("key.generate", "the key could not be generated") }
    return try PrivateKey(owning: key, place: nil)
  }

  /// - Throws: code `sign.failed` when OpenSSL does.
  public func sign(_ message: [UInt8]) throws(Complaint) -> [UInt8] {
    let failure = "OpenSSL could not sign"
    guard let context = EVP_MD_CTX_new() else { throw OpenSSLError.complaint("sign.failed", failure) }
    defer { EVP_MD_CTX_free(context) }
    let started =
      if let name = algorithm.digestName {
        EVP_DigestSignInit_ex(context, nil, name, nil, nil, key, nil)
      } else {
        EVP_DigestSignInit_ex(context, nil, nil, nil, nil, key, nil)
      }
    var size = 0
    guard started == 1, EVP_DigestSign(context, nil, &size, message, message.count) == 1, size <= 4096 else {
      throw OpenSSLError.complaint("sign.failed", failure)
    }
    var out = [UInt8](repeating: 0, count: size)
    guard EVP_DigestSign(context, &out, &size, message, message.count) == 1 else {
      throw OpenSSLError.complaint("sign.failed", failure)
    }
    return Array(out.prefix(size))
  }
}

// MARK: - Files

extension PrivateKey {
  /// Cost of scrypt (RFC 7914) for encrypted keys. N = 2^14 with p = 5 counts as hard as N = 2^17 with p = 1;
  /// a larger N would pass the 32 MiB that OpenSSL grants when it reads such a key, and no reader could open it.
  static let scrypt = (n: UInt64(1) << 14, r: UInt64(8), p: UInt64(5))

  /// The key as PKCS#8 PEM: encrypted with PBES2 (scrypt, AES-256-CBC; RFC 8018, RFC 7914 section 7) when a passphrase
  /// is given.
  func pem(passphrase: borrowing SecretBytes?) throws(Complaint) -> SecretBytes {
    guard let info = EVP_PKEY2PKCS8(key) else { throw OpenSSLError.complaint("key.write", "the key cannot be encoded") }
    defer { PKCS8_PRIV_KEY_INFO_free(info) }
    // The buffer of this kind of BIO is wiped when it is freed.
    guard let bio = BIO_new(BIO_s_secmem() ?? BIO_s_mem()) else {
      throw OpenSSLError.complaint("key.write", "no memory")
    }
    defer { BIO_free(bio) }
    let written: CInt
    if passphrase == nil {
      written = PEM_write_bio_PKCS8_PRIV_KEY_INFO(bio, info)
    } else {
      written = try writeEncrypted(info, passphrase, to: bio)
    }
    guard written == 1 else { throw OpenSSLError.complaint("key.write", "the key cannot be encoded") }
    let size = BIO_ctrl_pending(bio)
    let secret = SecretBytes(capacity: size)
    guard BIO_read(bio, secret.buffer.baseAddress, Int32(size)) == Int32(size) else {
      throw OpenSSLError.complaint("key.write", "the key cannot be encoded")
    }
    return SecretBytes(copying: UnsafeRawBufferPointer(rebasing: secret.buffer[..<size]))
  }

  private func writeEncrypted(
    _ info: OpaquePointer, _ passphrase: borrowing SecretBytes?, to bio: OpaquePointer
  ) throws(Complaint) -> CInt {
    let failure = "the key cannot be encrypted"
    var salt = [UInt8](repeating: 0, count: 16)
    guard RAND_bytes(&salt, Int32(salt.count)) == 1,
      let algorithm = PKCS5_pbe2_set_scrypt(
        EVP_aes_256_cbc(), salt, Int32(salt.count), nil, Self.scrypt.n, Self.scrypt.r, Self.scrypt.p)
    else { throw OpenSSLError.complaint("key.write", failure) }
    let sealed: OpaquePointer? =
      switch passphrase {
      case .some(let secret):
        PKCS8_set0_pbe(
          secret.bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(secret.count), info, algorithm)
      case .none: nil
      }
    guard let sealed else {
      // On success the algorithm belongs to `sealed`.
      X509_ALGOR_free(algorithm)
      throw OpenSSLError.complaint("key.write", failure)
    }
    defer { X509_SIG_free(sealed) }
    return PEM_write_bio_PKCS8(bio, sealed)
  }

  /// A key from its file, with what should be said about the file.
  public struct Loaded: Sendable {
    public let key: PrivateKey
    /// `key.permissions` when others than the owner can read the file.
    public let warnings: [Complaint]
  }

  /// Reads a PEM private key (PKCS#8, encrypted or not, or the older SEC 1 form).
  ///
  /// - Throws: `key.passphrase-missing`, `key.passphrase-wrong`, `key.public` when a public key was handed in,
  ///   `key.format` when it is no key, `key.algorithm`, `file.unreadable`.
  public static func load(_ path: String, passphrase: borrowing SecretBytes? = nil) throws(Complaint) -> Loaded {
    let place = Printable.escape(path, limit: 300)
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Complaint(code: "file.unreadable", "cannot be read: " + FileError.text(errno), at: place)
    }
    defer { close(descriptor) }
    var warnings: [Complaint] = []
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o077 != 0 {
      warnings.append(
        Complaint(
          code: "key.permissions", "others than its owner can reach this private key", at: place,
          hint: "chmod 600, and consider the key known to whoever could read it"))
    }
    let text = try SecretBytes.read(descriptor, limit: 1 << 16, place: place)
    return Loaded(key: try parse(text, passphrase: passphrase, place: place), warnings: warnings)
  }

  /// What OpenSSL asks when it needs a passphrase.
  private struct Answer {
    var passphrase: UnsafeRawBufferPointer?
    var wasAsked = false
  }

  private static func parse(
    _ text: borrowing SecretBytes, passphrase: borrowing SecretBytes?, place: String
  ) throws(Complaint) -> PrivateKey {
    let label = PEM.label(of: text.bytes)
    if label == "PUBLIC KEY" {
      throw Complaint(
        code: "key.public", "a public key where a private one belongs", at: place,
        hint: "the private key is the file without .pub")
    }
    guard let label, label.hasSuffix("PRIVATE KEY") else {
      throw Complaint(
        code: "key.format", label.map { "no private key but: " + Printable.escape($0, limit: 40) } ?? "not PEM",
        at: place,
        hint: "a private key begins with -----BEGIN PRIVATE KEY----- or -----BEGIN ENCRYPTED PRIVATE KEY-----")
    }
    var answer = Answer(passphrase: nil)
    switch passphrase {
    case .some(let secret): answer.passphrase = secret.bytes
    case .none: break
    }
    let key = withUnsafeMutablePointer(to: &answer) { answer in
      PEM.withBIO(text.bytes) { bio in
        PEM_read_bio_PrivateKey(
          bio, nil,
          { out, size, _, context in
            guard let answer = context?.assumingMemoryBound(to: Answer.self) else { return -1 }
            answer.pointee.wasAsked = true
            guard let out, let phrase = answer.pointee.passphrase, phrase.count <= Int(size) else { return -1 }
            UnsafeMutableRawBufferPointer(start: out, count: Int(size)).copyMemory(from: phrase)
            return Int32(phrase.count)
          }, answer)
      }
    }
    guard let key else {
      if answer.wasAsked, answer.passphrase == nil {
        OpenSSLError.drain()
        throw Complaint(
          code: "key.passphrase-missing", "the key is encrypted and no passphrase was given", at: place,
          hint: "give --passphrase-file")
      }
      if answer.wasAsked {
        OpenSSLError.drain()
        throw Complaint(
          code: "key.passphrase-wrong", "the passphrase does not open this key, or the file is damaged", at: place,
          hint: "only the first line of the passphrase file counts, with any spaces at its end")
      }
      throw OpenSSLError.complaint("key.format", "not a private key, or a damaged one", at: place)
    }
    OpenSSLError.drain()
    return try PrivateKey(owning: key, place: place)
  }
}
