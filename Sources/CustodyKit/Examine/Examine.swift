public import CustodyCore
public import Detection
internal import Evidence
import Foundation
public import Snapshots
internal import Vision

/// How to examine.
public struct ExamineOptions: Sendable {
  public var limits: SnapshotLimits
  /// Worker threads and image workers, 1...256. The result is the same bytes at any number.
  public var jobs: Int
  /// How pictures and videos are looked at; nil leaves them `partial`.
  public var vision: VisionOptions?
  /// Go on when the sandbox is not whole; recorded either way.
  public var allowUnsandboxed = false
  /// Measure what every detector costs.
  public var measuresDetectors = false
  /// Rules of the operator's own, asked of every entry beside the catalogue.
  public var yara: [YaraRules.Source] = []
  public init(limits: SnapshotLimits = SnapshotLimits(), jobs: Int = 2, vision: VisionOptions? = nil) {
    self.limits = limits
    self.jobs = min(max(jobs, 1), 256)
    self.vision = vision
  }
}

extension ExamineOptions {
  /// The detectors to ask: those of the catalogue, and the operator's own rules.
  ///
  /// - Parameter others: asked beside them.
  func catalog(_ others: [any Detector] = []) throws(Complaint) -> CompiledCatalog {
    guard !yara.isEmpty || !others.isEmpty else { return .standard }
    let own = yara.isEmpty ? [] : [YaraDetector(try YaraRules(yara))]
    return CompiledCatalog(DetectorCatalog.all + own + others)
  }

  /// The rules as the evidence names them: by the digest of their texts, so that other rules are other detectors.
  var yaraMark: [String] {
    guard !yara.isEmpty else { return [] }
    let digest = Hash.sha256(yara.flatMap { Array($0.text.utf8) + [0] })
    return ["custom.yara/1;sha256=" + Hex.encode(digest)]
  }
}

/// What examining gave, beside the lines.
public struct ExamineResult: Sendable {
  public var inventory: InventorySummary
  public var snapshots: [SnapshotSummary]
  /// Entries that are not `examined`.
  public var incomplete: UInt64
  public var detectors: [String]
  /// What the image workers did; nil when none was asked for.
  public var vision: VisionSummary?
  /// What detectors cost, the dearest first; empty unless asked for.
  public var costs: [DetectorCost] = []
  /// How many times the examining process died and another one began anew.
  public var restarts = 0
  /// True when it died for good: what was to follow was not seen.
  public var isCutShort = false
}

/// The time one detector took, over all threads.
public struct DetectorCost: Sendable, Hashable {
  /// Name of the detector, or `search` for the search for places at which detectors are asked.
  public var name: String
  public var nanoseconds: UInt64
  public var calls: UInt64

  static var measured: [DetectorCost] {
    DetectorCosts.measured.map { DetectorCost(name: $0.key, nanoseconds: $0.value.nanoseconds, calls: $0.value.calls) }
      .sorted { ($1.nanoseconds, $0.name) < ($0.nanoseconds, $1.name) }
  }
}

/// The first stage: untrusted bytes in, inventory lines out. Holds no key, needs no policy, opens no network.
public enum Examine {
  /// Examines the inputs one after the other and writes one inventory of all of them, in this process.
  ///
  /// The process that will load a key must not call this: see `ExamineSupervisor`.
  ///
  /// - Parameters:
  ///   - inputs: at least one.
  ///   - output: descriptor open for writing, mode 0600; lines are written to it as they come.
  /// - Throws: when an input cannot be opened at all or the inventory cannot be written. Trouble inside an input is a
  ///   disposition of the entry it concerns, never an error.
  public static func run(
    _ inputs: [SnapshotInput], to output: Int32, options: ExamineOptions = ExamineOptions(),
    progress: ScanProgress = ScanProgress()
  ) throws(Complaint) -> ExamineResult {
    if options.measuresDetectors { DetectorCosts.start() }
    let intake = InventoryIntake(descriptor: output)
    let vision = options.vision.map { VisionSupply.direct($0) }
    let read = try run(inputs, options: options, vision: vision, spool: .own, progress: progress) { intake.take($0) }
    return ExamineResult(
      inventory: try intake.finish(), snapshots: read.snapshots, incomplete: intake.incomplete,
      detectors: read.detectors, vision: read.vision, costs: DetectorCost.measured)
  }

  /// What the reading side knows at the end.
  struct ReadResult: Sendable {
    var snapshots: [SnapshotSummary]
    var detectors: [String]
    var vision: VisionSummary?
  }

  /// Examines and hands the lines to `lines`, whole and in order.
  static func run(
    _ inputs: [SnapshotInput], options: ExamineOptions, vision: VisionSupply?, spool: SpoolSupply,
    progress: ScanProgress, conditions: ReadConditions = ReadConditions(),
    lines: @escaping @Sendable (UnsafeRawBufferPointer) -> Void
  ) throws(Complaint) -> ReadResult {
    let jobs = conditions.isStepwise ? 1 : options.jobs
    try Digester.check()
    let queue = WorkQueue<Work>()
    let writer = InventoryWriter(output: lines)
    let slabs = SlabPool(limit: options.limits.maxDepth + 16 + 4 * jobs)
    let pool = vision?.pool(jobs: jobs)
    let catalog = try options.catalog(conditions.detectors)
    let sightLimits = options.vision?.limits ?? SightLimits()
    let desk = pool.map { SightDesk(pool: $0, limits: sightLimits, catalog: catalog) }
    let quarantine = conditions.quarantine
    let workers = (1...jobs).map { n in
      Worker(name: "examine \(n)") {
        EntryWorker(queue: queue, writer: writer, desk: desk, catalog: catalog, quarantine: quarantine, spool: spool)
          .run()
      }
    }
    let reading = Reading()
    let thread = Worker(name: "reader", stackSize: 64 << 20) {
      let pipeline = ExaminePipeline(
        pool: slabs, queue: queue, writer: writer,
        makeKeeper: desk == nil ? nil : { SightKeeper(limits: sightLimits, makeFile: spool.make) },
        makeFamily: { DerivedFamily(limits: DerivedLimits(), desk: desk, catalog: catalog, spool: spool, entry: $0) },
        catalog: catalog,
        settle: conditions.isStepwise
          ? {
            queue.waitUntilIdle()
            desk?.finish()
          } : nil)
      for (i, input) in inputs.enumerated() {
        do throws(Complaint) {
          reading.snapshots.append(
            try read(
              input, ordinal: i + 1, limits: options.limits, spool: spool, quarantine, into: pipeline,
              progress: progress.next()))
        } catch {
          reading.failure = error
          break
        }
      }
      pipeline.finish()
    }
    thread.join()
    queue.close()
    workers.forEach { $0.join() }
    // Pictures inside pictures are handed to the pool while others are settled: first the desk, then the pool.
    desk?.finish()
    pool?.finish()
    if let failure = reading.failure { throw failure }
    try writer.finish()
    guard let vision, let pool, let desk else {
      return ReadResult(snapshots: reading.snapshots, detectors: detectors(options.yaraMark), vision: nil)
    }
    // A worker that never looked at anything is a matter of the installation or of its options, not of the snapshot.
    if let failure = pool.failure, pool.counters.answered.allSatisfy({ $0 == 0 }) { throw failure }
    return ReadResult(
      snapshots: reading.snapshots, detectors: detectors(vision.options.detectors(pool) + options.yaraMark),
      vision: VisionSummary(desk, pool))
  }

  /// All detectors that took part, `name/version`, sorted.
  static func detectors(_ others: [String] = []) -> [String] {
    (DetectorCatalog.all.map { "\($0.descriptor.name)/\($0.descriptor.version)" } + others).sorted()
  }

  /// Filled by the reading thread, read after it has ended.
  private final class Reading: @unchecked Sendable {
    var snapshots: [SnapshotSummary] = []
    var failure: Complaint?
  }

  private static func read(
    _ input: SnapshotInput, ordinal: Int, limits: SnapshotLimits, spool: SpoolSupply, _ quarantine: Quarantine,
    into pipeline: ExaminePipeline, progress: ReadProgress
  ) throws(Complaint) -> SnapshotSummary {
    let hasher = SnapshotHasher()
    pipeline.hasher = hasher
    let outcome: Result<SnapshotReadSummary, Complaint>
    var reader = SnapshotReader(limits: limits, spool: spool)
    reader.quarantine = quarantine
    reader.ordinal = ordinal
    do throws(Complaint) {
      outcome = .success(try reader.read(input, into: pipeline, progress: progress))
    } catch {
      outcome = .failure(error)
    }
    pipeline.endSnapshot()
    let digest = hasher.finish()
    pipeline.hasher = nil
    let summary = try outcome.get()
    let isDirectory = summary.form == .directory
    return SnapshotSummary(
      ordinal: ordinal, form: summary.form.rawValue, size: isDirectory ? 0 : hasher.size,
      sha256: isDirectory ? nil : digest, name: input.displayName, directories: summary.directories)
  }
}

extension SnapshotInput {
  /// The last component of the path, or the name given to a stream: the first component of every locator.
  var displayName: String {
    switch self {
    case .path(let path): (path as NSString).standardizingPath.split(separator: "/").last.map(String.init) ?? "/"
    case .stream(_, let name): name
    case .opened(_, let name): name
    }
  }
}
