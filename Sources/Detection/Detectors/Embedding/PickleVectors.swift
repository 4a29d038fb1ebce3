internal import CustodyCore

/// Face vectors in Python pickles: caches of face_recognition tutorials and DeepFace, classifiers trained on faces.
struct PickleVectors: Detector {
  var descriptor: DetectorDescriptor {
    DetectorDescriptor(
      name: "face.vectors-pickle", version: 1, dataClasses: [.faceTemplate],
      strengths: [.proof, .strong, .weak],
      summary: "vectors with a face model's numbers in Python pickles, read by opcodes and never executed",
      sources: [
        "PEP 3154, Python pickletools (opcodes)", "numpy/numpy (array reduction, protocols 2 to 5)",
        "ageitgey/face_recognition, serengil/deepface (keys)",
      ],
      limits: [
        "protocols 0 and 1 are not read", "compressed pickles (joblib) are not opened",
        "nothing is executed: objects that compute their vectors when loaded are not seen",
        "names are sorted into person, label and other, never read out",
        "of pickles above 16 MiB the beginning is judged",
      ],
      triggers: [.opening(ContentKind(rawValue: "application/x-python-pickle"))],
      positives: [
        DetectorExample("encodings with names, protocol 4", expected: ["face.template proof x2"]) {
          PickleSample.arrays(VectorSample.dlib(2), keys: ["encodings", "names"])
        },
        DetectorExample("one encoding, bytes inflated by protocol 2", expected: ["face.template strong x1"]) {
          PickleSample.inflated(VectorSample.dlib(1), key: "face_encoding")
        },
        DetectorExample("a DeepFace cache: lists of Python floats", expected: ["face.template proof x2"]) {
          PickleSample.floats(VectorSample.rows(2, 512, norm: 1), keys: ["identity", "embedding", "target_w"])
        },
        DetectorExample("a row of 4096 floats in batches and frames", expected: ["face.template strong x1"]) {
          PickleSample.batches(VectorSample.rows(1, 4096, norm: 1))
        },
        DetectorExample("normalized rows under a general name", expected: ["face.template weak x2"]) {
          PickleSample.floats(VectorSample.rows(2, 512, norm: 1), keys: ["embedding"])
        },
      ],
      negatives: [
        DetectorExample("embeddings of text") {
          PickleSample.floats(VectorSample.rows(2, 512, norm: 1), keys: ["embedding", "page_content"])
        },
        DetectorExample("parameters of a model") {
          PickleSample.arrays(VectorSample.rows(2, 512, norm: 1), keys: ["conv1.weight", "conv1.bias"])
        },
        DetectorExample("names without vectors") {
          PickleSample.stream(PickleSample.text("encodings") + PickleSample.text("names"))
        },
        DetectorExample("an array whose bytes end early") {
          Array(PickleSample.arrays(VectorSample.dlib(1), keys: ["encodings", "names"]).prefix(900))
        },
      ])
  }

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    guard bytes.u8(start) == 0x80 else { return .nothing }
    if !context.windowReachesEnd, !context.windowIsFinal { return .needsMore(total: EntryExaminer.windowLimit + 1) }
    guard let pickle = PickleReader.read(bytes, from: start) else { return .nothing }
    let limits = context.windowReachesEnd || !pickle.isCut ? [] : [DetectionLimit.beginning(of: "a pickle")]
    let length = bytes.byteCount - start
    let offset = context.windowOffset + UInt64(start)
    guard !pickle.makesTensors, var seen = pickle.evidence(bytes, format: "pickle") else {
      return Detection.nothing.naming(pickle.pictures.filesOnly).limited(by: limits)
    }
    // A stream without its end is damaged or cut: less than proof.
    if pickle.complete == 0 { seen.strength = min(seen.strength, .strong) }
    // Claims no bytes: records inside are found as anywhere else.
    return Detection.found([seen.observation(by: descriptor, at: offset, length: length)], length: 1, kind: nil)
      .naming(pickle.pictures).limited(by: limits)
  }
}

/// Pickles as numpy and Python write them, opcode by opcode.
enum PickleSample {
  static func stream(_ body: [UInt8], version: UInt8 = 4) -> [UInt8] {
    [0x80, version, 0x7D, 0x28] + body + [0x75, 0x2E]
  }
  static func text(_ text: String) -> [UInt8] { [0x8C, UInt8(text.utf8.count)] + Array(text.utf8) + [0x94] }
  static func blob(_ bytes: [UInt8]) -> [UInt8] { [0x42] + VectorSample.le(bytes.count, 4) + bytes }

  private static func array(_ data: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    for part in [
      text("numpy.core.multiarray"), text("_reconstruct"), [0x93], text("numpy"), text("ndarray"), [0x93],
      [0x4B, 0, 0x85, 0x43, 1, 0x62, 0x87, 0x52, 0x28, 0x4B, 1, 0x4B, 128, 0x85], text("numpy"), text("dtype"), [0x93],
      text("f8"), [0x89, 0x88, 0x87, 0x52, 0x89], data, [0x74, 0x62],
    ] { out += part }
    return out
  }

  /// A dictionary: a list of float64 arrays under the first key, something under the others.
  static func arrays(_ rows: [[Double]], keys: [String]) -> [UInt8] {
    var body: [UInt8] = text(keys.first ?? "") + [0x5D, 0x28]
    for row in rows { body += array(blob(VectorSample.f8([row]))) }
    body.append(0x65)
    for key in keys.dropFirst() { body += text(key) + [0x4E] }
    return stream(body)
  }

  static func inflated(_ rows: [[Double]], key: String) -> [UInt8] {
    var body = text(key)
    for row in rows {
      let wide = Array(String(String.UnicodeScalarView(VectorSample.f8([row]).map { Unicode.Scalar($0) })).utf8)
      var call = Array("c_codecs\nencode\nX".utf8)
      call += VectorSample.le(wide.count, 4)
      call += wide
      call += text("latin1")
      call += [0x86, 0x52]
      body += array(call)
    }
    return stream(body, version: 2)
  }

  /// One list of floats: batches of 1000, and a frame that begins in the middle of one.
  static func batches(_ rows: [[Double]]) -> [UInt8] {
    var body = text("face_embedding") + [0x5D, 0x94, 0x28]
    for (i, x) in rows.joined().enumerated() {
      if i > 0, i % 1000 == 0 { body += [0x65, 0x28] }
      if i == 500 { body += [0x95] + VectorSample.le(1 << 15, 8) }
      body.append(0x47)
      body += (0..<8).reversed().map { UInt8(truncatingIfNeeded: x.bitPattern >> (8 * UInt64($0))) }
    }
    return stream(body + [0x65])
  }

  /// A list of dictionaries; the vector, as Python floats, stands under the key `embedding`.
  static func floats(_ rows: [[Double]], keys: [String]) -> [UInt8] {
    var body: [UInt8] = [0x5D, 0x28]
    for row in rows {
      body += [0x7D, 0x28]
      for key in keys {
        body += text(key)
        guard key == "embedding" else {
          body.append(0x4E)
          continue
        }
        body += [0x5D, 0x94, 0x28]
        for x in row {
          body.append(0x47)
          body += (0..<8).reversed().map { UInt8(truncatingIfNeeded: x.bitPattern >> (8 * UInt64($0))) }
        }
        body.append(0x65)
      }
      body.append(0x75)
    }
    return stream(body + [0x65])
  }
}
