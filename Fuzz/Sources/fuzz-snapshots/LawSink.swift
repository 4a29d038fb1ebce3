internal import CLibFuzzer
internal import CustodyCore
internal import Foundation
internal import Snapshots
internal import Synchronization

/// Receives a reading and holds it to what `EntrySink` promises.
final class LawSink: EntrySink {
  /// What there is to say about an entry, whichever way it was read.
  struct Reading: Hashable {
    var path: [UInt8]
    var kind: String?
    var length: UInt64
    var content: UInt64
    var disposition: String?
    var reason: String?
    var isComplete: Bool
  }
  private struct Open {
    var reading: Reading
    var token: Int
  }

  /// In the order of their ends.
  private(set) var readings: [Reading] = []
  private(set) var begun: UInt64 = 0
  private(set) var delivered: UInt64 = 0
  /// A limit ended something: how much was read before may differ from reading to reading.
  private(set) var isLimited = false
  private var open: [Open] = []
  private let input: [UInt8]
  private let limits: SnapshotLimits
  private let seen = Mutex(0)

  init(_ input: [UInt8], _ limits: SnapshotLimits) {
    self.input = input
    self.limits = limits
  }

  func snapshotBlock(_ block: Block) {
    seen.withLock { seen in
      let bytes = block.bytes
      law(bytes.count <= input.count - seen, "no more bytes of the input than it has")
      if let have = bytes.baseAddress {
        input.withUnsafeBytes {
          law($0.baseAddress.map { memcmp(have, $0 + seen, bytes.count) } == 0, "the input's own bytes")
        }
      }
      seen += bytes.count
    }
  }

  func begin(_ entry: EntryHeader) -> Int {
    begun += 1
    let token = Int(begun)
    law(entry.locator.depth <= limits.maxDepth, "no deeper than the limit")
    law(entry.locator.components.allSatisfy { $0.count <= limits.maxPathBytes }, "paths no longer than the limit")
    open.append(
      Open(
        reading: Reading(
          path: entry.locator.bytes, kind: entry.kind?.rawValue, length: 0, content: 1, isComplete: false),
        token: token))
    return token
  }

  func data(_ bytes: UnsafeRawBufferPointer, of token: Int) {
    let i = place(of: token)
    open[i].reading.content = fuzz_hash(open[i].reading.content, Self.factor, bytes.baseAddress, bytes.count)
    count(UInt64(bytes.count), i)
  }

  func zeros(_ count: UInt64, of token: Int) {
    let i = place(of: token)
    law(count <= max(limits.maxEntrySize, UInt64(input.count)), "a hole no larger than an entry may be")
    // As so many bytes: the hash of a hole is that of zeros.
    var power = Self.factor
    var left = count
    while left > 0 {
      if left & 1 == 1 { open[i].reading.content = open[i].reading.content &* power }
      power = power &* power
      left >>= 1
    }
    self.count(count, i)
  }

  func end(_ token: Int, _ outcome: EntryOutcome) {
    law(open.last?.token == token, "an entry ends after all within it, once")
    law((outcome.disposition == nil) == (outcome.reason == nil), "a disposition has a reason")
    law(outcome.notes.count <= 64 && outcome.notes.allSatisfy { $0.utf8.count <= 4096 }, "notes are few and short")
    guard var reading = open.popLast()?.reading else { return }
    if outcome.disposition == .limited { isLimited = true }
    reading.disposition = outcome.disposition?.rawValue
    reading.reason = outcome.reason?.rawValue
    reading.isComplete = outcome.contentComplete
    readings.append(reading)
  }

  /// - Parameter summary: nil when the reading threw.
  func finish(_ summary: SnapshotReadSummary?) {
    law(open.isEmpty, "every entry ends")
    guard let summary else { return law(false, "an open descriptor can be read") }
    law(summary.bytesRead == UInt64(input.count), "the summary counts the input's bytes")
    law(seen.withLock { $0 } == input.count, "all bytes of the input are handed out")
    // The input itself gets its line even then.
    law(begun <= limits.maxEntries + 1, "no more entries than the limit")
    law(summary.entries <= begun && begun <= summary.entries + 1, "the summary counts the entries")
    // The input's own bytes are not drawn from the account.
    law(delivered <= limits.maxExpandedBytes + UInt64(input.count), "no more bytes than the limit")
  }

  private static let factor: UInt64 = 0x9E37_79B9_7F4A_7C15

  private func place(of token: Int) -> Int {
    guard let i = open.lastIndex(where: { $0.token == token }) else {
      law(false, "bytes of an entry that is open")
      return 0
    }
    return i
  }

  private func count(_ bytes: UInt64, _ i: Int) {
    delivered += bytes
    open[i].reading.length += bytes
    law(
      open[i].reading.length <= max(limits.maxEntrySize, UInt64(input.count)), "an entry no larger than the limit")
  }
}

func law(_ holds: Bool, _ text: @autoclosure () -> String) {
  guard !holds else { return }
  FileHandle.standardError.write(Data("fuzz-snapshots: broken: \(text())\n".utf8))
  abort()
}
