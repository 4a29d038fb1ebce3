/// What all comprehensions share: a range, one or two local variables, and the cost of a turn.
struct Loop: Sendable {
  let range: Node
  let first: Int
  /// The second variable, when there are two.
  let second: Int?
  /// Nodes evaluated in one turn at most.
  let cost: Int

  /// Calls `turn` for every element until it returns false. With one variable it is the element or key; with two they
  /// are index and element, or key and value.
  @inline(__always)
  func run(
    _ frame: inout Frame, at offset: Int, _ turn: (inout Frame) throws(CELError) -> Bool
  ) throws(CELError) {
    switch try range.value(&frame) {
    case .list(let list):
      for i in list.indices {
        try charge(&frame, offset)
        if let second {
          frame.locals[first] = .int(Int64(i))
          frame.locals[second] = list[i]
        } else {
          frame.locals[first] = list[i]
        }
        if !(try turn(&frame)) { return }
      }
    case .map(let map):
      for i in map.keys.indices {
        try charge(&frame, offset)
        frame.locals[first] = map.keys[i]
        if let second { frame.locals[second] = map.values[i] }
        if !(try turn(&frame)) { return }
      }
    case let other:
      throw CELError(
        kind: .noOverload, message: "no such overload: a macro runs over a list or map, not \(other.type)",
        offset: offset)
    }
  }

  @inline(__always)
  private func charge(_ frame: inout Frame, _ offset: Int) throws(CELError) {
    do throws(CELError) {
      try frame.charge(cost)
    } catch { throw error.at(offset) }
  }
}

/// `all` and `exists`: `&&` and `||` over the elements, absorbing errors like them.
final class QuantifierNode: BoolNode, @unchecked Sendable {
  private let loop: Loop
  private let body: Node
  /// The result that decides: false for `all`, true for `exists`.
  private let decisive: Bool

  init(_ loop: Loop, _ body: Node, decisive: Bool, at offset: Int) {
    self.loop = loop
    self.body = body
    self.decisive = decisive
    super.init(offset)
  }

  override func bool(_ frame: inout Frame) throws(CELError) -> Bool {
    var failure: CELError?
    var result = !decisive
    try loop.run(&frame, at: offset) { frame throws(CELError) in
      do throws(CELError) {
        if try body.bool(&frame) == decisive {
          result = decisive
          return false
        }
      } catch {
        if error.kind == .costLimit { throw error }
        if failure == nil { failure = error }
      }
      return true
    }
    if result != decisive, let failure { throw failure }
    return result
  }
}

/// `exists_one`: exactly one; every element is looked at, any error ends it.
final class ExistsOneNode: BoolNode, @unchecked Sendable {
  private let loop: Loop
  private let body: Node

  init(_ loop: Loop, _ body: Node, at offset: Int) {
    self.loop = loop
    self.body = body
    super.init(offset)
  }

  override func bool(_ frame: inout Frame) throws(CELError) -> Bool {
    var count = 0
    try loop.run(&frame, at: offset) { frame throws(CELError) in
      if try body.bool(&frame) { count += 1 }
      return true
    }
    return count == 1
  }
}

/// `map`, `filter` and `transformList`: without a body the first variable itself is collected.
final class CollectNode: Node, @unchecked Sendable {
  private let loop: Loop
  private let filter: Node?
  private let body: Node?

  init(_ loop: Loop, filter: Node?, body: Node?, at offset: Int) {
    self.loop = loop
    self.filter = filter
    self.body = body
    super.init(offset)
  }

  override func value(_ frame: inout Frame) throws(CELError) -> CELValue {
    var out: [CELValue] = []
    try loop.run(&frame, at: offset) { frame throws(CELError) in
      if let filter, !(try filter.bool(&frame)) { return true }
      out.append(try body?.value(&frame) ?? frame.locals[loop.first])
      return true
    }
    return .list(out)
  }
}

/// `transformMap`: keys stay, values change. `transformMapEntry`: each turn gives the entries it adds.
final class CollectMapNode: Node, @unchecked Sendable {
  private let loop: Loop
  private let filter: Node?
  private let body: Node
  private let givesEntries: Bool

  init(_ loop: Loop, filter: Node?, body: Node, givesEntries: Bool, at offset: Int) {
    self.loop = loop
    self.filter = filter
    self.body = body
    self.givesEntries = givesEntries
    super.init(offset)
  }

  override func value(_ frame: inout Frame) throws(CELError) -> CELValue {
    var out = CELMap()
    try loop.run(&frame, at: offset) { frame throws(CELError) in
      if let filter, !(try filter.bool(&frame)) { return true }
      // The body may not change what the variables hold, so the key is read before it.
      let key = frame.locals[loop.first]
      let value = try body.value(&frame)
      guard givesEntries else {
        try insert(key, value, into: &out)
        return true
      }
      guard case .map(let entries) = value else {
        throw fail(.noOverload, "no such overload: transformMapEntry takes a map, not \(value.type)")
      }
      try frame.charge(entries.count)
      for i in entries.keys.indices { try insert(entries.keys[i], entries.values[i], into: &out) }
      return true
    }
    return .map(out)
  }
}
