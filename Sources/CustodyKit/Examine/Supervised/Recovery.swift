internal import CustodyCore
import Foundation
internal import Snapshots

/// Decides how to go on when an examiner has died (decision 0023).
///
/// | what is known of the death | what the next examiner does |
/// |---|---|
/// | a thread failed while it examined an entry | hashes that entry, and every small one of the same content, no more |
/// | a thread failed while it read the bytes of an entry | does not read them; when that was so already, stops the container before it |
/// | a thread failed between the entries of a container | stops the container there; when that was so already, leaves it closed |
/// | nothing | one thing after the other, which shows what it is at when it is ended again |
/// | a ninth place | hashes whatever comes behind it, and opens no container there |
/// | nothing, although one thing was done after the other | there is none |
///
/// Every step narrows what is read, and there is a last one: the number of readings is bounded.
struct Recovery: Sendable {
  /// Examiners that are started after the first; one more hashes what comes behind.
  static let mostRestarts = 8
  /// Whoever sends these wants an end, not another beginning.
  private static let requests: Set<Int32> = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

  private(set) var quarantine = Quarantine()
  private(set) var isStepwise = false
  private(set) var restarts = 0
  private let isPossible: Bool
  /// The inputs are no containers: nothing is gained by stopping one of them.
  private let inputs: Set<UInt64>

  /// - Parameters:
  ///   - inputs: how many there are.
  ///   - isPossible: false when the inputs cannot be read again, or the inventory not begun anew.
  init(inputs: Int, isPossible: Bool) {
    self.isPossible = isPossible
    self.inputs = Set((0..<inputs).map { WalkPlace.input($0 + 1) })
  }

  /// Takes the death into account; false when nothing more can be done.
  ///
  /// - Parameters:
  ///   - status: as `waitpid` gives it.
  ///   - places: what the examiner left of its places.
  mutating func goesOn(after status: Int32, places: [UInt8]) -> Bool {
    let signal = status & 0x7F
    guard isPossible, quarantine.listedFrom == nil, !Self.requests.contains(signal) else { return false }
    if let place = place(CrashRecord(places, signal: signal)), add(place.work) {
      if restarts == Self.mostRestarts { quarantine.listedFrom = place.ordinal + 1 }
      restarts += 1
      return true
    }
    guard !isStepwise, restarts < Self.mostRestarts else { return false }
    isStepwise = true
    restarts += 1
    return true
  }

  private func place(_ record: CrashRecord?) -> CrashRecord.Place? {
    guard let record else { return nil }
    if record.isNoted { return record.died }
    // Ended from outside, or by the system's filter: certain only where one thing was done after the other.
    return isStepwise && record.active.count == 1 ? record.active.first : nil
  }

  /// False when the place was left out already, or cannot be.
  private mutating func add(_ place: CrashRecord.Work) -> Bool {
    guard quarantine.count + 2 <= Quarantine.most else { return false }
    switch place {
    case .examining(let entry, let content):
      let isNew = quarantine.unexamined.insert(entry).inserted
      guard let content else { return isNew }
      return quarantine.contents.insert(content).inserted || isNew
    case .walk(.reading(let container, let entry)):
      if quarantine.unread.insert(WalkPlace.entry(entry, of: container)).inserted { return true }
      return stop(container, after: entry - 1)
    case .walk(.between(let container, let entries)): return stop(container, after: entries)
    }
  }

  private mutating func stop(_ container: UInt64, after entries: UInt64) -> Bool {
    guard !inputs.contains(container) else { return false }
    guard let known = quarantine.stops[container] else {
      quarantine.stops[container] = entries
      return true
    }
    guard known > 0 else { return false }
    // The same place again, or a later one: the container itself is no good.
    quarantine.stops[container] = entries < known ? entries : 0
    return true
  }
}
