import Foundation
import TestSupport
import Testing

/// Laying out files through the real program: what is written, what is said, which status.
@Suite struct PolicyFmtTests {
  let folder: TemporaryFolder
  let custody: CommandLineTool

  static let bad = "register: r # name\r\nrows:\n- version: 1\n  id: A"
  static let good = "register: r # name\nrows:\n  - id: A\n    version: 1\n"
  static let tabbed = "register: r\nrows: [\n\tA]\n"

  init() throws {
    folder = try TemporaryFolder()
    custody = CommandLineTool(product: "custody", in: folder.url)
    try folder.write("bad.yaml", Self.bad.utf8)
    try folder.write("good.yaml", Self.good.utf8)
    try folder.write("tab.yaml", Self.tabbed.utf8)
  }

  private func text(_ name: String) throws -> String { String(decoding: try folder.read(name), as: UTF8.self) }

  @Test func checkAndDiffWriteNothing() throws {
    let check = try custody.run(["policy", "fmt", "--check", "bad.yaml", "good.yaml"])
    #expect(check.status == 1)
    #expect(check.text == "bad.yaml\n")
    let diff = try custody.run(["policy", "fmt", "--diff", "bad.yaml", "good.yaml"])
    #expect(diff.status == 0)
    #expect(diff.text.hasPrefix("--- bad.yaml\n+++ bad.yaml\n@@ -1,4 +1,4 @@\n-register: r # name\\r\n"))
    #expect(try custody.run(["policy", "fmt", "--check", "--diff", "bad.yaml"]).status == 1)
    #expect(try custody.run(["policy", "fmt", "--check", "good.yaml"]).status == 0)
    #expect(try text("bad.yaml") == Self.bad)
    #expect(try text("good.yaml") == Self.good)
  }

  @Test func filesAreReplacedOnlyWhenTheyChange() throws {
    let files = FileManager.default
    let old = Date(timeIntervalSince1970: 1_000_000_000)
    for name in ["bad.yaml", "good.yaml"] {
      try files.setAttributes([.modificationDate: old, .posixPermissions: 0o600], ofItemAtPath: folder.path(name))
    }
    try files.createSymbolicLink(atPath: folder.path("link.yaml"), withDestinationPath: "bad.yaml")
    let run = try custody.run(["policy", "fmt", "link.yaml", "good.yaml"])
    #expect(run.status == 0, "\(run.err)")
    #expect(run.text.isEmpty && run.err.isEmpty)
    #expect(try text("bad.yaml") == Self.good)
    #expect(try files.destinationOfSymbolicLink(atPath: folder.path("link.yaml")) == "bad.yaml")
    let (bad, good) = (
      try files.attributesOfItem(atPath: folder.path("bad.yaml")),
      try files.attributesOfItem(atPath: folder.path("good.yaml"))
    )
    #expect(bad[.posixPermissions] as? Int == 0o600)
    #expect(bad[.modificationDate] as? Date != old)
    #expect(good[.modificationDate] as? Date == old)
  }

  @Test func oneBadFileDoesNotStopTheOthers() throws {
    let run = try custody.run(["policy", "fmt", "missing.yaml", "tab.yaml", "bad.yaml"])
    #expect(run.status == 2)
    #expect(run.err.contains("missing.yaml: there is no such file [file.missing]"))
    #expect(run.err.contains("tab.yaml:3:1: a tab in the indentation [fmt.tab]"))
    #expect(try text("tab.yaml") == Self.tabbed)
    #expect(try text("bad.yaml") == Self.good)
    let check = try custody.run(["policy", "fmt", "--check", "."])
    #expect(check.status == 2)
    #expect(check.text.isEmpty)
  }
}
