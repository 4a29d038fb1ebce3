import CustodyCore

/// Synthetic biometric objects of a PIV card.
enum PIVExample {
  private typealias Parts = InterchangeParts

  static func header(
    _ record: Int, _ signature: Int, owner: Int = 0x1B, type: Int = 0x0201, mask: UInt8 = 8, security: UInt8 = 0x0D
  ) -> [UInt8] {
    func date(_ year: UInt8) -> [UInt8] { [0x20, year, 0x01, 0x02, 0x03, 0x04, 0x05, 0x5A] }
    return [3, security] + Parts.u32(record) + Parts.u16(signature) + Parts.u16(owner) + Parts.u16(type)
      + date(0x26) + date(0x26) + date(0x31) + [0, 0, mask, 0x80, 60] + Array("EXAMPLE AGENCY".utf8) + [0, 0, 0, 0]
      + [UInt8](repeating: 0x11, count: 25) + [0, 0, 0, 0]
  }

  static func value(
    _ record: [UInt8], type: Int = 0x0201, owner: Int = 0x1B, mask: UInt8 = 8, security: UInt8 = 0x0D
  ) -> [UInt8] {
    let signature = Parts.element(0x30, Parts.noise(140))
    return header(record.count, signature.count, owner: owner, type: type, mask: mask, security: security) + record
      + signature
  }

  static func object(_ value: [UInt8]) -> [UInt8] {
    Parts.element(0x53, Parts.element(0xBC, value) + Parts.element(0xFE, []))
  }

  static let positives: [DetectorExample] = [
    DetectorExample("fingerprints", expected: ["finger.template proof x1"]) {
      object(value(Parts.minutiaeINCITS))
    },
    DetectorExample("face", expected: ["face.image proof x1"]) {
      object(value(Parts.face(), type: 0x0501, mask: 2))
    },
    DetectorExample("iris, without the object around it", expected: ["iris.image proof x1"]) {
      value(Parts.iris(), type: 0x0009, owner: 0x0101, mask: 16)
    },
    DetectorExample("encrypted", expected: ["finger.template strong x1"]) {
      object(value(Parts.noise(200), security: 0x0F))
    },
  ]

  static let negatives: [DetectorExample] = [
    DetectorExample("owner and type alone") { Parts.noise(40) + [0, 0x1B, 2, 1] + Parts.noise(100) },
    DetectorExample("INCITS record, which names the same owner") { Parts.minutiaeINCITS },
    DetectorExample("no record behind the header", expected: ["finger.template weak x1"]) {
      header(400, 140) + Parts.noise(100)
    },
  ]
}

/// Synthetic BioAPI records.
enum BioAPIExample {
  static func record(
    _ data: [UInt8], owner: Int = 0x0101, type: Int = 2, kind: UInt8 = 4, factors: Int = 8
  ) -> [UInt8] {
    InterchangeParts.u32le(16 + data.count) + [1, kind] + InterchangeParts.u16le(owner) + InterchangeParts.u16le(type)
      + [80, 1] + InterchangeParts.u32le(factors) + data
  }

  static let positives: [DetectorExample] = [
    DetectorExample("minutiae", expected: ["finger.template proof x1"]) { record(InterchangeParts.minutiae) },
    DetectorExample("registered format, own content", expected: ["face.image proof x1"]) {
      record(InterchangeParts.noise(200), type: 8, factors: 2)
    },
    DetectorExample("private format", expected: ["finger.image weak x1"]) {
      record(InterchangeParts.noise(300), owner: 0x0042)
    },
  ]
  static let negatives: [DetectorExample] = [
    DetectorExample("one byte longer than it says") { record(InterchangeParts.minutiae) + [0] },
    DetectorExample("zeros") { [UInt8](repeating: 0, count: 64) },
  ]
}
