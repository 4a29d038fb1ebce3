internal import CustodyCore

/// Vectors in Annoy indexes, which have no header: a leaf after another, each counting itself.
struct AnnoyVectors: Detector {
  var descriptor: DetectorDescriptor {
    DetectorDescriptor(
      name: "face.vectors-annoy", version: 1, dataClasses: [.faceTemplate], strengths: [.weak],
      summary: "Annoy indexes whose first leaves are vectors with a face model's dimension and norm",
      sources: ["spotify/annoy src/annoylib.h (nodes of angular and euclidean indexes)"],
      limits: [
        "nothing in the file names what the vectors are of", "at least 4 leaves at the start of the file are needed",
        "the leaves are counted within the first 256 KiB",
      ],
      triggers: [.opening(.unknown)],
      positives: [
        DetectorExample("an angular index", expected: ["face.template weak x4"]) {
          AnnoySample.leaves(VectorSample.rows(4, 512, norm: 1), head: 12)
        },
        DetectorExample("a euclidean index of dlib's vectors", expected: ["face.template weak x5"]) {
          AnnoySample.leaves(VectorSample.dlib(5), head: 16)
        },
      ],
      negatives: [
        DetectorExample("three leaves") { AnnoySample.leaves(VectorSample.rows(3, 512, norm: 1), head: 12) },
        DetectorExample("vectors of another norm") { AnnoySample.leaves(VectorSample.rows(4, 512, norm: 3), head: 12) },
        DetectorExample("ones and zeros") { (0..<2048).flatMap { _ in [1, 0, 0, 0] as [UInt8] } },
      ])
  }

  private static let stretch = 256 << 10

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    guard bytes.u32le(start) == 1 else { return .nothing }
    for dimension in VectorTally.dimensions {
      for head in [12, 16] {
        let size = head + 4 * dimension
        var count = 0
        while count * size <= bytes.byteCount - start - size, bytes.u32le(start + count * size) == 1 { count += 1 }
        let isShort = bytes.byteCount - start < Self.stretch && !context.windowReachesEnd && !context.windowIsFinal
        if isShort, count >= 1, (count + 1) * size > bytes.byteCount - start {
          return .needsMore(total: Self.stretch)
        }
        guard count >= 4 else { continue }
        let tally = bytes.vectorTally(
          at: start + head, rows: count, dimension: dimension, .float32, stride: size)
        guard tally.shape?.isModelled == true,
          let seen = VectorEvidence(tally, rows: count, names: [], format: "annoy", most: .weak)
        else { continue }
        return .found(
          [seen.observation(by: descriptor, at: context.windowOffset + UInt64(start), length: count * size)],
          length: count * size, kind: nil)
      }
    }
    return .nothing
  }
}

enum AnnoySample {
  static func leaves(_ rows: [[Double]], head: Int) -> [UInt8] {
    rows.flatMap { VectorSample.le(1, 4) + [UInt8](repeating: 0, count: head - 4) + VectorSample.f4([$0]) }
  }
}
