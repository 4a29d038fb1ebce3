import CustodyCore

/// A biometric information record of BioAPI 1.1: a 16-byte header without magic, the data, maybe a signature.
struct BioAPIRecord: Detector {
  static let kind = ContentKind(rawValue: "application/x-bioapi-bir")

  let descriptor = DetectorDescriptor(
    name: "interchange.bioapi", version: 1,
    dataClasses: [
      .fingerTemplate, .fingerImage, .faceImage, .irisImage, .voiceSample, .signatureImage, .dnaProfile, .palmImage,
      .veinImage, .biometricRecord,
    ],
    strengths: [.proof, .strong, .weak],
    summary: "BioAPI 1.1 BIR: header length equal to the file, and a registered format or a known record inside.",
    sources: ["BioAPI Specification 1.1 section 2.1.4 (BioAPI_BIR_HEADER)", "IBIA format identifiers"],
    limits: [
      "Whole files only: a record carved from something larger is found by what is inside it.",
      "BioAPI 2.0 headers are not read.",
    ],
    triggers: [.opening(.unknown)], positives: BioAPIExample.positives, negatives: BioAPIExample.negatives)

  private static let largest = 15 << 20

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    guard start == 0, context.windowOffset == 0, bytes.u8(4) == 0x01, let big = bytes.u32(0),
      let little = bytes.u32le(0), let type = bytes.u8(5), [1, 2, 4].contains(type & 0x0F), type & 0xC0 == 0,
      let quality = bytes.u8(10), quality <= 100 || quality == 0xFF || quality == 0xFE,
      let purpose = bytes.u8(11), (1...6).contains(purpose)
    else { return .nothing }
    // The byte order is the one in which the length is the file's.
    let total = min(big, little)
    let isLittle = little < big
    guard total > 32, total <= Self.largest, total >= bytes.byteCount,
      let owner = isLittle ? bytes.u16le(6) : bytes.u16(6), let format = isLittle ? bytes.u16le(8) : bytes.u16(8),
      let factors = isLittle ? bytes.u32le(12) : bytes.u32(12), factors != 0, factors & ~0xFFFFF == 0
    else { return .nothing }
    guard context.windowReachesEnd else {
      // One byte more tells whether the file ends there.
      return context.windowIsFinal ? .nothing : .needsMore(total: total + 1)
    }
    guard total == bytes.byteCount else { return .nothing }
    let isEncrypted = type & 0x10 != 0
    let inner = isEncrypted ? nil : InnerRecord.validate(bytes, at: 16)
    let registered = CBEFFFormat.dataClass(owner: owner, type: format)
    let strength: Strength = inner?.strength ?? .weak > .weak || registered != nil ? .proof : .weak
    let dataClass = inner?.dataClass ?? registered ?? CBEFFFormat.dataClass(mask: factors) ?? .biometricRecord
    var attributes: Attributes = [:]
    if let format = inner?.format { attributes["format"] = .string(format) }
    if isEncrypted { attributes["encrypted"] = true }
    // Data that no known record explains was not read: it is searched like any other bytes.
    let read = min(bytes.byteCount, 16 + (inner?.length ?? 0))
    let seen = Observation(
      dataClass, detector: descriptor.name, version: descriptor.version, strength: strength,
      count: max(1, inner?.count ?? 1), place: Place(offset: 0, length: UInt64(read)), attributes: attributes)
    return .found([seen], length: read, kind: strength == .proof ? Self.kind : nil)
  }
}
