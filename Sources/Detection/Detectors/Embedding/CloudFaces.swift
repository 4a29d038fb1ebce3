internal import CustodyCore

/// Answers of face recognition services kept as JSON: an identifier stands for a template that the service holds.
struct CloudFaces: Detector {
  var descriptor: DetectorDescriptor {
    DetectorDescriptor(
      name: "face.cloud", version: 1, dataClasses: [.faceTemplate], strengths: [.proof, .strong, .weak],
      summary:
        "face identifiers of Amazon Rekognition, Azure Face and Huawei FRS in JSON; proof when matched to a picture",
      sources: [
        "Amazon Rekognition API reference (Face, FaceMatch, BoundingBox)",
        "Azure Face REST reference (detect, identify, persistedFaceId)", "Huawei Cloud FRS API reference (face_id)",
      ],
      limits: [
        "the answers hold no vector: the template is at the service",
        "boxes without an identifier are not reported", "identifiers and names are never read out",
        "in source code, manuals and samples of a programming kit the same words are weak; behind the words of a log "
          + "line they are what they are",
      ],
      triggers: Self.patterns.map { .anywhere(Array($0.utf8), lookBehind: 4096) },
      positives: [
        DetectorExample("a Rekognition match with a picture's name", expected: ["face.template proof x1"]) {
          CloudSample.rekognition(similarity: "99.1", image: "\"ExternalImageId\": \"a.jpg\",")
        },
        DetectorExample("a Rekognition face with a box", expected: ["face.template strong x1"]) {
          CloudSample.rekognition(similarity: nil, image: "")
        },
        DetectorExample("Azure: a face and candidates", expected: ["face.template proof x1"]) {
          CloudSample.azure(more: #", "candidates": [{"personId": "\#(CloudSample.uuid)", "confidence": 0.9}]"#)
        },
        DetectorExample("Azure: a face and its rectangle", expected: ["face.template strong x1"]) {
          CloudSample.azure(more: "")
        },
        DetectorExample("the same match in a manual", expected: ["face.template weak x1"]) {
          Array("Output::\n\n".utf8) + CloudSample.rekognition(similarity: "99.1", image: "\"ImageId\": \"a\",")
        },
        DetectorExample("the same match among a programming kit's samples", expected: ["face.template weak x1"]) {
          Array("{\"examples\": [{\"input\": {}, \"output\": ".utf8)
            + CloudSample.rekognition(similarity: "99.1", image: "\"ImageId\": \"a\",")
            + Array(", \"comments\": {}}]}".utf8)
        },
        DetectorExample("the same match behind the words of a log", expected: ["face.template proof x1"]) {
          Array("2020-01-01 12:00:00 INFO response ".utf8)
            + CloudSample.rekognition(similarity: "99.1", image: "\"ImageId\": \"a\",")
        },
        DetectorExample("the same match with comments", expected: ["face.template proof x1"]) {
          CloudSample.rekognition(similarity: "99.1", image: "\"ImageId\": \"a\", \"comments\": \"\",")
        },
        DetectorExample("Huawei", expected: ["face.template proof x1"]) {
          Array(#"{"face_id": "ab12CD34", "external_image_id": "a1", "similarity": 0.98}"#.utf8)
        },
      ],
      negatives: [
        DetectorExample("a game engine") { Array(#"{"faceId": 12, "faceRectangle": {"top": 1}}"#.utf8) },
        DetectorExample("an identifier alone") { Array(#"{"FaceId": "\#(CloudSample.uuid)"}"#.utf8) },
        DetectorExample("a schema") {
          Array(#"{"FaceId": {"type": "string"}, "Similarity": {"type": "float"}, "BoundingBox": {}}"#.utf8)
        },
        DetectorExample("a box far too large") {
          Array(
            #"{"FaceId": "\#(CloudSample.uuid)", "BoundingBox": {"Width": 640, "Height": 480, "Left": 1, "Top": 1}}"#
              .utf8)
        },
      ])
  }

  static let patterns = ["FaceId\"", "faceId\"", "edFaceId", "face_id\""]
  /// Bytes around an identifier in which its companions stand.
  private static let stretch = 4096

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    guard let quote = bytes.firstIndex(of: 0x22, from: start, to: start + 12) else { return .nothing }
    var at = quote + 1
    while at < quote + 8, let c = bytes.u8(at), c == 0x20 || c == UInt8(ascii: ":") { at += 1 }
    guard bytes.u8(at) == 0x22 else { return .nothing }
    let isHuawei = bytes.has("face_id", at: start)
    guard isHuawei ? hasToken(bytes, at + 1) : hasUUID(bytes, at + 1) else { return .nothing }
    let end = min(start + Self.stretch, bytes.byteCount)
    if start + Self.stretch > bytes.byteCount, !context.windowReachesEnd, !context.windowIsFinal {
      return .needsMore(total: Self.stretch)
    }
    // Up to the next face: what follows it is its own.
    let own = next(bytes, from: quote, to: end)
    let strength: Strength?
    if isHuawei {
      strength =
        number(bytes, after: key(bytes, quote, own, "similarity"), 0...1)
          && key(bytes, quote, own, "external_image_id") != nil
        ? .proof
        : key(bytes, quote, own, "external_image_id") != nil && key(bytes, quote, own, "bounding_box") != nil
          ? .strong : nil
    } else if bytes.u8(start) == UInt8(ascii: "F") {
      let isBoxed =
        key(bytes, quote, own, "BoundingBox") != nil
        && ["Width", "Height", "Left", "Top"].allSatisfy { number(bytes, after: key(bytes, quote, own, $0), -1...2) }
      let isNamed = key(bytes, quote, own, "ImageId") != nil || key(bytes, quote, own, "ExternalImageId") != nil
      let isMatched = number(bytes, after: key(bytes, quote, own, "Similarity"), 0...100)
      strength = isNamed && isMatched ? .proof : isBoxed || isNamed || isMatched ? .strong : nil
    } else {
      let isMatched =
        key(bytes, quote, own, "candidates") != nil && key(bytes, quote, own, "personId") != nil
        && number(bytes, after: key(bytes, quote, own, "confidence"), 0...1)
      let isBoxed =
        key(bytes, quote, own, "faceRectangle") != nil
        && ["top", "left", "width", "height"].allSatisfy {
          number(bytes, after: key(bytes, quote, own, $0), 0...100_000)
        }
      strength = isMatched ? .proof : isBoxed || key(bytes, quote, own, "recognitionModel") != nil ? .strong : nil
    }
    guard var strength else { return .nothing }
    let isData = Self.dataKinds.contains(context.kind) || (context.kind == .text && isLogged(bytes, start))
    if !isData || isSample(bytes, start) { strength = .weak }
    let place = Place(offset: context.windowOffset + UInt64(start), length: UInt64(own - start))
    let seen = Observation(
      .faceTemplate, detector: descriptor.name, version: descriptor.version, strength: strength, place: place,
      attributes: ["format": isHuawei ? "huawei" : bytes.u8(start) == UInt8(ascii: "F") ? "rekognition" : "azure"])
    return .found([seen], length: max(1, quote - start), kind: nil)
  }

  private static let dataKinds: Set<ContentKind> = [ContentKind(rawValue: "application/json")]

  /// Samples of programming kits (botocore's examples-1.json) hold input, output and comments of each call: all three,
  /// since each alone is a word that anybody may write.
  private func isSample(_ b: RawSpan, _ start: Int) -> Bool {
    let from = start - 4096
    return key(b, from, start, "output") != nil && key(b, from, start, "input") != nil
      && key(b, from, start + Self.stretch, "comments") != nil
  }

  /// Whether one of the objects around `start` begins behind other words on its line, as in logs. In manuals an object
  /// begins its line.
  private func isLogged(_ b: RawSpan, _ start: Int) -> Bool {
    var depth = 0
    var at = start - 1
    while at >= max(0, start - 4096), let c = b.u8(at) {
      if c == UInt8(ascii: "}") || c == UInt8(ascii: "]") {
        depth += 1
      } else if c == UInt8(ascii: "{") || c == UInt8(ascii: "[") {
        if depth == 0, hasWords(b, before: at) { return true }
        depth = max(0, depth - 1)
      }
      at -= 1
    }
    return false
  }

  /// Whether the line begins with what is no JSON and no indent.
  private func hasWords(_ b: RawSpan, before end: Int) -> Bool {
    var first: UInt8?
    var at = end - 1
    while at >= max(0, end - 512), let c = b.u8(at), c != 0x0A, c != 0x0D {
      if c > 0x20 { first = c }
      at -= 1
    }
    return first.map { !Self.beginsData.contains($0) } ?? false
  }

  private static let beginsData = Set("{}[]\",:".utf8)

  /// Where a quoted key stands.
  private func key(_ b: RawSpan, _ from: Int, _ to: Int, _ name: String) -> Int? {
    b.find(Array("\"\(name)\"".utf8), from: from, within: to)
  }

  /// Where the next identifier stands, or the end.
  private func next(_ b: RawSpan, from: Int, to: Int) -> Int {
    // Each search ends where the one before it found something.
    Self.patterns.reduce(to) { end, pattern in b.find(Array(pattern.utf8), from: from, within: end) ?? end }
  }

  /// 8-4-4-4-12 hexadecimal digits and a quote.
  private func hasUUID(_ b: RawSpan, _ at: Int) -> Bool {
    for i in 0..<36 {
      guard let c = b.u8(at + i) else { return false }
      if i == 8 || i == 13 || i == 18 || i == 23 {
        guard c == 0x2D else { return false }
      } else {
        guard (0x30...0x39).contains(c) || (0x61...0x66).contains(c | 0x20) else { return false }
      }
    }
    return b.u8(at + 36) == 0x22
  }

  /// 4 to 64 letters and digits and a quote.
  private func hasToken(_ b: RawSpan, _ at: Int) -> Bool {
    guard let close = b.firstIndex(of: 0x22, from: at, to: at + 65), close - at >= 4 else { return false }
    return b.bytes(at..<close).allSatisfy {
      (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x2D || $0 == 0x5F
    }
  }

  /// A number within `range` follows the key at `key`.
  private func number(_ b: RawSpan, after key: Int?, _ range: ClosedRange<Double>) -> Bool {
    guard let key, let colon = b.firstIndex(of: UInt8(ascii: ":"), from: key, to: key + 32) else { return false }
    var at = colon + 1
    while at < colon + 8, b.u8(at) == 0x20 { at += 1 }
    guard let (value, _) = NumberRun.number(b, at, b.byteCount) else { return false }
    return range.contains(value)
  }
}

enum CloudSample {
  static let uuid = "0f2c1a6e-7d11-4b6e-9a55-3c1d2e4f5a6b"

  static func rekognition(similarity: String?, image: String) -> [UInt8] {
    let score = similarity.map { ", \"Similarity\": \($0)" } ?? ""
    let box = #""BoundingBox": {"Width": 0.2, "Height": 0.3, "Left": 0.1, "Top": 0.4}"#
    return Array("{\"FaceMatches\": [{\"Face\": {\"FaceId\": \"\(uuid)\", \(image) \(box)}\(score)}]}".utf8)
  }
  static func azure(more: String) -> [UInt8] {
    Array(
      "{\"faceId\": \"\(uuid)\", \"faceRectangle\": {\"top\": 1, \"left\": 2, \"width\": 80, \"height\": 90}\(more)}"
        .utf8)
  }
}
