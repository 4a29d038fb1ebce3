import CustodyCore

/// Biometric information records in XML (ISO/IEC 19785-3 XML patron format), as identity programmes exchange them.
struct CBEFFXML: Detector {
  let descriptor = DetectorDescriptor(
    name: "interchange.cbeff-xml", version: 1,
    dataClasses: [
      .fingerImage, .fingerTemplate, .palmImage, .faceImage, .irisImage, .voiceSample, .signatureImage,
      .biometricRecord,
    ],
    strengths: [.proof, .strong],
    summary: "XML biometric information record: name space, BIR elements, and the record inside each decoded BDB.",
    sources: ["ISO/IEC 19785-3:2020 clause 19 (XML patron format)", "mosip/bio-utils (public reader)"],
    limits: ["A data block that decodes to no known record (encrypted, proprietary) is strong, by its declared type."],
    triggers: [.anywhere(Array("19785/-3".utf8), lookBehind: 1024)],
    positives: CBEFFExample.positives, negatives: CBEFFExample.negatives)

  private static let most = 16 << 20

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    guard let open = Self.rootStart(bytes, start) else { return .nothing }
    var scan = BIRScan()
    scan.run(bytes, from: open)
    if scan.ranOut, !context.windowIsFinal, !context.windowReachesEnd, bytes.byteCount < Self.most {
      return .needsMore(total: min(Self.most, max(256 << 10, bytes.byteCount * 8)))
    }
    guard !scan.records.isEmpty else { return .nothing }
    let end = min(scan.end, bytes.byteCount)
    let place = Place(offset: context.windowOffset + UInt64(open), length: UInt64(max(0, end - open)))
    let classes = Set(scan.records.map(\.dataClass)).sorted()
    let observations = classes.map { dataClass in
      let records = scan.records.filter { $0.dataClass == dataClass }
      var attributes: Attributes = [:]
      let formats = Set(records.compactMap { $0.inner?.format }).sorted()
      if !formats.isEmpty { attributes["format"] = .string(formats.joined(separator: ", ")) }
      attributes["records"] = .int(Int64(records.count))
      return Observation(
        dataClass, detector: descriptor.name, version: descriptor.version,
        strength: records.contains { $0.inner?.strength == .proof } ? .proof : .strong,
        count: records.reduce(0) { $0 + max(1, $1.inner?.count ?? 1) }, place: place, attributes: attributes)
    }
    return .found(observations, length: max(1, end - start), kind: nil)
  }

  /// The `<` of the `BIR` element in whose tag the name space stands.
  private static func rootStart(_ bytes: RawSpan, _ hit: Int) -> Int? {
    var at = hit
    while hit - at < 1024, let c = bytes.u8(at - 1) {
      at -= 1
      if c == 0x3E { return nil }
      if c == 0x3C {
        var tokens = XMLTokens(at: at)
        guard case .start(let name, _, false)? = tokens.next(bytes), bytes.equals(name, "BIR") else { return nil }
        return at
      }
    }
    return nil
  }
}

/// One pass over nested `BIR` elements.
struct BIRScan {
  struct Record {
    var dataClass: DataClass
    var inner: InnerRecord?
  }
  private struct Open {
    var depth: Int
    var format: Int?
    var owner: Int?
    var modality: String?
    var inner: InnerRecord?
    var hasData = false
  }
  private(set) var records: [Record] = []
  private(set) var ranOut = false
  private(set) var end = 0
  private static let deepest = 256
  private static let mostRecords = 4096
  private static let mostDecoded = 8 << 20

  mutating func run(_ text: RawSpan, from: Int) {
    var tokens = XMLTokens(at: from)
    var depth = 0
    var open: [Open] = []
    var leaf = 0..<0
    var isClosed = false
    scan: while let token = tokens.next(text) {
      switch token {
      case .start(let name, _, let isEmpty):
        leaf = name
        guard !isEmpty else { continue }
        if text.equals(name, "BIR") { open.append(Open(depth: depth)) }
        depth += 1
        guard depth <= Self.deepest else { break scan }
      case .text(let range):
        guard !open.isEmpty else { continue }
        read(text, leaf, range, &open[open.count - 1])
      case .end:
        leaf = 0..<0
        depth -= 1
        if let last = open.last, depth <= last.depth {
          close(last)
          open.removeLast()
        }
        if depth <= 0 {
          isClosed = true
          break scan
        }
      }
    }
    for last in open.reversed() { close(last) }
    end = tokens.at
    ranOut = !isClosed && depth <= Self.deepest
  }

  private func read(_ text: RawSpan, _ leaf: Range<Int>, _ range: Range<Int>, _ bir: inout Open) {
    if text.equals(leaf, "BDB") {
      let head = Base64Run.decode(text, range, most: 12)
      guard head.count >= 12 else { return }
      bir.hasData = true
      let block = Base64Run.decode(text, range, most: Self.mostDecoded)
      bir.inner = InnerRecord.search(block.span.bytes, at: 0, reach: 0)
    } else if text.equals(leaf, "Type") {
      guard let value = text.shortText(range) else { return }
      if let number = Int(value) { bir.format = bir.format ?? number } else { bir.modality = bir.modality ?? value }
    } else if text.equals(leaf, "Organization") {
      bir.owner = text.shortText(range).flatMap { Int($0) }
    }
  }

  private mutating func close(_ bir: Open) {
    guard bir.hasData, records.count < Self.mostRecords else { return }
    records.append(Record(dataClass: bir.inner?.dataClass ?? Self.declared(bir), inner: bir.inner))
  }

  private static func declared(_ bir: Open) -> DataClass {
    // Programmes put their own organization beside the type numbers of ISO/IEC JTC 1/SC 37.
    if let format = bir.format, let known = CBEFFFormat.dataClass(owner: 0x0101, type: format) { return known }
    switch bir.modality?.lowercased() {
    case "finger", "fingerprint": return .fingerImage
    case "face", "facialfeatures", "facial features": return .faceImage
    case "iris": return .irisImage
    case "voice": return .voiceSample
    case "signature", "signaturesign": return .signatureImage
    default: return .biometricRecord
    }
  }
}
