import CustodyCore

/// A finger minutiae record (`FMR\0`): INCITS 378-2004, 378-2009 and its amendment, ISO/IEC 19794-2:2005 and :2011.
///
/// The editions share magic and versions and have to be told apart by their walks: every reading that is possible is
/// tried, the one that lands on the record's length wins.
struct FMRRecord: Sendable, Equatable {
  enum Edition: String, Sendable, CaseIterable {
    case incits2004 = "INCITS 378-2004"
    case iso2005 = "ISO/IEC 19794-2:2005"
    case incits2009 = "INCITS 378-2009"
    case incits2009am1 = "INCITS 378-2009/AM1"
    case iso2011 = "ISO/IEC 19794-2:2011"
  }

  var edition: Edition
  /// Finger views: one template each.
  var views: Int
  /// Minutiae over all views.
  var minutiae: Int
  /// What the length field says.
  var declaredLength: Int
  /// Bytes that belong to the record.
  var length: Int
  var strength: Strength
  /// Capture of the first view (2011 only).
  var capturedAt: RecordDate?

  static let magic: [UInt8] = [0x46, 0x4D, 0x52, 0x00]
  /// Bytes that hold every edition's header and the start of a first view.
  static let headSize = 64

  /// Reads the record at `start`.
  ///
  /// - Returns: nil when magic, version and header are not those of a record, `weak` when only they are.
  static func parse(_ bytes: RawSpan, at start: Int, room: RecordRoom) -> FMRRecord? {
    guard let record = bytes.from(start, count: room.available) else { return nil }
    var best: FMRRecord?
    var bestRank = -1
    for head in FMRHead.readings(of: record) {
      var walk = FMRWalk(head)
      walk.run(record, room: room)
      guard let strength = walk.strength else { continue }
      let rank = walk.rank(strength)
      guard rank > bestRank else { continue }
      bestRank = rank
      best = FMRRecord(
        edition: head.edition, views: max(1, head.views), minutiae: walk.minutiae, declaredLength: head.declared,
        length: min(room.available, head.declared <= room.available ? max(walk.end, head.declared) : walk.end),
        strength: strength, capturedAt: walk.date)
    }
    return best
  }

  /// The largest length a plausible reading of the header declares; nil when there is none.
  static func declaredLength(_ bytes: RawSpan, at start: Int) -> Int? {
    guard let record = bytes.from(start, count: bytes.byteCount) else { return nil }
    return FMRHead.readings(of: record).filter(\.isPlausible).map(\.declared).max()
  }
}

/// One reading of a record's header.
struct FMRHead: Sendable, Equatable {
  var edition: FMRRecord.Edition
  /// Bytes before the first view.
  var size: Int
  var declared: Int
  /// Views, or representations in the edition of 2011.
  var views: Int
  /// Size of the image all views share, in pixels; nil where each view has its own.
  var box: (width: Int, height: Int)?
  /// Each representation carries certifications (2011).
  var hasCertifications = false
  /// Every field is in the range the standard gives it, and the length is one that so many views can have.
  var isPlausible = false

  static func == (a: FMRHead, b: FMRHead) -> Bool {
    a.edition == b.edition && a.size == b.size && a.declared == b.declared && a.views == b.views
  }

  /// The readings that magic and version allow, likeliest first.
  static func readings(of record: RawSpan) -> [FMRHead] {
    guard record.has(FMRRecord.magic, at: 0), let version = record.u32(4) else { return [] }
    let all: [FMRHead?]
    switch version {
    case 0x2032_3000, 0x3032_3000:  // " 20", and "020" as in the sample of INCITS 378-2004
      all = [iso2005(record), incits2004(record)]
    case 0x3033_3000:  // "030"
      all = [
        iso2011(record), incits2009(record, .incits2009, certified: true),
        incits2009(record, .incits2009, certified: false),
      ]
    case 0x3033_3500:  // "035"
      all = [
        incits2009(record, .incits2009am1, certified: true),
        incits2009(record, .incits2009am1, certified: false),
      ]
    default: all = []
    }
    return all.compactMap { $0 }
  }

  /// INCITS 378-2004, 6.4: a length of two bytes, or of six when these are zero.
  private static func incits2004(_ record: RawSpan) -> FMRHead? {
    guard let short = record.u16(8) else { return nil }
    let shift = short == 0 ? 4 : 0
    guard short == 0 || short >= 26, let declared = shift == 0 ? short : record.u32(10),
      let owner = record.u16(shift + 10), let reserved = record.u8(shift + 25)
    else { return nil }
    var head = FMRHead(edition: .incits2004, size: 26 + shift, declared: declared, views: 0)
    guard head.readImage(record, at: shift + 16), let views = record.u8(shift + 24) else { return nil }
    head.views = Int(views)
    head.isPlausible = head.isPlausible && owner != 0 && reserved == 0 && head.lengthIsPossible(perView: 6)
    return head
  }

  /// ISO/IEC 19794-2:2005, 7.3.
  private static func iso2005(_ record: RawSpan) -> FMRHead? {
    guard let declared = record.u32(8), let views = record.u8(22), let reserved = record.u8(23) else { return nil }
    var head = FMRHead(edition: .iso2005, size: 24, declared: declared, views: Int(views))
    guard head.readImage(record, at: 14) else { return nil }
    head.isPlausible = head.isPlausible && reserved == 0 && views <= 176 && head.lengthIsPossible(perView: 6)
    return head
  }

  /// INCITS 378-2009, 6.4. Without the certification byte it is the form some readers call ANSI 2007.
  private static func incits2009(_ record: RawSpan, _ edition: FMRRecord.Edition, certified: Bool) -> FMRHead? {
    let shift = certified ? 1 : 0
    guard let declared = record.u32(8), let owner = record.u16(12), let certification = record.u8(16),
      let views = record.u8(18 + shift), let reserved = record.u8(19 + shift)
    else { return nil }
    guard !certified || certification == 0x80 || certification == 0 else { return nil }
    var head = FMRHead(edition: edition, size: 20 + shift, declared: declared, views: Int(views))
    head.isPlausible = owner != 0 && reserved == 0 && head.lengthIsPossible(perView: 19)
    return head
  }

  /// ISO/IEC 19794-2:2011, 8.3.
  private static func iso2011(_ record: RawSpan) -> FMRHead? {
    guard let general = GeneralHeader2011(record) else { return nil }
    var head = FMRHead(
      edition: .iso2011, size: GeneralHeader2011.size, declared: general.length, views: general.representations)
    head.hasCertifications = general.hasCertifications
    guard let first = record.u32(GeneralHeader2011.size) else { return head }
    head.isPlausible =
      general.representations <= 672 && head.lengthIsPossible(perView: 34) && first >= 34
      && first <= general.length
    return head
  }

  /// Width, height and both resolutions (pixels/cm) at `at`.
  private mutating func readImage(_ record: RawSpan, at: Int) -> Bool {
    guard let width = record.u16(at), let height = record.u16(at + 2), let x = record.u16(at + 4),
      let y = record.u16(at + 6)
    else { return false }
    box = (width, height)
    isPlausible =
      (16...0x3FFF).contains(width) && (16...0x3FFF).contains(height) && (20...2000).contains(x)
      && (20...2000).contains(y)
    return true
  }

  /// Between a header with empty views and views that are all as long as they can be.
  private func lengthIsPossible(perView: Int) -> Bool {
    views > 0 && declared >= size + views * perView
      && declared <= size + views * (1600 + 255 * 6 + 2 + 0xFFFF)
  }
}
