/// Builds the bytes of synthetic examples field by field, big-endian.
struct ByteBuilder: Sendable {
  private(set) var bytes: [UInt8] = []

  init(_ bytes: [UInt8] = []) { self.bytes = bytes }

  var count: Int { bytes.count }

  /// Appends the low `size` bytes of `value`.
  func number(_ value: Int, size: Int) -> ByteBuilder {
    var next = self
    for i in stride(from: size - 1, through: 0, by: -1) {
      next.bytes.append(UInt8(truncatingIfNeeded: i < 8 ? value >> (8 * i) : 0))
    }
    return next
  }
  func u8(_ values: Int...) -> ByteBuilder { values.reduce(self) { $0.number($1, size: 1) } }
  func u16(_ values: Int...) -> ByteBuilder { values.reduce(self) { $0.number($1, size: 2) } }
  func u24(_ values: Int...) -> ByteBuilder { values.reduce(self) { $0.number($1, size: 3) } }
  func u32(_ values: Int...) -> ByteBuilder { values.reduce(self) { $0.number($1, size: 4) } }

  func raw(_ more: [UInt8]) -> ByteBuilder {
    var next = self
    next.bytes += more
    return next
  }
  func zeros(_ count: Int) -> ByteBuilder { raw(Array(repeating: 0, count: max(0, count))) }
  func ascii(_ text: String) -> ByteBuilder { raw(Array(text.utf8)) }

  /// Appends hexadecimal digits; anything else between them is ignored.
  func hex(_ digits: String) -> ByteBuilder {
    var next = self
    var high: UInt8?
    for digit in digits.compactMap(\.hexDigitValue) {
      let value = UInt8(truncatingIfNeeded: digit)
      if let first = high {
        next.bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return next
  }

  /// `parts` behind a length field of `size` bytes that counts itself.
  func counted(_ size: Int, _ parts: [UInt8]) -> ByteBuilder { number(parts.count + size, size: size).raw(parts) }

  /// Overwrites the field at `offset`; what lies outside is left alone.
  func setting(_ value: Int, size: Int, at offset: Int) -> ByteBuilder {
    var next = self
    for i in 0..<size where bytes.indices.contains(offset + i) {
      next.bytes[offset + i] = UInt8(truncatingIfNeeded: value >> (8 * (size - 1 - i)))
    }
    return next
  }

  /// `content` as a DER element.
  static func der(_ tag: Int, _ content: [UInt8]) -> [UInt8] {
    let head = ByteBuilder().u8(tag)
    switch content.count {
    case 0..<0x80: return head.u8(content.count).raw(content).bytes
    case 0x80..<0x100: return head.u8(0x81, content.count).raw(content).bytes
    case 0x100..<0x10000: return head.u8(0x82).u16(content.count).raw(content).bytes
    default: return head.u8(0x83).u24(content.count).raw(content).bytes
    }
  }
}
