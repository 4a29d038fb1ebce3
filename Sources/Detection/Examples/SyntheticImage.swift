/// Images that are nothing but their headers: enough to be recognised and measured, nothing to be seen.
enum SyntheticImage {
  /// JFIF header, frame header, scan header, `payload` bytes of scan and the end.
  static func jpeg(_ width: Int, _ height: Int, payload: Int = 64) -> [UInt8] {
    ByteBuilder().hex("FFD8 FFE0 0010").ascii("JFIF\0").hex("0101 00 0001 0001 00 00")
      .hex("FFC0 000B 08").u16(height, width).hex("01 01 11 00")
      .hex("FFDA 0008 01 01 00 00 3F 00").raw(noise(payload)).hex("FFD9").bytes
  }

  /// Signature, file type, image header and a codestream with its own size.
  static func jp2(_ width: Int, _ height: Int, payload: Int = 64) -> [UInt8] {
    let header = ByteBuilder().u32(22).ascii("ihdr").u32(height, width).hex("0001 07 07 00 00").bytes
    let stream = j2k(width, height, payload: payload)
    return ByteBuilder().hex("0000000C 6A502020 0D0A870A").u32(20).ascii("ftypjp2 ").u32(0).ascii("jp2 ")
      .u32(header.count + 8).ascii("jp2h").raw(header)
      .u32(stream.count + 8).ascii("jp2c").raw(stream).bytes
  }

  /// SIZ of one component, `payload` bytes and the end.
  static func j2k(_ width: Int, _ height: Int, payload: Int = 64) -> [UInt8] {
    ByteBuilder().hex("FF4F FF51 0029 0000").u32(width, height, 0, 0, width, height, 0, 0).hex("0001 07 01 01")
      .raw(noise(payload)).hex("FFD9").bytes
  }

  /// Signature, IHDR and IEND with their checksums.
  static func png(_ width: Int, _ height: Int) -> [UInt8] {
    func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
      let body = Array(type.utf8) + content
      return ByteBuilder().u32(content.count).raw(body).u32(Int(crc32(body))).bytes
    }
    return ByteBuilder().hex("89504E470D0A1A0A")
      .raw(chunk("IHDR", ByteBuilder().u32(width, height).hex("08 00 00 00 00").bytes)).raw(chunk("IEND", [])).bytes
  }

  /// The usual chain of segments: comment, transform, quantization, frame, Huffman table, one block, end.
  static func wsq(_ width: Int, _ height: Int, comment: String? = nil, payload: Int = 64) -> [UInt8] {
    var image = ByteBuilder().hex("FFA0")
    if let comment { image = image.hex("FFA8").counted(2, Array(comment.utf8)) }
    return
      image
      .hex("FFA4").counted(2, ByteBuilder().u8(9, 7).zeros(54).bytes)
      .hex("FFA5").counted(2, ByteBuilder().zeros(387).bytes)
      .hex("FFA2").counted(2, ByteBuilder().hex("00 FF").u16(height, width).hex("00 0000 00 0000 00 0000").bytes)
      .hex("FFA6").counted(2, ByteBuilder().u8(0).u8(0, 2).zeros(14).u8(1, 2).bytes)
      .hex("FFA3 0003 00").raw(noise(payload)).hex("FFA1").bytes
  }

  /// The comment NIST's encoder writes.
  static func nistComment(_ width: Int, _ height: Int, specimen: Bool = false) -> String {
    "NIST_COM 9\nPIX_WIDTH \(width)\nPIX_HEIGHT \(height)\nPIX_DEPTH 8\nPPI 500\nLOSSY 1\nCOLORSPACE GRAY\n"
      + "COMPRESSION WSQ\nWSQ_BITRATE 0.75" + (specimen ? "\nSD_ID 4" : "")
  }

  /// Bytes without meaning and without `FF`.
  static func noise(_ count: Int) -> [UInt8] {
    var state: UInt32 = 0x2545_F491
    return (0..<max(0, count)).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(truncatingIfNeeded: state >> 24) & 0x7F
    }
  }

  private static func crc32(_ bytes: [UInt8]) -> UInt32 {
    var crc = UInt32.max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }
}
