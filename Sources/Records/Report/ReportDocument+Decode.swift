public import CustodyCore

extension ReportDocument {
  /// The report of a document; nothing unknown, nothing missing.
  ///
  /// What was not disclosed cannot come back: names of snapshots are empty then, folders of findings nil.
  ///
  /// - Throws: code `record.shape` with the member's place, e.g. `findings[3].counts.bytes`.
  public static func decode(_ document: JSONValue) throws(Complaint) -> Report {
    var f = try JSONFields(document, path: "")
    let report = try body(&f, detectors: try f.strings("detectors"))
    try f.end()
    return report
  }

  /// The report body among other members, which the caller reads. Detectors stand elsewhere in a predicate.
  package static func body(_ f: inout JSONFields, detectors: [String]) throws(Complaint) -> Report {
    let asOf = try f.instant("asOf")
    var e = try f.fields("engagement")
    let engagement = Engagement(
      holder: supplied(try e.string("holder")), system: supplied(try e.string("system")))
    try e.end()
    let configuration = try f.objects("configuration", descriptor)
    let result: ReportResult = try f.value("result")
    var c = try f.fields("coverage")
    let coverage = try coverage(&c)
    try c.end()
    let exposure = try f.objects("exposure", exposure)
    let findings = try f.objects("findings", finding)
    let collections = f.optional("collections") == nil ? [] : try f.objects("collections", collection)
    let waivers = f.optional("waivers") == nil ? [] : try f.objects("waivers", use)
    let limitations = try f.objects("limitations") { (l) throws(Complaint) in
      Limitation(code: try l.string("code"), text: try l.string("text"), entries: try l.count("entries"))
    }
    var i = try f.fields("inventory")
    let inventory = try inventory(&i)
    try i.end()
    return Report(
      asOf: asOf, engagement: engagement, configuration: configuration, result: result, coverage: coverage,
      exposure: exposure, findings: findings, limitations: limitations, inventory: inventory, detectors: detectors,
      collections: collections, waivers: waivers)
  }

  private static func supplied(_ text: String) -> String? { text == notSupplied ? nil : text }

  private static func descriptor(_ f: inout JSONFields) throws(Complaint) -> ResourceDescriptor {
    let name = try f.string("name")
    var digests = try f.fields("digest")
    let sha256 = try digests.digest("sha256")
    try digests.end()
    var annotations = try f.fields("annotations")
    let role = try annotations.string("role")
    try annotations.end()
    return ResourceDescriptor(role: role, name: name, sha256: sha256)
  }

  package static func snapshot(_ f: inout JSONFields) throws(Complaint) -> SnapshotSummary {
    let ordinal = try f.count("ordinal")
    let form = try f.string("form")
    let size = try f.unsigned("size")
    let sha256 = f.optional("sha256") == nil ? nil : try f.digest("sha256")
    return SnapshotSummary(
      ordinal: ordinal, form: form, size: size, sha256: sha256, name: try f.optionalString("name") ?? "",
      directories: try f.unsigned("directories"))
  }

  private static func coverage(_ f: inout JSONFields) throws(Complaint) -> Coverage {
    Coverage(
      snapshots: try f.objects("snapshots", snapshot), entries: try f.count("entries"), bytes: try f.unsigned("bytes"),
      lines: try f.objects("lines") { (l) throws(Complaint) in
        Coverage.Line(
          disposition: try l.value("disposition"), reason: try l.optionalString("reason").map(Reason.init(rawValue:)),
          entries: try l.count("entries"), bytes: try l.unsigned("bytes"))
      })
  }

  private static func exposure(_ f: inout JSONFields) throws(Complaint) -> ExposureLine {
    let dataClass: DataClass = try f.value("dataClass")
    var s = try f.fields("entriesByStrength")
    var strengths: [Strength: Int] = [:]
    for strength in Strength.allCases where s.optional(strength.rawValue) != nil {
      strengths[strength] = try s.count(strength.rawValue)
    }
    try s.end()
    return ExposureLine(
      dataClass: dataClass, entriesByStrength: strengths, items: try f.count("items"),
      seenInPictures: f.optional("seenInPictures") == nil ? 0 : try f.count("seenInPictures"),
      distinct: try f.count("distinct"),
      lookDistinct: f.optional("lookDistinct") == nil ? nil : try f.count("lookDistinct"),
      capturedFrom: try f.optionalString("capturedFrom"),
      capturedTo: try f.optionalString("capturedTo"), clock: try f.string("clock"), periods: try periods(&f),
      sites: try f.count("sites"),
      subjects: try subjects(&f))
  }

  private static func periods(_ f: inout JSONFields) throws(Complaint) -> [CapturePeriod] {
    guard f.optional("periods") != nil else { return [] }
    return try f.objects("periods") { (p) throws(Complaint) in
      CapturePeriod(
        clock: try p.string("clock"), from: try p.string("from"), to: try p.string("to"),
        entries: try p.count("entries"))
    }
  }

  private static func subjects(_ f: inout JSONFields) throws(Complaint) -> SubjectBounds? {
    guard f.optional("subjects") != nil else { return nil }
    var s = try f.fields("subjects")
    let bounds = SubjectBounds(
      atLeast: try s.count("atLeast"), atMost: try s.count("atMost"), reasoning: try s.string("reasoning"))
    try s.end()
    return bounds
  }

  private static func waiver(_ f: inout JSONFields) throws(Complaint) -> FindingWaiver? {
    guard f.optional("waiver") != nil else { return nil }
    var w = try f.fields("waiver")
    let waiver = FindingWaiver(
      ids: try w.strings("ids"), owners: try w.strings("owners"), entries: try w.count("entries"),
      until: try w.instant("until"))
    try w.end()
    return waiver
  }

  private static func use(_ f: inout JSONFields) throws(Complaint) -> WaiverUse {
    WaiverUse(
      id: try f.string("id"), rule: try f.string("ruleId"), owner: try f.string("owner"),
      reason: try f.string("reason"), expires: try f.instant("expires"), state: try f.value("state"),
      entries: try f.count("entries"))
  }

  private static func finding(_ f: inout JSONFields) throws(Complaint) -> Finding {
    let id = try f.string("id")
    let ruleId = try f.string("ruleId")
    let pack = try f.string("pack")
    let severity: Severity = try f.value("severity")
    let verdict: Verdict = try f.value("verdict")
    let title = try f.string("title")
    let cause = try f.string("cause")
    let criteria = try f.strings("criteria")
    let condition = try f.string("condition")
    let effect = try f.string("effect")
    let recommendation = try f.string("recommendation")
    var classes: [DataClass] = []
    for word in try f.strings("dataClasses") {
      guard let c = DataClass(rawValue: word) else { throw f.complaint("not one of the known words", "dataClasses") }
      classes.append(c)
    }
    var c = try f.fields("counts")
    let counts = FindingCounts(
      entries: try c.count("entries"), distinct: try c.count("distinct"), items: try c.count("items"),
      bytes: try c.unsigned("bytes"))
    try c.end()
    var l = try f.fields("leaves")
    let leaves = LeafReferences(ranges: try l.strings("ranges"), samples: try l.strings("samples"))
    try l.end()
    var a = try f.fields("authorization")
    let authorization = AuthorizationState(state: try a.string("state"), record: try a.optionalString("record"))
    try a.end()
    let collection = try f.count("collection")
    let path = try f.optionalString("path")
    var p = try f.fields("partialFingerprints")
    let fingerprint = try p.string(fingerprintScheme)
    try p.end()
    let waiver = try waiver(&f)
    return Finding(
      id: id, ruleId: ruleId, pack: pack, severity: severity, verdict: verdict, title: title, cause: cause,
      criteria: criteria, condition: condition, effect: effect, recommendation: recommendation, dataClasses: classes,
      counts: counts, leaves: leaves, authorization: authorization, collection: collection, path: path,
      fingerprint: fingerprint, waiver: waiver)
  }

  static func inventory(_ f: inout JSONFields) throws(Complaint) -> InventorySummary {
    guard try f.string("hashTree") == hashTree else { throw f.complaint("an unknown hash tree", "hashTree") }
    return InventorySummary(
      sha256: try f.digest("sha256"), treeSize: try f.unsigned("treeSize"), rootHash: try f.digest("rootHash"))
  }
}
