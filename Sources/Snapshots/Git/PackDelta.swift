/// An object written as changes to another one (git's documentation, gitformat-pack: "Deltified representation"): two
/// sizes, then instructions that copy from the other object or insert what follows them.
struct PackDelta {
  enum Flaw: Error {
    /// It does not fit the object it is applied to, or itself.
    case damaged
    /// What it makes is larger than the limit.
    case tooLarge
  }

  private let delta: [UInt8]
  private var at = 0

  private init(_ delta: [UInt8]) { self.delta = delta }

  /// - Parameters:
  ///   - limit: bytes of the result; instructions are checked before any of it takes memory.
  /// - Throws: `Flaw`.
  static func apply(_ delta: [UInt8], to base: [UInt8], limit: UInt64) throws(Flaw) -> [UInt8] {
    var reader = PackDelta(delta)
    guard let baseSize = reader.size(), baseSize == UInt64(base.count), let size = reader.size() else { throw .damaged }
    guard size <= limit else { throw .tooLarge }
    let start = reader.at
    var total: UInt64 = 0
    while reader.at < delta.count {
      guard let part = reader.instruction(base.count) else { throw .damaged }
      total += UInt64(part.range.count)
      guard total <= size else { throw .damaged }
    }
    guard total == size else { throw .damaged }
    var result: [UInt8] = []
    result.reserveCapacity(Int(size))
    reader.at = start
    while let part = reader.instruction(base.count) {
      result.append(contentsOf: part.isCopy ? base[part.range] : delta[part.range])
    }
    return result
  }

  /// Seven bits a byte, the lowest first.
  private mutating func size() -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while at < delta.count, shift < 63 {
      let byte = delta[at]
      at += 1
      value |= UInt64(byte & 0x7F) << shift
      shift += 7
      if byte & 0x80 == 0 { return value }
    }
    return nil
  }

  /// The next instruction: a range of the base to copy, or one of the delta to insert. Nil at the end, and where none
  /// stands.
  private mutating func instruction(_ baseSize: Int) -> (isCopy: Bool, range: Range<Int>)? {
    guard at < delta.count else { return nil }
    let code = delta[at]
    at += 1
    guard code & 0x80 != 0 else {
      // 0 is reserved.
      guard code > 0, Int(code) <= delta.count - at else { return nil }
      defer { at += Int(code) }
      return (false, at..<(at + Int(code)))
    }
    // Bits say which bytes of the offset (4) and of the length (3) follow; the others are 0.
    var fields = (0, 0)
    for bit in 0..<7 where code >> UInt8(bit) & 1 != 0 {
      guard at < delta.count else { return nil }
      if bit < 4 { fields.0 |= Int(delta[at]) << (8 * bit) } else { fields.1 |= Int(delta[at]) << (8 * (bit - 4)) }
      at += 1
    }
    let length = fields.1 == 0 ? 0x10000 : fields.1
    guard fields.0 <= baseSize, length <= baseSize - fields.0 else { return nil }
    return (true, fields.0..<(fields.0 + length))
  }
}
