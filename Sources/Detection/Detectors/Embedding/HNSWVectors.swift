internal import CustodyCore

/// Vectors in hnswlib indexes: the arithmetic of the header proves the form, the numbers say whose they may be.
struct HNSWVectors: Detector {
  var descriptor: DetectorDescriptor {
    DetectorDescriptor(
      name: "face.vectors-hnswlib", version: 1, dataClasses: [.faceTemplate], strengths: [.strong, .weak],
      summary: "hnswlib indexes whose vectors have a face model's dimension and norm; strong for dlib's numbers",
      sources: ["nmslib/hnswlib hnswlib/hnswalg.h (saveIndex)"],
      limits: [
        "an index has no names: normalized vectors may be of faces, pictures or text",
        "indexes split over several files (Chroma) are not joined", "of indexes above 16 MiB the beginning is judged",
      ],
      triggers: [.opening(ContentKind(rawValue: "application/x-hnswlib-index"))],
      positives: [
        DetectorExample("dlib's vectors", expected: ["face.template strong x3"]) {
          HNSWSample.index(VectorSample.dlib(3))
        },
        DetectorExample("normalized vectors", expected: ["face.template weak x2"]) {
          HNSWSample.index(VectorSample.rows(2, 512, norm: 1))
        },
      ],
      negatives: [
        DetectorExample("vectors of 768 dimensions") { HNSWSample.index(VectorSample.rows(2, 768, norm: 1)) },
        DetectorExample("vectors of another norm") { HNSWSample.index(VectorSample.rows(2, 128, norm: 7)) },
        DetectorExample("more elements than the file holds") { HNSWSample.index(VectorSample.dlib(3), count: 9) },
      ])
  }

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    guard bytes.u64le(start) == 0, let capacity = bytes.u64le(start + 8), let count = bytes.u64le(start + 16),
      let size = bytes.u64le(start + 24), let label = bytes.u64le(start + 32), let data = bytes.u64le(start + 40),
      let m0 = bytes.u64le(start + 64), let m = bytes.u64le(start + 72), (1..<1 << 16).contains(m), m0 == 2 * m,
      data == 4 * m0 + 4, label > data, label < 1 << 20, size == label + 8, count > 0, count <= capacity,
      count < 1 << 40, (label - data) % 4 == 0
    else { return .nothing }
    let dimension = (label - data) / 4
    guard VectorTally.dimensions.contains(dimension) else { return .nothing }
    let total = 96 + count * size
    if total > bytes.byteCount - start {
      if !context.windowIsFinal { return .needsMore(total: total) }
      if context.windowReachesEnd { return .nothing }
    }
    let tally = bytes.vectorTally(
      at: start + 96 + data, rows: count, dimension: dimension, .float32, stride: size)
    guard let seen = VectorEvidence(tally, rows: count, names: [], format: "hnswlib", most: .strong) else {
      return .nothing
    }
    return .found(
      [seen.observation(by: descriptor, in: bytes, from: start, total: total, context)], length: 1, kind: nil)
  }
}

enum HNSWSample {
  /// - Parameter count: elements that the header claims; those given when nil.
  static func index(_ rows: [[Double]], count: Int? = nil) -> [UInt8] {
    let links = 4 * 32 + 4
    let label = links + 4 * (rows.first?.count ?? 0)
    var out: [UInt8] = []
    for value in [0, 100, count ?? rows.count, label + 8, label, links] { out += VectorSample.le(value, 8) }
    out += VectorSample.le(0, 4) + VectorSample.le(0, 4)
    for value in [16, 32, 16] { out += VectorSample.le(value, 8) }
    out += VectorSample.f8([[0.36067376022224085]]) + VectorSample.le(200, 8)
    for (i, row) in rows.enumerated() {
      out += [UInt8](repeating: 0, count: links) + VectorSample.f4([row]) + VectorSample.le(i, 8)
    }
    return out
  }
}
