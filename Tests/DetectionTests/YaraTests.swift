import CustodyCore
import Testing

@testable import Detection

/// Rules of the operator's own.
@Suite struct YaraTests {
  private func rules(_ text: String) throws(Complaint) -> YaraRules {
    try YaraRules([.init(name: "r.yar", text: text)])
  }

  private static let badge = """
    rule badge {
      meta: custody_class = "face.image" custody_strength = "strong"
      strings: $a = "BADGE-EXPORT" $b = { 01 02 [2] 05 }
      condition: any of them
    }
    """

  private func examine(_ bytes: [UInt8], _ text: String) throws -> EntryFacts {
    let catalog = CompiledCatalog([YaraDetector(try rules(text))])
    return bytes.withUnsafeBytes { EntryExaminer.examineWhole($0, catalog: catalog) }
  }

  @Test func aMatchIsAnObservation() throws {
    let facts = try examine(Array("see BADGE-EXPORT here, BADGE-EXPORT".utf8), Self.badge)
    try #require(facts.observations.count == 1)
    #expect(facts.observations.first?.dataClass == .faceImage)
    #expect(facts.observations.first?.strength == .strong)
    #expect(facts.observations.first?.place == Place(offset: 4, length: 12))
    #expect(facts.observations.first?.attributes["format"] == "badge")
    #expect(try examine([9, 1, 2, 7, 7, 5], Self.badge).observations.first?.place == Place(offset: 1, length: 5))
    #expect(try examine(Array("see badge-export here".utf8), Self.badge).observations.isEmpty)
    #expect(try examine([], Self.badge).observations.isEmpty)
  }

  /// A pattern alone is a lead, and an entry in pieces gives the same answer.
  @Test func withoutAStrengthItIsALead() throws {
    let text = "import \"math\" rule big { meta: custody_class = \"plate.read\" condition: math.mean(0, filesize) > 1 }"
    let whole = try examine([1, 2, 3], text)
    #expect(whole.observations.map(\.strength) == [.weak])
    #expect(whole.observations.map(\.place) == [Place(offset: 0, length: 3)])
    var examiner = EntryExaminer(catalog: CompiledCatalog([YaraDetector(try rules(text))]))
    for byte: UInt8 in [1, 2, 3] { [byte].withUnsafeBytes { examiner.consume($0) } }
    #expect(examiner.finish() == whole)
  }

  static let refused: [(text: String, words: String)] = [
    ("rule a { condition: }", "r.yar:1:"), ("\n\nrule a { condition: b }", "r.yar:3:"), ("", "no rule"),
    ("private rule a { condition: true }", "no rule"), ("rule a { condition: true }", "rule a names no data class"),
    ("rule a { meta: custody_class = \"face\" condition: true }", "rule a names no data class"),
    ("rule a { meta: custody_class = \"face.image\" custody_strength = \"proof\" condition: true }", "strength"),
    ("rule a { meta: custody_class = 7 condition: true }", "rule a names no data class"),
    ("import \"pe\" rule a { meta: custody_class = \"face.image\" condition: pe.is_pe }", "module pe"),
    ("include \"/etc/passwd\"", "r.yar:1:"), ("rule a { condition: \u{0} }", "zero byte"),
    (String(repeating: " ", count: YaraRules.most + 1), "at most"),
  ]

  @Test(arguments: refused) func refuses(_ text: String, _ words: String) {
    let error = #expect(throws: Complaint.self) { try rules(text) }
    #expect(error?.code == "usage.yara")
    let said = (error?.message ?? "") + " " + (error?.hint ?? "")
    #expect(said.contains(words), "\(said)")
  }

  /// More matches than are worth keeping are an answer that is not whole, and said.
  @Test func matchesWithoutEndAreSaid() throws {
    let text = "rule a { meta: custody_class = \"face.image\" strings: $a = \"AB\" condition: $a }"
    let facts = try examine((0..<1_200_000).flatMap { _ in [0x41, 0x42] as [UInt8] }, text)
    #expect(facts.disposition == .limited && facts.reason == .timeLimit)
  }
}
