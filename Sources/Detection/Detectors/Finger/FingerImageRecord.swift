import CustodyCore

/// A finger image record (`FIR\0`): ISO/IEC 19794-4:2005 and :2011, INCITS 381-2004.
struct FingerImageRecord: Sendable, Equatable {
  enum Edition: String, Sendable, CaseIterable {
    case iso2005 = "ISO/IEC 19794-4:2005"
    case incits2004 = "INCITS 381-2004"
    case iso2011 = "ISO/IEC 19794-4:2011"
    /// Magic, version and length are right, the layout has no public description.
    case later = "INCITS 381, later edition"
  }

  var edition: Edition
  /// Images of fingers.
  var fingers = 0
  /// Images of palms (positions 20 to 36).
  var palms = 0
  /// Of the first image, in pixels.
  var width = 0
  var height = 0
  /// Bits per pixel.
  var depth = 0
  /// Code of the compression algorithm, as in the header.
  var compression = 0
  var declaredLength: Int
  /// Bytes that belong to the record.
  var length = 0
  var strength: Strength = .weak
  /// Capture of the first representation (2011 only).
  var capturedAt: RecordDate?

  static let magic: [UInt8] = [0x46, 0x49, 0x52, 0x00]
  static let headSize = 128

  /// The word for `compression`; nil for codes no edition has.
  var compressionName: String? {
    let names =
      edition == .iso2011
      ? ["none", "packed", "WSQ", "JPEG", "JPEG 2000", "JPEG 2000 lossless", "PNG"]
      : ["none", "packed", "WSQ", "JPEG", "JPEG 2000", "PNG"]
    return edition != .later && names.indices.contains(compression) ? names[compression] : nil
  }

  /// Reads the record at `start`.
  ///
  /// - Returns: nil when magic, version and header are not those of a record, `weak` when only they are.
  static func parse(_ bytes: RawSpan, at start: Int, room: RecordRoom) -> FingerImageRecord? {
    guard let record = bytes.from(start, count: room.available) else { return nil }
    var best: FingerImageRecord?
    var bestRank = -1
    for head in FingerImageHead.readings(of: record) {
      var walk = FingerImageWalk(head)
      walk.run(record, room: room)
      guard head.isPlausible || walk.evidence.isLead else { continue }
      let rank = walk.evidence.rank + (head.isPlausible ? 1 : 0)
      if rank > bestRank {
        bestRank = rank
        best = walk.found
      }
    }
    if best?.strength ?? .weak == .weak, let later = later(record, room: room) { return later }
    return best
  }

  /// The largest length a plausible reading of the header declares; nil when there is none.
  static func declaredLength(_ bytes: RawSpan, at start: Int) -> Int? {
    guard let record = bytes.from(start, count: bytes.byteCount) else { return nil }
    return FingerImageHead.readings(of: record).filter(\.isPlausible).map(\.declared).max()
  }

  /// INCITS 381-2009 and what may follow it: nothing but magic, version and a length that fills the whole.
  private static func later(_ record: RawSpan, room: RecordRoom) -> FingerImageRecord? {
    guard record.has(magic, at: 0), let version = record.u32(4), version == 0x3032_3000 || version == 0x3033_3000,
      room.isWhole, let declared = record.u32(8), declared > 64, Tolerance.meets(declared, room.available)
    else { return nil }
    return FingerImageRecord(
      edition: .later, fingers: 1, declaredLength: declared, length: room.available, strength: .strong)
  }
}

/// One reading of a finger image record's header.
struct FingerImageHead: Sendable, Equatable {
  var edition: FingerImageRecord.Edition
  /// Bytes before the first view.
  var size: Int
  var declared: Int
  /// Fingers in 2005, representations in 2011.
  var count: Int
  var depth = 0
  var compression = 0
  var hasCertifications = false
  var isPlausible = false

  static func readings(of record: RawSpan) -> [FingerImageHead] {
    guard record.has(FingerImageRecord.magic, at: 0), let version = record.u32(4) else { return [] }
    switch version {
    case 0x3031_3000:  // "010"
      return [edition2005(record, owner: false), edition2005(record, owner: true)].compactMap { $0 }
    case 0x3032_3000:  // "020"
      return [edition2011(record)].compactMap { $0 }
    default: return []
    }
  }

  /// ISO/IEC 19794-4:2005, 7.1; INCITS 381-2004 has four bytes of CBEFF identifier more.
  private static func edition2005(_ record: RawSpan, owner: Bool) -> FingerImageHead? {
    let shift = owner ? 4 : 0
    guard let high = record.u16(8), let low = record.u32(10), let level = record.u16(shift + 16),
      let fingers = record.u8(shift + 18), let units = record.u8(shift + 19), let depth = record.u8(shift + 28),
      let compression = record.u8(shift + 29), let reserved = record.u16(shift + 30)
    else { return nil }
    var head = FingerImageHead(
      edition: owner ? .incits2004 : .iso2005, size: 32 + shift, declared: high << 32 | low, count: Int(fingers))
    head.depth = Int(depth)
    head.compression = Int(compression)
    head.isPlausible =
      level < 50 && fingers > 0 && (1...2).contains(units) && (1...16).contains(depth) && compression <= 5
      && reserved == 0 && head.declared > head.size + 14 && head.declared <= Tolerance.largestDeclared
      && (!owner || record.u16(14) != 0 || record.u16(16) != 0)
    return head
  }

  /// ISO/IEC 19794-4:2011, 8.3: the general header and the number of fingers.
  private static func edition2011(_ record: RawSpan) -> FingerImageHead? {
    guard let general = GeneralHeader2011(record) else { return nil }
    var head = FingerImageHead(
      edition: .iso2011, size: GeneralHeader2011.size + 1, declared: general.length, count: general.representations)
    head.hasCertifications = general.hasCertifications
    if let first = record.u32(head.size) {
      head.isPlausible =
        general.representations <= 672 && first >= 41 && first <= general.length
        && general.length <= Tolerance.largestDeclared
    }
    return head
  }
}
