import CustodyCore
import Foundation
import Testing

@testable import Policies

/// The layout of policy files: what moves, what stays, what is refused.
@Suite struct FormatTests {
  static func format(_ text: String) throws -> String {
    String(decoding: try PolicyLayout.canonical(Make.source("dir/f.yaml", text)), as: UTF8.self)
  }

  struct Pair: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var before: String
    var after: String
    init(_ name: String, _ before: String, _ after: String) {
      (testDescription, self.before, self.after) = (name, before, after)
    }
  }

  static let pairs: [Pair] = [
    Pair(
      "keys in the order of the loader, comments with them",
      "# head\nversion: \"1\"  # one\n# the name\n# of it\npack: p\nsources: {}\n# rules\nrules:\n- # first\n  title: t\n  id: A\n"
        + "  # why\n  severity: low # l\n",
      "# the name\n# of it\npack: p\n# head\nversion: \"1\"  # one\nsources: {}\n# rules\nrules:\n  - # first\n    id: A\n    title: t\n"
        + "    # why\n    severity: low # l\n"),
    Pair(
      "a comment about the first key goes above the dash",
      "pack: p\nrules:\n  # the rule\n  - title: t\n    # the id\n    id: A\n",
      "pack: p\nrules:\n  # the rule\n  # the id\n  - id: A\n    title: t\n"),
    Pair(
      "a comment at the head of the file stays there", "# licence\n\n# one\nversion: 1\npack: p\n",
      "# licence\n\npack: p\n# one\nversion: 1\n"),
    Pair(
      "unknown keys follow in their order", "zeta: 1\nalpha: 2\nversion: 1\npack: p\n",
      "pack: p\nversion: 1\nzeta: 1\nalpha: 2\n"),
    Pair(
      "other mappings keep their order", "pack: p\nsources:\n    z: 1\n    a: 2\n",
      "pack: p\nsources:\n  z: 1\n  a: 2\n"),
    Pair(
      "rows are set apart", "register: r\nrows:\n\n- id: A\n- id: B\n\n\n# c\n- id: C\n",
      "register: r\nrows:\n  - id: A\n\n  - id: B\n\n  # c\n  - id: C\n"),
    Pair(
      "rows in rows are not", "tests: p\ncases:\n - given:\n     rows:\n      - {}\n      - {}\n   name: n\n",
      "tests: p\ncases:\n  - name: n\n    given:\n      rows:\n        - {}\n        - {}\n"),
    Pair(
      "block text with hashes and blank lines",
      "a: |\n    # no comment\n\n\n      in\n  # a comment\n\n\nb: >-\n   x\n\n   y\n   # z\nc: 1\n",
      "a: |\n  # no comment\n\n\n    in\n# a comment\n\nb: >-\n  x\n\n  y\n  # z\nc: 1\n"),
    Pair("blanks in block text", "a: |\n   x  \n      \n   y\t\nb: 1  \n", "a: |\n  x  \n     \n  y\t\nb: 1\n"),
    Pair(
      "stated indentation", "l:\n    - a: |2\n           x\n         y\n      b: 1\n",
      "l:\n  - a: |2\n         x\n       y\n    b: 1\n"),
    Pair(
      "kept blank lines", "version: |+\n  x\n\n\npack: p\nrules:\n- t: |+\n   a\n\n\n- t: |+\n   b\n- t: c\n- t: d\n\n",
      "pack: p\nversion: |+\n  x\n\n\nrules:\n  - t: |+\n      a\n\n\n  - t: |+\n      b\n  - t: c\n\n  - t: d\n"),
    Pair(
      "nothing kept", "rules:\n- t: |+\n# c\n- t: |-\n- t: 1\n", "rules:\n  - t: |+\n  # c\n  - t: |-\n\n  - t: 1\n"),
    Pair("kept blank lines at the end", "b: |+\n  x\n\n\n", "b: |+\n  x\n\n\n"),
    Pair(
      "markers", "# c\n%YAML 1.1\n--- # d\n\n  # e\na:   1\n\n... # end\n\n# f\n",
      "# c\n%YAML 1.1\n--- # d\n# e\na:   1\n... # end\n# f\n"),
    Pair(
      "flow stays", "pack: p\nrules: [{title: t, id: A}, {id: B}]\n", "pack: p\nrules: [{title: t, id: A}, {id: B}]\n"),
    Pair(
      "flow over lines",
      "a:\n    b: [ # it's\n      {x: it's, y: \"]\", z: '[',\n       w: 1}, # }\n\n    ]  # ]\n    c: 1\n",
      "a:\n  b: [ # it's\n    {x: it's, y: \"]\", z: '[',\n     w: 1}, # }\n\n  ]  # ]\n  c: 1\n"),
    Pair(
      "quoted keys", "\"version\": 1\n'pack': p\n\"\u{E9}\u{1F600}\": {a: b}\n",
      "'pack': p\n\"version\": 1\n\"\u{E9}\u{1F600}\": {a: b}\n"),
    Pair(
      "quoted text over lines", "a: \"x \n\n     # y\\ \t\n    z\"\nb: 'it''s\n         # no\n      end' # c\n",
      "a: \"x\n\n   # y\\ \n  z\"\nb: 'it''s\n     # no\n  end' # c\n"),
    Pair(
      "plain text over lines", "a: x\n      y\n\n    z\n# c\nb:\n   # d\n      e\n",
      "a: x\n    y\n\n  z\n# c\nb:\n  # d\n     e\n"),
    Pair("line ends", "\u{FEFF}a: 1\r\nb: |\r\n  x\r\n  y\rc: 2", "a: 1\nb: |\n  x\n  y\nc: 2\n"),
    Pair("no newline at the end", "a: |-\n  x\nb: [1,\n  2]", "a: |-\n  x\nb: [1,\n  2]\n"),
    Pair(
      "nothing as value", "a:   # n\n\n\n# c\nb:\nl:\n-\n- # e\n-   x\n",
      "a:   # n\n\n# c\nb:\nl:\n  -\n  - # e\n  - x\n"),
    Pair(
      "lists in lists", "- - a\n  # in\n  -   b: 1\n      c: 2\n# out\n-\n  # d\n  - e\n",
      "- - a\n  # in\n  - b: 1\n    c: 2\n# out\n# d\n- - e\n"),
    Pair(
      "comments that end a block",
      "a:\n    b:\n        c: 1\n        # of c\n\n    # of b\n\n# of d\nd:\n- e\n# of all\n",
      "a:\n  b:\n    c: 1\n    # of c\n\n  # of b\n\n# of d\nd:\n  - e\n# of all\n"),
    Pair(
      "the end of a block goes with its key", "rules:\n  - id: A\n  # more to come\npack: p\n",
      "pack: p\nrules:\n  - id: A\n  # more to come\n"),
    Pair("tags of values", "a: !!str 1\nb: !t [1]\n", "a: !!str 1\nb: !t [1]\n"),
  ]

  @Test(arguments: pairs) func isLaidOut(_ pair: Pair) throws {
    #expect(try Self.format(pair.before) == pair.after)
    #expect(try Self.format(pair.after) == pair.after)
  }

  static let refusals: [(text: String, code: String, place: String)] = [
    ("a: [1,\n\t2]\n", "fmt.tab", ":2:1"), ("a: 1\n \t# c\n", "fmt.tab", ":2:2"),
    ("a: \"x\n \ty\"\n", "fmt.tab", ":2:2"), ("# \u{2028}\na: 1\n", "fmt.line-break", ":1:3"),
    ("a: 1\u{85}b: 2\n", "fmt.line-break", ":1:5"), ("a: |\n  x", "fmt.open-end", ":2:1"),
    ("a: >+\n  x", "fmt.open-end", ":2:1"), ("? a\n: b\n", "fmt.unsupported", ":1:1"),
    ("a: 1\n? b\n: c\n", "fmt.unsupported", ":2:3"), ("a: !!map\n  b: c\n", "fmt.unsupported", ":1:4"),
    ("{a: b}\n", "fmt.unsupported", ":1:1"), ("just text\n", "fmt.unsupported", ":1:1"),
    ("a: 1\n---\nb: 1\n", "yaml.syntax", ""), ("a: b: c\n", "yaml.syntax", ":1:5"), ("a: &x 1\n", "yaml.alias", ":1:4"),
    ("a: 1\na: 2\n", "yaml.duplicate-key", ""), ("", "yaml.empty", ""),
    (String(repeating: "[", count: 1000), "yaml.too-deep", ""),
    (
      (0..<20).map { String(repeating: " ", count: $0) + "a:\n" }.joined() + String(repeating: "#\n", count: 420_000)
        + String(repeating: " ", count: 20) + "b: 1\n", "fmt.too-large", ""
    ),
  ]

  @Test(arguments: refusals.indices) func isRefused(_ i: Int) {
    let (text, code, place) = Self.refusals[i]
    do {
      let laid = try Self.format(text)
      Issue.record("laid out: \(laid)")
    } catch let problems as Complaints {
      #expect(problems.all.map(\.code) == [code])
      #expect(problems.all.first?.location?.hasPrefix("dir/f.yaml" + place) ?? false, "\(problems)")
    } catch {
      Issue.record("\(error)")
    }
  }

  // MARK: Files that ship

  static let shipped: [String] = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
    return ["policies", "examples"].flatMap { folder in
      (FileManager.default.enumerator(atPath: root + "/" + folder)?.compactMap { $0 as? String } ?? [])
        .filter { $0.hasSuffix(".yaml") }.map { root + "/" + folder + "/" + $0 }
    }.sorted()
  }()

  private func read(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  @Test func shippedFilesAreFound() { #expect(Self.shipped.count >= 12) }

  @Test(arguments: shipped) func shippedFilesAreCanonical(_ path: String) throws {
    let text = try read(path)
    #expect(try Self.format(text) == text, "run custody policy fmt")
  }

  /// Keys in another order, another indentation and other line ends come back to the same file.
  @Test(arguments: shipped) func disorderIsUndone(_ path: String) throws {
    let text = try read(path)
    var random = SeededGenerator(state: UInt64(text.utf8.count))
    for _ in 0..<12 {
      var disorder = Disorder(text)
      disorder.shuffleEntries(&random)
      let step = Int.random(in: 0...4, using: &random)
      disorder.indent(by: step, afterDash: Int.random(in: 0...3, using: &random))
      if Bool.random(using: &random) { disorder.doubleBlanks() }
      let ends = Bool.random(using: &random) ? "\r\n" : "\n"
      #expect(try Self.format(disorder.text(ends)) == text, "\(disorder.text(ends))")
      // The order of the root decides where blank lines are: the other lines come back.
      disorder.shuffleRoot(&random)
      let laid = try Self.format(disorder.text(ends))
      #expect(
        laid.split(separator: "\n", omittingEmptySubsequences: true)
          == text.split(separator: "\n", omittingEmptySubsequences: true))
      #expect(try Self.format(laid) == laid)
    }
  }

  @Test func disorderIsDisorder() throws {
    var random = SeededGenerator(state: 1)
    var disorder = Disorder(try read(Self.shipped.first { $0.hasSuffix("core-authorization.yaml") } ?? ""))
    let before = disorder.lines
    disorder.shuffleEntries(&random)
    #expect(disorder.lines != before)
    #expect(disorder.lines.count == before.count)
  }

  /// Whatever is laid out at all is laid out for good and says the same; nothing stops the program.
  private func isStable(_ bytes: [UInt8]) -> Bool {
    do throws(Complaints) {
      let once = try PolicyLayout.canonical(PolicySource(name: "m", bytes: bytes))
      let twice = try PolicyLayout.canonical(PolicySource(name: "m", bytes: once))
      #expect(twice == once, "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
      return true
    } catch {
      #expect(!error.all.isEmpty)
      #expect(
        !error.all.contains { $0.code == "fmt.would-change" },
        "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
      return false
    }
  }

  @Test func mutatedBytesAreLaidOutForGoodOrRefused() {
    let texts = Self.pairs.map(\.before) + [YAMLTests.pack]
    var random = SeededGenerator(state: 11)
    var laidOut = 0
    for round in 0..<6000 {
      var bytes = Array(texts[round % texts.count].utf8)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let at = Int.random(in: bytes.indices, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[at] = "{}[]:-+&*#|>?!%'\"\\\n \t\r2a,".utf8.randomElement(using: &random) ?? 0x20
        case 1 where bytes.count > 1: bytes.remove(at: at)
        default: bytes.insert("{}[]:-&*#|>'\"\n \t".utf8.randomElement(using: &random) ?? 0x20, at: at)
        }
      }
      if isStable(bytes) { laidOut += 1 }
    }
    #expect(laidOut > 1000)
  }

  /// Lines of every kind at places where nobody would write them.
  @Test func strayLinesAreLaidOutForGoodOrRefused() throws {
    let stray = [
      "# c", "# d", "- ", "- # e", "- - x", "x: |+", "y: >-", "z:", "...", "---", "\"q\": 'r", "s: [", "]", "- {a: b,",
      "}",
      "", "   ", "\t", "- t: |2", "text", "- u: 1",
    ]
    let texts = try Self.pairs.map(\.after) + Self.shipped.map { String(try read($0).prefix(2500)) }
    var random = SeededGenerator(state: 12)
    var laidOut = 0
    for round in 0..<3000 {
      var lines = texts[round % texts.count].split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let at = Int.random(in: lines.indices, using: &random)
        let indent = String(repeating: " ", count: Int.random(in: 0...8, using: &random))
        switch Int.random(in: 0..<4, using: &random) {
        case 0: lines[at] = indent + lines[at].drop { $0 == " " }
        case 1: lines.swapAt(at, Int.random(in: lines.indices, using: &random))
        default: lines.insert(indent + (stray.randomElement(using: &random) ?? ""), at: at)
        }
      }
      if isStable(Array(lines.joined(separator: "\n").utf8)) { laidOut += 1 }
    }
    #expect(laidOut > 300)
  }

  // MARK: The proof

  static let differences: [(a: String, b: String, same: Bool, lines: Bool)] = [
    ("a: 1\nb: [x, y]\n", "b: [x, y]\na: 1\n", true, true), ("a: 1\n", "a: \"1\"\n", false, false),
    ("a: [x, y]\n", "a: [y, x]\n", false, false), ("a: 1\n", "a: 1\nb: 1\n", false, false),
    ("# c\na: 1\n", "a: 1\n", true, false), ("- x\n- y\n", "- y\n- x\n", false, true),
    ("a: {b: 1}\n", "a: {c: 1}\n", false, false), ("a: \u{E9}\n", "a: e\u{301}\n", false, false),
    ("a: |\n  x\n", "a: |+\n  x\n\n", false, false), ("a: 'x'\n", "a: \"x\"\n", true, false),
  ]

  @Test(arguments: differences.indices) func proofSeesDifferences(_ i: Int) throws {
    let (a, b, same, lines) = Self.differences[i]
    let page = YAMLPage(name: "f", bytes: [])
    let x = try #require(YAMLDocument.parse(Array(a.utf8), into: page))
    let y = try #require(YAMLDocument.parse(Array(b.utf8), into: page))
    #expect(LayoutProof.isSame(x, y) == same)
    #expect(LayoutProof.isSame(y, x) == same)
    let left = try #require(LayoutText(Array(a.utf8), page))
    let right = try #require(LayoutText(Array(b.utf8), page))
    #expect(LayoutProof.hasSameLines(left, right) == lines)
  }
}
