public import CustodyCore

/// What a finished run means to a script: one place decides both the exit status and the closing words.
///
/// | status | meaning |
/// |---|---|
/// | 0 | complete, and nothing at or above the threshold |
/// | 1 | at least one violation at or above the threshold (says so too when also incomplete) |
/// | 2 | the audit could not be done |
/// | 3 | no such violation, but not all of the snapshot could be examined |
public struct Outcome: Sendable, Hashable {
  public var status: Int32
  /// One line for standard error, without the program's name.
  public var message: String

  /// The outcome of a judged run.
  ///
  /// - Parameters:
  ///   - failOn: least severity of a violation that gives status 1.
  ///   - allowIncomplete: turns 3 into 0; the message still says what is missing.
  public init(_ report: Report, failOn: Severity = .high, allowIncomplete: Bool = false) {
    let all = report.findings.filter { $0.verdict == .violation }
    let violations = all.filter { !$0.isWaived }
    let grave = violations.filter { $0.severity >= failOn }
    let inconclusive = report.findings.count { $0.verdict == .inconclusive }
    let open = report.coverage.lines.filter { $0.disposition != .examined }.reduce(0) { $0 + $1.entries }
    var words: [String] = []
    if !grave.isEmpty {
      words.append(Self.count(grave.count, "violation") + " at or above \(failOn.rawValue)")
    } else if !violations.isEmpty {
      words.append(Self.count(violations.count, "violation") + " below \(failOn.rawValue)")
    } else {
      words.append("no violation")
    }
    if all.count > violations.count { words.append(Self.count(all.count - violations.count, "violation") + " waived") }
    if inconclusive > 0 { words.append(Self.count(inconclusive, "finding") + " inconclusive") }
    let entries = report.coverage.entries
    // An empty pipe or a wrong folder must never look like a clean audit.
    let isEmpty = report.coverage.bytes == 0 && entries <= 1
    if isEmpty {
      words.append("there was nothing to examine")
    } else if open == 0 {
      words.append(entries == 1 ? "the only entry examined in full" : "all \(entries) entries examined in full")
    } else {
      words.append("\(open) of \(entries) \(entries == 1 ? "entry" : "entries") not examined in full")
    }
    // Worse than any number of entries that could not be read: nobody knows how many there were.
    if report.coverage.lines.contains(where: { $0.reason == .examinerCrashed }) { words.append(Self.cutShort) }
    if !grave.isEmpty {
      status = 1
    } else if isEmpty || (open > 0 && !allowIncomplete) {
      status = 3
    } else {
      status = 0
    }
    let word =
      switch status {
      case 1: "FAILED"
      case 3: "INCOMPLETE"
      default: open > 0 ? "PASSED (incomplete, allowed)" : "PASSED"
      }
    message = word + ": " + words.joined(separator: "; ")
  }

  /// The outcome of examining alone: 0 or 3.
  public init(examined result: ExamineResult, allowIncomplete: Bool = false) {
    let all = result.inventory.treeSize
    if result.incomplete == 0 {
      status = 0
      message = "EXAMINED: all \(all) entries in full"
    } else {
      status = allowIncomplete ? 0 : 3
      message = "INCOMPLETE: \(result.incomplete) of \(all) entries not examined in full"
      if result.isCutShort { message += "; " + Self.cutShort }
    }
  }

  private static let cutShort = "the rest of the snapshot was not seen"

  static func count(_ n: Int, _ noun: String) -> String { "\(n) \(noun)" + (n == 1 ? "" : "s") }
}
