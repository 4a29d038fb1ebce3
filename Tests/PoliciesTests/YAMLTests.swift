import CustodyCore
import Foundation
import Testing

@testable import Policies

/// Loading refuses what it does not understand, says where, and says everything in one go.
@Suite struct YAMLTests {
  struct Mistake: Sendable, CustomTestStringConvertible {
    var name: String
    var edit: @Sendable (String) -> String
    var code: String
    /// `line:column`
    var place: String
    var hint: String?
    var testDescription: String { name }
  }

  static let pack = """
    pack: sample
    version: "1"
    title: Sample
    review: counsel-required
    sources:
      sp: NIST SP 800-53 Rev. 5
    rules:
      - id: S-01
        title: A title
        severity: high
        citations:
          - {text: PT-2, source: sp}
        when: {classes: ["face.*"]}
        violation: item.encrypted == "no"
        cause: plaintext
        condition: "{items} in {entries}"
        effect: It is bad.
        recommendation: Mend it.
    """

  static func replacing(_ a: String, _ b: String) -> @Sendable (String) -> String {
    { $0.replacingFirst(a, with: b) }
  }

  static let mistakes: [Mistake] = [
    Mistake(
      name: "key of pack", edit: replacing("version:", "versoin:"), code: "policy.unknown-key", place: "2:1",
      hint: "did you mean `version`?"),
    Mistake(
      name: "missing key of pack", edit: replacing("title: Sample\n", ""), code: "policy.missing-key", place: "1:1"),
    Mistake(
      name: "key of rule", edit: replacing("severity:", "severty:"), code: "policy.unknown-key", place: "10:5",
      hint: "did you mean `severity`?"),
    Mistake(
      name: "missing key of rule", edit: replacing("    severity: high\n", ""), code: "policy.missing-key",
      place: "8:5"),
    Mistake(
      name: "value of severity", edit: replacing("high", "hihg"), code: "policy.unknown-value", place: "10:15",
      hint: "did you mean `high`?"),
    Mistake(
      name: "value of review", edit: replacing("counsel-required", "none"), code: "policy.unknown-value", place: "4:9"),
    Mistake(
      name: "severity is a list", edit: replacing("high", "[high]"), code: "policy.wrong-type", place: "10:15"),
    Mistake(name: "title is empty", edit: replacing("A title", ""), code: "policy.wrong-type", place: "9:11"),
    Mistake(
      name: "unknown source", edit: replacing("source: sp}", "source: spp}"), code: "policy.unknown-source",
      place: "12:30", hint: "did you mean `sp`?"),
    Mistake(
      name: "unknown class", edit: replacing("face.*", "faec.image"), code: "policy.unknown-value", place: "13:22",
      hint: "did you mean `face.image`?"),
    Mistake(
      name: "unknown family", edit: replacing("face.*", "nose.*"), code: "policy.unknown-value", place: "13:22"),
    Mistake(
      name: "placeholder", edit: replacing("{entries}", "{entrys}"), code: "policy.unknown-placeholder",
      place: "16:16", hint: "did you mean `{entries}`?"),
    Mistake(
      name: "open placeholder", edit: replacing("{entries}", "{entries"), code: "policy.unknown-placeholder",
      place: "16:16"),
    Mistake(
      name: "cause is an expression", edit: replacing("cause: plaintext", "cause: auth.state"),
      code: "policy.bad-cause", place: "15:12", hint: "an expression goes into `cause_from`"),
    Mistake(
      name: "no condition at all", edit: replacing("    violation: item.encrypted == \"no\"\n", ""),
      code: "policy.missing-key", place: "8:5"),
    Mistake(name: "rule id", edit: replacing("S-01", "s 01"), code: "policy.bad-id", place: "8:9"),
    Mistake(name: "pack name", edit: replacing("pack: sample", "pack: Sample!"), code: "policy.bad-name", place: "1:7"),
    Mistake(
      name: "rules not a list", edit: { $0.replacingFirst("  - id: S-01\n", with: "    id: S-01\n") },
      code: "policy.wrong-type", place: "8:5"),
    Mistake(
      name: "duplicate key", edit: replacing("title: A title", "severity: low"), code: "yaml.duplicate-key",
      place: "9:5"),
    Mistake(
      name: "syntax", edit: replacing("{text: PT-2, source: sp}", "{text: PT-2"), code: "yaml.syntax", place: "13:9"),
    Mistake(
      name: "anchor", edit: replacing("title: A title", "title: &a A title"), code: "yaml.alias", place: "9:12"),
    Mistake(
      name: "tab", edit: replacing("    title: A", "\ttitle: A"), code: "yaml.syntax", place: "9:1"),
  ]

  @Test(arguments: mistakes) func mistakeIsShownWhereItIs(_ mistake: Mistake) throws {
    let text = mistake.edit(Self.pack)
    #expect(text != Self.pack)
    let (errors, _) = PolicySet.check(packs: [Make.source("dir/sample.yaml", text)])
    let found = errors.first { $0.code == mistake.code }
    #expect(found != nil, "\(errors)")
    #expect(found?.location == "dir/sample.yaml:" + mistake.place)
    if let hint = mistake.hint { #expect(found?.hint == hint) }
    #expect(found?.excerpt?.hasSuffix("^") ?? false)
  }

  @Test func everythingIsSaidInOneGo() {
    let text = Self.pack.replacingFirst("severity: high", with: "severty: high\n    efect: x")
      .replacingFirst("pack: sample", with: "pack: Sample")
    let (errors, _) = PolicySet.check(packs: [Make.source("s.yaml", text)])
    #expect(
      errors.map(\.code).sorted() == [
        "policy.bad-name", "policy.missing-key", "policy.unknown-key", "policy.unknown-key",
      ])
  }

  @Test func excerptPutsTheCaretUnderTheColumn() {
    let page = YAMLPage(name: "f", bytes: Array("first\n  sécond: x\n".utf8))
    #expect(page.excerpt(at: YAMLMark(line: 2, column: 11)) == "2 |   sécond: x\n  |           ^")
    #expect(page.excerpt(at: YAMLMark(line: 9, column: 1)) == nil)
  }

  @Test func excerptEscapesTerminalControl() {
    let page = YAMLPage(name: "f", bytes: Array("key: \u{1B}[31mred\n".utf8))
    let excerpt = page.excerpt(at: YAMLMark(line: 1, column: 1)) ?? ""
    #expect(!excerpt.unicodeScalars.contains { $0.value == 0x1B })
  }

  static let hostile: [(name: String, text: String, code: String)] = [
    ("nested flow", String(repeating: "[", count: 100_000), "yaml.too-deep"),
    ("nested maps", String(repeating: "{a: ", count: 5000), "yaml.too-deep"),
    ("nested dashes", String(repeating: "- ", count: 5000) + "x", "yaml.too-deep"),
    ("moderately nested", String(repeating: "[", count: 200) + String(repeating: "]", count: 200), "yaml.too-deep"),
    (
      "deep indentation",
      (0..<300).map { String(repeating: " ", count: $0) + "a:\n" }.joined() + String(repeating: " ", count: 300)
        + "b: c",
      "yaml.too-deep"
    ),
    (
      "alias bomb",
      "a0: &a0 [x, x, x, x, x, x, x, x]\n"
        + (1..<12).map { n in "a\(n): &a\(n) [" + (0..<8).map { _ in "*a\(n - 1)" }.joined(separator: ", ") + "]\n" }
        .joined(), "yaml.alias"
    ),
    ("few aliases", "a: &x 1\nb: *x\n", "yaml.alias"),
    ("key bomb", "a: &x [1]\n? *x\n: 1\n", "yaml.alias"),
    ("empty", "", "yaml.empty"),
    ("two documents", "pack: a\n---\npack: b\n", "yaml.syntax"),
    ("binary", "pack: a\u{0}b", "yaml.syntax"),
    ("list at the top", "- a\n", "policy.wrong-type"),
    ("mapping key", "? {a: b}\n: c\n", "yaml.key"),
  ]

  @Test(arguments: hostile.indices) func hostileFilesAreRefused(_ i: Int) {
    let (name, text, code) = Self.hostile[i]
    let (errors, _) = PolicySet.check(packs: [Make.source("h.yaml", text)])
    #expect(errors.contains { $0.code == code }, "\(name): \(errors.map(\.description))")
  }

  @Test func filesAreBounded() {
    let large = PolicySource(name: "l", bytes: [UInt8](repeating: 0x20, count: YAMLDocument.sizeLimit + 1))
    #expect(PolicySet.check(packs: [large]).errors.map(\.code) == ["yaml.too-large"])
    let latin = PolicySource(name: "l", bytes: [0x61, 0xE9])
    #expect(PolicySet.check(packs: [latin]).errors.map(\.code) == ["yaml.not-utf8"])
  }

  @Test func globsAndLogicAreNoAliases() {
    let text = "description: |\n" + (0..<40).map { "  && a\($0) * b\n  * c\n" }.joined()
    #expect(YAMLDocument.excessiveAliases(Array(text.utf8)) == nil)
  }

  @Test func mutationsNeverCrash() throws {
    let original = Array(Self.pack.utf8)
    for cut in original.indices {
      _ = PolicySet.check(packs: [PolicySource(name: "c", bytes: Array(original[..<cut]))])
    }
    var random = SeededGenerator(state: 7)
    for _ in 0..<300 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let at = Int.random(in: bytes.indices, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: at)
        default: bytes.insert("{}[]:-&*#|>'\"\n \t".utf8.randomElement(using: &random) ?? 0x20, at: at)
        }
      }
      _ = PolicySet.check(
        packs: [PolicySource(name: "m", bytes: bytes)], registers: [PolicySource(name: "m", bytes: bytes)])
    }
  }

  @Test func suggestionsAreForSlipsOnly() {
    let words = ["severity", "title", "cause"]
    #expect(Suggestion.nearest(to: "severty", in: words) == "severity")
    #expect(Suggestion.nearest(to: "tilte", in: words) == "title")
    #expect(Suggestion.nearest(to: "colour", in: words) == nil)
    #expect(Suggestion.editDistance(Array("ab".unicodeScalars), Array("ba".unicodeScalars)) == 1)
  }
}

extension String {
  func replacingFirst(_ a: String, with b: String) -> String {
    guard let range = firstRange(of: a) else { return self }
    return replacingCharacters(in: range, with: b)
  }
}
