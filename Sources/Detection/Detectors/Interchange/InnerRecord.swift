import CustodyCore

/// A standard biometric record found inside a container (LDS, PIV, CBEFF, Type-99), recognized by its own magic.
///
/// The container hands over exactly the bytes it says hold the record, so the record's length can be met.
struct InnerRecord: Equatable {
  var dataClass: DataClass
  var strength: Strength
  /// Images, views or samples inside.
  var count: Int
  /// Bytes the record takes.
  var length: Int
  /// The standard, as a token.
  var format: String

  /// Looks at the record starting at `at`; nil when none of the known magics stands there or nothing behind it fits.
  static func validate(_ bytes: RawSpan, at: Int) -> InnerRecord? {
    guard let magic = bytes.u32(at) else { return nil }
    let room = RecordRoom.whole(bytes.byteCount - at)
    switch magic {
    case 0x4641_4300:
      return FaceRecord.parse(bytes, at: at, room: room).map {
        InnerRecord(
          dataClass: .faceImage, strength: $0.strength, count: $0.images, length: $0.length, format: $0.edition.rawValue
        )
      }
    case 0x4649_5200:
      return FingerImageRecord.parse(bytes, at: at, room: room).map {
        InnerRecord(
          dataClass: $0.fingers > 0 || $0.palms == 0 ? .fingerImage : .palmImage, strength: $0.strength,
          count: $0.fingers + $0.palms, length: $0.length, format: $0.edition.rawValue)
      }
    case 0x4949_5200:
      return IrisRecord.parse(bytes, at: at, room: room).map {
        InnerRecord(
          dataClass: .irisImage, strength: $0.strength, count: $0.images, length: $0.length, format: $0.edition.rawValue
        )
      }
    case 0x464D_5200:
      return FMRRecord.parse(bytes, at: at, room: room).map {
        InnerRecord(
          dataClass: .fingerTemplate, strength: $0.strength, count: $0.views, length: $0.length,
          format: $0.edition.rawValue)
      }
    default: break
    }
    if magic >> 16 == 0xFFA0 {
      return WSQImage.parse(bytes, at: at, room: room).map {
        InnerRecord(dataClass: .fingerImage, strength: $0.strength, count: 1, length: $0.length, format: "WSQ")
      }
    }
    guard (0x64...0x66).contains(magic >> 24) else { return nil }
    return ISO39794.parse(bytes, at: at, room: room).map {
      InnerRecord(
        dataClass: $0.part.dataClass, strength: $0.strength, count: $0.images, length: $0.length,
        format: $0.part.standard)
    }
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
}
