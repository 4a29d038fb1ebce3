/// Synthetic minutiae records.
enum FMRExamples {
  /// `count` minutiae on a spiral inside an image of `width` by `height`; six bytes each, five when `size` is 5.
  static func minutiae(_ count: Int, _ width: Int = 512, _ height: Int = 512, size: Int = 6) -> [UInt8] {
    (0..<count).reduce(ByteBuilder()) { built, i in
      let point = built.u16(0x4000 << (i & 1) | (31 + 37 * i) % width).u16((17 + 53 * i) % height).u8(i * 7 & 0xFF)
      return size == 6 ? point.u8(40 + i % 60) : point
    }.bytes
  }

  static func incits2004(views: [Int] = [12], long: Bool = false) -> [UInt8] {
    let body = views.enumerated().reduce(ByteBuilder()) { built, view in
      built.u8(view.offset + 1, 0, 90, view.element).raw(minutiae(view.element)).u16(0)
    }.bytes
    let size = 26 + (long ? 4 : 0) + body.count
    let head = ByteBuilder().hex("464D5200 20323000")
    return (long ? head.u16(0).u32(size) : head.u16(size)).u16(0x42, 0x11, 0, 512, 512, 197, 197)
      .u8(views.count, 0).raw(body).bytes
  }

  /// `extra` bytes of extension stand behind each view.
  static func iso2005(views: [Int] = [12], extra: Int = 0) -> [UInt8] {
    let body = views.enumerated().reduce(ByteBuilder()) { built, view in
      built.u8(view.offset % 10 + 1, 0, 80, view.element).raw(minutiae(view.element)).u16(extra).zeros(extra)
    }.bytes
    return ByteBuilder().hex("464D5200 20323000").u32(24 + body.count).u16(0, 512, 512, 197, 197)
      .u8(views.count, 0).raw(body).bytes
  }

  static func incits2009(views: [Int] = [12], amended: Bool = false, certified: Bool = true) -> [UInt8] {
    let body = views.enumerated().reduce(ByteBuilder()) { built, view in
      built.u8(amended ? 13 + view.offset : view.offset + 1, 0, 0, 90).u16(6, 0x37, 512, 512, 197, 197)
        .u8(view.element).raw(minutiae(view.element)).u16(0)
    }.bytes
    let head = ByteBuilder().hex("464D5200").hex(amended ? "30333500" : "30333000")
      .u32(20 + (certified ? 1 : 0) + body.count).u16(0x42, 0x11)
    return (certified ? head.u8(0x80) : head).u16(0xB5).u8(views.count, 0).raw(body).bytes
  }

  static func iso2011(views: [Int] = [12], size: Int = 6, date: String = "07E3 0C 0F 11 23 14 0000") -> [UInt8] {
    let body = views.reduce(ByteBuilder()) { built, count in
      built.counted(
        4,
        ByteBuilder().hex(date).u8(0).u16(0xABCD, 0xB5).u8(1, 90).u16(0xABCD, 0x123)
          .u8(7, 0).u16(197, 197).u8(0).u16(512, 512).u8(size << 4, count).raw(minutiae(count, size: size)).u16(0)
          .bytes)
    }.bytes
    return ByteBuilder().hex("464D5200 30333000").u32(15 + body.count).u16(views.count).u8(0).raw(body).bytes
  }

  /// The smallest records: one view, two minutiae.
  static let smallestISO =
    "464D5200203230000000002A00000200020000C500C5010007005A02406400780A5080C800F040460000"
  static let smallestINCITS =
    "464D520020323000002C0042001100000200020000C500C5010007005A02406400780A5080C800F040460000"

  static let positives = [
    DetectorExample("smallest ISO/IEC 19794-2:2005", expected: ["finger.template proof x1"]) {
      ByteBuilder().hex(smallestISO).bytes
    },
    DetectorExample("smallest INCITS 378-2004", expected: ["finger.template proof x1"]) {
      ByteBuilder().hex(smallestINCITS).bytes
    },
    DetectorExample("INCITS 378-2004, three views", expected: ["finger.template proof x3"]) {
      incits2004(views: [27, 40, 61])
    },
    DetectorExample("INCITS 378-2004, long form", expected: ["finger.template proof x2"]) {
      incits2004(views: [30, 31], long: true)
    },
    DetectorExample("ISO/IEC 19794-2:2005 with extensions", expected: ["finger.template proof x2"]) {
      iso2005(views: [27, 33], extra: 12)
    },
    DetectorExample("INCITS 378-2009", expected: ["finger.template proof x2"]) { incits2009(views: [27, 28]) },
    DetectorExample("INCITS 378 without certification byte", expected: ["finger.template proof x2"]) {
      incits2009(views: [27, 28], certified: false)
    },
    DetectorExample("INCITS 378-2009/AM1", expected: ["finger.template proof x1"]) {
      incits2009(views: [50], amended: true)
    },
    DetectorExample("ISO/IEC 19794-2:2011", expected: ["finger.template proof x2"]) { iso2011(views: [27, 19]) },
    DetectorExample("ISO/IEC 19794-2:2011, minutiae of five bytes", expected: ["finger.template proof x1"]) {
      iso2011(views: [38], size: 5)
    },
  ]

  static let negatives = [
    DetectorExample("neither length nor walk fits", expected: ["finger.template weak x1"]) {
      ByteBuilder().hex(smallestINCITS).setting(0xFFFF, size: 2, at: 8).setting(0xFF, size: 1, at: 29).bytes
    },
    DetectorExample("magic and version before text") {
      ByteBuilder().hex("464D5200 20323000").ascii("the record format is described in clause seven of the standard")
        .bytes
    },
    DetectorExample("table of magics") {
      ByteBuilder().ascii("FMR\0 20\0FIR\0010\0FAC\0010\0IIR\0010\0FSP\0010\0FSK\0010\0").zeros(64).bytes
    },
    DetectorExample("magic alone") { Array("FMR\0 20\0".utf8) },
    DetectorExample("magic before zeros") { ByteBuilder().hex("464D5200 30333000").zeros(512).bytes },
  ]
}
