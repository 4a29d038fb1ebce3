/// How a library function is computed, by the number of its arguments (the receiver of a member counts as one).
enum Implementation: Sendable {
  typealias Unary = @Sendable (CELValue, inout Frame) throws(CELError) -> CELValue
  typealias Binary = @Sendable (CELValue, CELValue, inout Frame) throws(CELError) -> CELValue
  typealias Many = @Sendable ([CELValue], inout Frame) throws(CELError) -> CELValue

  case unary(Unary)
  case binary(Binary)
  case many(Many)

  func call(_ arguments: [CELValue], _ frame: inout Frame) throws(CELError) -> CELValue {
    switch self {
    case .unary(let body): return try body(arguments[0], &frame)
    case .binary(let body): return try body(arguments[0], arguments[1], &frame)
    case .many(let body): return try body(arguments, &frame)
    }
  }
}

final class UnaryCallNode: Node, @unchecked Sendable {
  private let body: Implementation.Unary
  private let argument: Node

  init(_ body: @escaping Implementation.Unary, _ argument: Node, at offset: Int) {
    self.body = body
    self.argument = argument
    super.init(offset)
  }

  override func value(_ frame: inout Frame) throws(CELError) -> CELValue {
    let a = try argument.value(&frame)
    do throws(CELError) {
      return try body(a, &frame)
    } catch { throw error.at(offset) }
  }
}

final class BinaryCallNode: Node, @unchecked Sendable {
  private let body: Implementation.Binary
  private let first: Node
  private let second: Node

  init(_ body: @escaping Implementation.Binary, _ first: Node, _ second: Node, at offset: Int) {
    self.body = body
    self.first = first
    self.second = second
    super.init(offset)
  }

  override func value(_ frame: inout Frame) throws(CELError) -> CELValue {
    let a = try first.value(&frame)
    let b = try second.value(&frame)
    do throws(CELError) {
      return try body(a, b, &frame)
    } catch { throw error.at(offset) }
  }
}

final class ManyCallNode: Node, @unchecked Sendable {
  private let body: Implementation.Many
  private let arguments: [Node]

  init(_ body: @escaping Implementation.Many, _ arguments: [Node], at offset: Int) {
    self.body = body
    self.arguments = arguments
    super.init(offset)
  }

  override func value(_ frame: inout Frame) throws(CELError) -> CELValue {
    var values: [CELValue] = []
    values.reserveCapacity(arguments.count)
    for argument in arguments { values.append(try argument.value(&frame)) }
    do throws(CELError) {
      return try body(values, &frame)
    } catch { throw error.at(offset) }
  }
}

/// A function of the host: the first overload whose parameters fit, then a library function of the same name.
final class HostCallNode: Node, @unchecked Sendable {
  private let overloads: [CELFunction]
  private let fallback: Implementation?
  private let arguments: [Node]

  init(_ overloads: [CELFunction], fallback: Implementation?, _ arguments: [Node], at offset: Int) {
    self.overloads = overloads
    self.fallback = fallback
    self.arguments = arguments
    super.init(offset)
  }

  override func value(_ frame: inout Frame) throws(CELError) -> CELValue {
    var values: [CELValue] = []
    values.reserveCapacity(arguments.count)
    for argument in arguments { values.append(try argument.value(&frame)) }
    do throws(CELError) {
      for overload in overloads where overload.parameters.count == values.count {
        guard zip(values, overload.parameters).allSatisfy({ $0.matches($1) }) else { continue }
        try frame.charge(overload.cost)
        switch overload.body(values) {
        case .success(let value): return value
        case .failure(let error): throw error
        }
      }
      if let fallback { return try fallback.call(values, &frame) }
      throw CELError(
        .noOverload, "no such overload: applied to (\(values.map(\.type.description).joined(separator: ", ")))")
    } catch { throw error.at(offset) }
  }
}
