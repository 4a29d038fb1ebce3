import Foundation
import TestSupport
import Testing

/// Waivers through the real program: what changes, what stays in every report, what the file tells.
@Suite struct WaiveTests {
  let folder: TemporaryFolder
  let custody: CommandLineTool

  private static let canary = "share/canary-folder-7f3a/canary-file-91.fmr"
  private static let day = ["--as-of", "2019-06-01T00:00:00Z"]
  private static let waivers = ["--waivers", "waivers.yaml", "--waiver-key", "waiver.key"]

  init() throws {
    folder = try TemporaryFolder()
    custody = CommandLineTool(product: "custody", in: folder.url)
    try folder.write(Self.canary, ExitStatusTests.fingerprintRecord)
    try folder.write("waiver.key", "0123456789abcdef0123456789abcdef".utf8)
  }

  private func text(_ name: String) throws -> String { String(decoding: try folder.read(name), as: UTF8.self) }

  private func waive(_ what: String = "AUTH-01", _ more: [String] = []) throws -> CommandLineTool.Result {
    try custody.run(
      ["waive", what, "evidence/inventory.jsonl", "--owner", "Privacy \"office\"", "--reason", "licence on file"]
        + ["--expires", "2019-12-31", "--waiver-key", "waiver.key", "-o", "waivers.yaml"] + Self.day + more)
  }

  private func scan(_ more: [String]) throws -> CommandLineTool.Result {
    try custody.run(["scan", "share", "--quiet"] + more)
  }

  private func examineAndWaive() throws {
    #expect(try scan(Self.day + ["--report", "evidence"]).status == 1)
    let run = try waive()
    #expect(run.status == 0 && run.text.isEmpty, "\(run.err)")
  }

  @Test func aWaivedFindingStaysInEveryReport() throws {
    try examineAndWaive()
    let outputs = ["table", "lines", "json", "sarif"].flatMap { ["-o", "\($0)=after.\($0)"] }
    let run = try scan(Self.day + Self.waivers + outputs)
    #expect(run.status == 0, "\(run.err)")
    for format in ["table", "lines", "json", "sarif"] {
      let after = try text("after." + format)
      #expect(after.contains("AUTH-01"), "\(format)")
      #expect(after.contains("no-register") || after.contains("no register"), "\(format)")
      #expect(after.contains(format == "sarif" ? "suppressions" : "waive"), "\(format)")
    }
    #expect(try text("after.lines").contains(", waived by W-"))
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(folder.read("after.json"))) as? [String: Any])
    #expect(report["result"] as? String == "WARNED")
    let findings = try #require(report["findings"] as? [[String: Any]])
    let finding = try #require(findings.first { $0["ruleId"] as? String == "AUTH-01" })
    #expect(finding["verdict"] as? String == "violation")
    let waiver = try #require(finding["waiver"] as? [String: Any])
    #expect(waiver["entries"] as? Int == 1)
    #expect(waiver["owners"] as? [String] == ["Privacy \"office\""])
    let uses = try #require(report["waivers"] as? [[String: Any]])
    #expect(uses.map { $0["state"] as? String } == ["applied"])
    #expect(uses.map { $0["reason"] as? String } == ["licence on file"])
    let sarif = try #require(
      try JSONSerialization.jsonObject(with: Data(folder.read("after.sarif"))) as? [String: Any])
    let results = try #require((sarif["runs"] as? [[String: Any]])?.first?["results"] as? [[String: Any]])
    let suppressions = try #require(
      results.first { $0["ruleId"] as? String == "AUTH-01" }?["suppressions"] as? [[String: Any]])
    #expect(suppressions.map { $0["status"] as? String } == ["accepted"])
  }

  @Test(
    "neither after its day, nor with another key, nor for a changed file",
    arguments: [
      (["--as-of", "2020-01-01T00:00:00Z"], "waiver.key", false, "expired"),
      (WaiveTests.day, "other.key", false, "unmatched"), (WaiveTests.day, "waiver.key", true, "unmatched"),
    ])
  func nothingElseIsWaived(_ asOf: [String], _ key: String, _ changes: Bool, _ state: String) throws {
    try examineAndWaive()
    try folder.write("other.key", "fedcba9876543210fedcba9876543210".utf8)
    if changes {
      var record = ExitStatusTests.fingerprintRecord
      record[26] ^= 1  // The finger's position.
      try folder.write(Self.canary, record)
    }
    let run = try scan(asOf + ["--waivers", "waivers.yaml", "--waiver-key", key, "-o", "json=after.json"])
    #expect(run.status == 1, "\(run.err)")
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(folder.read("after.json"))) as? [String: Any])
    #expect(report["result"] as? String == "FAILED")
    #expect((report["waivers"] as? [[String: Any]])?.map { $0["state"] as? String } == [state])
  }

  @Test func theLastDayCountsToItsEnd() throws {
    try examineAndWaive()
    #expect(try scan(["--as-of", "2019-12-31T23:59:59Z"] + Self.waivers).status == 0)
  }

  @Test func aPartIsNotTheWhole() throws {
    try examineAndWaive()
    var record = ExitStatusTests.fingerprintRecord
    record[26] ^= 1
    try folder.write("share/canary-folder-7f3a/second.fmr", record)
    let run = try scan(Self.day + Self.waivers + ["-o", "lines=after.lines", "-o", "sarif=after.sarif"])
    #expect(run.status == 1, "\(run.err)")
    #expect(try text("after.lines").contains(", 1 of 2 waived by W-"))
    #expect(!(try text("after.sarif")).contains("suppressions"))
  }

  /// The file may lie in a contractor's repository: it must say nothing about the files to those without the key.
  @Test func theFileTellsNeitherPathNorDigest() throws {
    try examineAndWaive()
    let file = try text("waivers.yaml")
    let inventory = try text("evidence/inventory.jsonl")
    let digests = inventory.components(separatedBy: "\"sha256\":\"").dropFirst().map { String($0.prefix(64)) }
    #expect(!digests.isEmpty && inventory.contains("canary"))
    for digest in digests { #expect(!file.contains(digest)) }
    for word in ["canary", ".fmr", "share", "evidence"] { #expect(!file.contains(word), "\(word)") }
    let mode = try FileManager.default.attributesOfItem(atPath: folder.path("waivers.yaml"))
    #expect(mode[.posixPermissions] as? Int == 0o600)
    // Nor do the reports tell the key's digest, or the key.
    #expect(try scan(Self.day + Self.waivers + ["-o", "json=after.json"]).status == 0)
    let after = try text("after.json")
    let keyDigest = try PageCommand("sha256sum waiver.key").run(in: folder.url).text.prefix(64)
    #expect(keyDigest.count == 64 && !after.contains(keyDigest) && !after.contains("waiver.key"))
    #expect(after.contains("\"waivers.yaml\""))
  }

  @Test(
    "what cannot be waived is refused",
    arguments: [
      ("AUTH-99", [], "waivers.no-finding"), ("abc", [], "waivers.no-finding"),
      ("AUTH-01", ["--waiver-key", "short.key"], "waivers.key"), ("AUTH-01", ["--expires", "never"], "usage.expires"),
    ] as [(String, [String], String)])
  func refusals(_ what: String, _ more: [String], _ code: String) throws {
    try folder.write("short.key", "0123".utf8)
    #expect(try scan(Self.day + ["--report", "evidence"]).status == 1)
    let run = try waive(what, more)
    #expect(run.status == 2 && run.err.contains(code), "\(run.status) \(run.err)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("waivers.yaml")))
  }

  @Test(arguments: [["--waivers", "waivers.yaml"], ["--waiver-key", "waiver.key"]])
  func fileAndKeyBelongTogether(_ one: [String]) throws {
    try examineAndWaive()
    let run = try scan(Self.day + one)
    #expect(run.status == 2 && run.err.contains("usage.waivers"), "\(run.status) \(run.err)")
  }

  // MARK: - docs/waivers.md

  @Test func thePageDoesWhatItSays() throws {
    let page = try TemporaryFolder()
    try page.write("share/0001.fmr", ExitStatusTests.fingerprintRecord)
    let blocks = PageBlock.all(of: "waivers.md")
    let commands = blocks.filter { $0.kind == "sh" }.flatMap(\.lines).map(PageCommand.init)
    #expect(commands.count == 6)
    for command in commands {
      let run = try command.run(in: page.url)
      #expect(run.status == command.status, "\(command.line)\n\(run.text.suffix(1000))\n\(run.err)")
    }
    // The draft on the page differs from a real one in nothing but its values.
    func shape(_ text: String) -> [String] {
      text.split(separator: "\n").map { String($0).replacing(/[0-9a-f]{8,}/, with: "#") }
    }
    let shown = try #require(blocks.first { $0.kind == "yaml waivers" })
    #expect(shape(shown.text) == shape(String(decoding: try page.read("waivers.yaml"), as: UTF8.self)))
  }
}
