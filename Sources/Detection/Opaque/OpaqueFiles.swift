import CustodyCore

/// Encrypted files of tools that encrypt one file or one database.
enum OpaqueFiles {
  static let all = [openSSL, aesCrypt, scrypt, keePass, keePass1]

  static let openSSL = OpaqueForm(
    kind: "application/x-openssl-salted", magic: OpaqueBytes.text("Salted__"),
    source: "openssl-enc(1); apps/enc.c of OpenSSL",
    describe: { b in
      // Eight bytes of salt and a block at least, which do not look like text.
      guard b.byteCount >= 17, (8..<min(b.byteCount, 48)).contains(where: { (b.u8($0) ?? 0) >= 0x80 }) else {
        return nil
      }
      return "encrypted by openssl enc; the cipher is not named"
    },
    positives: [DetectorExample("salt and blocks") { OpaqueBytes.text("Salted__") + OpaqueBytes.noise(72) }],
    negatives: [
      DetectorExample("text") { OpaqueBytes.text("Salted__ is what such a file begins with, says the manual.") },
      DetectorExample("salt alone") { OpaqueBytes.text("Salted__") + OpaqueBytes.noise(8) },
    ])

  static let aesCrypt = OpaqueForm(
    kind: "application/x-aes-crypt", magic: OpaqueBytes.text("AES"), source: "AES Crypt stream format, versions 0 to 3",
    describe: { b in
      guard Families.isAESCrypt(b), let version = b.u8(3), b.byteCount >= 64 else { return nil }
      return "AES Crypt version \(version), AES-256"
    },
    positives: [
      DetectorExample("version 2") { OpaqueBytes.text("AES") + [2, 0, 0, 0] + OpaqueBytes.noise(160) }
    ],
    negatives: [
      DetectorExample("text") { OpaqueBytes.text("AES is a block cipher. ") + OpaqueBytes.noise(80) },
      DetectorExample("cut short") { OpaqueBytes.text("AES") + [2, 0, 0, 0] },
    ])

  static let scrypt = OpaqueForm(
    kind: "application/x-scrypt-encrypted", magic: OpaqueBytes.text("scrypt\u{0}"),
    source: "scrypt file format, FORMAT of Tarsnap/scrypt",
    describe: { b in
      guard let log = b.u8(7), (1...63).contains(log), let r = b.u32(8), let p = b.u32(12), r > 0, p > 0,
        r < 1 << 30, p < 1 << 30, r * p < 1 << 30
      else { return nil }
      return "encrypted by scrypt, AES-256-CTR"
    },
    positives: [
      DetectorExample("header") {
        OpaqueBytes.text("scrypt\u{0}") + [14, 0, 0, 0, 8, 0, 0, 0, 1] + OpaqueBytes.noise(112)
      }
    ],
    negatives: [
      DetectorExample("cost of nothing") {
        OpaqueBytes.text("scrypt\u{0}") + [0, 0, 0, 0, 8, 0, 0, 0, 1] + OpaqueBytes.noise(112)
      }
    ])

  private static let keePassMagic: [UInt8] = [0x03, 0xD9, 0xA2, 0x9A, 0x67, 0xFB, 0x4B, 0xB5]

  static let keePass = OpaqueForm(
    kind: "application/x-keepass", magic: keePassMagic, source: "KeePass KDBX 3.1 and 4 file format, outer header",
    describe: { b in
      guard let major = b.u16le(10), (2...4).contains(major) else { return nil }
      return "KeePass database, KDBX \(major)" + (keePassCipher(b, major).map { ", \($0)" } ?? "")
    },
    positives: [
      DetectorExample("KDBX 4, ChaCha20") { keePassHeader(major: 4) },
      DetectorExample("KDBX 3") { keePassHeader(major: 3) },
    ],
    negatives: [DetectorExample("a version to come") { keePassHeader(major: 90) }])

  /// Header fields are type, size and value; type 2 names the cipher.
  private static func keePassCipher(_ b: RawSpan, _ major: Int) -> String? {
    var at = 12
    for _ in 0..<32 {
      guard let type = b.u8(at), type != 0, let size = major == 4 ? b.u32le(at + 1) : b.u16le(at + 1), size <= 1 << 16
      else { return nil }
      let value = at + (major == 4 ? 5 : 3)
      if type == 2 {
        switch b.u32(value) {
        case 0x31C1_F2E6: return "AES-256"
        case 0xD603_8A2B: return "ChaCha20"
        case 0xAD68_F29F: return "Twofish"
        default: return nil
        }
      }
      at = value + size
    }
    return nil
  }

  private static func keePassHeader(major: UInt8) -> [UInt8] {
    let chacha: [UInt8] = [
      0xD6, 0x03, 0x8A, 0x2B, 0x8B, 0x6F, 0x4C, 0xB5, 0xA5, 0x24, 0x33, 0x9A, 0x31, 0xDB, 0xB5, 0x9A,
    ]
    let size: [UInt8] = major == 4 ? [16, 0, 0, 0] : [16, 0]
    return keePassMagic + [1, 0, major, 0, 2] + size + chacha + [0] + OpaqueBytes.noise(64)
  }

  static let keePass1 = OpaqueForm(
    kind: "application/x-keepass", magic: [0x03, 0xD9, 0xA2, 0x9A, 0x65, 0xFB, 0x4B, 0xB5],
    source: "KeePass 1.x KDB file format, header",
    describe: { b in
      guard let flags = b.u32le(8), flags & ~0xF == 0, flags & 0xA != 0, b.byteCount >= 124 else { return nil }
      return "KeePass 1 database, " + (flags & 2 != 0 ? "AES-256" : "Twofish")
    },
    positives: [
      DetectorExample("AES") { [0x03, 0xD9, 0xA2, 0x9A, 0x65, 0xFB, 0x4B, 0xB5, 3, 0, 0, 0] + OpaqueBytes.noise(160) }
    ],
    negatives: [
      DetectorExample("no cipher") {
        [0x03, 0xD9, 0xA2, 0x9A, 0x65, 0xFB, 0x4B, 0xB5, 0, 0, 0, 0] + OpaqueBytes.noise(160)
      }
    ])
}
