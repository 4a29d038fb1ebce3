import CustodyCore
import Foundation
import Reports
import TestSupport
import Testing

struct SARIFFormatTests {
  private func run(_ report: Report, _ context: RenderContext = .sample()) throws -> [String: Any] {
    let bytes = SARIFFormat().render(report, context: context)
    let log = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    #expect(log["version"] as? String == "2.1.0")
    return try #require((log["runs"] as? [[String: Any]])?.first)
  }

  @Test func everyResultNamesItsRuleAndALocation() throws {
    for disclose in [false, true] {
      let report = Report.sample()
      let run = try run(report, .sample(disclosePaths: disclose))
      let driver = try #require((run["tool"] as? [String: Any])?["driver"] as? [String: Any])
      let rules = try #require(driver["rules"] as? [[String: Any]])
      let results = try #require(run["results"] as? [[String: Any]])
      #expect(rules.compactMap { $0["id"] as? String } == ["AUTH-02", "CBP-03", "AUTH-12"])
      #expect(results.count == report.findings.count)
      for (result, finding) in zip(results, report.findings) {
        let index = try #require(result["ruleIndex"] as? Int)
        #expect(rules[index]["id"] as? String == result["ruleId"] as? String)
        let prints = try #require(result["partialFingerprints"] as? [String: String])
        #expect(prints["custodyCollection/v1"] == finding.fingerprint)
        let location = try #require((result["locations"] as? [[String: Any]])?.first)
        let physical = try #require(location["physicalLocation"] as? [String: Any])
        let uri = try #require((physical["artifactLocation"] as? [String: Any])?["uri"] as? String)
        #expect((uri == "inventory.jsonl") == !disclose)
        #expect((physical["region"] as? [String: Int])?["startLine"] != nil)
      }
    }
  }

  @Test func severitiesBecomeLevels() throws {
    var report = Report.sample()
    report.findings = Severity.allCases.enumerated().map { i, severity in
      Report.finding(
        "R-\(i)", severity, .violation, cause: "no-row", collection: i, path: nil, title: "t", ranges: ["4"])
    }
    let results = try #require(try run(report)["results"] as? [[String: Any]])
    #expect(results.compactMap { $0["level"] as? String } == ["note", "note", "warning", "error", "error"])
  }

  @Test func inconclusiveIsForReviewAndHasNoLevel() throws {
    let results = try #require(try run(.sample())["results"] as? [[String: Any]])
    #expect(results.last?["kind"] as? String == "review")
    #expect(results.last?["level"] as? String == "none")
  }

  @Test func leafFourIsLineFive() throws {
    var report = Report.sample()
    for (ranges, line) in [(["4-9"], 5), (["0"], 1), ([], 1), (["99999999999999999999"], 1)] {
      report.findings = [
        Report.finding("R", .high, .violation, cause: "c", collection: 1, path: nil, title: "t", ranges: ranges)
      ]
      let text = String(decoding: SARIFFormat().render(report, context: .sample()), as: UTF8.self)
      #expect(text.contains("\"startLine\": \(line)\n"))
    }
  }

  @Test func equalIdsOfTwoPacksAreToldApart() throws {
    var report = Report.sample()
    report.findings = Array(report.findings.prefix(2))
    report.findings[1].pack = "other"
    let results = try #require(try run(report)["results"] as? [[String: Any]])
    #expect(results.compactMap { $0["ruleId"] as? String } == ["core-authorization.AUTH-02", "other.AUTH-02"])
    #expect(results.compactMap { $0["ruleIndex"] as? Int } == [0, 1])
  }

  @Test func gapsAreNotifications() throws {
    let run = try run(.sample())
    let invocation = try #require((run["invocations"] as? [[String: Any]])?.first)
    #expect(invocation["executionSuccessful"] as? Bool == true)
    let notifications = try #require(invocation["toolExecutionNotifications"] as? [[String: Any]])
    let ids = notifications.compactMap { ($0["descriptor"] as? [String: Any])?["id"] as? String }
    #expect(
      ids == [
        "coverage/partial/pixels-not-examined", "coverage/opaque/encrypted", "coverage/failed/truncated",
        "limitation/pixels-not-examined", "limitation/register-unsigned",
      ])
  }

  @Test func logsAreValidAgainstTheSchema() throws {
    guard let schema = Schemas.file("sarif/sarif-schema-2.1.0.json") else { return }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sarif-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let logs: [(String, Report, RenderContext)] = [
      ("sample", .sample(), .sample()), ("clean", .clean, .sample()),
      ("disclosed", .sample(canary: "a b\u{1B}:"), .sample(disclosePaths: true)),
    ]
    var files: [String] = []
    for (name, report, context) in logs {
      let file = folder.appendingPathComponent(name + ".sarif")
      try Data(SARIFFormat().render(report, context: context)).write(to: file)
      files.append(file.path)
    }
    let check = """
      import json, sys
      try:
          from jsonschema import Draft4Validator as V
      except ImportError:
          sys.exit(77)
      v = V(json.load(open(sys.argv[1])), format_checker=V.FORMAT_CHECKER)
      bad = 0
      for f in sys.argv[2:]:
          for e in v.iter_errors(json.load(open(f))):
              print(f, list(e.absolute_path), e.message); bad = 1
      try:
          v.validate({"version": "2.1.0", "runs": [{}]}); print("the validator accepts anything"); bad = 1
      except Exception: pass
      sys.exit(bad)
      """
    let python = CommandLineTool(
      executable: URL(fileURLWithPath: "/usr/bin/env"), in: schema.deletingLastPathComponent())
    let run = try python.run(["python3", "-c", check, schema.path] + files)
    if run.status == 77 || run.status == 127 {
      FileHandle.standardError.write(Data("SKIPPED: SARIF schema validation, no python3 with jsonschema\n".utf8))
      return
    }
    #expect(run.status == 0, "\(run.text)\(run.err)")
  }
}
