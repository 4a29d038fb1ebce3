import CustodyCore

/// Where the bytes of a block stand in the entry.
struct TextOffsets {
  /// Offset in the entry of the block's first byte.
  var base: Int
  /// Bytes of the entry for each byte of the block: 2 for UTF-16, 4 for UTF-32.
  var scale = 1
  @inline(__always)
  func offset(_ i: Int) -> Int { base + i * scale }
}

/// Reads a text entry once, from front to back, for all rules of text.
///
/// The answer depends on the bytes alone, not on how they are cut. Zeros are passed over, so that the gaps of a sparse
/// file cost nothing. Memory: one block, one line and the stack of `TextRecords`, whatever the entry's size.
struct TextPass {
  private enum Reader {
    case lines(LineReader)
    case json(JSONReader)
    case xml(XMLReader)
    case sql(SQLReader)
    case interchange(EDIFACTReader)
    case table(DBFReader)
  }

  private var reader: Reader?
  private var records = TextRecords(format: "text")
  private let width: Int
  private let isBigEndian: Bool
  /// The first characters, until they say which notation it is.
  private var head: [UInt8] = []
  /// Units of wide text, made bytes.
  private var block: [UInt8] = []
  /// Bytes of a unit cut by the end of a chunk.
  private var partial: [UInt8] = []
  private var position = 0

  private static let headLength = 64
  private static let blockLength = 32 << 10

  /// Nil for text that no reader is for: pages, scripts, mail.
  init?(_ identity: Identity) {
    if identity.kind == .dbf {
      (width, isBigEndian) = (1, false)
      reader = .table(DBFReader())
      records = TextRecords(format: "dbf")
      return
    }
    guard identity.isText else { return nil }
    switch identity.kind.rawValue {
    case "text/html", "text/x-script", "image/svg+xml", "image/x-xpixmap", "text/x-uuencode", "application/x-pem-file":
      return nil
    default: break
    }
    switch identity.encoding {
    case "utf-16le", "utf-16be": width = 2
    case "utf-32le", "utf-32be": width = 4
    default: width = 1
    }
    isBigEndian = identity.encoding?.hasSuffix("be") ?? false
  }

  /// Takes the next bytes of the entry.
  mutating func read(_ bytes: UnsafeRawBufferPointer) {
    guard width > 1 else {
      let start = position
      position += bytes.count
      parse(bytes.bindMemory(to: UInt8.self), TextOffsets(base: start))
      return
    }
    var at = 0
    while at < bytes.count {
      while !partial.isEmpty || bytes.count - at < width, at < bytes.count, partial.count < width {
        partial.append(bytes[at])
        at += 1
      }
      block.removeAll(keepingCapacity: true)
      let start = position
      if partial.count == width {
        block.append(partial.withUnsafeBytes { Self.byte($0, 0, width, isBigEndian) })
        partial = []
      }
      while block.count < Self.blockLength, at + width <= bytes.count {
        block.append(Self.byte(bytes, at, width, isBigEndian))
        at += width
      }
      position += block.count * width
      let whole = block
      whole.withUnsafeBufferPointer { parse($0, TextOffsets(base: start, scale: width)) }
    }
  }

  /// Takes `count` zero bytes without looking at them.
  mutating func skipZeros(_ count: Int) {
    guard count > 0 else { return }
    if case .table(var r) = reader {
      reader = nil
      r.readZeros(count, at: position, into: &records)
      reader = .table(r)
      position += count
      return
    }
    let odd = (width - partial.count) % width
    if odd > 0 { [UInt8](repeating: 0, count: min(odd, count)).withUnsafeBytes { read($0) } }
    let rest = max(0, count - odd)
    position += rest / width * width
    if rest % width > 0 { [UInt8](repeating: 0, count: rest % width).withUnsafeBytes { read($0) } }
  }

  /// Says what there was. Call once, after the last byte.
  mutating func finish() -> TextTally {
    if reader == nil { begin() }
    switch reader {
    case .lines(var r): r.finish(at: position, into: &records)
    case .json(var r): r.finish(at: position, into: &records)
    case .xml(var r): r.finish(at: position, into: &records)
    case .sql(var r): r.finish(at: position, into: &records)
    case .interchange(var r): r.finish(at: position, into: &records)
    case .table: records.finish(at: position)
    case nil: break
    }
    return records.tally
  }

  /// A unit of wide text as a byte; what is not ASCII becomes 0xFF, which no name or number has.
  @inline(__always)
  private static func byte(_ b: UnsafeRawBufferPointer, _ at: Int, _ width: Int, _ isBigEndian: Bool) -> UInt8 {
    let last = isBigEndian ? at + width - 1 : at
    var others: UInt8 = 0
    for i in at..<at + width where i != last { others |= b[i] }
    return others == 0 && b[last] < 0x80 ? b[last] : 0xFF
  }

  private mutating func parse(_ bytes: UnsafeBufferPointer<UInt8>, _ map: TextOffsets) {
    if reader != nil {
      dispatch(bytes, map)
      return
    }
    var i = 0
    while i < bytes.count, reader == nil {
      let c = bytes[i]
      // White space, zeros and byte order marks come before everything.
      if head.isEmpty, c <= 0x20 || c == 0xEF || c == 0xBB || c == 0xBF || c == 0xFF {
        i += 1
        continue
      }
      if head.isEmpty { headOffsets = TextOffsets(base: map.offset(i), scale: map.scale) }
      head.append(c)
      i += 1
      if head.count == Self.headLength { begin() }
    }
    if reader != nil, i < bytes.count {
      dispatch(UnsafeBufferPointer(rebasing: bytes[i...]), TextOffsets(base: map.offset(i), scale: map.scale))
    }
  }
  private var headOffsets = TextOffsets(base: 0)

  /// Chooses the reader by the first characters and gives them to it.
  private mutating func begin() {
    let start = String(decoding: head, as: UTF8.self)
    let upper = start.uppercased()
    switch head.first {
    case 0x7B, 0x5B:
      // A log may begin with a time in brackets.
      let isLog = head[0] == 0x5B && head.count > 1 && !"{[\"]-0123456789tfn \r\n\t".utf8.contains(head[1])
      let isTime = head[0] == 0x5B && head.count > 5 && head[1] &- 0x30 < 10 && head[5] == 0x2D
      reader = isLog || isTime ? .lines(LineReader()) : .json(JSONReader())
      records = TextRecords(format: isLog || isTime ? "log" : "json")
    case 0x3C:
      reader = .xml(XMLReader())
      records = TextRecords(format: "xml")
    default:
      if upper.hasPrefix("UNA") || upper.hasPrefix("UNB+") {
        reader = .interchange(EDIFACTReader())
        records = TextRecords(format: "edifact")
      } else if SQLReader.begins(upper) {
        reader = .sql(SQLReader())
        records = TextRecords(format: "sql")
      } else {
        reader = .lines(LineReader())
        records = TextRecords(format: "csv")
      }
    }
    let first = head
    first.withUnsafeBufferPointer { dispatch($0, headOffsets) }
  }

  private mutating func dispatch(_ bytes: UnsafeBufferPointer<UInt8>, _ map: TextOffsets) {
    // The reader is taken out while it works: nothing is copied.
    let taken = reader
    reader = nil
    switch taken {
    case .lines(var r):
      r.read(bytes, map, into: &records)
      reader = .lines(r)
    case .json(var r):
      r.read(bytes, map, into: &records)
      reader = .json(r)
    case .xml(var r):
      r.read(bytes, map, into: &records)
      reader = .xml(r)
    case .sql(var r):
      r.read(bytes, map, into: &records)
      reader = .sql(r)
    case .interchange(var r):
      r.read(bytes, map, into: &records)
      reader = .interchange(r)
    case .table(var r):
      r.read(bytes, map, into: &records)
      reader = .table(r)
    case nil: break
    }
  }
}
