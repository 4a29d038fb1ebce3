import CustodyCore

/// Iris codes as the open-iris library stores them: JSON with base64, or a pickle.
struct IrisCode: Detector {
  let descriptor = DetectorDescriptor(
    name: "iris.code", version: 2, dataClasses: [.irisTemplate], strengths: [.proof, .strong],
    summary: "Iris codes with their masks of equal length, in JSON or a Python pickle",
    sources: ["worldcoin/open-iris (public reader): serialized form of an iris template"],
    limits: [
      "A pickle is never executed: arrays in it are known by their keys and size only, which is strong.",
      "Bare codes of 256 bytes without any name are not seen.",
    ],
    triggers: [.anywhere(Array("iris_cod".utf8), lookBehind: 8)],
    positives: [
      DetectorExample("JSON", expected: ["iris.template proof x1"]) {
        Array("{\"iris_codes\": \"\(code)\", \"mask_codes\": \"\(code)\", \"iris_code_version\": \"v2.1\"}".utf8)
      },
      DetectorExample("JSON, lists of codes", expected: ["iris.template proof x1"]) {
        Array("{\"iris_codes\":[\"\(code)\",\"\(code)\"],\"mask_codes\":[\"\(code)\",\"\(code)\"]}".utf8)
      },
      DetectorExample("pickle of arrays", expected: ["iris.template strong x1"]) {
        pickle(ByteBuilder().ascii("numpy.core.multiarray").raw(SyntheticImage.noise(4096)).bytes)
      },
      DetectorExample("pickle of texts", expected: ["iris.template proof x1"]) {
        let text = ByteBuilder().u8(0x58).raw(ByteBuilder().u32(code.utf8.count).bytes.reversed()).ascii(code).bytes
        return pickle(text, mask: text)
      },
    ],
    negatives: [
      DetectorExample("codes and masks of different lengths") {
        Array("{\"iris_codes\": \"\(code)\", \"mask_codes\": \"\(code)AAAA\"}".utf8)
      },
      DetectorExample("source text") {
        Array("template[\"iris_codes\"] = encode(a); template[\"mask_codes\"] = b".utf8)
      },
      DetectorExample("a short text") { Array("{\"iris_codes\": \"AAAA\", \"mask_codes\": \"AAAA\"}".utf8) },
    ])

  private static let most = 2 << 20

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    var reading: (strength: Strength, end: Int)?
    var isPossible = false
    if bytes.u8(start - 1) == 0x22 {
      reading = IrisCodeJSON.read(bytes, at: start, isPossible: &isPossible)
    } else if IrisCodePickle.isText(bytes, at: start) {
      reading = IrisCodePickle.read(bytes, at: start, isPossible: &isPossible)
    }
    guard let reading else {
      let have = bytes.byteCount - start
      let canGrow = isPossible && !context.windowReachesEnd && !context.windowIsFinal && have < Self.most
      return canGrow ? .needsMore(total: min(Self.most, max(32 << 10, have * 4))) : .nothing
    }
    let seen = Observation(
      .irisTemplate, detector: descriptor.name, version: descriptor.version, strength: reading.strength,
      place: Place(offset: context.windowOffset + UInt64(start), length: UInt64(reading.end - start)),
      attributes: ["format": "iris code"])
    // What lies between the codes was not read: the key alone is claimed.
    return .found([seen], length: 8, kind: nil)
  }

  /// 2048 bytes in base64.
  private static let code = String(repeating: "q6", count: 1365) + "8="

  private static func pickle(_ codes: [UInt8], mask: [UInt8]? = nil) -> [UInt8] {
    ByteBuilder().hex("8004 7D 28 8C0A").ascii("iris_codes").raw(codes).hex("8C0A").ascii("mask_codes").raw(
      mask ?? codes
    )
    .ascii("u.").bytes
  }
}

/// Base64 of at least 256 bytes, the code of the classic 2048 bits.
private enum IrisCodeText {
  static let least = 340
  static let most = 1 << 20

  /// The end of base64 from `at`, its filling included; white space is not expected in it.
  static func end(_ bytes: RawSpan, _ at: Int) -> Int {
    var i = at
    while let c = bytes.u8(i), i - at < most, isLetter(c) { i += 1 }
    let letters = i
    while bytes.u8(i) == 0x3D, i - letters < 2 { i += 1 }
    return i
  }

  /// True when the range is base64 in whole groups of four.
  static func isWhole(_ bytes: RawSpan, _ range: Range<Int>) -> Bool {
    guard range.count % 4 == 0, range.count >= least, range.upperBound <= bytes.byteCount else { return false }
    var letters = range.upperBound
    while letters > range.upperBound - 2, bytes.u8(letters - 1) == 0x3D { letters -= 1 }
    return (range.lowerBound..<letters).allSatisfy { bytes.u8($0).map(isLetter) ?? false }
  }

  private static func isLetter(_ c: UInt8) -> Bool {
    (0x41...0x5A).contains(c) || (0x61...0x7A).contains(c) || (0x30...0x39).contains(c) || c == 0x2B || c == 0x2F
  }
}

private enum IrisCodeJSON {
  private static let mostCodes = 16

  /// Lengths of the codes and of the masks must be the same. `isPossible` tells whether more bytes could help.
  static func read(_ bytes: RawSpan, at start: Int, isPossible: inout Bool) -> (strength: Strength, end: Int)? {
    guard let codes = values(bytes, afterKey: start, isPossible: &isPossible) else { return nil }
    guard let key = bytes.find(Array("\"mask_code".utf8), from: codes.end, within: codes.end + 1024) else {
      isPossible = bytes.byteCount < codes.end + 1024
      return nil
    }
    guard let masks = values(bytes, afterKey: key + 1, isPossible: &isPossible), masks.lengths == codes.lengths else {
      return nil
    }
    return (.proof, masks.end)
  }

  /// One text or a list of texts behind `key": `.
  private static func values(
    _ bytes: RawSpan, afterKey key: Int, isPossible: inout Bool
  ) -> (lengths: [Int], end: Int)? {
    guard let quote = bytes.firstIndex(of: 0x22, from: key, to: key + 16) else { return nil }
    var at = blank(bytes, quote + 1)
    guard bytes.u8(at) == 0x3A else { return nil }
    at = blank(bytes, at + 1)
    let isList = bytes.u8(at) == 0x5B
    if isList { at = blank(bytes, at + 1) }
    var lengths: [Int] = []
    while lengths.count < mostCodes, bytes.u8(at) == 0x22 {
      let end = IrisCodeText.end(bytes, at + 1)
      isPossible = end == bytes.byteCount
      guard bytes.u8(end) == 0x22, IrisCodeText.isWhole(bytes, at + 1..<end) else { return nil }
      lengths.append(end - at - 1)
      at = blank(bytes, end + 1)
      guard isList, bytes.u8(at) == 0x2C else { break }
      at = blank(bytes, at + 1)
    }
    return lengths.isEmpty ? nil : (lengths, at)
  }

  private static func blank(_ bytes: RawSpan, _ from: Int) -> Int {
    var at = from
    while let c = bytes.u8(at), c == 0x20 || (0x09...0x0D).contains(c) { at += 1 }
    return at
  }
}

/// Keys as pickle texts: opcode 8C with one byte of length, or 58 with four (Python `pickletools`).
private enum IrisCodePickle {
  private static let farthest = 1 << 20
  private static let maskKeys: [[UInt8]] = [[0x8C, 0x0A], [0x58, 0x0A, 0, 0, 0]].map { $0 + Array("mask_codes".utf8) }

  static func isText(_ bytes: RawSpan, at start: Int) -> Bool {
    bytes.hasText("iris_codes", at: start)
      && (bytes.has([0x8C, 0x0A], at: start - 2) || bytes.has([0x58, 0x0A, 0, 0, 0], at: start - 5))
  }

  static func read(_ bytes: RawSpan, at start: Int, isPossible: inout Bool) -> (strength: Strength, end: Int)? {
    let from = start + 10
    var key: (at: Int, after: Int)?
    for pattern in maskKeys {
      if let hit = bytes.find(pattern, from: from, within: from + farthest), key.map({ hit < $0.at }) ?? true {
        key = (hit, hit + pattern.count)
      }
    }
    guard let key else {
      isPossible = bytes.byteCount < from + farthest
      return nil
    }
    if let codes = text(bytes, from, isPossible: &isPossible) {
      guard let masks = text(bytes, key.after, isPossible: &isPossible), masks.count == codes.count else { return nil }
      return (.proof, masks.upperBound)
    }
    // A kilobyte between the keys is room for a code.
    return key.at - from >= 1024 ? (.strong, key.after) : nil
  }

  /// A base64 text that follows within a few opcodes.
  private static func text(_ bytes: RawSpan, _ from: Int, isPossible: inout Bool) -> Range<Int>? {
    for at in from..<from + 8 where bytes.u8(at) == 0x58 {
      guard let count = bytes.u32le(at + 1), (IrisCodeText.least...IrisCodeText.most).contains(count) else { continue }
      let end = at + 5 + count
      isPossible = end > bytes.byteCount
      guard IrisCodeText.isWhole(bytes, at + 5..<end) else { continue }
      return at + 5..<end
    }
    return nil
  }
}
