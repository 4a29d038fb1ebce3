internal import CustodyCore

/// The text of a table view while it is being written: one method for each question, in files beside this one.
struct TablePage {
  private(set) var text = ""
  let context: RenderContext
  let width: Int

  init(_ context: RenderContext) {
    self.context = context
    width = min(max(context.width, 80), 100)
  }

  mutating func line(_ line: String = "") { text += line + "\n" }

  mutating func heading(_ heading: String) {
    line()
    line(context.color ? "\u{1B}[1m" + heading + "\u{1B}[0m" : heading)
  }

  /// A paragraph under a heading.
  mutating func paragraph(_ paragraph: String, indent: Int = 3) {
    let margin = String(repeating: " ", count: indent)
    for l in TextWidth.wrap(paragraph, width - indent) { line(margin + l) }
  }

  mutating func grid(_ grid: Grid) {
    for l in grid.lines(width: width) { line(l) }
  }

  /// Text from the report, safe on a terminal.
  func shown(_ text: String) -> String { Printable.escape(text) }

  // MARK: - Head and foot

  mutating func head(_ report: Report) {
    let violations = report.findings.filter { $0.verdict == .violation }
    let waived = violations.filter(\.isWaived).count
    let inconclusive = report.findings.filter { $0.verdict == .inconclusive }
    let gaps = report.coverage.lines.filter { $0.disposition != .examined }.reduce(0) { $0 + $1.entries }
    var parts: [String] = []
    if !violations.isEmpty {
      parts.append(
        Quantity.of(violations.count, "violation", "violations") + " (" + Wording.severities(violations) + ")")
    }
    if waived > 0 { parts.append(Quantity.count(waived) + " of them waived") }
    if !inconclusive.isEmpty { parts.append(Quantity.count(inconclusive.count) + " inconclusive") }
    if gaps > 0 {
      parts.append(
        Quantity.count(gaps) + " of " + Quantity.entries(report.coverage.entries) + " not examined in full")
    }
    if parts.isEmpty {
      parts.append("no finding, all " + Quantity.entries(report.coverage.entries) + " examined in full")
    }
    let word = report.result.rawValue
    for (i, l) in TextWidth.wrap(word + ": " + parts.joined(separator: "; "), width).enumerated() {
      line(i == 0 && context.color ? colored(word, report.result) + l.dropFirst(word.count) : l)
    }
    var grid = Grid([.left, .left], indent: 0)
    grid.add(["as of", report.asOf.description])
    grid.add(["holder", report.engagement.holder.map(shown) ?? "not supplied"])
    grid.add(["system", report.engagement.system.map(shown) ?? "not supplied"])
    for snapshot in report.coverage.snapshots {
      var what = "\(shown(snapshot.form))"
      if snapshot.form != "directory" { what += ", " + Quantity.bytes(snapshot.size) }
      if context.disclosePaths { what += ", " + shown(snapshot.name) }
      grid.add([report.coverage.snapshots.count == 1 ? "snapshot" : "snapshot \(snapshot.ordinal)", what])
      if let digest = snapshot.sha256 { grid.addContinuation("SHA-256 " + digest.description) }
    }
    self.grid(grid)
  }

  private func colored(_ word: String, _ result: ReportResult) -> String {
    let code =
      switch result {
      case .passed: "32"
      case .warned: "33"
      case .failed: "31"
      }
    return "\u{1B}[1;\(code)m\(word)\u{1B}[0m"
  }

  mutating func foot(_ report: Report) {
    heading("What this rests on")
    var grid = Grid([.left, .left])
    for resource in report.configuration {
      grid.add([shown(resource.role), shown(resource.name)])
      grid.addContinuation("SHA-256 " + resource.sha256.description)
    }
    grid.add(["inventory", Quantity.of(Int(clamping: report.inventory.treeSize), "line", "lines")])
    grid.addContinuation("SHA-256 " + report.inventory.sha256.description)
    grid.addContinuation("tree head " + report.inventory.rootHash.description)
    grid.add(["detectors", Quantity.count(report.detectors.count)])
    grid.add(["written by", shown(context.toolName) + " " + shown(context.toolVersion)])
    self.grid(grid)
  }
}
