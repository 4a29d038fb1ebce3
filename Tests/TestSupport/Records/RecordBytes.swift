/// Bytes of a record under construction. Numbers are big-endian unless a method says otherwise.
public struct RecordBytes: Sendable, Hashable {
  public private(set) var bytes: [UInt8]

  public init(_ bytes: [UInt8] = []) { self.bytes = bytes }

  public var count: Int { bytes.count }

  public mutating func u8(_ value: Int) { bytes.append(UInt8(truncatingIfNeeded: value)) }
  public mutating func u16(_ value: Int) { big(value, 2) }
  public mutating func u24(_ value: Int) { big(value, 3) }
  public mutating func u32(_ value: Int) { big(value, 4) }
  public mutating func u48(_ value: Int) { big(value, 6) }
  public mutating func u16le(_ value: Int) { little(value, 2) }
  public mutating func u32le(_ value: Int) { little(value, 4) }
  public mutating func text(_ text: String) { bytes += text.utf8 }
  public mutating func raw(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }
  public mutating func zeros(_ count: Int) { bytes.append(contentsOf: repeatElement(0, count: count)) }

  private mutating func big(_ value: Int, _ size: Int) {
    for i in (0..<size).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * i))) }
  }
  private mutating func little(_ value: Int, _ size: Int) {
    for i in 0..<size { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * i))) }
  }
}

extension SeededGenerator {
  /// A number in `range`; not exactly uniform, but the same in every version of the standard library.
  public mutating func number(in range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.count))
  }

  public mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 24) }
  }
}

/// A calendar time for record fields, without a zone.
public struct RecordTime: Sendable, Hashable {
  public var year, month, day, hour, minute, second: Int

  public init(_ year: Int, _ month: Int, _ day: Int, _ hour: Int = 12, _ minute: Int = 0, _ second: Int = 0) {
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
  }

  /// `yyyyMMdd`
  public var compactDate: String { Self.pad(year, 4) + Self.pad(month, 2) + Self.pad(day, 2) }
  /// `yyyy-MM-dd`
  public var date: String { Self.pad(year, 4) + "-" + Self.pad(month, 2) + "-" + Self.pad(day, 2) }
  /// `HH<separator>mm<separator>ss`
  public func clock(_ separator: String) -> String {
    [hour, minute, second].map { Self.pad($0, 2) }.joined(separator: separator)
  }
  /// Nine bytes as ISO/IEC 19794-1:2011 writes them: year, month, day, hour, minute, second, milliseconds.
  public var record2011: [UInt8] {
    var out = RecordBytes()
    out.u16(year)
    for field in [month, day, hour, minute, second] { out.u8(field) }
    out.u16(0)
    return out.bytes
  }

  public static func pad(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
