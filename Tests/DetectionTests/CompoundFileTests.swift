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
    var (parsed, streams) = (0, 0)
    for _ in 0..<10_000 {
      var bytes = good
      for _ in 0...next(5) { bytes[next(3) == 0 ? next(bytes.count) : next(1536)] = UInt8(next(256)) }
      if next(8) == 0 { bytes.removeLast(next(bytes.count - 1536)) }
      bytes.withUnsafeBytes { raw in
        guard let file = CompoundFile(RawSpan(_unsafeBytes: raw)) else { return }
        parsed += 1
        for stream in file.streams {
          streams += 1
          #expect(file.content(of: stream).bytes.count <= bytes.count)
        }
      }
    }
    // Damage that stops every reader at the door would show nothing.
    #expect(parsed > 5000 && streams > 3000, "\(parsed) parsed, \(streams) streams")
  }

  /// A table of small sectors that leads back to itself, and many streams that begin in it.
  @Test func chainsThatLeadBackEnd() throws {
    var bytes = CompoundExample.file(stream: [UInt8](repeating: 0x20, count: 5000), scattered: false)
    // Sector 2 is the table of small sectors, its own successor; small sector 1 follows itself; the root's stream too.
    bytes.replaceSubrange(60..<64, with: le32(2))
    bytes.replaceSubrange((512 + 8)..<(512 + 12), with: le32(2))
    bytes.replaceSubrange((512 + 1024)..<(512 + 1536), with: (0..<128).flatMap { _ in le32(1) })
    let root = 1024
    bytes.replaceSubrange((root + 116)..<(root + 124), with: le32(2) + le32(1 << 20))
    // Two more streams of the smallest kind, and one that says it is larger than the file.
    for (i, size) in [(1, 4095), (2, 100), (3, 0x7FFF_FFFF)] {
      let entry = root + 128 * i
      bytes.replaceSubrange(entry..<(entry + 2), with: [0x61, 0])
      bytes.replaceSubrange((entry + 64)..<(entry + 67), with: [4, 0, 2])
      bytes.replaceSubrange((entry + 116)..<(entry + 124), with: le32(size > 4096 ? 2 : 1) + le32(size))
    }
    try bytes.withUnsafeBytes { raw in
      guard let file = CompoundFile(RawSpan(_unsafeBytes: raw)) else {
        Issue.record("no compound file")
        return
      }
      #expect(file.damaged > 0 && file.streams.count == 3)
      for stream in file.streams {
        // A chain that comes back to where it was has given all it has.
        #expect(file.content(of: stream).bytes.count <= 512)
      }
      _ = try #require(file.streams.first)
    }
  }
}
