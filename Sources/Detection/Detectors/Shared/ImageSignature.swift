/// Encodings of still images that biometric records embed, told by their first bytes.
enum ImageSignature: String, Sendable, CaseIterable {
  case jpeg = "JPEG"
  case jpegLS = "JPEG-LS"
  case jp2 = "JP2"
  case j2k = "J2K"
  case png = "PNG"
  case wsq = "WSQ"

  /// What stands at `at`; nil when it is none of these.
  static func of(_ bytes: RawSpan, at: Int) -> ImageSignature? {
    guard let first = bytes.u8(at) else { return nil }
    switch first {
    case 0xFF:
      guard let second = bytes.u8(at + 1), let third = bytes.u8(at + 2) else { return nil }
      switch (second, third) {
      case (0xD8, 0xFF): return bytes.u8(at + 3) == 0xF7 ? .jpegLS : .jpeg
      case (0x4F, 0xFF): return bytes.u8(at + 3) == 0x51 ? .j2k : nil
      case (0xA0, 0xFF):
        guard let fourth = bytes.u8(at + 3) else { return nil }
        return [0xA2, 0xA4, 0xA5, 0xA6, 0xA8].contains(fourth) ? .wsq : nil
      default: return nil
      }
    case 0x00: return bytes.has(jp2Signature, at: at) ? .jp2 : nil
    case 0x89: return bytes.has(pngSignature, at: at) ? .png : nil
    default: return nil
    }
  }

  /// Bytes below which no image of the kind exists.
  var smallest: Int {
    switch self {
    case .jpeg, .jpegLS: 20
    case .jp2: 60
    case .j2k: 45
    case .png: 45
    case .wsq: 40
    }
  }

  /// `jP  ` box: length 12, type, `0D0A870A`; the last four are not always right, the first seven are.
  private static let jp2Signature: [UInt8] = [0, 0, 0, 0x0C, 0x6A, 0x50, 0x20]
  private static let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
}
