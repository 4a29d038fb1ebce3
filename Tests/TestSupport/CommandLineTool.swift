public import Foundation

/// Runs the real program the way a user does.
public struct CommandLineTool: Sendable {
  public struct Result: Sendable {
    public var status: Int32
    public var out: [UInt8]
    public var err: String
    public var text: String { String(decoding: out, as: UTF8.self) }
  }

  public let executable: URL
  public var folder: URL
  public var environment: [String: String] = [:]
  /// False: the program sees `environment` and nothing else.
  public var inheritsEnvironment = true

  /// A product of this package, built beside the tests.
  public init(product: String, in folder: URL) {
    executable = CommandLineTool.products.appendingPathComponent(product)
    self.folder = folder
  }

  public init(executable: URL, in folder: URL) {
    self.executable = executable
    self.folder = folder
  }

  /// Where the products are: the folder of the test bundle.
  public static let products: URL = {
    let bundle = ProcessInfo.processInfo.arguments.first ?? ""
    let named = ProcessInfo.processInfo.arguments.first { $0.hasSuffix(".xctest") } ?? bundle
    let folder = URL(fileURLWithPath: named).deletingLastPathComponent()
    if FileManager.default.fileExists(atPath: folder.appendingPathComponent("custody").path) { return folder }
    return Corpus.package.appendingPathComponent(".build/debug")
  }()

  /// Runs to the end, or kills after `timeout` seconds (status 124). Ended by a signal: 128 + its number.
  public func run(_ arguments: [String], input: [UInt8] = [], timeout: Double = 300) throws -> Result {
    let deadline = Date().addingTimeInterval(timeout)
    var stdin = try ChildPipe()
    var out = try ChildPipe()
    var err = try ChildPipe()
    let child = try ChildProcess(
      executable.path, arguments, in: folder.path,
      environment: (inheritsEnvironment ? ProcessInfo.processInfo.environment : [:]).merging(environment) { $1 },
      descriptors: [stdin.read, out.write, err.write])
    stdin.closeRead()
    out.closeWrite()
    err.closeWrite()
    let said = ChildPipe.exchange(input, to: &stdin, from: out, and: err, until: deadline)
    return Result(status: child.wait(until: deadline), out: said.out, err: String(decoding: said.err, as: UTF8.self))
  }
}

/// A folder that goes away with its owner.
public final class TemporaryFolder: Sendable {
  public let url: URL
  public init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("custody-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(at: url) }

  public func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  @discardableResult
  public func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    let file = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return file.path
  }
  public func read(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: url.appendingPathComponent(name))) }
}
