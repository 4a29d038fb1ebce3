import CustodyCore

/// A face image record (`FAC\0`): ISO/IEC 19794-5:2005 and INCITS 385-2004 (one layout), ISO/IEC 19794-5:2011.
struct FaceRecord: Sendable, Equatable {
  enum Edition: String, Sendable, CaseIterable {
    case iso2005 = "ISO/IEC 19794-5:2005"
    case iso2011 = "ISO/IEC 19794-5:2011"
  }

  var edition: Edition
  /// Facial images reached by the walk, at least 1.
  var images = 0
  /// Of the first image, in pixels: the header's, or the image's own where the header has none.
  var width = 0
  var height = 0
  /// What the first image is encoded in; nil when it is not recognised.
  var encoding: ImageSignature?
  var declaredLength: Int
  /// Bytes that belong to the record.
  var length = 0
  var strength: Strength = .weak
  /// Capture of the first representation (2011 only).
  var capturedAt: RecordDate?

  static let magic: [UInt8] = [0x46, 0x41, 0x43, 0x00]
  static let headSize = 128

  /// Reads the record at `start`.
  ///
  /// - Returns: nil when magic, version and header are not those of a record, `weak` when only they are.
  static func parse(_ bytes: RawSpan, at start: Int, room: RecordRoom) -> FaceRecord? {
    guard let record = bytes.from(start, count: room.available), let head = FaceHead(record) else { return nil }
    var walk = FaceWalk(head)
    walk.run(record, room: room)
    guard head.isPlausible || walk.evidence.isLead else { return nil }
    return walk.found
  }

  /// The length a plausible header declares.
  static func declaredLength(_ bytes: RawSpan, at start: Int) -> Int? {
    guard let record = bytes.from(start, count: bytes.byteCount), let head = FaceHead(record), head.isPlausible else {
      return nil
    }
    return head.declared
  }
}

/// Header of a face image record and of its first image.
struct FaceHead: Sendable, Equatable {
  var edition: FaceRecord.Edition
  var size: Int
  var declared: Int
  var images: Int
  var hasCertifications = false
  var isPlausible: Bool

  init?(_ record: RawSpan) {
    guard record.has(FaceRecord.magic, at: 0), let version = record.u32(4) else { return nil }
    switch version {
    case 0x3031_3000:  // "010": ISO/IEC 19794-5:2005, 5.4
      guard let declared = record.u32(8), let images = record.u16(12) else { return nil }
      edition = .iso2005
      size = 14
      self.declared = declared
      self.images = images
      isPlausible = false
      if let block = record.u32(14), let points = record.u16(18), let type = record.u8(14 + 21 + 8 * points) {
        isPlausible =
          (1...500).contains(images) && block >= 32 + 8 * points && block <= declared && type <= 1
          && declared <= Tolerance.largestDeclared
      }
    case 0x3033_3000:  // "030": ISO/IEC 19794-5:2011, 8.3
      guard let general = GeneralHeader2011(record) else { return nil }
      edition = .iso2011
      size = 17
      declared = general.length
      images = general.representations
      hasCertifications = general.hasCertifications
      isPlausible = false
      if let block = record.u32(17) {
        isPlausible =
          (1...500).contains(images) && block >= RepresentationHead2011.smallest + 32 && block <= declared
          && declared <= Tolerance.largestDeclared
      }
    default: return nil
    }
  }
}
