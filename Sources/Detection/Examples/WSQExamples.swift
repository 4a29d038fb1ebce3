/// Synthetic WSQ images.
enum WSQExamples {
  static let positives = [
    DetectorExample("transform table first", expected: ["finger.image proof x1"]) { SyntheticImage.wsq(512, 640) },
    DetectorExample("NIST comment first", expected: ["finger.image proof x1"]) {
      SyntheticImage.wsq(545, 622, comment: SyntheticImage.nistComment(545, 622, specimen: true))
    },
  ]
  static let negatives = [
    DetectorExample("start marker before noise") {
      ByteBuilder().hex("FFA0 FFA8 0040").raw(SyntheticImage.noise(400)).bytes
    },
    DetectorExample("end cut off", expected: ["finger.image strong x1"]) {
      SyntheticImage.wsq(512, 640, payload: 400).dropLast(100)
    },
    DetectorExample("table of markers") { ByteBuilder().hex("FFA0FFA1FFA2FFA3FFA4FFA5FFA6FFA7FFA8").zeros(64).bytes },
  ]
}
