import CustodyCore

extension ContentKind {
  static let fingerMinutiaeRecord = ContentKind(rawValue: "application/x-iso19794-2")
  static let fingerImageRecord = ContentKind(rawValue: "application/x-iso19794-4")
  static let faceImageRecord = ContentKind(rawValue: "application/x-iso19794-5")
  static let irisImageRecord = ContentKind(rawValue: "application/x-iso19794-6")
  static let iso19794Record = ContentKind(rawValue: "application/x-iso19794")
  static let iso39794Record = ContentKind(rawValue: "application/x-iso39794")
  static let wsq = ContentKind(rawValue: "image/x-wsq")
}

extension Detection {
  /// A record of `length` bytes at `start`. A weak one claims no more than its magic, so that what lies behind
  /// it is still looked at.
  static func record(
    _ observations: [Observation], at start: Int, offset: Int = 0, length: Int, kind: ContentKind,
    context: DetectionContext
  ) -> Detection {
    let certain = observations.contains { $0.strength > .weak }
    let placed = observations.map { observation in
      var placed = observation
      placed.place = Place(
        offset: context.windowOffset &+ UInt64(clamping: start - offset), length: UInt64(clamping: length))
      return placed
    }
    return .found(
      placed, length: certain ? max(1, length - offset) : 4,
      kind: certain && context.isWholeEntry(at: start - offset) ? kind : nil)
  }
}
