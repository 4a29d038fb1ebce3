import CEL
import Testing

/// Mistakes are found before anything runs, at the right place, with the way out.
@Suite struct ProblemTests {
  static let environment = CELEnvironment(
    variables: [
      CELVariable(name: "item", type: .object("Item")), CELVariable(name: "auth", type: .object("Auth")),
      CELVariable(name: "ages", type: .list(.int)), CELVariable(name: "limits.days", type: .int),
    ],
    objects: [
      CELObjectType(name: "Item", fields: [("dataClass", .string), ("ageSeconds", .int), ("tags", .list(.string))]),
      CELObjectType(name: "Auth", fields: [("state", .string), ("expires", .timestamp)]),
    ],
    functions: [
      CELFunction(name: "allowed", parameters: [.string], result: .bool) { _ in .success(.bool(true)) }
    ])

  struct Case: CustomTestStringConvertible {
    var source: String
    var place: String
    var message: String
    var suggestion: String?
    var testDescription: String { source }
  }

  static let cases: [Case] = [
    Case(source: "itm.ageSeconds > 1", place: "1:1", message: "undeclared reference to 'itm'", suggestion: "'item'"),
    Case(
      source: "item.ageSecond > 1", place: "1:6", message: "undeclared field 'ageSecond' of Item",
      suggestion: "'ageSeconds'"),
    Case(source: "has(item.dataclass)", place: "1:10", message: "undeclared field", suggestion: "'dataClass'"),
    Case(source: "true &&\n  auth.stat == 'a'", place: "2:8", message: "undeclared field", suggestion: "'state'"),
    Case(source: "item.nothingLikeIt", place: "1:6", message: "undeclared field", suggestion: nil),
    Case(source: "limits.day > 1", place: "1:8", message: "'limits.day'", suggestion: "'limits.days'"),
    Case(source: "limits == 1", place: "1:1", message: "namespace", suggestion: nil),
    Case(source: "item.dataClass.startWith('a')", place: "1:16", message: "'startWith'", suggestion: "'startsWith'"),
    Case(source: "alowed('x')", place: "1:1", message: "undeclared function 'alowed'", suggestion: "'allowed'"),
    Case(source: "startsWith('a', 'b')", place: "1:1", message: "undeclared function", suggestion: "x.startsWith"),
    Case(source: "math.abss(1)", place: "1:6", message: "'math.abss'", suggestion: "'math.abs'"),
    Case(source: "ages.all(x)", place: "1:6", message: "'all'", suggestion: "is a macro"),
    Case(source: "allowed(1)", place: "1:1", message: "'allowed' cannot be applied to (int)", suggestion: nil),
    Case(source: "1 + 1u", place: "1:3", message: "'+' cannot be applied to (int, uint)", suggestion: nil),
    Case(source: "item.ageSeconds == '1'", place: "1:17", message: "'==' cannot be applied to (int, string)"),
    Case(source: "'a' && true", place: "1:1", message: "'&&' needs a bool, found string"),
    Case(source: "ages.filter(x, x)", place: "1:16", message: "'filter' needs a bool, found int"),
    Case(source: "1.all(x, true)", place: "1:1", message: "int is no list or map"),
    Case(source: "true ? 1 : 'a'", place: "1:6", message: "one type, found (int, string)"),
    Case(source: "ages['a']", place: "1:5", message: "list(int) cannot be indexed with string"),
    Case(source: "item.dataClass.length", place: "1:16", message: "string has no fields"),
    Case(source: "{1.5: 'a'}", place: "1:2", message: "double cannot be the key of a map"),
    Case(source: "Item{a: 1}", place: "1:1", message: "'Item' cannot be built"),
    Case(source: "has(item)", place: "1:1", message: "has() takes a field"),
    Case(source: "ages.all(1, true)", place: "1:10", message: "simple name"),
    Case(source: "ages.all(x, x, true)", place: "1:6", message: "different names"),
    Case(source: "1 +", place: "1:4", message: "expected an expression, found the end"),
    Case(source: "(1", place: "1:3", message: "expected ')', found the end"),
    Case(source: "1 2", place: "1:3", message: "expected an operator or the end of the expression, found a number"),
    Case(source: "'abc", place: "1:1", message: "literal has no end"),
    Case(source: "'a\\qb'", place: "1:3", message: "unknown escape"),
    Case(source: "b'\\u0041'", place: "1:3", message: "\\u and \\U are for strings"),
    Case(source: "'\\ud800'", place: "1:2", message: "no Unicode code point"),
    Case(source: "a = 1", place: "1:3", message: "unexpected character '='", suggestion: "=="),
    Case(source: "a & b", place: "1:3", message: "unexpected character '&'", suggestion: "&&"),
    Case(source: "'é' + €", place: "1:7", message: "unexpected character '€'"),
    Case(source: "for > 1", place: "1:1", message: "reserved word"),
    Case(source: "9223372036854775808", place: "1:1", message: "range of int"),
    Case(source: "99999999999999999999u", place: "1:1", message: "range of uint"),
    Case(source: "1e999", place: "1:1", message: "range of double"),
    Case(source: "", place: "1:1", message: "expected an expression"),
    Case(source: "   // only a comment", place: "1:21", message: "expected an expression"),
  ]

  @Test(arguments: cases) func isReported(_ test: Case) throws {
    let problems = #expect(throws: CELProblems.self) { _ = try CELProgram(test.source, in: Self.environment) }
    let first = try #require(problems?.all.first)
    #expect("\(first.line):\(first.column)" == test.place)
    #expect(first.message.contains(test.message), "\(first.message)")
    if let suggestion = test.suggestion {
      #expect(first.suggestion?.contains(suggestion) == true, "\(String(describing: first.suggestion))")
    }
  }

  @Test func allAtOnce() throws {
    let source = "itm.age > 1 && item.ageSecond > 2 ||\n auth.stat == 3 || 1 + 'a' == 2"
    let problems = #expect(throws: CELProblems.self) { _ = try CELProgram(source, in: Self.environment) }
    #expect(problems?.all.map(\.line) == [1, 1, 2, 2])
    let lexical = #expect(throws: CELProblems.self) { _ = try CELProgram("'\\q' + $ + '\\z'", in: Self.environment) }
    #expect(lexical?.all.count == 3)
  }

  @Test func oneMistakeIsReportedOnce() throws {
    let problems = #expect(throws: CELProblems.self) {
      _ = try CELProgram("[nope].map(x, x + 1).exists(y, y.z == 'a') && nope.size() > 0", in: Self.environment)
    }
    #expect(problems?.all.map(\.message) == Array(repeating: "undeclared reference to 'nope'", count: 2))
  }

  @Test func wantedType() throws {
    let problems = #expect(throws: CELProblems.self) {
      _ = try CELProgram("1 + 1", in: Self.environment, expecting: .bool)
    }
    #expect(problems?.all.first?.message == "the expression gives int, but bool is wanted here")
    #expect(try CELProgram("item.tags", in: Self.environment, expecting: .list(.string)).resultType == .list(.string))
    #expect(try CELProgram("dyn(1)", in: Self.environment, expecting: .bool).resultType == .dyn)
  }

  @Test func excerptPointsAtTheMistake() throws {
    let source = "item.ageSeconds > 1 &&\n\titem.ageSecond > 2"
    let problems = #expect(throws: CELProblems.self) { _ = try CELProgram(source, in: Self.environment) }
    #expect(problems?.all.first?.excerpt(of: source) == " item.ageSecond > 2\n      ^^^^^^^^^")
    let long = String(repeating: "true && ", count: 200) + "nope" + String(repeating: " && true", count: 200)
    let inLong = #expect(throws: CELProblems.self) { _ = try CELProgram(long, in: Self.environment) }
    let lines = try #require(inLong?.all.first?.excerpt(of: long)).split(separator: "\n")
    let caret = try #require(lines.last?.firstIndex(of: "^"))
    let column = lines[1].distance(from: lines[1].startIndex, to: caret)
    #expect(lines[0].count <= 120)
    #expect(lines[0].dropFirst(column).hasPrefix("nope"))
    let atEnd = #expect(throws: CELProblems.self) { _ = try CELProgram("1 +", in: Self.environment) }
    #expect(atEnd?.all.first?.excerpt(of: "1 +") == "1 +\n   ^")
  }

  @Test func references() throws {
    let program = try CELProgram(
      """
      item.dataClass == 'a' && has(auth.expires) && ages.exists(item, item > limits.days)
        || item.tags.exists(t, t == auth.state) || size(ages) > 1
      """, in: Self.environment)
    #expect(
      program.references == [
        "item.dataClass", "auth.expires", "ages", "limits.days", "item.tags", "auth.state",
      ])
  }

  @Test func partsThatCanOnlyFailAreWarnedOf() throws {
    let source = "timestamp('2024-13-01T00:00:00Z') > auth.expires || 'a'.matches('(') || 1 / 0 == 1"
    let program = try CELProgram(source, in: Self.environment)
    #expect(program.warnings.map(\.column) == [1, 57, 75])
    #expect(try CELProgram("duration('36h') > duration('1s')", in: Self.environment).warnings.isEmpty)
  }
}
