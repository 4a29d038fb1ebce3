import CEL

/// Which conditions would have to be otherwise for an expression to give the other answer.
///
/// Worked out on the tree of `&&`, `||`, `!` and `? :` over conditions, from what each of them gives: the sets with the
/// fewest changes, at most `limit` of them. Conditions are taken to be independent of each other, unless they are written
/// alike.
struct Counterfactual {
  private let parts: [Int: CELInsight.Part]
  private let root: Int?
  /// What each condition gives now, by its text; absent where that is not known.
  private var now: [String: Bool] = [:]
  private static let limit = 8

  /// Truths that conditions must have, by their text: the same condition written twice is one.
  private typealias Demand = [String: Bool]

  init(_ insight: CELInsight, _ slots: [CELValue]) {
    parts = Dictionary(insight.parts.map { ($0.id, $0) }, uniquingKeysWith: { a, _ in a })
    root = insight.parts.first?.id
    for part in insight.parts where part.role == .condition {
      if let truth = insight.truth(of: part, slots) { now[part.text] = truth }
    }
  }

  func changes(to wanted: Bool) -> [String] {
    guard let root else { return [] }
    var kept: [Demand] = []
    for demand in ways(root, wanted) {
      let changed = demand.filter { now[$0.key] != $0.value }
      // Who changes more than another gains nothing.
      let isMore = kept.contains { small in small.allSatisfy { changed[$0.key] == $0.value } }
      if !changed.isEmpty, !isMore { kept.append(changed) }
    }
    return kept.map { changed in
      changed.sorted { $0.key < $1.key }.map { "`\($0.key)` were \($0.value)" }.joined(separator: " and ")
    }
  }

  private func cost(_ demand: Demand) -> Int { demand.count { now[$0.key] != $0.value } }

  private func ways(_ id: Int, _ wanted: Bool) -> [Demand] {
    guard let part = parts[id] else { return [] }
    switch part.role {
    case .condition: return [[part.text: wanted]]
    case .value:
      // A constant says the same always; a name that is bound stands for what is said with it.
      if part.isPlain { return part.text == String(wanted) ? [[:]] : [] }
      return part.children.last.map { ways($0, wanted) } ?? []
    case .not: return part.children.first.map { ways($0, !wanted) } ?? []
    case .and: return wanted ? together(part.children, true) : either(part.children, false)
    case .or: return wanted ? either(part.children, true) : together(part.children, false)
    case .choice:
      guard part.children.count == 3 else { return [] }
      let condition = part.children[0]
      return smallest(
        combine(ways(condition, true), ways(part.children[1], wanted))
          + combine(ways(condition, false), ways(part.children[2], wanted)))
    }
  }

  private func either(_ children: [Int], _ wanted: Bool) -> [Demand] {
    smallest(children.flatMap { ways($0, wanted) })
  }

  private func together(_ children: [Int], _ wanted: Bool) -> [Demand] {
    children.reduce([[:]]) { combine($0, ways($1, wanted)) }
  }

  private func combine(_ a: [Demand], _ b: [Demand]) -> [Demand] {
    smallest(
      a.flatMap { first in
        b.compactMap { second -> Demand? in
          var merged = first
          for (text, truth) in second {
            if let known = merged[text], known != truth { return nil }
            merged[text] = truth
          }
          return merged
        }
      })
  }

  private func smallest(_ demands: [Demand]) -> [Demand] {
    var kept: [Demand] = []
    for demand in demands.sorted(by: { (cost($0), $0.count) < (cost($1), $1.count) }) where !kept.contains(demand) {
      // What demands more than another says nothing new.
      if kept.contains(where: { small in small.allSatisfy { demand[$0.key] == $0.value } }) { continue }
      kept.append(demand)
      if kept.count == Self.limit { break }
    }
    return kept
  }
}
