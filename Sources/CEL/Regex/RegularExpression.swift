/// A regular expression in RE2 syntax, matched in time linear in the text (langdef, "Regular Expressions").
///
/// Thompson's construction, then a table when the expression is small (`Automaton`), else a simulation of all states at
/// once: no backtracking, so no text makes it slow.
struct RegularExpression: Sendable {
  struct Failure: Error {
    var message: String
    init(_ message: String) { self.message = message }
  }

  /// States at most; a counted repetition copies what it repeats.
  private static let sizeLimit = 20_000
  private static let patternLimit = 4096

  enum State: Sendable {
    case set(CharacterSet, next: Int)
    case scalar(UInt32, next: Int)
    case split(Int, Int)
    case jump(Int)
    case assertion(Assertion, next: Int)
    case match
  }

  enum Assertion: Sendable { case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary }

  private var states: [State] = []
  private var start = 0
  private var automaton: Automaton?

  /// What compiling it took, in units of cost.
  var size: Int { states.count }

  /// - Parameter reused: whether the expression is matched often enough for a table to pay.
  init(_ pattern: String, reused: Bool = true) throws(Failure) {
    guard pattern.utf8.count <= Self.patternLimit else {
      throw Failure("the regular expression is longer than \(Self.patternLimit) bytes")
    }
    var parser = PatternParser(pattern)
    let tree = try parser.parse()
    try add(.match)
    start = try compile(tree, next: 0)
    if reused { automaton = Automaton(states, start: start) }
  }

  @discardableResult
  private mutating func add(_ state: State) throws(Failure) -> Int {
    guard states.count < Self.sizeLimit else { throw Failure("the regular expression is too large") }
    states.append(state)
    return states.count - 1
  }

  /// States that match `tree` and go on at `next`; returns where they begin.
  private mutating func compile(_ tree: PatternParser.Tree, next: Int) throws(Failure) -> Int {
    switch tree {
    case .empty: return next
    case .set(let set):
      if let only = set.ranges.first, set.ranges.count == 1, only.lowerBound == only.upperBound {
        return try add(.scalar(only.lowerBound, next: next))
      }
      return try add(.set(set, next: next))
    case .sequence(let parts):
      var next = next
      for part in parts.reversed() { next = try compile(part, next: next) }
      return next
    case .choice(let branches):
      var entry: Int?
      for branch in branches.reversed() {
        let begin = try compile(branch, next: next)
        if let other = entry { entry = try add(.split(begin, other)) } else { entry = begin }
      }
      return entry ?? next
    case .repeated(let inner, let minimum, let maximum):
      var next = next
      if let maximum {
        let end = next
        for _ in 0..<(maximum - minimum) { next = try add(.split(try compile(inner, next: next), end)) }
      } else {
        let loop = try add(.jump(next))
        states[loop] = .split(try compile(inner, next: loop), next)
        next = loop
      }
      for _ in 0..<minimum {
        let before = states.count
        next = try compile(inner, next: next)
        // What matches nothing need not be repeated, and may be nested as often as the pattern is long.
        if states.count == before { break }
      }
      return next
    case .textStart: return try add(.assertion(.textStart, next: next))
    case .textEnd: return try add(.assertion(.textEnd, next: next))
    case .lineStart: return try add(.assertion(.lineStart, next: next))
    case .lineEnd: return try add(.assertion(.lineEnd, next: next))
    case .wordBoundary: return try add(.assertion(.wordBoundary, next: next))
    case .noWordBoundary: return try add(.assertion(.noWordBoundary, next: next))
    }
  }

  /// Whether some part of `text` matches. Costs the states that are visited.
  func matches(_ text: String, _ frame: inout Frame) throws(CELError) -> Bool {
    if let automaton {
      try frame.charge(bytes: text.utf8.count)
      return automaton.matches(text)
    }
    var now = StateList(states.count)
    var then = StateList(states.count)
    var previous: UInt32?
    var input = text.unicodeScalars.makeIterator()
    var current = input.next()?.value
    var work = 0
    while true {
      // A match may begin at every position.
      if follow(start, into: &now, previous, current) { return true }
      guard let scalar = current else { return false }
      work += now.count + 1
      if work >= 256 {
        try frame.charge(work >> 4)
        work = 0
      }
      current = input.next()?.value
      then.clear()
      for i in 0..<now.count {
        let next: Int
        switch states[now[i]] {
        case .scalar(let wanted, let target):
          guard wanted == scalar else { continue }
          next = target
        case .set(let set, let target):
          guard set.contains(scalar) else { continue }
          next = target
        default: continue
        }
        if follow(next, into: &then, scalar, current) { return true }
      }
      swap(&now, &then)
      previous = scalar
    }
  }

  /// Adds `state` and all that is reached from it without reading; true when the match is reached.
  private func follow(_ state: Int, into list: inout StateList, _ previous: UInt32?, _ current: UInt32?) -> Bool {
    list.pending.append(state)
    while let state = list.pending.popLast() {
      guard list.insert(state) else { continue }
      switch states[state] {
      case .match:
        list.pending.removeAll(keepingCapacity: true)
        return true
      case .jump(let next): list.pending.append(next)
      case .split(let a, let b):
        list.pending.append(b)
        list.pending.append(a)
      case .assertion(let assertion, let next):
        if holds(assertion, previous, current) { list.pending.append(next) }
      case .set, .scalar: break
      }
    }
    return false
  }

  private func holds(_ assertion: Assertion, _ previous: UInt32?, _ current: UInt32?) -> Bool {
    switch assertion {
    case .textStart: previous == nil
    case .textEnd: current == nil
    case .lineStart: previous == nil || previous == 0x0A
    case .lineEnd: current == nil || current == 0x0A
    case .wordBoundary: isWord(previous) != isWord(current)
    case .noWordBoundary: isWord(previous) == isWord(current)
    }
  }

  private func isWord(_ scalar: UInt32?) -> Bool {
    guard let scalar, scalar < 0x80 else { return false }
    return UInt8(truncatingIfNeeded: scalar).isNamePart
  }
}

/// States in order of arrival, each at most once; clearing takes no time.
private struct StateList {
  private var order: [Int] = []
  private var place: [Int]
  var pending: [Int] = []

  init(_ size: Int) { place = Array(repeating: 0, count: size) }

  var count: Int { order.count }
  subscript(i: Int) -> Int { order[i] }
  mutating func clear() { order.removeAll(keepingCapacity: true) }

  mutating func insert(_ state: Int) -> Bool {
    let at = place[state]
    if at < order.count, order[at] == state { return false }
    place[state] = order.count
    order.append(state)
    return true
  }
}
