import Glibc

/// A block of 512 bytes that describes a member of a tar: POSIX.1-1988 (ustar), GNU tar, star, and the form before them.
///
/// Says whether there is more in it than such a block is for. Nothing here decides what a member is: libarchive does.
struct TarBlock {
  static let size = 512
  /// Fewer bytes hold no record and no picture.
  static let least = ExtendedAttribute.least

  private let bytes: UnsafeRawBufferPointer

  /// - Parameter bytes: `size` of them.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count == Self.size else { return nil }
    self.bytes = bytes
  }

  var type: UInt8 { bytes[156] }

  /// The fields that hold more than they are for, with what lies between them; nil for an ordinary block: text ends with
  /// its zero byte, numbers are numbers, and what no form uses is empty.
  var odd: Range<Int>? {
    var fields = Fields()
    if !isText(0..<100) { fields.add(0..<100) }
    if !isNumber(100, 8) || !isNumber(108, 8) || !isNumber(116, 8) || !isNumber(124, 12) || !isNumber(136, 12)
      || !isNumber(148, 8)
    {
      fields.add(100..<157)
    }
    // Of links (1, 2), and of what precedes a long one (K).
    let isLink = type == 0x31 || type == 0x32 || type == 0x4B
    if isLink ? !isText(157..<257) : holds(157..<257) { fields.add(157..<257) }
    guard hasText("ustar", at: 257) else {
      if holds(257..<512) { fields.add(257..<512) }
      return fields.all
    }
    if !isText(265..<297) || !isText(297..<329) || !isNumber(329, 8) || !isNumber(337, 8) { fields.add(265..<345) }
    let isRestUsual =
      if bytes[262] == 0x20 {
        !holds(345..<512) || isGNU
      } else if hasText("tar", at: 508) {
        isText(345..<476) && isNumber(476, 12) && isNumber(488, 12)
      } else {
        isText(345..<512)
      }
    if !isRestUsual { fields.add(345..<512) }
    return fields.all
  }

  private struct Fields {
    var all: Range<Int>?
    mutating func add(_ field: Range<Int>) { all = (all?.lowerBound ?? field.lowerBound)..<field.upperBound }
  }

  /// More blocks with parts of a sparse file follow (GNU tar, type S).
  var isContinued: Bool { type == 0x53 && bytes[262] == 0x20 && bytes[482] != 0 }

  /// For such a block: are more to come? Nil when there is more in it than parts.
  var isPartsContinued: Bool? {
    guard (0..<42).allSatisfy({ isNumber(12 * $0, 12) }), !holds(504..<512) else { return nil }
    return bytes[504] != 0
  }

  /// Times, the parts of a sparse file, its real size (GNU tar manual, "Basic Tar Format").
  private var isGNU: Bool {
    isNumber(345, 12) && isNumber(357, 12) && isNumber(369, 12) && isNumber(381, 5)
      && (0..<8).allSatisfy { isNumber(386 + 12 * $0, 12) } && isNumber(483, 12)
  }

  /// The sum that the block states of itself, over bytes with or without sign.
  var hasChecksum: Bool {
    guard let stated = octal(148..<156) else { return false }
    var sum = 8 * 0x20
    var signed = sum
    for i in 0..<Self.size where !(148..<156).contains(i) {
      sum += Int(bytes[i])
      signed += Int(Int8(bitPattern: bytes[i]))
    }
    return stated == sum || stated == signed
  }

  /// Bytes that follow it; nil when that cannot be told.
  var contentSize: Int? { octal(124..<136) }

  private func octal(_ field: Range<Int>) -> Int? {
    var value: Int?
    for i in field {
      switch bytes[i] {
      // At most twelve digits: no overflow.
      case 0x30...0x37: value = (value ?? 0) * 8 + Int(bytes[i] - 0x30)
      case 0x20 where value == nil: continue
      case 0x20, 0: return value
      default: return nil
      }
    }
    return value
  }

  /// Digits, or base 256 of a number that is not enormous.
  private func isNumber(_ start: Int, _ count: Int) -> Bool {
    var i = start
    while i < start + count {
      switch bytes[i] {
      case 0x30...0x39, 0x20, 0, 0x2D: i += 1
      default:
        let first = bytes[start]
        guard first == 0x80 || first == 0xFF, count >= 8 else { return false }
        let fill = first & 0x7F == 0 ? 0 as UInt8 : 0xFF
        return (1..<4).allSatisfy { bytes[start + $0] == fill }
      }
    }
    return true
  }

  /// Text up to a zero byte, and nothing behind it.
  private func isText(_ field: Range<Int>) -> Bool {
    guard let start = bytes.baseAddress.map({ $0 + field.lowerBound }), let end = memchr(start, 0, field.count) else {
      return true
    }
    return !holds((field.lowerBound + (UnsafeRawPointer(end) - start))..<field.upperBound)
  }

  private func holds(_ range: Range<Int>) -> Bool { UnsafeRawBufferPointer(rebasing: bytes[range]).holdsSomething }

  private func hasText(_ text: StaticString, at place: Int) -> Bool {
    (0..<text.utf8CodeUnitCount).allSatisfy { bytes[place + $0] == text.utf8Start[$0] }
  }
}

extension UnsafeRawBufferPointer {
  /// From the first byte to the last that is not zero there is room for a record.
  var holdsSomething: Bool {
    guard count >= TarBlock.least, let first = firstNonZero, let last = lastIndex(where: { $0 != 0 }) else {
      return false
    }
    return last - first + 1 >= TarBlock.least
  }
}
