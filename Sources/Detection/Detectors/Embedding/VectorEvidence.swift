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
}
