internal import CustodyCore

/// Face vectors in Arrow IPC files (Feather 2), by the names and list sizes of the footer.
struct ArrowVectors: Detector {
  var descriptor: DetectorDescriptor {
    DetectorDescriptor(
      name: "face.vectors-arrow", version: 1, dataClasses: [.faceTemplate], strengths: [.strong, .weak],
      summary: "columns of Arrow IPC files named for face vectors, beside a list size of 128, 160, 512 or 4096",
      sources: ["Apache Arrow columnar format, IPC file format (footer)", "FlatBuffers internals (strings)"],
      limits: [
        "values are not read and rows not counted",
        "files above 16 MiB, streams without a footer and Feather 1 are not read",
        "lists of variable size do not tell their dimension and are not reported",
      ],
      triggers: [.opening(ContentKind(rawValue: "application/vnd.apache.arrow.file"))],
      positives: [
        DetectorExample("face embeddings of 512 numbers", expected: ["face.template strong x1"]) {
          ArrowSample.file(["face_embedding", "name"], listSize: 512)
        },
        DetectorExample("embeddings of persons", expected: ["face.template weak x1"]) {
          ArrowSample.file(["embedding", "person_id"], listSize: 128)
        },
      ],
      negatives: [
        DetectorExample("embeddings of text") { ArrowSample.file(["embedding", "text"], listSize: 512) },
        DetectorExample("face vectors of no known dimension") { ArrowSample.file(["face_embedding"], listSize: 7) },
        DetectorExample("a footer longer than the file") {
          var bytes = ArrowSample.file(["face_embedding", "name"], listSize: 512)
          bytes[bytes.count - 7] = 0x7F
          return bytes
        },
      ])
  }

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    if !context.windowReachesEnd {
      guard context.windowIsFinal else { return .needsMore(total: EntryExaminer.windowLimit + 1) }
      let limit = DetectionLimit(
        .recordWindowLimit, "an Arrow file larger than 16 MiB: the names at its end were not read")
      return Detection.nothing.limited(by: [limit])
    }
    let end = bytes.byteCount - 10
    guard end > start + 8, bytes.has("ARROW1", at: start), bytes.has("ARROW1", at: end + 4),
      let length = bytes.u32le(end), length <= end - start - 8
    else { return .nothing }
    var names: VectorNames = []
    var dimension: Int?
    // FlatBuffers align strings and 32-bit numbers to four bytes of their buffer.
    for at in stride(from: end - length, to: end - 4, by: 4) {
      guard let value = bytes.u32le(at) else { break }
      if (2...VectorNames.longest).contains(value), at + 4 + value < end, bytes.u8(at + 4 + value) == 0 {
        names.formUnion(VectorNames(bytes, at + 4..<at + 4 + value))
      }
      if VectorTally.dimensions.contains(value) { dimension = dimension ?? value }
    }
    guard let dimension else { return .nothing }
    let strength: Strength
    if names.contains(.face) {
      strength = .strong
    } else if names.isSuperset(of: [.vector, .person]) {
      strength = .weak
    } else {
      return .nothing
    }
    let seen = VectorEvidence(rows: 1, dimension: dimension, strength: strength, format: "arrow")
    return .found(
      [
        seen.observation(
          by: descriptor, at: context.windowOffset + UInt64(start), length: bytes.byteCount - start)
      ], length: 1, kind: nil)
  }
}

enum ArrowSample {
  /// Magic and a footer with the strings and the number that a schema of such columns has.
  static func file(_ columns: [String], listSize: Int) -> [UInt8] {
    var footer = VectorSample.le(listSize, 4)
    for column in columns {
      footer += VectorSample.le(column.utf8.count, 4) + Array(column.utf8)
      repeat { footer.append(0) } while footer.count % 4 != 0
    }
    footer += VectorSample.le(0, 4)
    return Array("ARROW1\0\0".utf8) + footer + VectorSample.le(footer.count, 4) + Array("ARROW1".utf8)
  }
}
