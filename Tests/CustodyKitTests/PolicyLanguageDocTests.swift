import CustodyCore
import CustodyKit
import Foundation
import Policies
import TestSupport
import Testing

/// docs/policy-language.md: every pack is loaded, every case passes, every expression is true, every command does what the page says.
@Suite struct PolicyLanguageDocTests {
  private static let blocks = PageBlock.all(of: "policy-language.md")

  private static func of(_ kind: String) -> [PageBlock] { blocks.filter { $0.kind == kind } }

  private let folder: TemporaryFolder

  /// The files of the page where it says they are, and a folder `share` with one face.
  init() throws {
    folder = try TemporaryFolder()
    for block in Self.blocks {
      switch block.kind {
      case "yaml pack": try folder.write("\(try #require(block.value("pack"))).yaml", block.text.utf8)
      case "yaml cases": try folder.write("tests/\(try #require(block.value("tests"))).yaml", block.text.utf8)
      case "yaml table", "yaml config": try folder.write(try #require(block.info.last), block.text.utf8)
      default: break
      }
    }
    try folder.write("share/0001.fac", FaceRecordBuilder.iso2005())
  }

  @Test func noBlockIsLeftOut() {
    let kinds: Set = ["yaml pack", "yaml cases", "yaml table", "yaml config", "yaml refused", "cel", "sh"]
    for block in Self.blocks { #expect(kinds.contains(block.kind), "\(block.description) is run by no test") }
    #expect(Set(Self.blocks.map(\.kind)) == kinds)
  }

  @Test(arguments: of("yaml pack"))
  func packsLoad(_ block: PageBlock) throws {
    let name = try #require(block.value("pack"))
    let set = try PolicySources(packs: [folder.path(name + ".yaml")]).load()
    #expect(set.packs.last?.name == name)
    #expect(set.warnings.isEmpty, "\(set.warnings)")
  }

  @Test(arguments: of("yaml refused"))
  func whatIsShownAsRefusedIs(_ block: PageBlock) throws {
    let path = try folder.write("refused.yaml", block.text.utf8)
    let error = #expect(throws: Complaints.self) { _ = try PolicySources(packs: [path]).load() }
    #expect(error?.all.map(\.code) == [block.info.last ?? ""])
  }

  /// Against rules, branches and turned operators: what the page shows as cases is enough for the pack it shows.
  @Test(arguments: of("yaml cases"))
  func casesPass(_ block: PageBlock) throws {
    let name = try #require(block.value("tests"))
    let outcome = try PolicyTests.run(
      [folder.path(name + ".yaml")], options: PolicyTests.Options(threshold: 100, mutates: true))
    #expect(outcome.passed && !outcome.text.contains("no case"), "\(outcome.text)")
  }

  @Test(arguments: of("cel").flatMap(\.lines))
  func expressionsAreTrue(_ expression: String) throws {
    let rule = "title: t, severity: low, citations: [{text: t, source: s}], scope: snapshot, cause: is-true"
    let pack = """
      pack: cel
      version: "1"
      title: t
      review: counsel-required
      sources: {s: s}
      rules:
        - {id: CEL-01, \(rule), violation: '\(expression)', condition: c, effect: e, recommendation: r}
      """
    let path = try folder.write("one/cel.yaml", pack.utf8)
    try folder.write(
      "one/tests/cel.yaml",
      "tests: cel\ncases: [{name: true, given: {as_of: 2019-06-01}, expect: {CEL-01: violation is-true}}]\n".utf8)
    let outcome = try PolicyTests.run([path], options: PolicyTests.Options(threshold: 0))
    #expect(outcome.passed, "\(expression)\n\(outcome.text)")
  }

  /// In the order of the page; a comment says a status other than 0.
  @Test func commandsDoWhatThePageSays() throws {
    let commands = Self.of("sh").flatMap(\.lines).map(PageCommand.init)
    #expect(commands.count > 10)
    for command in commands {
      let run = try command.run(in: folder.url)
      #expect(run.status == command.status, "\(command.line)\n\(run.text.suffix(2000))\n\(run.err)")
    }
  }
}
