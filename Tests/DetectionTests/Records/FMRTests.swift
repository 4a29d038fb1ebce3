import CustodyCore
import Testing

@testable import Detection

@Suite struct FMRTests {
  private func parse(_ bytes: [UInt8], carved: Bool = false) -> FMRRecord? {
    FMRRecord.parse(bytes.span.bytes, at: 0, room: carved ? .carved(bytes.count) : .whole(bytes.count))
  }

  /// The heads printed in the format catalogue, completed to their declared lengths.
  @Test(arguments: [
    ("464D5200 20323000 04D6 0042 0011 00B5 0200 0200 00C5 00C5 03 00", "INCITS 378-2004", 3, 198),
    ("464D5200 20323000 00000173 00B5 0200 0200 00C5 00C5 02 00", "ISO/IEC 19794-2:2005", 2, 54),
    ("464D5200 30333000 0000016B 0042 0011 00B5 02 00", "INCITS 378-2009", 2, 50),
    ("464D5200 30333000 0000018D 0002 00", "ISO/IEC 19794-2:2011", 2, 50),
  ])
  func vectors(_ head: String, _ edition: String, _ views: Int, _ minutiae: Int) throws {
    var record = ByteBuilder().hex(head)
    switch edition {
    case "INCITS 378-2004":
      record = record.hex("07 00 5A 1B 4064 000E 38 5A").raw(FMRExamples.minutiae(26)).u16(0)
        .hex("08 00 5A 50").raw(FMRExamples.minutiae(80)).u16(0)
        .hex("01 00 5A 5B").raw(FMRExamples.minutiae(91)).u16(4).hex("0002 0004").zeros(2)
    case "ISO/IEC 19794-2:2005":
      record = record.hex("07 00 5A 1B").raw(FMRExamples.minutiae(27)).u16(0)
        .hex("08 00 5A 1B").raw(FMRExamples.minutiae(27)).u16(11).zeros(11)
    case "INCITS 378-2009":
      record = record.hex("07 00 00 5A 0006 0037 0200 0200 00C5 00C5 1B").raw(FMRExamples.minutiae(27)).u16(0)
        .hex("08 00 00 5A 0006 0037 0200 0200 00C5 00C5 17").raw(FMRExamples.minutiae(23)).u16(5).zeros(5)
    default:
      record =
        record
        .hex("000000C9 07D50C0F1123140000 00 ABCD 00B5 01 5A ABCD 0123 07 00 00C5 00C5 00 0200 0200 60 1B")
        .raw(FMRExamples.minutiae(27)).u16(0)
        .hex("000000B5 07D50C0F1123140000 00 ABCD 00B5 01 5A ABCD 0123 08 00 00C5 00C5 00 0200 0200 60 17")
        .raw(FMRExamples.minutiae(23)).u16(4).zeros(4)
    }
    let found = try #require(parse(record.bytes))
    #expect(found.edition.rawValue == edition)
    #expect(found.strength == .proof)
    #expect(found.views == views)
    #expect(found.minutiae == minutiae)
    #expect(found.declaredLength == record.count)
    #expect(found.length == record.count)
    #expect(parse(record.bytes + SyntheticImage.noise(900), carved: true)?.strength == .proof)
    if edition == "ISO/IEC 19794-2:2011" {
      #expect(found.capturedAt?.time.dateText == "2005-12-15")
      #expect(found.capturedAt?.time.timeText == "17:35:20")
    }
  }

  @Test func editionsAreToldApart() throws {
    let cases: [([UInt8], FMRRecord.Edition)] = [
      (FMRExamples.incits2004(views: [30]), .incits2004),
      (FMRExamples.incits2004(views: [30], long: true), .incits2004),
      (FMRExamples.iso2005(views: [30]), .iso2005),
      (FMRExamples.iso2005(views: Array(repeating: 250, count: 50)), .iso2005),
      (FMRExamples.incits2009(views: [30]), .incits2009),
      (FMRExamples.incits2009(views: [30], certified: false), .incits2009),
      (FMRExamples.incits2009(views: [30], amended: true), .incits2009am1),
      (FMRExamples.iso2011(views: [30]), .iso2011),
      (FMRExamples.iso2011(views: [30], size: 5), .iso2011),
    ]
    for (bytes, edition) in cases {
      let found = try #require(parse(bytes))
      #expect(found.edition == edition)
      #expect(found.strength == .proof, "\(edition)")
    }
  }

  /// Lengths stray: 340 written in a record of 342, 363 in 364, a walk of 372 over 371 bytes.
  @Test(arguments: [-16, -8, -2, -1, 0, 1, 8, 16])
  func lengthsMayStray(_ error: Int) throws {
    let record = FMRExamples.iso2005(views: [27, 27])
    let strayed = ByteBuilder(record).setting(record.count + error, size: 4, at: 8).bytes
    #expect(try #require(parse(strayed)).strength == .proof)
    let old = FMRExamples.incits2004(views: [50])
    #expect(try #require(parse(ByteBuilder(old).setting(340 - 8 + error, size: 2, at: 8).bytes)).strength == .proof)
  }

  @Test func aWalkOneByteTooLongIsAccepted() throws {
    let record = ByteBuilder(FMRExamples.iso2005(views: [27, 27], extra: 12)).bytes
    let short = ByteBuilder(Array(record.dropLast())).setting(record.count - 1, size: 4, at: 8).bytes
    let found = try #require(parse(short))
    #expect(found.strength == .proof)
    #expect(found.length == short.count)
  }

  /// Templates are stored in fields of fixed size: zeros follow.
  @Test func paddingIsAccepted() throws {
    let found = try #require(parse(FMRExamples.iso2005(views: [38]) + Array(repeating: 0, count: 121)))
    #expect(found.strength == .proof)
    #expect(found.length == 24 + 4 + 38 * 6 + 2)
  }

  @Test func farLengthsNeedAWholeRecord() throws {
    let record = FMRExamples.iso2005(views: [27])
    for length in [0, 1, 40, record.count - 17, record.count + 17, 0x7FFF_FFFF, 0xFFFF_FFFF] {
      let wrong = ByteBuilder(record).setting(length, size: 4, at: 8).bytes
      let carved = parse(wrong + SyntheticImage.noise(4000), carved: true)
      #expect(carved?.strength ?? .weak == .weak, "\(length)")
      #expect(parse(wrong)?.strength == .proof, "the walk ends where the file ends: \(length)")
    }
  }

  @Test func zeroViewsProveNothing() {
    let empty = ByteBuilder(FMRExamples.iso2005(views: [])).bytes
    #expect(parse(empty)?.strength ?? .weak == .weak)
    #expect(parse(FMRExamples.iso2011(views: []))?.strength ?? .weak == .weak)
  }

  @Test func aViewWithoutMinutiaeIsStrong() throws {
    #expect(try #require(parse(FMRExamples.iso2005(views: [0, 0]))).strength == .strong)
  }

  @Test func minutiaeOutsideTheImageDoNotProve() throws {
    let record = ByteBuilder(FMRExamples.iso2005(views: [40])).setting(200, size: 2, at: 14)
      .setting(200, size: 2, at: 16).bytes
    #expect(try #require(parse(record)).strength < .proof)
    var type3 = FMRExamples.iso2005(views: [40])
    for i in 0..<3 { type3[28 + i * 6] |= 0xC0 }
    #expect(try #require(parse(type3)).strength == .strong)
  }

  /// Without an image size the reserved bits are what tells minutiae from anything else.
  @Test func reservedBitsCount() throws {
    var record = ByteBuilder(FMRExamples.iso2005(views: [40])).setting(0, size: 4, at: 14).bytes
    #expect(try #require(parse(record)).strength == .proof)
    for i in 0..<3 { record[30 + i * 6] |= 0x40 }
    #expect(parse(record)?.strength ?? .weak < .proof)
  }

  @Test func theVersionOfTheOldSampleIsAccepted() throws {
    let record = ByteBuilder(FMRExamples.incits2004()).setting(0x3032_3000, size: 4, at: 4).bytes
    #expect(try #require(parse(record)).strength == .proof)
  }

  @Test func nestedBlocksAreReadInPlace() {
    let record = FMRExamples.incits2004(views: [30])
    let container = SyntheticImage.noise(88) + record + SyntheticImage.noise(700)
    let found = FMRRecord.parse(container.span.bytes, at: 88, room: .whole(record.count))
    #expect(found?.strength == .proof)
    #expect(FMRRecord.parse(container.span.bytes, at: 88, room: .whole(record.count - 40))?.strength == .weak)
    #expect(FMRRecord.parse(container.span.bytes, at: 87, room: .whole(record.count)) == nil)
    #expect(FMRRecord.parse(container.span.bytes, at: -1, room: .whole(10)) == nil)
    #expect(FMRRecord.parse(container.span.bytes, at: 5000, room: .whole(10)) == nil)
  }

  @Test func cardMinutiaeAreNeverProof() throws {
    let normal = (0..<50).reduce(ByteBuilder()) { built, i in
      built.u16((1 + i % 2) << 14 | (i * 977) % 1590).u16(1052 + i * 26).u8(i * 5)
    }.bytes
    let read = HeaderlessMinutiae.read(normal.span.bytes, at: 0, count: normal.count)
    #expect(read == .init(form: .normal, minutiae: 50, strength: .strong))
    let compact = (0..<31).reduce(ByteBuilder()) { $0.u8($1 * 5, $1 * 8, 0x40 | $1) }.bytes
    #expect(HeaderlessMinutiae.read(compact.span.bytes, at: 0, count: compact.count)?.strength == .weak)
    let sorted = (0..<32).reduce(ByteBuilder()) { $0.u16(0x4000 | $1 * 11).u16($1 * 9).u8(3, 60) }.bytes
    #expect(HeaderlessMinutiae.read(sorted.span.bytes, at: 0, count: sorted.count)?.form == .record)
    var numbers = SeededNumbers(state: 7)
    for _ in 0..<500 {
      let random = (0..<100).map { _ in UInt8.random(in: 0...255, using: &numbers) }
      #expect(HeaderlessMinutiae.read(random.span.bytes, at: 0, count: 100) == nil)
    }
    #expect(HeaderlessMinutiae.read(normal.span.bytes, at: 10, count: normal.count) == nil)
  }
}
