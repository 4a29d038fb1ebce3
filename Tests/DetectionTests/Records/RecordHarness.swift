import CustodyCore
import Glibc

@testable import Detection

/// Runs the detectors of this folder without the framework around them.
enum RecordHarness {
  static let detectors: [any Detector] =
    [FMRDetector(), FingerImageDetector(), WSQDetector(), FaceDetector(), IrisDetector()]
    + ISO39794Detector.all + FramedRecordDetector.all

  struct Hit {
    var offset: Int
    var detector: String
    var observations: [Observation]
    var length: Int
    var text: [String] { observations.map { "\($0.dataClass.rawValue) \($0.strength.rawValue) x\($0.count)" } }
  }

  /// The detector's patterns.
  static func patterns(_ detector: any Detector) -> [[UInt8]] {
    detector.descriptor.triggers.compactMap {
      if case .anywhere(let pattern, _) = $0 { pattern } else { nil }
    }
  }

  /// Every offset at which `pattern` stands.
  static func offsets(of pattern: [UInt8], in bytes: [UInt8]) -> [Int] {
    var found: [Int] = []
    bytes.withUnsafeBytes { all in
      guard let base = all.baseAddress else { return }
      var at = 0
      while at + pattern.count <= all.count, let hit = memchr(base + at, Int32(pattern[0]), all.count - at) {
        at = UnsafeRawPointer(hit) - base
        if at + pattern.count <= all.count, memcmp(hit, pattern, pattern.count) == 0 { found.append(at) }
        at += 1
      }
    }
    return found
  }

  static func ask(
    _ detector: any Detector, _ bytes: [UInt8], at start: Int, reachesEnd: Bool = true, isFinal: Bool = true
  ) -> Detection {
    let context = DetectionContext(
      windowOffset: 0, windowReachesEnd: reachesEnd, windowIsFinal: isFinal, kind: .unknown)
    return detector.detect(bytes.span.bytes, at: start, context: context)
  }

  /// All triggers at all offsets; nothing is skipped, not even inside what was already found.
  static func scan(_ bytes: [UInt8], with list: [any Detector] = detectors) -> [Hit] {
    list.flatMap { detector in
      patterns(detector).flatMap { offsets(of: $0, in: bytes) }.sorted().compactMap { offset in
        guard case .found(let observations, let length, _) = ask(detector, bytes, at: offset) else { return nil }
        return Hit(offset: offset, detector: detector.descriptor.name, observations: observations, length: length)
      }
    }
  }

  /// What a scan says of `bytes`, as examples write it.
  static func texts(_ bytes: [UInt8], with detector: any Detector) -> [String] {
    scan(bytes, with: [detector]).flatMap(\.text)
  }

  static func strongest(_ bytes: [UInt8], with detector: any Detector) -> Strength? {
    scan(bytes, with: [detector]).flatMap(\.observations).map(\.strength).max()
  }
}

/// Repeatable numbers for tests (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
