import CustodyCore

/// Minutiae without any header, as cards hold them (ISO/IEC 19794-2:2005, clause 8; :2011, clause 9).
///
/// No detector calls this on arbitrary data: it serves containers that already say "finger".
enum HeaderlessMinutiae: String, Sendable, CaseIterable {
  /// 3 bytes: x, y, type and angle.
  case compact = "ISO/IEC 19794-2 card compact"
  /// 5 bytes: type and x, y, angle.
  case normal = "ISO/IEC 19794-2 card normal"
  /// 6 bytes: as in a record, with a quality.
  case record = "INCITS 378 minutiae"

  struct Reading: Sendable, Equatable {
    var form: HeaderlessMinutiae
    var minutiae: Int
    /// Never `proof`: a sorted table of small numbers can look alike.
    var strength: Strength
  }

  private var size: Int {
    switch self {
    case .compact: 3
    case .normal: 5
    case .record: 6
    }
  }

  /// The strongest reading of `count` bytes at `start`; nil when no form fits.
  static func read(_ bytes: RawSpan, at start: Int, count: Int) -> Reading? {
    guard let blob = bytes.from(start, count: count), blob.byteCount == count else { return nil }
    for form in [normal, record, compact] where count % form.size == 0 {
      let n = count / form.size
      guard (12...120).contains(n), form.fits(blob, n) else { continue }
      return Reading(form: form, minutiae: n, strength: form == .compact ? .weak : .strong)
    }
    return nil
  }

  /// Types 1 or 2 (one in ten may be other), reserved bits 0, one axis sorted, x spread over more than 100 units.
  private func fits(_ blob: RawSpan, _ n: Int) -> Bool {
    var others = 0
    var sortedX = true
    var sortedY = true
    var least = Int.max
    var most = Int.min
    var last = (x: -1, y: -1)
    for i in 0..<n {
      guard let point = point(blob, i * size), point.type != 3 else { return false }
      if point.type == 0 { others += 1 }
      sortedX = sortedX && point.x >= last.x
      sortedY = sortedY && point.y >= last.y
      last = (point.x, point.y)
      least = min(least, point.x)
      most = max(most, point.x)
    }
    return others * 10 <= n && (sortedX || sortedY) && most - least > 100
  }

  private func point(_ blob: RawSpan, _ at: Int) -> (type: Int, x: Int, y: Int)? {
    if self == .compact {
      guard let x = blob.u8(at), let y = blob.u8(at + 1), let last = blob.u8(at + 2) else { return nil }
      return (Int(last >> 6), Int(x), Int(y))
    }
    guard let first = blob.u16(at), let second = blob.u16(at + 2), second >> 14 == 0 else { return nil }
    if self == .record {
      guard let quality = blob.u8(at + 5), quality <= 100 else { return nil }
    }
    return (first >> 14, first & 0x3FFF, second)
  }
}
