public import CustodyCore

/// How an inventory came to be: the sidecar `inventory.scan.json` that `custody examine` writes.
///
/// Restricted like the inventory itself, since it names the snapshots. All but `run` is a function of the snapshot,
/// the limits and the detector catalogue; `run` is different each time.
public struct ScanRecord: Sendable, Hashable {
  /// One limit the scan worked under.
  public struct Limit: Sendable, Hashable {
    /// e.g. `maxDepth`, `maxEntryBytes`
    public var name: String
    public var value: UInt64
    public init(name: String, value: UInt64) {
      self.name = name
      self.value = value
    }
  }

  /// What did the hashing.
  public struct DigestProvider: Sendable, Hashable {
    /// e.g. `default`, `fips`
    public var name: String
    public var version: String
    public init(name: String, version: String) {
      self.name = name
      self.version = version
    }
  }

  /// A fact about the machine, e.g. `kernel`, `jobs`.
  public struct HostFact: Sendable, Hashable {
    public var name: String
    public var value: String
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// What differs from run to run.
  public struct Run: Sendable, Hashable {
    public var startedOn: Instant
    public var finishedOn: Instant
    public var digestProvider: DigestProvider
    /// In the order given, names distinct.
    public var host: [HostFact]
    public init(startedOn: Instant, finishedOn: Instant, digestProvider: DigestProvider, host: [HostFact] = []) {
      self.startedOn = startedOn
      self.finishedOn = finishedOn
      self.digestProvider = digestProvider
      self.host = host
    }
  }

  public var snapshots: [SnapshotSummary]
  /// The inventory this is about: a record beside another inventory is refused by its reader.
  public var inventory: InventorySummary
  /// In the order given, names distinct.
  public var limits: [Limit]
  /// `name/version`, sorted.
  public var detectors: [String]
  public var run: Run

  public init(
    snapshots: [SnapshotSummary], inventory: InventorySummary, limits: [Limit], detectors: [String], run: Run
  ) {
    self.snapshots = snapshots
    self.inventory = inventory
    self.limits = limits
    self.detectors = detectors
    self.run = run
  }

  /// What the member `schema` says.
  public static let schema = "custody.scan-record.v1"

  public var json: JSONValue {
    [
      "schema": .string(Self.schema),
      "snapshots": .array(snapshots.map { ReportDocument.snapshot($0, discloseName: true) }),
      "inventory": ReportDocument.inventory(inventory), "limits": Self.encode(limits),
      "detectors": .array(detectors.map(JSONValue.string)), "run": Self.encode(run),
    ]
  }

  /// - Throws: code `record.shape` with the member's place.
  public init(json: JSONValue) throws(Complaint) {
    var f = try JSONFields(json, path: "")
    guard try f.string("schema") == Self.schema else {
      throw Complaint(code: "record.shape", "not a scan record of a known version", at: "schema")
    }
    snapshots = try f.objects("snapshots", ReportDocument.snapshot)
    var i = try f.fields("inventory")
    inventory = try ReportDocument.inventory(&i)
    try i.end()
    limits = try Self.limits(try f.required("limits"), path: "limits")
    detectors = try f.strings("detectors")
    var r = try f.fields("run")
    run = try Self.run(&r)
    try r.end()
    try f.end()
  }

  /// Name → value.
  package static func encode(_ limits: [Limit]) -> JSONValue {
    .object(JSONObject(limits.map { (key: $0.name, value: .string(String($0.value))) }))
  }
  package static func limits(_ value: JSONValue, path: String) throws(Complaint) -> [Limit] {
    guard let object = value.object else { throw JSONFields.complaint("an object was expected", at: path) }
    var all: [Limit] = []
    for (name, value) in object.members {
      guard let v = JSONNumber.unsigned(value) else {
        throw JSONFields.complaint("a whole number was expected", at: path + "." + Printable.escape(name, limit: 80))
      }
      all.append(Limit(name: name, value: v))
    }
    return all
  }

  /// Marked: `reproducible` is false for everything beside it.
  package static func encode(_ run: Run) -> JSONValue {
    [
      "reproducible": false, "scanStartedOn": .string(run.startedOn.description),
      "scanFinishedOn": .string(run.finishedOn.description),
      "host": .object(
        JSONObject(
          [
            (
              key: "digestProvider",
              value: ["name": .string(run.digestProvider.name), "version": .string(run.digestProvider.version)]
            )
          ] + run.host.filter { $0.name != "digestProvider" }.map { (key: $0.name, value: .string($0.value)) })),
    ]
  }
  package static func run(_ f: inout JSONFields) throws(Complaint) -> Run {
    guard f.optional("reproducible")?.bool == false else { throw f.complaint("false was expected", "reproducible") }
    let started = try f.instant("scanStartedOn")
    let finished = try f.instant("scanFinishedOn")
    var provider: DigestProvider?
    var facts: [HostFact] = []
    guard let host = try f.required("host").object else { throw f.complaint("an object was expected", "host") }
    for (name, value) in host.members {
      if name == "digestProvider" {
        var p = try JSONFields(value, path: f.path + ".host.digestProvider")
        provider = DigestProvider(name: try p.string("name"), version: try p.string("version"))
        try p.end()
      } else {
        guard let s = value.string else { throw f.complaint("strings were expected", "host") }
        facts.append(HostFact(name: name, value: s))
      }
    }
    guard let provider else { throw f.complaint("missing", "host.digestProvider") }
    return Run(startedOn: started, finishedOn: finished, digestProvider: provider, host: facts)
  }
}
