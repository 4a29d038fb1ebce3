internal import CustodyCore
internal import Records

/// Builds one SARIF log. Clause numbers are those of SARIF 2.1.0.
struct SARIFLog {
  let report: Report
  let context: RenderContext
  let rules: SARIFRules

  init(_ report: Report, _ context: RenderContext) {
    self.report = report
    self.context = context
    rules = SARIFRules(report.findings)
  }

  var document: JSONValue {
    [
      "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
      "version": "2.1.0",
      "runs": [.object(run)],
    ]
  }

  private var run: JSONObject {
    var driver = JSONObject()
    driver.add("name", .string(context.toolName))
    driver.add("version", .string(context.toolVersion))
    driver.add("informationUri", context.informationUri.map { .string($0) })
    driver.add("rules", .array(rules.descriptors))
    driver.add("notifications", .array(SARIFNotifications.descriptors(report)))

    var run = JSONObject()
    run.add("tool", ["driver": .object(driver)])
    run.add("invocations", [.object(invocation)])
    run.add(
      "artifacts",
      [
        [
          "location": ["uri": .string(SARIFLocation.inventory)],
          "description": ["text": "Restricted: one line for each entry of the snapshot."],
          "hashes": ["sha-256": .string(report.inventory.sha256.description)],
        ]
      ])
    run.add("results", .array(report.findings.map { .object(result($0)) }))
    run.add("columnKind", "unicodeCodePoints")
    run.add("properties", .object(properties))
    return run
  }

  /// `executionSuccessful` (3.20.14) says that the audit ran to its end, whatever it found; gaps are notifications.
  private var invocation: JSONObject {
    var invocation = JSONObject()
    invocation.add("executionSuccessful", true)
    invocation.add("toolExecutionNotifications", .array(SARIFNotifications.all(report)))
    return invocation
  }

  private func result(_ finding: Finding) -> JSONObject {
    let rule = rules.index(of: finding)
    var result = JSONObject()
    result.add("guid", SARIFText.isGUID(finding.id) ? .string(finding.id) : nil)
    result.add("ruleId", .string(rules.id(at: rule)))
    result.add("ruleIndex", .int(Int64(rule)))
    // 3.27.9: any kind but "fail" demands level "none".
    switch finding.verdict {
    case .violation:
      result.add("kind", "fail")
      result.add("level", .string(SARIFRules.level(finding.severity)))
    case .inconclusive:
      result.add("kind", "review")
      result.add("level", "none")
    case .compliant:
      result.add("kind", "pass")
      result.add("level", "none")
    }
    result.add("message", ["text": .string(SARIFText.escape(message(finding)))])
    SARIFLocation.add(finding, context, to: &result)
    result.add(
      "partialFingerprints",
      [
        "custodyCollection/v1": .string(finding.fingerprint),
        // What GitHub compares from run to run; without it every night opens new alerts.
        "primaryLocationLineHash": .string(finding.fingerprint.prefix(16) + ":1"),
      ])
    // 3.27.23: absent means that nobody looked; a waiver of part of a finding suppresses nothing.
    if let waiver = finding.waiver, finding.isWaived {
      result.add(
        "suppressions",
        .array([
          [
            "kind": "external", "status": "accepted",
            "justification": .string(
              SARIFText.escape(
                "waived by " + waiver.ids.joined(separator: ", ") + " until \(waiver.until), answered for by "
                  + waiver.owners.joined(separator: ", "))),
          ]
        ]))
    }
    var properties = JSONObject()
    properties.add("severity", .string(finding.severity.rawValue))
    properties.add("verdict", .string(finding.verdict.rawValue))
    properties.add("cause", .string(finding.cause))
    properties.add("dataClasses", .array(finding.dataClasses.map { .string($0.rawValue) }))
    properties.add("collection", .int(Int64(finding.collection)))
    properties.add("entries", .int(Int64(finding.counts.entries)))
    properties.add("items", .int(Int64(finding.counts.items)))
    properties.add("distinct", .int(Int64(finding.counts.distinct)))
    properties.add("bytes", .string(String(finding.counts.bytes)))
    properties.add("leaves", .array(finding.leaves.ranges.map { .string($0) }))
    properties.add("authorization", .string(finding.authorization.state))
    properties.add("record", finding.authorization.record.map { .string($0) })
    result.add("properties", .object(properties))
    return result
  }

  private func message(_ finding: Finding) -> String {
    finding.title + ": " + Wording.counts(finding.counts) + ". Cause: " + finding.cause + "; register: "
      + finding.authorization.state + "."
  }

  private var properties: JSONObject {
    var properties = JSONObject()
    properties.add("result", .string(report.result.rawValue))
    properties.add("asOf", .string(report.asOf.description))
    properties.add("holder", .string(report.engagement.holder ?? "not supplied"))
    properties.add("system", .string(report.engagement.system ?? "not supplied"))
    var lines: [JSONValue] = []
    for line in report.coverage.lines {
      var object = JSONObject()
      object.add("disposition", .string(line.disposition.rawValue))
      object.add("reason", line.reason.map { .string($0.rawValue) })
      object.add("entries", .int(Int64(line.entries)))
      object.add("bytes", .string(String(line.bytes)))
      lines.append(.object(object))
    }
    properties.add(
      "coverage",
      [
        "complete": .bool(report.coverage.isComplete), "entries": .int(Int64(report.coverage.entries)),
        "bytes": .string(String(report.coverage.bytes)), "lines": .array(lines),
      ])
    properties.add("treeHead", .string(report.inventory.rootHash.description))
    return properties
  }
}
