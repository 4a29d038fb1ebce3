import CustodyCore
import Testing

@testable import Detection

/// Whatever the bytes, detectors answer, and damage never becomes proof of more than is there.
@Suite struct InterchangeHostileTests {
  private static func contexts(_ count: Int) -> [DetectionContext] {
    [
      DetectionContext(windowOffset: 0, windowReachesEnd: true, windowIsFinal: true, kind: .unknown),
      DetectionContext(windowOffset: 4096, windowReachesEnd: false, windowIsFinal: false, kind: .unknown),
      DetectionContext(windowOffset: 1 << 40, windowReachesEnd: false, windowIsFinal: true, kind: .text),
    ]
  }

  /// Asks at the places where anything could begin, checks the answer's form.
  private static func ask(_ detector: any Detector, _ bytes: [UInt8], at places: [Int]) {
    bytes.withUnsafeBytes { buffer in
      for context in contexts(bytes.count) {
        for at in places where at <= bytes.count {
          switch detector.detect(buffer.bytes, at: at, context: context) {
          case .nothing, .limited, .containing, .naming, .unpacking: break
          case .needsMore(let total):
            #expect(!context.windowIsFinal && total > 0)
          case .found(let observations, let length, _):
            #expect(length >= 1 && length <= max(1, bytes.count - at))
            for seen in observations { #expect(seen.count >= 1 && seen.count < 1 << 20) }
          }
        }
      }
    }
  }

  private static func places(_ detector: any Detector, _ bytes: [UInt8]) -> [Int] {
    var out: Set<Int> = [0]
    bytes.withUnsafeBytes { buffer in
      for case .anywhere(let pattern, _) in detector.descriptor.triggers {
        var from = 0
        while out.count < 4, from < bytes.count {
          if buffer.bytes.has(pattern, at: from) { out.insert(from) }
          from += 1
        }
      }
    }
    return out.sorted()
  }

  @Test(arguments: InterchangeHarness.detectors.indices)
  func truncatedAtEveryOffset(_ index: Int) {
    let detector = InterchangeHarness.detectors[index]
    for example in detector.descriptor.positives where example.bytes().count < 9000 {
      let bytes = example.bytes()
      let places = Self.places(detector, bytes)
      for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 150)) {
        Self.ask(detector, Array(bytes[..<count]), at: places)
      }
      for count in max(0, bytes.count - 40)..<bytes.count { Self.ask(detector, Array(bytes[..<count]), at: places) }
    }
  }

  @Test(arguments: InterchangeHarness.detectors.indices)
  func lengthsAndCountsOfAnyValue(_ index: Int) {
    let detector = InterchangeHarness.detectors[index]
    let values: [[UInt8]] = [
      [0, 0, 0, 0], [0, 0, 0, 1], [0x7F, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF], [0xFF], [0],
      [0x84, 0xFF, 0xFF, 0xFF, 0xFF], [0x39, 0x39, 0x39, 0x39, 0x39, 0x39, 0x39, 0x39, 0x39, 0x39],
    ]
    for example in detector.descriptor.positives {
      let bytes = example.bytes()
      let places = Self.places(detector, bytes)
      for at in stride(from: 0, to: min(bytes.count, 600), by: 4) {
        let value = values[at / 4 % values.count]
        var changed = bytes
        for (i, byte) in value.enumerated() where at + i < changed.count { changed[at + i] = byte }
        Self.ask(detector, changed, at: places)
      }
    }
  }

  @Test(arguments: InterchangeHarness.detectors.indices)
  func randomMutations(_ index: Int) {
    let detector = InterchangeHarness.detectors[index]
    var random = InterchangeHarness.Random(state: 0xD1B5_4A32_D192_ED03)
    for example in detector.descriptor.positives {
      let bytes = example.bytes()
      let places = Self.places(detector, bytes)
      for _ in 0..<40 {
        var changed = bytes
        for _ in 0..<Int(1 + random.next() % 6) {
          let at = Int(random.next() % UInt64(min(changed.count, 900)))
          changed[at] = UInt8(truncatingIfNeeded: random.next())
        }
        Self.ask(detector, changed, at: places)
      }
    }
  }

  @Test func magicAtTheLastBytes() {
    for detector in InterchangeHarness.detectors {
      for trigger in detector.descriptor.triggers {
        guard case .anywhere(let pattern, _) = trigger else { continue }
        for count in 1...pattern.count {
          let bytes = InterchangeParts.noise(20) + pattern.prefix(count)
          Self.ask(detector, bytes, at: [20])
        }
      }
    }
  }

  @Test func nestingOfAHundred() {
    var group: [UInt8] = InterchangeParts.minutiae
    for _ in 0..<100 { group = LDSExample.group([group], 8, 2) }
    Self.ask(LDSFile(), group, at: [0])
    let birs = String(repeating: "<BIR xmlns=\"http://standards.iso.org/iso-iec/19785/-3/ed-2/\">", count: 400)
    Self.ask(CBEFFXML(), Array(birs.utf8), at: [45])
    let deep = "<NISTBiometricInformationExchangePackage>" + String(repeating: "<a>", count: 5000)
    Self.ask(TransactionXML(), Array(deep.utf8), at: [1])
  }

  /// A document type with entities that would grow without end is stepped over.
  @Test func entitiesAreNotExpanded() {
    let bomb =
      "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]>"
      + PackageExample.package([PackageExample.finger]).dropFirst(39).replacing("2026-01-02", with: "&b;&b;&b;")
    let seen = InterchangeHarness.run(TransactionXML(), Array(bomb.utf8))
    #expect(InterchangeHarness.summary(seen) == ["finger.image proof x1"])
  }

  /// Adverse texts cost time in proportion to their length.
  @Test func longRunsStayCheap() {
    let texts: [[UInt8]] = [
      [UInt8](repeating: 0x3C, count: 60_000), Array(String(repeating: "A<<", count: 6_000).utf8),
      Array(String(repeating: "P<UTO", count: 2_000).utf8),
      Array(String(repeating: "1.001:99\u{1D}1.002:", count: 500).utf8),
      Array(repeating: [0x7F, 0x61], count: 8000).flatMap { $0 },
    ]
    for text in texts {
      for detector in InterchangeHarness.detectors { _ = InterchangeHarness.run(detector, text) }
    }
    #expect(texts.count == 5)
  }
}
