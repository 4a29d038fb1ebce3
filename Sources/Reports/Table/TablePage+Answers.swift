internal import CustodyCore

extension TablePage {
  // MARK: - 1. What is held

  mutating func exposure(_ report: Report) {
    heading("1. What biometric data is held?")
    guard !report.exposure.isEmpty else {
      paragraph("None was seen." + caveat(report))
      return
    }
    var grid = Grid(
      [.left, .right, .right, .right, .right, .right, .right],
      header: ["class", "entries", "proof", "strong", "weak", "items", "distinct files"])
    for line in report.exposure {
      let byStrength = [Strength.proof, .strong, .weak].map { line.entriesByStrength[$0] ?? 0 }
      grid.add(
        [line.dataClass.rawValue, Quantity.count(byStrength.reduce(0, +))] + byStrength.map(Quantity.count) + [
          Quantity.count(line.items), Quantity.count(line.distinct),
        ])
    }
    self.grid(grid)
    paragraph(
      "Entries are files, counted by their strongest evidence; items are the records inside them; distinct files "
        + "are told apart by SHA-256. None of them counts people. An entry can stand in several lines.")
    var alike: [String] = []
    for line in report.exposure {
      guard let n = line.lookDistinct, n < line.distinct else { continue }
      alike.append(line.dataClass.rawValue + " " + Quantity.count(n))
    }
    if !alike.isEmpty {
      paragraph("Distinct when pictures that look alike are counted once: " + alike.joined(separator: ", ") + ".")
    }
    let seen = report.exposure.filter { $0.seenInPictures > 0 }
    if !seen.isEmpty {
      paragraph(
        "Counted in the pixels of pictures, where a picture is one item: "
          + seen.map { Quantity.count($0.seenInPictures) + " " + Self.noun($0.dataClass) }.joined(separator: ", ")
          + ". One person can be in many pictures.")
    }
    people(report)
  }

  /// Bounds for each class with their reasons: images are not people.
  private mutating func people(_ report: Report) {
    let bounded = report.exposure.compactMap { line in line.subjects.map { (line.dataClass, $0) } }
    guard !bounded.isEmpty else { return }
    var grid = Grid([.left, .right, .right], header: ["people, by class", "at least", "at most"])
    var reasons: [(text: String, classes: [String])] = []
    for (dataClass, bounds) in bounded {
      grid.add([dataClass.rawValue, Quantity.count(bounds.atLeast), Quantity.count(bounds.atMost)])
      if let i = reasons.firstIndex(where: { $0.text == bounds.reasoning }) {
        reasons[i].classes.append(dataClass.rawValue)
      } else {
        reasons.append((bounds.reasoning, [dataClass.rawValue]))
      }
    }
    self.grid(grid)
    for reason in reasons { paragraph(reason.classes.joined(separator: ", ") + ": " + shown(reason.text) + ".") }
    let gaps = report.coverage.lines.filter { $0.disposition != .examined }.reduce(0) { $0 + $1.entries }
    paragraph(
      "Images are not people: one person can stand behind many items, and the same person in several classes. The bounds"
        + " are about what was examined"
        + (gaps == 0 ? "." : "; " + Quantity.entries(gaps) + " not examined in full can add to them."))
  }

  private static func noun(_ dataClass: DataClass) -> String {
    switch dataClass {
    case .faceImage: "faces"
    case .plateImage: "plates"
    case .identityMRZ: "machine readable zones"
    case .identityDocument: "identity documents"
    case .fingerImage: "ridge patterns"
    case .irisImage: "irises"
    default: dataClass.rawValue
    }
  }

  // MARK: - 2. Was it authorized

  mutating func authorization(_ report: Report) {
    heading("2. Was the holder authorized to hold it?")
    guard !report.findings.isEmpty else {
      paragraph(
        report.exposure.isEmpty
          ? "Nothing was seen that would need it."
          : "No rule was broken and nothing was left undecided." + caveat(report))
      return
    }
    if width < 80 { findingList(report.findings) } else { findingGrid(FindingSummary.of(report.findings)) }
    for line in registerLines(report.findings) { paragraph(line) }
    for use in report.waivers {
      paragraph(
        shown(
          "Waiver \(use.id) of \(use.rule), \(use.state.rawValue), until \(use.expires), answered for by \(use.owner): "
        )
          + shown(use.reason) + " (" + Quantity.entries(use.entries) + ").")
    }
  }

  /// A row for each rule, verdict and cause; folders are counted here and told apart in the other views.
  private mutating func findingGrid(_ summaries: [FindingSummary]) {
    var grid = Grid(
      [.left, .left, .left, .right, .right, .right, .left],
      header: ["severity", "rule", "verdict", "folders", "entries", "items", "cause"])
    for summary in summaries {
      grid.add([
        summary.first.severity.rawValue, shown(summary.first.ruleId), summary.first.verdict.rawValue,
        Quantity.count(summary.findings.count), Quantity.count(summary.entries), Quantity.count(summary.items),
        shown(summary.first.cause),
      ])
      grid.addNote(shown(summary.first.title))
      let waived = summary.findings.filter(\.isWaived).count
      if waived > 0 {
        grid.addNote("waived: " + Quantity.count(waived) + " of " + Quantity.count(summary.findings.count) + " folders")
      }
      guard context.disclosePaths else { continue }
      for finding in summary.findings {
        if let path = finding.path { grid.addNote("in " + shown(path) + ": " + Wording.counts(finding.counts)) }
      }
    }
    self.grid(grid)
  }

  /// For narrow terminals: the same as sentences.
  private mutating func findingList(_ findings: [Finding]) {
    for finding in findings {
      paragraph(
        shown("- \(finding.severity.rawValue) \(finding.ruleId) \(finding.verdict.rawValue), \(finding.cause): ")
          + shown(finding.title) + ": " + Wording.counts(finding.counts))
      if context.disclosePaths, let path = finding.path { paragraph("in " + shown(path), indent: 5) }
    }
  }

  /// Where the register stood, once for each state and row rather than once for each finding.
  private func registerLines(_ findings: [Finding]) -> [String] {
    var order: [AuthorizationState] = []
    var number: [AuthorizationState: Int] = [:]
    for finding in findings where finding.authorization.state != "not-applicable" {
      if number[finding.authorization] == nil { order.append(finding.authorization) }
      number[finding.authorization, default: 0] += 1
    }
    return order.map { state in
      "Register: " + shown(state.state) + (state.record.map { ", closest row " + shown($0) } ?? "") + " ("
        + Quantity.of(number[state] ?? 0, "finding", "findings") + ")."
    }
  }

  // MARK: - 3. Over which period

  mutating func period(_ report: Report) {
    heading("3. Captured over which period?")
    let dated = report.exposure.filter { $0.capturedFrom != nil || $0.capturedTo != nil }
    guard !dated.isEmpty else {
      paragraph(
        report.exposure.isEmpty
          ? "Nothing to date." : "Unknown: no capture time was found that is better than a file's own time.")
      clocks(report)
      return
    }
    var grid = Grid(
      [.left, .left, .left, .left, .right], header: ["class", "first", "last", "clock", "sites"])
    for line in dated {
      grid.add([
        line.dataClass.rawValue, shown(line.capturedFrom ?? "?"), shown(line.capturedTo ?? "?"), shown(line.clock),
        line.sites == 0 ? "-" : Quantity.count(line.sites),
      ])
    }
    self.grid(grid)
    let undated = report.exposure.filter { $0.capturedFrom == nil && $0.capturedTo == nil }
    if !undated.isEmpty {
      paragraph("No capture time: " + undated.map(\.dataClass.rawValue).joined(separator: ", ") + ".")
    }
    clocks(report)
  }

  /// Where several kinds of clock speak, or only the files' own: each apart.
  private mutating func clocks(_ report: Report) {
    let mixed = report.exposure.filter { $0.periods.count > 1 || $0.periods.first?.clock == "mtime" }
    for line in mixed {
      let parts = line.periods.map { period in
        shown(period.clock) + " " + shown(period.from) + " to " + shown(period.to) + " ("
          + Quantity.entries(period.entries) + (period.clock == "mtime" ? "; copying resets it)" : ")")
      }
      paragraph(line.dataClass.rawValue + " by clock: " + parts.joined(separator: ", ") + ".")
    }
  }

  // MARK: - 4. Identity data

  mutating func identity(_ report: Report) {
    heading("4. Is identity or passport data there too?")
    let lines = report.exposure.filter { $0.dataClass.modality == "identity" }
    guard !lines.isEmpty else {
      paragraph("None was seen." + caveat(report))
      return
    }
    let parts = lines.map { line in
      line.dataClass.rawValue + " in " + Quantity.entries(line.entriesByStrength.values.reduce(0, +)) + " ("
        + Quantity.of(line.items, "item", "items") + ", " + Quantity.count(line.distinct) + " distinct)"
    }
    let best = lines.compactMap { $0.entriesByStrength.filter { $0.value > 0 }.keys.max() }.max()
    paragraph((best == .weak ? "Possibly, on weak evidence: " : "Yes: ") + parts.joined(separator: "; ") + ".")
  }

  // MARK: - 5. How complete

  mutating func coverage(_ report: Report) {
    heading("5. How complete is this answer?")
    let total = report.coverage.entries
    var grid = Grid(
      [.left, .left, .right, .right, .right], header: ["disposition", "reason", "entries", "share", "bytes"])
    for line in report.coverage.lines {
      grid.add([
        line.disposition.rawValue, line.reason.map { shown($0.rawValue) } ?? "", Quantity.count(line.entries),
        Quantity.percent(line.entries, of: total), Quantity.bytes(line.bytes),
      ])
    }
    grid.add([
      "all", "", Quantity.count(total), Quantity.percent(total, of: total), Quantity.bytes(report.coverage.bytes),
    ])
    self.grid(grid)
  }

  // MARK: - 6. What could not be examined

  mutating func gaps(_ report: Report) {
    heading("6. What could not be examined?")
    let lines = report.coverage.lines.filter { $0.disposition != .examined }
    guard !lines.isEmpty else {
      paragraph("Nothing: every entry was examined in full.")
      return
    }
    for line in lines { paragraph("- " + shown(Wording.gap(line)) + ".") }
    if report.exposure.isEmpty {
      paragraph("What these entries hold is unknown. They are not proof of anything, in either direction.")
    }
  }

  // MARK: - 7. Limitations

  mutating func limitations(_ report: Report) {
    heading("7. What must be known before relying on it?")
    guard !report.limitations.isEmpty else {
      paragraph("No limitation was recorded.")
      return
    }
    var grid = Grid([.left, .right, .left], header: ["limitation", "entries", "meaning"])
    for limitation in report.limitations {
      grid.add([
        shown(limitation.code), limitation.entries == 0 ? "-" : Quantity.count(limitation.entries),
        shown(limitation.text),
      ])
    }
    self.grid(grid)
  }

  /// "None" is only as good as the coverage.
  private func caveat(_ report: Report) -> String {
    let gaps = report.coverage.lines.filter { $0.disposition != .examined }.reduce(0) { $0 + $1.entries }
    return gaps == 0 ? "" : " But " + Quantity.entries(gaps) + " could not be examined in full: see 6."
  }
}
