import CustodyCore
import Foundation
import Records
import TestSupport
import Testing

@testable import CustodyKit

/// What comes from the examining process is taken as if an enemy had written it.
@Suite struct InventoryIntakeTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func entry(_ index: UInt64, disposition: Disposition = .examined) -> [UInt8] {
    var line: [UInt8] = []
    InventoryLine.encode(
      Examination(
        index: index, nonce: Array(repeating: 7, count: 16),
        locator: Locator("a.tar").appending(Array("x\(index)".utf8)),
        size: 3, sha256: nil, kind: .text, modified: nil, disposition: disposition,
        reason: disposition == .examined ? nil : .corrupt, notes: [], link: nil, attributes: [:], observations: []),
      into: &line)
    return line + [0x0A]
  }

  private func take(_ bytes: [UInt8], in pieces: Int = 1) throws -> (
    Result<InventorySummary, Complaint>, [UInt8], UInt64
  ) {
    let name = "i-\(UUID().uuidString).jsonl"
    let descriptor = open(folder.path(name), O_RDWR | O_CREAT | O_EXCL, 0o600)
    defer { close(descriptor) }
    let intake = InventoryIntake(descriptor: descriptor)
    let step = max(1, (bytes.count + pieces - 1) / pieces)
    for start in stride(from: 0, to: bytes.count, by: step) {
      Array(bytes[start..<min(bytes.count, start + step)]).withUnsafeBytes { intake.take($0) }
    }
    let result = Result { () throws(Complaint) in try intake.finish() }
    return (result, try folder.read(name), intake.incomplete)
  }

  @Test func anyCutGivesTheSameInventory() throws {
    let bytes: [UInt8] = (UInt64(0)..<50).flatMap { entry($0, disposition: $0 % 10 == 3 ? .failed : .examined) }
    let (whole, written, incomplete) = try take(bytes)
    #expect(written == bytes)
    #expect(incomplete == 5)
    #expect(try whole.get().treeSize == 50)
    for pieces in [2, 7, bytes.count] {
      let (result, file, _) = try take(bytes, in: pieces)
      #expect(file == bytes)
      #expect(try result.get() == whole.get())
    }
  }

  struct Bad: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var bytes: @Sendable (InventoryIntakeTests) -> [UInt8]
  }
  static let bad: [Bad] = [
    Bad(testDescription: "text") { _ in Array("hello\n".utf8) },
    Bad(testDescription: "an empty line") { $0.entry(0) + [0x0A] },
    Bad(testDescription: "a number skipped") { $0.entry(0) + $0.entry(2) },
    Bad(testDescription: "a number twice") { $0.entry(0) + $0.entry(0) },
    Bad(testDescription: "no newline at the end") { $0.entry(0) + $0.entry(1).dropLast() },
    Bad(testDescription: "an unknown member") { test in
      Array(String(decoding: test.entry(0), as: UTF8.self).replacing("\"size\"", with: "\"sice\"").utf8)
    },
    Bad(testDescription: "endless") { _ in [UInt8](repeating: 0x7B, count: InventoryLine.longest + 2) + [0x0A] },
    Bad(testDescription: "a terminal's escape") { test in
      Array(String(decoding: test.entry(0), as: UTF8.self).replacing("x0", with: "x\u{1B}[2J").utf8)
    },
  ]

  /// The examiner's last message goes into what is signed.
  @Test(arguments: ["face.hog/1 \u{1B}[2J", "", "a name of the data", String(repeating: "a", count: 257)])
  func namesOfDetectorsAreWords(_ name: String) throws {
    func decode(_ detectors: [String]) throws -> ExamineAnswer {
      try ExamineAnswer(json: ExamineAnswer(snapshots: [], detectors: detectors, vision: nil).json)
    }
    #expect(try decode(["face.hog/1;audit;face_weak=-0.3"]).detectors.count == 1)
    #expect(throws: Complaint.self) { try decode(["face.hog/1", name]) }
    #expect(throws: Complaint.self) { try decode(Array(repeating: "a/1", count: 257)) }
    func costs(_ name: String) throws -> [DetectorCost] {
      let cost = DetectorCost(name: name, nanoseconds: .max, calls: 3)
      return try ExamineAnswer(
        json: ExamineAnswer(snapshots: [], detectors: [], vision: nil, costs: [cost]).json
      ).costs
    }
    #expect(try costs("search") == [DetectorCost(name: "search", nanoseconds: .max, calls: 3)])
    #expect(throws: Complaint.self) { try costs(name) }
  }

  @Test(arguments: bad) func whatIsNoInventoryIsRefused(_ bad: Bad) throws {
    let (result, written, _) = try take(bad.bytes(self) + entry(1))
    guard case .failure(let complaint) = result else {
      Issue.record("taken")
      return
    }
    #expect(complaint.code == "inventory.refused")
    // Nothing that was refused, and nothing after it, is in the file.
    #expect(written.isEmpty || written == entry(0))
    #expect(!complaint.description.contains("\u{1B}"))
  }
}
