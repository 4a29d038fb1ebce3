/// `[a, b, ?c]`
final class ListNode: Node, @unchecked Sendable {
  private let elements: [(node: Node, optional: Bool)]

  init(_ elements: [(node: Node, optional: Bool)], at offset: Int) {
    self.elements = elements
    super.init(offset)
  }

  override func value(_ frame: inout Frame) throws(CELError) -> CELValue {
    var list: [CELValue] = []
    list.reserveCapacity(elements.count)
    for element in elements {
      let value = try element.node.value(&frame)
      if !element.optional {
        list.append(value)
      } else if let inner = try unwrap(value) {
        list.append(inner)
      }
    }
    return .list(list)
  }
}

/// `{k: v, ?k: v}`
final class MapNode: Node, @unchecked Sendable {
  private let entries: [(key: Node, value: Node, optional: Bool)]

  init(_ entries: [(key: Node, value: Node, optional: Bool)], at offset: Int) {
    self.entries = entries
    super.init(offset)
  }

  override func value(_ frame: inout Frame) throws(CELError) -> CELValue {
    var map = CELMap()
    map.reserve(entries.count)
    for entry in entries {
      let key = try entry.key.value(&frame)
      var value = try entry.value.value(&frame)
      if entry.optional {
        guard let inner = try unwrap(value) else { continue }
        value = inner
      }
      try insert(key, value, into: &map)
    }
    return .map(map)
  }
}

extension Node {
  /// The value inside an optional element; nil leaves the element out.
  final func unwrap(_ value: CELValue) throws(CELError) -> CELValue? {
    guard case .optional(let inner) = value else {
      throw fail(.noOverload, "no such overload: an element marked '?' is an optional, not \(value.type)")
    }
    return inner
  }

  final func insert(_ key: CELValue, _ value: CELValue, into map: inout CELMap) throws(CELError) {
    switch map.insert(key, value) {
    case .inserted: return
    case .repeated: throw fail(.invalidArgument, "invalid argument: a key of the map occurs twice")
    case .unsupportedKey:
      throw fail(.invalidArgument, "invalid argument: \(key.type) cannot be the key of a map")
    }
  }
}

/// cel.bind
final class BindNode: Node, @unchecked Sendable {
  private let local: Int
  private let initial: Node
  private let body: Node

  init(_ local: Int, _ initial: Node, _ body: Node, at offset: Int) {
    self.local = local
    self.initial = initial
    self.body = body
    super.init(offset)
  }

  override func value(_ frame: inout Frame) throws(CELError) -> CELValue {
    frame.locals[local] = try initial.value(&frame)
    return try body.value(&frame)
  }
}

/// optMap and optFlatMap
final class OptionalMapNode: Node, @unchecked Sendable {
  private let local: Int
  private let target: Node
  private let body: Node
  private let flat: Bool

  init(_ local: Int, _ target: Node, _ body: Node, flat: Bool, at offset: Int) {
    self.local = local
    self.target = target
    self.body = body
    self.flat = flat
    super.init(offset)
  }

  override func value(_ frame: inout Frame) throws(CELError) -> CELValue {
    guard case .optional(let inner) = try target.value(&frame) else {
      throw fail(.noOverload, "no such overload: an optional is needed here")
    }
    guard let inner else { return .optional(nil) }
    frame.locals[local] = inner
    let result = try body.value(&frame)
    guard flat else { return .optional(result) }
    guard case .optional = result else {
      throw fail(.noOverload, "no such overload: the result of optFlatMap is an optional, not \(result.type)")
    }
    return result
  }
}

/// `optional.or(other)` and `optional.orValue(other)`: the other side is only evaluated when it is needed.
final class OrElseNode: Node, @unchecked Sendable {
  private let target: Node
  private let other: Node
  private let unwraps: Bool

  init(_ target: Node, _ other: Node, unwraps: Bool, at offset: Int) {
    self.target = target
    self.other = other
    self.unwraps = unwraps
    super.init(offset)
  }

  override func value(_ frame: inout Frame) throws(CELError) -> CELValue {
    let first = try target.value(&frame)
    guard case .optional(let inner) = first else {
      throw fail(.noOverload, "no such overload: an optional is needed here")
    }
    if let inner { return unwraps ? inner : first }
    let second = try other.value(&frame)
    if unwraps { return second }
    guard case .optional = second else {
      throw fail(.noOverload, "no such overload: or() takes an optional, not \(second.type)")
    }
    return second
  }
}
