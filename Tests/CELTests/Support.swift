import CEL
import CustodyCore

/// Whatever a test evaluates: variables by name, types from the values unless given.
func evaluate(
  _ source: String, _ variables: [(String, CELType, CELValue)] = [], functions: [CELFunction] = [],
  objects: [CELObjectType] = [], costLimit: Int = 100_000, checked: Bool = true
) throws -> Result<CELValue, CELError> {
  let environment = CELEnvironment(
    variables: variables.map { CELVariable(name: $0.0, type: $0.1) }, objects: objects, functions: functions)
  let program = try CELProgram(
    source, in: environment, costLimit: costLimit, options: CELProgram.Options(checksTypes: checked))
  return program.evaluate(variables.map(\.2))
}

/// The value of an expression without variables, as `%s` shows it, or the kind of its error.
func outcome(_ source: String, checked: Bool = true) -> String {
  do {
    switch try evaluate(source, checked: checked) {
    case .success(let value): return show(value)
    case .failure(let error): return "error: " + error.kind.rawValue
    }
  } catch let problems as CELProblems {
    return "problem: " + problems.all.map(\.message).joined(separator: "; ")
  } catch {
    return "\(error)"
  }
}

func show(_ value: CELValue) -> String {
  switch value {
  case .null: "null"
  case .bool(let b): String(b)
  case .int(let i): String(i)
  case .uint(let u): "\(u)u"
  case .double(let d): "\(d)"
  case .string(let s): "\"\(s)\""
  case .bytes(let b): "b\(b)"
  case .timestamp(let t): t.description
  case .duration(let s, let n): n == 0 ? "\(s)s" : "\(s)s\(n)ns"
  case .list(let list): "[" + list.map(show).joined(separator: ", ") + "]"
  case .map(let map):
    "{" + zip(map.keys, map.values).map { show($0) + ": " + show($1) }.joined(separator: ", ") + "}"
  case .object: "object"
  case .type(let type): type.runtimeName
  case .optional(let inner): inner.map { "optional(\(show($0)))" } ?? "none"
  }
}

/// SplitMix64: the same numbers on every run.
struct Random: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
