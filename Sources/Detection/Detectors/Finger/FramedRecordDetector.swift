import CustodyCore

/// Records of ISO/IEC 19794 known by their framing alone; one detector for each modality.
struct FramedRecordDetector: Detector {
  let descriptor: DetectorDescriptor
  private let families: [FramedRecord.Family]

  static let finger = FramedRecordDetector(
    "finger.spectral", [.fingerSpectral, .fingerSkeleton], "Finger pattern spectral (FSP) and skeletal (FSK) records")
  static let vein = FramedRecordDetector("vein.vir", [.vascular], "Vascular image records (VIR)")
  static let signature = FramedRecordDetector(
    "signature.iso19794", [.signatureSeries, .signature], "Signature time series (SDI) and processed signatures (SPD)")
  static let hand = FramedRecordDetector("hand.hnd", [.hand], "Hand silhouette records (HND)")
  static let voice = FramedRecordDetector("voice.vdi", [.voice], "Voice data records (VDI)")
  static let dna = FramedRecordDetector("dna.iso19794", [.dna], "DNA data records (DNA)")
  static let all = [finger, vein, signature, hand, voice, dna]

  private init(_ name: String, _ families: [FramedRecord.Family], _ summary: String) {
    self.families = families
    var classes: [DataClass] = []
    for family in families where !classes.contains(family.dataClass) { classes.append(family.dataClass) }
    descriptor = DetectorDescriptor(
      name: name, version: 1, dataClasses: classes,
      strengths: families.contains { $0.canBeProved } ? [.proof, .strong, .weak] : [.strong, .weak],
      summary: summary + ": framing of ISO/IEC 19794, edition 2011",
      sources: ["ISO/IEC 19794-1:2011, clause 12"] + families.map(\.standard)
        + ["framing checked against robertvazan/fingerprintio-java"],
      limits: ["Bodies are not judged: their layouts have no public description. Other editions are not seen."],
      triggers: families.map { .anywhere($0.magic + [0x30]) },
      positives: FramedExamples.positives(families), negatives: FramedExamples.negatives(families))
  }

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    let room = RecordRoom(bytes, at: start, context: context)
    if room.available < 64, context.canGrow(to: 64, from: room.available) { return .needsMore(total: 64) }
    if let declared = FramedRecord.declaredLength(bytes, at: start),
      context.canGrow(to: declared, from: room.available)
    {
      return .needsMore(total: declared)
    }
    guard let record = FramedRecord.parse(bytes, at: start, room: room), families.contains(record.family) else {
      return .nothing
    }
    var attributes: Attributes = [
      "format": .string(record.family.standard), "records": .int(Int64(record.representations)),
    ]
    record.capturedAt?.describe(in: &attributes)
    let observation = Observation(
      record.family.dataClass, detector: descriptor.name, version: descriptor.version, strength: record.strength,
      count: record.representations, attributes: attributes)
    return .record([observation], at: start, length: record.length, kind: .iso19794Record, context: context)
  }
}
