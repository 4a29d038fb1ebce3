public import CustodyCore
internal import Evidence
import Foundation
public import Records
internal import Snapshots

extension ExamineResult {
  /// How the inventory came to be, for the file beside it and for the statement.
  public func record(options: ExamineOptions, startedOn: Instant, finishedOn: Instant) -> ScanRecord {
    let provider = Digester.provider
    var machine = utsname()
    uname(&machine)
    func text(_ field: some Any) -> String {
      withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    return ScanRecord(
      snapshots: snapshots, inventory: inventory,
      limits: (options.limits.named + (options.vision?.limits.named ?? []))
        .map { ScanRecord.Limit(name: $0.0, value: $0.1) }, detectors: detectors,
      run: ScanRecord.Run(
        startedOn: startedOn, finishedOn: finishedOn,
        digestProvider: ScanRecord.DigestProvider(name: provider.name, version: provider.version),
        host: [
          ScanRecord.HostFact(name: "kernel", value: text(machine.sysname) + " " + text(machine.release)),
          ScanRecord.HostFact(name: "machine", value: text(machine.machine)),
          // By the processor's SHA extensions, checked against the provider: see `TwinDigester`.
          ScanRecord.HostFact(name: "digestsInOnePass", value: TwinDigester.isAvailable ? "members of tar" : "none"),
          ScanRecord.HostFact(name: "jobs", value: String(options.jobs)),
          ScanRecord.HostFact(name: "sandbox", value: options.allowUnsandboxed ? "not required" : "required"),
        ] + (restarts > 0 ? [ScanRecord.HostFact(name: "examinerRestarts", value: String(restarts))] : [])
          + (vision?.facts ?? [])))
  }
}

extension SnapshotLimits {
  /// As they are named in records, statements and on the command line.
  var named: [(String, UInt64)] {
    [
      ("maxDepth", UInt64(max(0, maxDepth))), ("maxEntries", maxEntries), ("maxExpandedBytes", maxExpandedBytes),
      ("maxExpansionRatio", maxExpansionRatio), ("maxEntrySize", maxEntrySize), ("maxEntrySeconds", entryTime),
      ("maxSpoolBytes", maxSpoolBytes), ("maxPathBytes", UInt64(max(0, maxPathBytes))),
    ]
  }
}

extension SightLimits {
  var named: [(String, UInt64)] { [("maxPictureBytes", maxPictureBytes), ("maxVideoBytes", maxVideoBytes)] }
}

extension VisionSummary {
  /// What differs from run to run: a worker that died and was replaced changes no result.
  var facts: [ScanRecord.HostFact] {
    [
      ("picturesLookedAt", looked), ("picturesSeenBefore", repeated), ("imageWorkerRestarts", restarts),
      ("imageWorkerTimeouts", timeouts), ("imageWorkerCrashes", crashed),
    ].map { ScanRecord.HostFact(name: $0.0, value: String($0.1)) }
  }
}

extension ScanRecord {
  /// The record's place: `inventory.jsonl` has `inventory.scan.json`.
  static func path(besides inventory: String) -> String {
    (inventory.hasSuffix(".jsonl") ? String(inventory.dropLast(6)) : inventory) + ".scan.json"
  }

  /// Writes the record beside its inventory, mode 0600: it names the snapshots.
  public func write(besides inventory: String) throws(Complaint) {
    try AtomicFile.write(JSONWriter.pretty(json), to: Self.path(besides: inventory), mode: 0o600)
  }

  /// The record beside an inventory or, in an evidence package, what its statement says of the scan; nil without either.
  ///
  /// - Throws: when there is one that cannot be understood.
  public static func find(besides inventory: String) throws(Complaint) -> ScanRecord? {
    if let record = try read(besides: inventory) { return record }
    let folder = (inventory as NSString).deletingLastPathComponent
    for name in [PackageFile.envelope, PackageFile.statement] {
      let path = folder.isEmpty ? name : folder + "/" + name
      guard access(path, F_OK) == 0 else { continue }
      let statement = try ReportFile.statement(path)
      guard let run = statement.run else { return nil }
      return ScanRecord(
        snapshots: statement.report.coverage.snapshots, inventory: statement.report.inventory,
        limits: statement.limits, detectors: statement.report.detectors, run: run)
    }
    return nil
  }

  /// The record beside an inventory; nil when there is none.
  ///
  /// - Throws: when there is one that cannot be understood.
  public static func read(besides inventory: String) throws(Complaint) -> ScanRecord? {
    let path = Self.path(besides: inventory)
    guard access(path, F_OK) == 0 else { return nil }
    let bytes = try FileBytes.read(path, atMost: 16 << 20)
    do throws(Complaint) { return try ScanRecord(json: JSONParser.parse(bytes)) } catch {
      throw Complaint(
        code: error.code, error.message,
        at: Printable.escape(path, limit: 300) + (error.location.map { ": " + $0 } ?? ""),
        hint: "remove the file to go on without it; the report will then not name the snapshot")
    }
  }
}
