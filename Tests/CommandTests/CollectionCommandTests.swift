import Foundation
import TestSupport
import Testing

/// Pictures and the files about them, with the real program.
@Suite struct CollectionCommandTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var custody: CommandLineTool { CommandLineTool(product: "custody", in: folder.url) }

  /// The beginning of a JPEG: enough to be identified by.
  private static let jpeg: [UInt8] =
    [0xFF, 0xD8, 0xFF, 0xE0, 0, 0x10] + Array("JFIF".utf8) + [0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0xFF, 0xD9]

  private func build() throws {
    for n in 0..<60 { try folder.write("snap/lane3/day/\(1000 + n).jpg", Self.jpeg + Array(String(n).utf8)) }
    var table = "image,plate_number,confidence,camera_id,timestamp\n"
    for n in 20..<70 { table += "D:\\x\\\(1000 + n).JPG,ABC\(1000 + n),91.5,lane3,2018-11-02 14:03:11\n" }
    try folder.write("snap/lane3/lane3.csv", table.utf8)
  }

  private func judged(_ jobs: Int) throws -> (inventory: [UInt8], report: [UInt8]) {
    let examined = try custody.run(
      ["examine", "--no-vision", "snap", "-o", "\(jobs).jsonl", "--jobs", "\(jobs)", "--quiet"])
    #expect([0, 3].contains(examined.status), "\(examined.err)")
    let judged = try custody.run([
      "judge", "\(jobs).jsonl", "-p", "core-authorization", "-o", "\(jobs).json", "--as-of", "2019-06-01T00:00:00Z",
    ])
    #expect([0, 1, 3].contains(judged.status), "\(judged.err)")
    return (Array(try folder.read("\(jobs).jsonl")), Array(try folder.read("\(jobs).json")))
  }

  @Test func linkedTheSameAtAnyWidth() throws {
    try build()
    let one = try judged(1)
    let four = try judged(4)
    #expect(one.inventory == four.inventory && one.report == four.report)
    let object = try JSONSerialization.jsonObject(with: Data(one.report)) as? [String: Any]
    let collections = try #require(object?["collections"] as? [[String: Any]])
    #expect(collections.count == 1)
    #expect(collections.first?["pictures"] as? Int == 60)
    #expect((collections.first?["named"] as? [String: Int]) == ["count": 40])
    let side = (collections.first?["sidecars"] as? [[String: Any]])?.first
    #expect(side?["link"] as? String == "names" && side?["place"] as? String == "above")
    #expect((side?["absent"] as? [String: Int]) == ["count": 10])
    let page = try custody.run(["report", "1.json"])
    #expect(page.text.contains("60 pictures; files about them name 40, 20 are named by none"))
  }

  /// Hashes of names stay in the inventory.
  @Test func nothingShareableHoldsAHash() throws {
    try build()
    let scan = try custody.run(["scan", "snap", "--no-vision", "--report", "evidence", "--quiet"])
    #expect(scan.status != 2, "\(scan.err)")
    let inventory = String(decoding: try folder.read("evidence/inventory.jsonl"), as: UTF8.self)
    let start = try #require(inventory.range(of: "\"hashes\":\""))
    let hashes = inventory[start.upperBound...].prefix { $0 != "\"" }
    #expect(hashes.utf8.count == 50 * 8)
    let words = stride(from: 0, to: hashes.count, by: 8).map { String(hashes.dropFirst($0).prefix(8)) }
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path("evidence"))
    where name != "inventory.jsonl" {
      let text = String(decoding: try folder.read("evidence/" + name), as: UTF8.self)
      let payload = (try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])?["payload"] as? String
      let decoded = payload.flatMap { Data(base64Encoded: $0) }.map { String(decoding: $0, as: UTF8.self) } ?? ""
      for word in words { #expect(!text.contains(word) && !decoded.contains(word), "\(name)") }
    }
    // The statement does hold the collection.
    let table = try custody.run(["report", "evidence"])
    #expect(table.text.contains("60 pictures"))
  }

  /// A sketch in any other than its one spelling ends the judging, with the place.
  @Test func editedSketchesAreRefused() throws {
    try build()
    _ = try judged(1)
    let line = String(decoding: try folder.read("1.jsonl"), as: UTF8.self)
    let start = try #require(line.range(of: "\"hashes\":\"")).upperBound
    let second = line.index(start, offsetBy: 8)
    let third = line.index(second, offsetBy: 8)
    let edits = [
      line.replacingCharacters(in: start..<third, with: line[second..<third] + line[start..<second]),
      line.replacingCharacters(in: start..<second, with: ""),
      line.replacingCharacters(in: start..<second, with: "AAAA-AAA"),
      line.replacing("\"values\":50", with: "\"values\":49"),
    ]
    for (i, edit) in edits.enumerated() where i != 1 {
      try folder.write("edited.jsonl", edit.utf8)
      let run = try custody.run(["judge", "edited.jsonl", "-p", "core-authorization", "-o", "x.json"])
      #expect(run.status == 2 && run.err.contains("inventory, byte"), "\(i): \(run.err)")
    }
  }
}
