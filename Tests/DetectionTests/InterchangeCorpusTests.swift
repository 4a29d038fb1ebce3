import CustodyCore
import Foundation
import TestSupport
import Testing

@testable import Detection

/// Real files of others, outside the project.
@Suite(.enabled(if: Corpus.root != nil, "SKIPPED: no corpus")) struct InterchangeCorpusTests {
  private static let labelled: [String: [String]] = {
    guard let root = Corpus.root,
      let text = try? String(contentsOf: root.appendingPathComponent("manifest.csv"), encoding: .utf8)
    else { return [:] }
    var out: [String: [String]] = [:]
    for line in text.split(separator: "\n").dropFirst() {
      let cells = line.split(separator: ",", maxSplits: 5, omittingEmptySubsequences: false)
      if cells.count == 6 { out[String(cells[0])] = cells[4].split(separator: ";").map(String.init) }
    }
    return out
  }()

  private static let classes: [String: Set<DataClass>] = [
    "face": [.faceImage], "fingerprint": [.fingerImage, .fingerTemplate], "palm": [.palmImage], "iris": [.irisImage],
    "template": [.fingerTemplate], "mrz": [.identityMRZ],
  ]

  private static func show(_ path: String, _ seen: [Observation]) {
    if ProcessInfo.processInfo.environment["CUSTODY_SHOW"] != nil {
      print("ROW \(path.suffix(60)) | \(InterchangeHarness.summary(seen).joined(separator: ", "))")
      for s in seen {
        let facts = s.attributes.entries.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        print("  ATT \(s.dataClass) \(facts) @\(s.place?.offset ?? 0)+\(s.place?.length ?? 0)")
      }
    }
  }

  @Test func everyLabelIsProved() throws {
    let detectors: [(String, any Detector)] = [
      ("an2k", TransactionFile()), ("lds", LDSFile()), ("mrz-text", MRZText()),
    ]
    for (folder, detector) in detectors {
      for path in try Corpus.files(folder) {
        let bytes = try Corpus.bytes(path)
        let seen = InterchangeHarness.run(detector, bytes)
        Self.show(path, seen)
        let proved = Set(seen.filter { $0.strength == .proof }.map(\.dataClass))
        for label in Self.labelled[path] ?? [] {
          guard let wanted = Self.classes[label] else { continue }
          #expect(!proved.isDisjoint(with: wanted), "\(path): \(label)")
        }
        let isAboutNobody = folder == "lds" && Self.labelled[path] == ["lds"]
        #expect(!isAboutNobody || seen.allSatisfy { $0.strength == .weak }, "\(path)")
      }
    }
  }

  @Test(arguments: [
    "text-negative", "misc-negative", "document-negative", "template-negative", "container", "malformed",
  ])
  func nothingIsSeenInOtherFiles(_ folder: String) throws {
    for path in try Corpus.files(folder) {
      let bytes = try Corpus.bytes(path)
      for detector in InterchangeHarness.detectors {
        let seen = InterchangeHarness.run(detector, bytes)
        if !seen.isEmpty { Self.show(path, seen) }
        #expect(seen.allSatisfy { $0.strength == .weak }, "\(path): \(InterchangeHarness.summary(seen))")
      }
    }
  }
}
