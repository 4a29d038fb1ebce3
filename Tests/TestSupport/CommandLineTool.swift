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

  /// Runs to the end, or kills after `timeout` seconds (status 124).
  public func run(_ arguments: [String], input: [UInt8] = [], timeout: Double = 120) throws -> Result {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let out = Pipe()
    let err = Pipe()
    let stdin = Pipe()
    process.standardOutput = out
    process.standardError = err
    process.standardInput = stdin
    try process.run()
    let outBytes = Collector(out.fileHandleForReading)
    let errBytes = Collector(err.fileHandleForReading)
    let writer = Thread {
      try? stdin.fileHandleForWriting.write(contentsOf: Data(input))
      try? stdin.fileHandleForWriting.close()
    }
    writer.start()
    let deadline = Date().addingTimeInterval(timeout)
    while process.isRunning, Date() < deadline { usleep(5000) }
    let late = process.isRunning
    if late { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    return Result(
      status: late
        ? 124
        : process.terminationReason == .uncaughtSignal ? 128 + process.terminationStatus : process.terminationStatus,
      out: outBytes.finish(), err: String(decoding: errBytes.finish(), as: UTF8.self))
  }

  private final class Collector: @unchecked Sendable {
    private var bytes: [UInt8] = []
    private let done = DispatchSemaphore(value: 0)
    init(_ handle: FileHandle) {
      Thread { [self] in
        bytes = [UInt8]((try? handle.readToEnd()) ?? Data())
        done.signal()
      }.start()
    }
    func finish() -> [UInt8] {
      done.wait()
      return bytes
    }
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
