import CustodyCore
import CustodyKit
import Foundation
import TestSupport
import Testing

/// `custody policy test`, over the packs that ship and over packs that are wrong on purpose.
@Suite struct PolicyTestsTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test("every shipped rule and branch has cases, and every turned operator is noticed")
  func shippedPacks() throws {
    let packs = Corpus.package.appendingPathComponent("policies").path
    let outcome = try PolicyTests.run([packs], options: PolicyTests.Options(threshold: 100, mutates: true))
    #expect(outcome.passed, "\(outcome.text)")
    #expect(outcome.text.contains("rules with cases for and against: 75 of 75"))
    #expect(outcome.text.contains("not noticed: 0"))
    #expect(PolicyTests.suspects([packs]).isEmpty)
  }

  private static let pack = """
    pack: sample
    version: "1"
    title: Sample
    review: counsel-required
    parameters: {limit: {type: number, default: 5, meaning: most items}}
    sources: {s: A source}
    rules:
      - id: S-01
        title: Plain faces
        severity: high
        citations: [{text: one, source: s}]
        violation: item.encrypted == "no" && item.modality == "face"
        cause: plain
        condition: "{items}"
        effect: e
        recommendation: r
      - id: S-02
        title: Many
        severity: low
        citations: [{text: two, source: s}]
        scope: snapshot
        violation: snapshot.items > params.limit
        cause: many
        condition: "{items}"
        effect: e
        recommendation: r
    """

  private func run(_ cases: String, mutates: Bool = false) throws -> PolicyTests.Outcome {
    let pack = try folder.write("sample.yaml", Array(Self.pack.utf8))
    _ = try folder.write("tests/sample.yaml", Array(("tests: sample\ncases:\n" + cases).utf8))
    return try PolicyTests.run([pack], options: PolicyTests.Options(threshold: 100, mutates: mutates))
  }

  private static let whole = """
    - name: a face in plain
      given: {as_of: 2019-01-01, entries: [{path: a.jpg, class: face.image}]}
      expect: {S-01: violation plain}
    - name: a plate in plain
      given: {as_of: 2019-01-01, entries: [{path: a.jpg, class: plate.image}]}
      expect: {}
    - name: an encrypted face
      given: {as_of: 2019-01-01, entries: [{path: a.jpg, class: face.image, encrypted: "yes"}]}
      expect: {}
    - name: six plates
      given: {as_of: 2019-01-01, entries: [{path: a.jpg, class: plate.image, repeat: 6}]}
      expect: {S-02: violation many}
    - name: six plates where seven are allowed
      given: {as_of: 2019-01-01, set: {limit: 7}, entries: [{path: a.jpg, class: plate.image, repeat: 6}]}
      expect: {}

    """

  @Test func wholeCasesPass() throws {
    let outcome = try run(Self.whole, mutates: true)
    #expect(outcome.passed, "\(outcome.text)")
    #expect(outcome.text.hasSuffix("operators turned round: 4, not noticed: 0\n"))
    #expect(outcome.junit.contains("<testsuite name=\"sample\" tests=\"5\" failures=\"0\""))
  }

  @Test func aWrongAnswerFailsWithItsPlace() throws {
    let outcome = try run(Self.whole.replacingOccurrences(of: "violation plain", with: "violation other"))
    #expect(!outcome.passed)
    #expect(outcome.text.contains("sample.yaml:3 a face in plain"))
    #expect(outcome.text.contains("expected and not given: S-01 violation other"))
    #expect(outcome.text.contains("given and not expected: S-01 violation plain"))
    #expect(outcome.junit.contains("<failure message=\"expected and not given: S-01 violation other;"))
  }

  @Test func whatNoCaseTriesIsNamed() throws {
    let first = Self.whole.components(separatedBy: "- name: a plate")[0]
    let outcome = try run(first, mutates: true)
    #expect(!outcome.passed)
    #expect(outcome.text.contains("S-02: no case in which it speaks"))
    #expect(outcome.text.contains("violation: item.modality == \"face\" was never false"))
    #expect(outcome.text.contains("no case notices violation:"))
  }

  @Test(
    "mistakes in cases are said with their place",
    arguments: [
      ("- name: x\n  given: {as_of: 2019-01-01}\n  expect: {S-09: violation plain}\n", "cases.unknown-rule"),
      ("- name: x\n  given: {as_of: 2019-01-01}\n  expect: {S-01: compliant}\n", "cases.bad-answer"),
      ("- name: x\n  given: {}\n  expect: {}\n", "cases.missing-key"),
      (
        "- name: x\n  given: {as_of: 2019-01-01, entries: [{path: a, clas: face.image}]}\n  expect: {}\n",
        "cases.unknown-key"
      ),
      ("- name: x\n  given: {as_of: 2019-01-01, set: {limits: 3}}\n  expect: {}\n", "policy.unknown-parameter"),
    ])
  func mistakes(_ cases: String, _ code: String) throws {
    let error = #expect(throws: Complaints.self) { _ = try run(cases) }
    #expect(error?.all.map(\.code).contains(code) ?? false, "\(error?.description ?? "")")
  }

  @Test func rulesThatNeverOrAlwaysAnswerAreNamed() throws {
    let pack = try folder.write(
      "sample.yaml",
      Array(
        Self.pack.replacingOccurrences(
          of: "snapshot.items > params.limit", with: "snapshot.items > params.limit || true"
        ).utf8))
    _ = try folder.write(
      "tests/sample.yaml",
      Array(
        "tests: sample\ncases:\n- name: x\n  given: {as_of: 2019-01-01, entries: [{path: a, class: plate.image}]}\n  expect: {}\n"
          .utf8))
    #expect(PolicyTests.suspects([pack]).map(\.code).sorted() == ["policy.always-fires", "policy.never-fires"])
  }
}
