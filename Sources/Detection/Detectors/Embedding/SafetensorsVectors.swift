internal import CustodyCore

/// Face vectors in safetensors files: named tensors of floats, never the weights of a network.
struct SafetensorsVectors: Detector {
  var descriptor: DetectorDescriptor {
    DetectorDescriptor(
      name: "face.vectors-safetensors", version: 1, dataClasses: [.faceTemplate],
      strengths: [.proof, .strong, .weak],
      summary: "tensors of safetensors files whose names, sizes and numbers are those of face vectors",
      sources: ["huggingface/safetensors README (format)"],
      limits: [
        "files with weights of a network and no word of faces or people give nothing",
        "of files above 16 MiB the beginning is judged", "headers above 1 MiB are not read",
      ],
      triggers: [.opening(ContentKind(rawValue: "application/x-safetensors"))],
      positives: [
        DetectorExample("face embeddings", expected: ["face.template strong x3"]) {
          SafetensorsSample.file(["face_embeddings"], VectorSample.rows(3, 512, norm: 1))
        },
        DetectorExample("face embeddings beside labels", expected: ["face.template proof x6"]) {
          SafetensorsSample.file(["face_embeddings", "person_id"], VectorSample.rows(3, 512, norm: 1))
        },
        DetectorExample("face embeddings beside weights of a network", expected: ["face.template weak x6"]) {
          SafetensorsSample.file(["conv1.weight", "face_embeddings"], VectorSample.rows(3, 512, norm: 1))
        },
        DetectorExample("a word of a network beside labelled faces", expected: ["face.template strong x9"]) {
          SafetensorsSample.file(["face_embeddings", "person_id", "bias"], VectorSample.rows(3, 512, norm: 1))
        },
        DetectorExample("embeddings of something", expected: ["face.template weak x3"]) {
          SafetensorsSample.file(["embeddings"], VectorSample.rows(3, 512, norm: 1))
        },
      ],
      negatives: [
        DetectorExample("weights of a network") {
          SafetensorsSample.file(["conv1.weight", "embeddings"], VectorSample.rows(3, 512, norm: 1))
        },
        DetectorExample("offsets beyond the file") {
          Array(SafetensorsSample.file(["face_embeddings"], VectorSample.rows(3, 512, norm: 1)).prefix(400))
        },
        DetectorExample("embeddings of text") {
          SafetensorsSample.file(["text_embeddings"], VectorSample.rows(3, 512, norm: 1))
        },
      ])
  }

  private static let headerLimit = 1 << 20

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    guard let length = bytes.u64le(start), (2...Self.headerLimit).contains(length) else { return .nothing }
    if !context.windowReachesEnd, !context.windowIsFinal { return .needsMore(total: EntryExaminer.windowLimit + 1) }
    let data = start + 8 + length
    guard data <= bytes.byteCount else { return .nothing }
    var names: VectorNames = []
    var tensors: [Tensor] = []
    var limits: Set<DetectionLimit> = []
    var reader = SafetensorsHeader(at: start + 8, end: data)
    while let tensor = reader.next(bytes) {
      names.formUnion(tensor.names)
      if tensor.rank > 2 { names.insert(.model) }
      guard tensor.isSound, VectorTally.dimensions.contains(tensor.dimension) else { continue }
      if tensors.count < Self.tensorLimit { tensors.append(tensor) } else { limits.insert(Self.tooMany) }
    }
    guard !names.contains(.model) || !names.isDisjoint(with: [.face, .person]) else { return .nothing }
    if !context.windowReachesEnd { limits.insert(.beginning(of: "a safetensors file")) }
    let held = bytes.byteCount - data
    // What the tensors span; they may say that they lie on top of each other.
    let end = tensors.map(\.end).max() ?? 0
    let span = context.windowReachesEnd ? min(end, held) : end
    var budget = 4 * bytes.byteCount
    var found: [Int: VectorEvidence] = [:]
    for tensor in tensors where tensor.begin <= held && (tensor.end <= held || !context.windowReachesEnd) {
      guard let element = tensor.element else { continue }
      guard budget > 0 else {
        limits.insert(Self.tooMany)
        break
      }
      let rowSize = tensor.dimension * element.size
      let tally = bytes.vectorTally(
        at: data + tensor.begin, rows: tensor.rows, dimension: tensor.dimension, element)
      budget -= max(64, tally.rows * rowSize)
      guard var seen = VectorEvidence(tally, rows: tensor.rows, names: names, format: "safetensors") else { continue }
      if let known = found[tensor.dimension] {
        let (rows, overflow) = seen.rows.addingReportingOverflow(known.rows)
        seen.rows = overflow ? .max : rows
        seen.strength = max(seen.strength, known.strength)
      }
      seen.rows = max(tally.rows, min(seen.rows, span / rowSize))
      found[tensor.dimension] = seen
    }
    let best = found.values.max { ($0.strength, $0.rows, $0.dimension) < ($1.strength, $1.rows, $1.dimension) }
    guard let best else { return Detection.nothing.limited(by: limits.sorted()) }
    return Detection.found(
      [best.observation(by: descriptor, in: bytes, from: start, total: data - start + end, context)], length: 1,
      kind: nil
    ).limited(by: limits.sorted())
  }

  private static let tensorLimit = 4096
  private static let tooMany = DetectionLimit(
    .expandedBytesLimit, "more tensors of vectors than a file of its size can hold: not all were judged")

  /// One tensor of the header.
  struct Tensor {
    var names: VectorNames = []
    var element: VectorElement?
    var rank = 0
    var rows = 1
    var dimension = 0
    var begin = 0
    var end = 0

    /// Its bytes are as many as its numbers need.
    var isSound: Bool {
      guard let element, dimension > 0 else { return false }
      let (size, overflow) = rows.multipliedReportingOverflow(by: dimension * element.size)
      return !overflow && size > 0 && end - begin == size
    }
  }
}

/// Walks the JSON object of a safetensors header: `"name":{"dtype":"F32","shape":[2,512],"data_offsets":[0,4096]}`.
struct SafetensorsHeader {
  private var at: Int
  private let end: Int

  init(at: Int, end: Int) {
    (self.at, self.end) = (at, end)
  }

  /// The next entry that has a shape; nil at the end or where the text is none of this.
  mutating func next(_ b: RawSpan) -> SafetensorsVectors.Tensor? {
    while let quote = b.firstIndex(of: 0x22, from: at, to: end),
      let close = b.firstIndex(of: 0x22, from: quote + 1, to: end),
      let open = b.firstIndex(of: UInt8(ascii: "{"), from: close + 1, to: min(end, close + 8))
        ?? b.firstIndex(of: UInt8(ascii: "}"), from: close + 1, to: end),
      let stop = b.firstIndex(of: UInt8(ascii: "}"), from: open, to: end)
    {
      at = stop + 1
      var tensor = SafetensorsVectors.Tensor()
      tensor.names = VectorNames(b, quote + 1..<close)
      guard let shape = b.find(Array("\"shape\":".utf8), from: open, within: stop),
        let offsets = b.find(Array("\"data_offsets\":".utf8), from: open, within: stop)
      else { continue }
      let sizes = numbers(b, from: shape + 8, to: stop)
      let range = numbers(b, from: offsets + 15, to: stop)
      guard range.count == 2, range[0] <= range[1] else { continue }
      tensor.rank = sizes.count
      tensor.dimension = sizes.last ?? 0
      tensor.rows = sizes.count == 2 ? sizes[0] : 1
      (tensor.begin, tensor.end) = (range[0], range[1])
      for (name, element) in [("\"F32\"", VectorElement.float32), ("\"F64\"", .float64), ("\"F16\"", .float16)]
      where b.find(Array(name.utf8), from: open, within: stop) != nil { tensor.element = element }
      return tensor
    }
    return nil
  }

  /// At most eight numbers between brackets.
  private func numbers(_ b: RawSpan, from: Int, to: Int) -> [Int] {
    var out: [Int] = []
    var at = from
    while at < to, let c = b.u8(at), c != UInt8(ascii: "]"), out.count < 8 {
      if let number = b.decimal(at, most: 14) {
        out.append(number.value)
        at = number.end
      } else {
        at += 1
      }
    }
    return out
  }
}

enum SafetensorsSample {
  /// Every name gets the same rows.
  static func file(_ names: [String], _ rows: [[Double]]) -> [UInt8] {
    let data = VectorSample.f4(rows)
    let entries = names.enumerated().map { i, name in
      "\"\(name)\":{\"dtype\":\"F32\",\"shape\":[\(rows.count),\(rows.first?.count ?? 0)],"
        + "\"data_offsets\":[\(i * data.count),\((i + 1) * data.count)]}"
    }
    let header = Array("{\(entries.joined(separator: ","))}".utf8)
    return VectorSample.le(header.count, 8) + header + names.flatMap { _ in data }
  }
}
