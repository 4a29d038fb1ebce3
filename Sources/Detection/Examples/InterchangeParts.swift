import CustodyCore

/// Pieces that synthetic containers are made of: tagged elements and small standard records without anyone's data.
enum InterchangeParts {
  static func u16(_ n: Int) -> [UInt8] { [UInt8(truncatingIfNeeded: n >> 8), UInt8(truncatingIfNeeded: n)] }
  static func u32(_ n: Int) -> [UInt8] { u16(n >> 16) + u16(n) }
  static func u32le(_ n: Int) -> [UInt8] { u32(n).reversed() }
  static func u16le(_ n: Int) -> [UInt8] { u16(n).reversed() }

  /// A BER-TLV element with the shortest length form.
  static func element(_ tag: Int, _ content: [UInt8]) -> [UInt8] {
    let name = tag > 0xFF ? u16(tag) : [UInt8(truncatingIfNeeded: tag)]
    let n = content.count
    if n < 0x80 { return name + [UInt8(n)] + content }
    if n < 0x100 { return name + [0x81, UInt8(n)] + content }
    return name + [0x82] + u16(n) + content
  }

  /// Bytes without structure, always the same.
  static func noise(_ count: Int) -> [UInt8] {
    var state: UInt32 = 0x2545_F491
    return (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(truncatingIfNeeded: state >> 24)
    }
  }

  /// Markers and sizes of a JPEG picture without its scan.
  static func jpeg(_ width: Int, _ height: Int) -> [UInt8] {
    [0xFF, 0xD8, 0xFF, 0xE0, 0, 16] + Array("JFIF\0".utf8) + [1, 1, 0, 0, 1, 0, 1, 0, 0]
      + [0xFF, 0xC0, 0, 11, 8] + u16(height) + u16(width) + [1, 1, 0x11, 0]
      + [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0] + Array(repeating: 0x55, count: 40) + [0xFF, 0xD9]
  }

  /// ISO/IEC 19794-2:2005 with one view of two minutiae.
  static let minutiae: [UInt8] = [
    0x46, 0x4D, 0x52, 0x00, 0x20, 0x32, 0x30, 0x00, 0x00, 0x00, 0x00, 0x2A, 0x00, 0x00, 0x02, 0x00, 0x02, 0x00, 0x00,
    0xC5, 0x00, 0xC5, 0x01, 0x00, 0x07, 0x00, 0x5A, 0x02, 0x40, 0x64, 0x00, 0x78, 0x0A, 0x50, 0x80, 0xC8, 0x00, 0xF0,
    0x40, 0x46, 0x00, 0x00,
  ]
  /// INCITS 378-2004, the same view.
  static let minutiaeINCITS: [UInt8] =
    Array(minutiae[..<8]) + [0x00, 0x2C, 0x00, 0x42, 0x00, 0x11, 0, 0] + Array(minutiae[14...])

  /// ISO/IEC 19794-5:2005 with one full frontal picture.
  static func face(_ width: Int = 240, _ height: Int = 320) -> [UInt8] {
    let image = jpeg(width, height)
    let information = [UInt8](repeating: 0, count: 14) + [1, 0] + u16(width) + u16(height) + [0, 2, 0, 0, 0, 0]
    let block = u32(4 + 2 + information.count + image.count) + u16(0) + information + image
    return Array("FAC\0010\0".utf8) + u32(14 + block.count) + u16(1) + block
  }

  /// ISO/IEC 19794-4:2005 with one raw picture.
  static func finger(_ position: UInt8 = 2, _ width: Int = 64, _ height: Int = 48) -> [UInt8] {
    let image = noise(width * height)
    let view = u32(14 + image.count) + [position, 1, 1, 254, 0] + u16(width) + u16(height) + [0] + image
    return Array("FIR\0010\0".utf8) + u16(0) + u32(32 + view.count) + [0, 0, 0, 31, 1, 1]
      + [500, 500, 500, 500].flatMap(u16) + [8, 0, 0, 0] + view
  }

  /// ISO/IEC 19794-6:2005 with one JPEG picture of the right eye.
  static func iris() -> [UInt8] {
    let image = jpeg(640, 480)
    let eye = [1] + u16(1) + u16(1) + [90] + u16(0) + u16(0) + u32(image.count) + image
    return Array("IIR\0010\0".utf8) + u32(45 + eye.count) + u16(0) + [1] + u16(45) + u16(0) + u16(150) + u16(6)
      + u16(640) + u16(480) + [8, 0] + [UInt8](repeating: 0, count: 16) + eye
  }
}
