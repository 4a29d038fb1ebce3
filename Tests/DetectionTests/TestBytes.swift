import CustodyCore

@testable import Detection

/// A small generator with a fixed seed: tests repeat exactly.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
  mutating func below(_ n: Int) -> Int { Int(next() % UInt64(max(1, n))) }
  mutating func bytes(_ n: Int) -> [UInt8] { (0..<n).map { _ in UInt8(truncatingIfNeeded: next()) } }
}

/// Examines bytes in one piece.
func examine(_ bytes: [UInt8], catalog: CompiledCatalog = .standard, name: String = "") -> EntryFacts {
  bytes.withUnsafeBytes { EntryExaminer.examineWhole($0, catalog: catalog, name: Array(name.utf8)) }
}

/// Examines bytes in pieces of the given sizes, repeated until all is consumed.
func examine(
  _ bytes: [UInt8], chunks: [Int], catalog: CompiledCatalog = .standard, name: String = ""
) -> EntryFacts {
  var examiner = EntryExaminer(catalog: catalog, name: Array(name.utf8))
  var at = 0
  var i = 0
  while at < bytes.count {
    let count = min(max(1, chunks[i % chunks.count]), bytes.count - at)
    // A copy that dies after the call, so that a stale pointer shows.
    let chunk = Array(bytes[at..<(at + count)])
    chunk.withUnsafeBytes { examiner.consume($0) }
    at += count
    i += 1
  }
  return examiner.finish()
}

/// `class strength xcount` of every observation.
func summary(_ facts: EntryFacts) -> [String] {
  facts.observations.map { "\($0.dataClass.rawValue) \($0.strength.rawValue) x\($0.count)" }.sorted()
}

func be32(_ n: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: n >> (24 - 8 * $0)) } }
func le32(_ n: Int) -> [UInt8] { be32(n).reversed() }
func be16(_ n: Int) -> [UInt8] { [UInt8(truncatingIfNeeded: n >> 8), UInt8(truncatingIfNeeded: n)] }
func le16(_ n: Int) -> [UInt8] { be16(n).reversed() }
