import CustodyCore

/// Synthetic blocks of ISO/IEC 39794.
enum ISO39794Examples {
  static func block(_ part: ISO39794.Part, _ images: [[UInt8]], dated: Bool = true) -> [UInt8] {
    let version = ByteBuilder.der(0xA0, ByteBuilder().hex("800103 810207E3").bytes)
    let date = ByteBuilder.der(0xA2, ByteBuilder().hex("800207E8 810102 82011D 83010A 84011E 850105").bytes)
    let representations = images.enumerated().flatMap { index, image in
      let data = ByteBuilder.der(0x80, image) + ByteBuilder.der(0xA1, ByteBuilder.der(0xA0, [0x80, 1, 2]))
      let wrapped = ByteBuilder.der(0xA1, ByteBuilder.der(0xA0, ByteBuilder.der(0xA0, data)))
      return ByteBuilder.der(0x30, [0x80, 1, UInt8(truncatingIfNeeded: index)] + wrapped + (dated ? date : []))
    }
    return ByteBuilder.der(Int(part.rawValue), version + ByteBuilder.der(0xA1, representations))
  }

  static func positives(_ part: ISO39794.Part) -> [DetectorExample] {
    [
      DetectorExample("one image", expected: ["\(part.dataClass.rawValue) proof x1"]) {
        block(part, [SyntheticImage.jp2(300, 400, payload: 900)])
      },
      DetectorExample("two images", expected: ["\(part.dataClass.rawValue) proof x2"]) {
        block(part, [SyntheticImage.jpeg(300, 400), SyntheticImage.jpeg(300, 400)], dated: false)
      },
      DetectorExample("pixels nobody can recognise", expected: ["\(part.dataClass.rawValue) strong x1"]) {
        block(part, [SyntheticImage.noise(300)])
      },
    ]
  }

  static func negatives(_ part: ISO39794.Part) -> [DetectorExample] {
    [
      DetectorExample("letters") { Array("defdefdef\u{7}\u{1}\u{3}".utf8) },
      DetectorExample("version block without a record") {
        ByteBuilder().zeros(8).raw(ISO39794.versionBlock).zeros(40).bytes
      },
      DetectorExample("lengths do not nest", expected: ["\(part.dataClass.rawValue) weak x1"]) {
        ByteBuilder(block(part, [SyntheticImage.jpeg(300, 400, payload: 300)])).setting(0x30, size: 1, at: 20).bytes
      },
    ]
  }
}
