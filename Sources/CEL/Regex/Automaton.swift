/// A deterministic automaton for a regular expression: one table look-up per code point.
///
/// Built ahead from the states of the expression when that stays small; word and line boundaries are left to the
/// simulation, which looks at neighbours.
struct Automaton: Sendable {
  /// Subsets of states at most; beyond it the simulation is used.
  private static let stateLimit = 256
  private static let classLimit = 64
  /// Expressions with more states than this are not tried.
  private static let sourceLimit = 256

  /// Class of each ASCII code point.
  private var ascii: [UInt8] = []
  /// Where each class of code points begins, in order; classes may repeat.
  private var bounds: [UInt32] = []
  private var classes = 0
  /// `state * classes + class` → state.
  private var table: [UInt16] = []
  /// States in which the text matches already.
  private var accepts: [Bool] = []
  /// States in which it matches when it ends here.
  private var acceptsAtEnd: [Bool] = []
  /// States that no text leads out of to a match.
  private var isDead: [Bool] = []

  init?(_ states: [RegularExpression.State], start: Int) {
    guard states.count <= Self.sourceLimit, findClasses(states) else { return nil }
    // The first subset is the only one at the start of the text, so no later one may be taken for it.
    var numbers: [[Int]: UInt16] = [:]
    var pending = [Self.closure(of: [start], states, atStart: true, atEnd: false)]

    func number(_ subset: [Int]) -> UInt16? {
      if let known = numbers[subset] { return known }
      guard pending.count < Self.stateLimit else { return nil }
      let new = UInt16(pending.count)
      numbers[subset] = new
      pending.append(subset)
      return new
    }

    var done = 0
    while done < pending.count {
      let subset = pending[done]
      let isFirst = done == 0
      done += 1
      let matched = subset.contains { Self.isMatch(states[$0]) }
      accepts.append(matched)
      let atEnd = Self.closure(of: subset, states, atStart: isFirst, atEnd: true)
      acceptsAtEnd.append(atEnd.contains { Self.isMatch(states[$0]) })
      isDead.append(subset.isEmpty)
      for lower in bounds {
        var targets: [Int] = matched ? [] : [start]
        if !matched {
          for state in subset {
            switch states[state] {
            case .scalar(let wanted, let next): if wanted == lower { targets.append(next) }
            case .set(let set, let next): if set.contains(lower) { targets.append(next) }
            default: break
            }
          }
        }
        guard let to = number(Self.closure(of: targets, states, atStart: false, atEnd: false)) else { return nil }
        table.append(to)
      }
    }
  }

  private static func isMatch(_ state: RegularExpression.State) -> Bool {
    if case .match = state { true } else { false }
  }

  /// Cuts the code points where some set begins or ends; false when there are too many pieces, or boundaries that need
  /// neighbours.
  private mutating func findClasses(_ states: [RegularExpression.State]) -> Bool {
    var cuts: Set<UInt32> = [0]
    for state in states {
      switch state {
      case .scalar(let scalar, _): cuts.formUnion([scalar, scalar + 1])
      case .set(let set, _):
        guard set.ranges.count <= Self.classLimit else { return false }
        for range in set.ranges { cuts.formUnion([range.lowerBound, range.upperBound + 1]) }
      case .assertion(.textStart, _), .assertion(.textEnd, _): break
      case .assertion: return false
      default: break
      }
    }
    bounds = cuts.sorted()
    classes = bounds.count
    guard classes <= Self.classLimit else { return false }
    ascii = (0..<128).map { (value: UInt32) in UInt8((bounds.lastIndex { $0 <= value }) ?? 0) }
    return true
  }

  /// All states reached without reading, sorted; only those that read, match, or wait for the end are kept.
  private static func closure(
    of roots: [Int], _ states: [RegularExpression.State], atStart: Bool, atEnd: Bool
  ) -> [Int] {
    var seen: Set<Int> = []
    var kept: [Int] = []
    var pending = roots
    while let state = pending.popLast() {
      guard seen.insert(state).inserted else { continue }
      switch states[state] {
      case .set, .scalar, .match: kept.append(state)
      case .jump(let next): pending.append(next)
      case .split(let a, let b): pending += [a, b]
      case .assertion(.textStart, let next): if atStart { pending.append(next) }
      case .assertion(.textEnd, let next):
        kept.append(state)
        if atEnd { pending.append(next) }
      case .assertion: break
      }
    }
    return kept.sorted()
  }

  func matches(_ text: String) -> Bool {
    Text.withBytes(text) { bytes in
      var state = 0
      var i = 0
      while i < bytes.count {
        if accepts[state] { return true }
        if isDead[state] { return false }
        let byte = bytes[i]
        let kind: Int
        if byte < 0x80 {
          kind = Int(ascii[Int(byte)])
          i += 1
        } else {
          let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
          var scalar = UInt32(byte) & (0xFF >> UInt32(length + 1))
          for k in 1..<length where i + k < bytes.count { scalar = scalar << 6 | UInt32(bytes[i + k] & 0x3F) }
          kind = (bounds.lastIndex { $0 <= scalar }) ?? 0
          i += length
        }
        state = Int(table[state * classes + kind])
      }
      return accepts[state] || acceptsAtEnd[state]
    }
  }
}
