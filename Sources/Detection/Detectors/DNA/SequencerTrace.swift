import CustodyCore

/// Traces of capillary sequencers: ABIF files (`.fsa`, `.hid`, `.ab1`), the raw form of forensic STR profiles.
struct SequencerTrace: Detector {
  let descriptor = DetectorDescriptor(
    name: "dna.abif", version: 2, dataClasses: [.dnaProfile], strengths: [.strong, .weak],
    summary: "Capillary electrophoresis traces (ABIF): fragment lengths as in STR profiles, or sequencing",
    sources: ["Applied Biosystems Genetic Analysis Data File Format, 2009: header and directory"],
    limits: [
      "A trace with called bases (PBAS) may be of any organism: weak.",
      "Without them it is taken for a fragment analysis, whose commonest use is the human STR profile: strong.",
    ],
    triggers: [.anywhere([0x41, 0x42, 0x49, 0x46, 0x00])],
    positives: [
      DetectorExample("fragments", expected: ["dna.profile strong x1"]) {
        file(["DATA", "DATA", "DyeN", "RUND", "SMPL"])
      },
      DetectorExample("sequencing", expected: ["dna.profile weak x1"]) { file(["DATA", "DyeN", "PBAS", "RUND"]) },
    ],
    negatives: [
      DetectorExample("entries that are no tags") { file(["DATA", "\u{1}\u{2}\u{3}\u{4}", "RUND", "SMPL"]) },
      DetectorExample("a directory past the end") {
        ByteBuilder(file(["DATA", "DyeN", "RUND"])).setting(0x7FFF_FFFF, size: 4, at: 26).bytes
      },
    ])

  private static let entrySize = 28
  private static let mostEntries = 4096
  private static let most = 16 << 20

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    // Version 1.xx, then the entry of the directory itself: number 1, element type 1023 of 28 bytes.
    guard let version = bytes.u16(start + 4), (100...199).contains(version), bytes.hasText("tdir", at: start + 6),
      bytes.u32(start + 10) == 1, bytes.u16(start + 14) == 1023, bytes.u16(start + 16) == Self.entrySize,
      let count = bytes.u32(start + 18), (3...Self.mostEntries).contains(count), let size = bytes.u32(start + 22),
      size >= count * Self.entrySize, let offset = bytes.u32(start + 26), (34...Self.most).contains(offset)
    else { return .nothing }
    let end = offset + count * Self.entrySize
    let have = bytes.byteCount - start
    guard end <= have else {
      let canGrow = !context.windowReachesEnd && !context.windowIsFinal && end <= Self.most
      return canGrow ? .needsMore(total: end) : .nothing
    }
    var hasData = false
    var hasBases = false
    for i in 0..<count {
      let at = start + offset + i * Self.entrySize
      guard isTag(bytes, at), let number = bytes.u32(at + 4), number > 0, let elements = bytes.u32(at + 12),
        let length = bytes.u32(at + 16), let width = bytes.u16(at + 10),
        length >= elements.multipliedReportingOverflow(by: width).partialValue
      else { return .nothing }
      hasData = hasData || bytes.hasText("DATA", at: at)
      hasBases = hasBases || bytes.hasText("PBAS", at: at)
    }
    guard hasData else { return .nothing }
    let seen = Observation(
      .dnaProfile, detector: descriptor.name, version: descriptor.version, strength: hasBases ? .weak : .strong,
      place: Place(offset: context.windowOffset + UInt64(start), length: UInt64(end)),
      attributes: ["format": "ABIF"])
    // What lies between header and directory was not looked at: only the magic is claimed.
    return .found([seen], length: 1, kind: context.isWholeEntry(at: start) ? .abif : nil)
  }

  private func isTag(_ bytes: RawSpan, _ at: Int) -> Bool {
    (0..<4).allSatisfy { bytes.u8(at + $0).map { (0x20...0x7E).contains($0) } ?? false }
  }

  /// A synthetic file whose directory stands behind 64 bytes of data.
  private static func file(_ tags: [String]) -> [UInt8] {
    let head = ByteBuilder().ascii("ABIF").u16(101).ascii("tdir").u32(1).u16(1023, 28).u32(tags.count, tags.count * 28)
      .u32(128).u32(0)
    let data = head.zeros(128 - head.count)
    return tags.reduce(data) { $0.ascii($1).u32(1).u16(4, 2).u32(10, 20, 64, 0) }.bytes
  }
}
