internal import CustodyCore

/// Face vectors under a telling key in JSON, JSON Lines and whatever quotes its keys.
struct JSONVectors: Detector {
  var descriptor: DetectorDescriptor {
    DetectorDescriptor(
      name: "face.vectors-json", version: 1, dataClasses: [.faceTemplate], strengths: [.proof, .strong, .weak],
      summary: "lists of 128, 160, 512 or 4096 numbers under a telling key in JSON, with a face model's norm",
      sources: [
        "RFC 8259 (JSON)", "justadudewhohacks/face-api.js LabeledFaceDescriptors (label, descriptors)",
        "photoprism/photoprism, exadel-inc/CompreFace (embeddings)", "serengil/deepface (represent)",
      ],
      limits: [
        "keys must be quoted and name a vector", "escaped or UTF-16 text is not seen",
        "an object's keys count when they stand within 1 KiB before or up to another row behind",
      ],
      triggers: Self.patterns.map { .anywhere(Array($0.utf8), lookBehind: 1024) },
      positives: [
        DetectorExample("face-api.js", expected: ["face.template proof x2"]) {
          JSONVectorSample.object(["label": "\"A. Person\""], "descriptors", VectorSample.dlib(2))
        },
        DetectorExample("one face embedding", expected: ["face.template strong x1"]) {
          JSONVectorSample.object([:], "face_embedding", VectorSample.rows(1, 512, norm: 1))
        },
        DetectorExample("persons with normalized embeddings", expected: ["face.template strong x2"]) {
          JSONVectorSample.object(["person_id": "7"], "embeddings", VectorSample.rows(2, 512, norm: 1))
        },
        DetectorExample("embeddings of something", expected: ["face.template weak x2"]) {
          JSONVectorSample.object([:], "embeddings", VectorSample.rows(2, 512, norm: 1))
        },
      ],
      negatives: [
        DetectorExample("embeddings of text") {
          JSONVectorSample.object(["text": "\"a\""], "embedding", VectorSample.rows(2, 512, norm: 1))
        },
        DetectorExample("a character encoding") { Array(#"{"encoding": "utf-8", "encodings": ["gzip", "br"]}"#.utf8) },
        DetectorExample("1536 numbers of a text model") {
          JSONVectorSample.object([:], "embedding", VectorSample.rows(1, 1536, norm: 1))
        },
        DetectorExample("whole numbers") {
          JSONVectorSample.object(
            [:], "descriptor", VectorSample.rows(1, 128, norm: 512).map { $0.map { $0.rounded() } })
        },
      ])
  }

  /// Beginnings of the keys of 5.8. Eight bytes are the most a trigger has.
  static let patterns = [
    "embeddin", "encoding", "descript", "face_vec", "faceVect", "faceprin", "face_tem", "faceTemp", "feature_",
    "represen",
  ]
  /// Text behind a value that has a say in its judgement: another row like its own, and keys beside it. Every byte is
  /// then read by two keys at most, however many there are.
  private static func stretch(behind value: Int) -> Int { 2048 + min(value, 22 << 10) }

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    // The key ends with a quote; a colon and a list of numbers follow. Nearly all hits fail here.
    var at = start
    while at < start + 32, let c = bytes.u8(at), (0x61...0x7A).contains(c | 0x20) || c == 0x5F { at += 1 }
    guard bytes.u8(at) == 0x22 else { return .nothing }
    at += 1
    while at < start + 48, let c = bytes.u8(at), c == 0x20 || c == 0x0A || c == 0x0D || c == 0x09 { at += 1 }
    guard bytes.u8(at) == UInt8(ascii: ":") else { return .nothing }
    let colon = at
    at += 1
    var brackets = 0
    while at < start + 96, let c = bytes.u8(at), Self.opens.contains(c) {
      if c == UInt8(ascii: "[") { brackets += 1 }
      at += 1
    }
    guard brackets > 0, NumberRun.number(bytes, at, bytes.byteCount) != nil else { return .nothing }
    let value = colon + 1
    let end = Self.end(bytes, of: value)
    let canGrow = !context.windowReachesEnd && !context.windowIsFinal
    if end >= bytes.byteCount, canGrow { return .needsMore(total: 2 * (bytes.byteCount - start)) }
    var rows = TextRows()
    rows.scan(bytes, from: value, to: end)
    let own = rows.tallies.reduce(0) { $0 + $1.rows }
    // What is no vector by itself is not worth a look around it.
    guard rows.tallies.contains(where: { $0.shape != nil }) else { return .nothing }
    let behind = end + Self.stretch(behind: (end - value) / max(1, own))
    if behind > bytes.byteCount, canGrow { return .needsMore(total: behind - start) }
    let last = rows.last
    rows.scan(bytes, from: end, to: min(behind, bytes.byteCount), most: own + 1)
    // The key itself, from its quote on, and what stands before and behind it.
    var from = start
    while from > max(0, start - 1024), let c = bytes.u8(from - 1), c != 0x0A { from -= 1 }
    if let open = Self.lastQuote(bytes, before: start), from > open { from = open }
    rows.scan(bytes, from: from, to: value)
    guard var seen = rows.evidence(format: "json") else { return .nothing }
    // Each key answers for its own rows; those around it only had a say.
    seen.rows = own
    let observation = seen.observation(
      by: descriptor, at: context.windowOffset + UInt64(start), length: last - start)
    // Claims numbers alone: whatever stands between two vectors is looked at.
    return .found([observation], length: last - start, kind: nil)
  }

  /// Where the value of numbers and brackets ends that begins at `start`.
  private static func end(_ b: RawSpan, of start: Int) -> Int {
    var at = start
    var depth = 0
    while let c = b.u8(at), inside.contains(c) {
      if c == UInt8(ascii: "[") { depth += 1 }
      if c == UInt8(ascii: "]") { depth -= 1 }
      at += 1
      if depth <= 0, c == UInt8(ascii: "]") { break }
    }
    return at
  }

  private static let inside = Set(" \t\r\n\"[],+-.0123456789eE".utf8)
  private static let opens: [UInt8] = [0x20, 0x0A, 0x0D, 0x09, 0x22, 0x5B]

  private static func lastQuote(_ b: RawSpan, before start: Int) -> Int? {
    (max(0, start - 64)..<max(1, start)).last { b.u8($0) == 0x22 }
  }
}

enum JSONVectorSample {
  static func object(_ fields: [String: String], _ key: String, _ rows: [[Double]]) -> [UInt8] {
    let lists = rows.map { "[" + $0.map { String(describing: $0) }.joined(separator: ", ") + "]" }
    let before = fields.keys.sorted().map { "\"\($0)\": \(fields[$0] ?? "null"), " }.joined()
    return Array("{\(before)\"\(key)\": [\(lists.joined(separator: ", "))]}\n".utf8)
  }
}
