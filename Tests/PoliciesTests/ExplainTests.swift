import CEL
import CustodyCore
import Testing

@testable import Policies

/// Explanations: values of sub-expressions, records consulted, what would change the answer.
@Suite struct ExplainTests {
  private func explain(
    _ packs: [PolicySource], _ entries: [Examination], register: PolicySource? = nil, records: String? = nil
  ) throws -> [Explanation] {
    let set = try PolicySet.load(
      packs: packs, registers: register.map { [$0] } ?? [], records: records.map { [Make.source("r.yaml", $0)] } ?? [])
    let engagement = Engagement(holder: "Example Imaging")
    let report = Make.report(
      Judge(policies: set, engagement: engagement, asOf: Make.asOf, digests: Make.digests), entries)
    let leaves = Set(report.findings.flatMap { $0.leaves.ranges.compactMap { UInt64($0.prefix { $0 != "-" }) } })
    var again = Judge.explaining(
      rules: Set(report.findings.map(\.ruleId)), leaves: leaves, policies: set, engagement: engagement,
      asOf: Make.asOf, digests: Make.digests)
    for (i, entry) in entries.enumerated() {
      var numbered = entry
      if entry.index == 0 { numbered.index = UInt64(i) }
      again.add(numbered)
    }
    let explanations = again.explanations(of: Set(report.findings.map(\.id)))
    #expect(explanations.map(\.finding.id) == report.findings.map(\.id), "every finding has its explanation")
    return explanations
  }

  private static let face = Make.seen(.faceImage, ["capturedAt": "2017-01-01T00:00:00Z", "clock": "exif"])

  @Test func theShortestChangesAreNamed() throws {
    let explanations = try explain(
      [try Make.shipped("core-authorization")], [Make.entry("lane3/a.jpg", index: 1, [Self.face])],
      register: Make.register())
    let retention = try #require(explanations.first { $0.finding.ruleId == "AUTH-07" })
    let violation = try #require(retention.expressions.first { $0.key == "violation" })
    #expect(
      violation.changes == ["`auth.state == \"active\"` were false", "`auth.retention == \"expired\"` were false"])
    #expect(
      violation.lines.map { "\($0.depth) \($0.text) = \($0.value ?? "not asked")" } == [
        "0 auth.state == \"active\" && auth.retention == \"expired\" = true", "1 auth.state == \"active\" = true",
        "2 auth.state = \"active\"", "1 auth.retention == \"expired\" = true", "2 auth.retention = \"expired\"",
      ])
    #expect(retention.consulted.contains("register: closest row ROW-1 v1, state \"active\""))
  }

  @Test func findingsOfOneRuleAreNotMixedUp() throws {
    let explanations = try explain(
      [try Make.shipped("core-authorization")],
      [
        Make.entry("lane3/a.jpg", index: 1, [Self.face]),
        Make.entry("desktop/a.jpg", index: 2, [Make.seen(.irisImage)]),
      ], register: Make.register())
    let category = try #require(explanations.first { $0.finding.ruleId == "AUTH-04" })
    #expect(category.finding.leaves.ranges == ["2"])
    #expect(category.consulted.contains("  failed: \"category\", \"path\""))
  }

  @Test(
    "rules of every kind are explained",
    arguments: [
      "when: {classes: [face.image]}\n    violation: item.captureTime.againstLimit(\"P1Y\") == \"past\"",
      "scope: collection\n    violation: collection.items > 0", "scope: snapshot\n    violation: snapshot.items > 0",
      "scope: record\n    when: {records: [incident]}\n    violation: record.personal",
    ])
  func kinds(_ lines: String) throws {
    let pack = """
      pack: sample
      version: "1"
      title: Sample
      review: counsel-required
      sources: {s: A source}
      rules:
        - id: K-1
          title: T
          severity: low
          citations: [{text: one, source: s}]
          cause: c
          condition: "{items}"
          effect: e
          recommendation: r
          \(lines.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: "\n    "))
      """
    let explanations = try explain(
      [Make.source("p.yaml", pack)], [Make.entry("lane3/a.jpg", index: 1, [Self.face])],
      records: "records: r\nincidents: [{id: I-1, personal: true, discovered_at: 2019-01-01}]")
    #expect(explanations.count == 1)
    #expect(explanations.first?.expressions.first?.changes.isEmpty == false)
  }

  @Test(
    "what would change an answer",
    arguments: [
      ("a && b", [true, true], ["`a` were false", "`b` were false"]),
      ("a || b", [true, true], ["`a` were false and `b` were false"]),
      ("a || b", [true, false], ["`a` were false"]),
      ("!(a && b) && a", [true, false], ["`b` were true", "`a` were false"]),
      ("a ? b : !b", [true, true], ["`a` were false", "`b` were false"]),
      ("(a || b) && (a || !b)", [true, false], ["`a` were false"]),
    ])
  func counterfactuals(_ source: String, _ values: [Bool], _ expected: [String]) throws {
    let environment = CELEnvironment(variables: ["a", "b"].map { CELVariable(name: $0, type: .bool) })
    let insight = try CELInsight(source, in: environment)
    let changes = Counterfactual(insight, values.map { .bool($0) }).changes(to: false)
    #expect(Set(changes) == Set(expected))
  }

  /// Whatever is named does change the answer: over all expressions of two operators and all values.
  @Test func namedChangesAreTrue() throws {
    let environment = CELEnvironment(variables: ["a", "b", "c"].map { CELVariable(name: $0, type: .bool) })
    let atoms = ["a", "b", "c", "!a", "!b"]
    for x in atoms {
      for y in atoms {
        for source in ["\(x) && \(y)", "\(x) || \(y)", "(\(x) || \(y)) && c", "\(x) && \(y) || c", "c ? \(x) : \(y)"] {
          let insight = try CELInsight(source, in: environment)
          let program = try CELProgram(source, in: environment)
          for bits in 0..<8 {
            var values = (0..<3).map { bits >> $0 & 1 == 1 }
            guard case .success(.bool(true)) = program.evaluate(values.map { .bool($0) }) else { continue }
            let changes = Counterfactual(insight, values.map { .bool($0) }).changes(to: false)
            // What is true whatever holds cannot be changed.
            let alternatives = (0..<8).filter { other in
              guard case .success(.bool(false)) = program.evaluate((0..<3).map { .bool(other >> $0 & 1 == 1) }) else {
                return false
              }
              return true
            }
            #expect(!changes.isEmpty || alternatives.isEmpty)
            // The first is one of the smallest; it names variables of its own, so it can be carried out.
            guard let first = changes.first else { continue }
            let original = values
            for (i, name) in ["a", "b", "c"].enumerated() {
              if first.contains("`\(name)` were true") { values[i] = true }
              if first.contains("`\(name)` were false") { values[i] = false }
            }
            if case .success(.bool(let after)) = program.evaluate(values.map { .bool($0) }) {
              #expect(!after, "\(source) \(original) \(first)")
            }
          }
        }
      }
    }
  }
}
