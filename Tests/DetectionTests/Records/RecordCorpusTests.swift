import CustodyCore
import Testing
import TestSupport

@testable import Detection

@Suite(.enabled(if: Corpus.root != nil, "SKIPPED: no corpus")) struct RecordCorpusTests {
  private func hits(_ path: String) throws -> [RecordHarness.Hit] {
    RecordHarness.scan(try Corpus.bytes(path))
  }

  private func summary(_ hits: [RecordHarness.Hit]) -> String {
    hits.map { "\($0.detector)@\($0.offset): " + $0.text.joined(separator: ", ") }.joined(separator: "; ")
  }

  @Test func templatesAreProved() throws {
    let records = try Corpus.files("template").filter { $0.hasSuffix(".dat") }
    #expect(records.count == 2)
    for path in records {
      let found = try hits(path)
      print("CORPUS \(path.suffix(40)) | \(summary(found))")
      #expect(found.flatMap(\.text) == ["finger.template proof x1"])
      #expect(found.first?.observations.first?.attributes["format"] == "ISO/IEC 19794-2:2005")
    }
  }

  @Test func fingerprintsInWSQAreProved() throws {
    let images = try Corpus.files("fingerprint").filter { $0.hasSuffix(".wsq") }
    #expect(images.count == 3)
    for path in try Corpus.files("fingerprint") {
      let found = try hits(path)
      guard path.hasSuffix(".wsq") else {
        #expect(found.isEmpty, "\(path)")
        continue
      }
      print(
        "CORPUS \(path.suffix(40)) | \(summary(found)) | \(found.first?.observations.first?.attributes.entries ?? [])")
      #expect(found.flatMap(\.text) == ["finger.image proof x1"])
      #expect(found.first?.length == (try Corpus.bytes(path)).count)
    }
  }

  /// Records inside data groups 2, 3 and 4.
  @Test func recordsInPassportsAreProved() throws {
    let magics: [([UInt8], String)] = [
      (FaceRecord.magic, "face.image"), (FingerImageRecord.magic, "finger.image"), (IrisRecord.magic, "iris.image"),
    ]
    var carved = 0
    for path in try Corpus.files("lds") {
      let bytes = try Corpus.bytes(path)
      let found = RecordHarness.scan(bytes)
      if !found.isEmpty { print("CORPUS \(path.suffix(40)) | \(summary(found))") }
      for (magic, dataClass) in magics {
        for offset in RecordHarness.offsets(of: magic, in: bytes) {
          carved += 1
          let here = found.filter { $0.offset == offset }
          #expect(here.flatMap(\.text) == ["\(dataClass) proof x1"], "\(path) \(offset)")
        }
      }
    }
    #expect(carved == 6)
  }

  /// Binary records inside transactions: iris records of Type-99, WSQ anywhere.
  @Test func recordsInTransactionsAreProved() throws {
    var count = 0
    for path in try Corpus.files("an2k") {
      let found = try hits(path)
      if !found.isEmpty { print("CORPUS \(path.suffix(30)) | \(summary(found))") }
      for hit in found {
        count += 1
        #expect(hit.observations.allSatisfy { $0.strength == .proof }, "\(path) \(hit.offset)")
      }
    }
    #expect(count >= 14)
  }

  @Test(arguments: [
    "template-negative", "text-negative", "misc-negative", "document-negative", "noface", "face", "face-formats",
    "noplate", "plate", "iris", "mrz", "mrz-text", "malformed", "ambiguous",
  ])
  func negativesStaySilent(_ folder: String) throws {
    let files = try Corpus.files(folder)
    var weak = 0
    for path in files {
      for hit in try hits(path) {
        for observation in hit.observations {
          #expect(observation.strength == .weak, "\(path) \(hit.offset) \(hit.text)")
          weak += 1
        }
      }
    }
    print("CORPUS \(folder) | \(files.count) files | weak \(weak)")
    #expect(!files.isEmpty)
    #expect(weak == 0)
  }
}
