import CustodyCore
import Foundation
import Policies
import Records
import TestSupport
import Testing

@testable import CustodyKit

/// A draft waives what was asked for and nothing else.
@Suite struct WaiverDraftTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try Data((0..<32).map { UInt8($0) }).write(to: URL(fileURLWithPath: folder.path("key")))
  }

  /// Faces in as many folders as there are contents; nil is an entry that could not be read.
  private func draft(_ what: String, _ contents: [Digest?]) throws -> String {
    var lines: [UInt8] = []
    for (i, content) in contents.enumerated() {
      InventoryLine.encode(
        Examination(
          index: UInt64(i), nonce: (0..<16).map { UInt8(truncatingIfNeeded: (i + 1) >> (8 * ($0 % 4))) },
          locator: Locator("a.tar").appending(Array("f\(i)/x.jpg".utf8)), size: 3, sha256: content, kind: .text,
          modified: nil, disposition: content == nil ? .failed : .examined, reason: content == nil ? .corrupt : nil,
          notes: [], link: nil, attributes: [:],
          observations: [Observation(.faceImage, detector: "t", version: 1, strength: .strong, count: 1)]),
        into: &lines)
      lines.append(0x0A)
    }
    try Data(lines).write(to: URL(fileURLWithPath: folder.path("inventory.jsonl")))
    let policies = try PolicySources(packs: ["core-authorization"]).load()
    return try WaiverDraft.write(
      what, inventory: folder.path("inventory.jsonl"), policies: policies, engagement: Engagement(holder: nil),
      asOf: Instant(seconds: 1_560_000_000), key: folder.path("key"), owner: "Privacy office", reason: "licence",
      expires: "2019-12-31")
  }

  private func code(_ what: String, _ contents: [Digest?]) -> String? {
    do {
      _ = try draft(what, contents)
      return nil
    } catch { return (error as? Complaint)?.code }
  }

  private static func digest(_ n: UInt64) -> Digest { Digest(words: (n, 2, 3, 4)) }

  @Test func aRuleStandsForAllOfItsFindings() throws {
    let text = try draft("AUTH-01", [Self.digest(1), Self.digest(2), Self.digest(2)])
    #expect(text.split(separator: "\n").count { $0.hasPrefix("      - ") } == 2)
  }

  @Test func aBeginningThatSeveralFindingsShareIsRefused() throws {
    // Of 1,200 ids two share their first four characters of sixteen kinds all but surely; the same bytes give the same ids.
    let contents = (0..<1200).map { Self.digest(UInt64($0)) }
    let ids = Dictionary(grouping: try ids(contents), by: { String($0.prefix(4)) })
    let shared = try #require(ids.first { $0.value.count > 1 })
    #expect(code(shared.key, contents) == "waivers.ambiguous")
    let whole = try #require(shared.value.first)
    #expect(code(whole, contents) == nil)
  }

  private func ids(_ contents: [Digest]) throws -> [String] {
    _ = try draft("AUTH-01", contents)
    let file = try InventoryFile.open(folder.path("inventory.jsonl"))
    let report = try JudgeStage.run(
      inventory: file.descriptor, policies: try PolicySources(packs: ["core-authorization"]).load(),
      engagement: Engagement(holder: nil), asOf: Instant(seconds: 1_560_000_000), snapshots: [], detectors: [], jobs: 1)
    return report.findings.map(\.id)
  }

  @Test func whatHasNoContentCannotBeWaived() {
    #expect(code("AUTH-01", [nil, nil]) == "waivers.no-content")
    #expect(code("AUTH-01", [nil, Self.digest(1)]) == nil)
    #expect(code("AUTH-99", [Self.digest(1)]) == "waivers.no-finding")
  }
}
