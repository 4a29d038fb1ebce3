import CustodyCore
import Testing

@testable import Detection

@Suite struct RecordExampleTests {
  @Test(arguments: RecordHarness.detectors.indices)
  func examplesHold(_ index: Int) {
    let detector = RecordHarness.detectors[index]
    let descriptor = detector.descriptor
    for example in descriptor.positives + descriptor.negatives {
      let said = RecordHarness.texts(example.bytes(), with: detector)
      #expect(said == example.expected, "\(descriptor.name): \(example.name)")
    }
    #expect(!descriptor.positives.isEmpty && !descriptor.negatives.isEmpty)
    for example in descriptor.positives { #expect(!example.expected.isEmpty, "\(example.name)") }
  }

  /// A record inside something larger gives the same answer, at its own place and for its own length.
  @Test(arguments: RecordHarness.detectors.indices)
  func carvingFindsTheSame(_ index: Int) {
    let detector = RecordHarness.detectors[index]
    for example in detector.descriptor.positives {
      let record = example.bytes()
      let hits = RecordHarness.scan(
        SyntheticImage.noise(333) + record + SyntheticImage.noise(5000), with: [detector])
      #expect(hits.flatMap(\.text) == example.expected, "\(example.name)")
      for observation in hits.flatMap(\.observations) {
        #expect(observation.place == Place(offset: 333, length: UInt64(record.count)), "\(example.name)")
      }
    }
  }

  /// A window that ends too early is asked to grow, and the answer is then that of the whole.
  @Test(arguments: RecordHarness.detectors.indices)
  func windowsGrow(_ index: Int) {
    let detector = RecordHarness.detectors[index]
    for example in detector.descriptor.positives {
      let entry = example.bytes() + SyntheticImage.noise(3000)
      guard let start = RecordHarness.patterns(detector).flatMap({ RecordHarness.offsets(of: $0, in: entry) }).min()
      else {
        Issue.record("no trigger in \(example.name)")
        continue
      }
      var window = start + 8
      var rounds = 0
      while rounds < 40, window < entry.count,
        case .needsMore(let total) = RecordHarness.ask(
          detector, Array(entry[..<window]), at: start, reachesEnd: false, isFinal: false)
      {
        #expect(total > window - start, "\(example.name)")
        window = min(entry.count, start + total)
        rounds += 1
      }
      #expect(rounds > 0 && rounds < 40, "\(example.name)")
      let answer = RecordHarness.ask(
        detector, Array(entry[..<window]), at: start, reachesEnd: window == entry.count, isFinal: true)
      guard case .found(let observations, _, _) = answer else {
        Issue.record("nothing in \(example.name)")
        continue
      }
      let said = observations.map { "\($0.dataClass.rawValue) \($0.strength.rawValue) x\($0.count)" }
      #expect(said == example.expected, "\(example.name)")
    }
  }

  /// A record larger than any window is judged by what can be seen, and never asks again.
  @Test func finalWindowsDecide() throws {
    let record = FingerImageExamples.edition2005(
      [FingerImageExamples.raw(1), FingerImageExamples.raw(2), FingerImageExamples.raw(3)], compression: 0)
    let window = Array(record[..<(record.count - 500)])
    let answer = RecordHarness.ask(FingerImageDetector(), window, at: 0, reachesEnd: false, isFinal: true)
    guard case .found(let observations, let length, _) = answer else {
      Issue.record("nothing")
      return
    }
    #expect(observations.map(\.strength) == [.proof])
    #expect(length == window.count)
    let missing = RecordHarness.ask(FingerImageDetector(), window, at: 0)
    guard case .found(let damaged, _, _) = missing else {
      Issue.record("nothing")
      return
    }
    #expect(damaged.map(\.strength) == [.strong])
  }

  @Test func namesAreUniqueAndStated() {
    let names = RecordHarness.detectors.map(\.descriptor.name)
    #expect(Set(names).count == names.count)
    for detector in RecordHarness.detectors {
      #expect(!detector.descriptor.sources.isEmpty && !detector.descriptor.limits.isEmpty)
      for pattern in RecordHarness.patterns(detector) { #expect((2...8).contains(pattern.count)) }
    }
  }
}
