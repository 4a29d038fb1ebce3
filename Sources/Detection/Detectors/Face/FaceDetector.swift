import CustodyCore

/// Face image records of ISO/IEC 19794-5 and INCITS 385.
struct FaceDetector: Detector {
  static let shared = DetectorDescriptor(
    name: "face.fac", version: 1, dataClasses: [.faceImage], strengths: [.proof, .strong, .weak],
    summary: "Face image records (FAC): ISO/IEC 19794-5:2005/:2011, INCITS 385-2004",
    sources: [
      "ISO/IEC 19794-5:2005, 5.4-5.8", "INCITS 385-2004", "ISO/IEC 19794-5:2011, clause 8",
      "checked against usnistgov/biomdi, E3V3A/JMRTD, gmrtd/gmrtd and mosip/bio-utils",
    ],
    limits: [
      "Images are recognised and measured, not decoded: whether one shows a face is the record's word.",
      "Later revisions of INCITS 385 have no public description and are not seen.",
    ],
    triggers: [
      .anywhere([0x46, 0x41, 0x43, 0x00, 0x30, 0x31, 0x30, 0x00]),
      .anywhere([0x46, 0x41, 0x43, 0x00, 0x30, 0x33, 0x30, 0x00]),
    ],
    positives: FaceExamples.positives, negatives: FaceExamples.negatives)

  var descriptor: DetectorDescriptor { Self.shared }

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    let room = RecordRoom(bytes, at: start, context: context)
    if room.available < FaceRecord.headSize, context.canGrow(to: FaceRecord.headSize, from: room.available) {
      return .needsMore(total: FaceRecord.headSize)
    }
    if let declared = FaceRecord.declaredLength(bytes, at: start),
      context.canGrow(to: declared, from: room.available)
    {
      return .needsMore(total: declared)
    }
    guard let record = FaceRecord.parse(bytes, at: start, room: room) else { return .nothing }
    var attributes: Attributes = ["format": .string(record.edition.rawValue)]
    if record.width > 0, record.height > 0 {
      attributes["width"] = .int(Int64(record.width))
      attributes["height"] = .int(Int64(record.height))
    }
    if let encoding = record.encoding { attributes["compression"] = .string(encoding.rawValue) }
    record.capturedAt?.describe(in: &attributes)
    let observation = Observation(
      .faceImage, detector: Self.shared.name, version: Self.shared.version, strength: record.strength,
      count: record.images, attributes: attributes)
    return .record([observation], at: start, length: record.length, kind: .faceImageRecord, context: context)
  }
}
