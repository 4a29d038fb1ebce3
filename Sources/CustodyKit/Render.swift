public import CustodyCore
import Foundation
internal import Reports

/// `FORMAT` or `FORMAT=FILE` of `--output`.
public struct OutputRequest: Sendable {
  public var format: String
  /// Nil: standard output.
  public var file: String?

  /// - Throws: when the format is unknown, or two outputs would mix on standard output.
  public static func parse(_ texts: [String]) throws(Complaint) -> [OutputRequest] {
    var all: [OutputRequest] = []
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      let name = parts.first ?? ""
      guard Reports.Catalog.format(named: name) != nil else {
        throw Complaint(
          code: "usage.format", "unknown format: \(Printable.escape(name, limit: 60))", at: "--output",
          hint: "formats: " + Reports.Catalog.formats.map(\.name).joined(separator: ", "))
      }
      all.append(OutputRequest(format: name, file: parts.count > 1 && parts[1] != "-" ? parts[1] : nil))
    }
    guard all.count(where: { $0.file == nil }) <= 1 else {
      throw Complaint(
        code: "usage.output", "two formats cannot share standard output", at: "--output",
        hint: "give all but one a file: --output sarif=findings.sarif")
    }
    return all
  }
}

/// Views of a finished report.
public enum Render {
  /// Names of all formats.
  public static var formatNames: [String] { Reports.Catalog.formats.map(\.name) }

  /// - Parameter disclosePaths: shows paths knowingly; nothing else ever does.
  public static func report(_ report: Report, as format: String, disclosePaths: Bool) -> [UInt8] {
    guard let view = Reports.Catalog.format(named: format) else { return [] }
    return view.render(report, context: context(disclosePaths))
  }

  /// The views that go into an evidence package.
  static func packageViews(_ report: Report, disclosePaths: Bool) -> [(name: String, mediaType: String, bytes: [UInt8])]
  {
    Reports.Catalog.formats.filter { $0.name != "json" }.map {
      (name: $0.fileName, mediaType: $0.mediaType, bytes: $0.render(report, context: context(disclosePaths)))
    }
  }

  private static func context(_ disclosePaths: Bool) -> RenderContext {
    RenderContext(
      toolName: Tool.name, toolVersion: Tool.version, disclosePaths: disclosePaths)
  }
}
