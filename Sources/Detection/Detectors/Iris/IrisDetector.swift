import CustodyCore

/// Iris image records of ISO/IEC 19794-6 and INCITS 379.
struct IrisDetector: Detector {
  static let shared = DetectorDescriptor(
    name: "iris.iir", version: 1, dataClasses: [.irisImage], strengths: [.proof, .strong, .weak],
    summary: "Iris image records (IIR): ISO/IEC 19794-6:2005/:2011, INCITS 379",
    sources: [
      "ISO/IEC 19794-6:2005, clause 6", "ISO/IEC 19794-6:2011, clause 7", "INCITS 379-2004",
      "checked against usnistgov/biomdi, mosip/bio-utils and gmrtd/gmrtd",
    ],
    limits: [
      "Polar images of the edition of 2005 are judged like rectilinear ones.",
      "Images are recognised and measured, not decoded.",
    ],
    triggers: [
      .anywhere([0x49, 0x49, 0x52, 0x00, 0x30, 0x31, 0x30, 0x00]),
      .anywhere([0x49, 0x49, 0x52, 0x00, 0x30, 0x31, 0x33, 0x00]),
      .anywhere([0x49, 0x49, 0x52, 0x00, 0x30, 0x31, 0x35, 0x00]),
      .anywhere([0x49, 0x49, 0x52, 0x00, 0x30, 0x32, 0x30, 0x00]),
      .anywhere([0x49, 0x49, 0x52, 0x00, 0x30, 0x32, 0x31, 0x00]),
    ],
    positives: IrisExamples.positives, negatives: IrisExamples.negatives)

  var descriptor: DetectorDescriptor { Self.shared }

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    let room = RecordRoom(bytes, at: start, context: context)
    if room.available < IrisRecord.headSize, context.canGrow(to: IrisRecord.headSize, from: room.available) {
      return .needsMore(total: IrisRecord.headSize)
    }
    if let declared = IrisRecord.declaredLength(bytes, at: start),
      context.canGrow(to: declared, from: room.available)
    {
      return .needsMore(total: declared)
    }
    guard let record = IrisRecord.parse(bytes, at: start, room: room) else { return .nothing }
    var attributes: Attributes = ["format": .string(record.edition.rawValue)]
    if record.width > 0, record.height > 0 {
      attributes["width"] = .int(Int64(record.width))
      attributes["height"] = .int(Int64(record.height))
    }
    if let encoding = record.encoding { attributes["compression"] = .string(encoding.rawValue) }
    if record.eye != .undefined { attributes["eye"] = .string(record.eye.rawValue) }
    record.capturedAt?.describe(in: &attributes)
    let observation = Observation(
      .irisImage, detector: Self.shared.name, version: Self.shared.version, strength: record.strength,
      count: record.images, attributes: attributes)
    return .record([observation], at: start, length: record.length, kind: .irisImageRecord, context: context)
  }
}
