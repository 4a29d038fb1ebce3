import CustodyCore
import Foundation
import Records
import Snapshots
import TestSupport
import Testing

@testable import CustodyKit

/// Image workers, counts, several inputs, and outputs that cannot be taken back.
extension GoingOnTests {
  /// Pictures, costs and progress are those of the last beginning.
  @Test func nothingIsCountedTwice() throws {
    let pictures = (1...4).map { n in
      BuiltMember("lane\(n).jpg", JPEGPicture.encode(DrawnScene.lane(seed: UInt64(n)), quality: 85, exif: nil))
    }
    let bad = BuiltMember("bad.txt", Self.crash("segv"))
    let calm = try folder.write("calm.tar", ArchiveBuilder.archive("pax", members(pictures)))
    let path = try folder.write("s.tar", ArchiveBuilder.archive("pax", members(pictures + [bad])))
    let worker = CommandLineTool.products.appendingPathComponent("custody-vision").path
    var options = ExamineOptions(jobs: 2, vision: VisionOptions(worker: worker, profile: "ci"))
    options.measuresDetectors = true
    let (_, expected) = try supervise([.path(calm)], options)
    let progress = ScanProgress()
    let (answer, result) = try supervise([.path(path)], options, progress)
    #expect(answer.restarts == 1 && answer.quarantined == ["s.tar!/bad.txt"])
    #expect(result.vision?.looked == 4 && expected.vision?.looked == 4)
    #expect(result.vision?.restarts == 0)
    func calls(_ costs: [DetectorCost]) -> [String: UInt64] {
      Dictionary(uniqueKeysWithValues: costs.map { ($0.name, $0.calls) })
    }
    #expect(calls(result.costs) == calls(expected.costs))
    #expect(progress.entries <= UInt64(answer.lines.count))
    #expect(
      result.record(options: options, startedOn: Instant(seconds: 0), finishedOn: Instant(seconds: 0)).run.host
        .contains { $0.name == "examinerRestarts" && $0.value == "1" })
  }

  /// The threads that talk to image workers examine too.
  @Test func aPictureInsideAPicture() throws {
    func picture(_ seed: UInt64, comment: String) -> [UInt8] {
      var bytes = JPEGPicture.encode(DrawnFace.portrait(seed: seed), quality: 60, exif: nil)
      let text = Array(comment.utf8)
      bytes.insert(contentsOf: [0xFF, 0xFE, 0, UInt8(text.count + 2)] + text, at: 2)
      return bytes
    }
    let outer = picture(5, comment: "outer") + picture(6, comment: "CRASH-NOW:inside: ")
    let path = try folder.write(
      "s.tar", ArchiveBuilder.archive("pax", members([BuiltMember("two.jpg", outer), BuiltMember("copy.jpg", outer)])))
    let worker = CommandLineTool.products.appendingPathComponent("custody-vision").path
    var all: [[UInt8]] = []
    for jobs in [1, 4] {
      let options = ExamineOptions(jobs: jobs, vision: VisionOptions(worker: worker, profile: "ci"))
      let (answer, _) = try supervise([.path(path)], options)
      #expect(answer.isWhole)
      #expect(answer.quarantined == ["s.tar!/two.jpg", "s.tar!/copy.jpg"])
      #expect(answer["s.tar!/z.fac"]?.observations.isEmpty == false)
      all.append(answer.bytes)
    }
    #expect(all[0] == all[1])
  }

  @Test func whatCanBeReadOnceEndsThere() throws {
    let bytes = ArchiveBuilder.archive("pax", members([BuiltMember("bad.txt", Self.crash("segv"))]))
    let path = try folder.write("s.tar", bytes)
    let file = open(path, O_RDONLY)
    defer { close(file) }
    let answer = try supervise([.stream(descriptor: file, name: "stdin")])
    #expect(answer.restarts == 0)
    #expect(answer.lines.last?.reason == .examinerCrashed)
    #expect(answer.quarantined.isEmpty)
  }

  @Test func severalInputs() throws {
    let bad = members([BuiltMember("bad.txt", Self.crash("segv"))])
    let one = try folder.write("one.tar", ArchiveBuilder.archive("pax", members([])))
    let two = try folder.write("two.tar", ArchiveBuilder.archive("pax", bad))
    let three = try folder.write("three.zip", ArchiveBuilder.archive("zip", bad))
    let answer = try supervise([.path(one), .path(two), .path(three)])
    #expect(answer.isWhole)
    // The same content: one beginning.
    #expect(answer.quarantined == ["two.tar!/bad.txt", "three.zip!/bad.txt"])
    #expect(answer.restarts == 1)
  }

  /// What went into a pipe cannot be taken back.
  @Test func aPipeGetsTheLastInventoryOnly() throws {
    let path = try folder.write(
      "s.tar", ArchiveBuilder.archive("pax", members([BuiltMember("bad.txt", Self.crash("segv"))])))
    let file = try supervise([.path(path)])
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    let stub = CommandLineTool.products.appendingPathComponent("ExaminerStub").path
    let supervisor = ExamineSupervisor(program: .init(path: stub, arguments: []))
    // The inventory is smaller than what the pipe holds.
    _ = try supervisor.run([.path(path)], to: ends[1], options: ExamineOptions(jobs: 2))
    close(ends[1])
    let piped = [UInt8](try FileHandle(fileDescriptor: ends[0], closeOnDealloc: true).readToEnd() ?? Data())
    #expect(piped == file.bytes)
  }
}
