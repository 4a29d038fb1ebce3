import CustodyCore
import Foundation
import TestSupport
import Testing

@testable import Detection

/// Runs the examples that stand inside every detector, and holds the catalogue against the folder.
@Suite struct CatalogTests {
  struct Case: CustomTestStringConvertible {
    var detector: any Detector
    var example: DetectorExample
    var testDescription: String { "\(detector.descriptor.name): \(example.name)" }
  }
  static let cases: [Case] = DetectorCatalog.all.flatMap { d in
    (d.descriptor.positives + d.descriptor.negatives).map { Case(detector: d, example: $0) }
  }

  /// What this detector alone says: others may see more in the same bytes. Counted per class and strength, since one
  /// entry may hold several records.
  static func said(_ facts: EntryFacts, by detector: any Detector) -> [String] {
    let name = detector.descriptor.name
    // A carver observes nothing: its word is what it hands out.
    let contents = detector is any Carver ? facts.contents : []
    return total(
      contents.map { content in ("content \(examine(content.bytes).kind.rawValue)", 1) }
        + facts.observations.filter { $0.detector == name }.map {
          ("\($0.dataClass.rawValue) \($0.strength.rawValue)", $0.count)
        })
  }
  static func expected(_ example: DetectorExample) -> [String] {
    total(
      example.expected.map { line in
        let parts = line.split(separator: " ")
        return (parts.dropLast().joined(separator: " "), parts.last.flatMap { Int($0.dropFirst()) } ?? 0)
      })
  }
  private static func total(_ counts: [(String, Int)]) -> [String] {
    Dictionary(counts, uniquingKeysWith: +).map { "\($0.key) x\($0.value)" }.sorted()
  }

  @Test(arguments: cases) func example(_ c: Case) {
    let alone = CompiledCatalog([c.detector])
    let bytes = c.example.bytes()
    let whole = examine(bytes, catalog: alone)
    #expect(Self.said(whole, by: c.detector) == Self.expected(c.example))
    for chunks in [[1], [7, 3, 64], [4096, 1]] where bytes.count < 20_000 || chunks != [1] {
      #expect(examine(bytes, chunks: chunks, catalog: alone) == whole, "chunks of \(chunks)")
    }
    for observation in whole.observations {
      let place = observation.place ?? Place(offset: 0, length: 0)
      #expect(place.offset + place.length <= UInt64(bytes.count), "place inside the entry")
      #expect(c.detector.descriptor.dataClasses.contains(observation.dataClass))
      #expect(c.detector.descriptor.strengths.contains(observation.strength))
      #expect(observation.version == c.detector.descriptor.version)
      #expect(observation.count >= 1)
    }
  }

  /// A record found by `.anywhere` is found in the middle of other bytes too, and cutting it off never crashes.
  @Test(arguments: cases) func embeddedAndDamaged(_ c: Case) {
    let alone = CompiledCatalog([c.detector])
    let bytes = c.example.bytes()
    var random = SplitMix(UInt64(bytes.count))
    // Formats known by their very first bytes are not looked for further in.
    // Nor are those that this example shows only by the kind of the whole entry.
    let carved = c.detector.descriptor.triggers.contains {
      if case .anywhere(let pattern, _) = $0 { Data(bytes).range(of: Data(pattern)) != nil } else { false }
    }
    let isHead = c.detector.descriptor.triggers.contains {
      if case .head(let head) = $0 { bytes.starts(with: head) } else { false }
    }
    if carved, !isHead, !c.example.expected.isEmpty {
      for _ in 0..<3 {
        let before = random.bytes(1 + random.below(9000)).map { $0 | 0x80 }
        let data = before + bytes + random.bytes(random.below(9000)).map { $0 | 0x80 }
        let whole = examine(data, catalog: alone)
        #expect(!Self.said(whole, by: c.detector).isEmpty, "embedded at \(before.count)")
        #expect(examine(data, chunks: [1 + random.below(5000), 1 + random.below(90)], catalog: alone) == whole)
        for o in whole.observations where o.strength != .weak {
          #expect((o.place?.offset ?? 0) + 1100 >= UInt64(before.count), "place near the record")
        }
      }
    }
    for _ in 0..<20 {
      var damaged = bytes
      for _ in 0..<(1 + random.below(4)) where !damaged.isEmpty {
        damaged[random.below(damaged.count)] = [0, 1, 0x7F, 0xFF, UInt8(random.below(256))][random.below(5)]
      }
      _ = examine(Array(damaged.prefix(random.below(damaged.count + 1))), catalog: alone)
    }
  }

  @Test func descriptorsAreComplete() {
    var names: Set<String> = []
    for detector in DetectorCatalog.all {
      let d = detector.descriptor
      #expect(names.insert(d.name).inserted, "\(d.name) twice")
      #expect(d.name.contains(".") && d.version >= 1 && !d.summary.isEmpty && !d.sources.isEmpty)
      #expect(detector is any Carver || !d.dataClasses.isEmpty && !d.strengths.isEmpty)
      #expect(!d.triggers.isEmpty)
      #expect(!d.positives.isEmpty && !d.negatives.isEmpty, "\(d.name) needs examples of both kinds")
      #expect(d.positives.allSatisfy { !$0.expected.isEmpty })
    }
    #expect(DetectorCatalog.description.split(separator: " ").count == DetectorCatalog.all.count)
  }

  /// Every type in `Detectors/` that is a detector is in the catalogue, and nothing else is.
  @Test func folderAndCatalogueAgree() throws {
    let folder = Corpus.package.appendingPathComponent("Sources/Detection/Detectors")
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    var declared: Set<String> = []
    for case let file as URL in try #require(files) where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: /(?:struct|enum|class)\s+(\w+)\s*:\s*[^{]*\bDetector\b[^{]*\{/) {
        declared.insert(String(match.1))
      }
    }
    let listed = Set(DetectorCatalog.all.map { String(describing: type(of: $0)) })
    #expect(declared == listed)
  }
}
