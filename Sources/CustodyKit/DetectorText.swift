public import CustodyCore
internal import Detection

/// What `custody detectors` prints: made from the detectors themselves.
public enum DetectorText {
  /// - Parameter name: nil lists all.
  /// - Throws: when there is no detector of that name.
  public static func describe(_ name: String?) throws(Complaint) -> String {
    let all = DetectorCatalog.all.map(\.descriptor).sorted { $0.name < $1.name }
    guard let name else {
      let width = all.map(\.name.count).max() ?? 0
      return all.map { d in
        d.name + String(repeating: " ", count: width - d.name.count) + "  v\(d.version)  " + d.summary
      }.joined(separator: "\n") + "\n"
    }
    guard let d = all.first(where: { $0.name == name }) else {
      throw Complaint(
        code: "usage.detector", "no detector of that name: \(Printable.escape(name, limit: 60))",
        hint: "`custody detectors` lists them")
    }
    var lines = [
      d.name + " version \(d.version)", d.summary, "",
      "data classes: " + d.dataClasses.map(\.rawValue).joined(separator: ", "),
      "strengths:    " + d.strengths.map(\.rawValue).joined(separator: ", "),
    ]
    for (title, items) in [("sources", d.sources), ("limits", d.limits)] where !items.isEmpty {
      lines += ["", title + ":"] + items.map { "  - " + $0 }
    }
    for (title, examples) in [("recognized", d.positives), ("not recognized", d.negatives)] {
      lines += ["", title + ":"]
      for e in examples {
        let said = e.expected.isEmpty ? "nothing" : e.expected.joined(separator: ", ")
        lines.append("  - \(e.name) (\(e.bytes().count) bytes): \(said)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
