import CustodyCore

/// Encrypted disks and partitions.
enum OpaqueVolumes {
  static let all = [luks1, luks2, bitLocker, coreStorage, apfs]

  private static let luksMagic: [UInt8] = [0x4C, 0x55, 0x4B, 0x53, 0xBA, 0xBE]

  static let luks1 = OpaqueForm(
    kind: "application/x-luks", magic: luksMagic + [0, 1], source: "LUKS On-Disk Format Specification 1.2.3, section 2",
    describe: { b in
      guard let cipher = b.cipherWord(8, field: 32), let mode = b.cipherWord(40, field: 32),
        b.cipherWord(72, field: 32) != nil
      else { return nil }
      guard let key = b.u32(108), (8...512).contains(key) else { return "LUKS1 volume, \(cipher)-\(mode)" }
      return "LUKS1 volume, \(cipher)-\(mode), key of \(key * 8) bits"
    },
    positives: [
      DetectorExample("LUKS1 header, AES-XTS") { luks1Header(cipher: "aes", key: 64) },
      DetectorExample("LUKS1 header, Serpent") { luks1Header(cipher: "serpent", key: 32) },
    ],
    negatives: [
      DetectorExample("noise for a cipher") { luksMagic + [0, 1] + OpaqueBytes.noise(600) },
      DetectorExample("no cipher") { luks1Header(cipher: "", key: 64) },
      DetectorExample("only the magic") { luksMagic + [0, 1] },
    ])

  private static func luks1Header(cipher: String, key: UInt8) -> [UInt8] {
    OpaqueBytes.make(
      592,
      [
        (0, luksMagic + [0, 1]), (8, OpaqueBytes.text(cipher)), (40, OpaqueBytes.text("xts-plain64")),
        (72, OpaqueBytes.text("sha256")), (111, [key]),
      ])
  }

  static let luks2 = OpaqueForm(
    kind: "application/x-luks", magic: luksMagic + [0, 2],
    source: "LUKS2 On-Disk Format Specification 1.1.3, section 2.1",
    describe: { b in
      guard let size = b.u64(8), size >= 16384, size <= 4 << 20, size & (size - 1) == 0,
        b.cipherWord(72, field: 32) != nil
      else { return nil }
      let word = Array("\"encryption\":\"".utf8)
      guard let at = b.find(word, from: 4096, within: min(size, b.byteCount)),
        let end = b.firstIndex(of: 0x22, from: at + word.count, to: at + word.count + 64),
        let cipher = b.cipherWord(at + word.count, field: end - at - word.count)
      else { return "LUKS2 volume" }
      return "LUKS2 volume, \(cipher)"
    },
    positives: [DetectorExample("LUKS2 header") { luks2Header(size: 16384) }],
    negatives: [DetectorExample("header of an impossible size") { luks2Header(size: 5000) }])

  private static func luks2Header(size: Int) -> [UInt8] {
    OpaqueBytes.make(
      16384,
      [
        (0, luksMagic + [0, 2]), (14, [UInt8(size >> 8 & 255), UInt8(size & 255)]), (72, OpaqueBytes.text("sha256")),
        (4096, OpaqueBytes.text("{\"segments\":{\"0\":{\"type\":\"crypt\",\"encryption\":\"aes-xts-plain64\"}}}")),
      ])
  }

  static let bitLocker = OpaqueForm(
    kind: "application/x-bitlocker-volume", offset: 3, magic: OpaqueBytes.text("-FVE-FS-"),
    source: "libyal/libbde, BitLocker Drive Encryption format, volume header",
    describe: { b in
      guard let sector = b.u16le(11), [512, 1024, 2048, 4096].contains(sector), b.u16(510) == 0x55AA else { return nil }
      return "BitLocker volume; its cipher is named in metadata elsewhere"
    },
    positives: [
      DetectorExample("volume header") {
        OpaqueBytes.make(512, [(3, OpaqueBytes.text("-FVE-FS-")), (11, [0, 2]), (510, [0x55, 0xAA])])
      }
    ],
    negatives: [
      DetectorExample("no boot signature") {
        OpaqueBytes.make(512, [(3, OpaqueBytes.text("-FVE-FS-")), (11, [0, 2])])
      }
    ])

  static let coreStorage = OpaqueForm(
    kind: "application/x-corestorage-volume", offset: 88, magic: OpaqueBytes.text("CS"),
    source: "libyal/libfvde, FileVault Drive Encryption format, volume header",
    describe: { b in
      // Version, type of block, size of sector, and AES-XTS as the method: without it nothing is encrypted.
      guard b.u16le(8) == 1, b.u16le(10) == 0x10, let sector = b.u32le(48), sector == 512 || sector == 4096,
        b.u32le(172) == 2
      else { return nil }
      return "FileVault 2 volume (CoreStorage), AES-XTS"
    },
    positives: [DetectorExample("volume header") { coreStorageHeader(method: 2) }],
    negatives: [DetectorExample("a volume that is not encrypted") { coreStorageHeader(method: 0) }])

  private static func coreStorageHeader(method: UInt8) -> [UInt8] {
    OpaqueBytes.make(
      512, [(8, [1, 0, 0x10, 0]), (48, [0, 2]), (88, OpaqueBytes.text("CS")), (172, [method])])
  }

  static let apfs = OpaqueForm(
    kind: "application/x-apfs-encrypted", offset: 32, magic: OpaqueBytes.text("NXSB"),
    source: "Apple File System Reference, nx_superblock_t and nx_keylocker",
    describe: { b in
      // Block size, and a key bag: its first block and how many there are.
      guard let block = b.u32le(36), block >= 4096, block <= 65536, block & (block - 1) == 0,
        let first = b.u64le(1296), first > 0, let count = b.u64le(1304), (1...1024).contains(count)
      else { return nil }
      return "APFS container with a key bag: volumes in it are encrypted"
    },
    positives: [DetectorExample("container with a key bag") { apfsHeader(keys: 1) }],
    negatives: [DetectorExample("container without keys") { apfsHeader(keys: 0) }])

  private static func apfsHeader(keys: UInt8) -> [UInt8] {
    OpaqueBytes.make(
      4096, [(32, OpaqueBytes.text("NXSB")), (36, [0, 0x10]), (1296, [keys]), (1304, [keys])])
  }
}
