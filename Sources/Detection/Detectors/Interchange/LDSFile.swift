import CustodyCore

/// Files of a machine readable travel document's chip (ICAO LDS 1), whole or inside something larger.
struct LDSFile: Detector {
  static let kind = ContentKind(rawValue: "application/x-icao-lds")

  let descriptor = DetectorDescriptor(
    name: "interchange.lds", version: 1,
    dataClasses: [
      .faceImage, .fingerImage, .fingerTemplate, .palmImage, .irisImage, .signatureImage, .voiceSample, .veinImage,
      .dnaProfile, .identityMRZ, .identityRecord, .identityDocument, .biometricRecord,
    ],
    strengths: [.proof, .strong, .weak],
    summary: "Elementary files of a travel document's chip: EF.COM, DG1 to DG16, EF.SOD, and 7F61 groups anywhere.",
    sources: ["ICAO Doc 9303-10 sections 4.6 and 4.7", "ISO/IEC 7816-11", "ISO/IEC 19785-3"],
    limits: [
      "EF.COM and EF.SOD alone are weak evidence of a document.",
      "Secure-messaging ciphertext (7D) is not opened.",
      "A 7F61 group that only describes data on a card gives no observation.",
    ],
    triggers: [
      .head([0x60]), .head([0x63]), .head([0x65]), .head([0x66]), .head([0x67]), .head([0x6B]), .head([0x6C]),
      .head([0x6D]), .head([0x6E]), .head([0x6F]), .head([0x70]), .head([0x75]), .head([0x76]), .head([0x77]),
      .anywhere([0x61, 0x5B, 0x5F, 0x1F, 0x58]), .anywhere([0x61, 0x5D, 0x5F, 0x1F, 0x5A]),
      .anywhere([0x61, 0x4B, 0x5F, 0x1F, 0x48]), .anywhere([0x7F, 0x61]),
      .anywhere(Self.spelled, lookBehind: 3),
    ],
    positives: LDSExample.positives, negatives: LDSExample.negatives)

  /// Characters 4 to 8 of an EF.COM in base64: its first tag (5F01) and the beginning of a version of the LDS (`04 30`).
  private static let spelled = Array("fAQQw".utf8)

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    if bytes.has(Self.spelled, at: start) { return spelledContents(bytes, at: start - 3, context) }
    let mayAsk = !context.windowIsFinal && !context.windowReachesEnd
    switch bytes.u8(start) {
    case 0x7F: return group(bytes, at: start, mayAsk: mayAsk, context)
    case 0x61: return machineReadableZone(bytes, at: start, context)
    default: break
    }
    guard let outer = BERTag.read(bytes, at: start), outer.length >= 4, let second = bytes.u8(outer.content) else {
      return .nothing
    }
    switch outer.tag {
    case 0x63, 0x75, 0x76:
      guard second == 0x7F, bytes.u8(outer.content + 1) == 0x61 else { return .nothing }
      switch BiometricGroup.read(bytes, at: outer.content, mayAsk: mayAsk) {
      case .none: return .nothing
      case .beyond(let end): return .needsMore(total: max(end, outer.end) - start)
      case .group(let group):
        // The group is the only element of the file.
        var group = group
        if abs(group.end - min(outer.end, bytes.byteCount)) > 16 {
          for i in group.instances.indices where group.instances[i].strength == .proof {
            group.instances[i].strength = .strong
          }
        }
        return found(
          observations(group, file: Self.name(outer.tag), bytes, start, outer.end, context), bytes, start, outer.end,
          context)
      }
    case 0x60, 0x77, 0x65, 0x66, 0x67, 0x6B, 0x6C, 0x70, 0x6D, 0x6E, 0x6F:
      return element(bytes, outer, at: start, mayAsk: mayAsk, context)
    default: return .nothing
    }
  }

  // MARK: Groups

  private func group(_ bytes: RawSpan, at start: Int, mayAsk: Bool, _ context: DetectionContext) -> Detection {
    switch BiometricGroup.read(bytes, at: start, mayAsk: mayAsk) {
    case .none: return .nothing
    case .beyond(let end): return .needsMore(total: end - start)
    case .group(let group):
      guard group.declared > 0 else { return .nothing }
      return found(observations(group, file: nil, bytes, start, group.end, context), bytes, start, group.end, context)
    }
  }

  private func observations(
    _ group: BiometricGroup, file: String?, _ bytes: RawSpan, _ start: Int, _ end: Int, _ context: DetectionContext
  ) -> [Observation] {
    let classes = Set(group.instances.map(\.dataClass)).sorted()
    return classes.map { dataClass in
      let parts = group.instances.filter { $0.dataClass == dataClass }
      var attributes: Attributes = [:]
      if let file { attributes["file"] = .string(file) }
      let formats = Set(parts.compactMap(\.format)).sorted()
      if !formats.isEmpty { attributes["format"] = .string(formats.joined(separator: ", ")) }
      attributes["records"] = .int(Int64(parts.count))
      return observation(
        dataClass, parts.map(\.strength).max() ?? .weak, count: parts.reduce(0) { $0 + $1.count }, attributes, bytes,
        start, end, context)
    }
  }

  // MARK: DG1

  private func machineReadableZone(_ bytes: RawSpan, at start: Int, _ context: DetectionContext) -> Detection {
    guard let outer = BERTag.read(bytes, at: start), let inner = BERTag.read(bytes, at: outer.content),
      inner.tag == 0x5F1F, inner.end == outer.end, [72, 88, 90].contains(inner.length)
    else { return .nothing }
    guard inner.end <= bytes.byteCount else {
      return context.windowIsFinal || context.windowReachesEnd ? .nothing : .needsMore(total: inner.end - start)
    }
    let characters = bytes.bytes(inner.content..<inner.end)
    guard characters.allSatisfy(MRZ.isMember) else { return .nothing }
    var attributes: Attributes = ["file": "DG1"]
    var strength = Strength.strong
    if let reading = MRZ.read(characters) {
      attributes["documentKind"] = .string(reading.documentKind)
      if let issuer = reading.issuer { attributes["issuer"] = .string(issuer) }
      attributes["format"] = .string(reading.format.rawValue)
      if reading.isSpecimen { attributes["specimen"] = "ICAO 9303 state UTO" }
      // Two nested lengths, the alphabet and the check digits agree; at most one of them may fail.
      if reading.failures <= 1, !reading.isCorrected { strength = .proof }
    }
    let seen = observation(.identityMRZ, strength, count: 1, attributes, bytes, start, outer.end, context)
    return found([seen], bytes, start, outer.end, context)
  }

  // MARK: Other elementary files

  /// An EF.COM of some twenty bytes in base64: too short for the search for encoded content, which takes it for a word.
  private func spelledContents(_ bytes: RawSpan, at start: Int, _ context: DetectionContext) -> Detection {
    var text: [UInt8] = []
    guard start >= 0, start == 0 || !Self.isSpelling(bytes.u8(start - 1)) else { return .nothing }
    while text.count <= EncodedRun.sample, let c = bytes.u8(start + text.count), Self.isSpelling(c) { text.append(c) }
    guard text.count < EncodedRun.sample, let content = Base64.decode(String(decoding: text, as: UTF8.self)),
      let outer = BERTag.read(content.span.bytes, at: 0), outer.tag == 0x60, outer.end == content.count
    else { return .nothing }
    let inner = DetectionContext(windowOffset: 0, windowReachesEnd: true, windowIsFinal: true, kind: context.kind)
    guard case .found(var observations, _, _) = element(content.span.bytes, outer, at: 0, mayAsk: false, inner) else {
      return .nothing
    }
    let place = Place(offset: context.windowOffset + UInt64(start), length: UInt64(text.count))
    for i in observations.indices { observations[i].place = place }
    return .found(observations, length: 0, kind: nil)
  }

  private static func isSpelling(_ c: UInt8?) -> Bool {
    guard let c else { return false }
    return c &- 0x30 < 10 || (c | 0x20) &- 0x61 < 26 || [0x2B, 0x2F, 0x3D].contains(c)
  }

  private func element(
    _ bytes: RawSpan, _ outer: BERTag, at start: Int, mayAsk: Bool, _ context: DetectionContext
  ) -> Detection {
    let kids = LDSElements(bytes, outer)
    guard kids.isPlausible else { return .nothing }
    if outer.end > bytes.byteCount {
      if mayAsk { return .needsMore(total: outer.end - start) }
      if outer.end > bytes.byteCount + 16 { return .nothing }
    }
    var attributes: Attributes = ["file": .string(Self.name(outer.tag))]
    let answer: (DataClass, Strength, Int)?
    switch outer.tag {
    case 0x65, 0x66, 0x67:
      guard kids.images > 0 else { return .nothing }
      let dataClass: DataClass = outer.tag == 0x67 ? .signatureImage : .faceImage
      answer = (dataClass, kids.isExact && kids.images == kids.declared ? .proof : .strong, kids.images)
      if let format = kids.imageFormat { attributes["format"] = .string(format) }
    case 0x6B, 0x6C, 0x70:
      answer = (.identityRecord, kids.isExact && kids.listed >= 1 && kids.known >= 1 ? .proof : .strong, 1)
    case 0x60, 0x77:
      answer = (.identityDocument, .weak, 1)
    default: answer = nil
    }
    // One tag and one length alone do not make a file of something larger.
    if answer == nil, bytes.byteCount - outer.end > 4096 { return .nothing }
    guard let answer else { return found([], bytes, start, outer.end, context) }
    let seen = observation(answer.0, answer.1, count: answer.2, attributes, bytes, start, outer.end, context)
    return found([seen], bytes, start, outer.end, context)
  }

  private static func name(_ tag: Int) -> String {
    let names: [Int: String] = [
      0x60: "EF.COM", 0x61: "DG1", 0x75: "DG2", 0x63: "DG3", 0x76: "DG4", 0x65: "DG5", 0x66: "DG6", 0x67: "DG7",
      0x6B: "DG11", 0x6C: "DG12", 0x6D: "DG13", 0x6E: "DG14", 0x6F: "DG15", 0x70: "DG16", 0x77: "EF.SOD",
    ]
    return names[tag] ?? "EF"
  }

  private func observation(
    _ dataClass: DataClass, _ strength: Strength, count: Int, _ attributes: Attributes, _ bytes: RawSpan, _ start: Int,
    _ end: Int, _ context: DetectionContext
  ) -> Observation {
    Observation(
      dataClass, detector: descriptor.name, version: descriptor.version, strength: strength, count: count,
      place: Place(
        offset: context.windowOffset + UInt64(start), length: UInt64(max(0, min(end, bytes.byteCount) - start))),
      attributes: attributes)
  }

  private func found(
    _ observations: [Observation], _ bytes: RawSpan, _ start: Int, _ end: Int, _ context: DetectionContext
  ) -> Detection {
    .found(
      observations, length: max(1, min(end, bytes.byteCount) - start),
      kind: context.isWholeEntry(at: start) ? Self.kind : nil)
  }
}
