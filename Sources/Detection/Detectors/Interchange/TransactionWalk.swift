import CustodyCore

/// One record of an ANSI/NIST-ITL transaction, as far as custody cares.
struct TransactionRecord {
  var type: Int
  var offset: Int
  var length: Int
  /// False when only its announcement or its damaged head was seen.
  var isWhole: Bool
  /// True when more than its length speaks for it: a closing FS, an image signature, a raw size, a matching IDC.
  var isVerified = false
  /// Offset of the image or data block.
  var image: Int?
  /// `yyyy-MM-dd` of field 005.
  var date: String?
  var width: Int?
  var height: Int?
  var compression: String?
  var position: Int?
  /// 10.003, from the standard's list, lower case; `other` for anything else.
  var imageType: String?
  /// 99.101, the CBEFF biometric type mask.
  var typeMask: Int?
}

/// Walks the records of one transaction in the order 1.003 announces them, by lengths alone: image bytes may hold any separator.
struct TransactionWalk {
  var header: TransactionHeader
  var records: [TransactionRecord] = []
  /// Offset after the last record reached.
  var end: Int
  /// Every announced record was walked to its end.
  var isComplete = false
  /// The end is where it must be: end of the entry (16 bytes of tolerance, or NULs), or the next transaction.
  var landed = false
  /// A record did not begin where the last one ended; the walk found the next tag again.
  var wasMended = false
  /// The walk left the window: bytes from the start that would let it go on.
  var beyond: Int?

  static let binaryTypes: Set<Int> = [3, 4, 5, 6, 7, 8]
  private static let mostMendings = 8
  /// Bytes in which the next tag is looked for.
  private static let farthestTag = 4 << 20

  init(_ bytes: RawSpan, at start: Int, header: TransactionHeader, isWholeEntry: Bool, reachesEnd: Bool) {
    self.header = header
    end = start + header.length
    var mendings = 0
    var next = 0
    walk: while next < header.content.count {
      let announced = header.content[next]
      next += 1
      switch Self.record(bytes, at: end, announced: announced) {
      case .record(let record):
        records.append(record)
        end = record.offset + record.length
      case .beyond(let record, let total):
        records.append(record)
        beyond = total - start
        break walk
      case .none:
        wasMended = true
        mendings += 1
        guard mendings <= Self.mostMendings, let found = Self.nextTag(bytes, from: end) else { break walk }
        if let head = TaggedRecordHead.read(bytes, at: end), head.type == announced.type {
          records.append(
            TransactionRecord(type: head.type, offset: end, length: found - end, isWhole: false))
        }
        end = found
        guard let head = TaggedRecordHead.read(bytes, at: found),
          let resumed = header.content[next...].firstIndex(where: { $0.type == head.type })
        else { break walk }
        next = resumed
      }
    }
    isComplete = !wasMended && records.count == header.content.count && records.allSatisfy(\.isWhole)
    guard isComplete else { return }
    // Some writers announce fewer records than they append; tagged ones say what they are.
    while let head = TaggedRecordHead.read(bytes, at: end), head.type != 1,
      case .record(let record) = Self.record(bytes, at: end, announced: nil)
    {
      records.append(record)
      end = record.offset + record.length
    }
    landed = Self.lands(bytes, at: end, reachesEnd: reachesEnd)
  }

  private static func lands(_ bytes: RawSpan, at end: Int, reachesEnd: Bool) -> Bool {
    if let next = TaggedRecordHead.read(bytes, at: end), next.type == 1 { return true }
    guard reachesEnd else { return false }
    if bytes.byteCount - end <= 16 { return true }
    var i = end
    while i < bytes.byteCount {
      if let c = bytes.u8(i), c != 0, c != 0x0A, c != 0x0D, c != 0x20, c != 0x1A { return false }
      i += 1
    }
    return true
  }

  enum Step {
    case none
    case record(TransactionRecord)
    /// The record's head is sound but its end lies `total` bytes into the window's memory, outside it.
    case beyond(TransactionRecord, total: Int)
  }

  private static func record(_ bytes: RawSpan, at: Int, announced: TransactionHeader.Announced?) -> Step {
    if let announced, binaryTypes.contains(announced.type) {
      return binary(bytes, at: at, announced: announced)
    }
    guard let head = TaggedRecordHead.read(bytes, at: at), head.type != 1, head.length >= 8 else {
      // The head itself may lie beyond the window.
      guard let announced, at >= bytes.byteCount - 16 else { return .none }
      return .beyond(
        TransactionRecord(type: announced.type, offset: at, length: 0, isWhole: false),
        total: max(at, bytes.byteCount) + 64)
    }
    var record = TransactionRecord(type: head.type, offset: at, length: head.length, isWhole: true)
    if at + head.length > bytes.byteCount {
      record.isWhole = false
      record.length = bytes.byteCount - at
      record.readFields(bytes, from: head.fields)
      return .beyond(record, total: at + head.length)
    }
    if bytes.u8(at + head.length - 1) != 0x1C {
      guard let fs = nearFS(bytes, at + head.length - 1), fs >= head.fields else { return .none }
      record.length = fs + 1 - at
    }
    record.isVerified = true
    record.readFields(bytes, from: head.fields)
    return .record(record)
  }

  /// An FS within 16 bytes of where the length says it is, with the next record or the end behind it.
  private static func nearFS(_ bytes: RawSpan, _ expected: Int) -> Int? {
    for distance in 1...16 {
      for at in [expected - distance, expected + distance] where bytes.u8(at) == 0x1C {
        if at + 1 == bytes.byteCount || TaggedRecordHead.read(bytes, at: at + 1) != nil { return at }
      }
    }
    return nil
  }

  /// The next FS that a record's tag follows.
  private static func nextTag(_ bytes: RawSpan, from: Int) -> Int? {
    var at = from
    while let fs = bytes.firstIndex(of: 0x1C, from: at, to: from + farthestTag) {
      if let head = TaggedRecordHead.read(bytes, at: fs + 1), head.length >= 8 {
        // Another transaction begins: nothing of this one is left.
        if head.type == 1 { return nil }
        if head.length <= bytes.byteCount - fs - 1 { return fs + 1 }
      }
      at = fs + 1
    }
    return nil
  }

  private static func binary(_ bytes: RawSpan, at: Int, announced: TransactionHeader.Announced) -> Step {
    guard let length = bytes.u32(at) else {
      guard at >= bytes.byteCount - 4 else { return .none }
      return .beyond(
        TransactionRecord(type: announced.type, offset: at, length: 0, isWhole: false),
        total: max(at, bytes.byteCount) + 64)
    }
    let least = announced.type == 8 ? 12 : announced.type == 7 ? 5 : 18
    // Lengths of more than 256 MiB are damage, not images.
    guard length >= least, length <= 1 << 28 else { return .none }
    var record = TransactionRecord(type: announced.type, offset: at, length: length, isWhole: true)
    let hasIDC = bytes.u8(at + 4).map(Int.init) == announced.idc
    switch announced.type {
    case 7: record.isVerified = hasIDC
    case 8:
      guard let type = bytes.u8(at + 5), type <= 2, let representation = bytes.u8(at + 6), representation <= 2 else {
        return .none
      }
      record.width = bytes.u16(at + 8)
      record.height = bytes.u16(at + 10)
      record.isVerified = hasIDC
    default:
      guard let impression = bytes.u8(at + 5), impression <= 42, let resolution = bytes.u8(at + 12), resolution <= 1,
        let width = bytes.u16(at + 13), let height = bytes.u16(at + 15), let compression = bytes.u8(at + 17),
        compression <= 6
      else { return .none }
      record.width = width
      record.height = height
      record.compression = names[Int(compression)]
      record.position = bytes.u8(at + 6).map(Int.init)
      record.image = at + 18
      let isRaw = length == 18 + width * height || length == 18 + (width * height + 7) / 8
      record.isVerified = hasIDC || isRaw || bytes.imageSignature(at + 18) != nil
    }
    guard at + length <= bytes.byteCount else {
      record.isWhole = false
      record.length = bytes.byteCount - at
      return .beyond(record, total: at + length)
    }
    return .record(record)
  }

  private static let names = ["none", "wsq", "jpeg", "jpeg-lossless", "jp2", "jp2-lossless", "png"]
}

extension TransactionRecord {
  /// Reads the few fields that say what, when and how large; never those of Type-2.
  mutating func readFields(_ bytes: RawSpan, from: Int) {
    guard type != 2 else { return }
    var fields = TaggedFields(type: type, from: from, to: offset + length - 1)
    while let field = fields.next(bytes) {
      switch field.number {
      case 3:
        if type == 10 { imageType = Self.imageType(bytes.bytes(field.start..<min(field.end, field.start + 16))) }
        if type == 17 { position = small(bytes, field) }
      case 5: date = bytes.date8(field.start)
      case 6 where type >= 10 && type <= 19: width = small(bytes, field)
      case 7 where type >= 10 && type <= 19: height = small(bytes, field)
      case 11 where type >= 10 && type <= 19:
        compression = Self.compression(bytes.bytes(field.start..<min(field.end, field.start + 8)))
      case 13 where type >= 13 && type <= 15: position = small(bytes, field)
      case 101 where type == 99:
        typeMask = Int(
          String(decoding: bytes.bytes(field.start..<min(field.end, field.start + 8)), as: UTF8.self), radix: 16)
      default: break
      }
    }
    image = fields.image
  }

  private func small(_ bytes: RawSpan, _ field: TaggedFields.Field) -> Int? {
    bytes.decimal(field.start, most: 5)?.value
  }

  /// ANSI/NIST-ITL 1-2011 table of image types (field 10.003).
  private static func imageType(_ text: [UInt8]) -> String {
    let word = String(decoding: text, as: UTF8.self)
    let known = [
      "FACE", "SCAR", "MARK", "TATTOO", "FRONTAL", "REAR", "EXTRAORAL", "INTRAORAL", "CONDITION", "MISSING", "CHEST",
      "FEET", "HANDS-PALM", "HANDS-BACK", "GENITALS", "BUTTOCKS", "RIGHT LEG", "LEFT LEG", "RIGHT ARM", "LEFT ARM",
      "FRONTAL-C", "REAR-C", "OTHER",
    ]
    return known.contains(word) ? word.lowercased() : "other"
  }

  private static func compression(_ text: [UInt8]) -> String? {
    let known = [
      "NONE": "none", "WSQ": "wsq", "WSQ20": "wsq", "JPEGB": "jpeg", "JPEGL": "jpeg-lossless", "JP2": "jp2",
      "JP2L": "jp2-lossless", "PNG": "png",
    ]
    return known[String(decoding: text, as: UTF8.self)]
  }
}
