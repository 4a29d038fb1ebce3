public import CustodyCore
internal import Evidence
import Foundation
public import Policies
internal import Records

/// The second stage: inventory lines in, report out. Reads no snapshot, no clock and no key.
public enum JudgeStage {
  /// Judges an inventory file.
  ///
  /// The lines are read twice at the same time: in equal parts by `jobs` threads that decode and judge, and once in
  /// order for digest and tree. How the file is split never changes the report.
  ///
  /// - Parameters:
  ///   - inventory: descriptor of the inventory file, open for reading; only read by position.
  ///   - snapshots: from the scan record; empty when there is none.
  ///   - expected: digest and tree when they were computed while writing; computed here when nil.
  /// - Throws: at the first line that is no inventory line, with its number.
  public static func run(
    inventory: Int32, policies: PolicySet, engagement: Engagement, asOf: Instant, snapshots: [SnapshotSummary],
    detectors: [String], expected: InventorySummary? = nil, disclosePaths: Bool = false, jobs: Int
  ) throws(Complaint) -> Report {
    var status = stat()
    guard fstat(inventory, &status) == 0 else {
      throw Complaint(code: "inventory.unreadable", String(cString: strerror(errno)), at: "inventory")
    }
    let size = UInt64(max(0, status.st_size))
    let parts = try split(inventory, size: size, into: max(1, min(jobs, Int(size >> 16) + 1)))
    let results = Results(count: parts.count)
    // SHA-1 names findings (UUID version 5), nothing more; a provider without it must say so before the work, not after.
    _ = try Hash.sha1([])
    let digests = DigestFunctions(sha256: { Hash.sha256($0) }, sha1: { (try? Hash.sha1($0)) ?? [] })
    let base = Judge(
      policies: policies, engagement: engagement, asOf: asOf, digests: digests, disclosesPaths: disclosePaths)
    let workers = parts.enumerated().map { i, part in
      Worker(name: "judge \(i + 1)", stackSize: 16 << 20) {
        results.set(i, judge(part, of: inventory, with: base.partial()))
      }
    }
    var summary: Result<InventorySummary, Complaint>?
    if let expected {
      summary = .success(expected)
    } else {
      do throws(Complaint) { summary = .success(try InventorySummary.of(inventory, size: size)) } catch {
        summary = .failure(error)
      }
    }
    workers.forEach { $0.join() }
    var total: Judge?
    for result in results.all {
      guard let partial = try result?.get() else { continue }
      if total == nil { total = partial } else { total?.merge(partial) }
    }
    guard let inventorySummary = try summary?.get() else {
      throw Complaint(code: "inventory.unreadable", "no inventory", at: "inventory")
    }
    return (total ?? base).finish(
      snapshots: snapshots, inventory: inventorySummary,
      configuration: policies.configuration { Hash.sha256($0) }, detectors: detectors)
  }

  private final class Results: @unchecked Sendable {
    private let lock = NSLock()
    private(set) var all: [Result<Judge, Complaint>?]
    init(count: Int) { all = Array(repeating: nil, count: count) }
    func set(_ i: Int, _ result: Result<Judge, Complaint>) {
      lock.lock()
      all[i] = result
      lock.unlock()
    }
  }

  private static func judge(_ part: Range<UInt64>, of inventory: Int32, with base: Judge) -> Result<Judge, Complaint> {
    var judge = base
    var reader = LineReader(descriptor: inventory, range: part)
    do throws(Complaint) {
      while let line = try reader.next() {
        let examination: Examination
        do throws(Complaint) { examination = try InventoryLine.decode(line) } catch {
          throw Complaint(
            code: error.code, error.message, at: "inventory, byte \(reader.lineOffset)", hint: "was the file edited?")
        }
        // A nonce that is not drawn from content can be guessed: its leaf hash stays out of the report.
        judge.add(examination) { examination.size > 0 ? MerkleTree.leafHash(of: line).bytes : nil }
      }
    } catch {
      return .failure(error)
    }
    return .success(judge)
  }

  /// Cuts the file after newlines.
  private static func split(_ inventory: Int32, size: UInt64, into count: Int) throws(Complaint) -> [Range<UInt64>] {
    var parts: [Range<UInt64>] = []
    var start: UInt64 = 0
    for i in 1...count {
      var end = i == count ? size : max(start, size / UInt64(count) * UInt64(i))
      if i < count {
        var reader = LineReader(descriptor: inventory, range: end..<size)
        _ = try reader.next()
        end = min(size, reader.offset)
      }
      if end > start { parts.append(start..<end) }
      start = max(start, end)
    }
    return parts
  }
}
