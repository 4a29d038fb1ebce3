import CustodyCore

/// A standard biometric record found inside a container (LDS, PIV, CBEFF, Type-99), recognized by its own magic.
///
/// The container hands over exactly the bytes it says hold the record, so the record's length can be met.
struct InnerRecord: Equatable {
  var dataClass: DataClass
  var strength: Strength
  /// Images, views or samples inside.
  var count: Int
  /// Bytes the record declares.
  var length: Int
  /// The standard, as a token.
  var format: String

  /// Looks at the record starting at `at`; nil when none of the known magics stands there or nothing behind it fits.
  static func validate(_ bytes: RawSpan, at: Int) -> InnerRecord? {
    guard let magic = bytes.u32(at) else { return nil }
    switch magic {
    case 0x4641_4300: return face(bytes, at)
    case 0x4649_5200: return fingerImage(bytes, at)
    case 0x4949_5200: return iris(bytes, at)
    case 0x464D_5200: return minutiae(bytes, at)
    default: break
    }
    if magic >> 16 == 0xFFA0 { return wsq(bytes, at) }
    if (0x64...0x66).contains(magic >> 24) { return extensible(bytes, at) }
    return nil
  }

  /// The first known record that begins within `reach` bytes of `at`: NIST Type-99 data blocks may carry a header first.
  static func search(_ bytes: RawSpan, at: Int, reach: Int) -> InnerRecord? {
    for i in 0...max(0, reach) {
      guard let c = bytes.u8(at + i) else { return nil }
      if c == 0x46 || c == 0x49 || c == 0xFF || (i == 0 && (0x64...0x66).contains(c)),
        let found = validate(bytes, at: at + i)
      {
        return found
      }
    }
    return nil
  }

  /// Encoders err by a few bytes: a declared length may exceed what is there by 16.
  private static func fits(_ length: Int, _ bytes: RawSpan, _ at: Int) -> Bool {
    length <= bytes.byteCount - at + 16
  }

  private static func face(_ bytes: RawSpan, _ at: Int) -> InnerRecord? {
    guard let version = bytes.u32(at + 4), let length = bytes.u32(at + 8), let count = bytes.u16(at + 12),
      (1...500).contains(count), length >= 60, fits(length, bytes, at)
    else { return nil }
    let image: Int
    switch version {
    case 0x3031_3000:
      guard let points = bytes.u16(at + 18) else { return nil }
      image = at + 14 + 32 + 8 * points
    case 0x3033_3000:
      guard let quality = bytes.u8(at + 17 + 18), let points = bytes.u16(at + 17 + 19 + 5 * Int(quality)) else {
        return nil
      }
      image = at + 17 + 19 + 5 * Int(quality) + 17 + 8 * points + 11 + 4
    default: return nil
    }
    let seen = bytes.imageSignature(image) != nil
    return InnerRecord(
      dataClass: .faceImage, strength: seen ? .proof : .strong, count: count, length: length,
      format: version == 0x3031_3000 ? "ISO/IEC 19794-5:2005" : "ISO/IEC 19794-5:2011")
  }

  private static func fingerImage(_ bytes: RawSpan, _ at: Int) -> InnerRecord? {
    guard let version = bytes.u32(at + 4) else { return nil }
    if version == 0x3031_3000 {
      guard bytes.u16(at + 8) == 0, let length = bytes.u32(at + 10), fits(length, bytes, at) else { return nil }
      for (header, shift) in [(32, 0), (36, 4)] {
        guard let fingers = bytes.u8(at + 18 + shift), fingers > 0, let depth = bytes.u8(at + 28 + shift),
          (1...16).contains(depth), let compression = bytes.u8(at + 29 + shift), compression <= 5,
          let view = bytes.u32(at + header), view > 14, view <= length,
          let width = bytes.u16(at + header + 8 + 1), let height = bytes.u16(at + header + 8 + 3)
        else { continue }
        let raw = (width * height * Int(depth) + 7) / 8 == view - 14
        let seen = compression >= 2 ? bytes.imageSignature(at + header + 14) != nil : raw
        return InnerRecord(
          dataClass: .fingerImage, strength: seen ? .proof : .strong, count: Int(fingers), length: length,
          format: header == 32 ? "ISO/IEC 19794-4:2005" : "INCITS 381-2004")
      }
      return nil
    }
    guard version == 0x3032_3000, let length = bytes.u32(at + 8), fits(length, bytes, at),
      let count = bytes.u16(at + 12), count > 0, let first = bytes.u32(at + 16), first >= 41, first <= length
    else { return nil }
    return InnerRecord(
      dataClass: .fingerImage, strength: .proof, count: count, length: length, format: "ISO/IEC 19794-4:2011")
  }

  private static func iris(_ bytes: RawSpan, _ at: Int) -> InnerRecord? {
    guard let version = bytes.u32(at + 4), version >> 24 == 0x30, version & 0xFF == 0 else { return nil }
    if let length = bytes.u32(at + 8), bytes.u16(at + 15) == 45, let eyes = bytes.u8(at + 14), (1...2).contains(eyes) {
      guard fits(length, bytes, at), let images = bytes.u16(at + 46), images > 0 else { return nil }
      let seen = bytes.imageSignature(at + 45 + 3 + 11) != nil
      return InnerRecord(
        dataClass: .irisImage, strength: seen ? .proof : .strong, count: Int(eyes), length: length,
        format: "ISO/IEC 19794-6:2005")
    }
    guard version == 0x3032_3000, let length = bytes.u32(at + 8), fits(length, bytes, at),
      let count = bytes.u16(at + 12), count > 0, let first = bytes.u32(at + 16), first > 40, first <= length
    else { return nil }
    return InnerRecord(
      dataClass: .irisImage, strength: .proof, count: count, length: length, format: "ISO/IEC 19794-6:2011")
  }

  private static func minutiae(_ bytes: RawSpan, _ at: Int) -> InnerRecord? {
    guard let version = bytes.u32(at + 4) else { return nil }
    let available = bytes.byteCount - at
    let layouts: [(header: Int, views: Int, viewHeader: Int, length: Int?, format: String)]
    switch version {
    case 0x2032_3000, 0x3032_3000:
      layouts = [
        (24, 22, 4, bytes.u32(at + 8), "ISO/IEC 19794-2:2005"), (26, 24, 4, bytes.u16(at + 8), "INCITS 378-2004"),
        (30, 28, 4, bytes.u32(at + 10), "INCITS 378-2004"),
      ]
    case 0x3033_3000, 0x3033_3500:
      if let length = bytes.u32(at + 8), let count = bytes.u16(at + 12), count > 0, let first = bytes.u32(at + 15),
        first >= 34, first + 15 <= length, fits(length, bytes, at)
      {
        return InnerRecord(
          dataClass: .fingerTemplate, strength: .proof, count: count, length: length, format: "ISO/IEC 19794-2:2011")
      }
      layouts = [
        (21, 19, 17, bytes.u32(at + 8), "INCITS 378-2009"), (20, 18, 17, bytes.u32(at + 8), "INCITS 378-2009"),
      ]
    default: return nil
    }
    for layout in layouts {
      guard let length = layout.length, length >= layout.header, fits(length, bytes, at),
        let views = bytes.u8(at + layout.views), views > 0
      else { continue }
      var p = at + layout.header
      var walked = 0
      while walked < Int(views), let minutiae = bytes.u8(p + layout.viewHeader - 1) {
        p += layout.viewHeader + 6 * Int(minutiae)
        guard let extended = bytes.u16(p) else { break }
        p += 2 + extended
        walked += 1
      }
      if walked == Int(views), abs(p - at - length) <= 16, p - at <= available + 16 {
        return InnerRecord(
          dataClass: .fingerTemplate, strength: .proof, count: walked, length: length, format: layout.format)
      }
    }
    return nil
  }

  private static func wsq(_ bytes: RawSpan, _ at: Int) -> InnerRecord? {
    var p = at + 2
    var segments = 0
    while segments < 32, let marker = bytes.u16(p), (0xFFA2...0xFFA8).contains(marker),
      let length = bytes.u16(p + 2), length >= 2
    {
      if marker == 0xFFA2 {
        guard length == 17, let height = bytes.u16(p + 6), let width = bytes.u16(p + 8), height > 0, width > 0 else {
          return nil
        }
        return InnerRecord(
          dataClass: .fingerImage, strength: segments >= 1 ? .proof : .strong, count: 1,
          length: bytes.byteCount - at, format: "WSQ")
      }
      p += 2 + length
      segments += 1
    }
    return nil
  }

  private static func extensible(_ bytes: RawSpan, _ at: Int) -> InnerRecord? {
    guard let tag = bytes.u8(at), let outer = BERTag.read(bytes, at: at), outer.end <= bytes.byteCount + 16,
      bytes.has([0xA0, 0x07, 0x80, 0x01], at: outer.content), bytes.has([0x81, 0x02], at: outer.content + 5),
      let year = bytes.u16(outer.content + 7), (2019...2100).contains(year), bytes.u8(outer.content + 9) == 0xA1
    else { return nil }
    let kinds: [UInt8: (DataClass, String)] = [
      0x64: (.fingerImage, "ISO/IEC 39794-4"), 0x65: (.faceImage, "ISO/IEC 39794-5"),
      0x66: (.irisImage, "ISO/IEC 39794-6"),
    ]
    guard let kind = kinds[tag] else { return nil }
    return InnerRecord(dataClass: kind.0, strength: .proof, count: 1, length: outer.end - at, format: kind.1)
  }
}
