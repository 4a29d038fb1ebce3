import CEL

/// Which conditions would have to be otherwise for an expression to give the other answer.
///
/// Worked out on the tree of `&&`, `||`, `!` and `? :` over conditions, from what each of them gave: the sets with the
/// fewest conditions, at most `limit` of them.
struct Counterfactual {
  private let parts: [Int: CELInsight.Part]
  private let root: Int?
  private let trace: CELInsight.Trace
  private static let limit = 8

  /// A set of conditions with the truth each would need.
  private typealias Change = [Int: Bool]

  init(_ insight: CELInsight, _ trace: CELInsight.Trace) {
    parts = Dictionary(insight.parts.map { ($0.id, $0) }, uniquingKeysWith: { a, _ in a })
    root = insight.parts.first?.id
    self.trace = trace
  }

  func changes(to wanted: Bool) -> [String] {
    guard let root else { return [] }
    return ways(root, wanted).map { change in
      change.sorted { $0.key < $1.key }.compactMap { id, truth in
        parts[id].map { "`\($0.text)` were \(truth)" }
      }.joined(separator: " and ")
    }.filter { !$0.isEmpty }
  }

  private func truth(_ id: Int) -> Bool? {
    if case .value(.bool(let truth))? = trace.outcomes[id] { return truth }
    return nil
  }

  private func ways(_ id: Int, _ wanted: Bool) -> [Change] {
    guard let part = parts[id] else { return [] }
    if truth(id) == wanted { return [[:]] }
    switch part.role {
    case .condition: return [[id: wanted]]
    case .value:
      // A constant says the same always; a name that is bound stands for what is said with it.
      return part.children.last.map { part.isPlain ? [] : ways($0, wanted) } ?? []
    case .not: return part.children.first.map { ways($0, !wanted) } ?? []
    case .and: return wanted ? together(part.children, true) : either(part.children, false)
    case .or: return wanted ? either(part.children, true) : together(part.children, false)
    case .choice:
      guard part.children.count == 3 else { return [] }
      let (condition, a, b) = (part.children[0], part.children[1], part.children[2])
      let taken = truth(condition) ?? true
      let stay = ways(taken ? a : b, wanted)
      let switched = combine(ways(condition, !taken), ways(taken ? b : a, wanted))
      return smallest(stay + switched)
    }
  }

  private func either(_ children: [Int], _ wanted: Bool) -> [Change] {
    smallest(children.flatMap { ways($0, wanted) })
  }

  private func together(_ children: [Int], _ wanted: Bool) -> [Change] {
    children.reduce([[:]]) { combine($0, ways($1, wanted)) }
  }

  private func combine(_ a: [Change], _ b: [Change]) -> [Change] {
    smallest(
      a.flatMap { first in
        b.compactMap { second -> Change? in
          var merged = first
          for (id, truth) in second {
            if let known = merged[id], known != truth { return nil }
            merged[id] = truth
          }
          return merged
        }
      })
  }

  private func smallest(_ changes: [Change]) -> [Change] {
    var kept: [Change] = []
    for change in changes.sorted(by: { $0.count < $1.count }) where !kept.contains(change) {
      // A larger set that holds a smaller one says nothing new.
      if kept.contains(where: { small in small.allSatisfy { change[$0.key] == $0.value } }) { continue }
      kept.append(change)
      if kept.count == Self.limit { break }
    }
    return kept
  }
}
