import CustodyCore
import Testing

@testable import Detection

/// OLE2 compound files: scattered, in order, damaged.
@Suite struct CompoundFileTests {
  private func templates(_ bytes: [UInt8]) -> [Observation] {
    bytes.withUnsafeBytes { EntryExaminer.examineWhole($0, name: Array("a.doc".utf8)) }.observations.filter {
      $0.dataClass == .fingerTemplate && $0.strength == .proof
    }
  }

  @Test func streamsAreReadWhole() throws {
    let stream = (0..<9000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    for scattered in [true, false] {
      let bytes = CompoundExample.file(stream: stream, scattered: scattered)
      try bytes.withUnsafeBytes { raw in
        guard let file = CompoundFile(RawSpan(_unsafeBytes: raw)) else {
          Issue.record("no compound file")
          return
        }
        let data = try #require(file.streams.first)
        let content = file.content(of: data)
        #expect(data.name == "Data" && content.bytes == stream && content.isContiguous == !scattered)
      }
    }
  }

  @Test("a record is seen once, whether it lies in one piece or in two")
  func once() {
    let record = FMRExamples.iso2005()
    for scattered in [true, false] {
      let found = templates(CompoundExample.file(stream: CompoundExample.padded(record), scattered: scattered))
      #expect(found.count == 1)
    }
    // In one sector of a scattered stream both ways of looking find it, at one place.
    let inside = [UInt8](repeating: 0x20, count: 1600) + record + [UInt8](repeating: 0x20, count: 4096)
    let places = Set(templates(CompoundExample.file(stream: inside, scattered: true)).compactMap { $0.place?.offset })
    #expect(places.count == 1)
  }

  @Test("damaged files harm nobody")
  func mutations() {
    let good = CompoundExample.file(stream: CompoundExample.padded(FMRExamples.iso2005()), scattered: true)
    var state: UInt64 = 9
    func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    for _ in 0..<10_000 {
      var bytes = good
      for _ in 0...next(5) { bytes[next(3) == 0 ? next(bytes.count) : next(1536)] = UInt8(next(256)) }
      if next(8) == 0 { bytes.removeLast(next(bytes.count - 1536)) }
      bytes.withUnsafeBytes { raw in
        guard let file = CompoundFile(RawSpan(_unsafeBytes: raw)) else { return }
        for stream in file.streams { #expect(file.content(of: stream).bytes.count <= bytes.count) }
      }
    }
  }
}
