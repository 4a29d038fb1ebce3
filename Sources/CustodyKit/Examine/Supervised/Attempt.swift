internal import CustodyCore
internal import Snapshots

/// One examiner's life, looked back on.
struct Attempt {
  let service: ExaminerService
  let intake: InventoryIntake
  /// As `waitpid` gives it.
  let status: Int32
  /// What the examiner left in the memory it shared; never to be believed unchecked.
  let places: [UInt8]

  /// What a whole examination gave; nil when the examiner died before its end.
  ///
  /// - Throws: what the examiner complained of, or why its lines were refused.
  func result(of inputs: OpenInputs) throws(Complaint) -> ExamineResult? {
    if let complaint = service.complaint { throw complaint }
    if !intake.isSound { _ = try intake.finish() }
    guard status == 0, let answer = service.answer, answer.snapshots.count == inputs.all.count else { return nil }
    var snapshots = answer.snapshots
    // What is known here is not asked for there.
    for (i, input) in inputs.all.enumerated() {
      snapshots[i].ordinal = i + 1
      snapshots[i].form = input.form
      snapshots[i].name = input.name
    }
    return ExamineResult(
      inventory: try intake.finish(), snapshots: snapshots, incomplete: intake.incomplete,
      detectors: answer.detectors, vision: answer.vision, costs: answer.costs)
  }

  /// It died for good. What it handed over stays; what it had not finished is said, a line for each input.
  func confess(_ inputs: OpenInputs, restarts: Int) {
    intake.dropUnfinishedLine()
    for (i, input) in inputs.all.enumerated() where i >= service.begun {
      let how = status & 0x7F == 0 ? "status \(status >> 8 & 0xFF)" : "signal \(status & 0x7F)"
      var note = "not begun"
      if i == service.begun {
        note = "the process that reads the snapshot ended with \(how); \(intake.count) lines came before"
        if restarts > 0 { note += "; it was begun anew \(restarts) times" }
      }
      intake.add(
        Examination(
          index: 0, nonce: Array(repeating: 0, count: 16), locator: Locator(input.name), size: 0, sha256: nil,
          kind: .unknown, modified: nil, disposition: .failed, reason: .examinerCrashed, notes: [note], link: nil,
          attributes: [:], observations: []))
    }
  }

  /// What there is of an examination that did not come to its end.
  func unfinished(of inputs: OpenInputs) throws(Complaint) -> ExamineResult {
    let snapshots = inputs.all.enumerated().map { i, input in
      SnapshotSummary(ordinal: i + 1, form: input.form, size: 0, sha256: nil, name: input.name, directories: 0)
    }
    var result = ExamineResult(
      inventory: try intake.finish(), snapshots: snapshots, incomplete: intake.incomplete,
      detectors: Examine.detectors(), vision: nil)
    result.isCutShort = true
    return result
  }
}
