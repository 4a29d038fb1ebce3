import Foundation
import TestSupport
import Testing

/// docs/extract-by-hand.md: what the inventory locates can be taken out with common tools.
@Suite struct ExtractByHandTests {
  static let tools = ["/usr/bin/bsdtar", "/usr/bin/basenc", "/usr/bin/jq", "/usr/bin/python3", "/sbin/debugfs"]

  @Test func thePageDoesWhatItSays() throws {
    if let missing = Self.tools.first(where: { !FileManager.default.isExecutableFile(atPath: $0) }) {
      FileHandle.standardError.write(Data("SKIPPED: taking entries out by hand, no \(missing)\n".utf8))
      return
    }
    let folder = try TemporaryFolder()
    var shell = CommandLineTool(executable: URL(fileURLWithPath: "/bin/bash"), in: folder.url)
    shell.environment["PATH"] = CommandLineTool.products.path + ":/usr/bin:/bin"
    let blocks = PageBlock.all(of: "extract-by-hand.md")
    #expect(blocks.map { $0.info.last } == ["snapshot", "paths", "archive", "dump", "mail", "image", "git", "carved"])
    for block in blocks {
      let run = try shell.run(["-o", "pipefail", "-c", block.text])
      #expect(run.status == 0, "\(block): \(run.text)\(run.err)")
      if block.info.last == "paths" { #expect(run.text.split(separator: "\n").count == 6, "\(run.text)") }
    }
  }
}
