import CustodyCore
import TestSupport
import Testing

@testable import Detection

@Suite struct InterchangeExampleTests {
  @Test(arguments: InterchangeHarness.detectors.indices)
  func examplesGiveWhatTheySay(_ index: Int) {
    let detector = InterchangeHarness.detectors[index]
    #expect(detector.descriptor.positives.count >= 2 && detector.descriptor.negatives.count >= 2)
    for example in detector.descriptor.positives + detector.descriptor.negatives {
      let seen = InterchangeHarness.summary(InterchangeHarness.run(detector, example.bytes()))
      #expect(seen == example.expected.sorted(), "\(detector.descriptor.name): \(example.name)")
    }
    for example in detector.descriptor.positives { #expect(!example.expected.isEmpty) }
  }

  /// Class and strength of every observation are among those the descriptor names, and its place is inside the entry.
  @Test(arguments: InterchangeHarness.detectors.indices)
  func observationsKeepTheDescriptor(_ index: Int) {
    let detector = InterchangeHarness.detectors[index]
    for example in detector.descriptor.positives + detector.descriptor.negatives {
      let bytes = example.bytes()
      for seen in InterchangeHarness.run(detector, bytes) {
        #expect(detector.descriptor.dataClasses.contains(seen.dataClass), "\(seen.dataClass)")
        #expect(detector.descriptor.strengths.contains(seen.strength))
        #expect(seen.detector == detector.descriptor.name && seen.count >= 1)
        let place = seen.place ?? Place(offset: .max, length: 0)
        #expect(
          place.offset <= UInt64(bytes.count)
            && place.length <= UInt64(bytes.count) - min(place.offset, UInt64(bytes.count)))
      }
    }
  }

  /// Examples of one detector are nothing above weak to the others, unless they hold the other's record.
  @Test func examplesOfOthersAreNotTaken() {
    for detector in InterchangeHarness.detectors {
      for other in InterchangeHarness.detectors where other.descriptor.name != detector.descriptor.name {
        for example in other.descriptor.negatives {
          let seen = InterchangeHarness.run(detector, example.bytes()).filter { $0.strength == .proof }
          #expect(seen.isEmpty, "\(detector.descriptor.name) on \(other.descriptor.name): \(example.name)")
        }
      }
    }
  }
}
