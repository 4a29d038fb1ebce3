internal import CustodyCore

/// Vectors in FAISS indexes: the header is checked, flat indexes are read.
struct FAISSVectors: Detector {
  var descriptor: DetectorDescriptor {
    DetectorDescriptor(
      name: "face.vectors-faiss", version: 1, dataClasses: [.faceTemplate], strengths: [.strong, .weak],
      summary: "FAISS indexes of a face model's dimension; strong when a flat index holds dlib's numbers",
      sources: ["facebookresearch/faiss impl/index_write.cpp (header, fourcc)"],
      limits: [
        "an index has no names: normalized vectors may be of faces, pictures or text",
        "compressed and graph indexes are known by their dimension alone, and weak",
        "indexes wrapped in an id map are recognized, their vectors not judged",
      ],
      triggers: [.opening(ContentKind(rawValue: "application/x-faiss-index"))],
      positives: [
        DetectorExample("a flat index of dlib's vectors", expected: ["face.template strong x3"]) {
          FAISSSample.flat(VectorSample.dlib(3))
        },
        DetectorExample("a flat index of normalized vectors", expected: ["face.template weak x2"]) {
          FAISSSample.flat(VectorSample.rows(2, 512, norm: 1))
        },
        DetectorExample("a compressed index of 512 dimensions", expected: ["face.template weak x70"]) {
          FAISSSample.header("IwPQ", dimension: 512, count: 70) + [UInt8](repeating: 7, count: 70)
        },
      ],
      negatives: [
        DetectorExample("an index of 768 dimensions") { FAISSSample.flat(VectorSample.rows(2, 768, norm: 1)) },
        DetectorExample("an empty index") {
          FAISSSample.header("IxFI", dimension: 512, count: 0) + VectorSample.le(0, 8)
        },
        DetectorExample("SIFT descriptors") {
          FAISSSample.flat(VectorSample.rows(2, 128, norm: 512).map { $0.map(\.magnitude) })
        },
      ])
  }

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    guard let dimension = bytes.u32le(start + 4), VectorTally.dimensions.contains(dimension),
      let count = bytes.u64le(start + 8), count > 0, count < 1 << 40, bytes.u64le(start + 16) == 0x10_0000,
      bytes.u64le(start + 24) == 0x10_0000, let trained = bytes.u8(start + 32), trained <= 1,
      let metric = bytes.u32le(start + 33)
    else { return .nothing }
    let flat = bytes.has("IxFI", at: start) || bytes.has("IxF2", at: start) || bytes.has("IxFl", at: start)
    guard flat else {
      let seen = VectorEvidence(rows: count, dimension: dimension, strength: .weak, format: "faiss")
      // However compressed, a vector takes a byte.
      return .found(
        [seen.observation(by: descriptor, in: bytes, from: start, total: 37 + count, context)], length: 1, kind: nil)
    }
    // One more number belongs to other metrics than inner product and L2.
    let at = start + (metric > 1 ? 41 : 37)
    // The codes of a flat index are counted in units of four bytes, which are its numbers.
    guard bytes.u64le(at) == dimension * count else { return .nothing }
    let total = at + 8 - start + dimension * count * 4
    if total > bytes.byteCount - start {
      if !context.windowIsFinal { return .needsMore(total: total) }
      if context.windowReachesEnd { return .nothing }
    }
    let tally = bytes.vectorTally(at: at + 8, rows: count, dimension: dimension, .float32)
    guard let seen = VectorEvidence(tally, rows: count, names: [], format: "faiss", most: .strong) else {
      return .nothing
    }
    return .found(
      [seen.observation(by: descriptor, in: bytes, from: start, total: total, context)], length: 1, kind: nil)
  }
}

enum FAISSSample {
  static func header(_ fourcc: String, dimension: Int, count: Int) -> [UInt8] {
    var out = Array(fourcc.utf8)
    for (value, size) in [(dimension, 4), (count, 8), (1 << 20, 8), (1 << 20, 8), (1, 1), (1, 4)] {
      out += VectorSample.le(value, size)
    }
    return out
  }
  static func flat(_ rows: [[Double]]) -> [UInt8] {
    let dimension = rows.first?.count ?? 0
    return header("IxFI", dimension: dimension, count: rows.count) + VectorSample.le(dimension * rows.count, 8)
      + VectorSample.f4(rows)
  }
}
