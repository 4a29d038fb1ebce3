internal import CustodyCore

/// Face vectors in Parquet files, by the names and sizes of the footer: pages are compressed and not read.
struct ParquetVectors: Detector {
  var descriptor: DetectorDescriptor {
    DetectorDescriptor(
      name: "face.vectors-parquet", version: 1, dataClasses: [.faceTemplate], strengths: [.strong, .weak],
      summary: "columns of Parquet files named for face vectors that hold 128, 160, 512 or 4096 numbers a row",
      sources: ["apache/parquet-format parquet.thrift (FileMetaData)", "apache/thrift compact protocol"],
      limits: [
        "values are not read, names and numbers of values decide",
        "files above 16 MiB and encrypted footers are not read",
        "vectors kept as bytes are not seen",
      ],
      triggers: [.opening(ContentKind(rawValue: "application/vnd.apache.parquet"))],
      positives: [
        DetectorExample("face embeddings of 512 numbers", expected: ["face.template strong x20"]) {
          ParquetSample.file(column: "face_embedding", beside: "name", rows: 20, dimension: 512)
        },
        DetectorExample("embeddings of persons", expected: ["face.template weak x20"]) {
          ParquetSample.file(column: "embedding", beside: "person_id", rows: 20, dimension: 128)
        },
      ],
      negatives: [
        DetectorExample("embeddings of text") {
          ParquetSample.file(column: "embedding", beside: "text", rows: 20, dimension: 512)
        },
        DetectorExample("face vectors of no known dimension") {
          ParquetSample.file(column: "face_embedding", beside: "name", rows: 20, dimension: 3)
        },
        DetectorExample("no rows") {
          ParquetSample.file(column: "face_embedding", beside: "name", rows: 0, dimension: 512)
        },
      ])
  }

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    if !context.windowReachesEnd {
      guard context.windowIsFinal else { return .needsMore(total: EntryExaminer.windowLimit + 1) }
      let limit = DetectionLimit(
        .recordWindowLimit, "a Parquet file larger than 16 MiB: the names at its end were not read")
      return Detection.nothing.limited(by: [limit])
    }
    let end = bytes.byteCount - 8
    guard end > start + 4, bytes.has("PAR1", at: start), bytes.has("PAR1", at: end + 4),
      let length = bytes.u32le(end), length <= end - start - 4,
      let footer = ParquetFooter(bytes, from: end - length, to: end), footer.rows > 0
    else { return .nothing }
    var best: VectorEvidence?
    for column in footer.columns where column.isFloat && column.values % footer.rows == 0 {
      let dimension = column.values / footer.rows
      guard VectorTally.dimensions.contains(dimension) else { continue }
      if column.names.contains(.face) {
        best = VectorEvidence(rows: footer.rows, dimension: dimension, strength: .strong, format: "parquet")
        break
      }
      guard column.names.contains(.vector), footer.names.contains(.person) else { continue }
      best = VectorEvidence(rows: footer.rows, dimension: dimension, strength: .weak, format: "parquet")
    }
    guard let best else { return .nothing }
    return .found(
      [best.observation(packedIn: bytes, by: descriptor, from: start, context)], length: 1, kind: nil)
  }
}

enum ParquetSample {
  private static func varint(_ value: Int) -> [UInt8] {
    value < 128 ? [UInt8(value)] : [UInt8(value & 0x7F | 0x80)] + varint(value >> 7)
  }
  private static func text(_ text: String) -> [UInt8] { varint(text.utf8.count) + Array(text.utf8) }
  /// A schema element: type, repetition and name, each with its field header.
  private static func element(_ name: String) -> [UInt8] { [0x15, 8, 0x25, 2, 0x18] + text(name) + [0] }

  private static func chunk(_ path: [String], type: UInt8, values: Int) -> [UInt8] {
    var out: [UInt8] = [0x26, 8, 0x1C, 0x15, type << 1, 0x19, 0x15, 0]
    out += [0x19, UInt8(path.count) << 4 | 8] + path.flatMap(text)
    out += [0x15, 0, 0x16] + varint(values * 2)
    return out + [0, 0]
  }

  /// Magic, a byte for every number, and a footer that describes two columns.
  static func file(column: String, beside: String, rows: Int, dimension: Int, pages: Int? = nil) -> [UInt8] {
    var footer: [UInt8] = [0x15, 2, 0x19, 0x3C]
    for name in ["schema", column, beside] { footer += element(name) }
    footer += [0x16] + varint(rows * 2)
    footer += [0x19, 0x1C, 0x19, 0x2C]
    footer += chunk([column, "list", "element"], type: 4, values: rows * dimension)
    footer += chunk([beside], type: 6, values: rows)
    footer += [0x16, 8, 0x16] + varint(rows * 2) + [0, 0]
    let magic = Array("PAR1".utf8)
    return magic + [UInt8](repeating: 0x5A, count: pages ?? rows * dimension) + footer
      + VectorSample.le(footer.count, 4) + magic
  }
}
