/// Synthetic face image records.
enum FaceExamples {
  /// Each image stands behind `points` feature points; the header's size may differ from the image's own.
  static func edition2005(
    _ images: [[UInt8]], type: Int = 0, width: Int = 240, height: Int = 320, points: Int = 4
  ) -> [UInt8] {
    let body = images.reduce(ByteBuilder()) { built, image in
      let marks = (0..<points).reduce(ByteBuilder()) { $0.u8(1, 0x30 + $1).u16(90 + $1, 120).u16(0) }.bytes
      return built.counted(
        4,
        ByteBuilder().u16(points).u8(2, 1, 6).u24(0x44D).u16(3).u8(5, 10, 15, 26, 31, 36).raw(marks)
          .u8(1, type).u16(width, height).u8(1, 2).u16(0, 0).raw(image).bytes)
    }.bytes
    return ByteBuilder().hex("46414300 30313000").u32(14 + body.count).u16(images.count).raw(body).bytes
  }

  static func edition2011(
    _ images: [[UInt8]], type: Int = 0, width: Int = 240, height: Int = 320,
    date: String = "07E4 02 1D 08 1E 0F 0000"
  ) -> [UInt8] {
    let body = images.reduce(ByteBuilder()) { built, image in
      built.counted(
        4,
        ByteBuilder().hex(date).u8(0).u16(1, 2).u8(1, 80).u16(3, 4)
          .u16(2).u8(1, 1, 1, 170).u24(0).u16(0).u8(0, 0, 0, 0, 0, 0)
          .raw(Array(repeating: 1, count: 16)).u8(1, type).u16(width, height).u8(0).u16(0).u8(0, 1)
          .u32(image.count).raw(image).bytes)
    }.bytes
    return ByteBuilder().hex("46414300 30333000").u32(17 + body.count).u16(images.count).u8(0).u16(0).raw(body).bytes
  }

  static let positives = [
    DetectorExample("ISO/IEC 19794-5:2005, JPEG", expected: ["face.image proof x1"]) {
      edition2005([SyntheticImage.jpeg(240, 320)])
    },
    DetectorExample("two images, JPEG 2000, size not in the header", expected: ["face.image proof x2"]) {
      edition2005([SyntheticImage.jp2(300, 400), SyntheticImage.j2k(300, 400)], type: 1, width: 0, height: 0)
    },
    DetectorExample("ISO/IEC 19794-5:2011, PNG", expected: ["face.image proof x1"]) {
      edition2011([SyntheticImage.png(240, 320)], type: 3)
    },
    DetectorExample("ISO/IEC 19794-5:2011, two JPEG images", expected: ["face.image proof x2"]) {
      edition2011([SyntheticImage.jpeg(240, 320), SyntheticImage.jpeg(240, 320, payload: 90)])
    },
  ]

  static let negatives = [
    DetectorExample("magic in a table of strings") {
      ByteBuilder().ascii("FAC\0010\0FACE\0FACET\0").ascii("width\0height\0colour\0").zeros(32).bytes
    },
    DetectorExample("magic alone") { Array("FAC\0030\0".utf8) },
    DetectorExample("no image where the header says", expected: ["face.image strong x1"]) {
      edition2005([SyntheticImage.noise(400)])
    },
    DetectorExample("end cut off", expected: ["face.image strong x1"]) {
      edition2005([SyntheticImage.jpeg(240, 320, payload: 4000)]).dropLast(1000)
    },
    DetectorExample("length of the block is wrong", expected: ["face.image weak x1"]) {
      ByteBuilder(edition2005([SyntheticImage.noise(400)], points: 0)).setting(60, size: 4, at: 14).bytes
    },
  ]
}
