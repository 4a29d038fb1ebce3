import CustodyCore
import CustodyKit
import Foundation
import Records
import Snapshots
import TestSupport
import Testing

@testable import Detection

/// Every detector's examples, hidden in every form of `RecallForm.all`, through the whole examination: docs/recall.md.
///
/// The page is the gate: a detector that is missing or no longer finds its examples in some place changes it.
@Suite struct RecallTests {
  struct Asked {
    var detector: String
    /// Strongest strength the example promises, by class.
    var classes: [DataClass: Strength]
    var content: [UInt8]
  }

  static let asked: [Asked] = DetectorCatalog.all.flatMap { detector in
    detector.descriptor.positives.compactMap { example -> Asked? in
      var classes: [DataClass: Strength] = [:]
      for line in example.expected {
        let words = line.split(separator: " ").map(String.init)
        guard words.count >= 2, let type = DataClass(rawValue: words[0]), let strength = Strength(rawValue: words[1])
        else { continue }
        classes[type] = max(classes[type] ?? strength, strength)
      }
      guard !classes.isEmpty else { return nil }
      return Asked(detector: detector.descriptor.name, classes: classes, content: example.bytes())
    }
  }

  /// By example, the strongest strength of every class that the detector saw.
  private func found(_ form: RecallForm) throws -> [Int: [DataClass: Strength]] {
    let folder = try TemporaryFolder()
    if let image = form.image {
      let files = Dictionary(uniqueKeysWithValues: Self.asked.enumerated().map { ("\($0).bin", $1.content) })
      try folder.write(
        "in/disk.img", try #require(try image(files), "the tools that make the image: scripts/bootstrap"))
    }
    for (i, one) in Self.asked.enumerated() where form.image == nil {
      let (suffix, bytes) = form.wrap(one.content)
      try folder.write("in/\(i)\(suffix)", bytes)
    }
    let descriptor = open(folder.path("out.jsonl"), O_RDWR | O_CREAT | O_EXCL, 0o600)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    _ = try Examine.run([.path(folder.path("in"))], to: descriptor, options: ExamineOptions(jobs: 2))
    var found: [Int: [DataClass: Strength]] = [:]
    for line in try folder.read("out.jsonl").split(separator: 0x0A) {
      let entry = try InventoryLine.decode(line)
      // A file of a disk image stands behind its partition: p0/12.bin.
      let names = entry.locator.components.map { $0.split(separator: 0x2F).last.map(Array.init) ?? [] }
      let name = names.first { $0.first.map { 0x30...0x39 ~= $0 } == true } ?? []
      guard let i = Int(String(decoding: name.prefix { 0x30...0x39 ~= $0 }, as: UTF8.self)), i < Self.asked.count
      else { continue }
      // What was put together from pieces is said by the detector that put it together.
      for o in entry.observations where o.detector == Self.asked[i].detector || form.isPutTogether {
        found[i, default: [:]][o.dataClass] = max(found[i]?[o.dataClass] ?? o.strength, o.strength)
      }
    }
    return found
  }

  @Test func thePageIsTrue() throws {
    var cells: [String: [String]] = [:]
    var order: [String] = []
    for detector in Self.asked.map(\.detector) where !order.contains(detector) { order.append(detector) }
    var totals: [String] = []
    for form in RecallForm.all {
      let found = try found(form)
      var (all, hits) = (0, 0)
      for detector in order {
        let examples = Self.asked.indices.filter { Self.asked[$0].detector == detector }
        let seen = examples.filter { i in
          Self.asked[i].classes.allSatisfy { type, strength in (found[i]?[type]).map { $0 >= strength } ?? false }
        }
        let some = examples.filter { found[$0] != nil }
        cells[detector, default: []].append(
          seen.count == examples.count
            ? "\(seen.count)"
            : "\(seen.count)/\(examples.count)"
              + (some.count > seen.count ? " (\(some.count - seen.count) weaker)" : ""))
        all += examples.count
        hits += seen.count
      }
      totals.append("\(hits)/\(all)")
    }
    var page = """
      # Recall

      Every positive example of every detector, laid into each of these forms and examined as a folder, without the image worker. A number alone:
      all examples of the detector were found, each class with at least the strength that the example promises. A test makes this page anew and
      compares it, so a detector that is taken out or goes blind in some place fails the build.

      What falls short of all: formats without a magic or a length (tables, lists of text, some vectors) are not looked for in the middle of
      other bytes. In base64, contents of fewer than 30 bytes are too short to be told from words, but for the list of contents of a passport's chip.

      | form | what it is |
      |---|---|

      """
    for form in RecallForm.all { page += "| \(form.name) | \(form.meaning) |\n" }
    page += "\n| detector | " + RecallForm.all.map(\.name).joined(separator: " | ") + " |\n"
    page += "|---" + String(repeating: "|---", count: RecallForm.all.count) + "|\n"
    for detector in order { page += "| \(detector) | " + (cells[detector] ?? []).joined(separator: " | ") + " |\n" }
    page += "| **all** | " + totals.joined(separator: " | ") + " |\n"
    let file = Corpus.package.appendingPathComponent("docs/recall.md")
    if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
      try Data(page.utf8).write(to: file)
      Issue.record("docs/recall.md was recorded anew")
      return
    }
    let stored = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
    let now = page.components(separatedBy: "\n")
    for (was, now) in zip(stored, now) where was != now {
      Issue.record("docs/recall.md says\n\(was)\nand this program\n\(now)\nRECORD_GOLDEN=1 records anew")
    }
    #expect(stored.count == now.count)
  }
}
