import CustodyCore
import TestSupport
import Testing

@testable import Detection

/// Asks one detector about a whole entry, at every place its triggers match, as the framework would.
enum InterchangeHarness {
  static func run(_ detector: any Detector, _ bytes: [UInt8], kind: ContentKind = .unknown) -> [Observation] {
    bytes.withUnsafeBytes { buffer in
      var out: [Observation] = []
      var at = 0
      let span = buffer.bytes
      let triggers = detector.descriptor.triggers
      let context = DetectionContext(windowOffset: 0, windowReachesEnd: true, windowIsFinal: true, kind: kind)
      func ask() -> Bool {
        guard case .found(let observations, let length, _) = detector.detect(span, at: at, context: context) else {
          return false
        }
        out += observations
        at += max(1, length)
        return true
      }
      let isHead = triggers.contains {
        switch $0 {
        case .head(let pattern): span.has(pattern, at: 0)
        case .whole, .kind, .opening: true
        case .anywhere, .text: false
        }
      }
      if isHead, ask() {}
      let patterns: [[UInt8]] = triggers.compactMap {
        if case .anywhere(let pattern, _) = $0 { return pattern }
        return nil
      }
      // Two bytes of look-up keep this fast without optimization.
      let begins = UnsafeMutablePointer<Bool>.allocate(capacity: 1 << 16)
      defer { begins.deallocate() }
      begins.initialize(repeating: false, count: 1 << 16)
      for pattern in patterns { begins[Int(pattern[0]) << 8 | Int(pattern[1])] = true }
      guard let base = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), !patterns.isEmpty else { return out }
      while at < buffer.count - 1 {
        if begins[Int(base[at]) << 8 | Int(base[at + 1])], patterns.contains(where: { span.has($0, at: at) }), ask() {
          continue
        }
        at += 1
      }
      return out
    }
  }

  /// `class strength xcount`, counts of equal class and strength added up, sorted.
  static func summary(_ observations: [Observation]) -> [String] {
    var counts: [String: Int] = [:]
    for seen in observations {
      counts["\(seen.dataClass.rawValue) \(seen.strength.rawValue)", default: 0] += seen.count
    }
    return counts.map { "\($0.key) x\($0.value)" }.sorted()
  }

  static let detectors: [any Detector] = [
    TransactionFile(), TransactionXML(), CBEFFXML(), BioAPIRecord(), PIVObject(), LDSFile(), MRZText(),
  ]

  /// A generator with a fixed seed.
  struct Random: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state
    }
  }
}
