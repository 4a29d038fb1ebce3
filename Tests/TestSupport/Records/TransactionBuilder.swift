/// ANSI/NIST-ITL 1-2011 transactions, traditional encoding: a Type-1 record and what is added to it.
///
/// `DAI000000` and `MDNISTIMG` are the agency identifiers of NIST's public samples.
public struct TransactionBuilder: Sendable {
  private static let fs: UInt8 = 0x1C
  private static let gs: UInt8 = 0x1D
  private static let rs = "\u{1E}"
  private static let us = "\u{1F}"

  private var records: [(type: Int, bytes: [UInt8])] = []
  public var date: RecordTime
  public var destination: String
  public var origin: String
  public var control: String

  public init(
    date: RecordTime = RecordTime(2018, 11, 2), destination: String = "DAI000000", origin: String = "MDNISTIMG",
    control: String = "TCN0000001"
  ) {
    self.date = date
    self.destination = destination
    self.origin = origin
    self.control = control
  }

  /// The whole file.
  public var bytes: [UInt8] {
    var content = "1" + Self.us + String(records.count)
    for (i, record) in records.enumerated() {
      content += Self.rs + String(record.type) + Self.us + RecordTime.pad(i, 2)
    }
    let first = Self.tagged(
      1,
      [
        (2, "0500"), (3, content), (4, "TST"), (5, date.compactDate), (7, destination), (8, origin), (9, control),
        (11, "19.69"), (12, "19.69"),
      ])
    return first + records.flatMap(\.bytes)
  }

  private var idc: Int { records.count }
  private var idcText: String { RecordTime.pad(idc, 2) }

  /// Type-2: user-defined text; field numbers and values are the caller's (EBTS: 18 name, 22 birth).
  public mutating func addType2(_ fields: [(Int, String)] = [(18, "ERIKSSON,ANNA MARIA"), (22, "19740812")]) {
    records.append((2, Self.tagged(2, [(2, idcText)] + fields)))
  }

  /// Type-4: grey fingerprint in the binary form, header of 18 bytes, compression 1 (WSQ) or 0 (none).
  public mutating func addType4(finger: Int = 1, width: Int, height: Int, image: [UInt8], compression: Int = 1) {
    var out = RecordBytes()
    out.u32(18 + image.count)
    out.u8(idc)
    out.u8(0)
    out.u8(finger)
    out.raw([0xFF, 0xFF, 0xFF, 0xFF, 0xFF])
    out.u8(0)
    out.u16(width)
    out.u16(height)
    out.u8(compression)
    out.raw(image)
    records.append((4, out.bytes))
  }

  /// Type-9: minutiae in the standard fields 9.005 to 9.012.
  public mutating func addType9(finger: Int = 1, minutiae: Int = 24, seed: UInt64 = 1) {
    var random = SeededGenerator(seed: seed)
    let points = (1...max(minutiae, 1)).map { n in
      let x = RecordTime.pad(random.number(in: 200...3800), 4)
      let y = RecordTime.pad(random.number(in: 200...3800), 4)
      let angle = RecordTime.pad(random.number(in: 0...359), 3)
      return [RecordTime.pad(n, 3), x + y + angle, RecordTime.pad(random.number(in: 10...63), 2), "A"]
        .joined(separator: Self.us)
    }
    records.append(
      (
        9,
        Self.tagged(
          9,
          [
            (2, idcText), (3, "4"), (4, "S"), (5, "CUSTODY TEST" + Self.us + "M"), (6, String(finger)),
            (7, "T" + Self.us + "RS"), (10, String(points.count)), (11, "0"), (12, points.joined(separator: Self.rs)),
          ])
      ))
  }

  /// Type-10: a face as baseline JPEG.
  public mutating func addType10(width: Int, height: Int, jpeg: [UInt8], photographed: RecordTime? = nil) {
    records.append(
      (
        10,
        Self.tagged(
          10,
          [
            (2, idcText), (3, "FACE"), (4, origin), (5, (photographed ?? date).compactDate), (6, String(width)),
            (7, String(height)), (8, "0"), (9, "1"), (10, "1"), (11, "JPEGB"), (12, "GRAY"), (20, "F"),
          ], data: jpeg)
      ))
  }

  /// Types 13, 14, 15 and 17 … share the shape of variable-resolution image records.
  ///
  /// - Parameters:
  ///   - type: 13 latent, 14 finger, 15 palm.
  ///   - position: finger or palm position (table 8 of the standard).
  ///   - compression: `NONE`, `WSQ20`, `JPEGB` …
  public mutating func addImage(
    type: Int = 14, position: Int = 1, width: Int, height: Int, image: [UInt8], compression: String = "WSQ20"
  ) {
    records.append(
      (
        type,
        Self.tagged(
          type,
          [
            (2, idcText), (3, "0"), (4, origin), (5, date.compactDate), (6, String(width)), (7, String(height)),
            (8, "1"), (9, "500"), (10, "500"), (11, compression), (12, "8"), (13, String(position)),
          ], data: image)
      ))
  }

  /// A tagged record: its length field counts every byte, itself and the closing FS included.
  private static func tagged(_ type: Int, _ fields: [(Int, String)], data: [UInt8]? = nil) -> [UInt8] {
    var rest: [UInt8] = []
    for (number, value) in fields {
      rest.append(gs)
      rest += "\(type).\(RecordTime.pad(number, 3)):\(value)".utf8
    }
    if let data {
      rest.append(gs)
      rest += "\(type).999:".utf8
      rest += data
    }
    rest.append(fs)
    let head = "\(type).001:"
    // The number's own digits count: grow it until it describes itself.
    var length = head.utf8.count + rest.count + 1
    while length != head.utf8.count + String(length).utf8.count + rest.count {
      length = head.utf8.count + String(length).utf8.count + rest.count
    }
    return Array((head + String(length)).utf8) + rest
  }
}
