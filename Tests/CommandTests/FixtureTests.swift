import CustodyCore
import Foundation
import Records
import TestSupport
import Testing

/// The examples of `examples/fixtures`, each built and audited by the real programs.
@Suite struct FixtureTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private static let examples = Corpus.package.appendingPathComponent("examples/fixtures")
  private static let isRecording = ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1"

  /// Folders of `examples/fixtures`, each begun with the letter of its example.
  static let names = [
    "a-compliant-lane", "c-expired-pilot", "d-public-dataset", "e-destroyed-but-present", "f-new-hampshire",
    "g-mtime-only", "h-encrypted", "i-two-agencies",
  ]

  /// `expected.json`: audits of one example, each with what it must say.
  struct Expected: Codable {
    var runs: [Audit]
  }
  struct Audit: Codable {
    var name, snapshot, register, holder, asOf: String
    var policies: [String]
    var records, system, waivers, waiverKey: String?
    var expect: Answer
  }
  struct Answer: Codable, Equatable {
    var exitStatus: Int
    var result: String
    /// Entries by disposition and reason.
    var coverage: [String: Int]
    var exposure: [String: Exposure]
    /// By severity, rule, verdict and cause.
    var findings: [String: Sum]
  }
  struct Exposure: Codable, Equatable { var distinct, items: Int }
  struct Sum: Codable, Equatable { var entries, findings, items: Int }

  /// What of a report's JSON is compared.
  private struct Report: Decodable {
    struct Line: Decodable {
      var disposition: String
      var reason: String?
      var entries: Int
    }
    struct Coverage: Decodable { var lines: [Line] }
    struct Exposed: Decodable {
      var dataClass: String
      var items, distinct: Int
    }
    struct Counts: Decodable { var entries, items: Int }
    struct Finding: Decodable {
      var severity, ruleId, verdict, cause: String
      var counts: Counts
      var waiver: Waiver?
    }
    struct Waiver: Decodable { var entries: Int }
    var result: String
    var coverage: Coverage
    var exposure: [Exposed]
    var findings: [Finding]

    func answer(exitStatus: Int32) -> Answer {
      var answer = Answer(exitStatus: Int(exitStatus), result: result, coverage: [:], exposure: [:], findings: [:])
      for line in coverage.lines {
        answer.coverage[line.disposition + (line.reason.map { " " + $0 } ?? ""), default: 0] += line.entries
      }
      for line in exposure { answer.exposure[line.dataClass] = Exposure(distinct: line.distinct, items: line.items) }
      for finding in findings {
        let key =
          "\(finding.severity) \(finding.ruleId) \(finding.verdict) \(finding.cause)"
          + (finding.waiver.map { $0.entries == finding.counts.entries ? " waived" : " waived in part" } ?? "")
        var sum = answer.findings[key] ?? Sum(entries: 0, findings: 0, items: 0)
        sum.findings += 1
        sum.entries += finding.counts.entries
        sum.items += finding.counts.items
        answer.findings[key] = sum
      }
      return answer
    }
  }

  private static func file(_ name: String) -> URL { examples.appendingPathComponent(name + "/expected.json") }
  private static func expected(_ name: String) throws -> Expected {
    try JSONDecoder().decode(Expected.self, from: Data(contentsOf: file(name)))
  }

  @Test(arguments: names) func isFoundAsExpected(_ name: String) throws {
    try build(name, into: "snap")
    var expected = try Self.expected(name)
    try #require(!expected.runs.isEmpty)
    for (n, audit) in expected.runs.enumerated() {
      let found = try answer(audit, in: name, report: "evidence-\(n)")
      if Self.isRecording {
        expected.runs[n].expect = found
      } else {
        #expect(found == audit.expect, "\(name), \(audit.name); RECORD_GOLDEN=1 records anew")
      }
      try expectNoLeak(of: "evidence-\(n)")
    }
    guard Self.isRecording else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try (encoder.encode(expected) + Data("\n".utf8)).write(to: Self.file(name))
    Issue.record("recorded \(name)")
  }

  /// Builds twice, and expects the same files with the same bytes.
  private func build(_ name: String, into target: String) throws {
    let fixtures = CommandLineTool(product: "fixtures", in: folder.url)
    for out in [target, "again"] {
      let run = try fixtures.run([String(name.prefix(1)), out])
      try #require(run.status == 0, "\(run.err)")
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path(target)).sorted()
    #expect(!files.isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("again")).sorted() == files)
    for file in files {
      #expect(try folder.read(target + "/" + file) == folder.read("again/" + file), "\(name): \(file)")
    }
  }

  /// The audit's flags, as the README of the examples gives them.
  private func flags(_ audit: Audit, in name: String) -> [String] {
    var flags: [String] = []
    for policy in audit.policies { flags += ["-p", policy] }
    flags += ["-r", "examples/fixtures/\(name)/\(audit.register)"]
    if let records = audit.records { flags += ["--records", "examples/fixtures/\(name)/\(records)"] }
    if let waivers = audit.waivers { flags += ["--waivers", "examples/fixtures/\(name)/\(waivers)"] }
    if let key = audit.waiverKey { flags += ["--waiver-key", "examples/fixtures/\(name)/\(key)"] }
    if let system = audit.system { flags += ["--system", system] }
    return flags + ["--holder", audit.holder, "--as-of", audit.asOf]
  }

  private func answer(_ audit: Audit, in name: String, report: String) throws -> Answer {
    let output = ["--quiet", "-o", "json=" + folder.path(report + ".json"), "--report", folder.path(report)]
    let run = try CommandLineTool(product: "custody", in: Corpus.package).run(
      ["scan", folder.path("snap/" + audit.snapshot)] + flags(audit, in: name) + output)
    try #require(run.status != 2, "\(run.err)")
    let body = try JSONDecoder().decode(Report.self, from: Data(folder.read(report + ".json")))
    return body.answer(exitStatus: run.status)
  }

  /// Nothing but the inventory, which is restricted, holds a path, a name or a plain digest of an entry.
  private func expectNoLeak(of report: String) throws {
    var secrets: Set<String> = []
    for line in try folder.read(report + "/inventory.jsonl").split(separator: 0x0A) {
      let entry: Examination = try InventoryLine.decode(line)
      let path = String(decoding: entry.locator.components.last ?? [], as: UTF8.self)
      secrets.insert(path)
      // Short names and dates are words of reports too: `cbp` stands in the name of a pack.
      secrets.formUnion(
        path.split(separator: "/").map(String.init).filter { $0.utf8.count >= 8 && $0.contains { $0.isLetter } })
      if let digest = entry.sha256 { secrets.insert(digest.description) }
    }
    try #require(secrets.count >= 3)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path(report)).filter {
      $0 != "inventory.jsonl"
    }
    try #require(files.count >= 3)
    for file in [report + ".json"] + files.map({ report + "/" + $0 }) {
      let text = String(decoding: try folder.read(file), as: UTF8.self)
      let told = secrets.filter(text.contains).sorted()
      #expect(told.isEmpty, "\(file)")
    }
  }

  /// The certificates of (e) list what the builder says they list.
  @Test func certificatesListWhatWasBuilt() throws {
    try build("e-destroyed-but-present", into: "snap")
    let records = Self.examples.appendingPathComponent("e-destroyed-but-present/records.yaml")
    let listed = try String(contentsOf: records, encoding: .utf8).split(separator: "\n")
      .map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { $0.hasPrefix("- ") && $0.utf8.count == 66 }.map { String($0.dropFirst(2)) }
    var built: [String] = []
    for list in ["certified.sha256", "unproven.sha256"] {
      let text = String(decoding: try folder.read("snap/" + list), as: UTF8.self)
      built += text.split(separator: "\n").map { String($0.prefix(64)) }
    }
    #expect(built.count == 5 && listed == built)
  }

  /// No folder without a test, and none that the README leaves out; its commands are those that are run here.
  @Test func everyExampleIsRunAndDescribed() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.examples.path)
      .filter { $0.dropFirst().hasPrefix("-") }.sorted()
    #expect(folders == Self.names)
    let readme = try String(contentsOf: Self.examples.appendingPathComponent("README.md"), encoding: .utf8)
    let lines = Set(readme.split(separator: "\n").map(String.init))
    for name in Self.names {
      #expect(readme.contains("| `\(name)` |"), "\(name)")
      #expect(lines.contains("swift run fixtures \(name.prefix(1)) out"))
      for audit in try Self.expected(name).runs {
        let words = (["custody", "scan", "out/" + audit.snapshot] + flags(audit, in: name)).map {
          $0.contains(" ") ? "\"\($0)\"" : $0
        }
        #expect(lines.contains(words.joined(separator: " ")), "\(name), \(audit.name)")
        #expect(lines.contains("# \(audit.name): status \(audit.expect.exitStatus)"), "\(name), \(audit.name)")
      }
    }
  }

  @Test(arguments: [[], ["a"], ["b", "out"], ["", "out"], ["a", "out", "more"]])
  func wrongUseIsRefused(_ arguments: [String]) throws {
    let run = try CommandLineTool(product: "fixtures", in: folder.url).run(arguments)
    #expect(run.status == 2 && run.err.contains("usage: fixtures LETTER OUTDIR"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
  }
}
