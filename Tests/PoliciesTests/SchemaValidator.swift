import Foundation

@testable import Policies

/// A JSON value, read from a schema or from YAML as an editor reads it.
enum JSONTree: Decodable, Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONTree])
  case object([String: JSONTree])

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let bool = try? value.decode(Bool.self) {
      self = .bool(bool)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let string = try? value.decode(String.self) {
      self = .string(string)
    } else if let array = try? value.decode([JSONTree].self) {
      self = .array(array)
    } else {
      self = .object(try value.decode([String: JSONTree].self))
    }
  }

  /// YAML 1.2.2 section 10.3.2, core schema.
  init(_ node: YAMLNode) {
    switch node.content {
    case .sequence(let items): self = .array(items.map { JSONTree($0) })
    case .mapping(let pairs):
      self = .object(Dictionary(pairs.map { ($0.key, JSONTree($0.value)) }, uniquingKeysWith: { a, _ in a }))
    case .scalar(let text, plain: false): self = .string(text)
    case .scalar(let text, plain: true):
      if node.isNull {
        self = .null
      } else if ["true", "True", "TRUE"].contains(text) {
        self = .bool(true)
      } else if ["false", "False", "FALSE"].contains(text) {
        self = .bool(false)
      } else if text.utf8.allSatisfy(Self.isNumeral), let number = Double(text) {
        self = .number(number)
      } else {
        self = .string(text)
      }
    }
  }

  /// What decimal numbers are written with; `Double` alone would also read `nan` and hexadecimal.
  private static func isNumeral(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte)
  }

  subscript(key: String) -> JSONTree? {
    if case .object(let pairs) = self { pairs[key] } else { nil }
  }

  var array: [JSONTree] { if case .array(let items) = self { items } else { [] } }
  var string: String? { if case .string(let text) = self { text } else { nil } }
  var number: Double? { if case .number(let number) = self { number } else { nil } }
}

/// Validates by the keywords our schemas use; a keyword it does not know is a problem, never passed over.
struct SchemaValidator {
  let root: JSONTree
  /// By pattern, compiled once.
  private var expressions: [String: NSRegularExpression] = [:]

  init(_ text: String) throws {
    root = try JSONDecoder().decode(JSONTree.self, from: Data(text.utf8))
    try compile(root)
  }

  private mutating func compile(_ schema: JSONTree) throws {
    switch schema {
    case .array(let items): for item in items { try compile(item) }
    case .object(let pairs):
      if let pattern = pairs["pattern"]?.string, expressions[pattern] == nil {
        expressions[pattern] = try NSRegularExpression(pattern: pattern)
      }
      for value in pairs.values { try compile(value) }
    default: break
    }
  }

  /// What is wrong, each with its path; empty when the value is valid.
  func problems(_ value: JSONTree) -> [String] { problems(value, root, "$") }

  private static let annotations: Set<String> = ["$schema", "$id", "$defs", "title", "description", "examples"]

  private func problems(_ value: JSONTree, _ schema: JSONTree, _ path: String) -> [String] {
    guard case .object(let keywords) = schema else { return [path + ": the schema is no object"] }
    return keywords.sorted { $0.key < $1.key }.flatMap { keyword, rule in
      check(value, keyword, rule, keywords, path)
    }
  }

  private func check(
    _ value: JSONTree, _ keyword: String, _ rule: JSONTree, _ schema: [String: JSONTree], _ path: String
  ) -> [String] {
    func fail(_ failed: Bool) -> [String] { failed ? [path + ": " + keyword] : [] }
    func valid(_ schema: JSONTree) -> Bool { problems(value, schema, path).isEmpty }
    switch keyword {
    case _ where Self.annotations.contains(keyword), "then": return []
    case "$ref":
      let prefix = "#/$defs/"
      guard let name = rule.string, name.hasPrefix(prefix),
        let form = root["$defs"]?[String(name.dropFirst(prefix.count))]
      else { return [path + ": a reference leads nowhere"] }
      return problems(value, form, path)
    case "type": return fail(!(rule.array.isEmpty ? [rule] : rule.array).contains { isA(value, $0.string ?? "") })
    case "enum": return fail(!rule.array.contains(value))
    case "allOf": return rule.array.flatMap { problems(value, $0, path) }
    case "anyOf": return fail(!rule.array.contains(where: valid))
    case "oneOf": return fail(rule.array.filter(valid).count != 1)
    case "if": return valid(rule) ? schema["then"].map { problems(value, $0, path) } ?? [] : []
    case "pattern": return value.string.map { fail(!matches($0, rule.string)) } ?? []
    case "maxLength": return value.string.map { fail(Double($0.unicodeScalars.count) > (rule.number ?? -1)) } ?? []
    case "minimum": return value.number.map { fail($0 < (rule.number ?? .infinity)) } ?? []
    case "maximum": return value.number.map { fail($0 > (rule.number ?? -.infinity)) } ?? []
    case "items", "minItems", "maxItems":
      guard case .array(let items) = value else { return [] }
      if keyword == "minItems" { return fail(Double(items.count) < (rule.number ?? .infinity)) }
      if keyword == "maxItems" { return fail(Double(items.count) > (rule.number ?? -1)) }
      return items.enumerated().flatMap { problems($1, rule, path + "[\($0)]") }
    case "properties", "required", "additionalProperties", "propertyNames":
      guard case .object(let pairs) = value else { return [] }
      return check(pairs, keyword, rule, schema, path)
    default: return [path + ": keyword `\(keyword)` is not known"]
    }
  }

  private func check(
    _ pairs: [String: JSONTree], _ keyword: String, _ rule: JSONTree, _ schema: [String: JSONTree], _ path: String
  ) -> [String] {
    let sorted = pairs.sorted { $0.key < $1.key }
    switch keyword {
    case "properties":
      return sorted.flatMap { key, value in rule[key].map { problems(value, $0, path + "." + key) } ?? [] }
    case "required":
      return rule.array.compactMap(\.string).filter { pairs[$0] == nil }.map { path + ": needs " + $0 }
    case "propertyNames": return sorted.flatMap { problems(.string($0.key), rule, path + " name " + $0.key) }
    default:
      let others = sorted.filter { schema["properties"]?[$0.key] == nil }
      if case .bool(let allowed) = rule { return allowed ? [] : others.map { path + ": unknown key " + $0.key } }
      return others.flatMap { problems($0.value, rule, path + "." + $0.key) }
    }
  }

  private func isA(_ value: JSONTree, _ type: String) -> Bool {
    switch (value, type) {
    case (.null, "null"), (.bool, "boolean"), (.number, "number"), (.string, "string"), (.array, "array"),
      (.object, "object"):
      true
    case (.number(let number), "integer"): number == number.rounded()
    default: false
    }
  }

  private func matches(_ text: String, _ pattern: String?) -> Bool {
    guard let pattern, let expression = expressions[pattern] else { return false }
    return expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
  }
}
