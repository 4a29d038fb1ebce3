import CustodyCore

/// Synthetic records with the framing of the edition of 2011.
enum FramedExamples {
  static func record(_ family: FramedRecord.Family, bodies: [Int]) -> [UInt8] {
    let body = bodies.reduce(ByteBuilder()) { built, count in
      built.counted(
        4, ByteBuilder().hex("FFFF FF FF FF FF FF FFFF 00 0000 0000 00").raw(SyntheticImage.noise(count)).bytes)
    }.bytes
    return ByteBuilder(family.magic).ascii("010\0").u32(15 + body.count).u16(bodies.count).u8(0).raw(body).bytes
  }

  static func positives(_ families: [FramedRecord.Family]) -> [DetectorExample] {
    families.flatMap { family in
      let two = "\(family.dataClass.rawValue) \(family.canBeProved ? "proof" : "strong") x2"
      return [
        DetectorExample("\(family.rawValue), two representations", expected: [two]) {
          record(family, bodies: [120, 90])
        },
        DetectorExample("\(family.rawValue), one", expected: ["\(family.dataClass.rawValue) strong x1"]) {
          record(family, bodies: [300])
        },
      ]
    }
  }

  static func negatives(_ families: [FramedRecord.Family]) -> [DetectorExample] {
    families.map { family in
      DetectorExample("\(family.rawValue) in a table of strings") {
        ByteBuilder(family.magic).ascii("010\0").ascii("header\0version\0length\0representation\0").bytes
      }
    }
  }
}
