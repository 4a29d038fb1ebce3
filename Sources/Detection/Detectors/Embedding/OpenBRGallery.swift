internal import CustodyCore

/// Galleries of OpenBR (`.gal`): matrices and a picture's name, written by Qt.
struct OpenBRGallery: Detector {
  var descriptor: DetectorDescriptor {
    DetectorDescriptor(
      name: "face.openbr", version: 1, dataClasses: [.faceTemplate], strengths: [.strong, .weak],
      summary: "OpenBR galleries, by matrices whose lengths agree and the name that follows; strong for vectors",
      sources: ["biometrics/openbr openbr_plugin.h (Template, File)", "Qt QDataStream serialization"],
      limits: [
        "the first template is read, the others are not counted", "a gallery of plain pictures is weak",
        "names are checked to be text, never read out", "score matrices (.mtx) are not read",
      ],
      triggers: [.opening(.unknown)],
      positives: [
        DetectorExample("a template of 768 bytes", expected: ["face.template strong x1"]) {
          OpenBRSample.gallery(rows: 1, columns: 768, type: 0, size: 1)
        },
        DetectorExample("a template of 128 floats", expected: ["face.template strong x1"]) {
          OpenBRSample.gallery(rows: 1, columns: 128, type: 5, size: 4)
        },
        DetectorExample("a picture", expected: ["face.template weak x1"]) {
          OpenBRSample.gallery(rows: 40, columns: 30, type: 16, size: 3)
        },
      ],
      negatives: [
        DetectorExample("a length that differs") { OpenBRSample.gallery(rows: 1, columns: 768, type: 0, size: 2) },
        DetectorExample("no name") { OpenBRSample.gallery(rows: 1, columns: 768, type: 0, size: 1, name: "") },
        DetectorExample("zeros") { [UInt8](repeating: 0, count: 600) },
      ])
  }

  /// Bytes of an element by OpenCV's depth: 8U 8S 16U 16S 32S 32F 64F.
  private static let depths = [1, 1, 2, 2, 4, 4, 8]

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    guard let count = bytes.u32(start), (1...16).contains(count) else { return .nothing }
    var at = start + 4
    var isVector = true
    for _ in 0..<count {
      guard let rows = bytes.u32(at), let columns = bytes.u32(at + 4), let type = bytes.u32(at + 8),
        let length = bytes.u32(at + 12), (1...1 << 16).contains(rows), (1...1 << 16).contains(columns), type < 64,
        type & 7 < 7, length >= 32, length <= EntryExaminer.windowLimit,
        length == rows * columns * Self.depths[type & 7] * (type >> 3 + 1)
      else { return .nothing }
      if rows > 1, columns > 1 { isVector = false }
      at += 16 + length
      if at + 4096 > bytes.byteCount, !context.windowReachesEnd, !context.windowIsFinal {
        return .needsMore(total: at + 4096 - start)
      }
    }
    guard let name = bytes.u32(at), (8...2048).contains(name), name % 2 == 0, at + 8 + name <= bytes.byteCount,
      let facts = bytes.u32(at + 4 + name), facts <= 1024
    else { return .nothing }
    // UTF-16, big-endian: a path, with a dot in it.
    var hasDot = false
    for i in stride(from: at + 4, to: at + 4 + name, by: 2) {
      guard let c = bytes.u16(i), c >= 0x20, !(0xE000...0xF8FF).contains(c) else { return .nothing }
      if c == 0x2E { hasDot = true }
    }
    guard hasDot else { return .nothing }
    let length = at + 8 + name - start
    let seen = VectorEvidence(rows: 1, dimension: 0, strength: isVector ? .strong : .weak, format: "openbr")
    return .found(
      [seen.observation(by: descriptor, at: context.windowOffset + UInt64(start), length: length)], length: 1,
      kind: nil)
  }
}

enum OpenBRSample {
  static func gallery(
    rows: Int, columns: Int, type: Int, size: Int, name: String = "a/0001.jpg"
  ) -> [UInt8] {
    let length = rows * columns * size
    let text = name.utf8.flatMap { [0, $0] as [UInt8] }
    return ByteBuilder().u32(1, rows, columns, type, length).raw([UInt8](repeating: 0x41, count: length))
      .u32(text.count).raw(text).u32(0).bytes
  }
}
