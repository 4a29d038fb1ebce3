import CustodyCore
import Foundation
import Glibc
import Snapshots
import TestSupport
import Testing

/// Counts what a reader does instead of keeping it, and notes what breaks the contract of a sink.
final class CountingSink: EntrySink {
  var open: Set<Int> = []
  var entries = 0
  var bytes: UInt64 = 0
  var zeros: UInt64 = 0
  var calls = 0
  var faults: [String] = []
  func snapshotBlock(_ block: Block) {}
  func begin(_ entry: EntryHeader) -> Int {
    entries += 1
    open.insert(entries)
    return entries
  }
  func data(_ bytes: UnsafeRawBufferPointer, of token: Int) {
    calls += 1
    self.bytes += UInt64(bytes.count)
    if !open.contains(token) { faults.append("data of what is not open") }
  }
  func zeros(_ count: UInt64, of token: Int) {
    calls += 1
    zeros = zeros.addingReportingOverflow(count).partialValue
  }
  func end(_ token: Int, _ outcome: EntryOutcome) {
    if open.remove(token) == nil { faults.append("ended twice") }
    if (outcome.disposition == nil) != (outcome.reason == nil) { faults.append("a disposition without reason") }
  }
}

/// Damages a container in many ways and holds the reader to its bounds. `CUSTODY_MUTATIONS` asks for more than the suite
/// has time for.
struct Mutations {
  static var rounds: Int { ProcessInfo.processInfo.environment["CUSTODY_MUTATIONS"].flatMap { Int($0) } ?? 100 }

  private let folder: Folder

  init() throws { folder = try Folder() }

  /// Reads it as the file `x` and checks what must hold after any input.
  func examine(_ bytes: [UInt8], _ what: String) throws {
    let path = folder.path + "/x"
    let descriptor = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0o600)
    defer { close(descriptor) }
    let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    #expect(written == bytes.count)
    let sink = CountingSink()
    let start = ContinuousClock.now
    _ = try SnapshotReader(limits: SnapshotLimits()).read(.path(path), into: sink)
    let time = ContinuousClock.now - start
    #expect(sink.faults.isEmpty && sink.open.isEmpty, "\(what): \(sink.faults)")
    #expect(sink.entries < 20_000 && sink.bytes < 1 << 30 && sink.calls < 200_000, "\(what): \(sink.entries) entries")
    #expect(time < .seconds(20), "\(what) took \(time)")
  }

  /// - Parameter structure: where the tables are; every second change is there.
  func mutate(_ bytes: [UInt8], structure: Range<Int>, _ name: String) throws {
    let places = bytes.indices.filter { bytes[$0] != 0 && bytes[$0] != 0x2E }
    var generator = SeededGenerator(seed: 20_190_531)
    for round in 0..<Self.rounds {
      var broken = bytes
      for _ in 0..<Int.random(in: 1...5, using: &generator) {
        let at =
          Bool.random(using: &generator)
          ? Int.random(in: structure.clamped(to: bytes.indices), using: &generator)
          : places[Int.random(in: 0..<places.count, using: &generator)]
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: broken[at] = 0xFF
        case 1: broken[at] = UInt8.random(in: 0...255, using: &generator)
        case 2: for i in at..<min(at + 8, broken.count) { broken[i] = 0xFF }
        default: broken[at] ^= 1 << UInt8.random(in: 0...7, using: &generator)
        }
      }
      try examine(broken, "\(name), round \(round)")
    }
  }

  func truncate(_ bytes: [UInt8], _ name: String) throws {
    for length in stride(from: 16, to: bytes.count, by: max(1, bytes.count / 60)) {
      try examine(Array(bytes[0..<length]), "\(name), \(length) bytes")
    }
  }
}
