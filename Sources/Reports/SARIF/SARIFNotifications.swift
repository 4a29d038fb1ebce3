internal import CustodyCore
internal import Records

/// What could not be examined and what limits the answer, as tool execution notifications (3.58).
enum SARIFNotifications {
  static func all(_ report: Report) -> [JSONValue] {
    let ids = identifiers(report)
    var out: [JSONValue] = []
    for line in gaps(report) {
      out.append(
        notification(
          coverageId(line), ids, text: Wording.gap(line), level: line.disposition == .failed ? "error" : "warning"))
    }
    for limitation in report.limitations {
      var text = limitation.text
      if limitation.entries > 0 { text += " (" + Quantity.entries(limitation.entries) + ")" }
      out.append(notification("limitation/" + limitation.code, ids, text: text, level: "note"))
    }
    return out
  }

  /// The notifications' descriptors, each once.
  static func descriptors(_ report: Report) -> [JSONValue] {
    identifiers(report).map { ["id": .string($0)] }
  }

  private static func notification(_ id: String, _ ids: [String], text: String, level: String) -> JSONValue {
    var descriptor = JSONObject()
    descriptor.add("id", .string(id))
    descriptor.add("index", ids.firstIndex(of: id).map { .int(Int64($0)) })
    return [
      "descriptor": .object(descriptor), "message": ["text": .string(SARIFText.escape(text))],
      "level": .string(level),
    ]
  }

  private static func identifiers(_ report: Report) -> [String] {
    var seen: Set<String> = []
    return (gaps(report).map(coverageId) + report.limitations.map { "limitation/" + $0.code })
      .filter { seen.insert($0).inserted }
  }

  private static func coverageId(_ line: Coverage.Line) -> String {
    "coverage/" + line.disposition.rawValue + (line.reason.map { "/" + $0.rawValue } ?? "")
  }

  private static func gaps(_ report: Report) -> [Coverage.Line] {
    report.coverage.lines.filter { $0.disposition != .examined }
  }
}
