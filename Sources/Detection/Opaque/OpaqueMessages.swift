import CustodyCore

/// Encrypted messages: age and OpenPGP, binary and armored.
enum OpaqueMessages {
  static let all = [age, armoredAge, armoredPGP] + [0x84, 0x85, 0x8C, 0xC1, 0xC3].map(binaryPGP)

  private static let ageIntro = OpaqueBytes.text("age-encryption.org/v1\n")

  static let age = OpaqueForm(
    kind: "application/x-age-encryption", magic: ageIntro, source: "C2SP age.md, header",
    describe: { b in
      guard b.has("-> ", at: ageIntro.count) else { return nil }
      let at = ageIntro.count + 3
      // The kind of recipient, never who.
      var end = at
      while end < at + 32, let c = b.u8(end), c != 0x20, c != 0x0A { end += 1 }
      guard let kind = b.cipherWord(at, field: end - at) else { return nil }
      return "age file, ChaCha20-Poly1305, recipient of type \(kind)"
    },
    positives: [
      DetectorExample("X25519") {
        ageIntro + OpaqueBytes.text("-> X25519 AAAA\nBBBB\n--- CCCC\n") + OpaqueBytes.noise(40)
      },
      DetectorExample("passphrase") {
        ageIntro + OpaqueBytes.text("-> scrypt AAAA 18\nBBBB\n--- CCCC\n") + OpaqueBytes.noise(40)
      },
    ],
    negatives: [DetectorExample("its manual") { ageIntro + OpaqueBytes.text("is the first line of such a file\n") }])

  private static let ageArmor = OpaqueBytes.text("-----BEGIN AGE ENCRYPTED FILE-----")

  static let armoredAge = OpaqueForm(
    kind: "application/x-age-encryption", magic: ageArmor, source: "C2SP age.md, ASCII armor",
    describe: { b in
      var at = ageArmor.count
      while let c = b.u8(at), c == 0x0A || c == 0x0D { at += 1 }
      // `age-encryption.org` in base64.
      return at > ageArmor.count && b.has("YWdlLWVuY3J5cHRpb24ub3Jn", at: at)
        ? "age file in armor, ChaCha20-Poly1305" : nil
    },
    positives: [
      DetectorExample("armor") {
        ageArmor + [0x0A] + OpaqueBytes.text(Base64.encode(ageIntro + OpaqueBytes.text("-> X25519 AAAA\n")))
      }
    ],
    negatives: [DetectorExample("its manual") { ageArmor + OpaqueBytes.text("\nis how armor begins\n") }])

  private static let pgpArmor = OpaqueBytes.text("-----BEGIN PGP MESSAGE-----")

  static let armoredPGP = OpaqueForm(
    kind: "application/pgp-encrypted", magic: pgpArmor, source: "RFC 4880 sections 4.3 and 6.2",
    describe: { b in
      // Armor headers, an empty line, then the first packet: signed messages are in the same armor.
      guard let body = emptyLine(b, from: pgpArmor.count) else { return nil }
      var line: [UInt8] = []
      while line.count < 64, let c = b.u8(body + line.count),
        Base64.decode(String(UnicodeScalar(c))) != nil || c > 0x2A,
        c < 0x7B
      {
        line.append(c)
      }
      let text = String(decoding: line.prefix(line.count & ~3), as: UTF8.self)
      guard let packet = Base64.decode(text), let first = packet.first, first & 0x80 != 0 else { return nil }
      let tag = first & 0x40 != 0 ? first & 0x3F : first >> 2 & 15
      return [1, 3, 9, 18, 20].contains(tag) ? "OpenPGP message in armor" : nil
    },
    positives: [
      DetectorExample("armored message") { armored([0x85, 0x01, 0x0C, 0x03] + OpaqueBytes.noise(92)) },
      DetectorExample("armored, with a header") {
        pgpArmor + OpaqueBytes.text("\r\nVersion: 1\r\n\r\n")
          + OpaqueBytes.text(Base64.encode([0xC3, 0x0D, 0x04, 0x09] + OpaqueBytes.noise(44)))
      },
    ],
    negatives: [
      DetectorExample("a signed message") { armored([0xA3, 0x01] + OpaqueBytes.noise(94)) },
      DetectorExample("its manual") { pgpArmor + OpaqueBytes.text("\n\nis how a message begins\n") },
    ])

  private static func armored(_ bytes: [UInt8]) -> [UInt8] {
    pgpArmor + OpaqueBytes.text("\n\n" + Base64.encode(bytes) + "\n-----END PGP MESSAGE-----\n")
  }

  private static func emptyLine(_ b: RawSpan, from: Int) -> Int? {
    var at = from
    for _ in 0..<16 {
      guard let end = b.firstIndex(of: 0x0A, from: at, to: at + 256) else { return nil }
      let next = b.u8(end + 1) == 0x0D ? end + 2 : end + 1
      if b.u8(next) == 0x0A { return next + 1 }
      at = end + 1
    }
    return nil
  }

  /// By the first byte: the header of a session-key packet in the old or the new form.
  private static func binaryPGP(_ first: UInt8) -> OpaqueForm {
    OpaqueForm(
      kind: "application/pgp-encrypted", magic: [first], source: "RFC 4880 sections 4.2, 5.1 and 5.3",
      describe: { OpenPGP.isEncryptedMessage($0) ? "OpenPGP message" : nil },
      positives: first == 0xC3
        ? [
          DetectorExample("passphrase, then data") {
            [0xC3, 0x04, 4, 9, 0, 8, 0xD2, 0x20, 1] + OpaqueBytes.noise(31)
          }
        ] : [],
      negatives: [DetectorExample("the byte and noise") { [first, 0x02] + OpaqueBytes.noise(40) }])
  }
}
