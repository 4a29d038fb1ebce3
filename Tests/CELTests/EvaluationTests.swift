import CEL
import CustodyCore
import Testing

@Suite struct EvaluationTests {
  struct Case: CustomTestStringConvertible {
    var source: String
    var result: String
    init(_ source: String, _ result: String) {
      self.source = source
      self.result = result
    }
    var testDescription: String { source }
  }

  /// Of the specification's meaning, what its vectors leave open or need more than one of.
  static let cases: [Case] = [
    // Precedence and associativity.
    Case("1 + 2 * 3 - 4 / 2 % 3", "5"),
    Case("10 - 3 - 2", "5"),
    Case("!true || true && false == false", "true"),
    Case("false ? 1 : true ? 2 : 3", "2"),
    Case("-1.5.abs() == 1.5", "problem: undeclared function 'abs'"),
    Case("-9223372036854775808", "-9223372036854775808"),
    Case("0xFF + 0xfu.size()", "problem: 'size' of uint cannot be applied to ()"),
    Case("-0x10", "-16"),
    Case(".5 + 1e-1 + 1.e1", "problem: int has no fields"),
    Case("[1, 2, 3,]", "[1, 2, 3]"),
    Case("{'a': 1,}", "{\"a\": 1}"),
    Case("{'x-y': 1}.`x-y`", "1"),
    Case("'\\u00e9\\x41\\101\\U0001F600' + r'\\n' + \"\"\"a\n\"b\"\"\"\"", "problem: the string literal has no end"),
    Case("'\\ud83d\\ude00' == '\\U0001F600'", "true"),
    Case("b'\\xff\\377' + b'a'", "b[255, 255, 97]"),
    // Equality and order across types.
    Case("dyn(1) == 1.0 && dyn(1u) == 1 && dyn(1.0) == 1u", "true"),
    Case("dyn('1') == 1 || dyn(null) == false || dyn([]) == {}", "false"),
    Case("double('NaN') == double('NaN')", "false"),
    Case("double('NaN') < 1.0 || double('NaN') >= 1.0", "false"),
    Case("[1, 2.0, 3u] == [1.0, 2u, 3]", "true"),
    Case("{1: 'a', 2u: 'b'} == {2: 'b', 1.0 == 1.0 ? 1 : 2: 'a'}", "true"),
    Case("1 < 1.5 && 2u > 1 && 18446744073709551615u > -1", "true"),
    Case("'\\u00e9' == 'e\\u0301'", "false"),
    Case("{'\\u00e9': 1, 'e\\u0301': 2}.size()", "2"),
    Case("'Z' < 'a' && 'a' < 'aa' && '\\uffff' < '\\U00010000'", "true"),
    Case("timestamp('2024-01-01T00:00:00Z') == timestamp('2024-01-01T01:00:00+01:00')", "true"),
    // Arithmetic.
    Case("7 / -2 * 10 + 7 % -2", "-29"),
    Case("1u - 2u", "error: overflow"),
    Case("-9223372036854775808 % -1", "error: overflow"),
    Case("5 % 0", "error: division by zero"),
    Case("1.0 / 0.0 > 1e308", "true"),
    Case("duration('90m') + duration('-1h30m')", "0s"),
    Case("duration('1.5s') - duration('2s')", "0s-500000000ns"),
    Case("timestamp('2024-02-28T00:00:00Z') + duration('36h')", "2024-02-29T12:00:00Z"),
    Case("timestamp('9999-12-31T23:59:59Z') + duration('1s')", "error: overflow"),
    // Absorption.
    Case("1 / 0 == 1 || true", "true"),
    Case("1 / 0 == 1 && false", "false"),
    Case("1 / 0 == 1 || false", "error: division by zero"),
    Case("[1, 0].exists(x, 1 / x == 1)", "true"),
    Case("[0, 1].exists(x, 1 / x == 1)", "true"),
    Case("[0, 2].all(x, 1 / x == 1)", "false"),
    Case("[0, 1].all(x, 1 / x == 1)", "error: division by zero"),
    Case("[0, 1].exists_one(x, 1 / x == 1)", "error: division by zero"),
    // Collections.
    Case("[1, 2, 3][1] + {'a': 5}['a'] + {'a': 5}.a", "12"),
    Case("[1][1]", "error: out of range"),
    Case("[1][-1]", "error: out of range"),
    Case("[1][dyn(0.5)]", "error: invalid argument"),
    Case("{'a': 1}.b", "error: no such key"),
    Case("{1: 'a'}[dyn(1u)]", "\"a\""),
    Case("{'a': 1, 'a': 2}", "error: invalid argument"),
    Case("has({'a': null}.a) && !has({'a': 1}.b)", "true"),
    Case("'a' in {'a': 1} && !('b' in ['a'])", "true"),
    Case("dyn(1) in [1.0, 2.0]", "true"),
    // Macros.
    Case("[1, 2, 3, 4].filter(x, x % 2 == 0).map(x, x * x)", "[4, 16]"),
    Case("[1, 2, 3].map(x, x > 1, x * 10)", "[20, 30]"),
    Case("{'a': 1, 'b': 2}.map(k, k)", "[\"a\", \"b\"]"),
    Case("[3, 4].transformMap(i, v, v * 2)", "{0: 6, 1: 8}"),
    Case("{'a': 'b'}.transformMapEntry(k, v, {v: k})", "{\"b\": \"a\"}"),
    Case("[1, 2].map(x, [3, 4].map(y, x * y))", "[[3, 4], [6, 8]]"),
    Case("[1].map(x, [x].map(x, x + 1)[0] + x)", "[3]"),
    Case("cel.bind(a, 2, cel.bind(b, a * a, b + a))", "6"),
    // Types.
    Case("type(1) == int && type(type(1)) == type && type([]) == list && type(null) == null_type", "true"),
    Case("type(timestamp(0))", "google.protobuf.Timestamp"),
    Case("type(optional.none())", "optional_type"),
    // Conversions.
    Case("int('-12') + int(3.9) + int(-3.9) + int(7u)", "-5"),
    Case("int('1e3')", "error: invalid argument"),
    Case("uint('-1')", "error: invalid argument"),
    Case("string(1.0) + string(1e6) + string(0.00001) + string(-2.5)", "\"11e+061e-05-2.5\""),
    Case("string(duration('1h1.5s'))", "\"3601.5s\""),
    Case("string(timestamp('2024-05-06T07:08:09.120Z'))", "\"2024-05-06T07:08:09.12Z\""),
    Case("duration('1x')", "error: invalid argument"),
    Case("duration('')", "error: invalid argument"),
    Case("timestamp('2023-02-29T00:00:00Z')", "error: invalid argument"),
    Case("string(b'\\xff')", "error: invalid argument"),
    // Time.
    Case("timestamp('2024-03-10T12:00:00Z').getHours('America/New_York')", "8"),
    Case("timestamp('2024-03-09T12:00:00Z').getHours('America/New_York')", "7"),
    Case("timestamp('1969-12-31T23:59:59Z').getDayOfWeek()", "3"),
    Case("timestamp('2024-12-31T23:00:00Z').getDayOfYear('+01:00')", "0"),
    Case("timestamp('2024-12-31T00:00:00Z').getDayOfYear()", "365"),
    Case("timestamp('2024-12-31T00:00:00Z').getDate('Nowhere/City')", "error: invalid argument"),
    Case("timestamp('2024-12-31T00:00:00Z').getDate('../etc/passwd')", "error: invalid argument"),
    Case("duration('-90s').getMinutes()", "-1"),
    // Strings.
    Case("'abc'.replace('', '-') + 'aaa'.replace('a', 'b', 2) + ''.replace('', 'x')", "\"-a-b-c-bbax\""),
    Case("'abc'.replace('', '-', 2)", "\"-a-bc\""),
    Case("'a,b,c'.split(',', 2) + 'héy'.split('') + ''.split(',')", "[\"a\", \"b,c\", \"h\", \"é\", \"y\", \"\"]"),
    Case("'banana'.indexOf('na', 3) + 'banana'.lastIndexOf('na')", "8"),
    Case("'abc'.substring(1) + 'abc'.substring(1, 2) + 'abc'.charAt(3)", "\"bcb\""),
    Case("'%s|%d|%.2f|%x|%e|%b|%%'.format(['a', -1, 0.125, 255, 1234.5, true])", "\"a|-1|0.12|ff|1.234500e+03|1|%\""),
    Case("'%s'.format([{'b': [1u, null], 'a': b'\\xff\\xfex'}])", "\"{a: \u{FFFD}x, b: [1, null]}\""),
    Case("'%.9999999f'.format([1.0])", "error: invalid argument"),
    Case("'%'.format([])", "error: invalid argument"),
    // Optionals.
    Case("{'a': {'b': 1}}.?a.?b.orValue(0) + {'a': {}}.?a.b.orValue(5)", "6"),
    Case("optional.of(1).or(optional.of(1 / 0)).value()", "1"),
    Case("optional.none().value()", "error: invalid argument"),
    Case("[?optional.of(1), ?optional.none(), 2]", "[1, 2]"),
    Case("[optional.of(1), optional.none()].unwrapOpt() + [[2].first().value()]", "[1, 2]"),
  ]

  @Test(arguments: cases) func gives(_ test: Case) {
    #expect(outcome(test.source) == test.result)
  }

  private struct Item: CELObject {
    static let celTypeName = "Item"
    var dataClass: String
    var age: Int64?
    func celField(_ index: Int) -> CELValue? {
      switch index {
      case 0: .string(dataClass)
      case 1: age.map { .int($0) }
      default: nil
      }
    }
  }

  private static let itemType = CELObjectType(name: "Item", fields: [("dataClass", .string), ("age", .int)])

  @Test(arguments: [
    ("item.dataClass.startsWith('face.') && item.age > 10", "true"), ("has(item.age)", "true"),
    ("has(unset.age)", "false"), ("unset.age > 1", "error: no such field"), ("unset.age > 1 || true", "true"),
    ("unset.?age.orValue(7)", "7"), ("item == item", "true"), ("item == unset", "false"), ("[item] == [item]", "true"),
    ("item == null", "false"), ("type(item)", "Item"), ("dyn(item).age", "20"),
    ("[item, unset].map(i, i.dataClass)[1]", "\"face.image\""),
    ("dyn(item).nope", "error: no such field"), ("[item, unset].exists_one(i, has(i.age))", "true"),
    ("item.dataClass in ['a', 'face.image']", "true"), ("20 < item.age || item.age == 20 && 21 > item.age", "true"),
    ("item.dataClass.endsWith('.image') && item.dataClass.contains('ce.')", "true"),
    ("item.dataClass != 'x' && 'face.image' == item.dataClass", "true"),
  ])
  func objects(_ source: String, _ expected: String) throws {
    let result = try evaluate(
      source,
      [
        ("item", .object("Item"), .object(Item(dataClass: "face.image", age: 20))),
        ("unset", .object("Item"), .object(Item(dataClass: "face.image", age: nil))),
      ], objects: [Self.itemType])
    switch result {
    case .success(let value): #expect(show(value) == expected)
    case .failure(let error): #expect("error: " + error.kind.rawValue == expected)
    }
  }

  @Test func hostFunctionsAndOverloads() throws {
    let functions = [
      CELFunction(name: "twice", parameters: [.int], result: .int) { arguments in
        guard case .int(let i) = arguments[0] else { return .failure(CELError(kind: .noOverload, message: "")) }
        return .success(.int(i * 2))
      },
      CELFunction(name: "twice", parameters: [.string], result: .string) { arguments in
        guard case .string(let s) = arguments[0] else { return .failure(CELError(kind: .noOverload, message: "")) }
        return .success(.string(s + s))
      },
      CELFunction(name: "size", isMember: true, parameters: [.bool], result: .int) { _ in .success(.int(1)) },
      CELFunction(name: "policy.fails", parameters: [], result: .bool) { _ in
        .failure(CELError(kind: .invalidArgument, message: "no"))
      },
    ]
    func run(_ source: String) throws -> Result<CELValue, CELError> { try evaluate(source, functions: functions) }
    #expect(try show(run("twice(4)").get()) == "8")
    #expect(try show(run("twice('ab') + twice(dyn('c'))").get()) == "\"ababcc\"")
    #expect(try show(run("true.size() + 'abc'.size()").get()) == "4")
    #expect(try show(run("policy.fails() || true").get()) == "true")
    guard case .failure(let error) = try run("true && policy.fails()") else {
      Issue.record("an error was expected")
      return
    }
    #expect(error == CELError(kind: .invalidArgument, message: "no", offset: 15))
    #expect(throws: CELProblems.self) { try run("twice(true)") }
  }

  @Test func errorsKnowTheirPlace() throws {
    for (source, offset) in [
      ("true && [1][5] == 1", 11), ("1 + 2 / (x - x)", 6), ("{'a': 1}.b", 9), ("[0].map(y, 1 / y)", 13),
      ("int('q') + 1", 0), ("x.matches('(')", 2),
    ] {
      let type: CELType = source.contains("matches") ? .string : .int
      let value: CELValue = type == .string ? .string("") : .int(1)
      guard case .failure(let error) = try evaluate(source, [("x", type, value)]) else {
        Issue.record("\(source) has a value")
        continue
      }
      #expect(error.offset == offset, "\(source)")
    }
  }

  @Test func valuesOfAnotherKindThanDeclaredAreErrors() throws {
    for source in ["x > 1", "x + 1 == 2", "x.y == 1", "[1][x] == 1", "x.size() == 1", "x.all(y, true)"] {
      guard case .failure = try evaluate(source, [("x", .dyn, .timestamp(Instant(seconds: 0)))]) else {
        Issue.record("\(source) has a value")
        continue
      }
    }
    let program = try CELProgram("x > 1", in: CELEnvironment(variables: [CELVariable(name: "x", type: .int)]))
    guard case .failure(let error) = program.evaluate([.string("a")]) else {
      Issue.record("a string is greater than 1")
      return
    }
    #expect(error.kind == .noOverload)
    guard case .failure(let missing) = program.evaluate([]) else {
      Issue.record("a variable without a value has one")
      return
    }
    #expect(missing.kind == .invalidArgument)
    #expect(throws: CELError.self) { try program.test([]) }
    #expect(try program.test([.int(2)]))
  }

  @Test func extensionsCanBeLeftOut() throws {
    let bare = CELEnvironment(variables: [], extensions: [])
    for source in [
      "'a'.charAt(0)", "math.abs(1)", "cel.bind(a, 1, a)", "base64.encode(b'a')", "optional.none()", "{'a': 1}.?a",
      "[?1]", "{'a': 1}[?'a']",
    ] {
      #expect(throws: CELProblems.self) { try CELProgram(source, in: bare) }
    }
    #expect(try show(CELProgram("'a'.size()", in: bare).evaluate([]).get()) == "1")
  }
}
