import CustodyCore

/// A biometric data block of the extensible series ISO/IEC 39794 in DER: face, finger or iris images.
///
/// The tag alone is one ASCII letter; the version block at its place, lengths that nest exactly to the last byte and
/// an image signature make the record.
struct ISO39794: Sendable, Equatable {
  enum Part: UInt8, Sendable, CaseIterable {
    case finger = 0x64
    case face = 0x65
    case iris = 0x66

    var standard: String {
      switch self {
      case .finger: "ISO/IEC 39794-4"
      case .face: "ISO/IEC 39794-5"
      case .iris: "ISO/IEC 39794-6"
      }
    }
    var dataClass: DataClass {
      switch self {
      case .finger: .fingerImage
      case .face: .faceImage
      case .iris: .irisImage
      }
    }
  }

  var part: Part
  /// Year of the edition, from the version block.
  var year = 0
  /// Representations with or without a recognised image.
  var representations = 0
  /// Representations in which an image signature stands at the start of a primitive value.
  var images = 0
  /// The first image's own size, in pixels; 0 when unknown.
  var width = 0
  var height = 0
  var encoding: ImageSignature?
  /// Bytes of the block, tag and length included.
  var length = 0
  var strength: Strength = .weak
  var capturedAt: RecordDate?

  /// Version block `{ generation 3, year 2019 or later }`, as far as it is fixed: `A0 07 80 01 03 81 02 07`.
  static let versionBlock: [UInt8] = [0xA0, 0x07, 0x80, 0x01, 0x03, 0x81, 0x02, 0x07]
  /// Longest tag and length before the version block.
  static let headSize = 6

  /// Where the block begins whose version block stands at `version`; nil when no tag and DER length fit there.
  static func start(_ bytes: RawSpan, versionAt version: Int) -> Int? {
    for header in 2...headSize {
      let at = version - header
      guard let tag = bytes.u8(at), Part(rawValue: tag) != nil, let element = Element(bytes, at: at),
        element.content == version, element.count > versionBlock.count
      else { continue }
      return at
    }
    return nil
  }

  /// Total bytes of the block at `start`; nil when there is no such block.
  static func declaredLength(_ bytes: RawSpan, at start: Int) -> Int? {
    guard let tag = bytes.u8(start), Part(rawValue: tag) != nil, let element = Element(bytes, at: start),
      bytes.has(Array(versionBlock.prefix(7)), at: element.content)
    else { return nil }
    return element.end - start
  }

  /// Reads the block at `start`.
  ///
  /// - Returns: nil without tag, length and version block in their places; `weak` when lengths do not nest.
  static func parse(_ bytes: RawSpan, at start: Int, room: RecordRoom) -> ISO39794? {
    guard let record = bytes.from(start, count: room.available), let part = record.u8(0).flatMap(Part.init(rawValue:)),
      let outer = Element(record, at: 0), record.has(Array(versionBlock.prefix(7)), at: outer.content),
      let year = record.u16(outer.content + 7), (2019...2100).contains(year), outer.end <= Tolerance.largestRecord
    else { return nil }
    var found = ISO39794(part: part, year: year, length: min(outer.end, room.available))
    guard outer.end <= record.byteCount, let list = Element(record, at: outer.content + 9), list.tag == 0xA1,
      list.end <= outer.end,
      nests(record, outer)
    else { return found }
    var at = list.content
    while at < list.end, let representation = Element(record, at: at) {
      guard representation.tag == 0x30 else { return found }
      found.take(record, representation)
      at = representation.end
    }
    guard found.representations > 0 else { return found }
    found.strength = found.images == found.representations ? .proof : .strong
    return found
  }

  /// Looks for the image of one representation, at any depth: profiles wrap it differently.
  private mutating func take(_ record: RawSpan, _ representation: Element) {
    representations += 1
    var budget = 10_000
    var pending = [representation]
    var isFirst = true
    while let parent = pending.popLast() {
      var at = parent.content
      while at < parent.end, let child = Element(record, at: at), budget > 0 {
        budget -= 1
        at = child.end
        if child.isConstructed {
          pending.append(child)
          if child.tag == 0xA2, parent == representation, capturedAt == nil { capturedAt = Self.date(record, child) }
          continue
        }
        guard isFirst, let signature = ImageSignature.of(record, at: child.content),
          child.count >= signature.smallest
        else { continue }
        isFirst = false
        images += 1
        if images == 1 {
          encoding = signature
          if let size = ImageSize.of(record, at: child.content, count: child.count) {
            width = size.width
            height = size.height
          }
        }
      }
    }
  }

  /// Capture date block: year, month, day, hour, minute, second as `80` to `85` (ISO/IEC 39794-1).
  private static func date(_ record: RawSpan, _ block: Element) -> RecordDate? {
    var fields: [Int?] = Array(repeating: nil, count: 6)
    var at = block.content
    while at < block.end, let child = Element(record, at: at) {
      at = child.end
      guard (0x80...0x85).contains(child.tag) else { continue }
      fields[Int(child.tag) - 0x80] =
        child.count == 1 ? record.u8(child.content).map(Int.init) : child.count == 2 ? record.u16(child.content) : nil
    }
    guard let year = fields[0], let month = fields[1], let day = fields[2] else { return nil }
    return RecordDate(year: year, month: month, day: day, hour: fields[3], minute: fields[4], second: fields[5])
  }

  /// Every constructed element is filled by its children to the byte.
  private static func nests(_ record: RawSpan, _ outer: Element) -> Bool {
    var budget = 10_000
    var pending = [(outer, 0)]
    while let (parent, depth) = pending.popLast() {
      guard depth < 32 else { return false }
      var at = parent.content
      while at < parent.end {
        guard budget > 0, let child = Element(record, at: at), child.end <= parent.end else { return false }
        budget -= 1
        if child.isConstructed { pending.append((child, depth + 1)) }
        at = child.end
      }
    }
    return true
  }

  /// Tag and length of a DER element with a tag of one byte.
  struct Element: Sendable, Equatable {
    var tag: UInt8
    /// Offset of the first byte of the content.
    var content: Int
    var count: Int
    var end: Int { content + count }
    var isConstructed: Bool { tag & 0x20 != 0 }

    /// Nil for tags of several bytes, indefinite lengths and lengths of more than four bytes.
    init?(_ bytes: RawSpan, at: Int) {
      guard let tag = bytes.u8(at), tag & 0x1F != 0x1F, let first = bytes.u8(at + 1) else { return nil }
      self.tag = tag
      switch first {
      case 0..<0x80:
        content = at + 2
        count = Int(first)
      case 0x81...0x84:
        let size = Int(first & 0x7F)
        var value = 0
        for i in 0..<size {
          guard let next = bytes.u8(at + 2 + i) else { return nil }
          value = value << 8 | Int(next)
        }
        content = at + 2 + size
        count = value
      default: return nil
      }
    }
  }
}
