import CustodyCore

/// Fingerprint images in WSQ compression, as files and inside anything.
struct WSQDetector: Detector {
  static let shared = DetectorDescriptor(
    name: "finger.wsq", version: 1, dataClasses: [.fingerImage], strengths: [.proof, .strong, .weak],
    summary: "Fingerprint images in WSQ compression",
    sources: [
      "FBI IAFIS-IC-0110 (V3), WSQ Gray-Scale Fingerprint Image Compression Specification, annex A",
      "checked against lessandro/nbis, usnistgov/libbiomeval and mhshams/jnbis",
    ],
    limits: [
      "Palms and slaps are compressed the same way: all are reported as finger images.",
      "Pixels are not decoded. Resolution is known only where the NIST comment states it.",
    ],
    triggers: [
      .anywhere([0xFF, 0xA0, 0xFF, 0xA8]), .anywhere([0xFF, 0xA0, 0xFF, 0xA4]),
      .anywhere([0xFF, 0xA0, 0xFF, 0xA5]), .anywhere([0xFF, 0xA0, 0xFF, 0xA2]),
    ],
    positives: WSQExamples.positives, negatives: WSQExamples.negatives)

  var descriptor: DetectorDescriptor { Self.shared }

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    let room = RecordRoom(bytes, at: start, context: context)
    let image = WSQImage.parse(bytes, at: start, room: room)
    // The format states no length: while the chain holds and runs off the window, ask for twice as much.
    let next = max(4096, min(2 * room.available, Tolerance.largestRecord))
    let undecided = room.available < 1024 || image?.end == .cut
    if undecided, context.canGrow(to: next, from: room.available) { return .needsMore(total: next) }
    guard let image else { return .nothing }
    var attributes: Attributes = ["compression": "WSQ"]
    if image.width > 0, image.height > 0 {
      attributes["width"] = .int(Int64(image.width))
      attributes["height"] = .int(Int64(image.height))
    }
    if let ppi = image.ppi { attributes["ppi"] = .int(Int64(ppi)) }
    if image.isSpecimen { attributes["specimen"] = "NIST Special Database" }
    let observation = Observation(
      .fingerImage, detector: Self.shared.name, version: Self.shared.version, strength: image.strength,
      attributes: attributes)
    return .record([observation], at: start, length: image.length, kind: .wsq, context: context)
  }
}
