import CEL
import Testing

/// Laws that hold for all values, tried on pairs of a pool.
@Suite struct LawTests {
  /// The same values as literals and as values of variables.
  static let pool: [(literal: String, value: CELValue)] = [
    ("null", .null), ("true", .bool(true)), ("1", .int(1)), ("-3", .int(-3)),
    ("9223372036854775807", .int(.max)), ("1u", .uint(1)), ("18446744073709551615u", .uint(.max)),
    ("1.0", .double(1)), ("-0.5", .double(-0.5)), ("''", .string("")), ("'ab'", .string("ab")),
    ("'\\u00e9b'", .string("\u{e9}b")), ("b'ab'", .bytes([0x61, 0x62])),
    ("[1, 'ab']", .list([.int(1), .string("ab")])), ("['ab', '']", .list([.string("ab"), .string("")])),
    ("{1: 'ab'}", .map(CELMap(entries: [(.int(1), .string("ab"))]) ?? CELMap())),
    ("duration('1s')", .duration(seconds: 1, nanoseconds: 0)),
  ]

  private func result(_ source: String, _ x: CELValue, _ y: CELValue) throws -> String {
    let environment = CELEnvironment(
      variables: [CELVariable(name: "x", type: .dyn), CELVariable(name: "y", type: .dyn)])
    let program = try CELProgram(source, in: environment, options: CELProgram.Options(checksTypes: false))
    switch program.evaluate([x, y]) {
    case .success(let value): return show(value)
    case .failure(let error): return error.kind.rawValue
    }
  }

  /// What is known before running is computed by other nodes; nobody may see that in a result.
  @Test(arguments: ["x == y", "x != y", "x < y", "x <= y", "x > y", "x >= y", "x in y", "x + y", "x - y", "x % y"])
  func constantsGiveWhatVariablesGive(_ source: String) throws {
    for x in Self.pool {
      for y in Self.pool {
        let expected = try result(source, x.value, y.value)
        let sign = source.dropFirst(2).dropLast(2)
        for other in ["x \(sign) \(y.literal)", "\(x.literal) \(sign) y", "\(x.literal) \(sign) \(y.literal)"] {
          #expect(try result(other, x.value, y.value) == expected, "\(other)")
        }
      }
    }
  }

  @Test(arguments: ["startsWith", "endsWith", "contains", "matches"])
  func constantArgumentsToo(_ name: String) throws {
    for x in Self.pool {
      for y in Self.pool {
        let expected = try result("x.\(name)(y)", x.value, y.value)
        #expect(try result("x.\(name)(\(y.literal))", x.value, y.value) == expected)
        #expect(try result("\(x.literal).\(name)(\(y.literal))", x.value, y.value) == expected)
      }
    }
  }

  @Test(arguments: [
    "(x == y) == (y == x)", "(x != y) == !(x == y)", "x == x", "(x < y) == (y > x)", "(x <= y) == !(x > y)",
    "(x <= y) == (x < y || x == y)", "(x in [y]) == (x == y)", "[x] == [x] && {1: x} == {1: x}",
  ])
  func equalityAndOrder(_ law: String) throws {
    for x in Self.pool {
      for y in Self.pool {
        let found = try result(law, x.value, y.value)
        // Kinds without an order are an error, never a wrong answer.
        #expect(found == "true" || (law.contains("<") && found == "no such overload"), "\(x.literal), \(y.literal)")
      }
    }
  }
}
