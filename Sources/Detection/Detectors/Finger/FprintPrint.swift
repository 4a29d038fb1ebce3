import CustodyCore

/// Prints as libfprint stores them for signing on: `FP1`, `FP2`, `FP3`.
struct FprintPrint: Detector {
  let descriptor = DetectorDescriptor(
    name: "finger.libfprint", version: 2, dataClasses: [.fingerTemplate], strengths: [.strong, .weak],
    summary: "Enrolled prints of libfprint: items that fill the file (FP2), or the mark alone (FP1, FP3)",
    sources: ["libfprint 0.5 to 0.8 (public reader): stored print data"],
    limits: ["Only whole files are seen.", "FP1 and FP3 are known by their first bytes only: weak."],
    triggers: [.head(Array("FP1".utf8)), .head(Array("FP2".utf8)), .head(Array("FP3".utf8))],
    positives: [
      DetectorExample("FP2 with two items", expected: ["finger.template strong x1"]) { file([2404, 2404]) },
      DetectorExample("FP1", expected: ["finger.template weak x1"]) {
        ByteBuilder().ascii("FP1").u16(2).u32(1).raw(SyntheticImage.noise(600)).bytes
      },
    ],
    negatives: [
      DetectorExample("items that miss the end") { file([2404, 2404]) + [0, 0, 0] },
      DetectorExample("text") { Array("FP1 stands for the first fixed point of the series.\n".utf8) },
    ])

  private static let largest = 1 << 20

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    // Small numbers of driver and device leave zeros in the head, which text has not.
    guard bytes.byteCount >= 64, let version = bytes.u8(2), (0..<6).contains(where: { bytes.u8(3 + $0) == 0 }) else {
      return .nothing
    }
    if !context.windowReachesEnd {
      let canGrow = !context.windowIsFinal && bytes.byteCount < Self.largest
      return canGrow ? .needsMore(total: bytes.byteCount * 4) : .nothing
    }
    guard bytes.byteCount <= Self.largest else { return .nothing }
    let isWalked = version == 0x32
    if isWalked {
      guard let kind = bytes.u8(9), kind <= 1, fills(bytes) else { return .nothing }
    }
    let seen = Observation(
      .fingerTemplate, detector: descriptor.name, version: descriptor.version, strength: isWalked ? .strong : .weak,
      place: Place(offset: 0, length: UInt64(bytes.byteCount)), attributes: ["format": "libfprint"])
    // The insides of items are not understood, so they are not claimed.
    return .found([seen], length: 1, kind: nil)
  }

  /// Items behind 10 bytes, each behind its u32 LE length, reach exactly the end.
  private func fills(_ bytes: RawSpan) -> Bool {
    var at = 10
    var items = 0
    while at < bytes.byteCount, items < 64, let length = bytes.u32le(at), (16...Self.largest).contains(length) {
      at += 4 + length
      items += 1
    }
    return items > 0 && at == bytes.byteCount
  }

  private static func file(_ items: [Int]) -> [UInt8] {
    items.reduce(ByteBuilder().ascii("FP2").u8(2, 0, 1, 0, 0, 0, 1)) {
      $0.u8($1 & 0xFF, $1 >> 8, 0, 0).raw(SyntheticImage.noise($1))
    }.bytes
  }
}
