import CustodyCore
import Foundation
import Records
import TestSupport
import Testing

/// `--yara` through the real program, sandbox and all.
@Suite struct YaraCommandTests {
  let folder: TemporaryFolder
  let custody: CommandLineTool

  init() throws {
    folder = try TemporaryFolder()
    custody = CommandLineTool(product: "custody", in: folder.url)
  }

  @Test func matchesAreJudgedAndNamedInTheEvidence() throws {
    let rule =
      "rule badge { meta: custody_class = \"face.image\" custody_strength = \"strong\" strings: $a = \"BADGE\" condition: $a }"
    try folder.write("r.yar", rule.utf8)
    let inner = ArchiveBuilder.archive("zip", [BuiltMember("deep.bin", text: "xx BADGE yy")])
    try folder.write(
      "s.tar", ArchiveBuilder.archive("pax", [BuiltMember("a.zip", inner), BuiltMember("b", text: "no")]))
    let run = try custody.run(["examine", "s.tar", "-o", "out.jsonl", "--no-vision", "--yara", "r.yar"])
    #expect(run.status == 0, "\(run.err)")
    let entries = try folder.read("out.jsonl").split(separator: 0x0A).map { try InventoryLine.decode($0) }
    let seen = entries.filter { !$0.observations.isEmpty }
    #expect(seen.map(\.locator.description) == ["s.tar!/a.zip!/deep.bin"])
    #expect(seen.first?.observations.first?.detector == "custom.yara")
    let record = String(decoding: try folder.read("out.scan.json"), as: UTF8.self)
    #expect(record.contains("custom.yara/1;sha256="))
    #expect(try custody.run(["scan", "s.tar", "--no-vision", "--yara", "r.yar"]).status == 1)
    #expect(try custody.run(["scan", "s.tar", "--no-vision"]).status == 0)
  }

  @Test func mistakesEndBeforeTheSnapshotIsTouched() throws {
    try folder.write("r.yar", "\nrule a { condition: nothing }".utf8)
    let run = try custody.run(["scan", "missing.tar", "--yara", "r.yar"])
    #expect(run.status == 2)
    try folder.write("s.txt", "x".utf8)
    let wrong = try custody.run(["scan", "s.txt", "--no-vision", "--yara", "r.yar"])
    #expect(wrong.status == 2 && wrong.err.contains("[usage.yara]") && wrong.err.contains("r.yar:2:"), "\(wrong.err)")
    #expect(try custody.run(["scan", "s.txt", "--no-vision", "--yara", "none.yar"]).status == 2)
  }
}
