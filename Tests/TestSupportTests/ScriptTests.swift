import Foundation
import TestSupport
import Testing

/// Runs the scripts with a stand-in for `custody` that records its arguments and answers as told.
struct ScriptTests {
  private struct Outcome {
    var status: Int32
    var output: String
    var errors: String
  }

  private static let scripts = Corpus.package.appendingPathComponent("scripts")

  private func folder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("scripts-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // $ANSWER is the status; a package is written unless $NO_PACKAGE is set.
    let stand = """
      #!/bin/sh
      printf '%s\\n' "$@" >"$ARGUMENTS"
      package=
      while [ $# -gt 0 ]; do
        case $1 in --report) package=$2 ;; esac
        shift
      done
      [ -n "${NO_PACKAGE:-}" ] || [ -z "$package" ] || mkdir "$package"
      i=0
      while [ "$i" -lt "${PROBLEMS:-0}" ]; do i=$((i + 1)); echo "critical: AUTH-01 problem $i"; done
      echo 'a message' >&2
      exit "$ANSWER"
      """
    let program = folder.appendingPathComponent("custody")
    try Data(stand.utf8).write(to: program)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
    return folder
  }

  private func run(_ command: [String], _ environment: [String: String], in folder: URL) throws -> Outcome {
    var env = CommandLineTool(executable: URL(fileURLWithPath: "/usr/bin/env"), in: folder)
    env.inheritsEnvironment = false
    env.environment = ["PATH": "/usr/local/bin:/usr/bin:/bin"].merging(environment) { $1 }
    env.environment["ARGUMENTS"] = folder.appendingPathComponent("arguments").path
    env.environment["CUSTODY"] = env.environment["CUSTODY"] ?? folder.appendingPathComponent("custody").path
    let run = try env.run(command)
    return Outcome(status: run.status, output: run.text, errors: run.err)
  }

  private func arguments(_ folder: URL) throws -> [String] {
    let text = try String(contentsOf: folder.appendingPathComponent("arguments"), encoding: .utf8)
    return text.split(separator: "\n").map(String.init)
  }

  private func nightly(_ folder: URL, _ environment: [String: String], _ arguments: [String] = []) throws -> Outcome {
    let base = ["CUSTODY_SNAPSHOT": "/srv/a b", "CUSTODY_REPORT_DIR": folder.appendingPathComponent("out").path]
    return try run(
      [Self.scripts.appendingPathComponent("nightly").path] + arguments, base.merging(environment) { $1 }, in: folder)
  }

  @Test(arguments: [
    (0, 0, ""), (1, 2, "violations were found"), (3, 0, "not all could be examined"),
  ])
  func nightlySpeaksOnlyWhenThereIsSomethingToSay(_ status: Int32, _ problems: Int, _ said: String) throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let outcome = try nightly(folder, ["ANSWER": String(status), "PROBLEMS": String(problems)])
    #expect(outcome.status == status)
    #expect(outcome.errors.isEmpty)
    if said.isEmpty { #expect(outcome.output.isEmpty) }
    #expect(said.isEmpty || outcome.output.contains(said))
    #expect(outcome.output.split(separator: "\n").count == (said.isEmpty ? 0 : 2 + problems))
    #expect(!outcome.output.contains("/"), "the summary is mailed: no path in it")
    let passed = try arguments(folder)
    #expect(passed.prefix(3) == ["scan", "/srv/a b", "--report"])
  }

  @Test(arguments: [2, 137]) func nightlyPassesTroubleOnToStandardError(_ status: Int32) throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let outcome = try nightly(folder, ["ANSWER": String(status), "NO_PACKAGE": "1"])
    #expect(outcome.status == status)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.contains("a message"))
    #expect(outcome.errors.contains("was not done (status \(status))"))
  }

  @Test func nightlyWithoutAPackageIsTrouble() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let outcome = try nightly(folder, ["ANSWER": "0", "NO_PACKAGE": "1"])
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("no evidence package"))
  }

  @Test func nightlyKeepsTheNewestPackagesAndNothingElseIsTouched() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let out = folder.appendingPathComponent("out")
    let old = ["20200101T000000Z", "20200102T000000Z", "20200103T000000Z"]
    for name in old + ["notes", "20200101T000000Z.keep"] {
      try FileManager.default.createDirectory(
        at: out.appendingPathComponent(name), withIntermediateDirectories: true)
    }
    #expect(try nightly(folder, ["ANSWER": "0", "CUSTODY_KEEP": "2"]).status == 0)
    let left = try FileManager.default.contentsOfDirectory(atPath: out.path).sorted()
    #expect(left.filter { $0.hasPrefix("2020") } == ["20200101T000000Z.keep", "20200103T000000Z"])
    #expect(left.contains("notes"))
    #expect(left.count == 5, "two packages, two strangers, the lock: \(left)")
  }

  @Test func nightlySummaryIsShort() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let outcome = try nightly(folder, ["ANSWER": "1", "PROBLEMS": "50", "CUSTODY_SUMMARY_LINES": "5"])
    #expect(outcome.output.split(separator: "\n").count == 8)
    #expect(outcome.output.contains("and 45 more"))
  }

  @Test func nightlyRefusesToRunTwiceAtOnce() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let out = folder.appendingPathComponent("out")
    try FileManager.default.createDirectory(at: out, withIntermediateDirectories: true)
    let held = try run(
      [
        "flock", out.appendingPathComponent(".lock").path, Self.scripts.appendingPathComponent("nightly").path,
      ], ["CUSTODY_SNAPSHOT": "x", "CUSTODY_REPORT_DIR": out.path, "ANSWER": "0"], in: folder)
    #expect(held.status == 2)
    #expect(held.errors.contains("still running"))
  }

  @Test func nightlyReadsItsFileAndTheEnvironmentWins() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let config = folder.appendingPathComponent("nightly.conf")
    try Data(
      """
      # a comment
      CUSTODY_HOLDER="Example $(touch owned) Ltd"
      CUSTODY_FAIL_ON=low
      CUSTODY_POLICY=one two
      """.utf8
    ).write(to: config)
    let outcome = try nightly(folder, ["ANSWER": "0", "CUSTODY_FAIL_ON": "critical"], [config.path])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let passed = try arguments(folder)
    func value(_ flag: String) -> String? { passed.firstIndex(of: flag).map { passed[$0 + 1] } }
    #expect(value("--holder") == "Example $(touch owned) Ltd")
    #expect(value("--fail-on") == "critical")
    #expect(passed.filter { $0 == "-p" }.count == 2)
    #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("owned").path))
    try Data("CUSTODY_HOLDR=x\n".utf8).write(to: config)
    let misspelt = try nightly(folder, ["ANSWER": "0"], [config.path])
    #expect(misspelt.status == 2)
    #expect(misspelt.errors.contains(":1: unknown key"))
  }

  @Test(arguments: ["custody-check", "custody-report"], [0, 1, 3])
  func makeTargetsPassTheStatusOn(_ target: String, _ status: Int) throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let fragment = Corpus.package.appendingPathComponent("examples/contractor-ci/custody.mk").path
    try Data("include \(fragment)\nCUSTODY_HOLDER = A $$(touch owned) 'quoted' Ltd\n".utf8)
      .write(to: folder.appendingPathComponent("Makefile"))
    let outcome = try run(["make", target], ["ANSWER": String(status), "PROBLEMS": "2"], in: folder)
    #expect(outcome.status == (status == 0 ? 0 : 2), "make has one status for every failure")
    #expect(status == 0 || outcome.errors.contains("Error \(status)"))
    #expect(outcome.output == "critical: AUTH-01 problem 1\ncritical: AUTH-01 problem 2\n")
    let kept = try String(contentsOf: folder.appendingPathComponent("build/custody/status"), encoding: .utf8)
    #expect(kept == "\(status)\n")
    let passed = try arguments(folder)
    #expect(passed.contains("A $(touch owned) 'quoted' Ltd"))
    #expect(passed.contains("sarif=build/custody/findings.sarif"))
    #expect(passed.contains("--report") == (target == "custody-report"))
    #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("owned").path))
  }

  @Test func exampleProjectHoldsWhatItSays() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let project = Corpus.package.appendingPathComponent("examples/contractor-ci/project")
    let copy = folder.appendingPathComponent("project")
    try FileManager.default.copyItem(at: project, to: copy)
    let sample = copy.appendingPathComponent("data/test/sample.fmr")
    #expect(try run([copy.path + "/make-data.sh", "dirty"], [:], in: folder).status == 0)
    let bytes = [UInt8](try Data(contentsOf: sample))
    #expect(bytes.count == 42)
    #expect(Array(bytes.prefix(24)) == Array(MinutiaeRecordBuilder.iso2005(views: [2]).prefix(24)))
    #expect(try run([copy.path + "/make-data.sh", "clean"], [:], in: folder).status == 0)
    #expect(!FileManager.default.fileExists(atPath: sample.path))
    #expect(try run([copy.path + "/make-data.sh"], [:], in: folder).status == 2)
  }
}
