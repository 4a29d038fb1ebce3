public import CustodyCore

/// The auditor's first screen: the result, then the questions an agency asks, each with its answer.
///
/// Plain text of at most 100 columns. Everything that came from a report is escaped for the terminal first.
public struct TableFormat: ReportFormat {
  public let name = "table"
  public let mediaType = "text/plain; charset=utf-8"
  public let fileName = "report.txt"
  public let summary = "the questions an auditor asks and their answers, as plain text"

  public init() {}

  public func render(_ report: Report, context: RenderContext) -> [UInt8] {
    var page = TablePage(context)
    page.head(report)
    page.exposure(report)
    page.collections(report)
    page.authorization(report)
    page.period(report)
    page.identity(report)
    page.coverage(report)
    page.gaps(report)
    page.limitations(report)
    page.foot(report)
    return Array(page.text.utf8)
  }
}
