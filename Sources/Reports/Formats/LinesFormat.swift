public import CustodyCore

/// One line for each problem, for build logs and for `grep`: findings first, then what could not be examined.
///
/// Nothing is written when there is nothing to say.
public struct LinesFormat: ReportFormat {
  public let name = "lines"
  public let mediaType = "text/plain; charset=utf-8"
  public let fileName = "problems.txt"
  public let summary = "one line for each problem, nothing when there is none"

  /// Lines about pictures with files about them.
  private static let shownCollections = 20

  public init() {}

  public func render(_ report: Report, context: RenderContext) -> [UInt8] {
    var out = ""
    for finding in report.findings {
      var line = "\(finding.severity.rawValue): \(finding.ruleId) \(finding.verdict.rawValue) (\(finding.cause)): "
      line += finding.title + ": " + Wording.counts(finding.counts) + ", collection \(finding.collection)"
      if let waiver = finding.waiver {
        line += finding.isWaived ? ", waived" : ", \(waiver.entries) of \(finding.counts.entries) waived"
        line += " by " + waiver.ids.joined(separator: ", ") + " until \(waiver.until)"
      }
      if context.disclosePaths, let path = finding.path { line += ", in " + path }
      out += Printable.escape(line) + "\n"
    }
    // No problem by themselves: what the findings hang together by.
    if !report.findings.isEmpty {
      for collection in report.collections.prefix(Self.shownCollections) {
        let files = collection.sidecars.map(Wording.sidecar).joined(separator: "; ")
        var line = "linked: " + Wording.collection(collection) + ": " + files
        if context.disclosePaths, let path = collection.path { line += ", in " + path }
        out += Printable.escape(line, limit: 4096) + "\n"
      }
    }
    for line in report.coverage.lines where line.disposition != .examined {
      out += Printable.escape("coverage: " + Wording.gap(line)) + "\n"
    }
    return Array(out.utf8)
  }
}
