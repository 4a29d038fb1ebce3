import CustodyCore
import Testing

@testable import Detection

@Suite struct FaceTests {
  private func parse(_ bytes: [UInt8], carved: Bool = false) -> FaceRecord? {
    FaceRecord.parse(bytes.span.bytes, at: 0, room: carved ? .carved(bytes.count) : .whole(bytes.count))
  }

  /// The head printed in the format catalogue: 26904 bytes, four feature points, 280 by 320.
  @Test func vector() throws {
    let image = SyntheticImage.jpeg(280, 320, payload: 26_826 - SyntheticImage.jpeg(280, 320, payload: 0).count)
    let record = ByteBuilder()
      .hex("46414300 30313000 00006918 0001 0000690A 0004 02 01 06 00044D 0003 050A0F 151A1F")
      .zeros(32).hex("01 00 0118 0140 01 02 0000 0000").raw(image).bytes
    #expect(record.count == 26_904)
    let found = try #require(parse(record))
    #expect(found.strength == .proof)
    #expect(found.edition == .iso2005)
    #expect(found.images == 1 && found.width == 280 && found.height == 320)
    #expect(found.encoding == .jpeg)
    #expect(found.length == 26_904)
  }

  /// Passports: a length 8 short in one country's, 1 short in another's.
  @Test(arguments: [-16, -8, -1, 0, 1, 16])
  func lengthsMayStray(_ error: Int) throws {
    let record = FaceExamples.edition2005([SyntheticImage.jp2(240, 320, payload: 700)], type: 1)
    for (size, offset) in [(record.count, 8), (record.count - 14, 14)] {
      let strayed = ByteBuilder(record).setting(size + error, size: 4, at: offset).bytes
      #expect(try #require(parse(strayed)).strength == .proof)
      #expect(try #require(parse(strayed + SyntheticImage.noise(600), carved: true)).strength == .proof)
    }
  }

  @Test(arguments: [0, 1, 0x7FFF_FFFF, 0xFFFF_FFFF])
  func wrongLengthsNeverProve(_ length: Int) {
    let old = FaceExamples.edition2005([SyntheticImage.jpeg(240, 320)])
    let new = FaceExamples.edition2011([SyntheticImage.jpeg(240, 320)])
    for (record, inner) in [(old, 14), (new, 17)] {
      let outer = ByteBuilder(record).setting(length, size: 4, at: 8).bytes
      #expect(parse(outer + SyntheticImage.noise(4000), carved: true)?.strength ?? .weak < .proof)
      #expect(parse(ByteBuilder(record).setting(length, size: 4, at: inner).bytes)?.strength ?? .weak < .proof)
    }
  }

  @Test(arguments: [0, 0xFF, 0xFFFF])
  func wrongCountsNeverProve(_ count: Int) {
    for record in [
      FaceExamples.edition2005([SyntheticImage.jpeg(240, 320)]),
      FaceExamples.edition2011([SyntheticImage.jpeg(240, 320)]),
    ] {
      #expect(parse(ByteBuilder(record).setting(count, size: 2, at: 12).bytes)?.strength ?? .weak < .proof)
    }
    let old = FaceExamples.edition2005([SyntheticImage.jpeg(240, 320)])
    let points = parse(ByteBuilder(old).setting(count, size: 2, at: 18).bytes)
    #expect(points?.strength ?? .weak < .proof)
  }

  @Test func sizesOfHeaderAndImageMayDiffer() throws {
    let record = FaceExamples.edition2005([SyntheticImage.jpeg(100, 130)])
    #expect(try #require(parse(record)).strength == .proof)
    let unset = FaceExamples.edition2005([SyntheticImage.jpeg(100, 130)], width: 0, height: 0)
    #expect(try #require(parse(unset)).width == 100)
  }

  @Test func datesOf2011AreTaken() throws {
    let set = try #require(parse(FaceExamples.edition2011([SyntheticImage.jpeg(240, 320)])))
    #expect(set.capturedAt?.time.dateText == "2020-02-29")
    #expect(set.capturedAt?.hasTime == true)
    for unset in ["FFFF FF FF FF FF FF FFFF", "0000 00 00 00 00 00 0000", "07E4 02 1E 00 00 00 0000"] {
      let record = FaceExamples.edition2011([SyntheticImage.jpeg(240, 320)], date: unset)
      let found = try #require(parse(record))
      #expect(found.capturedAt == nil)
      #expect(found.strength == .proof)
    }
    let day = FaceExamples.edition2011([SyntheticImage.jpeg(240, 320)], date: "07E4 02 1D FF FF FF FFFF")
    var attributes = Attributes()
    try #require(parse(day)?.capturedAt).describe(in: &attributes)
    #expect(attributes["capturedAt"] == "2020-02-29T00:00:00Z")
    #expect(attributes["precision"] == "day")
  }
}

@Suite struct ISO39794Tests {
  /// The nest printed in the format catalogue, down to the byte: a whole EF.DG2.
  @Test func vector() throws {
    let jp2 = SyntheticImage.jp2(480, 640, payload: 15_000 - SyntheticImage.jp2(480, 640, payload: 0).count)
    let file = ByteBuilder()
      .hex("75823AE7 7F61823AE2 020101 7F60823ADA A108 87020101 8802002A 7F2E823ACB A1823AC7 65823AC3")
      .hex("A007 800103 810207E3 A1823AB6 30823AB2 800100 A1823AAB A0823AA7 A0823AA3 80823A98").raw(jp2)
      .hex("A105 A003 800103").bytes
    #expect(file.count == 0x3AE7 + 4)
    let hits = RecordHarness.scan(file, with: ISO39794Detector.all)
    #expect(hits.flatMap(\.text) == ["face.image proof x1"])
    let observation = try #require(hits.first?.observations.first)
    #expect(observation.place == Place(offset: 36, length: 0x3AC3 + 4))
    #expect(observation.attributes["width"] == 480)
    #expect(observation.attributes["compression"] == "JP2")
    #expect(hits.first?.length == 0x3AC3, "from the version block on")
  }

  @Test func captureDatesAreTaken() {
    let block = ISO39794Examples.block(.face, [SyntheticImage.jpeg(300, 400)])
    let found = ISO39794.parse(block.span.bytes, at: 0, room: .whole(block.count))
    #expect(found?.capturedAt?.time.dateText == "2024-02-29")
    #expect(found?.capturedAt?.time.timeText == "10:30:05")
    #expect(found?.year == 2019)
  }

  @Test func everyBrokenLengthIsBelowProof() {
    let block = ISO39794Examples.block(.iris, [SyntheticImage.png(64, 64)])
    for offset in block.indices where offset < block.count - 80 {
      for value in [0, 1, 0x7F, 0x84, 0xFF] where block[offset] != UInt8(value) {
        let broken = ByteBuilder(block).setting(value, size: 1, at: offset).bytes
        let found = ISO39794.parse(broken.span.bytes, at: 0, room: .whole(broken.count))
        #expect(found?.length ?? 0 <= broken.count)
      }
    }
    for offset in [1, 12, 14] {
      let broken = ByteBuilder(block).setting(Int(block[offset]) - 1, size: 1, at: offset).bytes
      let found = ISO39794.parse(broken.span.bytes, at: 0, room: .whole(broken.count))
      #expect(found?.strength ?? .weak < .proof, "\(offset)")
    }
  }

  @Test func depthIsBounded() {
    var nest = ByteBuilder.der(0x80, SyntheticImage.png(64, 64))
    for _ in 0..<100 { nest = ByteBuilder.der(0xA0, nest) }
    let block = ByteBuilder.der(
      0x65,
      ByteBuilder().hex("A007 800103 810207E3").raw(ByteBuilder.der(0xA1, ByteBuilder.der(0x30, nest))).bytes)
    #expect(ISO39794.parse(block.span.bytes, at: 0, room: .whole(block.count))?.strength == .weak)
  }

  @Test func oldYearsAreNotOurs() {
    let block = ByteBuilder(ISO39794Examples.block(.face, [SyntheticImage.jpeg(300, 400)]))
    let at = RecordHarness.offsets(of: [0x07, 0xE3], in: block.bytes).first ?? 0
    let old = block.setting(2018, size: 2, at: at).bytes
    #expect(RecordHarness.scan(old, with: ISO39794Detector.all).isEmpty)
  }
}
