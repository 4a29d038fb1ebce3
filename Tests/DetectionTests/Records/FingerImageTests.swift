import CustodyCore
import Testing

@testable import Detection

@Suite struct FingerImageTests {
  private func parse(_ bytes: [UInt8], carved: Bool = false) -> FingerImageRecord? {
    FingerImageRecord.parse(bytes.span.bytes, at: 0, room: carved ? .carved(bytes.count) : .whole(bytes.count))
  }

  @Test func editionsAreToldApart() throws {
    let views = [FingerImageExamples.raw(1), FingerImageExamples.raw(7)]
    let cases: [([UInt8], FingerImageRecord.Edition)] = [
      (FingerImageExamples.edition2005(views, compression: 0), .iso2005),
      (FingerImageExamples.edition2005(views, compression: 0, incits: true), .incits2004),
      (FingerImageExamples.edition2011(views, compression: 0), .iso2011),
      (FingerImageExamples.edition2011(views, compression: 0, certified: true), .iso2011),
    ]
    for (bytes, edition) in cases {
      for found in [parse(bytes), parse(bytes + SyntheticImage.noise(3000), carved: true)] {
        #expect(found?.edition == edition)
        #expect(found?.strength == .proof, "\(edition)")
        #expect(found?.fingers == 2)
        #expect(found?.length == bytes.count)
        #expect(found?.width == 64 && found?.height == 48)
      }
    }
  }

  @Test func palmsAreCountedApart() throws {
    let views = [20, 36, 1, 13, 15].map { FingerImageExamples.wsq($0) }
    let found = try #require(parse(FingerImageExamples.edition2005(views, compression: 2)))
    #expect(found.palms == 2 && found.fingers == 3)
    #expect(found.compressionName == "WSQ")
    #expect(parse(FingerImageExamples.edition2005([FingerImageExamples.wsq(37)], compression: 2))?.strength != .proof)
  }

  /// The outer length may stray by 16 bytes, or by anything when the views fill the file.
  @Test(arguments: [-16, -8, -1, 1, 16])
  func lengthsMayStray(_ error: Int) throws {
    let record = FingerImageExamples.edition2005([FingerImageExamples.wsq(1)], compression: 2)
    let strayed = ByteBuilder(record).setting(record.count + error, size: 6, at: 8).bytes
    #expect(try #require(parse(strayed)).strength == .proof)
    #expect(try #require(parse(strayed + SyntheticImage.noise(99), carved: true)).strength == .proof)
  }

  @Test(arguments: [0, 1, 0x7FFF_FFFF, 0xFFFF_FFFF])
  func wrongLengthsNeverProveCarvedRecords(_ length: Int) throws {
    for record in [
      FingerImageExamples.edition2005([FingerImageExamples.wsq(1)], compression: 2),
      FingerImageExamples.edition2011([FingerImageExamples.wsq(1)], compression: 2),
    ] {
      let outer = ByteBuilder(record).setting(length, size: 4, at: record[5] == 0x31 ? 10 : 8).bytes
      #expect(parse(outer + SyntheticImage.noise(4000), carved: true)?.strength ?? .weak == .weak)
      let inner = ByteBuilder(record).setting(length, size: 4, at: record[5] == 0x31 ? 32 : 16).bytes
      #expect(parse(inner)?.strength ?? .weak < .proof)
    }
  }

  @Test func aFieldOfPixelsForResolutionIsNoFault() throws {
    let record = ByteBuilder(FingerImageExamples.edition2005([FingerImageExamples.wsq(1)], compression: 2))
      .setting(0x026C_026C, size: 4, at: 20).setting(0x026C_026C, size: 4, at: 24).bytes
    #expect(try #require(parse(record)).strength == .proof)
  }

  @Test func unknownBodiesStayBelowProof() throws {
    let record = FingerImageExamples.edition2005(
      [.init(position: 1, width: 300, height: 300, image: SyntheticImage.noise(900))], compression: 2)
    #expect(try #require(parse(record)).strength == .strong)
    let later = ByteBuilder().hex("46495200 30333000").u32(1000).raw(SyntheticImage.noise(988)).bytes
    #expect(try #require(parse(later)).strength == .strong)
    #expect(parse(later)?.edition == .later)
    #expect(parse(later + SyntheticImage.noise(100), carved: true) == nil)
  }

  @Test func datesAreTaken() throws {
    let found = try #require(
      parse(FingerImageExamples.edition2011([FingerImageExamples.wsq(1)], compression: 2)))
    var attributes = Attributes()
    found.capturedAt?.describe(in: &attributes)
    #expect(attributes["capturedAt"] == "2020-02-29T08:30:00Z")
    #expect(attributes["clock"] == "record")
  }
}

@Suite struct WSQTests {
  private func parse(_ bytes: [UInt8], room: RecordRoom? = nil) -> WSQImage? {
    WSQImage.parse(bytes.span.bytes, at: 0, room: room ?? .whole(bytes.count))
  }

  /// `FFA0 FFA8 007A "NIST_COM 9\nPIX_WIDTH …"`
  @Test func nistCommentVector() throws {
    var comment = SyntheticImage.nistComment(545, 622)
    comment += String(repeating: "0", count: 0x7A - 2 - comment.utf8.count)
    let image = SyntheticImage.wsq(545, 622, comment: comment)
    #expect(Array(image[..<6]) == [0xFF, 0xA0, 0xFF, 0xA8, 0x00, 0x7A])
    let found = try #require(parse(image + [0, 0, 0]))
    #expect(found.strength == .proof)
    #expect(found.width == 545 && found.height == 622 && found.ppi == 500)
    #expect(!found.isSpecimen)
    #expect(found.length == image.count)
  }

  @Test func publicTestMaterialIsNamed() throws {
    let image = SyntheticImage.wsq(
      512, 512, comment: SyntheticImage.nistComment(512, 512, specimen: true))
    guard case .found(let observations, _, let kind) = RecordHarness.ask(WSQDetector(), image, at: 0) else {
      Issue.record("nothing")
      return
    }
    #expect(observations.first?.attributes["specimen"] == "NIST Special Database")
    #expect(observations.first?.attributes["ppi"] == 500)
    #expect(kind == .wsq)
  }

  @Test func contradictionsStayBelowProof() throws {
    let lying = SyntheticImage.wsq(512, 512, comment: SyntheticImage.nistComment(500, 512))
    #expect(try #require(parse(lying)).strength == .strong)
    for size in [(63, 512), (512, 9000), (0, 0)] {
      #expect(parse(SyntheticImage.wsq(size.0, size.1))?.strength ?? .weak < .proof)
    }
  }

  @Test func everyTruncationIsBelowProof() {
    let image = SyntheticImage.wsq(512, 512, comment: SyntheticImage.nistComment(512, 512))
    for count in 0..<image.count {
      let cut = Array(image[..<count])
      #expect(parse(cut)?.strength ?? .weak < .proof)
      #expect(parse(cut)?.length ?? 0 <= count)
    }
    let tables = Array(image[..<(image.count - 30)])
    #expect(parse(tables)?.strength == .strong)
    #expect(parse(tables, room: .cut(tables.count))?.strength == .proof)
  }

  /// A chain that fits is not enough: each table has the size its content gives it.
  @Test func tablesHaveTheirOwnSizes() {
    let image = SyntheticImage.wsq(512, 512)
    let shorter = ByteBuilder(Array(image[..<64])).u16(289).raw(Array(image[166...])).bytes
    #expect(parse(image)?.strength == .proof)
    #expect(parse(shorter)?.strength ?? .weak < .proof)
  }

  @Test func damagedSegmentsEndTheChain() {
    let image = SyntheticImage.wsq(512, 512)
    // Lengths of DTT, DQT, SOF, DHT and SOB in turn.
    for at in [4, 64, 455, 474, 497] {
      for value in [0, 1, 3, 0x7FFF, 0xFFFF] where !(at == 497 && value == 3) {
        let damaged = ByteBuilder(image).setting(value, size: 2, at: at).bytes
        #expect(parse(damaged)?.strength ?? .weak < .proof, "\(at) \(value)")
      }
    }
  }
}
