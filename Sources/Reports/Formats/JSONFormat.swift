public import CustodyCore
internal import Records

/// The report body as JSON, the same members that are signed.
public struct JSONFormat: ReportFormat {
  public let name = "json"
  public let mediaType = "application/json"
  public let fileName = "report.json"
  public let summary = "the report body as JSON"

  public init() {}

  public func render(_ report: Report, context: RenderContext) -> [UInt8] {
    JSONWriter.pretty(ReportDocument.encode(report, disclosePaths: context.disclosePaths))
  }
}
