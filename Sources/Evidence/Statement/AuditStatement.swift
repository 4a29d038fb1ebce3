public import CustodyCore
public import Records

/// The program that made a statement.
public struct ScannerIdentity: Sendable, Hashable {
  public var uri: String
  public var version: String
  /// SHA-256 of the program file, when it is known.
  public var sha256: Digest?
  public init(uri: String, version: String, sha256: Digest? = nil) {
    self.uri = uri
    self.version = version
    self.sha256 = sha256
  }
}

/// A view beside the statement: derived from it, repeated nowhere, bound by its digest.
public struct Byproduct: Sendable, Hashable {
  /// Name of the file in the package.
  public var name: String
  public var sha256: Digest
  public var mediaType: String
  public init(name: String, sha256: Digest, mediaType: String) {
    self.name = name
    self.sha256 = sha256
    self.mediaType = mediaType
  }
}

/// What is signed: an in-toto Statement v1 whose predicate is the report.
///
/// Subjects are `inventory.jsonl` and, as `snapshot-1`, `snapshot-2` …, each snapshot that has a digest of its own:
/// names of snapshots are restricted, so they are never names of subjects.
///
/// The members `metadata` and `byproducts` differ from run to run (`metadata.reproducible` says so); everything else
/// is a function of the snapshot, the policies, the register and the time `asOf`.
public struct AuditStatement: Sendable, Hashable {
  /// `_type` of in-toto Statement v1.
  public static let type = "https://in-toto.io/Statement/v1"
  /// `payloadType` of the envelope (in-toto attestation framework, envelope layer).
  public static let payloadType = "application/vnd.in-toto+json"
  /// Names the predicate. A URI that resolves to nothing, as in-toto allows: no web address is claimed, and the name
  /// space `custody` is not registered with IANA. The version rises when a reader of the old one would go wrong.
  public static let predicateType = "urn:custody:audit-report:v1"
  /// Name of the subject that is the inventory.
  public static let inventoryName = "inventory.jsonl"

  public var scanner: ScannerIdentity
  /// Nil when the inventory came without its scan record.
  public var run: ScanRecord.Run?
  /// Limits the scan worked under; empty without a scan record.
  public var limits: [ScanRecord.Limit]
  public var report: Report
  public var byproducts: [Byproduct]

  public init(
    scanner: ScannerIdentity, record: ScanRecord?, report: Report, byproducts: [Byproduct] = []
  ) {
    self.scanner = scanner
    run = record?.run
    limits = record?.limits ?? []
    self.report = report
    self.byproducts = byproducts
  }

  /// Name and digest of each subject, the inventory first.
  public var subjects: [(name: String, sha256: Digest)] {
    [(name: Self.inventoryName, sha256: report.inventory.sha256)]
      + report.coverage.snapshots.compactMap { s in s.sha256.map { (name: "snapshot-\(s.ordinal)", sha256: $0) } }
  }

  /// - Parameter disclosePaths: see `ReportDocument.encode`.
  public func json(disclosePaths: Bool) -> JSONValue {
    var predicate = JSONObject()
    var scanner = JSONObject()
    scanner.add("uri", .string(self.scanner.uri))
    scanner.add("version", .string(self.scanner.version))
    scanner.add("digest", self.scanner.sha256.map(Self.digestSet))
    scanner.add("detectors", .array(report.detectors.map(JSONValue.string)))
    scanner.add("limits", limits.isEmpty ? nil : ScanRecord.encode(limits))
    predicate.add("scanner", .object(scanner))
    predicate.add("metadata", run.map(ScanRecord.encode))
    for (key, value) in ReportDocument.encode(report, disclosePaths: disclosePaths).object?.members ?? []
    where key != "detectors" {
      predicate.add(key, value)
    }
    predicate.add(
      "byproducts",
      .array(
        byproducts.map {
          ["name": .string($0.name), "digest": Self.digestSet($0.sha256), "mediaType": .string($0.mediaType)]
        }))
    return [
      "_type": .string(Self.type),
      "subject": .array(subjects.map { ["name": .string($0.name), "digest": Self.digestSet($0.sha256)] }),
      "predicateType": .string(Self.predicateType), "predicate": .object(predicate),
    ]
  }

  private static func digestSet(_ d: Digest) -> JSONValue { ["sha256": .string(d.description)] }

  /// The statement of its JSON form; nothing unknown, nothing missing, subjects as the report implies them.
  ///
  /// - Throws: `json.*`, `record.shape` with the member's place, `statement.type` for another kind of statement,
  ///   `statement.subject` when subjects and report contradict each other.
  public init(json bytes: [UInt8], source: String? = nil) throws(Complaint) {
    var f = try JSONFields(try JSONParser.parse(bytes, source: source), path: "")
    guard try f.string("_type") == Self.type else {
      throw Complaint(code: "statement.type", "not an in-toto Statement v1", at: "_type")
    }
    guard try f.string("predicateType") == Self.predicateType else {
      throw Complaint(
        code: "statement.type", "a statement about something else, or of a version this program does not know",
        at: "predicateType")
    }
    let subjects = try f.objects("subject") { (s) throws(Complaint) in
      (name: try s.string("name"), sha256: try Self.digestSet(&s))
    }
    var p = try f.fields("predicate")
    var s = try p.fields("scanner")
    scanner = ScannerIdentity(
      uri: try s.string("uri"), version: try s.string("version"),
      sha256: s.optional("digest") == nil ? nil : try Self.digestSet(&s))
    let detectors = try s.strings("detectors")
    limits =
      try s.optional("limits").map { (v) throws(Complaint) in
        try ScanRecord.limits(v, path: "predicate.scanner.limits")
      } ?? []
    try s.end()
    run = nil
    if p.optional("metadata") != nil {
      var m = try p.fields("metadata")
      run = try ScanRecord.run(&m)
      try m.end()
    }
    report = try ReportDocument.body(&p, detectors: detectors)
    byproducts = try p.objects("byproducts") { (b) throws(Complaint) in
      Byproduct(name: try b.string("name"), sha256: try Self.digestSet(&b), mediaType: try b.string("mediaType"))
    }
    try p.end()
    try f.end()
    guard subjects.elementsEqual(self.subjects, by: { $0.name == $1.name && $0.sha256 == $1.sha256 }) else {
      throw Complaint(code: "statement.subject", "subjects and report contradict each other", at: "subject")
    }
  }

  private static func digestSet(_ f: inout JSONFields) throws(Complaint) -> Digest {
    var set = try f.fields("digest")
    let d = try set.digest("sha256")
    try set.end()
    return d
  }
}

/// A statement that trusted keys signed.
public struct VerifiedStatement: Sendable {
  public let statement: AuditStatement
  public let keyIDs: [String]

  /// - Throws: what `AuditStatement.init(json:)` throws.
  public init(_ payload: VerifiedPayload) throws(Complaint) {
    statement = try AuditStatement(json: payload.bytes, source: "the signed statement")
    keyIDs = payload.keyIDs
  }
}
