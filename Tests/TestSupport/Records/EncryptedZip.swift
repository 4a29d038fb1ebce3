/// A ZIP archive whose one kind of member is stored and encrypted with PKWARE's traditional cipher (APPNOTE 6.1).
///
/// Made by hand because library writers draw random salts, and fixtures must have the same bytes every time.
public enum EncryptedZip {
  public struct Member: Sendable {
    public var name: String
    public var bytes: [UInt8]
    public init(_ name: String, _ bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
    }
  }

  public static func archive(_ members: [Member], passphrase: String, time: RecordTime, seed: UInt64 = 1) -> [UInt8] {
    var random = SeededGenerator(seed: seed)
    var out = RecordBytes()
    var directory = RecordBytes()
    for member in members {
      let crc = Checksums.crc32(member.bytes)
      var cipher = Cipher(passphrase)
      // Eleven random bytes and the high byte of the checksum, by which a passphrase is recognized.
      let head = random.bytes(11) + [UInt8(truncatingIfNeeded: crc >> 24)]
      let data = (head + member.bytes).map { cipher.encrypt($0) }
      let name = Array(member.name.utf8)
      var common = RecordBytes()
      common.u16le(20)
      common.u16le(1)
      common.u16le(0)
      common.u16le(time.hour << 11 | time.minute << 5 | time.second / 2)
      common.u16le((time.year - 1980) << 9 | time.month << 5 | time.day)
      common.u32le(Int(crc))
      common.u32le(data.count)
      common.u32le(member.bytes.count)
      common.u16le(name.count)
      common.u16le(0)
      directory.raw([0x50, 0x4B, 1, 2, 20, 0])
      directory.raw(common.bytes)
      directory.zeros(10)
      directory.u32le(out.count)
      directory.raw(name)
      out.raw([0x50, 0x4B, 3, 4])
      out.raw(common.bytes)
      out.raw(name)
      out.raw(data)
    }
    let start = out.count
    out.raw(directory.bytes)
    out.raw([0x50, 0x4B, 5, 6])
    out.u32le(0)
    out.u16le(members.count)
    out.u16le(members.count)
    out.u32le(directory.count)
    out.u32le(start)
    out.u16le(0)
    return out.bytes
  }

  private struct Cipher {
    private var keys: (UInt32, UInt32, UInt32) = (0x1234_5678, 0x2345_6789, 0x3456_7890)

    init(_ passphrase: String) {
      for byte in passphrase.utf8 { update(byte) }
    }

    private mutating func update(_ byte: UInt8) {
      keys.0 = Checksums.crcStep(keys.0, byte)
      keys.1 = (keys.1 &+ (keys.0 & 0xFF)) &* 134_775_813 &+ 1
      keys.2 = Checksums.crcStep(keys.2, UInt8(truncatingIfNeeded: keys.1 >> 24))
    }

    mutating func encrypt(_ byte: UInt8) -> UInt8 {
      let t = (keys.2 | 2) & 0xFFFF
      let stream = UInt8(truncatingIfNeeded: (t &* (t ^ 1)) >> 8)
      update(byte)
      return byte ^ stream
    }
  }
}
