import CustodyCore
import Foundation
import Glibc
import Snapshots
import Synchronization
import Testing

/// Keeps everything a reader says, and checks the order of calls.
final class RecordingSink: EntrySink {
  struct Entry {
    var header: EntryHeader
    var content: [UInt8] = []
    var zeros: UInt64 = 0
    var outcome: EntryOutcome?
    var endedAt = 0

    var path: String { header.locator.description }
    var text: String { String(decoding: content, as: UTF8.self) }
    /// `disposition reason`, or `ok`.
    var verdict: String {
      guard let outcome else { return "unended" }
      guard let disposition = outcome.disposition else { return "ok" }
      return disposition.rawValue + " " + (outcome.reason?.rawValue ?? "-")
    }
  }

  var entries: [Entry] = []
  var faults: [String] = []
  private let keep: Int
  private let input = Mutex<[UInt8]>([])
  private var ended = 0

  init(keep: Int = 1 << 20) { self.keep = keep }

  var inputBytes: [UInt8] { input.withLock { $0 } }

  func snapshotBlock(_ block: Block) { input.withLock { $0.append(contentsOf: block.bytes) } }

  func begin(_ entry: EntryHeader) -> Int {
    entries.append(Entry(header: entry))
    return entries.count - 1
  }

  func data(_ bytes: UnsafeRawBufferPointer, of token: Int) {
    if entries[token].outcome != nil { faults.append("data after end of \(entries[token].path)") }
    if entries[token].content.count < keep { entries[token].content.append(contentsOf: bytes) }
  }

  func zeros(_ count: UInt64, of token: Int) {
    entries[token].zeros += count
    let part = min(count, UInt64(max(0, keep - entries[token].content.count)))
    entries[token].content.append(contentsOf: [UInt8](repeating: 0, count: Int(part)))
  }

  func end(_ token: Int, _ outcome: EntryOutcome) {
    if entries[token].outcome != nil { faults.append("second end of \(entries[token].path)") }
    if (outcome.disposition == nil) != (outcome.reason == nil) { faults.append("disposition without reason") }
    entries[token].outcome = outcome
    ended += 1
    entries[token].endedAt = ended
  }

  /// Everything that must hold after any input.
  var broken: [String] { faults + entries.filter { $0.outcome == nil }.map { "unended " + $0.path } }

  func entry(_ path: String) -> Entry? { entries.first { $0.path == path } }
  var paths: [String] { entries.map(\.path) }
  /// Path and verdict of each entry in order of their ends.
  var verdicts: [String] {
    entries.sorted { $0.endedAt < $1.endedAt }.map { $0.path + ": " + $0.verdict }
  }
}

/// Ways to put bytes before a reader.
enum Feed {
  /// As a file and through a pipe, which must say the same.
  static func both(_ bytes: [UInt8], limits: SnapshotLimits = SnapshotLimits()) throws -> RecordingSink {
    let file = try file(bytes, name: "x", limits: limits)
    let stream = try stream(bytes, name: "x", limits: limits)
    #expect(file.broken.isEmpty && stream.broken.isEmpty)
    #expect(file.verdicts == stream.verdicts)
    #expect(file.entries.map(\.content) == stream.entries.map(\.content))
    return file
  }

  /// As a file of this name.
  static func file(
    _ bytes: [UInt8], name: String = "x", limits: SnapshotLimits = SnapshotLimits(), keep: Int = 1 << 20
  ) throws -> RecordingSink {
    let folder = try Folder()
    let path = folder.path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let sink = RecordingSink(keep: keep)
    let summary = try SnapshotReader(limits: limits).read(.path(path), into: sink)
    if summary.bytesRead != UInt64(bytes.count) { sink.faults.append("read \(summary.bytesRead) of \(bytes.count)") }
    if sink.inputBytes != bytes { sink.faults.append("the input's own bytes differ") }
    return sink
  }

  /// Through a pipe.
  static func stream(
    _ bytes: [UInt8], name: String = "-", limits: SnapshotLimits = SnapshotLimits(), keep: Int = 1 << 20
  ) throws -> RecordingSink {
    let pipe = Pipe()
    let writer = pipe.fileHandleForWriting
    let thread = Thread {
      try? writer.write(contentsOf: Data(bytes))
      try? writer.close()
    }
    thread.start()
    let sink = RecordingSink(keep: keep)
    _ = try SnapshotReader(limits: limits).read(
      .stream(descriptor: pipe.fileHandleForReading.fileDescriptor, name: name), into: sink)
    if sink.inputBytes != bytes { sink.faults.append("the input's own bytes differ") }
    return sink
  }
}

/// A temporary folder that goes with its object.
final class Folder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/snapshots-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    let url = URL(fileURLWithPath: path + "/" + name)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }
}

extension Feed {
  /// As a file named `x`; give a folder when many follow each other.
  static func memory(
    _ bytes: [UInt8], limits: SnapshotLimits = SnapshotLimits(), keep: Int = 2 << 20, in folder: Folder? = nil
  ) throws -> RecordingSink {
    let folder = try folder ?? Folder()
    let path = folder.path + "/x"
    let descriptor = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0o600)
    guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
    var done = 0
    while done < bytes.count {
      let n = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress.map { $0 + done }, bytes.count - done) }
      guard n > 0 else { throw CocoaError(.fileWriteUnknown) }
      done += n
    }
    close(descriptor)
    let sink = RecordingSink(keep: keep)
    _ = try SnapshotReader(limits: limits).read(.path(path), into: sink)
    if sink.inputBytes != bytes { sink.faults.append("the input's own bytes differ") }
    return sink
  }
}
