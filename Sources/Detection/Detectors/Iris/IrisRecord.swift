import CustodyCore

/// An iris image record (`IIR\0`): ISO/IEC 19794-6:2005, INCITS 379-2004, ISO/IEC 19794-6:2011.
struct IrisRecord: Sendable, Equatable {
  enum Edition: String, Sendable, CaseIterable {
    case iso2005 = "ISO/IEC 19794-6:2005"
    case incits2004 = "INCITS 379"
    case iso2011 = "ISO/IEC 19794-6:2011"
  }

  enum Eye: String, Sendable {
    case undefined, right, left, both
    init(code: UInt8) { self = code == 1 ? .right : code == 2 ? .left : .undefined }
  }

  var edition: Edition
  /// Images reached by the walk, at least 1.
  var images = 0
  /// The eye the images show; `both` when they differ.
  var eye = Eye.undefined
  /// Of the first image, in pixels: the header's, or the image's own where the header has none.
  var width = 0
  var height = 0
  /// What the first image is encoded in; nil for raw pixels and for what is not recognised.
  var encoding: ImageSignature?
  var declaredLength: Int
  /// Bytes that belong to the record.
  var length = 0
  var strength: Strength = .weak
  /// Capture of the first representation (2011 only).
  var capturedAt: RecordDate?

  static let magic: [UInt8] = [0x49, 0x49, 0x52, 0x00]
  static let headSize = 128

  /// Reads the record at `start`.
  ///
  /// - Returns: nil when magic, version and header are not those of a record, `weak` when only they are.
  static func parse(_ bytes: RawSpan, at start: Int, room: RecordRoom) -> IrisRecord? {
    guard let record = bytes.from(start, count: room.available) else { return nil }
    var best: IrisRecord?
    var bestRank = -1
    for head in IrisHead.readings(of: record) {
      var walk = IrisWalk(head)
      walk.run(record, room: room)
      guard head.isPlausible || walk.evidence.isLead else { continue }
      let rank = walk.evidence.rank + (head.isPlausible ? 1 : 0)
      if rank > bestRank {
        bestRank = rank
        best = walk.found
      }
    }
    return best
  }

  /// The largest length a plausible reading of the header declares; nil when there is none.
  static func declaredLength(_ bytes: RawSpan, at start: Int) -> Int? {
    guard let record = bytes.from(start, count: bytes.byteCount) else { return nil }
    return IrisHead.readings(of: record).filter(\.isPlausible).map(\.declared).max()
  }
}

/// One reading of an iris image record's header.
struct IrisHead: Sendable, Equatable {
  var edition: IrisRecord.Edition
  /// Bytes before the first eye or representation.
  var size: Int
  var declared: Int
  /// Eyes in 2005, representations in 2011.
  var count: Int
  /// Shared by all images before 2011.
  var width = 0
  var height = 0
  var bitsPerPixel = 0
  var hasCertifications = false
  var isPlausible = false

  /// The readings that magic and version allow. Versions were used loosely: 2005 records say `010`, `013` and `021`.
  static func readings(of record: RawSpan) -> [IrisHead] {
    guard record.has(IrisRecord.magic, at: 0), let version = record.u32(4) else { return [] }
    switch version {
    case 0x3031_3000, 0x3031_3300, 0x3031_3500, 0x3032_3000, 0x3032_3100:
      return [edition2005(record, kind: false), edition2005(record, kind: true), edition2011(record)]
        .compactMap { $0 }
    default: return []
    }
  }

  /// ISO/IEC 19794-6:2005, 6.2; INCITS 379 puts the kind of imagery before the length.
  private static func edition2005(_ record: RawSpan, kind: Bool) -> IrisHead? {
    let shift = kind ? 1 : 0
    guard let declared = record.u32(shift + 8), let eyes = record.u8(shift + 14), (1...2).contains(eyes),
      record.u16(shift + 15) == 45 + shift, let format = record.u16(shift + 21),
      let width = record.u16(shift + 23), let height = record.u16(shift + 25), let depth = record.u8(shift + 27)
    else { return nil }
    if kind {
      guard let imagery = record.u8(8), [1, 3, 7, 0x10, 0x30].contains(imagery) else { return nil }
    }
    var head = IrisHead(
      edition: kind ? .incits2004 : .iso2005, size: 45 + shift, declared: declared, count: Int(eyes))
    head.width = width
    head.height = height
    // Raw pixels: one channel, or three.
    head.bitsPerPixel = format == 2 ? max(8, Int(depth)) : format == 4 ? max(24, Int(depth)) : 0
    head.isPlausible = declared >= head.size + 14 && declared <= Tolerance.largestRecord && format <= 0x10
    return head
  }

  /// ISO/IEC 19794-6:2011, 7.3: the general header and the number of eyes.
  private static func edition2011(_ record: RawSpan) -> IrisHead? {
    guard let general = GeneralHeader2011(record), let eyes = record.u8(15), eyes <= 2 else { return nil }
    var head = IrisHead(
      edition: .iso2011, size: GeneralHeader2011.size + 1, declared: general.length, count: general.representations)
    head.hasCertifications = general.hasCertifications
    if let first = record.u32(head.size), let technology = record.u8(head.size + 13) {
      head.isPlausible =
        general.representations <= 500 && first >= 48 && first <= general.length && technology <= 1
        && general.length <= Tolerance.largestDeclared
    }
    return head
  }
}
