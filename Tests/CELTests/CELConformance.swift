import CEL
import Foundation
import TestSupport
import Testing

/// The vectors of the CEL specification (google/cel-spec, `tests/simple/testdata`), read from the folder in
/// `CEL_CONFORMANCE_DIR`, by default `../shared/cel-conformance` beside the checkout.
@Suite("CELConformance") struct CELConformance {
  static let folder: URL = {
    if let named = ProcessInfo.processInfo.environment["CEL_CONFORMANCE_DIR"] { return URL(fileURLWithPath: named) }
    return Corpus.package.deletingLastPathComponent().appendingPathComponent("shared/cel-conformance")
  }()

  static let files: [String] = {
    let near = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let found = near.filter { $0.hasSuffix(".textproto") }.sorted()
    if found.isEmpty {
      FileHandle.standardError.write(Data("SKIPPED: no conformance vectors at \(folder.path)\n".utf8))
    }
    return found
  }()

  @Test(arguments: files) func vectors(of file: String) throws {
    let data = try Data(contentsOf: Self.folder.appendingPathComponent(file))
    let suite = try TextProto.read([UInt8](data))
    var passed = 0
    var notApplicable: [String] = []
    var failed: [String] = []
    for section in suite.messages("section") {
      for test in section.messages("test") {
        let vector = ConformanceVector(section: section.text("name") ?? "", test: test)
        switch vector.run() {
        case .passed: passed += 1
        case .notApplicable: notApplicable.append(vector.name)
        case .failed(let why): failed.append("\(vector.name): \(test.text("expr") ?? ""): \(why)")
        }
      }
    }
    var line = "CELConformance \(file): \(passed) passed, \(failed.count) failed, \(notApplicable.count) not applicable"
    if !notApplicable.isEmpty { line += " (" + notApplicable.joined(separator: ", ") + ")" }
    print(line)
    for failure in failed { print("  FAILED " + failure) }
    #expect(passed + notApplicable.count + failed.count > 0)
    #expect(failed.isEmpty, "\(failed.count) vectors of \(file) fail")
  }
}
