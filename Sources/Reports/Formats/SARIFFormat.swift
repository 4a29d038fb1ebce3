public import CustodyCore
internal import Records

/// Findings for code-scanning services and SARIF viewers: OASIS SARIF 2.1.0 (errata 01), one run.
///
/// The subset GitHub reads is always there: a location for each result, `security-severity` beside the tag `security`
/// on each rule, `primaryLocationLineHash`. Locations name lines of `inventory.jsonl`, which says where to look
/// without saying what is there; with disclosed paths they name the folder, and the line becomes a related location.
public struct SARIFFormat: ReportFormat {
  public let name = "sarif"
  public let mediaType = "application/sarif+json"
  public let fileName = "findings.sarif"
  public let summary = "findings as SARIF 2.1.0, for code scanning"

  public init() {}

  public func render(_ report: Report, context: RenderContext) -> [UInt8] {
    JSONWriter.pretty(SARIFLog(report, context).document)
  }
}
