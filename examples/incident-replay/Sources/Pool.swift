import CustodyCore
import TestSupport

/// The distinct records of the replay: 100 biometric items, every byte drawn or seeded, nobody's.
struct Pool {
  struct Day {
    var lane: String
    var time: RecordTime
    /// File name and record of each traveller picture of the day.
    var faces: [(name: String, hour: String, record: Specimen)]
  }

  /// 2 lanes × 4 days × 6 face records = 48 face images.
  let days: [Day]
  /// 6 transactions of 1 face, 3 finger images, 1 set of minutiae = 30 items, and 6 identity records.
  let transactions: [Specimen]
  /// 6 finger images.
  let wsq: [Specimen]
  /// 4 finger templates: 3 ISO, 1 INCITS.
  let minutiae: [Specimen]
  /// 2 finger images.
  let fingerImages: [Specimen]
  /// 4 iris images.
  let iris: [Specimen]
  /// 2 travel documents: 1 face and 2 finger images each = 6 items, and 2 machine-readable zones.
  let documents: [[(name: String, file: Specimen)]]

  /// 6 pictures of the overview camera: a driver's face and a licence plate each, drawn. The last one is the one before
  /// it, stored again at a lower quality.
  let scenes: [Specimen]

  init() {
    let dates = [RecordTime(2018, 8, 14), RecordTime(2018, 9, 20), RecordTime(2018, 11, 2), RecordTime(2019, 1, 10)]
    days = ["poe-lane07", "poe-lane08"].enumerated().flatMap { lane, name in
      dates.enumerated().map { day, date in Self.day(lane, name, day, date) }
    }
    transactions = (0..<6).map(Self.transaction)
    wsq = (0..<6).map {
      Specimen(bytes: WSQBuilder.structure(width: 256, height: 288, seed: 300 + UInt64($0)), holds: [.fingerImage: 1])
    }
    minutiae = (0..<4).map {
      let seed = 400 + UInt64($0)
      return Specimen(
        bytes: $0 < 3
          ? MinutiaeRecordBuilder.iso2005(views: [28 + $0], seed: seed)
          : MinutiaeRecordBuilder.incits2004(views: [31], seed: seed),
        holds: [.fingerTemplate: 1])
    }
    fingerImages = (0..<2).map {
      Specimen(
        bytes: FingerImageRecordBuilder.iso2005([.raw(position: 2 + $0, width: 96, height: 96, seed: 500 + UInt64($0))]
        ),
        holds: [.fingerImage: 1])
    }
    iris = (0..<4).map {
      let time = RecordTime(2018, 10, 3 + $0, 9, 15, 0)
      let seed = 600 + UInt64($0)
      return $0 < 2
        ? Specimen(bytes: IrisRecordBuilder.iso2005(eyes: [1 + $0 % 2], seed: seed), holds: [.irisImage: 1])
        : Specimen(
          bytes: IrisRecordBuilder.iso2011(eyes: [1 + $0 % 2], capturedAt: time, seed: seed), holds: [.irisImage: 1],
          capturedAt: Self.stamp(time))
    }
    documents = (0..<2).map(Self.document)
    scenes = (0..<6).map(Self.scene)
  }

  private static func scene(_ n: Int) -> Specimen {
    let time = RecordTime(2018, 11, 2, 7 + n, 30, 0)
    let bytes = JPEGPicture.encode(
      DrawnScene.lane(seed: 900 + UInt64(min(n, 4))), quality: n == 5 ? 60 : 85,
      exif: JPEGBuilder.exif(capturedAt: time))
    return Specimen(bytes: bytes, holds: [.faceImage: 1, .plateImage: 1], capturedAt: stamp(time))
  }

  static func stamp(_ time: RecordTime) -> String { time.date + "T" + time.clock(":") }

  private static func day(_ lane: Int, _ name: String, _ day: Int, _ date: RecordTime) -> Day {
    let faces = (0..<6).map { n in
      let time = RecordTime(date.year, date.month, date.day, 6 + 2 * n, (lane * 17 + n * 7) % 60, 11 + day)
      let image = FaceRecordBuilder.Image.card(seed: UInt64(1000 + lane * 100 + day * 10 + n), capturedAt: time)
      let record = Specimen(bytes: FaceRecordBuilder.iso2005([image]), holds: [.faceImage: 1], capturedAt: stamp(time))
      return (
        name: "VFD_\(time.date)-\(time.clock("-"))-00\(n)_001.fac", hour: RecordTime.pad(time.hour, 2), record: record
      )
    }
    return Day(lane: name, time: date, faces: faces)
  }

  private static func transaction(_ n: Int) -> Specimen {
    let time = RecordTime(2018, 12, 3 + n, 10, 0, 0)
    let seed = 700 + UInt64(n) * 10
    var transaction = TransactionBuilder(
      date: time, destination: "ZZEXAMPLE", origin: "ZZEXAMPL1", control: "TCN000010\(n)")
    transaction.addType2()
    for finger in 1...2 {
      let image = WSQBuilder.structure(width: 256, height: 256, entropyBytes: 300, seed: seed + UInt64(finger))
      transaction.addType4(finger: finger, width: 256, height: 256, image: image)
    }
    transaction.addType9(finger: 1, minutiae: 20 + n, seed: seed)
    let face = FaceRecordBuilder.Image.card(seed: seed, capturedAt: time)
    transaction.addType10(width: face.width, height: face.height, jpeg: face.bytes)
    let slap = WSQBuilder.structure(width: 320, height: 256, entropyBytes: 300, seed: seed + 5)
    transaction.addImage(type: 14, position: 3, width: 320, height: 256, image: slap)
    return Specimen(
      bytes: transaction.bytes,
      holds: [.faceImage: 1, .fingerImage: 3, .fingerTemplate: 1, .identityRecord: 1], capturedAt: stamp(time))
  }

  private static func document(_ n: Int) -> [(name: String, file: Specimen)] {
    let seed = 800 + UInt64(n) * 10
    let fingers = (0..<2).map {
      FingerImageRecordBuilder.iso2005([.raw(position: 2 + 5 * $0, width: 80, height: 80, seed: seed + UInt64($0))])
    }
    return [
      // Names the data groups of a chip: a lead to a travel document, no more.
      ("EF_COM.bin", Specimen(bytes: LDSBuilder.com(), holds: [.identityDocument: 1])),
      (
        "DG1.bin",
        Specimen(bytes: LDSBuilder.dg1(mrz: MRZBuilder.td3(number: "L89890\(n)C3")), holds: [.identityMRZ: 1])
      ),
      (
        "DG2.bin",
        Specimen(bytes: LDSBuilder.dg2([FaceRecordBuilder.iso2005([.card(seed: seed)])]), holds: [.faceImage: 1])
      ),
      ("DG3.bin", Specimen(bytes: LDSBuilder.dg3(fingers), holds: [.fingerImage: 2])),
    ]
  }
}
