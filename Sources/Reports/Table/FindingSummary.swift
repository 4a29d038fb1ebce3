internal import CustodyCore

/// Findings that differ only in their folder: one row of the first screen.
struct FindingSummary {
  let first: Finding
  private(set) var findings: [Finding] = []

  var entries: Int { findings.reduce(0) { $0 + $1.counts.entries } }
  var items: Int { findings.reduce(0) { $0 + $1.counts.items } }

  /// In the order in which the first of each stands in the report.
  static func of(_ findings: [Finding]) -> [FindingSummary] {
    struct Key: Hashable {
      let severity: Severity
      let rule: String
      let verdict: Verdict
      let cause: String
    }
    var all: [FindingSummary] = []
    var places: [Key: Int] = [:]
    for f in findings {
      let key = Key(severity: f.severity, rule: f.ruleId, verdict: f.verdict, cause: f.cause)
      if let i = places[key] {
        all[i].findings.append(f)
      } else {
        places[key] = all.count
        all.append(FindingSummary(first: f, findings: [f]))
      }
    }
    return all
  }
}
