public import CustodyCore

/// One view of a finished report: a table, a JSON document, a SARIF log.
///
/// A format is one file in `Formats/` and one line in `Catalog.swift`. It is a pure function of the report and the
/// context: no clock, no file, no environment. Unless `RenderContext.disclosePaths` is set it shows no path and no
/// file name: not `Finding.path`, not `SnapshotSummary.name`.
public protocol ReportFormat: Sendable {
  /// What users write after `-o`: lower case, unique in the catalogue.
  var name: String { get }
  /// Media type of what `render` returns.
  var mediaType: String { get }
  /// File name of this view inside an evidence package.
  var fileName: String { get }
  /// One line for `--help`.
  var summary: String { get }

  /// The whole view as bytes, ending in a newline. Equal input gives equal bytes.
  func render(_ report: Report, context: RenderContext) -> [UInt8]
}
