import Foundation
import TestSupport
import Testing

/// The auditor, the nightly run and the contractor's CI, each with the real program.
@Suite struct ThreeUsersTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var custody: CommandLineTool { CommandLineTool(product: "custody", in: folder.url) }

  private func tool(_ path: String, _ environment: [String: String] = [:]) -> CommandLineTool {
    var tool = CommandLineTool(executable: URL(fileURLWithPath: path), in: folder.url)
    tool.environment = environment
    return tool
  }

  // MARK: - The auditor

  /// `make demo` without the building: replay, key, audit, signature, verification, against the expected findings.
  @Test func incidentReplayIsFoundAsExpected() throws {
    let example = Corpus.package.appendingPathComponent("examples/incident-replay")
    let expected = try JSONSerialization.jsonObject(
      with: Data(contentsOf: example.appendingPathComponent("expected.json")))
    let want = try #require(expected as? [String: Any])
    let demo = tool(Corpus.package.appendingPathComponent("scripts/demo").path)
    let run = try demo.run([folder.path("demo"), CommandLineTool.products.path], timeout: 300)
    #expect(run.status == 0, "\(run.err)\n\(run.text.suffix(500))")
    #expect(run.err.contains("VERIFIED: signed by key"))

    let json = try custody.run(["report", "demo/evidence", "-o", "json"])
    let report = try #require(try JSONSerialization.jsonObject(with: Data(json.out)) as? [String: Any])
    #expect(report["result"] as? String == want["result"] as? String)
    #expect(report["asOf"] as? String == want["asOf"] as? String)
    let contents = try #require(want["contents"] as? [String: Any])
    let classes = try #require(contents["dataClasses"] as? [String: [String: Int]])
    let exposure = try #require(report["exposure"] as? [[String: Any]])
    #expect(Set(exposure.compactMap { $0["dataClass"] as? String }) == Set(classes.keys))
    for line in exposure {
      let name = try #require(line["dataClass"] as? String)
      #expect(line["items"] as? Int == classes[name]?["items"], "\(name)")
      #expect(line["distinct"] as? Int == classes[name]?["distinctContents"], "\(name)")
      let strengths = try #require(line["entriesByStrength"] as? [String: Int])
      #expect(strengths.values.reduce(0, +) == classes[name]?["entries"], "\(name)")
    }
    // Findings by rule, verdict and cause: folders and entries.
    var found: [String: [Int]] = [:]
    for finding in try #require(report["findings"] as? [[String: Any]]) {
      let key = ["severity", "ruleId", "verdict", "cause"].map { finding[$0] as? String ?? "?" }.joined(separator: " ")
      let counts = try #require(finding["counts"] as? [String: Any])
      let entries = try #require(counts["entries"] as? Int)
      found[key, default: [0, 0]][0] += 1
      found[key, default: [0, 0]][1] += entries
    }
    let wanted = try #require(want["findings"] as? [String: [Int]])
    #expect(found == wanted)
    // The plate reader's table is about the overview camera's pictures.
    let first = try #require((report["collections"] as? [[String: Any]])?.first)
    #expect(first["pictures"] as? Int == 6 && first["named"] as? [String: Int] == ["count": 6])
    let table = try #require((first["sidecars"] as? [[String: Any]])?.first)
    #expect(table["link"] as? String == "names" && table["absent"] as? [String: Int] == ["count": 2])
  }

  /// Nothing shareable in the package names a path of the snapshot; the inventory, which is restricted, does.
  @Test func packageLeaksNoPath() throws {
    try folder.write("snap/canary-folder-7f3a/canary-file-91.fmr", ExitStatusTests.fingerprintRecord)
    #expect(try custody.run(["scan", "snap", "--report", "evidence", "--quiet"]).status == 1)
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path("evidence")) {
      let text = String(decoding: try folder.read("evidence/" + name), as: UTF8.self)
      #expect(text.contains("canary") == (name == "inventory.jsonl"), "\(name)")
    }
    let mode = try FileManager.default.attributesOfItem(atPath: folder.path("evidence/inventory.jsonl"))
    #expect(mode[.posixPermissions] as? Int == 0o600)
    #expect(
      try custody.run(["scan", "snap", "--report", "open", "--quiet", "--disclose", "paths"]).status == 1)
    #expect(String(decoding: try folder.read("open/findings.sarif"), as: UTF8.self).contains("canary-folder-7f3a"))
  }

  // MARK: - The nightly run

  private func nightly() throws -> CommandLineTool.Result {
    let script = Corpus.package.appendingPathComponent("scripts/nightly").path
    try folder.write("nightly.conf", "# everything comes from the environment\n".utf8)
    return try tool(
      "/bin/sh",
      [
        "CUSTODY": CommandLineTool.products.appendingPathComponent("custody").path,
        "CUSTODY_SNAPSHOT": folder.path("snap"), "CUSTODY_REPORT_DIR": folder.path("packages"),
        "CUSTODY_NIGHTLY_CONFIG": folder.path("nightly.conf"),
      ]
    ).run([script])
  }

  @Test func nightlyIsSilentOnlyWhenAllIsWell() throws {
    try folder.write("snap/readme.txt", "nothing to see\n".utf8)
    let well = try nightly()
    #expect(well.status == 0 && well.out.isEmpty && well.err.isEmpty, "\(well.status) \(well.text) \(well.err)")

    try folder.write("snap/cut.gz", ExitStatusTests.truncatedGzip)
    sleep(1)  // Packages are named by the second.
    let incomplete = try nightly()
    #expect(incomplete.status == 3 && incomplete.text.contains("not all could be examined"), "\(incomplete.err)")

    try folder.write("snap/a.fmr", ExitStatusTests.fingerprintRecord)
    sleep(1)
    let found = try nightly()
    #expect(found.status == 1 && found.text.contains("AUTH-01"), "\(found.err)")
    #expect(!found.text.contains("a.fmr"))
    let packages = try FileManager.default.contentsOfDirectory(atPath: folder.path("packages")).filter {
      $0.hasSuffix("Z")
    }
    #expect(packages.count == 3)
    for package in packages {
      #expect(try custody.run(["verify", "packages/" + package, "--allow-unsigned"]).status == 0)
    }
  }

  @Test func nightlyThatCannotWorkSpeaksUp() throws {
    let run = try nightly()
    #expect(run.status == 2 && run.out.isEmpty && run.err.contains("cannot be read"))
  }

  // MARK: - The contractor's CI

  @Test func contractorsBuildPassesCleanAndFailsDirty() throws {
    let source = Corpus.package.appendingPathComponent("examples/contractor-ci")
    try FileManager.default.copyItem(at: source, to: folder.url.appendingPathComponent("ci"))
    let project = folder.path("ci/project")
    let environment = ["CUSTODY": CommandLineTool.products.appendingPathComponent("custody").path]
    let make = tool("/usr/bin/make", environment)

    #expect(try tool("/bin/sh").run([project + "/make-data.sh", "clean"]).status == 0)
    let clean = try make.run(["-C", project, "--no-print-directory", "check"])
    #expect(clean.status == 0 && clean.out.isEmpty, "\(clean.text)\(clean.err)")

    #expect(try tool("/bin/sh").run([project + "/make-data.sh", "dirty"]).status == 0)
    let dirty = try make.run(["-C", project, "--no-print-directory", "custody-report"])
    #expect(dirty.status == 2, "make's own status for a recipe that failed")
    let status = String(decoding: try folder.read("ci/project/build/custody/status"), as: UTF8.self)
    #expect(status.trimmingCharacters(in: .whitespacesAndNewlines) == "1")
    let problems = dirty.text.split(separator: "\n").filter { $0.contains("AUTH-") }
    #expect(!problems.isEmpty && problems.allSatisfy { $0.contains(": AUTH-") }, "one line for each problem")
    let sarif = try JSONSerialization.jsonObject(with: Data(folder.read("ci/project/build/custody/findings.sarif")))
    let runs = (sarif as? [String: Any])?["runs"] as? [[String: Any]]
    #expect((runs?.first?["results"] as? [Any])?.isEmpty == false)
  }
}
