/// Synthetic finger image records.
enum FingerImageExamples {
  struct View: Sendable {
    var position: Int
    var width: Int
    var height: Int
    var image: [UInt8]
  }

  static func raw(_ position: Int, _ width: Int = 64, _ height: Int = 48) -> View {
    View(position: position, width: width, height: height, image: SyntheticImage.noise(width * height))
  }
  static func wsq(_ position: Int, _ width: Int = 300, _ height: Int = 400) -> View {
    View(position: position, width: width, height: height, image: SyntheticImage.wsq(width, height))
  }

  static func edition2005(_ views: [View], compression: Int, incits: Bool = false) -> [UInt8] {
    let body = views.reduce(ByteBuilder()) { built, view in
      built.u32(14 + view.image.count).u8(view.position, 1, 1, 254, 0).u16(view.width, view.height).u8(0)
        .raw(view.image)
    }.bytes
    let head = ByteBuilder().hex("46495200 30313000").u16(0).u32((incits ? 36 : 32) + body.count)
    return (incits ? head.u16(0x1B, 0x401) : head).u16(0, 31).u8(views.count, 1).u16(500, 500, 500, 500)
      .u8(8, compression).u16(0).raw(body).bytes
  }

  static func edition2011(_ views: [View], compression: Int, certified: Bool = false) -> [UInt8] {
    let body = views.reduce(ByteBuilder()) { built, view in
      let head = ByteBuilder().hex("07E4 02 1D 08 1E 00 0000 00").u16(1, 2).u8(0)
      return built.counted(
        4,
        (certified ? head.u8(1).hex("000101") : head)
          .u8(view.position, 1, 1).u16(500, 500, 500, 500).u8(8, compression, 0).u16(view.width, view.height)
          .u32(view.image.count).raw(view.image).bytes)
    }.bytes
    return ByteBuilder().hex("46495200 30323000").u32(16 + body.count).u16(views.count)
      .u8(certified ? 1 : 0, views.count).raw(body).bytes
  }

  static let positives = [
    DetectorExample("ISO/IEC 19794-4:2005, WSQ", expected: ["finger.image proof x2"]) {
      edition2005([wsq(1), wsq(7)], compression: 2)
    },
    DetectorExample("ISO/IEC 19794-4:2005, raw", expected: ["finger.image proof x1"]) {
      edition2005([raw(6)], compression: 0)
    },
    DetectorExample("INCITS 381-2004, raw", expected: ["finger.image proof x2"]) {
      edition2005([raw(2), raw(3)], compression: 0, incits: true)
    },
    DetectorExample("fingers and palms", expected: ["finger.image proof x1", "palm.image proof x2"]) {
      edition2005([wsq(21, 1000, 1200), wsq(14, 800, 750), wsq(23, 1000, 1200)], compression: 2)
    },
    DetectorExample("ISO/IEC 19794-4:2011, JPEG 2000", expected: ["finger.image proof x1"]) {
      edition2011(
        [View(position: 2, width: 400, height: 500, image: SyntheticImage.jp2(400, 500))], compression: 4)
    },
    DetectorExample("ISO/IEC 19794-4:2011, raw, certified", expected: ["finger.image proof x2"]) {
      edition2011([raw(2), raw(4)], compression: 0, certified: true)
    },
  ]

  static let negatives = [
    DetectorExample("finite impulse response, in text") {
      ByteBuilder().ascii("FIR\0010\0 is a filter whose response to an impulse settles in finite time").bytes
    },
    DetectorExample("magic alone") { Array("FIR\0020\0".utf8) },
    DetectorExample("raw size and length disagree", expected: ["finger.image weak x1"]) {
      ByteBuilder(edition2005([raw(6)], compression: 0)).setting(9000, size: 4, at: 32).raw(raw(1).image).bytes
    },
  ]
}
