public import CustodyCore

/// The report body as JSON: what `custody judge -o report.json` writes and what the signed predicate carries.
///
/// Members always stand in the same order, and equal reports give equal bytes. Counts are numbers; bytes and sizes,
/// which can exceed 2^53, are strings of digits. Nothing but the two names `disclosePaths` governs says where anything
/// was: leaf numbers and counts speak instead.
public enum ReportDocument {
  /// What stands for a holder or a system nobody named.
  public static let notSupplied = "not supplied"
  /// Names the tree in `inventory.hashTree`: RFC 6962 section 2.1 with SHA-256.
  public static let hashTree = "rfc6962-sha256"
  /// The scheme of `partialFingerprints`: see `Finding.fingerprint`.
  public static let fingerprintScheme = "custodyCollection/v1"

  /// - Parameter disclosePaths: with it the names of the snapshots and the folders of the findings are written.
  public static func encode(_ report: Report, disclosePaths: Bool) -> JSONValue {
    var body = JSONObject()
    body.add("asOf", .string(report.asOf.description))
    body.add(
      "engagement",
      [
        "holder": .string(report.engagement.holder ?? notSupplied),
        "system": .string(report.engagement.system ?? notSupplied),
      ])
    body.add("configuration", .array(report.configuration.map(descriptor)))
    body.add("result", .string(report.result.rawValue))
    body.add("coverage", coverage(report.coverage, disclosePaths: disclosePaths))
    body.add("exposure", .array(report.exposure.map(exposure)))
    body.add("findings", .array(report.findings.map { finding($0, disclosePaths: disclosePaths) }))
    body.add(
      "collections",
      report.collections.isEmpty
        ? nil : .array(report.collections.map { collection($0, disclosePaths: disclosePaths) }))
    body.add("waivers", report.waivers.isEmpty ? nil : .array(report.waivers.map(use)))
    body.add("limitations", .array(report.limitations.map(limitation)))
    body.add("inventory", inventory(report.inventory))
    body.add("detectors", .array(report.detectors.map(JSONValue.string)))
    return .object(body)
  }

  /// in-toto resource descriptor; the role is an annotation.
  static func descriptor(_ d: ResourceDescriptor) -> JSONValue {
    [
      "name": .string(d.name), "digest": ["sha256": .string(d.sha256.description)],
      "annotations": ["role": .string(d.role)],
    ]
  }

  static func wide(_ v: UInt64) -> JSONValue { .string(String(v)) }

  package static func snapshot(_ s: SnapshotSummary, discloseName: Bool) -> JSONValue {
    var o = JSONObject()
    o.add("ordinal", JSONNumber.of(s.ordinal))
    o.add("form", .string(s.form))
    o.add("size", wide(s.size))
    o.add("sha256", s.sha256.map { .string($0.description) })
    o.add("name", discloseName ? .string(s.name) : nil)
    o.add("directories", wide(s.directories))
    return .object(o)
  }

  private static func coverage(_ c: Coverage, disclosePaths: Bool) -> JSONValue {
    [
      "snapshots": .array(c.snapshots.map { snapshot($0, discloseName: disclosePaths) }),
      "entries": JSONNumber.of(c.entries), "bytes": wide(c.bytes),
      "lines": .array(
        c.lines.map { line in
          var o = JSONObject()
          o.add("disposition", .string(line.disposition.rawValue))
          o.add("reason", line.reason.map { .string($0.rawValue) })
          o.add("entries", JSONNumber.of(line.entries))
          o.add("bytes", wide(line.bytes))
          return .object(o)
        }),
    ]
  }

  private static func exposure(_ e: ExposureLine) -> JSONValue {
    var strengths = JSONObject()
    for s in Strength.allCases.sorted(by: >) { strengths.add(s.rawValue, e.entriesByStrength[s].map(JSONNumber.of)) }
    var o = JSONObject()
    o.add("dataClass", .string(e.dataClass.rawValue))
    o.add("entriesByStrength", .object(strengths))
    o.add("items", JSONNumber.of(e.items))
    o.add("seenInPictures", e.seenInPictures > 0 ? JSONNumber.of(e.seenInPictures) : nil)
    o.add("distinct", JSONNumber.of(e.distinct))
    o.add("lookDistinct", e.lookDistinct.map(JSONNumber.of))
    o.add("capturedFrom", e.capturedFrom.map(JSONValue.string))
    o.add("capturedTo", e.capturedTo.map(JSONValue.string))
    o.add("clock", .string(e.clock))
    o.add("periods", e.periods.isEmpty ? nil : .array(e.periods.map(period)))
    o.add("sites", JSONNumber.of(e.sites))
    o.add(
      "subjects",
      e.subjects.map {
        [
          "atLeast": JSONNumber.of($0.atLeast), "atMost": JSONNumber.of($0.atMost), "reasoning": .string($0.reasoning),
        ]
      })
    return .object(o)
  }

  private static func period(_ p: CapturePeriod) -> JSONValue {
    ["clock": .string(p.clock), "from": .string(p.from), "to": .string(p.to), "entries": JSONNumber.of(p.entries)]
  }

  private static func finding(_ f: Finding, disclosePaths: Bool) -> JSONValue {
    var o = JSONObject()
    o.add("id", .string(f.id))
    o.add("ruleId", .string(f.ruleId))
    o.add("pack", .string(f.pack))
    o.add("severity", .string(f.severity.rawValue))
    o.add("verdict", .string(f.verdict.rawValue))
    o.add("title", .string(f.title))
    o.add("cause", .string(f.cause))
    o.add("criteria", .array(f.criteria.map(JSONValue.string)))
    o.add("condition", .string(f.condition))
    o.add("effect", .string(f.effect))
    o.add("recommendation", .string(f.recommendation))
    o.add("dataClasses", .array(f.dataClasses.map { .string($0.rawValue) }))
    o.add(
      "counts",
      [
        "entries": JSONNumber.of(f.counts.entries), "distinct": JSONNumber.of(f.counts.distinct),
        "items": JSONNumber.of(f.counts.items), "bytes": wide(f.counts.bytes),
      ])
    o.add(
      "leaves",
      [
        "ranges": .array(f.leaves.ranges.map(JSONValue.string)),
        "samples": .array(f.leaves.samples.map(JSONValue.string)),
      ])
    var state = JSONObject([(key: "state", value: .string(f.authorization.state))])
    state.add("record", f.authorization.record.map(JSONValue.string))
    o.add("authorization", .object(state))
    o.add("collection", JSONNumber.of(f.collection))
    o.add("path", disclosePaths ? f.path.map(JSONValue.string) : nil)
    o.add("partialFingerprints", .object(JSONObject([(key: fingerprintScheme, value: .string(f.fingerprint))])))
    o.add("waiver", f.waiver.map(waiver))
    return .object(o)
  }

  private static func waiver(_ w: FindingWaiver) -> JSONValue {
    [
      "ids": .array(w.ids.map(JSONValue.string)), "owners": .array(w.owners.map(JSONValue.string)),
      "entries": JSONNumber.of(w.entries), "until": .string(w.until.description),
    ]
  }

  private static func use(_ w: WaiverUse) -> JSONValue {
    [
      "id": .string(w.id), "ruleId": .string(w.rule), "owner": .string(w.owner), "reason": .string(w.reason),
      "expires": .string(w.expires.description), "state": .string(w.state.rawValue),
      "entries": JSONNumber.of(w.entries),
    ]
  }

  private static func limitation(_ l: Limitation) -> JSONValue {
    ["code": .string(l.code), "text": .string(l.text), "entries": JSONNumber.of(l.entries)]
  }

  static func inventory(_ i: InventorySummary) -> JSONValue {
    [
      "hashTree": .string(hashTree), "treeSize": wide(i.treeSize), "rootHash": .string(i.rootHash.description),
      "sha256": .string(i.sha256.description),
    ]
  }
}
