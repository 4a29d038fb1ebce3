import CustodyCore
import Testing

@testable import Detection

/// What small files claim: counts that no entry holds, words that would silence a gallery, work beyond their size.
@Suite struct VectorLimitTests {
  private func vectors(_ bytes: [UInt8]) -> [Observation] {
    examine(bytes).observations.filter { $0.dataClass == .faceTemplate }
  }

  // MARK: Words

  @Test(arguments: ["", "title", "document", "bias"])
  func aWordDoesNotSilenceAGallery(_ word: String) {
    var fields = ["person_id": "7"]
    if !word.isEmpty { fields[word] = "0" }
    let bytes = JSONVectorSample.object(fields, "embeddings", VectorSample.rows(2, 512, norm: 1))
    #expect(vectors(bytes).map(\.strength) == [word.isEmpty ? Strength.strong : .weak])
  }

  @Test func wordsOfNetworksAloneStillSilence() {
    let rows = VectorSample.rows(2, 512, norm: 1)
    #expect(vectors(JSONVectorSample.object(["bias": "0"], "embeddings", rows)).isEmpty)
    #expect(vectors(JSONVectorSample.object(["title": "\"A\""], "embeddings", rows)).isEmpty)
  }

  /// Names are sorted by what their words mean, in whatever case and order.
  private static let names: [(String, VectorNames)] = [
    ("face_encoding", [.vector, .face]), ("faceEncodings", [.vector, .face]), ("faceprint", [.face]),
    ("normed_embedding", [.vector, .face]), ("embedding normed", [.vector]), ("target_w", [.face]), ("target_w_h", []),
    ("Person-ID", [.person]), ("a/b/c/d/e/f/g.jpg", [.label]), ("a/b/c/d/e/f/g.txt", []), ("conv1.weight", [.model]),
    ("text", [.other]), ("x", []), ("te\u{7}xt", []), (String(repeating: "text_", count: 13), []),
  ]

  @Test func namesAreSorted() {
    for (name, expected) in Self.names {
      let bytes = Array(name.utf8)
      #expect(VectorNames(naming: bytes) == expected, "\(name)")
      #expect(VectorNames(bytes.span.bytes, 0..<bytes.count) == expected, "\(name)")
    }
  }

  // MARK: Counts

  @Test func countsAreNoMoreThanTheEntryHolds() {
    let parquet = ParquetSample.file(column: "face_embedding", beside: "name", rows: 20, dimension: 512)
    // The same columns, with numbers of rows and values from the end of the footer's range.
    let claim = ParquetSample.file(
      column: "face_embedding", beside: "name", rows: 1 << 38, dimension: 512, pages: 5120)
    #expect(vectors(parquet).map(\.count) == [20])
    #expect(vectors(claim).map(\.count) == [claim.count / 512])
    let faiss = FAISSSample.header("IwPQ", dimension: 512, count: (1 << 40) - 1) + [UInt8](repeating: 7, count: 64)
    #expect(vectors(faiss).allSatisfy { $0.count <= faiss.count } && !vectors(faiss).isEmpty)
    let hdf5 = HDF5Sample.file(["face_embeddings"], VectorSample.rows(3, 512, norm: 1), isContiguous: false)
    var many = hdf5
    let at = hdf5.count - 3 * 512 * 2 - 18 - 16
    many.replaceSubrange(at..<(at + 8), with: VectorSample.le(1 << 39, 8))
    #expect(vectors(many).map(\.count) == [max(1, many.count / 512)])
  }

  /// Tensors that lie on top of each other hold the rows once.
  @Test func tensorsOnTopOfEachOther() {
    let data = VectorSample.f4(VectorSample.dlib(100))
    let entries: [String] = (0..<50).map { i in
      "\"a\(i)\":{\"dtype\":\"F32\",\"shape\":[100,128],\"data_offsets\":[0,\(data.count)]}"
    }
    let header = Array("{\(entries.joined(separator: ","))}".utf8)
    let facts = examine(VectorSample.le(header.count, 8) + header + data)
    #expect(facts.observations.map(\.count) == [100])
    #expect(facts.disposition == .limited && facts.reason == .expandedBytesLimit)
  }

  /// Beyond the window the rows of the whole entry count, and no more.
  @Test func rowsBeyondTheWindow() {
    let block = VectorSample.f4(VectorSample.dlib(64))
    let data = [UInt8]((0..<(17 << 20) / block.count + 1).map { _ in block }.joined())
    let held = data.count / 512
    for claimed in [held, 1 << 30] {
      let seen = vectors(NumPySample.array("<f4", [claimed, 128], data))
      #expect(seen.count == 1 && (held - 1...held).contains(seen.first?.count ?? 0))
    }
  }

  @Test(arguments: [
    [UInt8]("PAR1".utf8), [UInt8]("ARROW1\0\0".utf8), [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A],
    [0x80, 4, 0x95, 0, 0, 0, 1, 0, 0, 0, 0, 0x42, 0, 0, 0, 2],
  ])
  func whatTheWindowKeepsIsSaid(_ head: [UInt8]) {
    var bytes = head + [UInt8](repeating: 0, count: EntryExaminer.windowLimit + 100)
    if head.starts(with: Array("PAR1".utf8)) { bytes += Array("PAR1".utf8) }
    let facts = examine(bytes)
    #expect(facts.disposition == .limited && facts.reason == .recordWindowLimit, "\(facts.kind.rawValue)")
    #expect(!facts.notes.isEmpty)
  }

  // MARK: Work

  /// The message of a dataspace of `rows` times 128.
  private func space(_ rows: Int) -> [UInt8] {
    [1, 2, 0, 0, 0, 0, 0, 0] + VectorSample.le(rows, 8) + VectorSample.le(128, 8)
  }

  /// Datasets of one dimension do not hide those of another, and stretches that overlap are not judged without end.
  @Test func datasetsHideNothing() {
    let gallery = HDF5Sample.file(["data"], VectorSample.rows(3, 512, norm: 1))
    var decoys: [UInt8] = []
    for rows in 1...200 { decoys += space(rows) }
    #expect(vectors(gallery).map(\.count) == [3])
    #expect(vectors(gallery + decoys).map(\.count) == [3])
    let rows = VectorSample.f4(VectorSample.dlib(200))
    var overlapping = Array(HDF5Sample.file(["data"], VectorSample.dlib(200)))
    let start = overlapping.count - rows.count
    for count in 100..<200 {
      overlapping += space(count)
      overlapping += [3, 1]
      overlapping += VectorSample.le(start, 8)
      overlapping += VectorSample.le(count * 512, 8)
    }
    let facts = examine(overlapping)
    #expect(facts.observations.count == 1)
    #expect(facts.disposition == .limited && facts.reason == .expandedBytesLimit)
  }

  /// A key is worth a look around it when its own numbers are, and that look is no longer than they are.
  @Test func keysOfZerosAskForNothing() {
    let open = DetectionContext(windowOffset: 0, windowReachesEnd: false, windowIsFinal: false, kind: .unknown)
    let row = Array(repeating: "0", count: 128).joined(separator: ",")
    let zeros = Array("{\"embedding\": [\(row)], ".utf8)
    guard case .nothing = JSONVectors().detect(zeros.span.bytes, at: 2, context: open) else {
      Issue.record("zeros are worth more bytes")
      return
    }
    let vector = JSONVectorSample.object([:], "embedding", VectorSample.rows(1, 512, norm: 1))
    guard case .needsMore(let total) = JSONVectors().detect(vector.span.bytes, at: 2, context: open) else {
      Issue.record("a vector's neighbours are not asked for")
      return
    }
    #expect(total > vector.count && total <= 2 * vector.count + 4096)
  }
}
