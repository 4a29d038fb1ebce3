public import CustodyCore
internal import Detection
internal import Vision

/// What `custody detectors` prints: made from the detectors themselves.
public enum DetectorText {
  /// - Parameter name: nil lists all.
  /// - Throws: when there is no detector of that name.
  public static func describe(_ name: String?) throws(Complaint) -> String {
    let all = DetectorCatalog.all.map(\.descriptor).sorted { $0.name < $1.name }
    guard let name else {
      let listed =
        all.map { ($0.name, $0.version, $0.summary) } + VisionCatalog.all.map { ($0.name, $0.version, $0.summary) }
      let width = listed.map(\.0.count).max() ?? 0
      return listed.sorted { $0.0 < $1.0 }.map { name, version, summary in
        name + String(repeating: " ", count: width - name.count) + "  v\(version)  " + summary
      }.joined(separator: "\n") + "\n"
    }
    if let d = VisionCatalog.all.first(where: { $0.name == name }) { return describe(d) }
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

  private static func describe(_ d: VisionDetector) -> String {
    var lines = [
      d.name + " version \(d.version)", d.summary, "", "data class:   " + d.dataClass.rawValue,
      "strengths:    " + d.strengths.map(\.rawValue).joined(separator: ", "),
      "looks at:     pixels, in the image worker (custody-vision)",
    ]
    for (title, items) in [("sources", d.sources), ("limits", d.limits)] {
      lines += ["", title + ":"] + items.map { "  - " + $0 }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
