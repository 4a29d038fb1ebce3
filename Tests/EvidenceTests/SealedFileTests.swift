import CustodyCore
import Foundation
import Testing

@testable import Evidence

/// What is sealed opens with `openssl cms -decrypt`, for whom it was sealed to and nobody else.
@Suite(.enabled(if: OpenSSLCommand.isThere)) struct SealedFileTests {
  let maker: CertificateMaker
  /// An hour from now: within the validity of whatever is made in the meantime.
  static let now = Instant(seconds: Int64(Date().timeIntervalSince1970) + 3600)

  init() throws { maker = try CertificateMaker() }

  private func certificate(_ name: String, _ key: [String]) throws -> RecipientCertificate {
    try RecipientCertificate.load(try maker.make(name, key), at: Self.now)
  }

  /// Bytes no two places of which look alike.
  private static func content(_ count: Int) -> [UInt8] {
    var random = SeededGenerator(UInt64(count))
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }

  @discardableResult
  private func seal(
    _ content: [UInt8], pieces: Int, to recipients: [RecipientCertificate], _ name: String = "sealed.cms"
  ) throws -> Digest {
    var file = try SealedFile(maker.scratch.file(name), to: recipients)
    var start = 0
    while start < content.count {
      let end = min(content.count, start + pieces)
      try content[start..<end].withUnsafeBytes { try file.write($0) }
      start = end
    }
    return try file.publish()
  }

  @Test(arguments: [(1, 1), (4096, 4096), (5000, 7), (300_000, 65_536), (300_001, 300_001)])
  func everyRecipientReadsTheSame(_ count: Int, _ pieces: Int) throws {
    let content = Self.content(count)
    let names = ["rsa", "p256", "p384"]
    let keys = [CertificateMaker.rsa, CertificateMaker.ec("P-256"), CertificateMaker.ec("P-384")]
    let recipients = try zip(names, keys).map { try certificate($0, $1) }
    let digest = try seal(content, pieces: pieces, to: recipients)
    let sealed = try maker.scratch.read("sealed.cms")
    #expect(digest == Hash.digest(of: sealed))
    #expect(try maker.scratch.mode("sealed.cms") == 0o600)
    #expect(count < 64 || sealed.firstRange(of: content.prefix(64)) == nil)
    for name in names {
      let opened = try maker.open(maker.scratch.file("sealed.cms"), as: name)
      #expect(opened.status == 0 && opened.output == content, "\(name)")
    }
  }

  /// RSA-OAEP with SHA-256, ECDH with a SHA-2 derivation, AES-256-GCM: not what OpenSSL takes when nobody asks.
  @Test func algorithms() throws {
    try seal(
      [1, 2, 3], pieces: 3,
      to: [
        try certificate("rsa", CertificateMaker.rsa), try certificate("p256", CertificateMaker.ec("P-256")),
        try certificate("p384", CertificateMaker.ec("P-384")),
      ])
    let shown = try OpenSSLCommand.run([
      "cms", "-cmsout", "-print", "-noout", "-inform", "DER", "-in", maker.scratch.file("sealed.cms"),
    ])
    let text = String(decoding: shown.output, as: UTF8.self)
    for word in [
      "id-smime-ct-authEnvelopedData", "aes-256-gcm", "rsaesOaep", "dhSinglePass-stdDH-sha256kdf-scheme",
      "dhSinglePass-stdDH-sha384kdf-scheme",
    ] { #expect(text.contains(word), "\(word)") }
  }

  @Test func nobodyElseReadsIt() throws {
    try seal(Self.content(1000), pieces: 1000, to: [try certificate("agency", CertificateMaker.rsa)])
    _ = try maker.make("other", CertificateMaker.rsa)
    let run = try OpenSSLCommand.run([
      "cms", "-decrypt", "-in", maker.scratch.file("sealed.cms"), "-inform", "DER", "-recip",
      maker.scratch.file("agency.pem"), "-inkey", maker.scratch.file("other.key.pem"),
    ])
    #expect(run.status != 0)
    #expect(try maker.open(maker.scratch.file("sealed.cms"), as: "other").status != 0)
  }

  @Test func everyChangeOfTheContentIsNoticed() throws {
    try seal(Self.content(20_000), pieces: 20_000, to: [try certificate("agency", CertificateMaker.ec("P-256"))])
    let whole = try maker.scratch.read("sealed.cms")
    #expect(try maker.open(maker.scratch.file("sealed.cms"), as: "agency").status == 0)
    for place in [whole.count / 3, whole.count / 2, whole.count - 3000, whole.count - 20] {
      var changed = whole
      changed[place] ^= 1
      try maker.scratch.write("changed.cms", changed)
      #expect(try maker.open(maker.scratch.file("changed.cms"), as: "agency").status != 0, "byte \(place)")
    }
    try maker.scratch.write("cut.cms", Array(whole.dropLast(5000)))
    #expect(try maker.open(maker.scratch.file("cut.cms"), as: "agency").status != 0)
  }

  @Test func whatIsNotPublishedIsNotThere() throws {
    let agency = try certificate("agency", CertificateMaker.ec("P-256"))
    let before = try maker.scratch.names()
    func begin() throws {
      var file = try SealedFile(maker.scratch.file("list.cms"), to: [agency])
      try Self.content(100_000).withUnsafeBytes { try file.write($0) }
      #expect(try maker.scratch.names().count == before.count + 1)
    }
    try begin()
    #expect(try maker.scratch.names() == before)
  }

  @Test func nothingIsReplaced() throws {
    let agency = try certificate("agency", CertificateMaker.ec("P-256"))
    try maker.scratch.write("list.cms", "mine")
    do throws(Complaint) {
      _ = try SealedFile(maker.scratch.file("list.cms"), to: [agency])
      Issue.record("replaced")
    } catch { #expect(error.code == "output.exists") }
    #expect(try maker.text("list.cms") == "mine")
    for place in ["no/such/folder/list.cms", "list.cms/list.cms"] {
      #expect(throws: Complaint.self) { _ = try SealedFile(maker.scratch.file(place), to: [agency]) }
    }
    #expect(throws: Complaint.self) { _ = try SealedFile(maker.scratch.file("b.cms"), to: []) }
    // Nothing at all is no message.
    #expect(throws: Complaint.self) { try seal([], pieces: 1, to: [agency], "b.cms") }
    #expect(FileManager.default.fileExists(atPath: maker.scratch.file("b.cms")) == false)
  }
}
