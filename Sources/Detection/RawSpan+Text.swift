import CustodyCore
import Glibc

/// Reading short ASCII texts from untrusted memory.
extension RawSpan {
  /// A decimal number of 1 to `most` digits at `at`, with the offset after it.
  func decimal(_ at: Int, most: Int = 10) -> (value: Int, end: Int)? {
    var value = 0
    var i = at
    while i - at < most, let c = u8(i), (0x30...0x39).contains(c) {
      value = value * 10 + Int(c - 0x30)
      i += 1
    }
    // 18 digits always fit; callers that allow more would get a wrapped number.
    return i > at && i - at <= 18 ? (value, i) : nil
  }

  /// Offset of the first `byte` in `from..<to`.
  func firstIndex(of byte: UInt8, from: Int, to: Int) -> Int? {
    let end = Swift.min(to, byteCount)
    let start = Swift.max(0, from)
    guard start < end else { return nil }
    return withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, let found = memchr(base + start, Int32(byte), end - start) else { return nil }
      return UnsafeRawPointer(found) - base
    }
  }

  /// The bytes of a range, cut to what is there.
  func bytes(_ range: Range<Int>) -> [UInt8] {
    let from = Swift.max(0, Swift.min(range.lowerBound, byteCount))
    let to = Swift.max(from, Swift.min(range.upperBound, byteCount))
    return [UInt8](unsafeUninitializedCapacity: to - from) { buffer, count in
      for i in from..<to { buffer[i - from] = unsafeLoad(fromUncheckedByteOffset: i, as: UInt8.self) }
      count = to - from
    }
  }

  /// True when the ASCII text stands at `at`.
  func hasText(_ text: StaticString, at: Int) -> Bool {
    let count = text.utf8CodeUnitCount
    guard at >= 0, at <= byteCount, count <= byteCount - at else { return false }
    return text.withUTF8Buffer { wanted in
      for i in 0..<count where unsafeLoad(fromUncheckedByteOffset: at + i, as: UInt8.self) != wanted[i] {
        return false
      }
      return true
    }
  }

  /// True when an image signature the biometric interchange formats use stands at `at`.
  func imageSignature(_ at: Int) -> String? {
    guard let head = u16(at) else { return nil }
    switch head {
    case 0xFFD8: return u8(at + 2) == 0xFF ? "jpeg" : nil
    case 0xFFA0: return (u16(at + 2) ?? 0) & 0xFFF0 == 0xFFA0 ? "wsq" : nil
    case 0xFF4F: return u16(at + 2) == 0xFF51 ? "j2k" : nil
    case 0x0000: return u32(at) == 12 && u32(at + 4) == 0x6A50_2020 ? "jp2" : nil
    case 0x8950: return u32(at) == 0x8950_4E47 ? "png" : nil
    case 0x424D: return u32le(at + 6) == 0 && (u32le(at + 14) ?? 0) == 40 ? "bmp" : nil
    default: return nil
    }
  }

  /// True when the eight digits at `at` are a calendar date `YYYYMMDD` of 1900 to 2100; gives it as `yyyy-MM-dd`.
  func date8(_ at: Int) -> String? {
    guard let digits = decimal(at, most: 8), digits.end == at + 8 else { return nil }
    return CalendarText.date(digits.value / 10000, digits.value / 100 % 100, digits.value % 100)
  }
}

/// Dates read from records, as text.
enum CalendarText {
  /// `yyyy-MM-dd` when the numbers are a real day of 1900 to 2100.
  static func date(_ year: Int, _ month: Int, _ day: Int) -> String? {
    guard (1900...2100).contains(year), let time = CivilTime(year: year, month: month, day: day) else { return nil }
    return time.dateText
  }
}
