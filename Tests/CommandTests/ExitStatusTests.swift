import Foundation
import TestSupport
import Testing

/// Statuses 0 to 3, each with the message that belongs to it.
@Suite struct ExitStatusTests {
  let folder: TemporaryFolder
  let custody: CommandLineTool

  init() throws {
    folder = try TemporaryFolder()
    custody = CommandLineTool(product: "custody", in: folder.url)
  }

  static let fingerprintRecord: [UInt8] = [
    0x46, 0x4D, 0x52, 0, 0x20, 0x32, 0x30, 0, 0, 0, 0, 0x2A, 0, 0, 2, 0, 2, 0, 0, 0xC5, 0, 0xC5, 1, 0, 7, 0, 0x5A, 2,
    0x40, 0x64, 0, 0x78, 0x0A, 0x50, 0x80, 0xC8, 0, 0xF0, 0x40, 0x46, 0, 0,
  ]
  static let truncatedGzip: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x4B]

  @Test func cleanAndComplete() throws {
    try folder.write("snap/readme.txt", "nothing to see\n".utf8)
    let run = try custody.run(["scan", "snap"])
    #expect(run.status == 0, "\(run.err)")
    #expect(run.err.contains("PASSED: no violation; the only entry examined in full"))
    #expect(run.text.contains("PASSED"))
  }

  @Test func timingsNameWhatWasAsked() throws {
    try folder.write("snap/a.bin", [UInt8](repeating: 0x20, count: 100_000) + Self.fingerprintRecord)
    let run = try custody.run(["scan", "snap", "--timings"])
    #expect(run.status == 1, "\(run.err)")
    #expect(run.err.contains("s per GB") && run.err.contains("\n  search") || run.err.contains("\nsearch"))
    #expect(run.err.contains("finger."))
    #expect(!run.text.contains("s per GB"))
    #expect(!(try custody.run(["scan", "snap"]).err.contains("s per GB")))
  }

  @Test func violation() throws {
    try folder.write("snap/a.bin", Self.fingerprintRecord)
    let run = try custody.run(["scan", "snap"])
    #expect(run.status == 1, "\(run.err)")
    #expect(run.err.contains("FAILED: "))
    #expect(run.text.contains("AUTH-01"))
    #expect(run.text.contains("no register") || run.text.contains("no-register"))
  }

  @Test func violationAndIncompleteSaysBoth() throws {
    try folder.write("snap/a.bin", Self.fingerprintRecord)
    try folder.write("snap/b.gz", Self.truncatedGzip)
    let run = try custody.run(["scan", "snap"])
    #expect(run.status == 1)
    #expect(run.err.contains("FAILED: ") && run.err.contains("not examined in full"))
  }

  @Test func incomplete() throws {
    try folder.write("snap/readme.txt", "nothing to see\n".utf8)
    try folder.write("snap/b.gz", Self.truncatedGzip)
    let run = try custody.run(["scan", "snap"])
    #expect(run.status == 3, "\(run.err)")
    #expect(run.err.contains("INCOMPLETE: no violation"))
    let allowed = try custody.run(["scan", "snap", "--allow-incomplete"])
    #expect(allowed.status == 0)
    #expect(allowed.err.contains("incomplete, allowed"))
  }

  /// An empty pipe or a wrong folder must never be green.
  @Test func nothingToExamineIsNotClean() throws {
    try FileManager.default.createDirectory(atPath: folder.path("void"), withIntermediateDirectories: true)
    for run in [try custody.run(["scan", "-"]), try custody.run(["scan", "void", "--allow-incomplete"])] {
      #expect(run.status == 3 && run.err.contains("nothing to examine"), "\(run.err)")
    }
  }

  @Test func failOnDecides() throws {
    try folder.write("snap/a.bin", Self.fingerprintRecord)
    for level in ["critical", "high", "medium", "low", "info"] {
      #expect(try custody.run(["scan", "snap", "--fail-on", level]).status == 1)
    }
  }

  @Test(arguments: [
    ["scan"], ["scan", "missing.tar"], ["scan", "snap", "--no-such-flag"], ["scan", "snap", "-p", "no-such-pack"],
    ["scan", "snap", "-o", "no-such-format"], ["scan", "snap", "-o", "json", "-o", "sarif"],
    ["scan", "snap", "--as-of", "yesterday"], ["scan", "snap", "-r", "missing.yaml"],
    ["scan", "snap", "--key", "k.pem"], ["scan", "snap", "--jobs", "0"], ["scan", "snap", "--fail-on", "never"],
    ["examine", "snap"], ["judge", "missing.jsonl"], ["verify", "missing"], ["detectors", "no.such"],
    ["policy", "check", "missing.yaml"], ["register", "check", "missing.yaml"], ["nonsense"],
  ])
  func notDone(_ arguments: [String]) throws {
    try folder.write("snap/readme.txt", "nothing to see\n".utf8)
    let run = try custody.run(arguments)
    #expect(run.status == 2, "\(arguments): \(run.err)")
    #expect(!run.err.isEmpty)
    #expect(run.out.isEmpty)
  }

  @Test func quietIsSilentWhenAllIsWell() throws {
    try folder.write("snap/readme.txt", "nothing to see\n".utf8)
    let run = try custody.run(["scan", "snap", "--quiet"])
    #expect(run.status == 0 && run.out.isEmpty && run.err.isEmpty)
  }

  @Test func helpIsNoFailure() throws {
    for arguments in [["--help"], ["scan", "--help"], ["--version"]] {
      let run = try custody.run(arguments)
      #expect(run.status == 0 && !run.out.isEmpty)
    }
  }

  @Test func examineAlone() throws {
    try folder.write("snap/readme.txt", "nothing to see\n".utf8)
    #expect(try custody.run(["examine", "snap", "-o", "a.jsonl"]).status == 0)
    try folder.write("snap/b.gz", Self.truncatedGzip)
    let run = try custody.run(["examine", "snap", "-o", "b.jsonl"])
    #expect(run.status == 3 && run.err.contains("INCOMPLETE"))
    let mode = try FileManager.default.attributesOfItem(atPath: folder.path("b.jsonl"))[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  /// A pipe or device named as output is written to, never renamed over.
  @Test func specialFilesSurvive() throws {
    try folder.write("snap/readme.txt", "nothing to see\n".utf8)
    for arguments in [["examine", "snap", "-o", "pipe"], ["scan", "snap", "-o", "json=pipe"]] {
      unlink(folder.path("pipe"))
      #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
      var out = try ChildPipe()
      let reader = try ChildProcess(
        "/bin/cat", [folder.path("pipe")], environment: [:], descriptors: [nil, out.write, nil])
      out.closeWrite()
      #expect(try custody.run(arguments).status == 0)
      let bytes = try FileHandle(fileDescriptor: out.read).readToEnd() ?? Data()
      #expect(reader.wait(until: Date().addingTimeInterval(300)) == 0)
      #expect(bytes.first == UInt8(ascii: "{"))
      var status = stat()
      #expect(lstat(folder.path("pipe"), &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path("pipe.scan.json")))
  }

  @Test func messagesAsJSON() throws {
    let run = try custody.run(["scan", "missing\u{1B}[31m.tar", "--log-format", "json"])
    #expect(run.status == 2)
    let line = try #require(run.err.split(separator: "\n").first)
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    #expect(object?["level"] as? String == "error" && object?["code"] as? String == "snapshot.unreadable")
    #expect(!run.err.utf8.contains(0x1B))
  }

  @Test func configurationFile() throws {
    try folder.write("snap/a.bin", Self.fingerprintRecord)
    try folder.write("custody.yaml", "quiet: true\noutput: [json=out.json]\nas-of: 2019-06-01T00:00:00Z\n".utf8)
    let run = try custody.run(["scan", "snap", "--config", "custody.yaml"])
    #expect(run.status == 1 && run.out.isEmpty)
    let json = try JSONSerialization.jsonObject(with: Data(folder.read("out.json"))) as? [String: Any]
    #expect(json?["asOf"] as? String == "2019-06-01T00:00:00Z")
    try folder.write("bad.yaml", "no-such-flag: 1\n".utf8)
    #expect(try custody.run(["scan", "snap", "--config", "bad.yaml"]).status == 2)
  }
}
