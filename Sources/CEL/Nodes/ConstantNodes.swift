/// Comparisons with a constant, which most rules are made of: no second value is built, no kind is asked twice.

/// A string against a constant string.
final class StringTestNode: BoolNode, @unchecked Sendable {
  enum Test: Sendable { case equal, notEqual, prefix, suffix, contains }

  private let operand: Node
  private let test: Test
  private let text: String
  private let bytes: ContiguousArray<UInt8>

  init(_ test: Test, _ operand: Node, _ text: String, at offset: Int) {
    self.test = test
    self.operand = operand
    self.text = text
    bytes = ContiguousArray(text.utf8)
    super.init(offset)
  }

  override func bool(_ frame: inout Frame) throws(CELError) -> Bool {
    guard case .string(let s) = try operand.value(&frame) else {
      switch test {
      case .equal: return false
      case .notEqual: return true
      default: throw fail(.noOverload, "no such overload: a string is needed here")
      }
    }
    let count = s.utf8.count
    switch test {
    case .equal: return count == bytes.count && starts(s)
    case .notEqual: return count != bytes.count || !starts(s)
    case .prefix: return count >= bytes.count && starts(s)
    case .suffix:
      return count >= bytes.count
        && Text.withBytes(s) { p in same(UnsafeBufferPointer(rebasing: p[(count - bytes.count)...])) }
    case .contains:
      try frame.charge(bytes: count)
      return Text.withBytes(s) { p in
        bytes.withUnsafeBufferPointer { Text.firstIndex(of: $0, in: p) != nil }
      }
    }
  }

  @inline(__always)
  private func starts(_ s: String) -> Bool { Text.withBytes(s) { same($0) } }

  @inline(__always)
  private func same(_ p: UnsafeBufferPointer<UInt8>) -> Bool {
    bytes.withUnsafeBufferPointer { Text.same(p, $0, count: $0.count) }
  }
}

/// A value against a constant int.
final class IntTestNode: BoolNode, @unchecked Sendable {
  private let operand: Node
  private let sign: BinaryOperator
  private let number: Int64

  init(_ sign: BinaryOperator, _ operand: Node, _ number: Int64, at offset: Int) {
    self.sign = sign
    self.operand = operand
    self.number = number
    super.init(offset)
  }

  override func bool(_ frame: inout Frame) throws(CELError) -> Bool {
    let operand = try operand.value(&frame)
    let order: Comparison.Order
    if case .int(let i) = operand {
      order = i < number ? .less : i == number ? .equal : .greater
    } else if let other = Comparison.numbers(operand, .int(number)) {
      order = other
    } else {
      switch sign {
      case .equal: return false
      case .notEqual: return true
      default: throw Arithmetic.noOverload(sign.rawValue, operand, .int(number)).at(offset)
      }
    }
    return sign.holds(order)
  }
}

/// `value in [constant strings]`: a few are compared one by one, many are looked up by hash.
final class InStringsNode: BoolNode, @unchecked Sendable {
  private static let scanLimit = 16

  private let operand: Node
  private let texts: [ContiguousArray<UInt8>]
  /// Empty when the texts are few.
  private let keys: Set<MapKey>

  init(_ operand: Node, _ texts: [String], at offset: Int) {
    self.operand = operand
    self.texts = texts.map { ContiguousArray($0.utf8) }
    keys = texts.count > Self.scanLimit ? Set(texts.map { MapKey.string($0) }) : []
    super.init(offset)
  }

  override func bool(_ frame: inout Frame) throws(CELError) -> Bool {
    guard case .string(let s) = try operand.value(&frame) else { return false }
    if !keys.isEmpty {
      try frame.charge(bytes: s.utf8.count)
      return keys.contains(.string(s))
    }
    return Text.withBytes(s) { p in
      for text in texts where text.count == p.count {
        if text.withUnsafeBufferPointer({ Text.same(p, $0, count: $0.count) }) { return true }
      }
      return false
    }
  }
}

/// `text.matches(constant)`, compiled once.
final class MatchesNode: BoolNode, @unchecked Sendable {
  private let operand: Node
  private let pattern: RegularExpression

  init(_ operand: Node, _ pattern: RegularExpression, at offset: Int) {
    self.operand = operand
    self.pattern = pattern
    super.init(offset)
  }

  override func bool(_ frame: inout Frame) throws(CELError) -> Bool {
    guard case .string(let s) = try operand.value(&frame) else {
      throw fail(.noOverload, "no such overload: matches() is for strings")
    }
    do throws(CELError) {
      return try pattern.matches(s, &frame)
    } catch { throw error.at(offset) }
  }
}
