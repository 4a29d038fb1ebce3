internal import CustodyCore

/// What the camera wrote about a capture: only what decides when it happened, and whether a place and a camera are
/// named.
struct EXIF: Sendable, Equatable {
  /// `yyyy-MM-ddTHH:mm:ss`, followed by `+hh:mm` when the camera recorded its offset (tags 9003, 9004 or 0132; 9011,
  /// 9010).
  var capturedAt: String?
  /// A GPS position is recorded that is not 0, 0.
  var hasGPS = false
  var hasMake = false
  var hasModel = false

  /// Reads a TIFF structure as found in JPEG APP1, PNG `eXIf`, WebP `EXIF` and HEIF items. `base` is where it begins.
  static func read(_ bytes: RawSpan, at base: Int, count: Int) -> EXIF? {
    guard let part = bytes.from(base, count: count), let header = TIFF.Header(part) else { return nil }
    var exif = EXIF()
    exif.take(part, header, header.firstIFD)
    return exif
  }

  mutating func take(_ b: RawSpan, _ header: TIFF.Header, _ offset: Int) {
    var modified: String?
    var sub: Int?
    var gps: Int?
    TIFF.eachEntry(b, header, at: offset) { entry in
      switch entry.tag {
      case 0x010F: hasMake = !Self.isBlank(b, entry)
      case 0x0110: hasModel = !Self.isBlank(b, entry)
      case 0x0132: modified = Self.date(b, entry)
      case 0x8769: sub = entry.number(b, header)
      case 0x8825: gps = entry.number(b, header)
      default: break
      }
    }
    var original: String?
    var digitized: String?
    var offsetOriginal: String?
    var offsetAny: String?
    if let sub {
      TIFF.eachEntry(b, header, at: sub) { entry in
        switch entry.tag {
        case 0x9003: original = Self.date(b, entry)
        case 0x9004: digitized = Self.date(b, entry)
        case 0x9010: offsetAny = Self.zone(b, entry)
        case 0x9011: offsetOriginal = Self.zone(b, entry)
        default: break
        }
      }
    }
    if let original {
      capturedAt = original + (offsetOriginal ?? "")
    } else if let other = digitized {
      capturedAt = other
    } else if let modified {
      capturedAt = modified + (offsetAny ?? "")
    }
    if let gps { hasGPS = Self.hasPosition(b, header, gps) }
  }

  /// Latitude and longitude are there, with denominators, and not both zero.
  private static func hasPosition(_ b: RawSpan, _ header: TIFF.Header, _ offset: Int) -> Bool {
    var latitude: Bool?
    var longitude: Bool?
    TIFF.eachEntry(b, header, at: offset) { entry in
      guard entry.tag == 2 || entry.tag == 4, entry.type == 5, entry.count == 3 else { return }
      var nonzero = false
      for i in 0..<3 {
        guard let n = header.u32(b, entry.data + 8 * i), let d = header.u32(b, entry.data + 8 * i + 4) else { return }
        if d == 0 {
          // Degrees must be a number; minutes and seconds may be left out.
          if i == 0 { return }
          continue
        }
        if n != 0 { nonzero = true }
      }
      if entry.tag == 2 { latitude = nonzero } else { longitude = nonzero }
    }
    guard let latitude, let longitude else { return false }
    return latitude || longitude
  }

  private static func isBlank(_ b: RawSpan, _ entry: TIFF.Entry) -> Bool {
    guard entry.type == 2 else { return true }
    for i in 0..<min(entry.count, 64) {
      guard let c = b.u8(entry.data + i), c != 0 else { return true }
      if c != 0x20 { return false }
    }
    return true
  }

  /// `YYYY:MM:DD HH:MM:SS` (Exif 2.32, 4.6.5) as `yyyy-MM-ddTHH:mm:ss`; nil when unset or no date.
  private static func date(_ b: RawSpan, _ entry: TIFF.Entry) -> String? {
    guard entry.type == 2, entry.count >= 19 else { return nil }
    var digits: [Int] = []
    for i in 0..<19 {
      guard let c = b.u8(entry.data + i) else { return nil }
      if [4, 7, 10, 13, 16].contains(i) {
        guard c == 0x3A || c == 0x20 || c == 0x2D || c == 0x2F || c == 0x54 else { return nil }
      } else {
        guard (0x30...0x39).contains(c) else { return nil }
        digits.append(Int(c) - 0x30)
      }
    }
    let number = { (from: Int, count: Int) in digits[from..<(from + count)].reduce(0) { $0 * 10 + $1 } }
    let (year, month, day) = (number(0, 4), number(4, 2), number(6, 2))
    let (hour, minute, second) = (number(8, 2), number(10, 2), number(12, 2))
    guard year >= 1800,
      let time = CivilTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    else { return nil }
    return "\(time.dateText)T\(time.timeText)"
  }

  /// `+hh:mm` or `-hh:mm`.
  private static func zone(_ b: RawSpan, _ entry: TIFF.Entry) -> String? {
    guard entry.type == 2, entry.count >= 6 else { return nil }
    var text: [UInt8] = []
    for i in 0..<6 {
      guard let c = b.u8(entry.data + i) else { return nil }
      text.append(c)
    }
    guard text[0] == 0x2B || text[0] == 0x2D, text[3] == 0x3A,
      [1, 2, 4, 5].allSatisfy({ (0x30...0x39).contains(text[$0]) }), text[1] <= 0x31, text[4] <= 0x35
    else { return nil }
    return String(decoding: text, as: UTF8.self)
  }
}
