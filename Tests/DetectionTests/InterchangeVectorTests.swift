import CustodyCore
import Testing

@testable import Detection

/// Published byte layouts.
@Suite struct InterchangeVectorTests {
  private func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.filter(\.isHexDigit)
    var out: [UInt8] = []
    var at = digits.startIndex
    while at < digits.endIndex, let next = digits.index(at, offsetBy: 2, limitedBy: digits.endIndex) {
      if let byte = UInt8(digits[at..<next], radix: 16) { out.append(byte) }
      at = next
    }
    return out
  }

  @Test func smallTransaction() {
    let marks: [Character: UInt8] = ["·": 0x1D, "¶": 0x1C, "^": 0x1E, "_": 0x1F]
    let text =
      "1.001:120·1.002:0500·1.003:1_2^2_00^4_01·1.004:TST·1.005:20260101·1.007:DAI·1.008:ORI·1.009:TCN·1.011:00.00"
      + "·1.012:00.00¶2.001:18·2.002:00¶"
    let record =
      text.map { marks[$0] ?? $0.asciiValue ?? 0 }
      + bytes("00000016 01 00 01FFFFFFFFFF 00 0002 0002 00 00FF00FF")
    #expect(record.count == 160)
    #expect(TransactionExample.transaction(TransactionExample.small).count == 160)
    let seen = InterchangeHarness.run(TransactionFile(), record)
    #expect(InterchangeHarness.summary(seen) == ["finger.image proof x1", "identity.record proof x1"])
    #expect(seen.allSatisfy { $0.place == Place(offset: 0, length: 160) })
    for count in 0..<160 {
      let cut = InterchangeHarness.run(TransactionFile(), Array(record[..<count]))
      #expect(cut.allSatisfy { $0.strength < .proof } || count >= 144, "\(count)")
    }
  }

  /// Head of a Type-4 of a public sample: 104277 bytes, position 14, 1608 × 1000, WSQ.
  @Test func binaryRecordHead() throws {
    let head = bytes("00019755 01 02 0E FFFFFFFFFF 00 0648 03E8 01 FFA0FFA8")
    let file =
      TransactionExample.tagged(1, [(2, "0500"), (3, "1\u{1F}1\u{1E}4\u{1F}01"), (4, "TST")]) + head
      + [UInt8](repeating: 0x55, count: 104_277 - head.count)
    let seen = try #require(InterchangeHarness.run(TransactionFile(), file).first)
    #expect(seen.strength == .proof && seen.count == 1)
    #expect(seen.attributes["width"] == .int(1608) && seen.attributes["height"] == .int(1000))
    #expect(seen.attributes["compression"] == "wsq" && seen.attributes["position"] == "14")
  }

  @Test func transactionFacts() throws {
    let file = TransactionExample.transaction(
      [TransactionExample.picture(10, "FACE"), TransactionExample.picture(10, "SCAR", date: "20269999")],
      agencies: ("DAI000000", "MDNISTIMG"))
    let seen = InterchangeHarness.run(TransactionFile(), file)
    let face = try #require(seen.first { $0.dataClass == .faceImage })
    #expect(face.attributes["capturedAt"] == "2026-01-02T00:00:00" && face.attributes["clock"] == "record")
    #expect(face.attributes["version"] == "0500" && face.attributes["types"] == "10" && face.attributes["records"] == 2)
    #expect(face.attributes["specimen"] != nil)
    let scar = try #require(seen.first { $0.dataClass == .biometricRecord })
    #expect(scar.attributes["imageType"] == "scar" && scar.attributes["capturedAt"] == nil)
  }

  @Test func twoTransactionsInARow() {
    let one = TransactionExample.transaction(TransactionExample.small)
    let seen = InterchangeHarness.run(TransactionFile(), one + one)
    #expect(seen.map { $0.place?.offset } == [0, 0, 160, 160] && seen.allSatisfy { $0.strength == .proof })
  }

  /// More than the window: what is inside is proved, the rest counted from 1.003.
  @Test func transactionLargerThanTheWindow() {
    let records: [TransactionExample.Record] = [
      .tagged(2, []), TransactionExample.picture(14, "1", position: "1"), TransactionExample.picture(15, "11"),
      TransactionExample.picture(14, "1", position: "2"),
    ]
    let file = TransactionExample.transaction(records)
    let cut = Array(file[..<(file.count - 300)])
    cut.withUnsafeBytes { buffer in
      func ask(final: Bool) -> Detection {
        TransactionFile().detect(
          buffer.bytes, at: 0,
          context: DetectionContext(windowOffset: 0, windowReachesEnd: false, windowIsFinal: final, kind: .unknown))
      }
      guard case .needsMore(let total) = ask(final: false) else {
        Issue.record("asks for more")
        return
      }
      #expect(total > cut.count && total <= file.count)
      guard case .found(let seen, let length, _) = ask(final: true) else {
        Issue.record("decides with what is there")
        return
      }
      #expect(length == cut.count)
      #expect(
        InterchangeHarness.summary(seen) == [
          "finger.image proof x2", "identity.record proof x1", "palm.image strong x1",
        ])
    }
  }

  @Test func groupHeadsOfPassports() throws {
    #expect(LDSExample.com == bytes("6016 5F0104 30313037 5F3606 303430303030 5C04 6175636E"))
    #expect(LDSExample.descriptions.count == 68)
    #expect(
      LDSExample.descriptions.starts(with: bytes("7F61 41 020102 7F60 1C A1 1A 810108 820102 8702DEAD 8802BEEF B10A")))
    let dg2 = LDSExample.dg2()
    #expect(dg2.starts(with: bytes("75 81")) || dg2.starts(with: bytes("75 82")))
    let seen = try #require(InterchangeHarness.run(LDSFile(), InterchangeParts.noise(77) + dg2 + [1, 2, 3]).first)
    #expect(seen.dataClass == .faceImage && seen.strength == .proof)
  }

  /// A group is asked for in full once its beginning is certain.
  @Test func groupsAskForWhatTheyDeclare() {
    let dg3 = LDSExample.dg3()
    for count in 40..<200 {
      let part = Array(dg3[..<count])
      part.withUnsafeBytes { buffer in
        let context = DetectionContext(windowOffset: 0, windowReachesEnd: false, windowIsFinal: false, kind: .unknown)
        guard case .needsMore(let total) = LDSFile().detect(buffer.bytes, at: 0, context: context) else {
          Issue.record("at \(count)")
          return
        }
        #expect(total == dg3.count)
      }
    }
  }

  @Test func pivDates() throws {
    let seen = try #require(InterchangeHarness.run(PIVObject(), PIVExample.positives[0].bytes()).first)
    #expect(seen.attributes["capturedAt"] == "2026-01-02T03:04:05Z" && seen.attributes["encrypted"] == nil)
    #expect(seen.place?.offset == 0)
    let hidden = try #require(InterchangeHarness.run(PIVObject(), PIVExample.positives[3].bytes()).first)
    #expect(hidden.attributes["encrypted"] == true)
  }

  @Test func cardMinutiae() {
    var points: [UInt8] = []
    for i in UInt8(0)..<20 { points += [0x40 | (i / 8), i * 7, 0x04, i * 11, 0x33] }
    let file = InterchangeParts.element(
      0x63, LDSExample.group([InterchangeParts.element(0x81, points)], 8, 3, tag: 0x7F2E))
    #expect(InterchangeHarness.summary(InterchangeHarness.run(LDSFile(), file)) == ["finger.template proof x1"])
  }
}

extension InterchangeVectorTests {
  /// The length of Type-1 may err by a few bytes; far off it costs the proof, not the sighting.
  @Test(arguments: [(118, Strength.proof), (125, .proof), (900, .strong)])
  func typeOneOfWrongLength(_ length: Int, _ strength: Strength) {
    var file = TransactionExample.transaction(TransactionExample.small)
    file.replaceSubrange(6..<9, with: String(length).utf8)
    let seen = InterchangeHarness.run(TransactionFile(), file)
    #expect(seen.count == 2 && seen.allSatisfy { $0.strength == strength })
  }

  /// A package that begins inside another is judged for itself.
  @Test func packageInsidePackage() {
    let two =
      PackageExample.package([PackageExample.finger], close: false) + PackageExample.package([PackageExample.face])
    let seen = InterchangeHarness.run(TransactionXML(), Array(two.utf8))
    #expect(InterchangeHarness.summary(seen) == ["face.image proof x1", "finger.image proof x1"])
  }
}
