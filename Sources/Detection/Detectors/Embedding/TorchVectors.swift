internal import CustodyCore

/// Face vectors in PyTorch files: `data.pkl` of the zip form, and the legacy form with its numbers behind the pickles.
struct TorchVectors: Detector {
  var descriptor: DetectorDescriptor {
    DetectorDescriptor(
      name: "face.vectors-torch", version: 1, dataClasses: [.faceTemplate], strengths: [.proof, .strong, .weak],
      summary: "PyTorch tensors of faces: by names and sizes in data.pkl, by numbers in legacy files",
      sources: ["pytorch/pytorch torch/serialization.py (zip and legacy forms)", "Python pickletools (opcodes)"],
      limits: [
        "in the zip form the numbers stand in other members, which are not judged together with data.pkl",
        "files of network weights are no people and give nothing", "nothing is executed",
      ],
      triggers: [.opening(ContentKind(rawValue: "application/x-python-pickle"))],
      positives: [
        DetectorExample("data.pkl with face embeddings and names", expected: ["face.template strong x5"]) {
          TorchSample.dataPickle(["face_embeddings", "names"], rows: 5, dimension: 512)
        },
        DetectorExample("data.pkl with embeddings of persons", expected: ["face.template weak x5"]) {
          TorchSample.dataPickle(["embeddings", "person_id"], rows: 5, dimension: 512)
        },
        DetectorExample("a word of a network beside face embeddings", expected: ["face.template weak x5"]) {
          TorchSample.dataPickle(["face_embeddings", "names", "bias"], rows: 5, dimension: 512)
        },
        DetectorExample("legacy file, numbers behind the pickles", expected: ["face.template proof x2"]) {
          TorchSample.legacy(["face_embeddings", "names"], VectorSample.rows(2, 512, norm: 1))
        },
      ],
      negatives: [
        DetectorExample("a network: weights of 512 columns") {
          TorchSample.dataPickle(["layer1.weight", "embedding"], rows: 64, dimension: 512)
        },
        DetectorExample("embeddings of words") {
          TorchSample.dataPickle(["word_embeddings", "label"], rows: 64, dimension: 512)
        },
        DetectorExample("face embeddings of another dimension") {
          TorchSample.dataPickle(["face_embeddings", "names"], rows: 5, dimension: 300)
        },
      ])
  }

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    guard bytes.u8(start) == 0x80 else { return .nothing }
    if !context.windowReachesEnd, !context.windowIsFinal { return .needsMore(total: EntryExaminer.windowLimit + 1) }
    guard let pickle = PickleReader.read(bytes, from: start), pickle.makesTensors, !pickle.shapes.isEmpty else {
      return .nothing
    }
    // Names that were read in full and speak of a network alone need no numbers.
    let isNetwork = !pickle.isCut && pickle.names.contains(.model) && pickle.names.isDisjoint(with: [.face, .person])
    let limits =
      context.windowReachesEnd || isNetwork ? [] : [DetectionLimit.beginning(of: "a PyTorch file")]
    guard let seen = legacy(bytes, pickle) ?? named(pickle) else { return Detection.nothing.limited(by: limits) }
    let offset = context.windowOffset + UInt64(start)
    return Detection.found(
      [seen.observation(by: descriptor, at: offset, length: bytes.byteCount - start)], length: 1, kind: nil
    ).limited(by: limits)
  }

  /// By the names of the dictionary and the shapes of its tensors.
  private func named(_ pickle: PickleReader) -> VectorEvidence? {
    let names = pickle.names
    guard let shape = pickle.shapes.first, pickle.shapes.count <= 64 || names.contains(.face) else { return nil }
    // Words of a network or of language beside those of faces and people lower the answer and never silence it.
    // Names that end early may leave such words out.
    let isFace = names.contains(.face) && !names.contains(.model) && !pickle.isCut
    guard names.contains(.face) || names.isSuperset(of: [.vector, .person]) else { return nil }
    let rows = pickle.shapes.filter { $0.dimension == shape.dimension }.reduce(0) { sum, s in
      sum.addingReportingOverflow(min(max(1, s.rows), 1 << 24)).partialValue
    }
    return VectorEvidence(
      rows: rows, dimension: shape.dimension, strength: isFace ? .strong : .weak, format: "torch")
  }

  /// Legacy storages: count as u64 little-endian, then the numbers, in the order of the list of keys.
  private func legacy(_ b: RawSpan, _ pickle: PickleReader) -> VectorEvidence? {
    guard pickle.complete >= 4 else { return nil }
    var at = pickle.end
    for _ in 0..<1024 {
      guard let count = b.u64le(at), count > 0, count <= (b.byteCount - at - 8) / 4 else { return nil }
      for dimension in VectorTally.dimensions
      where count % dimension == 0 && pickle.shapes.contains(where: { $0.dimension == dimension }) {
        let tally = b.vectorTally(at: at + 8, rows: count / dimension, dimension: dimension, .float32)
        if let seen = VectorEvidence(tally, rows: count / dimension, names: pickle.names, format: "torch-legacy") {
          return seen
        }
      }
      at += 8 + count * 4
    }
    return nil
  }
}

enum TorchSample {
  /// `data.pkl`: a dictionary with a tensor, which is a view of a storage named by a persistent id.
  static func dataPickle(_ keys: [String], rows: Int, dimension: Int) -> [UInt8] {
    var body: [UInt8] = []
    for key in keys {
      body += PickleSample.text(key)
      // The first key holds the tensor.
      guard key == keys.first else {
        body.append(0x4E)
        continue
      }
      body += Array("ctorch._utils\n_rebuild_tensor_v2\n((".utf8)
      body += PickleSample.text("storage")
      body += Array("ctorch\nFloatStorage\n".utf8)
      body += PickleSample.text("0")
      body += PickleSample.text("cpu")
      body += [0x4D, 0, 2, 0x74, 0x71, 5, 0x51, 0x4B, 0, 0x4D]
      body += VectorSample.le(rows, 2)
      body.append(0x4D)
      body += VectorSample.le(dimension, 2)
      body += [0x86, 0x4E, 0x74, 0x52]
    }
    return PickleSample.stream(body, version: 2)
  }

  static func legacy(_ keys: [String], _ rows: [[Double]]) -> [UInt8] {
    let magic: [UInt8] = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]
    let version: [UInt8] = [0x80, 2, 0x4D, 0xE9, 3, 0x2E]
    let system = PickleSample.stream(PickleSample.text("little_endian") + [0x88], version: 2)
    let object = dataPickle(keys, rows: rows.count, dimension: rows.first?.count ?? 0)
    let data = VectorSample.f4(rows)
    var out: [UInt8] = []
    for part in [magic, version, system, object, [0x80, 2, 0x5D], PickleSample.text("0"), [0x61, 0x2E]] { out += part }
    return out + VectorSample.le(data.count / 4, 8) + data
  }
}
