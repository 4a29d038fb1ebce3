/// How numbers of a vector are stored.
enum VectorElement: Sendable, CaseIterable {
  case float32, float64, float16

  /// Bytes.
  var size: Int {
    switch self {
    case .float16: 2
    case .float32: 4
    case .float64: 8
    }
  }
}

extension RawSpan {
  /// The little-endian number at `at`; nil when out of range.
  func vectorElement(_ at: Int, _ element: VectorElement, bigEndian: Bool = false) -> Double? {
    switch element {
    case .float16:
      guard let raw = bigEndian ? u16(at) : u16le(at) else { return nil }
      return HalfFloat.value(UInt16(truncatingIfNeeded: raw))
    case .float32:
      guard let raw = bigEndian ? u32(at) : u32le(at) else { return nil }
      return Double(Float(bitPattern: UInt32(truncatingIfNeeded: raw)))
    case .float64:
      guard let high = bigEndian ? u32(at) : u32le(at + 4), let low = bigEndian ? u32(at + 4) : u32le(at) else {
        return nil
      }
      return Double(bitPattern: UInt64(high) << 32 | UInt64(low))
    }
  }

  /// Judges `count` rows of `dimension` numbers that begin at `start`, each `stride` bytes after the one before; stops
  /// where the bytes end and after `VectorTally.rowLimit` rows.
  func vectorTally(
    at start: Int, rows count: Int, dimension: Int, _ element: VectorElement, stride: Int? = nil,
    bigEndian: Bool = false
  ) -> VectorTally {
    var tally = VectorTally(dimension: dimension)
    let rowBytes = dimension * element.size
    let step = Swift.max(stride ?? rowBytes, rowBytes)
    var row = start
    for _ in 0..<Swift.min(Swift.max(0, count), VectorTally.rowLimit) {
      guard row >= 0, row <= byteCount - rowBytes else { break }
      for i in 0..<dimension {
        tally.add(vectorElement(row + i * element.size, element, bigEndian: bigEndian) ?? .nan)
      }
      // What the first rows deny the others cannot restore.
      if tally.rows == 64, tally.shape == nil { break }
      row += step
    }
    return tally
  }
}

/// IEEE 754 binary16, which Swift's own type does not offer on every machine.
enum HalfFloat {
  static func value(_ bits: UInt16) -> Double {
    let sign: Double = bits >> 15 == 1 ? -1 : 1
    let exponent = Int(bits >> 10 & 31)
    let fraction = Double(bits & 0x3FF)
    if exponent == 31 { return fraction == 0 ? sign * .infinity : .nan }
    let scale = Double(sign: .plus, exponent: max(exponent, 1) - 25, significand: 1)
    return sign * scale * (exponent == 0 ? fraction : fraction + 1024)
  }
}

/// Numbers as they are searched for and written.
enum LittleEndian {
  /// `value` in `size` bytes.
  static func bytes(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: $0 < 8 ? value >> (8 * $0) : 0) }
  }
}
