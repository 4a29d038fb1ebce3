/// A JSON value (RFC 8259) whose objects keep their order, so that equal input gives equal bytes.
public enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case int(Int64)
  case uint(UInt64)
  case double(Double)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// Member of an object; nil for anything else.
  public subscript(key: String) -> JSONValue? {
    if case .object(let o) = self { o[key] } else { nil }
  }
  public var string: String? { if case .string(let s) = self { s } else { nil } }
  public var array: [JSONValue]? { if case .array(let a) = self { a } else { nil } }
  public var object: JSONObject? { if case .object(let o) = self { o } else { nil } }
  public var bool: Bool? { if case .bool(let b) = self { b } else { nil } }
  public var int: Int64? {
    switch self {
    case .int(let v): v
    case .uint(let v): Int64(exactly: v)
    default: nil
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .int(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(elements.map { (key: $0.0, value: $0.1) }))
  }
}

/// Members in order. Keys are unique when the object came from `JSONParser`.
public struct JSONObject: Sendable, Hashable {
  public var members: [(key: String, value: JSONValue)]
  public init(_ members: [(key: String, value: JSONValue)] = []) { self.members = members }

  public subscript(key: String) -> JSONValue? { members.first { $0.key == key }?.value }

  /// Appends a member, or nothing when `value` is nil: "absent when it does not apply".
  public mutating func add(_ key: String, _ value: JSONValue?) {
    if let value { members.append((key: key, value: value)) }
  }
  public static func == (a: JSONObject, b: JSONObject) -> Bool {
    a.members.elementsEqual(b.members) { $0.key == $1.key && $0.value == $1.value }
  }
  public func hash(into hasher: inout Hasher) {
    for m in members {
      hasher.combine(m.key)
      hasher.combine(m.value)
    }
  }
}
