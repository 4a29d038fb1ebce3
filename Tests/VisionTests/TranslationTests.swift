import CVision
import CustodyCore
import Testing
import Vision
import VisionProtocol

@testable import custody_vision

/// From the C structure to the words of an inventory.
@Suite struct TranslationTests {
  /// `custody detectors` lists what the worker says it has.
  @Test func theCatalogueIsTheWorkers() {
    #expect(VisionCatalog.names.sorted() == Translation.detectors.sorted())
  }

  static func verdict(
    _ hits: [cv_hit], width: UInt32 = 640, height: UInt32 = 480, frames: UInt32 = 1, video: Bool = false,
    _ change: (UnsafeMutablePointer<cv_verdict>) -> Void = { _ in }
  ) -> VisionVerdict {
    let v = UnsafeMutablePointer<cv_verdict>.allocate(capacity: 1)
    defer { v.deallocate() }
    v.initialize(to: cv_verdict())
    v.pointee.width = width
    v.pointee.height = height
    v.pointee.frames = frames
    v.pointee.frames_examined = frames
    v.pointee.hash_quality = -1
    v.pointee.hit_count = UInt32(hits.count)
    let room = UnsafeMutablePointer(mutating: cv_verdict_hits(v))
    for (i, hit) in hits.enumerated() { room?[i] = hit }
    change(v)
    return Translation.verdict(v, size: 1000, video: video)
  }
  static func hit(
    _ what: Int, _ strength: Int = CV_STRONG, detail: Int = 0, height: Int32 = 60, frame: UInt32 = 0, score: Float = 1
  ) -> cv_hit {
    var hit = cv_hit()
    hit.what = UInt8(what)
    hit.strength = UInt8(strength)
    hit.detail = UInt8(detail)
    hit.height = height
    hit.frame = frame
    hit.score = score
    return hit
  }

  @Test func facesAreGroupedByStrength() throws {
    let v = Self.verdict([
      Self.hit(CV_FACE, CV_WEAK, height: 30, score: 0.1), Self.hit(CV_FACE, height: 50, score: 1.2345),
      Self.hit(CV_FACE, detail: CV_PROFILE, height: 70),
    ])
    #expect(v.disposition == .examined)
    #expect(v.attributes == ["width": 640, "height": 480])
    try #require(v.observations.count == 2)
    #expect(
      v.observations[0]
        == Observation(
          .faceImage, detector: "face.hog", version: 1, strength: .strong, count: 2,
          attributes: [
            "score": 1235, "faces": 2, "faceMin": 50, "faceMax": 70, "profiles": 1, "layout": "scene",
          ]))
    #expect(v.observations[1].strength == .weak)
    #expect(v.observations[1].count == 1)
  }

  @Test func layoutTellsPortraitsFromCrowds() {
    func layout(_ hits: [cv_hit]) -> AttributeValue? { Self.verdict(hits).observations[0].attributes["layout"] }
    #expect(layout([Self.hit(CV_FACE, height: 120)]) == "portrait")
    #expect(layout([Self.hit(CV_FACE, height: 119)]) == "scene")
    #expect(layout(Array(repeating: Self.hit(CV_FACE), count: 5)) == "crowd")
  }

  @Test func platesCarryCodesAndNoReading() throws {
    var read = Self.hit(CV_PLATE, detail: CV_REGION_EU)
    read.has_mac = 1
    withUnsafeMutableBytes(of: &read.mac) { $0.copyBytes(from: Array(0..<16)) }
    let v = Self.verdict([read, read, Self.hit(CV_PLATE, CV_WEAK)])
    try #require(v.observations.count == 2)
    #expect(v.observations[0].detector == "plate.read")
    #expect(v.observations[0].attributes["region"] == "eu")
    #expect(v.observations[0].attributes["mac"] == "000102030405060708090a0b0c0d0e0f")
    #expect(v.observations[1].detector == "plate.rows")
    #expect(v.observations[1].strength == .weak)
  }

  @Test func aVideoCountsOnePictureOfIt() {
    let hits = (0..<10).map { Self.hit(CV_FACE, frame: UInt32($0 / 2)) }
    let v = Self.verdict(hits, frames: 8, video: true) { $0.pointee.dropped.1 = 7 }
    #expect(v.observations[0].count == 2)
    #expect(v.observations[0].attributes["sightings"] == 17)
    #expect(v.observations[0].attributes["framesSeen"] == 5)
    #expect(Self.verdict(hits, frames: 8).observations[0].count == 10)
  }

  @Test func whatTheStructureMayHoldIsMadePresentable() throws {
    let v = Self.verdict([Self.hit(CV_MRZ, CV_PROOF, detail: 200), Self.hit(99), Self.hit(CV_IRIS, 77, score: .nan)]) {
      v in
      v.pointee.disposition = 200
      v.pointee.note_count = 1000
      v.pointee.fact_count = 1
      v.pointee.child_count = 1
      v.pointee.hash_quality = 50
      UnsafeMutablePointer(mutating: cv_verdict_reason(v))?[0] = 0x20
      for i in 0..<Int(CV_WORD_LENGTH) { UnsafeMutablePointer(mutating: cv_verdict_format(v))?[i] = -1 }
      if let children = UnsafeMutablePointer(mutating: cv_verdict_children(v)) {
        children[0].offset = .max
        children[0].length = 5
      }
    }
    #expect(v.disposition == .limited)
    #expect(v.reason?.rawValue == "_")
    #expect(v.children.isEmpty)
    #expect(v.hash?.quality == 50)
    #expect(v.entryAttributes["pdqQuality"] == 50)
    #expect(v.observations.map(\.dataClass) == [.identityMRZ, .irisImage])
    // Whatever came of it, the client takes it.
    #expect(try VisionVerdict(document: v.document, size: 1000) == v)
  }
}
