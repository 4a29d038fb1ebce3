/// Checksums that file formats ask for.
public enum Checksums {
  private static let table: [UInt32] = (0..<256).map { n in
    (0..<8).reduce(UInt32(n)) { c, _ in c & 1 == 1 ? 0xEDB8_8320 ^ (c >> 1) : c >> 1 }
  }

  /// One step of the CRC register, without the inversions; what PKWARE's cipher uses.
  static func crcStep(_ crc: UInt32, _ byte: UInt8) -> UInt32 { table[Int((crc ^ UInt32(byte)) & 0xFF)] ^ (crc >> 8) }

  /// CRC-32 of ISO-HDLC: PNG (ISO/IEC 15948 annex D), ZIP, gzip.
  public static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(0xFFFF_FFFF as UInt32) { crcStep($0, $1) }
  }

  /// Adler-32 of zlib (RFC 1950 section 8.2).
  public static func adler32(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var a: UInt32 = 1
    var b: UInt32 = 0
    for byte in bytes {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    return b << 16 | a
  }
}
