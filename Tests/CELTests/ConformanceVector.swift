import CEL
import CustodyCore

/// One test of the specification's suite (`cel.expr.conformance.test.SimpleTest`), run through the public interface.
struct ConformanceVector {
  enum Outcome: Equatable {
    case passed
    case failed(String)
    /// Names protobuf messages or enums, which this implementation knows nothing of.
    case notApplicable
  }

  let section: String
  let test: TextProto.Message

  var name: String { section + "/" + (test.text("name") ?? "") }

  /// Message and enum types that exist only in a protobuf environment. Timestamp and Duration are types of the language.
  private static let protobufNames = [
    "TestAllTypes", "NestedTestAllTypes", "TestRequired", "GlobalEnum", "NestedEnum", "NestedMessage",
    "cel.expr.conformance.proto", "Proto2ExtensionScopedMessage", "proto.getExt", "proto.hasExt",
    "google.protobuf.Any", "google.protobuf.Struct", "google.protobuf.Value", "google.protobuf.ListValue",
    "google.protobuf.BoolValue", "google.protobuf.BytesValue", "google.protobuf.DoubleValue",
    "google.protobuf.FloatValue", "google.protobuf.Int32Value", "google.protobuf.Int64Value",
    "google.protobuf.StringValue", "google.protobuf.UInt32Value", "google.protobuf.UInt64Value",
    "google.protobuf.NullValue", "google.protobuf.Empty", "google.protobuf.FieldMask",
  ]

  private struct NotApplicable: Error {}
  private struct Unreadable: Error {
    var what: String
  }

  func run() -> Outcome {
    let source = test.text("expr") ?? ""
    let squeezed = String(source.filter { !$0.isWhitespace })
    if Self.protobufNames.contains(where: { squeezed.contains($0) }) { return .notApplicable }
    do {
      return try judge(source)
    } catch is NotApplicable {
      return .notApplicable
    } catch let error as Unreadable {
      return .failed("the vector cannot be read: \(error.what)")
    } catch {
      return .failed("\(error)")
    }
  }

  private func judge(_ source: String) throws -> Outcome {
    var variables: [CELVariable] = []
    var functions: [CELFunction] = []
    for declaration in test.messages("type_env") {
      guard let name = declaration.text("name") else { throw Unreadable(what: "type_env") }
      if let ident = declaration.message("ident"), let type = ident.message("type") {
        variables.append(CELVariable(name: name, type: try Self.type(type)))
      } else if let function = declaration.message("function") {
        functions += try Self.functions(name, function)
      }
    }
    var bindings: [String: CELValue] = [:]
    for binding in test.messages("bindings") {
      guard let key = binding.text("key"), let value = binding.message("value")?.message("value") else {
        throw Unreadable(what: "bindings")
      }
      bindings[key] = try Self.value(value)
      // Programs that are not checked may read what is not declared.
      if !variables.contains(where: { $0.name == key }) { variables.append(CELVariable(name: key, type: .dyn)) }
    }
    let environment = CELEnvironment(
      variables: variables, functions: functions, container: test.text("container") ?? "")
    let options = CELProgram.Options(
      checksTypes: !test.flag("disable_check"), expandsMacros: !test.flag("disable_macros"))
    let program: CELProgram
    do throws(CELProblems) {
      program = try CELProgram(source, in: environment, options: options)
    } catch {
      return .failed("does not load: \(error)")
    }
    if let typed = test.message("typed_result") {
      if let deduced = typed.message("deduced_type"), !test.flag("disable_check") {
        let wanted = try Self.type(deduced)
        if wanted != program.resultType { return .failed("type \(program.resultType), expected \(wanted)") }
      }
      if test.flag("check_only") { return .passed }
    }
    var slots: [CELValue] = []
    for variable in variables { slots.append(bindings[variable.name] ?? .null) }
    return try compare(program.evaluate(slots))
  }

  private func compare(_ result: Result<CELValue, CELError>) throws -> Outcome {
    let expectsError = test.first("eval_error") != nil || test.first("any_eval_errors") != nil
    switch result {
    case .failure(let error):
      return expectsError ? .passed : .failed("error: \(error)")
    case .success(let value):
      if expectsError { return .failed("expected an error, got \(value)") }
      let wanted =
        try (test.message("value") ?? test.message("typed_result")?.message("result")).map { try Self.value($0) }
        ?? .bool(true)
      return Self.identical(value, wanted) ? .passed : .failed("expected \(wanted), got \(value)")
    }
  }

  // MARK: types and values

  private static func type(_ message: TextProto.Message) throws -> CELType {
    guard let (kind, value) = message.fields.first else { return .dyn }
    switch kind {
    case "primitive":
      switch value.word {
      case "BOOL": return .bool
      case "INT64": return .int
      case "UINT64": return .uint
      case "DOUBLE": return .double
      case "STRING": return .string
      case "BYTES": return .bytes
      default: throw Unreadable(what: "primitive type")
      }
    case "null": return .null
    case "dyn", "type_param": return .dyn
    case "well_known":
      switch value.word {
      case "TIMESTAMP": return .timestamp
      case "DURATION": return .duration
      default: throw NotApplicable()
      }
    case "message_type":
      switch value.text {
      case "google.protobuf.Timestamp": return .timestamp
      case "google.protobuf.Duration": return .duration
      default: throw NotApplicable()
      }
    case "list_type": return .list(try value.message?.message("elem_type").map { try type($0) } ?? .dyn)
    case "map_type":
      return .map(
        try value.message?.message("key_type").map { try type($0) } ?? .dyn,
        try value.message?.message("value_type").map { try type($0) } ?? .dyn)
    case "abstract_type":
      guard value.message?.text("name") == "optional_type" else { throw NotApplicable() }
      return .optional(try value.message?.message("parameter_types").map { try type($0) } ?? .dyn)
    case "type": return .type
    case "wrapper": throw NotApplicable()
    default: throw Unreadable(what: "type \(kind)")
    }
  }

  /// Declared functions without a body: enough to check, an error when called.
  private static func functions(_ name: String, _ message: TextProto.Message) throws -> [CELFunction] {
    try message.messages("overloads").map { overload in
      CELFunction(
        name: name, isMember: overload.flag("is_instance_function"),
        parameters: try overload.messages("params").map { try type($0) },
        result: try overload.message("result_type").map { try type($0) } ?? .dyn
      ) { _ in .failure(CELError(kind: .undeclared, message: "no body")) }
    }
  }

  private static func value(_ message: TextProto.Message) throws -> CELValue {
    guard let (kind, field) = message.fields.first else { throw Unreadable(what: "value") }
    switch kind {
    case "null_value": return .null
    case "bool_value": return .bool(field.word == "true")
    case "int64_value":
      guard let i = field.word.flatMap({ Int64($0) }) else { break }
      return .int(i)
    case "uint64_value":
      guard let u = field.word.flatMap({ UInt64($0) }) else { break }
      return .uint(u)
    case "double_value":
      guard let d = field.word.flatMap({ Double($0) }) else { break }
      return .double(d)
    case "string_value":
      guard let s = field.text else { break }
      return .string(s)
    case "bytes_value":
      guard let b = field.bytes else { break }
      return .bytes(b)
    case "type_value":
      guard let name = field.text else { break }
      return .type(typeNames[name] ?? .object(name))
    case "list_value":
      return .list(try (field.message?.messages("values") ?? []).map { try value($0) })
    case "map_value":
      let entries = try (field.message?.messages("entries") ?? []).map { entry in
        guard let key = entry.message("key"), let content = entry.message("value") else {
          throw Unreadable(what: "map entry")
        }
        return (try value(key), try value(content))
      }
      guard let map = CELMap(entries: entries) else { break }
      return .map(map)
    case "object_value":
      guard let (url, content) = field.message?.fields.first, let body = content.message else { break }
      let seconds = body.word("seconds").flatMap { Int64($0) } ?? 0
      let nanos = body.word("nanos").flatMap { Int32($0) } ?? 0
      if url.hasSuffix("/google.protobuf.Timestamp]") {
        return .timestamp(Instant(seconds: seconds, nanoseconds: nanos))
      }
      if url.hasSuffix("/google.protobuf.Duration]") { return .duration(seconds: seconds, nanoseconds: nanos) }
      throw NotApplicable()
    case "enum_value": throw NotApplicable()
    default: break
    }
    throw Unreadable(what: "value \(kind)")
  }

  private static let typeNames: [String: CELType] = [
    "bool": .bool, "int": .int, "uint": .uint, "double": .double, "string": .string, "bytes": .bytes,
    "list": .list(.dyn), "map": .map(.dyn, .dyn), "null_type": .null, "type": .type,
    "google.protobuf.Timestamp": .timestamp, "google.protobuf.Duration": .duration,
    "optional_type": .optional(.dyn),
  ]

  /// Stricter than the language's equality: types count too, NaN is NaN, and -0.0 is not 0.0.
  static func identical(_ a: CELValue, _ b: CELValue) -> Bool {
    switch (a, b) {
    case (.null, .null): return true
    case (.bool(let x), .bool(let y)): return x == y
    case (.int(let x), .int(let y)): return x == y
    case (.uint(let x), .uint(let y)): return x == y
    case (.double(let x), .double(let y)): return x.isNaN ? y.isNaN : x == y && x.sign == y.sign
    case (.string(let x), .string(let y)): return x.utf8.elementsEqual(y.utf8)
    case (.bytes(let x), .bytes(let y)): return x == y
    case (.timestamp(let x), .timestamp(let y)): return x == y
    case (.duration(let s, let n), .duration(let t, let m)): return s == t && n == m
    case (.type(let x), .type(let y)): return x.runtimeName == y.runtimeName
    case (.list(let x), .list(let y)): return x.count == y.count && zip(x, y).allSatisfy { identical($0, $1) }
    case (.map(let x), .map(let y)):
      return x.count == y.count
        && x.keys.indices.allSatisfy { i in
          y.keys.indices.contains { identical(x.keys[i], y.keys[$0]) && identical(x.values[i], y.values[$0]) }
        }
    case (.optional(let x), .optional(let y)):
      guard let x, let y else { return x == nil && y == nil }
      return identical(x, y)
    default: return false
    }
  }
}
