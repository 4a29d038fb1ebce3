import CustodyCore
import CustodyKit
import Foundation

/// Writes the views a user asked for: to files whole or not at all, to standard output once.
struct OutputWriter {
  private var requests: [OutputRequest]
  private let disclosePaths: Bool

  init(_ options: OutputOptions, quiet: Bool) throws(Complaint) {
    try self.init(options.output, disclose: options.disclose, quiet: quiet)
  }

  /// - Parameter bareNamesAreJSON: a request that names no format is a file for the JSON report (`judge -o report.json`).
  init(_ texts: [String], disclose: Disclosure, quiet: Bool, bareNamesAreJSON: Bool = false) throws(Complaint) {
    let known = Set(Render.formatNames)
    let spelled = texts.map { text in
      let head = String(text.prefix { $0 != "=" })
      return bareNamesAreJSON && !known.contains(head) ? "json=" + text : text
    }
    requests = try OutputRequest.parse(spelled)
    if requests.isEmpty, !quiet { requests = try OutputRequest.parse(["table"]) }
    disclosePaths = disclose == .paths
  }

  func write(_ report: Report) throws(Complaint) {
    for request in requests {
      let bytes = Render.report(report, as: request.format, disclosePaths: disclosePaths)
      if let file = request.file {
        try AtomicFile.write(bytes, to: file)
      } else {
        try Terminal.result(bytes)
      }
    }
  }
}
