import CustodyCore
import Foundation
import Testing

@testable import Evidence

/// Whom nothing may be sealed to, and why.
@Suite(.enabled(if: OpenSSLCommand.isThere)) struct RecipientCertificateTests {
  let maker: CertificateMaker
  /// An hour from now: within the validity of whatever is made in the meantime.
  static let now = Instant(seconds: Int64(Date().timeIntervalSince1970) + 3600)

  init() throws { maker = try CertificateMaker() }

  private func complaint(_ pem: [UInt8], at time: Instant = now, allowExpired: Bool = false) -> Complaint? {
    do throws(Complaint) {
      _ = try RecipientCertificate(pem: pem, at: time, allowExpired: allowExpired)
      return nil
    } catch { return error }
  }

  struct Key: Sendable, CustomTestStringConvertible {
    var name: String
    var arguments: [String]
    var usage: String?
    /// Nil: accepted.
    var code: String?
    /// What the message must say.
    var says = ""
    var testDescription: String { name }
  }

  @Test(arguments: [
    Key(name: "rsa", arguments: CertificateMaker.rsa),
    Key(name: "rsa-encipherment", arguments: CertificateMaker.rsa, usage: "keyEncipherment"),
    Key(name: "p256", arguments: CertificateMaker.ec("P-256")),
    Key(name: "p384-agreement", arguments: CertificateMaker.ec("P-384"), usage: "keyAgreement"),
    Key(
      name: "rsa-1024", arguments: ["-newkey", "rsa:1024"], code: "certificate.key", says: "1024 bits is too weak"),
    Key(
      name: "rsa-signs", arguments: CertificateMaker.rsa, usage: "digitalSignature", code: "certificate.usage",
      says: "keyEncipherment is missing"),
    Key(
      name: "rsa-agreement", arguments: CertificateMaker.rsa, usage: "keyAgreement", code: "certificate.usage",
      says: "keyEncipherment is missing"),
    Key(
      name: "p256-signs", arguments: CertificateMaker.ec("P-256"), usage: "digitalSignature",
      code: "certificate.usage", says: "keyAgreement is missing"),
    Key(name: "p521", arguments: CertificateMaker.ec("P-521"), code: "certificate.key", says: "another curve"),
    Key(name: "ed25519", arguments: ["-newkey", "ed25519"], code: "certificate.key", says: "cannot be encrypted to"),
    Key(
      name: "rsa-pss", arguments: ["-newkey", "rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048"],
      code: "certificate.key", says: "cannot be encrypted to"),
  ])
  func keys(_ key: Key) throws {
    _ = try maker.make(key.name, key.arguments, usage: key.usage)
    let found = complaint(try maker.scratch.read(key.name + ".pem"))
    #expect(found?.code == key.code)
    #expect(found?.message.contains(key.says) ?? true, "\(found?.message ?? "")")
  }

  /// With the exponent 1 the content key would stand in the message as it is.
  @Test func exponentOfOneIsRefused() throws {
    _ = try maker.make("good", CertificateMaker.rsa)
    let modulus = try OpenSSLCommand.run(["x509", "-in", maker.scratch.file("good.pem"), "-noout", "-modulus"])
    let digits = String(decoding: modulus.output, as: UTF8.self).split(separator: "=").last
    let hex = try #require(digits).trimmingCharacters(in: .whitespacesAndNewlines)
    try maker.scratch.write(
      "one.cnf",
      """
      asn1=SEQUENCE:info
      [info]
      algorithm=SEQUENCE:algorithm
      key=BITWRAP,SEQUENCE:key
      [algorithm]
      name=OID:rsaEncryption
      none=NULL
      [key]
      n=INTEGER:0x\(hex)
      e=INTEGER:1
      """)
    let f = maker.scratch.file
    for step in [
      ["asn1parse", "-genconf", f("one.cnf"), "-noout", "-out", f("one.der")],
      ["pkey", "-pubin", "-inform", "DER", "-in", f("one.der"), "-pubout", "-out", f("one.pub")],
      ["req", "-new", "-key", f("good.key.pem"), "-subj", "/CN=one", "-out", f("one.csr")],
      [
        "x509", "-req", "-in", f("one.csr"), "-force_pubkey", f("one.pub"), "-CA", f("good.pem"), "-CAkey",
        f("good.key.pem"), "-out", f("one.pem"), "-days", "30",
      ],
    ] { try #require(try OpenSSLCommand.run(step).status == 0, "\(step)") }
    #expect(complaint(try maker.scratch.read("one.pem"))?.code == "certificate.key")
  }

  @Test func whatIsNoCertificate() throws {
    _ = try maker.make("a", CertificateMaker.ec("P-256"))
    let pem = try maker.text("a.pem")
    let key = try maker.text("a.key.pem")
    let publicKey = try OpenSSLCommand.run(["x509", "-in", maker.scratch.file("a.pem"), "-noout", "-pubkey"]).output
    let lines = pem.split(separator: "\n")
    let cases: [(text: [UInt8], code: String)] = [
      ([], "certificate.format"), (Array("no PEM at all\n".utf8), "certificate.format"),
      ([0x30, 0x82, 0xFF, 0xFF, 0, 0xFF], "certificate.format"), (publicKey, "certificate.format"),
      (Array(key.utf8), "certificate.private"), (Array((pem + key).utf8), "certificate.private"),
      (Array((pem + pem).utf8), "certificate.format"),
      (Array((lines.prefix(3) + lines.suffix(1)).joined(separator: "\n").utf8), "certificate.format"),
      (Array(lines.dropLast().joined(separator: "\n").utf8), "certificate.format"),
      (Array("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".utf8), "certificate.format"),
      (Array(pem.replacingOccurrences(of: "CERTIFICATE", with: "TRUSTED CERTIFICATE").utf8), "certificate.format"),
    ]
    for (text, code) in cases {
      #expect(complaint(text)?.code == code, "\(String(decoding: text.prefix(60), as: UTF8.self))")
    }
    // Any byte changed: refused or read, never worse.
    let bytes = Array(pem.utf8)
    var random = SeededGenerator(7)
    for _ in 0..<300 {
      var changed = bytes
      changed[random.below(bytes.count)] = UInt8(random.below(256))
      _ = complaint(changed)
    }
    try maker.scratch.write("large.pem", String(repeating: "x\n", count: 1 << 16))
    #expect(throws: Complaint.self) { try RecipientCertificate.load(maker.scratch.file("large.pem"), at: Self.now) }
  }

  @Test func validityIsHeldToTheGivenTime() throws {
    _ = try maker.make("a", CertificateMaker.ec("P-256"))
    let pem = try maker.scratch.read("a.pem")
    let day: Int64 = 86_400
    for (offset, says) in [(-day, "not valid yet"), (31 * day, "expired")] {
      let time = Instant(seconds: Self.now.seconds + offset)
      let found = complaint(pem, at: time)
      #expect(found?.code == "certificate.validity" && found?.message == says)
      #expect(complaint(pem, at: time, allowExpired: true) == nil)
      #expect(try RecipientCertificate(pem: pem, at: time, allowExpired: true).isOutsideValidity)
    }
    #expect(try RecipientCertificate(pem: pem, at: Self.now, allowExpired: true).isOutsideValidity == false)
  }

  @Test func fingerprintIsWhatOpenSSLShows() throws {
    let path = try maker.make("a", CertificateMaker.ec("P-256"))
    let shown = try OpenSSLCommand.run(["x509", "-in", path, "-noout", "-fingerprint", "-sha256"]).output
    let hex = String(decoding: shown, as: UTF8.self).split(separator: "=").last?.filter(\.isHexDigit).lowercased()
    #expect(try RecipientCertificate.load(path, at: Self.now).fingerprint.description == hex)
  }
}
