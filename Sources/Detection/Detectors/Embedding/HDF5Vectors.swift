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
        "weights of networks (Keras) are no people and give nothing",
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
        DetectorExample("face embeddings in compressed chunks", expected: ["face.template strong x3"]) {
          HDF5Sample.file(["face_embeddings"], VectorSample.rows(3, 512, norm: 1), isContiguous: false)
        },
      ],
      negatives: [
        DetectorExample("weights of a network") {
          HDF5Sample.file(["keras_version", "face_embeddings", "kernel:0"], VectorSample.rows(3, 512, norm: 1))
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
    let extents = extents(bytes)
    guard !extents.isEmpty else { return .nothing }
    let names = names(bytes)
    guard !names.contains(.model) else { return .nothing }
    var best: VectorEvidence?
    for extent in extents {
      guard let seen = numbers(bytes, extent, names), best.map({ $0.strength < seen.strength }) ?? true else {
        continue
      }
      best = seen
    }
    if best.map({ $0.strength == .weak }) ?? true, let extent = extents.first {
      if names.contains(.face) {
        best = VectorEvidence(rows: extent.rows, dimension: extent.dimension, strength: .strong, format: "hdf5")
      } else if best == nil, names.isSuperset(of: [.vector, .person]), !names.contains(.other) {
        best = VectorEvidence(rows: extent.rows, dimension: extent.dimension, strength: .weak, format: "hdf5")
      }
    }
    guard let best else { return .nothing }
    return .found(
      [
        best.observation(
          by: descriptor, at: context.windowOffset + UInt64(start), length: bytes.byteCount - start)
      ], length: 1, kind: nil)
  }

  private struct Extent {
    var rows: Int
    var dimension: Int
  }

  /// Dataspaces of two dimensions (version 1 or 2) whose last one is a face model's; at most 64.
  private func extents(_ b: RawSpan) -> [Extent] {
    var out: [Extent] = []
    for dimension in VectorTally.dimensions {
      var at = 0
      while out.count < 64, let hit = b.find(LittleEndian.bytes(dimension, 8), from: at, within: b.byteCount) {
        at = hit + 1
        let isFirst = b.u8(hit - 16) == 1 && b.u8(hit - 15) == 2 && (b.u8(hit - 14) ?? 9) <= 1 && b.u8(hit - 13) == 0
        let isSecond = b.u8(hit - 12) == 2 && b.u8(hit - 11) == 2 && (b.u8(hit - 10) ?? 9) <= 1 && b.u8(hit - 9) == 1
        guard isFirst || isSecond, let rows = b.u64le(hit - 8), (1..<1 << 40).contains(rows) else { continue }
        out.append(Extent(rows: rows, dimension: dimension))
      }
    }
    return out
  }

  /// Judges the numbers behind a contiguous layout message whose size is that of the extent.
  private func numbers(_ b: RawSpan, _ extent: Extent, _ names: VectorNames) -> VectorEvidence? {
    for element in VectorElement.allCases {
      let size = extent.rows * extent.dimension * element.size
      var from = 0
      // A size may stand elsewhere too; a few tries are enough.
      for _ in 0..<8 {
        guard let hit = b.find(LittleEndian.bytes(size, 8), from: from, within: b.byteCount) else { break }
        from = hit + 1
        guard b.u8(hit - 10) == 3, b.u8(hit - 9) == 1, let address = b.u64le(hit - 8), address <= b.byteCount,
          size <= b.byteCount - address
        else { continue }
        let tally = b.vectorTally(at: address, rows: extent.rows, dimension: extent.dimension, element)
        if let seen = VectorEvidence(tally, rows: extent.rows, names: names, format: "hdf5") { return seen }
      }
    }
    return nil
  }

  /// Every run of 5 to 64 letters, digits and separators: names stand plainly in heaps and messages.
  private func names(_ b: RawSpan) -> VectorNames {
    var out: VectorNames = []
    var begin = 0
    for at in 0...b.byteCount {
      let c = b.u8(at) ?? 0
      let isPart = (0x30...0x3A).contains(c) || (0x41...0x5A).contains(c) || (0x61...0x7A).contains(c) || c == 0x5F
      guard !isPart else { continue }
      if (5...VectorNames.longest).contains(at - begin) { out.formUnion(VectorNames(naming: b.bytes(begin..<at))) }
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
    return out + (isContiguous ? data : [UInt8](repeating: 0x5A, count: 64))
  }
}
