import CustodyCore

/// Minutiae as text: the `.xyt` and `.min` files of NIST's mindtct.
struct MinutiaeText: Detector {
  let descriptor = DetectorDescriptor(
    name: "finger.minutiae-text", version: 1, dataClasses: [.fingerTemplate], strengths: [.weak],
    summary: "Columns of x, y, angle and quality, or a list of minutiae, as NIST's mindtct writes them",
    sources: ["NIST Biometric Image Software, mindtct (public source)"],
    limits: [
      "Four columns of small numbers may be anything: always weak.", "Only whole files are seen.",
      "Three columns without a quality are not seen.",
    ],
    triggers: [.opening(.text), .head(Array("Image (w,h) ".utf8))],
    positives: [
      DetectorExample("xyt", expected: ["finger.template weak x1"]) { xyt(40, angle: 359) },
      DetectorExample("min", expected: ["finger.template weak x1"]) {
        Array(
          ("Image (w,h) 512 480\n\n3 Minutiae Detected\n\n"
            + (0..<3).map { "  \($0) :  1\($0)1,  2\($0)4 : 12 : 0.97 :RIG: APP : 3 : 9,8; 3\n" }.joined()).utf8)
      },
    ],
    negatives: [
      DetectorExample("angles beyond a circle") { xyt(40, angle: 900) },
      DetectorExample("nine rows") { xyt(9, angle: 300) },
      DetectorExample("three columns") { Array(String(repeating: "10 20 30\n", count: 40).utf8) },
    ])

  private static let mostRows = 300

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    guard start == 0, context.windowReachesEnd || bytes.byteCount < 32 << 10 else { return .nothing }
    guard context.windowReachesEnd else {
      return context.windowIsFinal ? .nothing : .needsMore(total: 32 << 10)
    }
    let isList = bytes.hasText("Image (w,h) ", at: 0)
    guard isList ? isMindtct(bytes) : isColumns(bytes) else { return .nothing }
    let seen = Observation(
      .fingerTemplate, detector: descriptor.name, version: descriptor.version, strength: .weak,
      place: Place(offset: context.windowOffset, length: UInt64(bytes.byteCount)),
      attributes: ["format": .string(isList ? "mindtct min" : "mindtct xyt")])
    return .found([seen], length: bytes.byteCount, kind: nil)
  }

  /// Ten to 300 lines of `x y angle quality`, which spread over more than a few pixels and values.
  private func isColumns(_ bytes: RawSpan) -> Bool {
    guard let first = bytes.u8(0), (0x30...0x39).contains(first) else { return false }
    var lines = TextLines(at: 0, end: bytes.byteCount)
    var xs: Set<Int> = []
    var angles: Set<Int> = []
    var rows = 0
    while let line = lines.next(bytes) {
      let row = bytes.fields(line, by: 0x20, most: 5).map { bytes.number($0) }
      guard rows < Self.mostRows, row.count == 4, let x = row[0], let y = row[1], let angle = row[2],
        let quality = row[3],
        x < 5000, y < 5000, angle < 360, quality <= 100
      else { return false }
      xs.insert(x)
      angles.insert(angle)
      rows += 1
    }
    return rows >= 10 && xs.count * 3 >= rows && angles.count >= 5
  }

  /// The number of minutiae that the head states is the number of lines that follow.
  private func isMindtct(_ bytes: RawSpan) -> Bool {
    var lines = TextLines(at: 0, end: bytes.byteCount)
    var stated: Int?
    var listed = 0
    while let line = lines.next(bytes) {
      if bytes.contains("Minutiae Detected", in: line) {
        stated = bytes.decimal(line.lowerBound, most: 6)?.value
      } else if bytes.contains(":RIG:", in: line) || bytes.contains(":BIF:", in: line) {
        listed += 1
      }
    }
    return listed > 0 && stated == listed
  }

  private static func xyt(_ rows: Int, angle: Int) -> [UInt8] {
    Array((0..<rows).map { "\(20 + 7 * $0) \(400 - 5 * $0) \(angle - 8 * ($0 % 9)) \(90 - $0)\n" }.joined().utf8)
  }
}
