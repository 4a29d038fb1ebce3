public import Foundation

/// One fenced block of a page of docs/, so that tests can run what the page shows.
public struct PageBlock: Sendable, CustomStringConvertible {
  /// The words behind the fence: `yaml pack`.
  public var info: [String]
  public var text: String
  /// Line of the opening fence, from 1.
  public var line: Int

  public var kind: String { info.prefix(2).joined(separator: " ") }
  public var lines: [String] { text.split(separator: "\n").map(String.init) }
  public var description: String { "line \(line): \(info.joined(separator: " "))" }

  /// The value of a key at the beginning of a line of YAML.
  public func value(_ key: String) -> String? {
    lines.first { $0.hasPrefix(key + ": ") }.map { String($0.dropFirst(key.count + 2)) }
  }

  /// The blocks of a page in order; none when it cannot be read.
  public static func all(of page: String) -> [PageBlock] {
    let file = Corpus.package.appendingPathComponent("docs").appendingPathComponent(page)
    let lines = ((try? String(contentsOf: file, encoding: .utf8)) ?? "").components(separatedBy: "\n")
    var blocks: [PageBlock] = []
    var open: PageBlock?
    for (number, line) in lines.enumerated() {
      if line.hasPrefix("```") {
        if let block = open {
          blocks.append(block)
          open = nil
        } else {
          open = PageBlock(info: line.dropFirst(3).split(separator: " ").map(String.init), text: "", line: number + 1)
        }
      } else {
        open?.text += line + "\n"
      }
    }
    if let open { blocks.append(open) }
    return blocks
  }
}

/// A command line of a page with the status it says: `custody scan share   # status 1: a face`; 0 when it says none.
public struct PageCommand: Sendable {
  public var line: String
  public var status: Int32

  public init(_ line: String) {
    let parts = line.components(separatedBy: "# status ")
    self.line = line
    status = parts.count > 1 ? Int32(parts[1].prefix { $0.isNumber }) ?? -1 : 0
  }

  /// Runs it with a shell that finds this build's `custody` first.
  public func run(in folder: URL) throws -> CommandLineTool.Result {
    var shell = CommandLineTool(executable: URL(fileURLWithPath: "/bin/sh"), in: folder)
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    shell.environment["PATH"] = CommandLineTool.products.path + ":" + path
    return try shell.run(["-c", line])
  }
}
