import CustodyCore
import Testing
import VisionProtocol

@Suite struct ProtocolTests {
  static let full = VisionVerdict(
    .limited, Reason(rawValue: "frame-limit"), notes: ["32 of 40 pages"],
    attributes: ["width": 640, "gps": true, "capturedAt": "2018-11-02T14:02:58"],
    observations: [
      Observation(
        .plateImage, detector: "plate.read", version: 1, strength: .strong, count: 2, attributes: ["region": "us"])
    ],
    children: [VisionVerdict.Child(place: Place(offset: 10, length: 90), role: "thumbnail")],
    hash: Digest(Array(repeating: 7, count: 32)).map { VisionVerdict.PerceptualHash(bits: $0, quality: 88) })

  @Test func aVerdictComesBackAsItWas() throws {
    #expect(try VisionVerdict(document: Self.full.document, size: 100) == Self.full)
    let plain = VisionVerdict(.examined)
    #expect(String(decoding: plain.document, as: UTF8.self) == #"{"disposition":"examined"}"#)
    #expect(try VisionVerdict(document: plain.document, size: 0) == plain)
  }

  @Test(arguments: [
    "", "{}", "[]", #"{"disposition":"fine"}"#, #"{"disposition":"failed"}"#,
    #"{"disposition":"examined","reason":"corrupt"}"#, #"{"disposition":"failed","reason":"no word"}"#,
    #"{"disposition":"examined","extra":1}"#, #"{"disposition":"examined","attributes":{"a b":1}}"#,
    #"{"disposition":"examined","attributes":{"a":1.5}}"#, #"{"disposition":"examined","attributes":{"a":[]}}"#,
    #"{"disposition":"examined","attributes":{"a":"\u001b[2J"}}"#, #"{"disposition":"examined","notes":["\n"]}"#,
    #"{"disposition":"examined","hash":"00","hashQuality":5}"#,
    #"{"disposition":"examined","children":[{"offset":50,"length":51,"role":"thumbnail"}]}"#,
    #"{"disposition":"examined","children":[{"offset":"18446744073709551615","length":2,"role":"thumbnail"}]}"#,
    #"{"disposition":"examined","observations":[{"dataClass":"face.image","detector":"d","version":1,"strength":"weak","count":0}]}"#,
    #"{"disposition":"examined","observations":[{"dataClass":"face.image","detector":"d","version":1,"strength":"weak","count":1,"place":{}}]}"#,
    #"{"disposition":"examined","observations":[{"dataClass":"face","detector":"d","version":1,"strength":"weak","count":1}]}"#,
    #"{"disposition":"examined"} "x""#,
  ])
  func anythingElseIsRefused(text: String) {
    #expect(throws: Complaint.self) { try VisionVerdict(document: Array(text.utf8), size: 100) }
  }

  @Test func excessIsRefused() {
    var many = VisionVerdict(.examined)
    many.notes = Array(repeating: "a", count: 17)
    #expect(throws: Complaint.self) { try VisionVerdict(document: many.document, size: 0) }
    many.notes = [String(repeating: "a", count: 257)]
    #expect(throws: Complaint.self) { try VisionVerdict(document: many.document, size: 0) }
    many.notes = []
    for i in 0..<49 { many.attributes["a\(i)"] = 1 }
    #expect(throws: Complaint.self) { try VisionVerdict(document: many.document, size: 0) }
  }

  @Test func settingsAndFactsComeBackAsTheyWere() throws {
    let settings = VisionSettings(
      profile: "ci", overrides: ["face_strong": 0.5, "max_frames": 3], memory: 1 << 29, linkKey: [1, 2, 255])
    #expect(try VisionSettings(document: settings.document) == settings)
    let facts = VisionWorkerFacts(
      name: "w", detectors: ["face.hog/1"], libraries: "a 1.2, b", pictureBytes: 1000, sandbox: ["landlock": 7])
    #expect(try VisionWorkerFacts(document: facts.document) == facts)
  }

  @Test func headersAreBounded() throws {
    func header(_ bytes: [UInt8]) throws(ProtocolFault) -> FrameHeader { try FrameHeader(bytes) }
    let good: [UInt8] = [0, 0, 0, 12, 1, 5, 0, 0, 0, 0, 1, 2]
    let parsed = try header(good)
    #expect(parsed.kind == .need)
    #expect(parsed.length == 12)
    #expect(parsed.job == 258)
    for (at, value) in [(4, 2), (6, 1), (7, 1), (3, 13)] {
      var bad = good
      bad[at] = UInt8(value)
      #expect(throws: ProtocolFault.self) { try header(bad) }
    }
    #expect(throws: ProtocolFault.self) { try header([0x7F, 0, 0, 0, 1, 200, 0, 0, 0, 0, 0, 0]) }
    #expect(throws: ProtocolFault.self) { try header([1]) }
    let request = ByteRequest(offset: 0x0102_0304_0506_0708, length: 9)
    #expect(ByteRequest(request.payload) == request)
    #expect(VideoSize.read(VideoSize.payload(1 << 40)) == 1 << 40)
  }
}
