import CustodyCore

/// ANSI/NIST-ITL packages in the NIEM XML encoding, whole or inside an envelope.
struct TransactionXML: Detector {
  let descriptor = DetectorDescriptor(
    name: "interchange.an2k-xml", version: 1,
    dataClasses: [
      .fingerImage, .fingerTemplate, .palmImage, .faceImage, .irisImage, .voiceSample, .dnaProfile, .signatureImage,
      .identityRecord, .biometricRecord,
    ],
    strengths: [.proof, .strong],
    summary: "ANSI/NIST-ITL package in XML: root, records by name, and the signature of each decoded image.",
    sources: [
      "ANSI/NIST-ITL 1-2011 Update 2015 Annex C and G", "NIEM biometrics 1.0", "usnistgov/libbiomeval (samples)",
    ],
    limits: [
      "Records without an image (identity, minutiae) are strong, for their names alone say what they are.",
      "Values of descriptive text records are never read out.", "Images in separate files (XOP) are not followed.",
    ],
    triggers: [
      .anywhere(Array("NISTBiom".utf8), lookBehind: 64),
      .anywhere([0x4E, 0, 0x49, 0, 0x53, 0, 0x54, 0], lookBehind: 128),
      .anywhere([0, 0x4E, 0, 0x49, 0, 0x53, 0, 0x54], lookBehind: 128),
    ],
    positives: PackageExample.positives, negatives: PackageExample.negatives)

  /// Most that is asked for: a document does not say how long it is.
  private static let most = 16 << 20

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    if bytes.u8(start) == 0x4E, bytes.u8(start + 1) != 0 {
      return detect(bytes, at: start, unit: 1, base: 0, context, of: bytes.byteCount)
    }
    let bigEndian = bytes.u8(start) == 0
    var from = start
    while start - from < 128, from >= 2, let unit = bigEndian ? bytes.u16(from - 2) : bytes.u16le(from - 2),
      unit > 0x20,
      unit < 0x80
    {
      from -= 2
    }
    // Only the tag's own characters are turned before the name of the root is known.
    let head = bytes.bytes(from..<min(bytes.byteCount, from + 512))
    let headText = UTF16Text.ascii(head.span.bytes, from: 0, bigEndian: bigEndian)
    guard Self.rootStart(headText.span.bytes, (start - from) / 2) != nil else { return .nothing }
    let text = UTF16Text.ascii(bytes, from: from, bigEndian: bigEndian)
    return detect(text.span.bytes, at: (start - from) / 2, unit: 2, base: from, context, of: bytes.byteCount)
  }

  /// Offset of the `<` of the root whose local name begins at `name`.
  private static func rootStart(_ text: RawSpan, _ name: Int) -> Int? {
    guard text.hasText("NISTBiometricInformationExchangePackage", at: name) else { return nil }
    var open = name
    while name - open <= 32, let c = text.u8(open - 1) {
      open -= 1
      if c == 0x3C { return open }
      guard c > 0x20, c != 0x2F, c != 0x3E else { return nil }
    }
    return nil
  }

  private func detect(
    _ text: RawSpan, at name: Int, unit: Int, base: Int, _ context: DetectionContext, of windowBytes: Int
  ) -> Detection {
    guard let open = Self.rootStart(text, name) else { return .nothing }
    var package = PackageScan()
    package.run(text, from: open)
    let mayAsk = !context.windowIsFinal && !context.windowReachesEnd
    if !package.isClosed, package.ranOut, mayAsk, windowBytes < Self.most {
      return .needsMore(total: min(Self.most, max(256 << 10, windowBytes * 8)))
    }
    let start = base + open * unit
    let end = base + min(package.end, text.byteCount) * unit
    let place = Place(offset: context.windowOffset + UInt64(start), length: UInt64(max(0, end - start)))
    let observations = package.observations(detector: descriptor.name, version: descriptor.version, place: place).map {
      var seen = $0
      if unit == 2 { seen.attributes["encoding"] = "utf-16" }
      return seen
    }
    return .found(observations, length: max(1, end - (base + name * unit)), kind: nil)
  }
}

/// One pass over a package: records, their images and what they are.
struct PackageScan {
  struct Record {
    var type: Int
    var hasFace = false
    var hasFeature = false
    var category: Int?
    /// Token of the image's format once its first bytes were decoded.
    var image: String?
    var inner: InnerRecord?
    var date: String?
    var minutiae = 0
  }
  private(set) var records: [Record] = []
  private(set) var isClosed = false
  /// The text ended before the root was closed.
  private(set) var ranOut = false
  private(set) var end = 0
  private static let deepest = 1000
  private static let mostRecords = 4096
  /// A CBEFF data block is decoded whole up to this many bytes.
  private static let mostDecoded = 4 << 20

  mutating func run(_ text: RawSpan, from: Int) {
    var tokens = XMLTokens(at: from)
    var depth = 0
    var recordDepth = 0
    var current: Record?
    var leaf = 0..<0
    var inCaptureDate = 0
    scan: while let token = tokens.next(text) {
      switch token {
      case .start(let name, _, let isEmpty):
        leaf = name
        // A package holds no other: the next one is judged for itself.
        if depth > 0, text.equals(name, "NISTBiometricInformationExchangePackage") {
          end = name.lowerBound
          if let record = current { records.append(record) }
          return
        }
        if current == nil, let type = Self.recordType(text, name) {
          current = Record(type: type)
          recordDepth = depth
        } else if current != nil {
          if text.equals(name, "FaceImage") { current?.hasFace = true }
          if text.equals(name, "PhysicalFeatureImage") { current?.hasFeature = true }
          if text.equals(name, "Minutia") || text.equals(name, "INCITSMinutia") || text.equals(name, "EFSMinutia") {
            current?.minutiae += 1
          }
          if !isEmpty, inCaptureDate == 0, Self.isCaptureDate(text, name) { inCaptureDate = depth + 1 }
        }
        if !isEmpty { depth += 1 }
        guard depth <= Self.deepest else { break scan }
      case .text(let range):
        guard current != nil else { continue }
        if text.equals(leaf, "BinaryBase64Object") {
          read(text, range, &current)
        } else if text.equals(leaf, "RecordCategoryCode"), current?.category == nil {
          current?.category = text.shortText(range).flatMap { Int($0) }
        } else if text.equals(leaf, "ImageCategoryCode"), text.shortText(range) == "FACE" {
          current?.hasFace = true
        } else if inCaptureDate > 0, current?.date == nil {
          current?.date = Self.date(text, range)
        }
      case .end:
        leaf = 0..<0
        depth -= 1
        if depth < inCaptureDate { inCaptureDate = 0 }
        if depth <= recordDepth, let record = current {
          if records.count < Self.mostRecords { records.append(record) }
          current = nil
        }
        if depth <= 0 {
          isClosed = true
          break scan
        }
      }
    }
    end = tokens.at
    if let record = current { records.append(record) }
    ranOut = !isClosed && depth <= Self.deepest
  }

  private func read(_ text: RawSpan, _ range: Range<Int>, _ record: inout Record?) {
    let head = Base64Run.decode(text, range, most: 48)
    guard head.count >= 12 else { return }
    if record?.type == 99 {
      let block = Base64Run.decode(text, range, most: Self.mostDecoded)
      let inner = InnerRecord.search(block.span.bytes, at: 0, reach: 64)
      record?.inner = inner?.strength ?? .weak > .weak ? inner : nil
    } else if let format = head.span.bytes.imageSignature(0) {
      record?.image = format
    }
  }

  private static func isCaptureDate(_ text: RawSpan, _ name: Range<Int>) -> Bool {
    guard name.count >= 11, name.count <= 64 else { return false }
    return text.hasText("CaptureDate", at: name.upperBound - 11)
  }

  /// `YYYY-MM-DD` at the start of a date or date-time.
  private static func date(_ text: RawSpan, _ range: Range<Int>) -> String? {
    guard let value = text.shortText(range, most: 40) else { return nil }
    let parts = value.prefix(10).split(separator: "-")
    guard parts.count == 3, let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]) else {
      return nil
    }
    return CalendarText.date(year, month, day)
  }

  /// The record type a package element stands for.
  private static func recordType(_ text: RawSpan, _ name: Range<Int>) -> Int? {
    guard text.hasText("Package", at: name.lowerBound), name.count > 13, name.count < 64 else { return nil }
    switch text.shortText(name, most: 64) {
    case "PackageDescriptiveTextRecord": return 2
    case "PackageLowResolutionGrayscaleImageRecord": return 3
    case "PackageHighResolutionGrayscaleImageRecord": return 4
    case "PackageLowResolutionBinaryImageRecord": return 5
    case "PackageHighResolutionBinaryImageRecord": return 6
    case "PackageUserDefinedImageRecord": return 7
    case "PackageSignatureImageRecord": return 8
    case "PackageMinutiaeRecord": return 9
    case "PackageFacialAndSMTImageRecord": return 10
    case "PackageVoiceDataRecord": return 11
    case "PackageForensicDentalDataRecord": return 12
    case "PackageLatentImageRecord": return 13
    case "PackageFingerprintImageRecord": return 14
    case "PackagePalmprintImageRecord": return 15
    case "PackageUserDefinedTestingImageRecord": return 16
    case "PackageIrisImageRecord": return 17
    case "PackageDNARecord": return 18
    case "PackagePlantarImageRecord": return 19
    case "PackageSourceRepresentationRecord": return 20
    case "PackageNonPhotographicImageryRecord": return 22
    case "PackageCBEFFBiometricDataRecord": return 99
    default: return nil
    }
  }

  private static func dataClass(_ record: Record) -> DataClass {
    switch record.type {
    case 2: .identityRecord
    case 3...6, 13, 14: .fingerImage
    case 8: .signatureImage
    case 9: .fingerTemplate
    case 10: record.hasFace && !record.hasFeature ? .faceImage : .biometricRecord
    case 11: .voiceSample
    case 15: .palmImage
    case 17: .irisImage
    case 18: .dnaProfile
    case 99: record.inner?.dataClass ?? .biometricRecord
    default: .biometricRecord
    }
  }

  func observations(detector: String, version: Int, place: Place) -> [Observation] {
    var parts: [DataClass: [Record]] = [:]
    for record in records { parts[Self.dataClass(record), default: []].append(record) }
    let types = Set(records.map(\.type)).sorted().map(String.init).joined(separator: ",")
    return parts.sorted { $0.key < $1.key }.map { dataClass, records in
      let isProof = records.contains { $0.image != nil || $0.inner?.strength == .proof }
      var attributes: Attributes = ["format": "ANSI/NIST-ITL XML"]
      attributes["records"] = .int(Int64(self.records.count))
      attributes["types"] = .string(types)
      let images = Set(records.compactMap(\.image)).sorted()
      if !images.isEmpty { attributes["compression"] = .string(images.joined(separator: ",")) }
      let dates = Set(records.compactMap(\.date))
      if dates.count == 1, let date = dates.first {
        attributes["capturedAt"] = .string(date + "T00:00:00")
        attributes["clock"] = "record"
      }
      let count = records.reduce(0) { $0 + max(1, $1.inner?.count ?? 1) }
      return Observation(
        dataClass, detector: detector, version: version, strength: isProof ? .proof : .strong, count: count,
        place: place,
        attributes: attributes)
    }
  }
}
