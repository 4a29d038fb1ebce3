internal import CustodyCore

/// Face vectors in HDF5 files: names of datasets, their extents, and the numbers where they stand in one piece.
struct HDF5Vectors: Detector {
  var descriptor: DetectorDescriptor {
    DetectorDescriptor(
      name: "face.vectors-hdf5", version: 1, dataClasses: [.faceTemplate], strengths: [.proof, .strong, .weak],
      summary: "HDF5 datasets of 128, 160, 512 or 4096 columns with a face model's numbers, or named for faces",
      sources: ["HDF5 File Format Specification 3.0, IV.A.2.b (dataspace), IV.A.2.i (data layout 3)"],
      limits: [
        "chunked and compressed datasets are known by names and extents alone",
        "of files above 16 MiB the beginning is judged",
        "weights of networks (Keras) are no people and give nothing, unless names of faces or people stand beside them",
        "groups are not walked: names of all datasets are read together",
      ],
      triggers: [.opening(ContentKind(rawValue: "application/x-hdf5"))],
      positives: [
        DetectorExample("face embeddings with names, in one piece", expected: ["face.template proof x3"]) {
          HDF5Sample.file(["face_embeddings", "names"], VectorSample.rows(3, 512, norm: 1))
        },
        DetectorExample("dlib's vectors under no telling name", expected: ["face.template strong x3"]) {
          HDF5Sample.file(["data"], VectorSample.dlib(3))
        },
        DetectorExample("a word of a network beside them", expected: ["face.template strong x3"]) {
          HDF5Sample.file(["face_embeddings", "names", "epoch"], VectorSample.rows(3, 512, norm: 1))
        },
        DetectorExample("face embeddings in compressed chunks", expected: ["face.template strong x3"]) {
          HDF5Sample.file(["face_embeddings"], VectorSample.rows(3, 512, norm: 1), isContiguous: false)
        },
      ],
      negatives: [
        DetectorExample("weights of a network") {
          HDF5Sample.file(["keras_version", "embeddings", "kernel:0"], VectorSample.rows(3, 512, norm: 1))
        },
        DetectorExample("embeddings of text") {
          HDF5Sample.file(["text_embeddings", "names"], VectorSample.rows(3, 512, norm: 1))
        },
        DetectorExample("a name without such a dataset") {
          HDF5Sample.file(["face_embeddings"], VectorSample.rows(3, 300, norm: 1))
        },
      ])
  }

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    if !context.windowReachesEnd, !context.windowIsFinal { return .needsMore(total: EntryExaminer.windowLimit + 1) }
    var limits: Set<DetectionLimit> = context.windowReachesEnd ? [] : [.beginning(of: "an HDF5 file")]
    let extents = extents(bytes, &limits)
    let names = extents.isEmpty ? [] : names(bytes)
    guard let first = extents.first, !names.contains(.model) || !names.isDisjoint(with: [.face, .person]) else {
      return Detection.nothing.limited(by: limits.sorted())
    }
    if let best = numbers(bytes, extents, names, &limits),
      best.strength > .weak || names.isDisjoint(with: .face) || names.contains(.model)
    {
      let seen = best.observation(
        by: descriptor, at: context.windowOffset + UInt64(start), length: bytes.byteCount - start)
      return Detection.found([seen], length: 1, kind: nil).limited(by: limits.sorted())
    }
    guard names.contains(.face) || names.isSuperset(of: [.vector, .person]) else {
      return Detection.nothing.limited(by: limits.sorted())
    }
    let named = VectorEvidence(
      rows: first.rows, dimension: first.dimension,
      strength: names.contains(.face) && !names.contains(.model) ? .strong : .weak, format: "hdf5")
    return Detection.found(
      [named.observation(packedIn: bytes, by: descriptor, from: start, context)], length: 1, kind: nil
    ).limited(by: limits.sorted())
  }

  private struct Extent: Hashable {
    var rows: Int
    var dimension: Int
  }

  private static let extentLimit = 4096
  private static let tooMany = DetectionLimit(
    .expandedBytesLimit, "more datasets of vectors than a file of its size can hold: not all were judged")

  /// Different dataspaces of two dimensions (version 1 or 2) whose last one is a face model's.
  private func extents(_ b: RawSpan, _ limits: inout Set<DetectionLimit>) -> [Extent] {
    var out: [Extent] = []
    var known: Set<Extent> = []
    for dimension in VectorTally.dimensions {
      var at = 0
      while let hit = b.find(LittleEndian.bytes(dimension, 8), from: at, within: b.byteCount) {
        at = hit + 1
        let isFirst = b.u8(hit - 16) == 1 && b.u8(hit - 15) == 2 && (b.u8(hit - 14) ?? 9) <= 1 && b.u8(hit - 13) == 0
        let isSecond = b.u8(hit - 12) == 2 && b.u8(hit - 11) == 2 && (b.u8(hit - 10) ?? 9) <= 1 && b.u8(hit - 9) == 1
        guard isFirst || isSecond, let rows = b.u64le(hit - 8), (1..<1 << 40).contains(rows) else { continue }
        guard known.count < Self.extentLimit else {
          limits.insert(Self.tooMany)
          return out
        }
        let extent = Extent(rows: rows, dimension: dimension)
        if known.insert(extent).inserted { out.append(extent) }
      }
    }
    return out
  }

  /// Judges the numbers behind contiguous layout messages whose size is that of an extent: one pass over the file, each
  /// stretch of it judged once for a reading.
  private func numbers(
    _ b: RawSpan, _ extents: [Extent], _ names: VectorNames, _ limits: inout Set<DetectionLimit>
  ) -> VectorEvidence? {
    var readings: [Int: [(extent: Extent, element: VectorElement)]] = [:]
    for extent in extents {
      for element in VectorElement.allCases {
        let size = extent.rows * extent.dimension * element.size
        if size <= b.byteCount { readings[size, default: []].append((extent, element)) }
      }
    }
    guard !readings.isEmpty else { return nil }
    var best: VectorEvidence?
    var judged: Set<[Int]> = []
    var budget = 4 * b.byteCount
    var at = 0
    // Version 3, contiguous (IV.A.2.i), then address and size.
    while let hit = b.find([3, 1], from: at, within: b.byteCount) {
      at = hit + 1
      guard let size = b.u64le(hit + 10), let fitting = readings[size], let address = b.u64le(hit + 2),
        address <= b.byteCount, size <= b.byteCount - address, judged.insert([address, size]).inserted
      else { continue }
      for (extent, element) in fitting {
        guard budget > 0 else {
          limits.insert(Self.tooMany)
          return best
        }
        let tally = b.vectorTally(at: address, rows: extent.rows, dimension: extent.dimension, element)
        budget -= max(64, tally.rows * extent.dimension * element.size)
        guard let seen = VectorEvidence(tally, rows: extent.rows, names: names, format: "hdf5") else { continue }
        if best.map({ ($0.strength, $0.rows) < (seen.strength, seen.rows) }) ?? true { best = seen }
      }
    }
    return best
  }

  /// Every run of 5 to 64 letters, digits and separators: names stand plainly in heaps and messages.
  private func names(_ b: RawSpan) -> VectorNames {
    var out: VectorNames = []
    var begin = 0
    for at in 0...b.byteCount {
      let c = b.u8(at) ?? 0
      let isPart = (0x30...0x3A).contains(c) || (0x41...0x5A).contains(c) || (0x61...0x7A).contains(c) || c == 0x5F
      guard !isPart else { continue }
      if (5...VectorNames.longest).contains(at - begin) { out.formUnion(VectorNames(b, begin..<at)) }
      begin = at + 1
    }
    return out
  }
}

enum HDF5Sample {
  /// A signature, names as a heap holds them, a dataspace, a layout and the numbers.
  static func file(_ names: [String], _ rows: [[Double]], isContiguous: Bool = true) -> [UInt8] {
    let data = VectorSample.f4(rows)
    var out: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0]
    for name in names { out += Array(name.utf8) + [0] }
    out += [1, 2, 0, 0, 0, 0, 0, 0] + VectorSample.le(rows.count, 8) + VectorSample.le(rows.first?.count ?? 0, 8)
    out += [3, isContiguous ? 1 : 2] + VectorSample.le(out.count + 18, 8) + VectorSample.le(data.count, 8)
    return out + (isContiguous ? data : [UInt8](repeating: 0x5A, count: data.count / 2))
  }
}
