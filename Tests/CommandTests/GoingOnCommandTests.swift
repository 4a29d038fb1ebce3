import CustodyCore
import Foundation
import Records
import TestSupport
import Testing

/// The real program, whose examiner somebody ends.
@Suite struct GoingOnCommandTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private var custody: CommandLineTool { CommandLineTool(product: "custody", in: folder.url) }

  /// The examiner of a process, once there is one.
  private func examiner(of process: Int32) throws -> Int32 {
    for _ in 0..<2000 {
      let text = try String(contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)
      if let id = text.split(separator: " ").compactMap({ Int32($0) }).first { return id }
      usleep(1000)
    }
    throw Missing()
  }
  private struct Missing: Error {}

  /// Ended from outside, it is begun anew, and nothing is left out.
  @Test func killedOnce() throws {
    let members = (0..<4000).map { BuiltMember("f\($0).txt", text: String(repeating: "line \($0)\n", count: 400)) }
    try folder.write(
      "s.tar", ArchiveBuilder.archive("pax", members + [BuiltMember("a.fac", FaceRecordBuilder.iso2005())]))
    let calm = try custody.run(["examine", "s.tar", "-o", "calm.jsonl", "--no-vision"])
    #expect(calm.status == 0, "\(calm.err)")
    #expect(!calm.err.contains("begun anew"))
    var said = try ChildPipe()
    let process = try ChildProcess(
      custody.executable.path, ["examine", "s.tar", "-o", "out.jsonl", "--no-vision", "--progress", "plain"],
      in: folder.url.path, environment: ProcessInfo.processInfo.environment, descriptors: [nil, nil, said.write])
    said.closeWrite()
    let first = try examiner(of: process.id)
    usleep(100_000)
    kill(first, SIGKILL)
    #expect(process.wait(until: Date().addingTimeInterval(300)) == 0)
    let text = String(
      decoding: try FileHandle(fileDescriptor: said.read).readToEnd() ?? Data(), as: UTF8.self)
    #expect(text.contains("begun anew, 1 time;"), "\(text)")
    #expect(try folder.read("out.jsonl") == folder.read("calm.jsonl"))
    let record = String(decoding: try folder.read("out.scan.json"), as: UTF8.self)
    #expect(record.contains("examinerRestarts"))
  }

  /// Whoever asks the examiner to end gets an end.
  @Test func askedToEnd() throws {
    let members = (0..<4000).map { BuiltMember("f\($0).txt", text: String(repeating: "line \($0)\n", count: 400)) }
    try folder.write("s.tar", ArchiveBuilder.archive("pax", members))
    var said = try ChildPipe()
    let process = try ChildProcess(
      custody.executable.path, ["examine", "s.tar", "-o", "out.jsonl", "--no-vision"], in: folder.url.path,
      environment: ProcessInfo.processInfo.environment, descriptors: [nil, nil, said.write])
    said.closeWrite()
    let first = try examiner(of: process.id)
    usleep(100_000)
    kill(first, SIGTERM)
    #expect(process.wait(until: Date().addingTimeInterval(300)) == 3)
    let text = String(
      decoding: try FileHandle(fileDescriptor: said.read).readToEnd() ?? Data(), as: UTF8.self)
    #expect(text.contains("the rest of the snapshot was not seen"), "\(text)")
    let lines = try folder.read("out.jsonl").split(separator: 0x0A).map { try InventoryLine.decode($0) }
    #expect(lines.last?.reason == .examinerCrashed)
  }
}
