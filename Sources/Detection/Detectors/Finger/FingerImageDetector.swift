import CustodyCore

/// Finger and palm image records of ISO/IEC 19794-4 and INCITS 381.
struct FingerImageDetector: Detector {
  static let shared = DetectorDescriptor(
    name: "finger.fir", version: 1, dataClasses: [.fingerImage, .palmImage],
    strengths: [.proof, .strong, .weak],
    summary: "Finger image records (FIR): ISO/IEC 19794-4:2005/:2011, INCITS 381-2004, with palms",
    sources: [
      "ISO/IEC 19794-4:2005, clause 7", "ISO/IEC 19794-4:2011, clause 8", "INCITS 381-2004, clause 7",
      "checked against usnistgov/biomdi and mosip/bio-utils",
    ],
    limits: [
      "INCITS 381-2009 has no public layout: magic, version and length give a strong observation of one image.",
      "Images are recognised and measured, not decoded.",
    ],
    triggers: [
      .anywhere([0x46, 0x49, 0x52, 0x00, 0x30, 0x31, 0x30, 0x00]),
      .anywhere([0x46, 0x49, 0x52, 0x00, 0x30, 0x32, 0x30, 0x00]),
      .anywhere([0x46, 0x49, 0x52, 0x00, 0x30, 0x33, 0x30, 0x00]),
    ],
    positives: FingerImageExamples.positives, negatives: FingerImageExamples.negatives)

  var descriptor: DetectorDescriptor { Self.shared }

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    let room = RecordRoom(bytes, at: start, context: context)
    if room.available < FingerImageRecord.headSize,
      context.canGrow(to: FingerImageRecord.headSize, from: room.available)
    {
      return .needsMore(total: FingerImageRecord.headSize)
    }
    if let declared = FingerImageRecord.declaredLength(bytes, at: start),
      context.canGrow(to: declared, from: room.available)
    {
      return .needsMore(total: declared)
    }
    guard let record = FingerImageRecord.parse(bytes, at: start, room: room) else { return .nothing }
    var attributes: Attributes = ["format": .string(record.edition.rawValue)]
    if record.width > 0, record.height > 0 {
      attributes["width"] = .int(Int64(record.width))
      attributes["height"] = .int(Int64(record.height))
    }
    if record.depth > 0 { attributes["depth"] = .int(Int64(record.depth)) }
    if let name = record.compressionName { attributes["compression"] = .string(name) }
    record.capturedAt?.describe(in: &attributes)
    let classes: [(DataClass, Int)] = [(.fingerImage, record.fingers), (.palmImage, record.palms)]
    let observations = classes.filter { $0.1 > 0 }.map { dataClass, count in
      Observation(
        dataClass, detector: Self.shared.name, version: Self.shared.version, strength: record.strength,
        count: count, attributes: attributes)
    }
    return .record(observations, at: start, length: record.length, kind: .fingerImageRecord, context: context)
  }
}
