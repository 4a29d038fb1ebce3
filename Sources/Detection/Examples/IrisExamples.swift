/// Synthetic iris image records.
enum IrisExamples {
  struct Shot: Sendable {
    /// 1 right, 2 left.
    var eye: Int
    var image: [UInt8]
  }

  /// One image for each eye.
  static func edition2005(
    _ shots: [Shot], format: Int, width: Int = 640, height: Int = 480, version: String = "010\0", kind: Int? = nil
  ) -> [UInt8] {
    let body = shots.reduce(ByteBuilder()) { built, shot in
      let eye = built.u8(shot.eye).u16(1)
      let image =
        kind == nil
        ? eye.u16(1).u8(90).u16(0, 0).u32(shot.image.count)
        : eye.u32(shot.image.count).u16(1).u8(90).u16(1, 2, 0, 0)
      return image.raw(shot.image)
    }.bytes
    let head = ByteBuilder().hex("49495200").ascii(version)
    let size = 45 + (kind == nil ? 0 : 1)
    return (kind.map { head.u8($0) } ?? head).u32(size + body.count).u16(0).u8(shots.count).u16(size)
      .u16(0, 150, format, width, height).u8(8, 0).zeros(16).raw(body).bytes
  }

  static func edition2011(
    _ shots: [Shot], format: Int, width: Int = 640, height: Int = 480, qualities: Int = 2
  ) -> [UInt8] {
    let body = shots.reduce(ByteBuilder()) { built, shot in
      built.counted(
        4,
        ByteBuilder().hex("07E3 05 04 FF FF FF FFFF 01").u16(1, 2).u8(qualities).zeros(5 * qualities)
          .u16(1).u8(shot.eye, 2, format, 0).u16(width, height).u8(8).u16(0, 0, 0).zeros(12)
          .u32(shot.image.count).raw(shot.image).bytes)
    }.bytes
    return ByteBuilder().hex("49495200 30323000").u32(16 + body.count).u16(shots.count).u8(0, shots.count)
      .raw(body).bytes
  }

  static let positives = [
    DetectorExample("ISO/IEC 19794-6:2005, both eyes", expected: ["iris.image proof x2"]) {
      edition2005(
        [Shot(eye: 1, image: SyntheticImage.jp2(640, 480)), Shot(eye: 2, image: SyntheticImage.jp2(640, 480))],
        format: 0x10)
    },
    DetectorExample("ISO/IEC 19794-6:2005, raw, version 013", expected: ["iris.image proof x1"]) {
      edition2005(
        [Shot(eye: 2, image: SyntheticImage.noise(32 * 24))], format: 2, width: 32, height: 24, version: "013\0")
    },
    DetectorExample("INCITS 379", expected: ["iris.image proof x1"]) {
      edition2005([Shot(eye: 1, image: SyntheticImage.jpeg(640, 480))], format: 6, version: "015\0", kind: 1)
    },
    DetectorExample("ISO/IEC 19794-6:2011, PNG", expected: ["iris.image proof x1"]) {
      edition2011([Shot(eye: 1, image: SyntheticImage.png(640, 480))], format: 0xE)
    },
    DetectorExample("ISO/IEC 19794-6:2011, raw", expected: ["iris.image proof x2"]) {
      edition2011(
        [Shot(eye: 1, image: SyntheticImage.noise(768)), Shot(eye: 2, image: SyntheticImage.noise(768))],
        format: 2, width: 32, height: 24)
    },
  ]

  static let negatives = [
    DetectorExample("magic in a table of strings") {
      ByteBuilder().ascii("IIR\0010\0IIR\0020\0infinite impulse response\0filter\0").zeros(32).bytes
    },
    DetectorExample("magic alone") { Array("IIR\0010\0".utf8) },
    DetectorExample("raw size and length disagree", expected: ["iris.image weak x1"]) {
      ByteBuilder(
        edition2005([Shot(eye: 1, image: SyntheticImage.noise(768))], format: 2, width: 32, height: 24)
      ).setting(99, size: 4, at: 55).bytes
    },
  ]
}
