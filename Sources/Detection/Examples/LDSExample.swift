import CustodyCore

/// Synthetic files of a travel document's chip.
enum LDSExample {
  private static func element(_ tag: Int, _ content: [UInt8]) -> [UInt8] { InterchangeParts.element(tag, content) }

  /// `A1` header: modality mask, owner 0101 and format.
  static func header(_ mask: UInt8, _ format: UInt8) -> [UInt8] {
    element(0xA1, [0x80, 2, 1, 1, 0x81, 1, mask, 0x87, 2, 1, 1, 0x88, 2, 0, format])
  }

  static func group(_ records: [[UInt8]], _ mask: UInt8, _ format: UInt8, tag: Int = 0x5F2E) -> [UInt8] {
    element(
      0x7F61,
      [2, 1, UInt8(records.count)] + records.flatMap { element(0x7F60, header(mask, format) + element(tag, $0)) })
  }

  static func dg1(_ zone: String) -> [UInt8] { element(0x61, element(0x5F1F, Array(zone.utf8))) }
  static func dg2() -> [UInt8] { element(0x75, group([InterchangeParts.face()], 2, 8)) }
  static func dg3() -> [UInt8] {
    element(0x63, group([InterchangeParts.finger(2), InterchangeParts.finger(7)], 8, 7))
  }
  static func dg4() -> [UInt8] { element(0x76, group([InterchangeParts.iris()], 16, 9)) }

  /// Additional personal details: a tag list and what it names.
  static func dg11() -> [UInt8] {
    element(
      0x6B,
      element(0x5C, [0x5F, 0x0E, 0x5F, 0x11]) + element(0x5F0E, Array("ERIKSSON<<ANNA<MARIA".utf8))
        + element(0x5F11, Array("ZENITH".utf8)))
  }

  static let com: [UInt8] = [
    0x60, 0x16, 0x5F, 0x01, 0x04, 0x30, 0x31, 0x30, 0x37, 0x5F, 0x36, 0x06, 0x30, 0x34, 0x30, 0x30, 0x30, 0x30, 0x5C,
    0x04, 0x61, 0x75, 0x63, 0x6E,
  ]

  /// Two descriptions of data on a card, without the data.
  static let descriptions: [UInt8] = {
    let inner = element(
      0xA1,
      [0x81, 1, 8, 0x82, 1, 2, 0x87, 2, 0xDE, 0xAD, 0x88, 2, 0xBE, 0xEF]
        + element(0xB1, [0x81, 2, 0x0C, 0x40, 0x82, 1, 0x11, 0x83, 1, 0]))
    return element(0x7F61, [2, 1, 2] + element(0x7F60, inner) + element(0x7F60, inner))
  }()

  /// ISO/IEC 39794-5 block with its version block and one picture.
  static func extensibleFace() -> [UInt8] {
    let image = element(0x80, InterchangeParts.jpeg(240, 320)) + element(0xA1, element(0xA0, [0x80, 1, 2]))
    let representation = element(
      0x30, [0x80, 1, 0] + element(0xA1, element(0xA0, element(0xA0, image))))
    return element(0x65, element(0xA0, [0x80, 1, 3, 0x81, 2, 7, 0xE3]) + element(0xA1, representation))
  }

  static let positives: [DetectorExample] = [
    DetectorExample("DG1", expected: ["identity.mrz proof x1"]) { dg1(MRZExample.td3.joined()) },
    DetectorExample("DG1 of a card", expected: ["identity.mrz proof x1"]) { dg1(MRZExample.td1.joined()) },
    DetectorExample("DG2", expected: ["face.image proof x1"]) { dg2() },
    DetectorExample("DG2 with ISO/IEC 39794-5", expected: ["face.image proof x1"]) {
      element(0x75, group([element(0xA1, extensibleFace())], 2, 0x2A, tag: 0x7F2E))
    },
    DetectorExample("DG3", expected: ["finger.image proof x2"]) { dg3() },
    DetectorExample("DG3 with minutiae", expected: ["finger.template proof x1"]) {
      element(0x63, group([InterchangeParts.minutiae], 8, 2))
    },
    DetectorExample("DG4", expected: ["iris.image proof x1"]) { dg4() },
    DetectorExample("DG5", expected: ["face.image proof x1"]) {
      element(0x65, [2, 1, 1] + element(0x5F40, InterchangeParts.jpeg(200, 200)))
    },
    DetectorExample("DG7", expected: ["signature.image proof x1"]) {
      element(0x67, [2, 1, 1] + element(0x5F43, InterchangeParts.jpeg(200, 60)))
    },
    DetectorExample("DG11", expected: ["identity.record proof x1"]) { dg11() },
    DetectorExample("EF.COM", expected: ["identity.document weak x1"]) { com },
    DetectorExample(
      "all files of a chip in one",
      expected: [
        "identity.document weak x1", "identity.mrz proof x1", "face.image proof x1", "finger.image proof x2",
      ]
    ) { com + dg1(MRZExample.td3.joined()) + dg2() + dg3() },
  ]

  static let negatives: [DetectorExample] = [
    DetectorExample("a word") { Array("ultimately, a text that begins with the tag of DG2".utf8) },
    DetectorExample("description of data on a card") { descriptions },
    DetectorExample("group of no instance") { element(0x63, element(0x7F61, [2, 1, 0, 0x53, 4, 1, 2, 3, 4])) },
    DetectorExample("DG2 cut in its picture", expected: ["face.image strong x1"]) { Array(dg2().dropLast(60)) },
    DetectorExample("DG2 of something else", expected: ["face.image strong x1"]) {
      element(0x75, group([InterchangeParts.noise(300)], 2, 8))
    },
    DetectorExample("DG1 without letters") { dg1(String(repeating: "-", count: 88)) },
  ]
}
