import CustodyCore

/// Licence plate reads in tables, JSON, XML, SQL dumps and logs.
struct PlateReads: Detector, TextRule {
  let descriptor = DetectorDescriptor(
    name: "plate.records", version: 1, dataClasses: [.plateRead], strengths: [.proof, .strong, .weak],
    summary: "Plate reads under a column, key or element of that name, with the company a camera gives them",
    sources: [
      "OpenALPR JSON version 2 and group CSV", "Plate Recognizer Snapshot and Stream JSON",
      "Genetec AutoVu read export",
      "Axis License Plate Verifier events", "OpenALPR runtime_data/postprocess plate patterns",
    ],
    limits: [
      "A plate without a column, key or element that says so is never reported.",
      "Tables without a header line, of fixed width, or in HTML are not read.",
      "Shapes are those of North America and much of Europe; others count as reads but not towards a strength.",
      "Times with the day or the month first give no period.",
    ],
    triggers: [.text], positives: TextExample.platePositives, negatives: TextExample.plateNegatives)

  /// What a camera or an operator adds to a plate.
  private static let company = ColumnRole.bits([
    .confidence, .time, .camera, .lane, .place, .picture, .vehicle, .region, .recognizer,
  ])
  /// Company that a dish, a printing plate or a label has not.
  private static let road = ColumnRole.bits([.camera, .lane, .vehicle, .region, .confidence, .place, .recognizer])

  func judge(_ tally: TextTally) -> [Observation] {
    let complete = tally.complete
    var all = complete
    all.merge(tally.open)
    guard let strength = Self.strength(complete, tally.open) else { return [] }
    var attributes: Attributes = ["format": .string(tally.format)]
    if all.roles & ColumnRole.place.bit != 0 { attributes["gps"] = true }
    return observations(
      .plateRead, strength, count: all.valid, extent: all.extent, period: tally.platePeriod, attributes: attributes)
  }

  /// Strong: confidence with a time or camera in three records, or in one that only a
  /// recognizer writes, or twenty rows with company. Proof: a position or picture beside three or more, and four in
  /// five in the shape of a plate.
  private static func strength(_ complete: TextTally.Reads, _ open: TextTally.Reads) -> Strength? {
    if complete.valid > 0, complete.shaped * 2 >= complete.filled, !isLaboratory(complete) {
      let isRecognizer = complete.roles & ColumnRole.recognizer.bit != 0
      if complete.valid >= 3, complete.shaped * 5 >= complete.filled * 4, complete.located * 5 >= complete.filled * 4 {
        return .proof
      }
      if complete.valid >= 3 || isRecognizer { return .strong }
    }
    var all = complete
    all.merge(open)
    guard all.valid > 0, all.shaped * 2 >= all.filled, !isLaboratory(all), all.roles & company != 0 else { return nil }
    let isNamed = all.roles & ColumnRole.plate.bit != 0
    let isRoad = isNamed || (all.roles & road).nonzeroBitCount >= 2
    if all.valid >= 20, isRoad { return .strong }
    return isNamed || (isRoad && all.roles & ColumnRole.time.bit != 0) ? .weak : nil
  }

  private static func isLaboratory(_ reads: TextTally.Reads) -> Bool {
    reads.roles & ColumnRole.laboratory.bit != 0 && reads.roles & ColumnRole.plate.bit == 0
  }
}
