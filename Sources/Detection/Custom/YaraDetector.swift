internal import CustodyCore

/// Asks the operator's own rules of every entry. Not part of the catalogue: it is there when rules were given.
public struct YaraDetector: Detector {
  public let descriptor = DetectorDescriptor(
    name: Self.name, version: 1, dataClasses: DataClass.allCases, strengths: [.strong, .weak],
    summary: "rules of the operator's own (`--yara FILE`)",
    sources: ["YARA 4.2, Writing YARA rules"],
    limits: [
      "entries beyond 16 MiB are not asked and end `limited`",
      "values that are put together from pieces of databases and documents are not asked",
    ],
    triggers: [.whole], positives: [], negatives: [])

  static let name = "custom.yara"
  private let rules: YaraRules

  public init(_ rules: YaraRules) { self.rules = rules }

  public func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    guard let matches = bytes.withUnsafeBytes({ rules.matches($0) }) else {
      return .limited(
        .nothing, [DetectionLimit(.timeLimit, "the operator's rules did not come to an end on this entry")])
    }
    let observations = matches.compactMap { match -> Observation? in
      guard let meaning = rules.meanings[match.rule] else { return nil }
      return Observation(
        meaning.dataClass, detector: Self.name, version: descriptor.version, strength: meaning.strength, count: 1,
        place: match.place.map { Place(offset: context.windowOffset + $0.offset, length: $0.length) }
          ?? Place(offset: 0, length: UInt64(bytes.byteCount)),
        attributes: ["format": .string(match.rule)])
    }
    // Nothing is claimed: what else stands there is found as well.
    return observations.isEmpty ? .nothing : .found(observations, length: 0, kind: nil)
  }
}
