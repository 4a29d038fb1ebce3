import CustodyCore

/// Machine readable zones of travel documents written as text: alone, in tables, JSON, XML, logs.
struct MRZText: Detector {
  let descriptor = DetectorDescriptor(
    name: "identity.mrz", version: 1, dataClasses: [.identityMRZ], strengths: [.proof, .strong, .weak],
    summary:
      "Machine readable zones (TD1, TD2, TD3, MRV-A, MRV-B) in text, judged by check digits, state codes and dates.",
    sources: ["ICAO Doc 9303 parts 3 to 7", "ISO 3166-1 alpha-3"],
    limits: [
      "A name line alone, without the line that has the check digits, is weak.",
      "Lines that lost their trailing fillers are not seen.",
      "Lines more than 64 bytes apart are not joined.",
      "Names and document numbers are never reported.",
    ],
    triggers: [
      .anywhere(Array("<<".utf8), lookBehind: 256), .anywhere([0x3C, 0, 0x3C, 0], lookBehind: 512),
      .anywhere([0, 0x3C, 0, 0x3C], lookBehind: 512), .anywhere(Array("&lt;&lt;".utf8), lookBehind: 512),
      .anywhere(Array("\\u003c\\u".utf8), lookBehind: 768), .anywhere(Array("\\u003C\\u".utf8), lookBehind: 768),
      .anywhere(Array("%3C%3C".utf8), lookBehind: 512), .anywhere(Array("%3c%3c".utf8), lookBehind: 512),
    ],
    positives: MRZExample.positives, negatives: MRZExample.negatives)

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    // Most `<<` are shifts, streams and markers: they fail here, on one byte.
    guard let before = bytes.u8(start - 1) else { return .nothing }
    if before == MRZ.filler { return .nothing }
    guard let form = MRZForm(bytes, at: start), let left = form.previous(bytes, start),
      MRZ.isMember(left.character), left.character != MRZ.filler
    else { return .nothing }
    var search = MRZSearch(form: form)
    let found = search.zone(bytes, around: start)
    if search.touchedEnd, found == nil || found?.reading.strength != .proof, !context.windowIsFinal,
      !context.windowReachesEnd
    {
      return .needsMore(total: 1024)
    }
    guard let found else { return .nothing }
    var attributes: Attributes = [:]
    if let reading = found.reading.kind { attributes["documentKind"] = .string(reading) }
    if let issuer = found.reading.issuer { attributes["issuer"] = .string(issuer) }
    if let format = found.reading.format { attributes["format"] = .string(format) }
    if let encoding = form.encoding { attributes["encoding"] = .string(encoding) }
    if found.reading.isSpecimen { attributes["specimen"] = "ICAO 9303 state UTO" }
    let place = Place(
      offset: context.windowOffset + UInt64(found.start), length: UInt64(found.end - found.start))
    return .found(
      [
        Observation(
          .identityMRZ, detector: descriptor.name, version: descriptor.version, strength: found.reading.strength,
          place: place, attributes: attributes)
      ], length: max(1, found.end - start), kind: nil)
  }
}
