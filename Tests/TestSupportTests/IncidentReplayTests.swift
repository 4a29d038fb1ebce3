import CustodyCore
import Foundation
import Records
import TestSupport
import Testing

@testable import incident_replay

struct IncidentReplayTests {
  @Test func itemsAreCountedExactly() {
    let truth = IncidentSnapshot().truth
    #expect(truth.biometricItems == 190)
    #expect(truth.distinctBiometricItems == 106)
    let items = truth.classes.mapValues(\.items)
    #expect(
      items == [
        .faceImage: 128, .plateImage: 6, .fingerImage: 39, .fingerTemplate: 15, .irisImage: 8, .identityDocument: 2,
        .identityMRZ: 4, .identityRecord: 7, .plateRead: 8,
      ])
    #expect(truth.firstCapture.hasPrefix("2018-08-14"))
    #expect(truth.lastCapture.hasPrefix("2019-01-10"))
  }

  @Test func snapshotHasTheSameBytesEveryTime() {
    let tar = IncidentSnapshot().tar()
    #expect(!tar.isEmpty)
    #expect(tar == IncidentSnapshot().tar())
  }

  /// `expected.json` is what a scan must find; here it is held to what the builder put in.
  @Test func expectedCountsAreTheBuildersOwn() throws {
    let file = Corpus.package.appendingPathComponent("examples/incident-replay/expected.json")
    let expected = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? NSDictionary)
    let bytes = JSONWriter.pretty(IncidentSnapshot().truth.document)
    let truth = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? NSDictionary)
    #expect(expected["contents"] as? NSDictionary == truth)
  }
}
