import CustodyCore

/// Images in the extensible encoding of ISO/IEC 39794; one detector for each part.
struct ISO39794Detector: Detector {
  let descriptor: DetectorDescriptor
  private let part: ISO39794.Part

  static let face = ISO39794Detector(.face, "face.iso39794-5", "Face images")
  static let finger = ISO39794Detector(.finger, "finger.iso39794-4", "Finger images")
  static let iris = ISO39794Detector(.iris, "iris.iso39794-6", "Iris images")
  static let all = [face, finger, iris]

  private init(_ part: ISO39794.Part, _ name: String, _ summary: String) {
    self.part = part
    descriptor = DetectorDescriptor(
      name: name, version: 1, dataClasses: [part.dataClass], strengths: [.proof, .strong, .weak],
      summary: summary + " in the extensible encoding of \(part.standard) (DER)",
      sources: [
        "\(part.standard):2019", "ISO/IEC 39794-1:2019", "ICAO Doc 9303 part 10, seventh edition (LDS)",
        "checked against gmrtd/gmrtd",
      ],
      limits: [
        "Generation 3 in DER only: indefinite lengths and the XML encoding are not seen.",
        "Raw pixels cannot be recognised: such a block stays below proof.",
      ],
      triggers: [.anywhere(ISO39794.versionBlock, lookBehind: ISO39794.headSize)],
      positives: ISO39794Examples.positives(part), negatives: ISO39794Examples.negatives(part))
  }

  func detect(_ bytes: RawSpan, at match: Int, context: DetectionContext) -> Detection {
    guard let start = ISO39794.start(bytes, versionAt: match), bytes.u8(start) == part.rawValue,
      let total = ISO39794.declaredLength(bytes, at: start)
    else { return .nothing }
    let offset = match - start
    let room = RecordRoom(bytes, at: start, context: context)
    if total <= Tolerance.largestRecord, context.canGrow(to: total - offset, from: room.available - offset) {
      return .needsMore(total: total - offset)
    }
    guard let record = ISO39794.parse(bytes, at: start, room: room) else { return .nothing }
    var attributes: Attributes = ["format": .string(part.standard)]
    if record.width > 0, record.height > 0 {
      attributes["width"] = .int(Int64(record.width))
      attributes["height"] = .int(Int64(record.height))
    }
    if let encoding = record.encoding { attributes["compression"] = .string(encoding.rawValue) }
    record.capturedAt?.describe(in: &attributes)
    let observation = Observation(
      part.dataClass, detector: descriptor.name, version: descriptor.version, strength: record.strength,
      count: max(1, record.representations), attributes: attributes)
    return .record(
      [observation], at: match, offset: offset, length: record.length, kind: .iso39794Record, context: context)
  }
}
