import CustodyCore

/// The text behind the two-dimensional bar code of North American driving licences and identity cards.
struct AAMVA: Detector {
  let descriptor = DetectorDescriptor(
    name: "identity.aamva", version: 2, dataClasses: [.identityRecord], strengths: [.proof, .strong],
    summary: "AAMVA card payloads: header, designators, and a subfile with a number and a date of birth",
    sources: ["AAMVA DL/ID Card Design Standard 2020, annex D.12", "benhovinga/aamva_barcode_library (public reader)"],
    limits: [
      "Payloads whose control characters were lost by a scanner are not seen.",
      "Numbers, names, dates and addresses are never reported; the issuer's number is.",
    ],
    triggers: [
      .anywhere([0x40, 0x0A, 0x1E, 0x0D] + Array("ANSI".utf8)),
      .anywhere([0x40, 0x0A, 0x1E, 0x0D] + Array("AAMV".utf8)),
    ],
    positives: [
      DetectorExample("a licence", expected: ["identity.record proof x1"]) { card() },
      DetectorExample("a designator that points elsewhere", expected: ["identity.record strong x1"]) { card(shift: 7) },
      DetectorExample("an old card of version 1", expected: ["identity.record proof x1"]) { card(version: 1) },
    ],
    negatives: [
      DetectorExample("no date of birth") { card(birth: "DBA01012030") },
      DetectorExample("a birthday that is none") { card(birth: "DBB99999999") },
      DetectorExample("the mark alone") { Array("@\n\u{1E}\rANSI 636000080102".utf8) },
    ])

  /// A payload fits one bar code of PDF417.
  private static let longest = 4096

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    let have = bytes.byteCount - start
    if have < Self.longest, !context.windowReachesEnd, !context.windowIsFinal { return .needsMore(total: Self.longest) }
    guard bytes.hasText("ANSI ", at: start + 4) || bytes.hasText("AAMVA", at: start + 4),
      let issuer = bytes.number(start + 9..<start + 15), let version = bytes.number(start + 15..<start + 17)
    else { return .nothing }
    let counter = start + (version < 2 ? 17 : 19)
    guard let count = bytes.number(counter..<counter + 2), (1...10).contains(count) else { return .nothing }
    var kind: String?
    var isExact = true
    var farthest = counter + 2 + 10 * count
    for i in 0..<count {
      let at = counter + 2 + 10 * i
      guard let type = bytes.u16(at), let offset = bytes.number(at + 2..<at + 6),
        let length = bytes.number(at + 6..<at + 10)
      else { return .nothing }
      isExact = isExact && offset + length <= have && bytes.u16(start + offset) == type
      if bytes.hasText("DL", at: at) { kind = "licence" }
      if bytes.hasText("ID", at: at) { kind = kind ?? "id" }
      farthest = max(farthest, start + min(offset + length, Self.longest))
    }
    let end = min(bytes.byteCount, farthest)
    guard let kind, has("DAQ", bytes, counter..<end), let birth = value("DBB", bytes, counter..<end),
      isDate(bytes, birth)
    else { return .nothing }
    var attributes: Attributes = ["documentKind": .string(kind), "issuer": .string(String(issuer))]
    // Names that no card of a person has; a common one (DOE) would let its bearer pass for a sample.
    if ["SAMPLE", "SPECIMEN"].contains(value("DCS", bytes, counter..<end).flatMap { bytes.shortText($0) }) {
      attributes["specimen"] = "name of a sample card"
    }
    let seen = Observation(
      .identityRecord, detector: descriptor.name, version: descriptor.version, strength: isExact ? .proof : .strong,
      place: Place(offset: context.windowOffset + UInt64(start), length: UInt64(end - start)), attributes: attributes)
    // A subfile may hold anything beside its elements: only the mark is claimed.
    return .found([seen], length: 1, kind: nil)
  }

  private func has(_ element: String, _ bytes: RawSpan, _ range: Range<Int>) -> Bool {
    (value(element, bytes, range)?.count ?? 0) > 0
  }

  /// The value behind an element's three letters, which stand after a line feed or the type of the subfile.
  private func value(_ element: String, _ bytes: RawSpan, _ range: Range<Int>) -> Range<Int>? {
    var at = range.lowerBound
    while let hit = bytes.find(Array(element.utf8), from: at, within: range.upperBound) {
      let isElement =
        bytes.u8(hit - 1) == 0x0A || bytes.hasText("DL", at: hit - 2) || bytes.hasText("ID", at: hit - 2)
      if isElement {
        var end = hit + 3
        while end < range.upperBound, let c = bytes.u8(end), c >= 0x20 { end += 1 }
        return hit + 3..<end
      }
      at = hit + 1
    }
    return nil
  }

  /// `MMDDYYYY` in the United States, `YYYYMMDD` in Canada and old cards.
  private func isDate(_ bytes: RawSpan, _ range: Range<Int>) -> Bool {
    guard range.count == 8, let n = bytes.number(range) else { return false }
    return CalendarText.date(n % 10000, n / 1_000_000, n / 10000 % 100) != nil
      || CalendarText.date(n / 10000, n / 100 % 100, n % 100) != nil
  }

  private static func card(version: Int = 8, birth: String = "DBB01311980", shift: Int = 0) -> [UInt8] {
    let body = "DLDAQT64235789\nDCSTEST\nDACANNA\n\(birth)\nDBA01312030\nDCGUSA\r"
    let digits = { (n: Int, width: Int) in String(repeating: "0", count: width - String(n).count) + String(n) }
    let jurisdiction = version < 2 ? "" : "01"
    let offset = (version < 2 ? 29 : 31) + shift
    return Array(
      ("@\n\u{1E}\rANSI 636000" + digits(version, 2) + jurisdiction + "01DL" + digits(offset, 4)
        + digits(body.utf8.count, 4) + body).utf8)
  }
}
