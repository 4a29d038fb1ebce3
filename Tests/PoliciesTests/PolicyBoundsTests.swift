import CustodyCore
import Foundation
import Testing

@testable import Policies

/// Files from the party under audit cost neither hours nor all memory.
@Suite struct PolicyBoundsTests {
  @Test(
    "mistakes beyond those that are shown cost no search for what was meant",
    arguments: [
      "register: R\nrows: []\n" + (0..<200_000).map { "kategoriesk\($0): 1\n" }.joined(),
      "register: R\nrows:\n  - {id: A, version: 1, status: active, agency: CBP, holder: {name: E, role: prime}, categories: ["
        + (0..<200_000).map { "face.imag\($0)" }.joined(separator: ",") + "]}\n",
    ])
  func manyMistakes(_ text: String) {
    let clock = ContinuousClock()
    var codes: [String] = []
    let spent = clock.measure {
      codes = PolicySet.check(packs: [], registers: [Make.source("r.yaml", text)]).errors.map(\.code)
    }
    #expect(codes.count == YAMLPage.complaintLimit)
    // With a search for each of them: several minutes.
    #expect(spent < .seconds(60))
  }

  @Test func filesNamedInManySpellingsAreBoundedTogether() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bounds-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let big = folder.appendingPathComponent("big.sha256").path
    #expect(FileManager.default.createFile(atPath: big, contents: nil))
    #expect(truncate(big, off_t(Attachments.sizeLimit)) == 0)
    var text = "records: r\nreceipts:\n"
    for i in 0..<8 {
      text +=
        "  - {id: r\(i), row: A, received_at: 2019-01-01, manifest: {file: \"\(String(repeating: "./", count: i))big.sha256\"}}\n"
    }
    let file = folder.appendingPathComponent("r.yaml").path
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    let source = try #require(try PolicyFiles.files([file]).first)
    var taken = 0
    var refused = 0
    for content in source.attachments.files.values {
      switch content {
      case .bytes(let bytes): taken += bytes.count
      case .missing: refused += 1
      }
    }
    #expect(taken == Attachments.totalLimit)
    #expect(refused == 4)
  }

  @Test(
    "a key given as a policy file is not shown",
    arguments: ["SECRETKEYMATERIAL0123\n", "\n\n  SECRET KEY MATERIAL", "'SECRET KEY'\n", "[SECRET, KEY]\n"])
  func keysAreNotShown(_ text: String) {
    let errors = PolicySet.check(packs: [], registers: [Make.source("waiver.key", text)]).errors
    #expect(errors.map(\.code) == ["register.wrong-type"])
    #expect(errors.allSatisfy { !$0.description.contains("SECRET") })
  }

  @Test func anEmptyFileIsEmptyAndNotUnreadable() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("empty-\(UUID().uuidString).yaml").path
    #expect(FileManager.default.createFile(atPath: path, contents: nil))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let source = try #require(try PolicyFiles.files([path]).first)
    #expect(PolicySet.check(packs: [], registers: [source]).errors.map(\.code) == ["yaml.empty"])
  }

  @Test(arguments: [
    (10, 10_000, [] as [String]), (11, 10_000, ["cases.too-many-entries"]), (100_001, 1, ["cases.too-many-entries"]),
  ])
  func repeatedEntriesAreBoundedTogether(_ entries: Int, _ copies: Int, _ expected: [String]) {
    let line = "{path: a.jpg, repeat: \(copies)}"
    let text =
      "tests: p\ncases:\n  - name: n\n    given:\n      as_of: 2019-01-01T00:00:00Z\n      entries: ["
      + [String](repeating: line, count: entries).joined(separator: ", ") + "]\n    expect: {}\n"
    let page = YAMLPage(name: "c.yaml", bytes: Array(text.utf8))
    _ = CaseLoader.load(page, Make.source("c.yaml", text), sha256: { _ in [UInt8](repeating: 1, count: 32) })
    #expect(page.complaints.map(\.code) == expected)
  }
}
