/// What a field name means on a value whose kind shows only at run time.
struct Selector: Sendable {
  let name: String
  /// Position of the field when the checker knew the object type.
  let index: Int?

  /// Nil when the key or field is not there.
  func find(in base: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue? {
    switch base {
    case .object(let object):
      return object.celField(try position(in: object, frame))
    case .map(let map):
      try frame.charge(1)
      return map[name]
    default:
      throw CELError(.noOverload, "no such overload: '\(name)' selected from \(base.type)")
    }
  }

  @inline(__always)
  func position(in object: any CELObject, _ frame: borrowing Frame) throws(CELError) -> Int {
    if let index { return index }
    let type = type(of: object).celTypeName
    guard let index = frame.objects[type]?.indices[name] else {
      throw CELError(.noSuchField, "no such field '\(name)'")
    }
    return index
  }

  func get(from base: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue {
    if case .optional(let inner) = base {
      // Selection goes on inside: the result is optional too.
      guard let inner else { return base }
      return .optional(try find(in: inner, &frame))
    }
    if let found = try find(in: base, &frame) { return found }
    if case .map = base { throw CELError(.noSuchKey, "no such key '\(name)'") }
    throw CELError(.noSuchField, "no such field '\(name)': it is not set")
  }
}

final class SelectNode: Node, @unchecked Sendable {
  private let base: Node
  private let selector: Selector

  init(_ base: Node, _ selector: Selector, at offset: Int) {
    self.base = base
    self.selector = selector
    super.init(offset)
  }

  override func value(_ frame: inout Frame) throws(CELError) -> CELValue {
    let base = try base.value(&frame)
    do throws(CELError) {
      return try selector.get(from: base, &frame)
    } catch { throw error.at(offset) }
  }
}

/// `variable.field` with both positions known: the commonest read of all.
final class SlotFieldNode: Node, @unchecked Sendable {
  private let slot: Int
  private let index: Int
  private let selector: Selector

  init(slot: Int, index: Int, name: String, at offset: Int) {
    self.slot = slot
    self.index = index
    selector = Selector(name: name, index: index)
    super.init(offset)
  }

  override func value(_ frame: inout Frame) throws(CELError) -> CELValue {
    if case .object(let object) = frame.slots[slot], let found = object.celField(index) { return found }
    do throws(CELError) {
      return try selector.get(from: frame.slots[slot], &frame)
    } catch { throw error.at(offset) }
  }
}

/// `has(base.name)`
final class HasNode: BoolNode, @unchecked Sendable {
  private let base: Node
  private let selector: Selector

  init(_ base: Node, _ selector: Selector, at offset: Int) {
    self.base = base
    self.selector = selector
    super.init(offset)
  }

  override func bool(_ frame: inout Frame) throws(CELError) -> Bool {
    let base = try base.value(&frame)
    do throws(CELError) {
      if case .optional(let inner) = base {
        guard let inner else { return false }
        return try selector.find(in: inner, &frame) != nil
      }
      return try selector.find(in: base, &frame) != nil
    } catch { throw error.at(offset) }
  }
}

/// `base.?name`
final class OptionalSelectNode: Node, @unchecked Sendable {
  private let base: Node
  private let selector: Selector

  init(_ base: Node, _ selector: Selector, at offset: Int) {
    self.base = base
    self.selector = selector
    super.init(offset)
  }

  override func value(_ frame: inout Frame) throws(CELError) -> CELValue {
    var base = try base.value(&frame)
    if case .optional(let inner) = base {
      guard let inner else { return base }
      base = inner
    }
    do throws(CELError) {
      return .optional(try selector.find(in: base, &frame))
    } catch { throw error.at(offset) }
  }
}

/// `base[key]`, and `base[?key]` when `optional`.
final class IndexNode: Node, @unchecked Sendable {
  private let base: Node
  private let key: Node
  private let optional: Bool

  init(_ base: Node, _ key: Node, optional: Bool, at offset: Int) {
    self.base = base
    self.key = key
    self.optional = optional
    super.init(offset)
  }

  override func value(_ frame: inout Frame) throws(CELError) -> CELValue {
    let base = try base.value(&frame)
    let key = try key.value(&frame)
    do throws(CELError) {
      if case .optional(let inner) = base {
        guard let inner else { return base }
        return .optional(try Self.find(key, in: inner, &frame))
      }
      let found = try Self.find(key, in: base, &frame)
      if optional { return .optional(found) }
      if let found { return found }
      if case .map = base { throw fail(.noSuchKey, "no such key") }
      throw fail(.outOfRange, "index out of range")
    } catch { throw error.at(offset) }
  }

  static func find(_ key: CELValue, in base: CELValue, _ frame: inout Frame) throws(CELError) -> CELValue? {
    switch base {
    case .list(let list):
      guard let index = try position(key), index >= 0, index < list.count else { return nil }
      return list[index]
    case .map(let map):
      switch key {
      case .bool, .int, .uint, .double: try frame.charge(1)
      case .string(let s): try frame.charge(1 + s.utf8.count >> 4)
      default: throw Arithmetic.noOverload("[]", base, key)
      }
      return map[key]
    default: throw Arithmetic.noOverload("[]", base, key)
    }
  }

  /// A whole number of any number type; nil when it is beyond every list.
  private static func position(_ key: CELValue) throws(CELError) -> Int? {
    switch key {
    case .int(let i): return Int(exactly: i)
    case .uint(let u): return Int(exactly: u)
    case .double(let d):
      guard d == d.rounded(.towardZero) else {
        throw CELError(.invalidArgument, "invalid argument: the index of a list is a whole number")
      }
      return Int(exactly: d)
    default:
      throw CELError(.invalidArgument, "invalid argument: the index of a list is a number, not \(key.type)")
    }
  }
}
