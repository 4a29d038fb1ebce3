internal import CustodyCore

/// Face vectors in NumPy arrays: `.npy` files, members of `.npz` archives, arrays of Python objects.
struct NumPyVectors: Detector {
  var descriptor: DetectorDescriptor {
    DetectorDescriptor(
      name: "face.vectors-numpy", version: 1, dataClasses: [.faceTemplate], strengths: [.proof, .strong, .weak],
      summary: "rows of 128, 160, 512 or 4096 floats with the norm of a face model in NumPy arrays",
      sources: [
        "NumPy Enhancement Proposal 1 (format of .npy)", "numpy/numpy lib/format.py",
        "ageitgey/face_recognition, davidsandberg/facenet, deepinsight/insightface (dimensions and norms)",
      ],
      limits: [
        "an array has no names: normalized rows alone (FaceNet, ArcFace, but also CLIP) are weak",
        "column-major matrices and integer vectors are not judged",
        "of arrays above 16 MiB the beginning is judged, of others the first 4096 rows",
      ],
      triggers: [.anywhere(NumPyHeader.magic)],
      positives: [
        DetectorExample("three of dlib's faces, float64", expected: ["face.template strong x3"]) {
          NumPySample.array("<f8", [3, 128], VectorSample.f8(VectorSample.dlib(3)))
        },
        DetectorExample("two normalized rows of 512, whose model is not known", expected: ["face.template weak x2"]) {
          NumPySample.array("<f4", [2, 512], VectorSample.f4(VectorSample.rows(2, 512, norm: 1)))
        },
        DetectorExample("one of dlib's faces", expected: ["face.template weak x1"]) {
          NumPySample.array("<f8", [128], VectorSample.f8(VectorSample.dlib(1)))
        },
      ],
      negatives: [
        DetectorExample("SIFT descriptors: counts of one sign") {
          NumPySample.array(
            "<f4", [2, 128], VectorSample.f4(VectorSample.rows(2, 128, norm: 512).map { $0.map(\.magnitude) }))
        },
        DetectorExample("weights of 128 columns, another norm") {
          NumPySample.array("<f4", [4, 128], VectorSample.f4(VectorSample.rows(4, 128, norm: 11)))
        },
        DetectorExample("a text model's 768 numbers") {
          NumPySample.array("<f4", [2, 768], VectorSample.f4(VectorSample.rows(2, 768, norm: 1)))
        },
        DetectorExample("a header whose numbers are missing") { NumPySample.array("<f8", [3, 128], []) },
      ])
  }

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    guard let header = NumPyHeader(bytes, at: start) else {
      // The header may go on beyond a first window; a longer one is none.
      let isShort = bytes.byteCount - start < 8192
      return isShort && !context.windowIsFinal && !context.windowReachesEnd ? .needsMore(total: 8192) : .nothing
    }
    let data = start + header.dataOffset
    if let text = header.strings { return names(bytes, start, data, header, text, context) }
    if header.holdsObjects { return objects(bytes, start, data, context) }
    guard let element = header.element, let (rows, dimension) = header.matrix, rows >= 1,
      VectorTally.dimensions.contains(dimension)
    else { return .nothing }
    let (size, overflow) = rows.multipliedReportingOverflow(by: dimension * element.size)
    guard !overflow, size < 1 << 44 else { return .nothing }
    let total = header.dataOffset + size
    if total > bytes.byteCount - start {
      if !context.windowIsFinal { return .needsMore(total: total) }
      // Numbers that the entry does not hold were never there.
      if context.windowReachesEnd { return .nothing }
    }
    let tally = bytes.vectorTally(
      at: data, rows: rows, dimension: dimension, element, bigEndian: header.isBigEndian)
    guard let seen = VectorEvidence(tally, rows: rows, names: [], format: "npy") else { return .nothing }
    // Claims no bytes: rows beyond those judged may be records of another kind.
    return .found(
      [seen.observation(by: descriptor, in: bytes, from: start, total: total, context)], length: 1, kind: nil)
  }

  private func objects(_ bytes: RawSpan, _ start: Int, _ data: Int, _ context: DetectionContext) -> Detection {
    guard data < bytes.byteCount else {
      return context.windowReachesEnd || context.windowIsFinal ? .nothing : .needsMore(total: data - start + 4096)
    }
    // A header alone is cheap to write and must not be worth a large window: the pickle is followed step by step.
    guard let pickle = PickleReader.read(bytes, from: data) else { return .nothing }
    let here = bytes.byteCount - start
    if pickle.isCut, !context.windowReachesEnd, !context.windowIsFinal { return .needsMore(total: 2 * here) }
    let limits =
      pickle.isCut && !context.windowReachesEnd && here >= EntryExaminer.windowLimit ? [DetectionLimit.window] : []
    guard let seen = pickle.evidence(bytes, format: "npy-pickle") else {
      return Detection.nothing.naming(pickle.pictures.filesOnly).limited(by: limits)
    }
    let observation = seen.observation(
      by: descriptor, at: context.windowOffset + UInt64(start), length: max(pickle.end, data) - start)
    return Detection.found([observation], length: 1, kind: nil).naming(pickle.pictures).limited(by: limits)
  }

  /// An array of strings, as it stands beside vectors in an archive of arrays: which pictures it names.
  private func names(
    _ bytes: RawSpan, _ start: Int, _ data: Int, _ header: NumPyHeader, _ text: NumPyHeader.Text,
    _ context: DetectionContext
  ) -> Detection {
    guard start == 0, context.windowOffset == 0, header.shape.count == 1, let count = header.shape.first else {
      return .nothing
    }
    let size = text.characters * text.width
    let (total, overflow) = count.multipliedReportingOverflow(by: size)
    guard !overflow, size > 0, total < 1 << 44 else { return .nothing }
    if total > bytes.byteCount - data, !context.windowReachesEnd, !context.windowIsFinal {
      return .needsMore(total: header.dataOffset + total)
    }
    var tally = NamesTally()
    var at = data
    while at - data < total, at + size <= bytes.byteCount {
      text.value(bytes, at, isBigEndian: header.isBigEndian).withUnsafeBufferPointer {
        tally.take($0, mayBeKey: false)
      }
      at += size
    }
    return Detection.nothing.naming(tally)
  }
}

enum NumPySample {
  static func array(_ type: String, _ shape: [Int], _ data: [UInt8]) -> [UInt8] {
    let dimensions = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(dimensions)), }"
    while (10 + text.utf8.count + 1) % 64 != 0 { text += " " }
    text += "\n"
    return NumPyHeader.magic + [1, 0] + VectorSample.le(text.utf8.count, 2) + Array(text.utf8) + data
  }
}
