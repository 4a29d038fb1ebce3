/// An expression ready to run: names are slots, fields are indices, constants are computed.
///
/// Nodes are immutable once built, which makes the unchecked conformance sound; the compiler cannot see it through a
/// class that is not final.
class Node: @unchecked Sendable {
  /// In the source, for errors.
  final let offset: Int

  init(_ offset: Int) { self.offset = offset }

  func value(_ frame: inout Frame) throws(CELError) -> CELValue {
    throw fail(.noOverload, "no such overload")
  }

  /// The value where only a bool will do; anything else is `no such overload`.
  func bool(_ frame: inout Frame) throws(CELError) -> Bool {
    if case .bool(let b) = try value(&frame) { return b }
    throw fail(.noOverload, "no such overload: a bool is needed here")
  }

  /// The value when it is known before running.
  var constant: CELValue? { nil }

  final func fail(_ kind: CELError.Kind, _ message: String) -> CELError {
    CELError(kind: kind, message: message, offset: offset)
  }
}

/// A node whose result is always a bool, so that conditions never box one.
class BoolNode: Node, @unchecked Sendable {
  final override func value(_ frame: inout Frame) throws(CELError) -> CELValue {
    .bool(try bool(&frame))
  }
}

final class ConstantNode: Node, @unchecked Sendable {
  private let known: CELValue

  init(_ known: CELValue, at offset: Int) {
    self.known = known
    super.init(offset)
  }

  override func value(_ frame: inout Frame) throws(CELError) -> CELValue { known }
  override var constant: CELValue? { known }
}

/// A part that can only fail, met in programs that were not checked.
final class FailingNode: Node, @unchecked Sendable {
  private let error: CELError

  init(_ kind: CELError.Kind, _ message: String, at offset: Int) {
    error = CELError(kind: kind, message: message, offset: offset)
    super.init(offset)
  }

  override func value(_ frame: inout Frame) throws(CELError) -> CELValue { throw error }
}

final class SlotNode: Node, @unchecked Sendable {
  let slot: Int

  init(_ slot: Int, at offset: Int) {
    self.slot = slot
    super.init(offset)
  }

  override func value(_ frame: inout Frame) throws(CELError) -> CELValue { frame.slots[slot] }
}

final class LocalNode: Node, @unchecked Sendable {
  private let index: Int

  init(_ index: Int, at offset: Int) {
    self.index = index
    super.init(offset)
  }

  override func value(_ frame: inout Frame) throws(CELError) -> CELValue { frame.locals[index] }
}
