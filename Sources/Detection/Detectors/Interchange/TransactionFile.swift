import CustodyCore

/// ANSI/NIST-ITL files in the traditional encoding (EFTS, EBTS, INTERPOL INT-I), whole or inside something larger.
struct TransactionFile: Detector {
  static let kind = ContentKind(rawValue: "application/x-ansi-nist")

  let descriptor = DetectorDescriptor(
    name: "interchange.an2k", version: 1,
    dataClasses: [
      .fingerImage, .fingerTemplate, .palmImage, .faceImage, .irisImage, .voiceSample, .dnaProfile, .signatureImage,
      .identityRecord, .biometricRecord,
    ],
    strengths: [.proof, .strong, .weak],
    summary: "ANSI/NIST-ITL transaction (traditional encoding): every record announced by 1.003, walked by its length.",
    sources: [
      "ANSI/NIST-ITL 1-2011 Update 2015 clauses 5-8", "usnistgov/libbiomeval, lessandro/nbis (public readers)",
    ],
    limits: [
      "Values of Type-2 (names, numbers, dates of birth) are never read out.",
      "In a transaction larger than the window only the records inside it are walked; the rest is taken from 1.003.",
      "Types 21 and 98 are walked and not reported.",
    ],
    triggers: [.anywhere(Array("1.001:".utf8)), .anywhere(Array("1.01:".utf8))],
    positives: TransactionExample.positives, negatives: TransactionExample.negatives)

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    let header: TransactionHeader
    switch TransactionHeader.read(bytes, at: start) {
    case .none: return .nothing
    case .beyond(let total):
      return context.windowIsFinal || context.windowReachesEnd ? .nothing : .needsMore(total: total)
    case .header(let read): header = read
    }
    let isWhole = context.isWholeEntry(at: start)
    let walk = TransactionWalk(
      bytes, at: start, header: header, isWholeEntry: isWhole, reachesEnd: context.windowReachesEnd)
    if let beyond = walk.beyond, !context.windowIsFinal, !context.windowReachesEnd {
      return .needsMore(total: beyond)
    }
    let cutByWindow = walk.beyond != nil && !context.windowReachesEnd
    let summary = TransactionSummary(bytes, walk, cutByWindow: cutByWindow)
    let length = (walk.beyond != nil ? bytes.byteCount : min(walk.end, bytes.byteCount)) - start
    let place = Place(offset: context.windowOffset + UInt64(start), length: UInt64(length))
    let observations = summary.observations(
      detector: descriptor.name, version: descriptor.version, place: place)
    return .found(observations, length: length, kind: isWhole ? Self.kind : nil)
  }
}
