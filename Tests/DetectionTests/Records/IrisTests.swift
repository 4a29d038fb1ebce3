import CustodyCore
import Testing

@testable import Detection

@Suite struct IrisTests {
  private func parse(_ bytes: [UInt8], carved: Bool = false) -> IrisRecord? {
    IrisRecord.parse(bytes.span.bytes, at: 0, room: carved ? .carved(bytes.count) : .whole(bytes.count))
  }

  /// Total 7487, image length 7409 at 74, image at 78; and the public sample's wrong length of 7466.
  @Test(arguments: [7471, 7466])
  func vector2011(_ representation: Int) throws {
    let image = SyntheticImage.jp2(640, 480, payload: 0x1CF1 - SyntheticImage.jp2(640, 480, payload: 0).count)
    let built = ByteBuilder(IrisExamples.edition2011([.init(eye: 1, image: image)], format: 0xA))
    #expect(built.count == 7487)
    #expect(built.bytes.span.bytes.u32(0x4A) == 0x1CF1)
    let found = try #require(parse(built.setting(representation, size: 4, at: 16).bytes))
    #expect(found.strength == .proof)
    #expect(found.edition == .iso2011 && found.eye == .right && found.length == 7487)
    #expect(found.width == 640 && found.height == 480 && found.encoding == .jp2)
    #expect(found.capturedAt?.hasTime == false)
  }

  /// Records of the edition of 2005 exist that say `010`, `013` and `021`.
  @Test(arguments: ["010\0", "013\0", "021\0"])
  func versionsAreUsedLoosely(_ version: String) throws {
    let record = IrisExamples.edition2005(
      [.init(eye: 1, image: SyntheticImage.jp2(640, 480)), .init(eye: 2, image: SyntheticImage.jp2(640, 480))],
      format: 0x10, width: 0, height: 0, version: version)
    let found = try #require(parse(record))
    #expect(found.edition == .iso2005 && found.strength == .proof)
    #expect(found.images == 2 && found.eye == .both && found.width == 640)
  }

  @Test(arguments: [-16, -8, -1, 1, 16])
  func lengthsMayStray(_ error: Int) throws {
    let record = IrisExamples.edition2005([.init(eye: 1, image: SyntheticImage.jpeg(640, 480))], format: 6)
    let strayed = ByteBuilder(record).setting(record.count + error, size: 4, at: 8).bytes
    #expect(try #require(parse(strayed)).strength == .proof)
  }

  @Test(arguments: [0, 1, 0x7FFF_FFFF, 0xFFFF_FFFF])
  func wrongLengthsNeverProve(_ length: Int) {
    let old = IrisExamples.edition2005([.init(eye: 1, image: SyntheticImage.jpeg(640, 480))], format: 6)
    let kind = IrisExamples.edition2005(
      [.init(eye: 1, image: SyntheticImage.jpeg(640, 480))], format: 6, version: "015\0", kind: 1)
    let new = IrisExamples.edition2011([.init(eye: 1, image: SyntheticImage.jpeg(640, 480))], format: 8)
    for (record, outer, inner) in [(old, 8, 55), (kind, 9, 49), (new, 8, 74)] {
      #expect(parse(record)?.strength == .proof)
      let carved = ByteBuilder(record).setting(length, size: 4, at: outer).bytes + SyntheticImage.noise(4000)
      #expect(parse(carved, carved: true)?.strength ?? .weak < .proof)
      #expect(parse(ByteBuilder(record).setting(length, size: 4, at: inner).bytes)?.strength ?? .weak < .proof)
    }
  }

  @Test func rawPixelsMustFillTheirImage() throws {
    let good = IrisExamples.edition2011(
      [.init(eye: 2, image: SyntheticImage.noise(640))], format: 2, width: 32, height: 20)
    #expect(try #require(parse(good)).strength == .proof)
    let bad = IrisExamples.edition2011(
      [.init(eye: 2, image: SyntheticImage.noise(641))], format: 2, width: 32, height: 20)
    #expect(try #require(parse(bad)).strength == .strong)
  }

  @Test("an iris code in a pickle is seen once")
  func pickledOnce() throws {
    let example = try #require(IrisCode().descriptor.positives.first { $0.name == "pickle of arrays" })
    #expect(summary(examine(example.bytes())) == ["iris.template strong x1"])
    let whole = PickleSample.stream(
      PickleSample.text("IrisTemplate") + PickleSample.text("numpy") + PickleSample.text("iris_codes")
        + PickleSample.blob([UInt8](repeating: 1, count: 8192)) + PickleSample.text("mask_codes")
        + PickleSample.blob([UInt8](repeating: 1, count: 8192)))
    #expect(summary(examine(whole)) == ["iris.template strong x1"])
  }
}
