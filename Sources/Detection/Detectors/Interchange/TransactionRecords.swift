import CustodyCore

/// The tag a text record of an ANSI/NIST-ITL file begins with: `T.001:<LEN>` GS.
struct TaggedRecordHead {
  var type: Int
  /// Bytes of the record including its closing FS.
  var length: Int
  /// Offset of the first field after the length.
  var fields: Int

  /// Reads the tag at `at`; `1.01:` and `1.1:` are taken like `1.001:`.
  static func read(_ bytes: RawSpan, at: Int) -> TaggedRecordHead? {
    guard let type = bytes.decimal(at, most: 2), (1...99).contains(type.value), bytes.u8(type.end) == 0x2E,
      let field = bytes.decimal(type.end + 1, most: 3), field.value == 1, bytes.u8(field.end) == 0x3A,
      let length = bytes.decimal(field.end + 1, most: 10), let separator = bytes.u8(length.end),
      separator == 0x1D || separator == 0x1C
    else { return nil }
    return TaggedRecordHead(
      type: type.value, length: length.value, fields: separator == 0x1D ? length.end + 1 : length.end)
  }
}

/// The fields of a text record, in order. The walk stops at `T.999:`, whose bytes are an image and may hold separators.
struct TaggedFields {
  struct Field {
    var number: Int
    var start: Int
    var end: Int
  }
  private var at: Int
  private let end: Int
  private let type: Int
  /// Offset of the bytes of `T.999:` once the walk reached them.
  private(set) var image: Int?

  /// - Parameter end: offset of the closing FS, or of the end of what is there.
  init(type: Int, from: Int, to end: Int) {
    self.type = type
    self.at = from
    self.end = end
  }

  mutating func next(_ bytes: RawSpan) -> Field? {
    guard at < end, let tag = bytes.decimal(at, most: 2), bytes.u8(tag.end) == 0x2E,
      let number = bytes.decimal(tag.end + 1, most: 4), bytes.u8(number.end) == 0x3A
    else { return nil }
    let start = number.end + 1
    // The last field may be cut within its own tag.
    guard start <= min(end, bytes.byteCount) else { return nil }
    if number.value == 999, type != 9, type != 1, type != 2 {
      image = start
      return nil
    }
    let stop = bytes.firstIndex(of: 0x1D, from: start, to: end) ?? min(end, bytes.byteCount)
    at = stop + 1
    return Field(number: number.value, start: start, end: stop)
  }
}

/// Type-1 of an ANSI/NIST-ITL file: what the transaction says it holds.
struct TransactionHeader {
  /// A record announced by 1.003.
  struct Announced {
    var type: Int
    var idc: Int
  }
  /// Bytes up to and including the FS.
  var length: Int
  /// True when the declared length ends on the FS, give or take 16 bytes.
  var isExact: Bool
  /// Four digits of 1.002.
  var version: String?
  var content: [Announced] = []
  /// 1.007 and 1.008 name the test agency of NIST's published samples.
  var isPublicSample = false

  enum Answer {
    case none
    case beyond(total: Int)
    case header(TransactionHeader)
  }

  /// Type-1 holds a few hundred bytes; with 999 announced records some 10 KiB.
  private static let longest = 1 << 18
  private static let mostRecords = 4096
  /// Bytes in which an FS is looked for when the length says less.
  private static let mostMended = 4096

  /// The first FS, unless another Type-1 begins before it: so every byte is looked at for one Type-1 only.
  private static func closing(_ bytes: RawSpan, from: Int, to limit: Int) -> Int? {
    var at = from
    while at < min(limit, bytes.byteCount), let c = bytes.u8(at) {
      if c == 0x1C { return at }
      if c == 0x31, bytes.hasText("1.001:", at: at) || bytes.hasText("1.01:", at: at) { return nil }
      at += 1
    }
    return nil
  }

  static func read(_ bytes: RawSpan, at start: Int) -> Answer {
    guard let head = TaggedRecordHead.read(bytes, at: start), head.type == 1, head.length >= 24,
      head.length <= longest,
      bytes.hasText("1.0", at: head.fields) || bytes.hasText("1.2", at: head.fields)
    else { return .none }
    var header = TransactionHeader(length: head.length, isExact: true)
    // A wrong length is mended by the FS itself: Type-1 holds no binary field.
    guard let fs = closing(bytes, from: head.fields, to: start + max(head.length, mostMended)) else {
      return start + head.length > bytes.byteCount ? .beyond(total: head.length) : .none
    }
    header.isExact = abs(fs + 1 - start - head.length) <= 16
    header.length = fs + 1 - start
    var fields = TaggedFields(type: 1, from: head.fields, to: start + header.length - 1)
    var sawContent = false
    var destination: [UInt8] = []
    var origin: [UInt8] = []
    var count = 0
    while let field = fields.next(bytes) {
      count += 1
      switch field.number {
      case 2:
        if let version = bytes.decimal(field.start, most: 4), version.end == field.end, field.end - field.start == 4 {
          header.version = String(decoding: bytes.bytes(field.start..<field.end), as: UTF8.self)
        }
      case 3:
        header.content = announced(bytes, field)
        sawContent = true
      case 7: destination = bytes.bytes(field.start..<min(field.end, field.start + 10))
      case 8: origin = bytes.bytes(field.start..<min(field.end, field.start + 10))
      default: break
      }
    }
    guard count >= 2, sawContent else { return .none }
    header.isPublicSample =
      destination.starts(with: "DAI00000".utf8)
      && (origin.elementsEqual("MDNISTIMG".utf8) || origin.elementsEqual("MDNISTIG".utf8))
    return .header(header)
  }

  /// `1` US count, then RS type US IDC for each record that follows.
  private static func announced(_ bytes: RawSpan, _ field: TaggedFields.Field) -> [Announced] {
    var out: [Announced] = []
    var at = field.start
    var isFirst = true
    while at < field.end, out.count < mostRecords {
      let stop = bytes.firstIndex(of: 0x1E, from: at, to: field.end) ?? field.end
      if !isFirst, let type = bytes.decimal(at, most: 2), bytes.u8(type.end) == 0x1F, (2...99).contains(type.value) {
        let idc = bytes.decimal(type.end + 1, most: 5)
        out.append(Announced(type: type.value, idc: idc?.value ?? -1))
      }
      isFirst = false
      at = stop + 1
    }
    return out
  }
}
