internal import CEL

/// One expression with the variables it reads, as the file of cases states it.
struct Case: Decodable {
  var name: String
  var expression: String
  var activation: [String: JSONValue]

  /// Variables in the order of their names, typed as their values are: maps by `string`, elements of anything `dyn`.
  var environment: CELEnvironment {
    CELEnvironment(
      variables: activation.keys.sorted().map { name in
        CELVariable(name: name, type: activation[name]?.celType ?? .dyn)
      })
  }

  var slots: [CELValue] {
    activation.keys.sorted().map { activation[$0]?.celValue ?? .null }
  }
}

/// A value of JSON (RFC 8259); whole numbers within 64 bits are integers, all others doubles.
indirect enum JSONValue: Decodable {
  case null
  case bool(Bool)
  case int(Int64)
  case double(Double)
  case string(String)
  case list([JSONValue])
  case map([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .int(value)
    } else if let value = try? container.decode(Double.self) {
      self = .double(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .list(value)
    } else {
      self = .map(try container.decode([String: JSONValue].self))
    }
  }

  var celType: CELType {
    switch self {
    case .null: .null
    case .bool: .bool
    case .int: .int
    case .double: .double
    case .string: .string
    case .list: .list(.dyn)
    case .map: .map(.string, .dyn)
    }
  }

  var celValue: CELValue {
    switch self {
    case .null: .null
    case .bool(let value): .bool(value)
    case .int(let value): .int(value)
    case .double(let value): .double(value)
    case .string(let value): .string(value)
    case .list(let values): .list(values.map(\.celValue))
    case .map(let entries): .map(CELMap(entries.keys.sorted().map { ($0, entries[$0]?.celValue ?? .null) }))
    }
  }
}
