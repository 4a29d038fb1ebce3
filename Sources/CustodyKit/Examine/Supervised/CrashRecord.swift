internal import CPlaces
import Foundation
internal import Snapshots

/// What a dead examiner left behind about its last moment.
///
/// It was written by a process that had lost control of its memory, or that somebody else had taken over: every number
/// is checked for being possible at all, and a wrong one leaves out an entry that was harmless, which its line says.
package struct CrashRecord: Sendable, Hashable {
  struct Place: Sendable, Hashable {
    var work: Work
    /// Of the entry begun last, or examined: see `EntryHeader.ordinal`.
    var ordinal: UInt64
  }
  enum Work: Sendable, Hashable {
    case walk(WalkPlace)
    /// The content is known where the entry was small enough to be hashed first.
    case examining(entry: UInt64, content: Quarantine.Content?)
  }

  /// Where the thread was whose own instruction ended the process; nil when that is not known.
  var died: Place?
  /// True when some thread noted that it was ending the process.
  var isNoted: Bool
  /// Where all threads were that were anywhere.
  var active: [Place]

  /// Counts beyond this are nonsense: there are fewer entries.
  private static let mostEntries: UInt64 = 1 << 40
  private static let mostOrdinal: UInt64 = 1 << 61
  private static let signals: Set<Int32> = [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGSYS]

  /// The memory behind a descriptor of `cplaces_make`; empty when it cannot be read.
  static func bytes(of descriptor: Int32) -> [UInt8] {
    guard descriptor >= 0 else { return [] }
    let size = Self.size
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = max(0, pread(descriptor, buffer.baseAddress, size, 0))
    }
  }

  private static let head = MemoryLayout<cplaces_head>.size
  private static let slot = MemoryLayout<cplaces_slot>.size
  package static var size: Int { head + Int(CPLACES_SLOTS) * slot }

  /// - Parameter signal: of which the process died as its parent saw it, 0 for none.
  /// - Returns: nil when the bytes are not what a process leaves that dies in this way.
  package init?(_ bytes: [UInt8], signal: Int32) {
    guard bytes.count == Self.size else { return nil }
    func number(_ at: Int) -> UInt32 {
      bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: at, as: UInt32.self) }
    }
    guard number(0) == UInt32(CPLACES_MARK) else { return nil }
    let dead = number(4)
    isNoted = dead != 0
    active = []
    if isNoted {
      // Who died otherwise than was noted did not die of what was noted.
      guard Int32(bitPattern: number(8)) == signal, Self.signals.contains(signal) else { return nil }
      guard dead == UInt32.max || dead <= UInt32(CPLACES_SLOTS) else { return nil }
    }
    for i in 0..<Int(CPLACES_SLOTS) {
      let at = Self.head + i * Self.slot
      guard number(at) != UInt32(CPLACES_NOWHERE) else { continue }
      let numbers = (0..<4).map { n in
        bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: at + 8 + 8 * n, as: UInt64.self) }
      }
      guard numbers[3] <= Self.mostOrdinal, let work = Self.work(number(at), numbers) else { return nil }
      let place = Place(work: work, ordinal: numbers[3])
      active.append(place)
      if dead == UInt32(i) + 1 { died = place }
    }
  }

  private static func work(_ kind: UInt32, _ numbers: [UInt64]) -> Work? {
    switch kind {
    case UInt32(CPLACES_BETWEEN):
      guard numbers[1] <= mostEntries, numbers[2] == 0 else { return nil }
      return .walk(.between(container: numbers[0], entries: numbers[1]))
    case UInt32(CPLACES_READING):
      guard (1...mostEntries).contains(numbers[1]), numbers[2] == 0 else { return nil }
      return .walk(.reading(container: numbers[0], entry: numbers[1]))
    case UInt32(CPLACES_EXAMINING):
      let content = Quarantine.Content(high: numbers[1], low: numbers[2])
      return .examining(entry: numbers[0], content: numbers[1] == 0 && numbers[2] == 0 ? nil : content)
    default: return nil
    }
  }
}
