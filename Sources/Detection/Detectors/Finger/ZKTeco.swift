import CustodyCore

/// Templates of ZKTeco attendance terminals (ZKFinger 10.0): bare, in a device's database, in base64 or hexadecimal.
struct ZKTeco: Detector {
  let descriptor = DetectorDescriptor(
    name: "finger.zkteco", version: 2, dataClasses: [.fingerTemplate], strengths: [.proof, .strong],
    summary: "ZKFinger 10.0 templates (SS21) with their own length, and runs of them in device dumps",
    sources: ["adrobinoga/zk-protocol and fananimi/pyzk (public descriptions)"],
    limits: [
      "The inside of a template has no public description: one carved from something larger is strong.",
      "ZKFinger 9.0 has no mark and is not seen.",
    ],
    triggers: [
      .anywhere(Array("SS21".utf8), lookBehind: 2080), .anywhere(Array("TUzIxAAA".utf8), lookBehind: 8),
      .anywhere(Array("53533231".utf8), lookBehind: 8),
    ],
    positives: [
      DetectorExample("carved", expected: ["finger.template strong x1"]) { template(1243) + [0xEE, 0xEE] },
      DetectorExample("two entries of a device", expected: ["finger.template proof x2"]) {
        entry(template(1243), 1) + entry(template(1010), 2) + [0xEE]
      },
      DetectorExample("base64", expected: ["finger.template proof x1"]) {
        ByteBuilder().u8(0x22).raw(base64(template(1242))).u8(0x22).bytes
      },
      DetectorExample("hexadecimal", expected: ["finger.template proof x1"]) {
        Array(("\"template\": \"" + template(1010).map { hex($0) }.joined() + "\"").utf8)
      },
    ],
    negatives: [
      DetectorExample("a length that is not there") { Array(template(1243).prefix(700)) },
      DetectorExample("base64 that ends elsewhere") { base64(template(1242) + [1, 2, 3]) },
      DetectorExample("a table of names") { Array("SS20\u{0}\u{0}SS21\u{0}\u{0}SS22\u{0}\u{0}".utf8) },
    ])

  /// Bytes of a template; the samples known have 1010 to 1243.
  static let sizes = 200...2048

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    let seen: (begin: Int, end: Int, strength: Strength)?
    var form = "ZKFinger 10.0"
    switch bytes.u8(start) {
    case 0x54:
      form += ", base64"
      seen = base64(bytes, start)
    case 0x35:
      form += ", hexadecimal"
      seen = hexadecimal(bytes, start)
    default: seen = binary(bytes, start, context)
    }
    let have = bytes.byteCount - start
    // The entry behind this one is looked at too.
    let isCut = seen.map { $0.end + 6 + Self.sizes.upperBound > bytes.byteCount } ?? isPossible(bytes, start)
    if isCut, !context.windowReachesEnd, !context.windowIsFinal, have < 1 << 20 {
      return .needsMore(total: max(8192, have * 2))
    }
    guard let seen else { return .nothing }
    let observation = Observation(
      .fingerTemplate, detector: descriptor.name, version: descriptor.version, strength: seen.strength,
      place: Place(offset: context.windowOffset + UInt64(seen.begin), length: UInt64(seen.end - seen.begin)),
      attributes: ["format": .string(form)])
    // The inside of a template is not understood: only the mark is claimed, and each entry speaks for itself.
    return .found([observation], length: 4, kind: nil)
  }

  /// True when only the window's end may be in the way.
  private func isPossible(_ bytes: RawSpan, _ start: Int) -> Bool {
    bytes.u8(start) == 0x53 ? size(bytes, start - 2) != nil : bytes.byteCount - start < 2 * Self.sizes.upperBound + 16
  }

  /// The length a template at `at` states; nil when it is none.
  private func size(_ bytes: RawSpan, _ at: Int) -> Int? {
    guard bytes.hasText("SS21", at: at + 2), bytes.has([0, 0], at: at + 6), let size = bytes.u16(at + 8),
      Self.sizes.contains(size)
    else { return nil }
    return size
  }

  private func binary(
    _ bytes: RawSpan, _ start: Int, _ context: DetectionContext
  ) -> (begin: Int, end: Int, strength: Strength)? {
    let first = start - 2
    guard first >= 0, let size = size(bytes, first), first + size <= bytes.byteCount else { return nil }
    let end = first + size
    if isEntry(bytes, first - 6, size), isWholeEntry(bytes, end) || isBehindEntry(bytes, first - 6) {
      return (first - 6, end, .proof)
    }
    let isWhole = context.windowReachesEnd && context.windowOffset == 0 && first == 0 && size == bytes.byteCount
    return (first, end, isWhole ? .proof : .strong)
  }

  private func isWholeEntry(_ bytes: RawSpan, _ at: Int) -> Bool {
    guard let length = size(bytes, at + 6), isEntry(bytes, at, length) else { return false }
    return at + 6 + length <= bytes.byteCount
  }

  /// True when an entry ends where this one begins.
  private func isBehindEntry(_ bytes: RawSpan, _ at: Int) -> Bool {
    Self.sizes.contains { length in
      let before = at - 6 - length
      return before >= 0 && bytes.u16le(before) == length + 6 && size(bytes, before + 6) == length
        && isEntry(bytes, before, length)
    }
  }

  /// u16 LE size with its own 6 bytes, u16 LE user, finger, flag.
  private func isEntry(_ bytes: RawSpan, _ at: Int, _ length: Int) -> Bool {
    guard bytes.u16le(at) == length + 6, let finger = bytes.u8(at + 4), finger <= 9, let flag = bytes.u8(at + 5) else {
      return false
    }
    return [0, 1, 3].contains(flag)
  }

  /// The bytes behind the text must be as many as they say.
  private func base64(_ bytes: RawSpan, _ start: Int) -> (begin: Int, end: Int, strength: Strength)? {
    let begin = start - 3
    guard begin >= 0, !isBase64(bytes.u8(begin - 1)) else { return nil }
    var end = begin
    while end - begin < 2 * Self.sizes.upperBound, isBase64(bytes.u8(end)) { end += 1 }
    let raw = Base64Run.decode(bytes, begin..<end, most: Self.sizes.upperBound + 16)
    guard size(raw.span.bytes, 0) == raw.count else { return nil }
    while end - begin < 2 * Self.sizes.upperBound, bytes.u8(end) == 0x3D { end += 1 }
    return (begin, end, .proof)
  }

  private func hexadecimal(_ bytes: RawSpan, _ start: Int) -> (begin: Int, end: Int, strength: Strength)? {
    let begin = start - 4
    guard begin >= 0, digit(bytes.u8(begin - 1)) == nil else { return nil }
    var raw: [UInt8] = []
    var at = begin
    while raw.count <= Self.sizes.upperBound, let high = digit(bytes.u8(at)), let low = digit(bytes.u8(at + 1)) {
      raw.append(high << 4 | low)
      at += 2
    }
    return size(raw.span.bytes, 0) == raw.count ? (begin, at, .proof) : nil
  }

  private func isBase64(_ c: UInt8?) -> Bool {
    guard let c else { return false }
    return (0x41...0x5A).contains(c) || (0x61...0x7A).contains(c) || (0x30...0x39).contains(c) || c == 0x2B || c == 0x2F
  }

  private func digit(_ c: UInt8?) -> UInt8? {
    switch c {
    case .some(let c) where (0x30...0x39).contains(c): c - 0x30
    case .some(let c) where (0x41...0x46).contains(c): c - 0x37
    case .some(let c) where (0x61...0x66).contains(c): c - 0x57
    default: nil
    }
  }

  private static func template(_ size: Int) -> [UInt8] {
    ByteBuilder().hex("4A8F").ascii("SS21").u16(0, size).hex("2C 0405 0709 CED0").raw(SyntheticImage.noise(size - 17))
      .bytes
  }
  private static func entry(_ template: [UInt8], _ user: Int) -> [UInt8] {
    let size = template.count + 6
    return ByteBuilder().u8(size & 0xFF, size >> 8, user, 0, 6, 1).raw(template).bytes
  }
  private static func hex(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return byte < 16 ? "0" + digits : digits
  }
  /// Groups of three bytes; `bytes` has a multiple of three.
  private static func base64(_ bytes: [UInt8]) -> [UInt8] {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    return stride(from: 0, to: bytes.count - 2, by: 3).flatMap { i in
      let group = Int(bytes[i]) << 16 | Int(bytes[i + 1]) << 8 | Int(bytes[i + 2])
      return [18, 12, 6, 0].map { letters[group >> $0 & 63] }
    }
  }
}
