import CEL
import Testing

/// Expressions taken apart, written out again and turned round.
@Suite struct InsightTests {
  static let environment = CELEnvironment(variables: [
    CELVariable(name: "a", type: .bool), CELVariable(name: "b", type: .bool), CELVariable(name: "n", type: .int),
    CELVariable(name: "s", type: .string), CELVariable(name: "l", type: .list(.int)),
    CELVariable(name: "m", type: .map(.string, .int)),
  ])
  static let slots: [CELValue] = [
    .bool(true), .bool(false), .int(7), .string("x\"y"), .list([.int(1), .int(2)]), .map(CELMap([("k", .int(3))])),
  ]

  static let sources = [
    "a && b || !a", "a && (b || n > 3)", "(a ? n : 2) + 3 * (n - -4)",
    "s.startsWith(\"x\") && s in [\"x\\\"y\", \"z\"]",
    "l.all(x, x > 0) && l.exists_one(x, x == 2)", "has(m.k) ? m.k < 4 : m[\"j\"] == 1", "-n < 3 && !(a && b)",
    "l.map(x, x > 1, x * 2) == [4]", "cel.bind(y, n + 1, y > 7 && a)", "{\"p\": 1u}[\"p\"] == 1u", "n - (2 - 1) == 6",
    "(a || b) && (b || a) ? true : false", "!(!a) == a", "b\"\\x00\\xff\".size() == 2",
  ]

  @Test("what is written out again means the same", arguments: sources)
  func text(_ source: String) throws {
    let insight = try CELInsight(source, in: Self.environment)
    let whole = try #require(insight.parts.first)
    let again = try CELInsight(whole.text, in: Self.environment)
    #expect(again.parts.first?.text == whole.text)
    let first = try CELProgram(source, in: Self.environment).evaluate(Self.slots)
    let second = try CELProgram(whole.text, in: Self.environment).evaluate(Self.slots)
    #expect(shown(first) == shown(second))
    #expect(shown(insight.trace(Self.slots).result) == shown(first), "observed evaluation differs")
  }

  private func shown(_ result: Result<CELValue, CELError>) -> String {
    switch result {
    case .success(let value): "\(value)"
    case .failure(let error): "error \(error.kind)"
    }
  }

  @Test func partsGiveTheirValues() throws {
    let insight = try CELInsight("a && (b || n > 3)", in: Self.environment)
    let trace = insight.trace(Self.slots)
    var seen: [String: String] = [:]
    for part in insight.parts {
      if case .value(.bool(let truth))? = trace.outcomes[part.id] { seen[part.text] = String(truth) }
    }
    #expect(seen == ["a && (b || n > 3)": "true", "a": "true", "b || n > 3": "true", "b": "false", "n > 3": "true"])
    #expect(insight.parts.filter { $0.role == .condition }.map(\.text) == ["a", "b", "n > 3"])
  }

  @Test("constants have no value worth showing", arguments: ["[\"q\", \"z\"]", "{\"p\": [1, -2]}", "-4", "\"q\""])
  func constants(_ text: String) throws {
    let insight = try CELInsight("\(text) == \(text) && [n, 1] == [1]", in: Self.environment)
    #expect(insight.parts.filter { $0.text == text }.map(\.isPlain) == [true, true])
    #expect(insight.parts.first { $0.text == "[n, 1]" }?.isPlain == false)
  }

  @Test("conditions, also in loops, note both truths")
  func truths() throws {
    let insight = try CELInsight("l.exists(x, x == 2)", in: Self.environment)
    let body = try #require(insight.parts.first { $0.text == "x == 2" })
    #expect(insight.trace(Self.slots).truths[body.id] == [true, false])
  }

  @Test func everyOperatorIsTurned() throws {
    let changes = try CELMutant.all(of: "a && (n > 3 || !b) && s in [\"q\"]", in: Self.environment).map(\.change)
    #expect(
      changes == [
        "a && (n > 3 || !b) && s in [\"q\"]  ->  a || (n > 3 || !b) || s in [\"q\"]", "a  ->  !a",
        "n > 3 || !b  ->  n > 3 && !b", "n > 3  ->  n <= 3", "!b  ->  b", "b  ->  !b",
        "s in [\"q\"]  ->  !(s in [\"q\"])",
      ])
  }

  @Test(
    "a mutant in one operator differs somewhere",
    arguments: ["a && b", "a || b", "!a", "n > 3", "n == 7", "a ? b : n == 1"])
  func mutantsDiffer(_ source: String) throws {
    let original = try CELProgram(source, in: Self.environment, expecting: .bool)
    for mutant in try CELMutant.all(of: source, in: Self.environment, expecting: .bool) {
      var differs = false
      for a in [true, false] {
        for b in [true, false] {
          for n in [1, 3, 4, 7] {
            var slots = Self.slots
            slots[0] = .bool(a)
            slots[1] = .bool(b)
            slots[2] = .int(Int64(n))
            if shown(original.evaluate(slots)) != shown(mutant.program.evaluate(slots)) { differs = true }
          }
        }
      }
      #expect(differs, "\(mutant.change)")
    }
  }
}
