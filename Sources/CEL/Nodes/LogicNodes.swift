/// `a && b && …`: false when any operand is false, whatever errors the others have (langdef, "Logical Operators").
final class AndNode: BoolNode, @unchecked Sendable {
  private let operands: [Node]

  init(_ operands: [Node], at offset: Int) {
    self.operands = operands
    super.init(offset)
  }

  override func bool(_ frame: inout Frame) throws(CELError) -> Bool {
    var failure: CELError?
    for operand in operands {
      do throws(CELError) {
        if !(try operand.bool(&frame)) { return false }
      } catch {
        if error.kind == .costLimit { throw error }
        if failure == nil { failure = error }
      }
    }
    if let failure { throw failure }
    return true
  }
}

/// `a || b || …`: true when any operand is true, whatever errors the others have.
final class OrNode: BoolNode, @unchecked Sendable {
  private let operands: [Node]

  init(_ operands: [Node], at offset: Int) {
    self.operands = operands
    super.init(offset)
  }

  override func bool(_ frame: inout Frame) throws(CELError) -> Bool {
    var failure: CELError?
    for operand in operands {
      do throws(CELError) {
        if try operand.bool(&frame) { return true }
      } catch {
        if error.kind == .costLimit { throw error }
        if failure == nil { failure = error }
      }
    }
    if let failure { throw failure }
    return false
  }
}

final class NotNode: BoolNode, @unchecked Sendable {
  private let operand: Node

  init(_ operand: Node, at offset: Int) {
    self.operand = operand
    super.init(offset)
  }

  override func bool(_ frame: inout Frame) throws(CELError) -> Bool { !(try operand.bool(&frame)) }
}

final class ConditionalNode: Node, @unchecked Sendable {
  private let condition: Node
  private let whenTrue: Node
  private let whenFalse: Node

  init(_ condition: Node, _ whenTrue: Node, _ whenFalse: Node, at offset: Int) {
    self.condition = condition
    self.whenTrue = whenTrue
    self.whenFalse = whenFalse
    super.init(offset)
  }

  override func value(_ frame: inout Frame) throws(CELError) -> CELValue {
    try condition.bool(&frame) ? try whenTrue.value(&frame) : try whenFalse.value(&frame)
  }

  override func bool(_ frame: inout Frame) throws(CELError) -> Bool {
    try condition.bool(&frame) ? try whenTrue.bool(&frame) : try whenFalse.bool(&frame)
  }
}

/// `==`, and `!=` when `negated`.
final class EqualNode: BoolNode, @unchecked Sendable {
  private let left: Node
  private let right: Node
  private let negated: Bool
  /// Of the object type both sides have, when the checker knew it.
  private let fieldCount: Int?

  init(_ left: Node, _ right: Node, negated: Bool, fieldCount: Int?, at offset: Int) {
    self.left = left
    self.right = right
    self.negated = negated
    self.fieldCount = fieldCount
    super.init(offset)
  }

  override func bool(_ frame: inout Frame) throws(CELError) -> Bool {
    let a = try left.value(&frame)
    let b = try right.value(&frame)
    // The commonest kinds first, each value looked at where it is: a switch over both would copy them.
    if case .int(let x) = a, case .int(let y) = b { return (x == y) != negated }
    if case .string(let x) = a, case .string(let y) = b, x.utf8.count != y.utf8.count { return negated }
    do throws(CELError) {
      if let fieldCount, case .object(let x) = a, case .object(let y) = b {
        return try Comparison.equal(x, y, fieldCount: fieldCount, &frame) != negated
      }
      return try Comparison.equal(a, b, &frame) != negated
    } catch { throw error.at(offset) }
  }
}

/// `< <= > >=`
final class OrderNode: BoolNode, @unchecked Sendable {
  private let left: Node
  private let right: Node
  private let sign: BinaryOperator

  init(_ sign: BinaryOperator, _ left: Node, _ right: Node, at offset: Int) {
    self.sign = sign
    self.left = left
    self.right = right
    super.init(offset)
  }

  override func bool(_ frame: inout Frame) throws(CELError) -> Bool {
    let a = try left.value(&frame)
    let b = try right.value(&frame)
    if case .int(let x) = a, case .int(let y) = b {
      return sign.holds(x < y ? .less : x == y ? .equal : .greater)
    }
    do throws(CELError) {
      guard let order = try Comparison.order(a, b, &frame) else { throw Arithmetic.noOverload(sign.rawValue, a, b) }
      return sign.holds(order)
    } catch { throw error.at(offset) }
  }
}

final class ArithmeticNode: Node, @unchecked Sendable {
  private let left: Node
  private let right: Node
  private let sign: BinaryOperator

  init(_ sign: BinaryOperator, _ left: Node, _ right: Node, at offset: Int) {
    self.sign = sign
    self.left = left
    self.right = right
    super.init(offset)
  }

  override func value(_ frame: inout Frame) throws(CELError) -> CELValue {
    let a = try left.value(&frame)
    let b = try right.value(&frame)
    do throws(CELError) {
      return try Arithmetic.apply(sign, a, b, &frame)
    } catch { throw error.at(offset) }
  }
}

final class NegateNode: Node, @unchecked Sendable {
  private let operand: Node

  init(_ operand: Node, at offset: Int) {
    self.operand = operand
    super.init(offset)
  }

  override func value(_ frame: inout Frame) throws(CELError) -> CELValue {
    let operand = try operand.value(&frame)
    do throws(CELError) {
      return try Arithmetic.negate(operand)
    } catch { throw error.at(offset) }
  }
}

/// `element in list`, `key in map`
final class InNode: BoolNode, @unchecked Sendable {
  private let element: Node
  private let collection: Node

  init(_ element: Node, _ collection: Node, at offset: Int) {
    self.element = element
    self.collection = collection
    super.init(offset)
  }

  override func bool(_ frame: inout Frame) throws(CELError) -> Bool {
    let element = try element.value(&frame)
    let collection = try collection.value(&frame)
    do throws(CELError) {
      switch collection {
      case .list(let list):
        for other in list {
          try frame.charge(1)
          if try Comparison.equal(element, other, &frame) { return true }
        }
        return false
      case .map(let map):
        try frame.charge(1)
        return map.find(element) != nil
      default: throw Arithmetic.noOverload("in", element, collection)
      }
    } catch { throw error.at(offset) }
  }
}

extension BinaryOperator {
  /// Whether the comparison is true of two values in this order.
  @inline(__always)
  func holds(_ order: Comparison.Order) -> Bool {
    switch self {
    case .equal: order == .equal
    case .notEqual: order != .equal
    case .less: order == .less
    case .lessOrEqual: order == .less || order == .equal
    case .greater: order == .greater
    default: order == .greater || order == .equal
    }
  }
}
