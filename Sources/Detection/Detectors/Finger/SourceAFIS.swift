import CustodyCore

/// Minutiae as SourceAFIS serializes them: CBOR, or JSON in old releases.
struct SourceAFIS: Detector {
  let descriptor = DetectorDescriptor(
    name: "finger.sourceafis", version: 2, dataClasses: [.fingerTemplate], strengths: [.proof],
    summary: "SourceAFIS fingerprint templates: positions, directions and types of equal number",
    sources: ["robertvazan/sourceafis-java (public reader): persistent template", "RFC 8949 (CBOR)"],
    limits: ["Templates that were encrypted or compressed by the application are not seen."],
    triggers: [
      .anywhere([0xBF, 0x67] + Array("versio".utf8)), .anywhere([0xA7, 0x67] + Array("versio".utf8)),
      .anywhere(Array("tionsX\":".utf8), lookBehind: 512),
    ],
    positives: [
      DetectorExample("CBOR", expected: ["finger.template proof x1"]) { SourceAFISExample.cbor(24) },
      DetectorExample("JSON", expected: ["finger.template proof x1"]) { SourceAFISExample.json(24, types: 24) },
    ],
    negatives: [
      DetectorExample("fewer types than positions") { SourceAFISExample.json(24, types: 23) },
      DetectorExample("four minutiae") { SourceAFISExample.cbor(4) },
      DetectorExample("another map with a version") {
        ByteBuilder().hex("BF67").ascii("version").hex("61").ascii("1").hex("FF").bytes
      },
    ])

  private static let most = 64 << 10

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    let isJSON = bytes.u8(start) == 0x74
    let from = isJSON ? SourceAFISJSON.object(bytes, start) : start
    guard let from else { return .nothing }
    let have = bytes.byteCount - start
    let template = isJSON ? SourceAFISJSON.read(bytes, from) : SourceAFISCBOR.read(bytes, from)
    guard let template else {
      // A template has at most a few kilobytes: one larger look decides.
      let canGrow = !context.windowReachesEnd && !context.windowIsFinal && have < Self.most
      return canGrow ? .needsMore(total: Self.most) : .nothing
    }
    guard template.isSound else { return .nothing }
    let seen = Observation(
      .fingerTemplate, detector: descriptor.name, version: descriptor.version, strength: .proof,
      place: Place(offset: context.windowOffset + UInt64(from), length: UInt64(template.end - from)),
      attributes: ["format": "SourceAFIS", "minutiae": .int(Int64(template.types))])
    // Every byte of the object was read as one of its members: all of it is claimed.
    return .found([seen], length: max(1, template.end - start), kind: nil)
  }
}

/// What was read of a template; nil where a key was missing.
struct SourceAFISTemplate {
  var numbers: [String: [Double]] = [:]
  /// Letters `E` (ending) and `B` (bifurcation).
  var types = 0
  var end = 0

  /// All lists have as many members as there are types; positions and directions are in range.
  var isSound: Bool {
    guard (5...300).contains(types), let x = numbers["positionsX"], let y = numbers["positionsY"],
      let directions = numbers["directions"]
    else { return false }
    return [x.count, y.count, directions.count].allSatisfy { $0 == types }
      && (x + y).allSatisfy { abs($0) <= 10_000 } && directions.allSatisfy { $0.isFinite && abs($0) <= 7 }
  }
}

enum SourceAFISCBOR {
  private static let lists: Set<String> = ["positionsX", "positionsY", "directions"]

  /// Nil when the window ends inside the map or anything but the known keys is met.
  static func read(_ bytes: RawSpan, _ start: Int) -> SourceAFISTemplate? {
    var reader = CBORReader(at: start)
    guard let map = reader.head(bytes), map.major == 5 else { return nil }
    var template = SourceAFISTemplate()
    var left = map.count ?? 16
    while left > 0 {
      if map.count == nil, reader.takeBreak(bytes) { break }
      left -= 1
      guard let key = reader.text(bytes, most: 16) else { return nil }
      switch key {
      case "version": guard reader.text(bytes, most: 32) != nil else { return nil }
      case "width", "height": guard reader.number(bytes) != nil else { return nil }
      case "types":
        guard let text = reader.text(bytes, most: 300), text.utf8.allSatisfy({ $0 == 0x45 || $0 == 0x42 }) else {
          return nil
        }
        template.types = text.utf8.count
      case let name where lists.contains(name):
        guard let list = reader.list(bytes, most: 300) else { return nil }
        template.numbers[name] = list
      default: return nil
      }
    }
    template.end = reader.at
    return template
  }
}

/// The few forms of CBOR that a template uses (RFC 8949, section 3).
struct CBORReader {
  private(set) var at: Int
  init(at: Int) { self.at = at }

  /// Major type and count; the count is nil for an indefinite length.
  mutating func head(_ bytes: RawSpan) -> (major: UInt8, count: Int?)? {
    guard let first = bytes.u8(at) else { return nil }
    let count: Int?
    switch first & 0x1F {
    case 0..<24: (count, at) = (Int(first & 0x1F), at + 1)
    case 24:
      guard let more = bytes.u8(at + 1) else { return nil }
      (count, at) = (Int(more), at + 2)
    case 25:
      guard let more = bytes.u16(at + 1) else { return nil }
      (count, at) = (more, at + 3)
    case 26:
      guard let more = bytes.u32(at + 1) else { return nil }
      (count, at) = (more, at + 5)
    case 31: (count, at) = (nil, at + 1)
    default: return nil
    }
    return (first >> 5, count)
  }

  mutating func takeBreak(_ bytes: RawSpan) -> Bool {
    guard bytes.u8(at) == 0xFF else { return false }
    at += 1
    return true
  }

  /// A text of definite length.
  mutating func text(_ bytes: RawSpan, most: Int) -> String? {
    guard let head = head(bytes), head.major == 3, let count = head.count, count <= most, at + count <= bytes.byteCount
    else { return nil }
    at += count
    return String(decoding: bytes.bytes(at - count..<at), as: UTF8.self)
  }

  /// An integer, or a floating-point number of 32 or 64 bits.
  mutating func number(_ bytes: RawSpan) -> Double? {
    switch bytes.u8(at) {
    case 0xFA:
      guard let bits = bytes.u32(at + 1) else { return nil }
      at += 5
      return Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case 0xFB:
      guard let high = bytes.u32(at + 1), let low = bytes.u32(at + 5) else { return nil }
      at += 9
      return Double(bitPattern: UInt64(high) << 32 | UInt64(low))
    default:
      guard let head = head(bytes), head.major <= 1, let value = head.count else { return nil }
      return head.major == 0 ? Double(value) : -1 - Double(value)
    }
  }

  mutating func list(_ bytes: RawSpan, most: Int) -> [Double]? {
    guard let head = head(bytes), head.major == 4, head.count ?? 0 <= most else { return nil }
    var out: [Double] = []
    while out.count < head.count ?? most + 1 {
      if head.count == nil, takeBreak(bytes) { return out }
      guard out.count < most, let value = number(bytes) else { return nil }
      out.append(value)
    }
    return out
  }
}

enum SourceAFISJSON {
  /// The brace that opens the object around `hit`.
  static func object(_ bytes: RawSpan, _ hit: Int) -> Int? {
    guard bytes.hasText("\"posi", at: hit - 5) else { return nil }
    var at = hit - 5
    while hit - at < 512, let c = bytes.u8(at - 1), c >= 0x20 || c == 0x09 || c == 0x0A || c == 0x0D {
      at -= 1
      if c == 0x7B { return at }
      if c == 0x7D { return nil }
    }
    return nil
  }

  /// Members an object may have.
  private static let mostMembers = 16
  /// Bytes of a key, or of a text under a key that is not known.
  private static let longestText = 32

  /// Nil unless every byte of the object belongs to a member: lists of numbers, types, and short texts or numbers
  /// under other keys.
  static func read(_ bytes: RawSpan, _ open: Int) -> SourceAFISTemplate? {
    var template = SourceAFISTemplate()
    var at = blank(bytes, open + 1)
    for _ in 0..<mostMembers {
      guard let key = text(bytes, at, most: longestText) else { return nil }
      at = blank(bytes, key.upperBound + 1)
      guard bytes.u8(at) == 0x3A else { return nil }
      at = blank(bytes, at + 1)
      if bytes.u8(at) == 0x5B {
        guard let list = numbers(bytes, at + 1) else { return nil }
        template.numbers[bytes.shortText(key) ?? ""] = list.values
        at = list.end
      } else if bytes.equals(key, "types") {
        guard let types = text(bytes, at, most: 300), types.allSatisfy({ bytes.u8($0) == 0x45 || bytes.u8($0) == 0x42 })
        else { return nil }
        template.types = types.count
        at = types.upperBound + 1
      } else {
        guard let end = scalar(bytes, at) else { return nil }
        at = end
      }
      at = blank(bytes, at)
      if bytes.u8(at) == 0x7D {
        template.end = at + 1
        return template
      }
      guard bytes.u8(at) == 0x2C else { return nil }
      at = blank(bytes, at + 1)
    }
    return nil
  }

  private static func blank(_ bytes: RawSpan, _ from: Int) -> Int {
    var at = from
    while let c = bytes.u8(at), c == 0x20 || c == 0x09 || c == 0x0A || c == 0x0D { at += 1 }
    return at
  }

  /// The inside of a quoted text of printable ASCII without escapes.
  private static func text(_ bytes: RawSpan, _ at: Int, most: Int) -> Range<Int>? {
    guard bytes.u8(at) == 0x22 else { return nil }
    var end = at + 1
    while let c = bytes.u8(end), c != 0x22 {
      guard (0x20...0x7E).contains(c), c != 0x5C, end - at <= most else { return nil }
      end += 1
    }
    return end < bytes.byteCount ? at + 1..<end : nil
  }

  /// Where a short text or a word such as a number ends.
  private static func scalar(_ bytes: RawSpan, _ at: Int) -> Int? {
    if bytes.u8(at) == 0x22 { return text(bytes, at, most: longestText).map { $0.upperBound + 1 } }
    var end = at
    while end - at < longestText, let c = bytes.u8(end), c == 0x2B || c == 0x2D || c == 0x2E || isAlphanumeric(c) {
      end += 1
    }
    return end > at ? end : nil
  }

  private static func isAlphanumeric(_ c: UInt8) -> Bool {
    (0x30...0x39).contains(c) || (0x41...0x5A).contains(c & 0xDF)
  }

  /// At most 300 numbers from behind the bracket, and the offset after its counterpart.
  private static func numbers(_ bytes: RawSpan, _ from: Int) -> (values: [Double], end: Int)? {
    var out: [Double] = []
    var at = blank(bytes, from)
    if bytes.u8(at) == 0x5D { return (out, at + 1) }
    while out.count < 300, let end = scalar(bytes, at), let text = bytes.shortText(at..<end), let number = Double(text)
    {
      out.append(number)
      at = blank(bytes, end)
      if bytes.u8(at) == 0x5D { return (out, at + 1) }
      guard bytes.u8(at) == 0x2C else { return nil }
      at = blank(bytes, at + 1)
    }
    return nil
  }
}

/// Synthetic templates.
enum SourceAFISExample {
  static func cbor(_ n: Int) -> [UInt8] {
    let key = { (name: String) in ByteBuilder().u8(0x60 | name.utf8.count).ascii(name).bytes }
    let list = { (values: [UInt8]) in ByteBuilder().u8(0x98, n).raw(values).bytes }
    let xs = (0..<n).flatMap { ByteBuilder().u8(0x19).u16(20 + 7 * $0).bytes }
    let angles = (0..<n).flatMap { ByteBuilder().u8(0xFA).u32(Int((Float($0) / 10).bitPattern)).bytes }
    return ByteBuilder().u8(0xBF).raw(key("version")).raw(key("3.17.0-java")).raw(key("width")).hex("190200")
      .raw(key("height")).hex("190200").raw(key("positionsX")).raw(list(xs)).raw(key("positionsY")).raw(list(xs))
      .raw(key("directions")).raw(list(angles)).raw(key("types")).u8(0x78, n)
      .ascii(String(repeating: "EB", count: n / 2)).u8(0xFF).bytes
  }

  static func json(_ n: Int, types: Int) -> [UInt8] {
    let list = (0..<n).map { "\(10 + 5 * $0)" }.joined(separator: ",")
    let angles = (0..<n).map { "\(Double($0) / 8)" }.joined(separator: ",")
    return Array(
      ("{\"width\":500,\"height\":500,\"positionsX\":[\(list)],\"positionsY\":[\(list)],\"directions\":[\(angles)],"
        + "\"types\":\"\(String(repeating: "E", count: types))\"}").utf8)
  }
}
