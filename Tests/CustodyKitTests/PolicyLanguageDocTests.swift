import CustodyCore
import CustodyKit
import Foundation
import Policies
import TestSupport
import Testing

/// docs/policy-language.md: every pack is loaded, every case passes, every expression is true, every command does what the page says.
@Suite struct PolicyLanguageDocTests {
  /// One fenced block of the page.
  struct Block: Sendable, CustomTestStringConvertible {
    /// What stands behind the fence: `yaml pack`.
    var info: [String]
    var text: String
    var line: Int
    var kind: String { info.prefix(2).joined(separator: " ") }
    var testDescription: String { "line \(line): \(info.joined(separator: " "))" }
    /// The value of a key at the beginning of a line.
    func value(_ key: String) -> String? {
      text.split(separator: "\n").first { $0.hasPrefix(key + ": ") }.map { String($0.dropFirst(key.count + 2)) }
    }
  }

  static let blocks: [Block] = {
    let page = Corpus.package.appendingPathComponent("docs/policy-language.md")
    let lines = ((try? String(contentsOf: page, encoding: .utf8)) ?? "").components(separatedBy: "\n")
    var blocks: [Block] = []
    var open: Block?
    for (number, line) in lines.enumerated() {
      if line.hasPrefix("```") {
        if let block = open {
          blocks.append(block)
          open = nil
        } else {
          open = Block(info: line.dropFirst(3).split(separator: " ").map(String.init), text: "", line: number + 1)
        }
      } else {
        open?.text += line + "\n"
      }
    }
    if let open { blocks.append(open) }
    return blocks
  }()

  private static func of(_ kind: String) -> [Block] { blocks.filter { $0.kind == kind } }

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
    for block in Self.blocks { #expect(kinds.contains(block.kind), "\(block.testDescription) is run by no test") }
    #expect(Set(Self.blocks.map(\.kind)) == kinds)
  }

  @Test(arguments: of("yaml pack"))
  func packsLoad(_ block: Block) throws {
    let name = try #require(block.value("pack"))
    let set = try PolicySources(packs: [folder.path(name + ".yaml")]).load()
    #expect(set.packs.last?.name == name)
    #expect(set.warnings.isEmpty, "\(set.warnings)")
  }

  @Test(arguments: of("yaml refused"))
  func whatIsShownAsRefusedIs(_ block: Block) throws {
    let path = try folder.write("refused.yaml", block.text.utf8)
    let error = #expect(throws: Complaints.self) { _ = try PolicySources(packs: [path]).load() }
    #expect(error?.all.map(\.code) == [block.info.last ?? ""])
  }

  /// Against rules, branches and turned operators: what the page shows as cases is enough for the pack it shows.
  @Test(arguments: of("yaml cases"))
  func casesPass(_ block: Block) throws {
    let name = try #require(block.value("tests"))
    let outcome = try PolicyTests.run(
      [folder.path(name + ".yaml")], options: PolicyTests.Options(threshold: 100, mutates: true))
    #expect(outcome.passed && !outcome.text.contains("no case"), "\(outcome.text)")
  }

  @Test(arguments: of("cel").flatMap { $0.text.split(separator: "\n").map(String.init) })
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
    let custody = CommandLineTool(product: "custody", in: folder.url)
    let lines = Self.of("sh").flatMap { $0.text.split(separator: "\n").map(String.init) }
    #expect(lines.count > 10)
    for line in lines {
      let parts = line.components(separatedBy: "# status ")
      let words = try #require(parts.first).split(separator: " ").map(String.init)
      #expect(words.first == "custody", "\(line)")
      let status = parts.count > 1 ? parts[1].prefix { $0.isNumber } : "0"
      let run = try custody.run(Array(words.dropFirst()))
      #expect(run.status == Int32(status), "\(line)\n\(run.text.suffix(2000))\n\(run.err)")
    }
  }
}
