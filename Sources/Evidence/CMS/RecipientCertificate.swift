internal import COpenSSL
public import CustodyCore
internal import Glibc

/// A certificate (RFC 5280) whose holder can open what is sealed to it.
///
/// It names a key, and nothing here says whose: no chain is built and no revocation is asked. The operator got it from
/// the agency, and compares `fingerprint` with what the agency says by another way.
public final class RecipientCertificate: Sendable {
  // Never changed after it was made.
  nonisolated(unsafe) let certificate: OpaquePointer
  let key: RecipientKey
  /// SHA-256 of the DER form, as `openssl x509 -fingerprint -sha256` shows it.
  public let fingerprint: Digest
  /// Accepted on demand although the time asked for is not within its validity.
  public let isOutsideValidity: Bool

  /// A PEM file (RFC 7468 section 5) is refused beyond this many bytes.
  static let largestFile = 1 << 16

  /// Takes over the handle, also when it throws.
  private init(
    owning certificate: OpaquePointer, at time: Instant, allowExpired: Bool, place: String?
  ) throws(Complaint) {
    do throws(Complaint) {
      let outside = CertificateValidity.complaint(certificate, at: time, place: place)
      if let outside, !allowExpired { throw outside }
      key = try RecipientKey(certificate, place: place)
      try key.checkUsage(certificate, place: place)
      fingerprint = try Self.fingerprint(certificate, place: place)
      isOutsideValidity = outside != nil
    } catch {
      X509_free(certificate)
      throw error
    }
    self.certificate = certificate
  }
  deinit { X509_free(certificate) }

  /// The one certificate of a PEM text.
  ///
  /// - Parameters:
  ///   - time: when it must be valid.
  ///   - allowExpired: accept it outside its validity; `isOutsideValidity` says so.
  /// - Throws: `certificate.private` when a private key was handed in, `certificate.format` when it is not exactly one
  ///   certificate, `certificate.validity`, `certificate.key` when its key cannot or should not be encrypted to,
  ///   `certificate.usage` when its holder's authority did not permit that.
  public convenience init(
    pem: [UInt8], at time: Instant, allowExpired: Bool = false, place: String? = nil
  ) throws(Complaint) {
    let labels = PEM.labels(of: pem)
    if labels.contains(where: { $0.hasSuffix("PRIVATE KEY") }) {
      throw Complaint(
        code: "certificate.private", "a private key where a certificate belongs", at: place,
        hint: "only the agency may have it: ask for the certificate alone, and tell them this key is known now")
    }
    guard labels == ["CERTIFICATE"] else {
      throw Complaint(
        code: "certificate.format",
        labels.first.map {
          labels.count == 1
            ? "no certificate but: " + Printable.escape($0, limit: 40) : "more than one object in one file"
        } ?? "not PEM", at: place,
        hint: "a file holds one certificate, which begins with -----BEGIN CERTIFICATE-----")
    }
    guard let certificate = PEM.withBIO(pem, { PEM_read_bio_X509($0, nil, nil, nil) }) else {
      throw OpenSSLError.complaint("certificate.format", "not a certificate, or a damaged one", at: place)
    }
    OpenSSLError.drain()
    try self.init(owning: certificate, at: time, allowExpired: allowExpired, place: place)
  }

  /// Reads a PEM file of at most 64 KiB.
  public static func load(
    _ path: String, at time: Instant, allowExpired: Bool = false
  ) throws(Complaint) -> RecipientCertificate {
    try RecipientCertificate(
      pem: try FileReader.small(path, limit: largestFile), at: time, allowExpired: allowExpired,
      place: Printable.escape(path, limit: 300))
  }

  private static func fingerprint(_ certificate: OpaquePointer, place: String?) throws(Complaint) -> Digest {
    var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    guard X509_digest(certificate, EVP_sha256(), &bytes, &count) == 1, let digest = Digest(bytes.prefix(Int(count)))
    else { throw OpenSSLError.complaint("certificate.format", "the certificate has no fingerprint", at: place) }
    return digest
  }
}

/// `notBefore` and `notAfter` (RFC 5280 section 4.1.2.5).
enum CertificateValidity {
  /// What stands against using the certificate at `time`; nil when nothing does.
  static func complaint(_ certificate: OpaquePointer, at time: Instant, place: String?) -> Complaint? {
    // X509_cmp_time: negative when the certificate's time is earlier or the same, 0 when it is no time at all.
    var moment = time_t(time.seconds)
    let start = X509_cmp_time(X509_get0_notBefore(certificate), &moment)
    let end = X509_cmp_time(X509_get0_notAfter(certificate), &moment)
    OpenSSLError.drain()
    let hint = "ask the agency for a certificate in force, or give --allow-expired when they want this one"
    if start == 0 || end == 0 {
      return Complaint(code: "certificate.validity", "its validity is not a time", at: place, hint: hint)
    }
    if start > 0 { return Complaint(code: "certificate.validity", "not valid yet", at: place, hint: hint) }
    // The second it names last still counts (RFC 5280 section 4.1.2.5: inclusive).
    var before = moment - 1
    if end < 0, X509_cmp_time(X509_get0_notAfter(certificate), &before) < 0 {
      return Complaint(code: "certificate.validity", "expired", at: place, hint: hint)
    }
    return nil
  }
}
