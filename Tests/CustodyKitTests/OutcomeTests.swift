import CustodyCore
import CustodyKit
import Testing

@Suite struct OutcomeTests {
  static func report(_ severities: [Severity], verdict: Verdict = .violation, open: Int = 0) throws -> Report {
    let zero = try #require(Digest([UInt8](repeating: 0, count: 32)))
    let findings = severities.enumerated().map { i, severity in
      Finding(
        id: "\(i)", ruleId: "T-\(i)", pack: "t", severity: severity, verdict: verdict, title: "t", cause: "c",
        criteria: [],
        condition: "", effect: "", recommendation: "", dataClasses: [],
        counts: FindingCounts(entries: 1, distinct: 1, items: 1, bytes: 1),
        leaves: LeafReferences(ranges: ["0"], samples: []), authorization: AuthorizationState(state: "no-row"),
        collection: 1, fingerprint: "")
    }
    var lines = [Coverage.Line(disposition: .examined, reason: nil, entries: 5, bytes: 5)]
    if open > 0 { lines.append(Coverage.Line(disposition: .opaque, reason: .encrypted, entries: open, bytes: 0)) }
    return Report(
      asOf: Instant(seconds: 0), engagement: Engagement(), configuration: [],
      result: severities.isEmpty ? .passed : .failed,
      coverage: Coverage(snapshots: [], entries: 5 + open, bytes: 5, lines: lines), exposure: [], findings: findings,
      limitations: [], inventory: InventorySummary(sha256: zero, treeSize: 5, rootHash: zero), detectors: [])
  }

  /// Message and status come from one place; here they are held against each other.
  @Test(
    arguments: [
      ([], Verdict.violation, 0, false, 0, "PASSED: no violation; all 5 entries examined in full"),
      ([.high], .violation, 0, false, 1, "FAILED: 1 violation at or above high; all 5 entries examined in full"),
      ([.medium], .violation, 0, false, 0, "PASSED: 1 violation below high; all 5 entries examined in full"),
      (
        [.critical, .high], .violation, 2, true, 1,
        "FAILED: 2 violations at or above high; 2 of 7 entries not examined in full"
      ),
      ([], .violation, 2, false, 3, "INCOMPLETE: no violation; 2 of 7 entries not examined in full"),
      ([], .violation, 2, true, 0, "PASSED (incomplete, allowed): no violation; 2 of 7 entries not examined in full"),
      (
        [.critical], .inconclusive, 0, false, 0,
        "PASSED: no violation; 1 finding inconclusive; all 5 entries examined in full"
      ),
    ] as [([Severity], Verdict, Int, Bool, Int32, String)])
  func statusAndMessage(
    _ severities: [Severity], _ verdict: Verdict, _ open: Int, _ allowed: Bool, _ status: Int32, _ message: String
  ) throws {
    let outcome = Outcome(try Self.report(severities, verdict: verdict, open: open), allowIncomplete: allowed)
    #expect(outcome.status == status && outcome.message == message, "\(outcome)")
  }

  /// An entry that was left out is counted; that the rest was not seen is said beside all counts.
  @Test(arguments: [(Reason.quarantined, false), (.examinerCrashed, true)])
  func anUnseenRestIsSaid(_ reason: Reason, _ isSaid: Bool) throws {
    for severities in [[], [Severity.high]] {
      var report = try Self.report(severities)
      report.coverage.lines.append(Coverage.Line(disposition: .failed, reason: reason, entries: 1, bytes: 0))
      report.coverage.entries += 1
      let outcome = Outcome(report)
      #expect(outcome.status == (severities.isEmpty ? 3 : 1))
      #expect(outcome.message.contains("1 of 6 entries not examined in full"))
      #expect(outcome.message.hasSuffix("the rest of the snapshot was not seen") == isSaid)
    }
  }

  @Test func thresholds() throws {
    for (i, threshold) in Severity.allCases.enumerated() {
      for (j, severity) in Severity.allCases.enumerated() {
        #expect(Outcome(try Self.report([severity]), failOn: threshold).status == (j >= i ? 1 : 0))
      }
    }
  }
}
