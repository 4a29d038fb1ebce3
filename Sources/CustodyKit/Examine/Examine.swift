public import CustodyCore
internal import Detection
internal import Evidence
import Foundation
public import Snapshots

/// How to examine.
public struct ExamineOptions: Sendable {
  public var limits: SnapshotLimits
  /// Worker threads, 1...256. The result is the same bytes at any number.
  public var jobs: Int
  public init(limits: SnapshotLimits = SnapshotLimits(), jobs: Int = 2) {
    self.limits = limits
    self.jobs = min(max(jobs, 1), 256)
  }
}

/// What examining gave, beside the lines.
public struct ExamineResult: Sendable {
  public var inventory: InventorySummary
  public var snapshots: [SnapshotSummary]
  /// Entries that are not `examined`.
  public var incomplete: UInt64
  public var detectors: [String]
}

/// The first stage: untrusted bytes in, inventory lines out. Holds no key, needs no policy, opens no network.
public enum Examine {
  /// Examines the inputs one after the other and writes one inventory of all of them.
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
    try Digester.check()
    let queue = WorkQueue<Work>()
    let writer = InventoryWriter(descriptor: output)
    let pool = SlabPool(limit: options.limits.maxDepth + 16 + 4 * options.jobs)
    let workers = (1...options.jobs).map { n in
      Worker(name: "examine \(n)") { EntryWorker(queue: queue, writer: writer).run() }
    }
    let reading = Reading()
    let thread = Worker(name: "reader", stackSize: 64 << 20) {
      let pipeline = ExaminePipeline(pool: pool, queue: queue)
      for (i, input) in inputs.enumerated() {
        do throws(Complaint) {
          reading.snapshots.append(
            try read(input, ordinal: i + 1, limits: options.limits, into: pipeline, progress: progress.next()))
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
    if let failure = reading.failure { throw failure }
    let inventory = try writer.finish()
    return ExamineResult(
      inventory: inventory, snapshots: reading.snapshots, incomplete: writer.incomplete,
      detectors: DetectorCatalog.all.map { "\($0.descriptor.name)/\($0.descriptor.version)" }.sorted())
  }

  /// Filled by the reading thread, read after it has ended.
  private final class Reading: @unchecked Sendable {
    var snapshots: [SnapshotSummary] = []
    var failure: Complaint?
  }

  private static func read(
    _ input: SnapshotInput, ordinal: Int, limits: SnapshotLimits, into pipeline: ExaminePipeline, progress: ReadProgress
  ) throws(Complaint) -> SnapshotSummary {
    let hasher = SnapshotHasher()
    pipeline.hasher = hasher
    let outcome: Result<SnapshotReadSummary, Complaint>
    do throws(Complaint) {
      outcome = .success(try SnapshotReader(limits: limits).read(input, into: pipeline, progress: progress))
    } catch {
      outcome = .failure(error)
    }
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
    }
  }
}
