import Foundation

/// What detectors cost, as `custody scan --timings` prints it.
public enum CostTable {
  /// - Parameter bytes: of all entries together.
  public static func text(_ costs: [DetectorCost], bytes: UInt64) -> String {
    let gigabytes = Double(max(bytes, 1)) / 1e9
    let width = max(8, costs.map(\.name.count).max() ?? 0)
    func line(_ name: String, _ seconds: String, _ calls: String, _ each: String) -> String {
      let cells = [(seconds, 10), (calls, 12), (each, 12)].map {
        String(repeating: " ", count: max(1, $1 - $0.count)) + $0
      }
      return name + String(repeating: " ", count: max(0, width - name.count)) + cells.joined()
    }
    var lines = [
      "what detectors cost, over all threads; pictures are looked at elsewhere",
      line("detector", "seconds", "asked", "s per GB"),
    ]
    for cost in costs {
      let seconds = Double(cost.nanoseconds) / 1e9
      lines.append(
        line(
          cost.name, String(format: "%.3f", seconds), String(cost.calls), String(format: "%.4f", seconds / gigabytes)))
    }
    return lines.joined(separator: "\n")
  }
}
