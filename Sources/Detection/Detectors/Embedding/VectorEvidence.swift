import CustodyCore

/// The one way in which detectors of vectors say what they saw.
struct VectorEvidence {
  /// Rows in the entry, by its own structure; at least the rows judged.
  var rows: Int
  var dimension: Int
  var strength: Strength
  /// Token of the container: `npy`, `pickle`, `faiss` …
  var format: String
  /// Token of the numbers: `dlib`, `unit`, `raw`; nil when only names and sizes were seen.
  var numbers: String?

  /// - Parameter most: the strongest answer this container can carry.
  init?(_ tally: VectorTally, rows: Int, names: VectorNames, format: String, most: Strength = .proof) {
    guard let shape = tally.shape, let strength = names.strength(shape, rows: tally.rows) else { return nil }
    self.rows = max(rows, tally.rows)
    self.dimension = tally.dimension
    self.strength = min(strength, most)
    self.format = format
    switch shape {
    case .dlib: numbers = "dlib"
    case .unit: numbers = "unit"
    case .raw: numbers = "raw"
    }
  }

  /// Known by names and sizes alone.
  init(rows: Int, dimension: Int, strength: Strength, format: String) {
    (self.rows, self.dimension, self.strength, self.format) = (rows, dimension, strength, format)
  }

  func observation(by descriptor: DetectorDescriptor, at offset: UInt64, length: Int) -> Observation {
    var attributes: Attributes = ["format": .string(format)]
    if dimension > 0 { attributes["dimension"] = .int(Int64(dimension)) }
    if let numbers { attributes["numbers"] = .string(numbers) }
    return Observation(
      .faceTemplate, detector: descriptor.name, version: descriptor.version, strength: strength, count: max(1, rows),
      place: Place(offset: offset, length: UInt64(max(0, length))), attributes: attributes)
  }

  /// The same for rows that say they fill `total` bytes from `start`: their number is no larger than what is there.
  /// Where the window ends before the entry does, the examiner knows what is there.
  func observation(
    by descriptor: DetectorDescriptor, in bytes: RawSpan, from start: Int, total: Int, _ context: DetectionContext
  ) -> Observation {
    var seen = observation(by: descriptor, at: context.windowOffset + UInt64(start), length: total)
    if context.windowReachesEnd { seen.keep(within: context.windowOffset + UInt64(bytes.byteCount)) }
    return seen
  }

  /// The same for rows of which only names and sizes are known: packed as they may be, a number takes a byte.
  func observation(
    packedIn bytes: RawSpan, by descriptor: DetectorDescriptor, from start: Int, _ context: DetectionContext
  ) -> Observation {
    let (size, overflow) = rows.multipliedReportingOverflow(by: max(1, dimension))
    return observation(
      by: descriptor, in: bytes, from: start, total: max(overflow ? .max : size, bytes.byteCount - start), context)
  }
}
