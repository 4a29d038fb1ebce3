import CEL
import Testing

/// Sources and data made to hurt: every one ends in a problem, an error or a value, soon.
@Suite struct HostileTests {
  static let environment = CELEnvironment(
    variables: [CELVariable(name: "x", type: .dyn), CELVariable(name: "s", type: .string)])

  static let bombs: [(String, String)] = [
    ("parentheses", String(repeating: "(", count: 100_000)),
    (
      "parentheses in the limit of size",
      String(repeating: "(", count: 30_000) + "1" + String(repeating: ")", count: 30_000)
    ),
    ("brackets", String(repeating: "[", count: 60_000)), ("braces", String(repeating: "{", count: 60_000)),
    ("minus", String(repeating: "-", count: 60_000) + "x"), ("not", String(repeating: "!", count: 60_000) + "x"),
    ("sum", "x" + String(repeating: "+x", count: 30_000)), ("select", "x" + String(repeating: ".a", count: 30_000)),
    ("index", "x" + String(repeating: "[0]", count: 20_000)),
    ("calls", String(repeating: "f(", count: 30_000)), ("macros", String(repeating: "x.all(y,", count: 8000)),
    ("chain of macros", "[1]" + String(repeating: ".map(y,y)", count: 6000)),
    ("ternary", String(repeating: "x?x:", count: 15_000) + "x"),
    ("question marks", String(repeating: "x?", count: 30_000)),
    ("quotes", String(repeating: "'", count: 60_001)), ("backslashes", "'" + String(repeating: "\\", count: 60_001)),
    ("dots", String(repeating: ".", count: 60_000)), ("zeros", String(repeating: "0", count: 60_000)),
    ("exponent", "1e" + String(repeating: "9", count: 60_000)),
  ]

  @Test(arguments: bombs) func isRefused(_ name: String, _ source: String) {
    let clock = ContinuousClock()
    let spent = clock.measure {
      if name == "zeros" {
        #expect((try? CELProgram(source, in: Self.environment)) != nil)
      } else {
        let problems = #expect(throws: CELProblems.self) { _ = try CELProgram(source, in: Self.environment) }
        #expect((problems?.all.count ?? 0) <= 40)
      }
    }
    #expect(spent < .seconds(20))
  }

  @Test func longChainsOfAndOrAreFine() throws {
    let source = (0..<3000).map { "x == \($0)" }.joined(separator: " || ")
    let program = try CELProgram(source, in: Self.environment)
    #expect(try program.test([.int(2999), .string("")]))
    #expect(try !program.test([.int(3000), .string("")]))
    let nested = String(repeating: "(", count: 200) + "x" + String(repeating: ")", count: 200)
    #expect(try show(CELProgram(nested, in: Self.environment).evaluate([.int(1), .string("")]).get()) == "1")
  }

  static let runaways = [
    "x.all(a, x.all(b, x.all(c, x.all(d, true))))",
    "x.map(a, x.map(b, x.map(c, x.map(d, 1)))).size() > 0",
    "['aaaaaaaaaaaaaaaa']" + String(repeating: ".map(e, e + e)", count: 40) + " == []",
    "[[1]]" + String(repeating: ".map(e, [e, e])", count: 60) + " == [[1]]"
      + String(repeating: ".map(e, [e, e])", count: 60),
    "cel.bind(a, [1, 1], "
      + (0..<80).map { _ in "cel.bind(a, [a, a], " }.joined() + "a == a" + String(repeating: ")", count: 81),
    "cel.bind(a, [1, 1], "
      + (0..<80).map { _ in "cel.bind(a, [a, a], " }.joined() + "'%s'.format([a]) == ''"
      + String(repeating: ")", count: 81),
    "x.exists(a, s.matches('(a*)*' + 'b')) || false",
    "x.exists(a, s.contains(s + 'b'))", "x.exists(a, s.split('').join('') == '')",
    "x.exists(a, s.replace('a', s) == '')", "x.exists(a, s.reverse() == '')",
  ]

  @Test(arguments: runaways) func costLimitStops(_ source: String) throws {
    let list = CELValue.list((0..<100).map { .int($0) })
    let text = CELValue.string(String(repeating: "a", count: 20_000))
    let program = try CELProgram(
      source, in: Self.environment, options: CELProgram.Options(checksTypes: false))
    guard case .failure(let error) = program.evaluate([list, text]) else {
      Issue.record("it came to an end")
      return
    }
    #expect(error.kind == .costLimit)
  }

  @Test func costLimitIsNotAbsorbed() throws {
    let program = try CELProgram(
      "x.all(a, x.all(b, true)) || true", in: Self.environment, costLimit: 500)
    guard case .failure(let error) = program.evaluate([.list(Array(repeating: .null, count: 100)), .string("")]) else {
      Issue.record("the limit was absorbed")
      return
    }
    #expect(error.kind == .costLimit)
  }

  @Test func costGrowsWithWork() throws {
    func fits(_ count: Int, _ limit: Int) throws -> Bool {
      let program = try CELProgram("x.all(a, a >= 0)", in: Self.environment, costLimit: limit)
      return (try? program.test([.list((0..<Int64(count)).map { .int($0) }), .string("")])) ?? false
    }
    #expect(try fits(100, 1000))
    #expect(try !fits(1000, 1000))
    #expect(try fits(1000, 10_000))
  }

  @Test func truncatedSources() {
    let source = """
      item.all(k, v, k in ['a', "b\\u00e9", r'c', b'\\xff'] && v.?x[?0].orValue({1u: 2.5e3}[1u]) >= -0x1F) ? // end
        cel.bind(a, .b.c, a.matches('^[a-z]+$')) : !has(d.`e-f`) || math.greatest(1, 2) != null
      """
    for length in 0...source.utf8.count {
      let part = String(decoding: source.utf8.prefix(length), as: UTF8.self)
      _ = try? CELProgram(part, in: Self.environment)
      if let program = try? CELProgram(
        part, in: Self.environment, options: CELProgram.Options(checksTypes: false))
      {
        _ = program.evaluate([.null, .string("")])
      }
    }
  }

  static let words = [
    "x", "s", "true", "false", "null", "in", "1", "0", "2u", "1.5", "'a'", "b'b'", "''", "[", "]", "{", "}", "(", ")",
    "(", ")", ".", ",", ":", "?", "+", "-", "*", "/", "%", "!", "==", "!=", "<", "<=", ">", ">=", "&&", "||",
    "has(x.a)",
    ".all(e, e", ".map(e, e", ".filter(e, ", ".size()", ".a", "[0]", "[?0]", ".?a", "type(", "int(", "string(",
    "timestamp(",
    "duration('1h')", ".matches('a+')", ".format([", "optional.of(", ".orValue(", "cel.bind(v, x, v",
    ".exists(k, v, k == v)",
    "math.greatest(", ".split('a')", "'%s'", "'\\x41'", "//c\n", "`a`", "for", "1e5", "9223372036854775807",
  ]

  /// Words in any order: nothing may crash, and what loads must come to an end.
  @Test(arguments: [1, 2, 3, 4] as [UInt64]) func randomWords(_ seed: UInt64) {
    var random = Random(seed)
    var loaded = 0
    for _ in 0..<4000 {
      let count = Int.random(in: 1...14, using: &random)
      let source = (0..<count).map { _ in Self.words.randomElement(using: &random) ?? "" }.joined(separator: " ")
      for checked in [true, false] {
        guard
          let program = try? CELProgram(
            source, in: Self.environment, costLimit: 2000, options: CELProgram.Options(checksTypes: checked))
        else { continue }
        loaded += 1
        _ = program.evaluate([.list([.int(1), .string("a"), .null]), .string("abc")])
        _ = program.evaluate([.map(CELMap([("a", .int(1))])), .string("")])
      }
    }
    #expect(loaded > 100)
  }

  /// Bytes of a good expression changed at random.
  @Test func mutations() {
    var random = Random(7)
    let good = Array("x.filter(e, e.a in ['b', 'c'] && e.n >= 10u).map(e, e.n % 3u)[0] == {1: -2.5}[1] ? s : 'é'".utf8)
    for _ in 0..<4000 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      let source = String(decoding: bytes, as: UTF8.self)
      do {
        _ = try CELProgram(source, in: Self.environment)
      } catch {
        for problem in error.all {
          #expect(problem.offset <= source.utf8.count)
          #expect(!problem.excerpt(of: source).isEmpty)
        }
      }
    }
  }

  /// Found by fuzzing: the lines of a policy written on another system end with two characters.
  @Test(arguments: ["\n", "\r\n"]) func excerptsKnowTheEndsOfLines(_ end: String) throws {
    let source = "x == 1" + end + "  && nobody" + end + "  && x == 2"
    let problems = #expect(throws: CELProblems.self) { _ = try CELProgram(source, in: Self.environment) }
    let problem = try #require(problems?.all.first)
    #expect(problem.line == 2)
    #expect(problem.column == 6)
    let shown = problem.excerpt(of: source).split(separator: "\n").map { $0.replacing(" ", with: "_") }
    #expect(shown.count == 2)
    #expect(shown.first?.hasPrefix("__&&_nobody") == true)
    #expect(shown.last == "_____^^^^^^")
  }
}
