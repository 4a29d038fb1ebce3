import CustodyCore

/// Finger minutiae records of INCITS 378 and ISO/IEC 19794-2.
struct FMRDetector: Detector {
  static let shared = DetectorDescriptor(
    name: "finger.fmr", version: 1, dataClasses: [.fingerTemplate], strengths: [.proof, .strong, .weak],
    summary: "Finger minutiae records (FMR): INCITS 378-2004/-2009, ISO/IEC 19794-2:2005/:2011",
    sources: [
      "INCITS 378-2004, 6.4-6.6", "INCITS 378-2009, 6.4-6.6", "ISO/IEC 19794-2:2005, 7.3-7.5",
      "ISO/IEC 19794-2:2011, clause 8", "ISO/IEC 19794-1:2011, clause 12",
      "checked against robertvazan/fingerprintio-java and usnistgov/biomdi",
    ],
    limits: [
      "The number of views is the header's; several views may show one finger.",
      "Card formats without a header are not records and are judged inside their containers only.",
      "An edition is named by the walk that fits: a record with neither minutiae nor extensions may fit two.",
    ],
    triggers: [
      .anywhere([0x46, 0x4D, 0x52, 0x00, 0x20, 0x32, 0x30, 0x00]),
      .anywhere([0x46, 0x4D, 0x52, 0x00, 0x30, 0x32, 0x30, 0x00]),
      .anywhere([0x46, 0x4D, 0x52, 0x00, 0x30, 0x33, 0x30, 0x00]),
      .anywhere([0x46, 0x4D, 0x52, 0x00, 0x30, 0x33, 0x35, 0x00]),
    ],
    positives: FMRExamples.positives, negatives: FMRExamples.negatives)

  var descriptor: DetectorDescriptor { Self.shared }

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    let room = RecordRoom(bytes, at: start, context: context)
    if room.available < FMRRecord.headSize, context.canGrow(to: FMRRecord.headSize, from: room.available) {
      return .needsMore(total: FMRRecord.headSize)
    }
    if let declared = FMRRecord.declaredLength(bytes, at: start),
      context.canGrow(to: declared, from: room.available)
    {
      return .needsMore(total: declared)
    }
    guard let record = FMRRecord.parse(bytes, at: start, room: room) else { return .nothing }
    var attributes: Attributes = [
      "format": .string(record.edition.rawValue), "views": .int(Int64(record.views)),
      "minutiae": .int(Int64(record.minutiae)),
    ]
    record.capturedAt?.describe(in: &attributes)
    let observation = Observation(
      .fingerTemplate, detector: Self.shared.name, version: Self.shared.version, strength: record.strength,
      count: record.views, attributes: attributes)
    return .record([observation], at: start, length: record.length, kind: .fingerMinutiaeRecord, context: context)
  }
}
