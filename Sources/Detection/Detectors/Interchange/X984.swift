import CustodyCore

/// Biometric objects of ANSI X9.84, known by their arc of object identifiers.
struct X984: Detector {
  let descriptor = DetectorDescriptor(
    name: "interchange.x984", version: 2, dataClasses: [.biometricRecord], strengths: [.strong, .weak],
    summary: "DER structures with an identifier of ANSI X9.84, and XCBF mark-up",
    sources: ["ANSI X9.84, module X9-84-Biometrics: arc 1.3.133.16.840.9.84"],
    limits: [
      "Bodies are not read: they have no public description, so the modality is not named.",
      "XCBF is known by the name of its root only: weak.",
      "Objects inside an object are counted besides it.",
    ],
    triggers: [
      .anywhere(Self.arc, lookBehind: 64), .anywhere(Array("<Biometr".utf8)),
    ],
    positives: [
      DetectorExample("an object", expected: ["biometric.record strong x1"]) { object(SyntheticImage.noise(200)) },
      DetectorExample("XCBF", expected: ["biometric.record weak x1"]) {
        Array("<BiometricSyntaxSets><biometricObjects><BiometricObject/></biometricObjects></BiometricSyntaxSets>".utf8)
      },
    ],
    negatives: [
      DetectorExample("the identifier alone") { ByteBuilder().hex("300C 060A 2B81051086480954 0001").bytes },
      DetectorExample("a structure longer than the file") { Array(object(SyntheticImage.noise(200)).prefix(150)) },
      DetectorExample("another element") { Array("<BiometricData>none</BiometricData>".utf8) },
    ])

  private static let arc: [UInt8] = [0x2B, 0x81, 0x05, 0x10, 0x86, 0x48, 0x09, 0x54]
  private static let largest = 1 << 20
  /// Bytes that must stand beside the identifier: a list of identifiers is no record.
  private static let leastBody = 48

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    if bytes.u8(start) == 0x3C { return markup(bytes, at: start, context: context) }
    guard bytes.u8(start - 2) == 0x06, let size = bytes.u8(start - 1), (8...32).contains(size) else { return .nothing }
    // The outermost sequence around the identifier that fits wins.
    for open in stride(from: max(0, start - 64), to: start - 3, by: 1) where bytes.u8(open) == 0x30 {
      guard let length = contentLength(bytes, open + 1), length.value <= Self.largest else { continue }
      let end = length.end + length.value
      guard length.end <= start - 2, end >= start + Int(size) + Self.leastBody else { continue }
      if end > bytes.byteCount {
        if context.windowReachesEnd || context.windowIsFinal { continue }
        return .needsMore(total: end - start)
      }
      guard !isSaid(bytes, since: length.end, start) else { return .nothing }
      return found(.strong, from: start - 2, end, context)
    }
    return .nothing
  }

  private func markup(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    guard bytes.hasText("<BiometricSyntaxSets", at: start), let after = bytes.u8(start + 20),
      after == 0x3E || after == 0x20
    else { return .nothing }
    return found(.weak, from: start, start + 20, context)
  }

  /// True when an earlier identifier in the same sequence has spoken for it.
  private func isSaid(_ bytes: RawSpan, since content: Int, _ start: Int) -> Bool {
    guard let earlier = bytes.find(Self.arc, from: content + 2, within: start), bytes.u8(earlier - 2) == 0x06,
      let size = bytes.u8(earlier - 1)
    else { return false }
    return (8...32).contains(size) && earlier + Int(size) <= start - 2
  }

  /// The place begins at the identifier and the claim ends with the arc: what stands around them was not read.
  private func found(_ strength: Strength, from begin: Int, _ end: Int, _ context: DetectionContext) -> Detection {
    let seen = Observation(
      .biometricRecord, detector: descriptor.name, version: descriptor.version, strength: strength,
      place: Place(offset: context.windowOffset + UInt64(begin), length: UInt64(end - begin)),
      attributes: ["format": .string(strength == .weak ? "XCBF" : "ANSI X9.84")])
    return .found([seen], length: Self.arc.count, kind: nil)
  }

  /// A DER length in definite form of at most three bytes (X.690, 8.1.3).
  private func contentLength(_ bytes: RawSpan, _ at: Int) -> (value: Int, end: Int)? {
    switch bytes.u8(at) {
    case .some(let c) where c < 0x80: (Int(c), at + 1)
    case 0x81: bytes.u8(at + 1).map { (Int($0), at + 2) }
    case 0x82: bytes.u16(at + 1).map { ($0, at + 3) }
    case 0x83: bytes.u24(at + 1).map { ($0, at + 4) }
    default: nil
    }
  }

  private static func object(_ body: [UInt8]) -> [UInt8] {
    ByteBuilder.der(0x30, ByteBuilder().hex("060A 2B81051086480954 0001").raw(ByteBuilder.der(0x04, body)).bytes)
  }
}
