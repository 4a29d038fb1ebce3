import CustodyCore

/// The CBEFF header and record of PIV cards (NIST Patron Format D), in its `BC` object or bare.
struct PIVObject: Detector {
  static let kind = ContentKind(rawValue: "application/x-piv-biometric")

  let descriptor = DetectorDescriptor(
    name: "interchange.piv", version: 1,
    dataClasses: [.fingerTemplate, .fingerImage, .palmImage, .faceImage, .irisImage],
    strengths: [.proof, .strong, .weak],
    summary: "Biometric object of a PIV card: 88-byte CBEFF header, record, CMS signature.",
    sources: [
      "NIST SP 800-76-2 section 9, table 14", "NIST SP 800-73-4 part 1", "GSA/piv-conformance (public reader)",
    ],
    limits: [
      "Encrypted records are reported by their header alone.", "The FASC-N (employee number) is never reported.",
    ],
    triggers: [
      .anywhere([0x00, 0x1B, 0x02, 0x01], lookBehind: 24), .anywhere([0x00, 0x1B, 0x04, 0x01], lookBehind: 24),
      .anywhere([0x00, 0x1B, 0x05, 0x01], lookBehind: 24), .anywhere([0x01, 0x01, 0x00, 0x09], lookBehind: 24),
    ],
    positives: PIVExample.positives, negatives: PIVExample.negatives)

  private static let headerLength = 88

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    // The format owner stands at offset 8 of the header.
    let header = start - 8
    guard bytes.u8(header) == 0x03, let security = bytes.u8(header + 1), security == 0x0D || security == 0x0F,
      let dataLength = bytes.u32(header + 2), dataLength >= 16, dataLength <= 1 << 24,
      let signatureLength = bytes.u16(header + 6), signatureLength > 0,
      let owner = bytes.u16(header + 8), let type = bytes.u16(header + 10),
      let dataClass = CBEFFFormat.dataClass(owner: owner, type: type),
      Self.isDate(bytes, header + 12), Self.isDate(bytes, header + 20), Self.isDate(bytes, header + 28),
      let mask = bytes.u24(header + 36)
    else { return .nothing }
    // Header, record and signature fill the value of `BC`; a bare header has no such bound.
    let total = Self.headerLength + dataLength + signatureLength
    let end = header + total
    if end > bytes.byteCount, !context.windowIsFinal, !context.windowReachesEnd {
      return .needsMore(total: end - start)
    }
    let object = Self.object(bytes, header)
    let isEncrypted = security == 0x0F
    let data = header + Self.headerLength
    var inner: InnerRecord?
    if !isEncrypted, let block = bytes.from(0, count: min(data + dataLength, bytes.byteCount)) {
      inner = InnerRecord.validate(block, at: data)
    }
    let fitsObject = object.map { $0.end == end } ?? false
    let hasSignature = end <= bytes.byteCount && bytes.u8(data + dataLength) == 0x30
    let maskAgrees = CBEFFFormat.dataClass(mask: mask)?.modality == dataClass.modality
    let strength: Strength
    if let inner, inner.dataClass == dataClass, inner.strength > .weak, fitsObject || hasSignature {
      strength = .proof
    } else if maskAgrees, fitsObject || hasSignature || inner != nil || isEncrypted {
      strength = .strong
    } else {
      strength = .weak
    }
    var attributes: Attributes = [:]
    if let format = inner?.format { attributes["format"] = .string(format) }
    if isEncrypted { attributes["encrypted"] = true }
    if let date = Self.created(bytes, header + 12) {
      attributes["capturedAt"] = .string(date)
      attributes["clock"] = "record"
    }
    // Nothing of the header is left out when the object around it is known.
    let first = object?.start ?? header
    let last = min(end, bytes.byteCount)
    let seen = Observation(
      inner?.dataClass ?? dataClass, detector: descriptor.name, version: descriptor.version, strength: strength,
      count: max(1, inner?.count ?? 1),
      place: Place(offset: context.windowOffset + UInt64(first), length: UInt64(last - first)), attributes: attributes)
    return .found(
      [seen], length: max(1, last - start), kind: context.windowOffset == 0 && first == 0 ? Self.kind : nil)
  }

  /// The `BC` element (and `53` around it) whose value begins with the header.
  private static func object(_ bytes: RawSpan, _ header: Int) -> (start: Int, end: Int)? {
    for distance in 2...6 {
      guard let inner = BERTag.read(bytes, at: header - distance), inner.tag == 0xBC, inner.content == header else {
        continue
      }
      let start = header - distance
      for outer in 2...6 {
        if let element = BERTag.read(bytes, at: start - outer), element.tag == 0x53, element.content == start {
          return (start - outer, inner.end)
        }
      }
      return (start, inner.end)
    }
    return nil
  }

  /// Seven bytes of packed digits `YYYYMMDDhhmmss` and the letter Z.
  private static func isDate(_ bytes: RawSpan, _ at: Int) -> Bool {
    guard bytes.u8(at + 7) == 0x5A else { return false }
    for i in 0..<7 {
      guard let b = bytes.u8(at + i), b >> 4 <= 9, b & 15 <= 9 else { return false }
    }
    return true
  }

  private static func created(_ bytes: RawSpan, _ at: Int) -> String? {
    var n: [Int] = []
    for i in 0..<7 {
      guard let b = bytes.u8(at + i) else { return nil }
      n.append(Int(b >> 4) * 10 + Int(b & 15))
    }
    guard (1990...2100).contains(n[0] * 100 + n[1]),
      let time = CivilTime(year: n[0] * 100 + n[1], month: n[2], day: n[3], hour: n[4], minute: n[5], second: n[6])
    else { return nil }
    return time.dateText + "T" + time.timeText + "Z"
  }
}
