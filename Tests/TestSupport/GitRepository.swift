public import Foundation

/// A repository made by the real program, whose settings on this machine do not matter.
public struct GitRepository {
  private let folder: TemporaryFolder
  private let tool: CommandLineTool

  /// - Returns: nil when the program is not installed, which is said aloud.
  public init?(in folder: TemporaryFolder, format: String = "sha1") throws {
    let program = URL(fileURLWithPath: "/usr/bin/git")
    guard FileManager.default.isExecutableFile(atPath: program.path) else {
      FileHandle.standardError.write(Data("SKIPPED: packs of git's own making, no \(program.path)\n".utf8))
      return nil
    }
    self.folder = folder
    var tool = CommandLineTool(executable: program, in: folder.url)
    tool.environment = [
      "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "HOME": folder.url.path,
      "GIT_AUTHOR_DATE": "1541167391 +0000", "GIT_COMMITTER_DATE": "1541167391 +0000",
    ]
    self.tool = tool
    try FileManager.default.createDirectory(atPath: folder.path("r"), withIntermediateDirectories: true)
    try run("init", "-q", "--object-format=\(format)")
  }

  /// Path of something in its folder.
  public func path(_ name: String) -> String { folder.path("r/" + name) }
  public func write(_ name: String, _ bytes: [UInt8]) throws { try folder.write("r/" + name, bytes) }
  public func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }

  /// Everything as it is now.
  public func commit(_ message: String) throws {
    try run("add", "-A")
    try run("commit", "-q", "-m", message)
  }

  /// - Throws: when the program does not succeed.
  @discardableResult public func run(_ arguments: String...) throws -> [UInt8] {
    let who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-C", "r"]
    let result = try tool.run(who + arguments)
    guard result.status == 0 else { throw Failure(words: "git \(arguments): \(result.err)") }
    return result.out
  }

  private struct Failure: Error { var words: String }

  /// By their names, all objects but lists of file names.
  public func objects() throws -> [String: [UInt8]] {
    var objects: [String: [UInt8]] = [:]
    let list = String(decoding: try run("cat-file", "--batch-all-objects", "--batch-check"), as: UTF8.self)
    for line in list.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      if words[1] != "tree" { objects[words[0]] = try run("cat-file", words[1], words[0]) }
    }
    return objects
  }
}
