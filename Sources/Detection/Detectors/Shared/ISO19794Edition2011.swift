import CustodyCore

/// The general header that all parts of ISO/IEC 19794 share since the edition of 2011
/// (ISO/IEC 19794-1:2011, clause 12).
struct GeneralHeader2011: Sendable, Equatable {
  static let size = 15
  var length: Int
  var representations: Int
  /// Representations carry blocks of certifications.
  var hasCertifications: Bool

  /// Nil when the certification flag is neither 0 nor 1 or no representation is declared.
  init?(_ record: RawSpan) {
    guard let length = record.u32(8), let count = record.u16(12), count > 0, let flag = record.u8(14), flag <= 1
    else { return nil }
    self.length = length
    representations = count
    hasCertifications = flag == 1
  }
}

/// What every representation of the edition of 2011 begins with.
struct RepresentationHead2011: Sendable, Equatable {
  /// Bytes of the representation, this field included.
  var length: Int
  var date: RecordDate?
  /// Offset in the record of the first byte after the head.
  var end: Int
  /// Length, date, technology, vendor, device type and the count of qualities.
  static let smallest = 19

  init?(_ record: RawSpan, at: Int, hasCertifications: Bool) {
    guard let length = record.u32(at), length >= Self.smallest, let qualities = record.u8(at + 18) else { return nil }
    self.length = length
    date = RecordDate(record, at: at + 4)
    var end = at + Self.smallest + 5 * Int(qualities)
    if hasCertifications {
      guard let certifications = record.u8(end) else { return nil }
      end += 1 + 3 * Int(certifications)
    }
    self.end = end
  }

  /// Where the next representation starts, given that the parts of this one end at `walked`.
  ///
  /// Lengths that are a few bytes short of their parts occur (7466 for 7471 in a public sample): the parts then win.
  /// A longer length covers extension blocks. Nil when the length is shorter by more than the tolerance.
  func next(start: Int, walked: Int) -> Int? {
    let declared = start + length
    if declared >= walked { return declared }
    return Tolerance.meets(declared, walked) ? walked : nil
  }
}

/// Capture date and time of a representation, in UTC (ISO/IEC 19794-1:2011, 12.3.2).
struct RecordDate: Sendable, Equatable {
  var time: CivilTime
  /// False when only the day is recorded.
  var hasTime: Bool

  /// Nil when the day is unknown (`FF`), unset or impossible.
  init?(_ record: RawSpan, at: Int) {
    guard let year = record.u16(at), let month = record.u8(at + 2), let day = record.u8(at + 3),
      let hour = record.u8(at + 4), let minute = record.u8(at + 5), let second = record.u8(at + 6),
      (1900...2200).contains(year)
    else { return nil }
    if let time = CivilTime(
      year: year, month: Int(month), day: Int(day), hour: Int(hour), minute: Int(minute), second: Int(second))
    {
      self.time = time
      hasTime = true
    } else if hour == 0xFF || minute == 0xFF || second == 0xFF,
      let time = CivilTime(year: year, month: Int(month), day: Int(day))
    {
      self.time = time
      hasTime = false
    } else {
      return nil
    }
  }

  init?(year: Int, month: Int, day: Int, hour: Int?, minute: Int?, second: Int?) {
    let known = hour != nil && minute != nil && second != nil
    guard (1900...2200).contains(year),
      let time = CivilTime(
        year: year, month: month, day: day, hour: known ? hour ?? 0 : 0, minute: known ? minute ?? 0 : 0,
        second: known ? second ?? 0 : 0)
    else { return nil }
    self.time = time
    hasTime = known
  }

  /// The attributes `capturedAt`, `clock` and, without a time of day, `precision`.
  func describe(in attributes: inout Attributes) {
    attributes["capturedAt"] = .string(time.dateText + "T" + time.timeText + "Z")
    attributes["clock"] = "record"
    if !hasTime { attributes["precision"] = "day" }
  }
}
