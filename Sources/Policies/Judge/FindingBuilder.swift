import CEL
import CustodyCore

/// Asks every rule about every group of equal entries and gathers what is broken into findings.
struct FindingBuilder {
  /// Findings of one rule are at most about this many folders; beyond that they are gathered under parent folders.
  static let folderLimit = 10_000
  /// RFC 9562 namespace of finding ids.
  static let namespace: [UInt8] = [
    0x2B, 0x5C, 0x0E, 0x9A, 0x6F, 0x41, 0x5D, 0x7B, 0x9E, 0x23, 0x84, 0xD1, 0x7C, 0x30, 0xA6, 0x5F,
  ]

  private let judge: Judge
  /// Many rules break on the same entries: what depends on the groups alone is worked out once.
  private var sums: [[Int]: Sum] = [:]

  private struct Sum {
    var counts: FindingCounts
    var leaves: LeafReferences
    var nonce: EntryGroup.Nonce?
  }

  private var places: Interned<[UInt8]>
  private(set) var rolledUpRules: [String] = []

  enum Place: Hashable {
    case folder(Int)
    case row(Int32)
    case snapshot
  }

  struct Key: Hashable {
    var rule: Int
    var outcome: RuleOutcome
    var place: Place
  }

  /// A group and those positions of its signature that the finding is about.
  struct Part {
    var group: Int
    var positions: [Int]
  }

  init(judge: Judge) {
    self.judge = judge
    places = judge.folders
  }

  mutating func findings() -> [Finding] {
    var drafts = gather()
    rollUp(&drafts)
    let ordinals = number(drafts)
    let keys = drafts.keys.sorted { precedes($0, $1, ordinals) }
    var ids: Set<String> = []
    var findings: [Finding] = []
    findings.reserveCapacity(keys.count)
    for key in keys {
      guard let parts = drafts[key] else { continue }
      findings.append(finding(key, parts, collection: ordinals[key.place] ?? 0, ids: &ids))
    }
    return findings
  }

  // MARK: Asking

  private func gather() -> [Key: [Part]] {
    let context = judge.context
    let surroundings = Surroundings(marks: judge.marks)
    let snapshot = CELValue.object(
      FieldObject(
        subject: judge.snapshotFacts(hasSecrets: surroundings.hasSecrets), fields: Vocabulary.snapshot))
    let holdings = judge.holdings()
    let exactPosition = Dictionary(uniqueKeysWithValues: context.exactRules.enumerated().map { ($1, $0) })
    var memo: [UInt64: [(rule: Int, outcome: RuleOutcome)]] = [:]
    var lateFacts: [Int: LateFacts] = [:]
    var drafts: [Key: [Part]] = [:]
    for group in judge.groups.indices {
      let folder = judge.groupFolders[group]
      let late = lateFacts[folder] ?? surroundings.facts(of: judge.folders.values[folder])
      lateFacts[folder] = late
      for (position, tuple) in judge.signatures.values[judge.groups[group].signature].enumerated() {
        let facts = judge.tuples.values[tuple]
        let memoKey = UInt64(tuple) << 4 | late.code
        let outcomes: [(rule: Int, outcome: RuleOutcome)]
        if let known = memo[memoKey] {
          outcomes = known
        } else {
          let row = facts.authorization.row
          let subject = ItemSubject(
            facts: facts, late: late, row: row >= 0 ? context.rowFacts[Int(row)] : nil,
            holdings: row >= 0 ? holdings[Int(row)] : Holdings(), asOf: context.asOf)
          outcomes = context.rules.indices.compactMap { rule in
            let outcome: RuleOutcome?
            if let early = exactPosition[rule] {
              outcome = facts.eager.indices.contains(early) ? facts.eager[early] : nil
            } else {
              outcome = context.outcome(of: context.rules[rule], subject, snapshot)
            }
            return outcome.map { (rule, $0) }
          }
          memo[memoKey] = outcomes
        }
        for (rule, outcome) in outcomes {
          let place: Place
          switch context.rules[rule].grouping {
          case .folder: place = .folder(folder)
          case .snapshot: place = .snapshot
          case .authorization: place = facts.authorization.row >= 0 ? .row(facts.authorization.row) : .snapshot
          }
          let key = Key(rule: rule, outcome: outcome, place: place)
          Self.add(group, position, to: &drafts[key, default: []])
        }
      }
    }
    return drafts
  }

  private static func add(_ group: Int, _ position: Int, to parts: inout [Part]) {
    if let last = parts.indices.last, parts[last].group == group {
      parts[last].positions.append(position)
    } else {
      parts.append(Part(group: group, positions: [position]))
    }
  }

  // MARK: Places

  private static func depth(_ key: [UInt8]) -> Int { key.isEmpty ? 0 : key.count { $0 == 0x2F } + 1 }

  private static func truncated(_ key: [UInt8], to depth: Int) -> [UInt8] {
    if depth == 0 { return [] }
    var slashes = 0
    for i in key.indices where key[i] == 0x2F {
      slashes += 1
      if slashes == depth { return Array(i > 0 && key[i - 1] == 0 ? key[...i] : key[..<i]) }
    }
    return key
  }

  /// Gathers the folders of a rule that names too many under parents: all cut to the greatest depth that suffices.
  private mutating func rollUp(_ drafts: inout [Key: [Part]]) {
    var foldersByRule: [Int: Set<Int>] = [:]
    for key in drafts.keys {
      if case .folder(let id) = key.place { foldersByRule[key.rule, default: []].insert(id) }
    }
    for (rule, ids) in foldersByRule.sorted(by: { $0.key < $1.key }) where ids.count > Self.folderLimit {
      rolledUpRules.append(judge.context.rules[rule].id)
      let keys = ids.map { places.values[$0] }
      var low = 0
      var high = keys.map(Self.depth).max() ?? 0
      while low < high {
        let middle = (low + high + 1) / 2
        if Set(keys.map { Self.truncated($0, to: middle) }).count <= Self.folderLimit {
          low = middle
        } else {
          high = middle - 1
        }
      }
      var target: [Int: Int] = [:]
      for id in ids.sorted() { target[id] = places.id(of: Self.truncated(places.values[id], to: low)) }
      for (key, parts) in drafts where key.rule == rule {
        guard case .folder(let id) = key.place, let to = target[id], to != id else { continue }
        drafts[key] = nil
        var moved = key
        moved.place = .folder(to)
        drafts[moved, default: []] += parts
      }
    }
  }

  /// Folders in order of their first leaf, then rows by id, then the snapshot; from 1.
  private func number(_ drafts: [Key: [Part]]) -> [Place: Int] {
    var firsts: [Place: UInt64] = [:]
    for (key, parts) in drafts {
      let first = parts.map { judge.groups[$0.group].firstLeaf }.min() ?? 0
      firsts[key.place] = min(first, firsts[key.place] ?? .max)
    }
    func rank(_ place: Place) -> (Int, UInt64, [UInt8]) {
      switch place {
      case .folder(let id): (0, firsts[place] ?? 0, places.values[id])
      case .row(let row): (1, UInt64(row), [])
      case .snapshot: (2, 0, [])
      }
    }
    let ordered = firsts.keys.map { ($0, rank($0)) }.sorted { a, b in
      if a.1.0 != b.1.0 { return a.1.0 < b.1.0 }
      if a.1.1 != b.1.1 { return a.1.1 < b.1.1 }
      return a.1.2.lexicographicallyPrecedes(b.1.2)
    }
    return Dictionary(uniqueKeysWithValues: ordered.enumerated().map { ($1.0, $0 + 1) })
  }

  private func precedes(_ a: Key, _ b: Key, _ ordinals: [Place: Int]) -> Bool {
    let x = judge.context.rules[a.rule]
    let y = judge.context.rules[b.rule]
    if x.severity != y.severity { return x.severity > y.severity }
    if x.id != y.id { return x.id < y.id }
    if a.outcome.cause != b.outcome.cause { return a.outcome.cause < b.outcome.cause }
    if a.place != b.place { return (ordinals[a.place] ?? 0) < (ordinals[b.place] ?? 0) }
    return a.outcome.verdict == .violation && b.outcome.verdict != .violation
  }

  // MARK: Writing

  private mutating func finding(_ key: Key, _ unsorted: [Part], collection: Int, ids: inout Set<String>) -> Finding {
    let context = judge.context
    let rule = context.rules[key.rule]
    let parts = unsorted.sorted { judge.groups[$0.group].firstLeaf < judge.groups[$1.group].firstLeaf }
    let sum = sum(of: parts.map(\.group))
    var counts = sum.counts
    var specimens = 0
    var classes: Set<DataClass> = []
    var authorizations: Set<AuthorizationMatch> = []
    for part in parts {
      let signature = judge.signatures.values[judge.groups[part.group].signature]
      for position in part.positions {
        let facts = judge.tuples.values[signature[position]]
        counts.items = counts.items.addingSaturated(judge.groups[part.group].items[position])
        specimens = specimens.addingSaturated(judge.groups[part.group].specimens[position])
        if let dataClass = facts.dataClass { classes.insert(dataClass) }
        authorizations.insert(facts.authorization)
      }
    }
    let authorization = state(authorizations)
    let fingerprint = fingerprint(rule, key, sum.nonce)
    let values = ConditionTemplate.Values(
      items: counts.items, entries: counts.entries, distinct: counts.distinct, bytes: counts.bytes,
      classes: classes.sorted(), specimens: specimens, authorization: authorization, cause: key.outcome.cause)
    return Finding(
      id: id(rule, key, fingerprint, collection, &ids), ruleId: rule.id, pack: rule.pack, severity: rule.severity,
      verdict: key.outcome.verdict, title: rule.title, cause: key.outcome.cause, criteria: rule.criteria,
      condition: condition(rule, key.outcome, values), effect: rule.effect, recommendation: rule.recommendation,
      dataClasses: classes.sorted(), counts: counts, leaves: sum.leaves, authorization: authorization,
      collection: collection, path: path(key.place), fingerprint: fingerprint)
  }

  private mutating func sum(of ids: [Int]) -> Sum {
    if let known = sums[ids] { return known }
    var counts = FindingCounts(entries: 0, distinct: 0, items: 0, bytes: 0)
    var nonce: EntryGroup.Nonce?
    var unreadNonce: EntryGroup.Nonce?
    var samples: [(leaf: UInt64, hash: [UInt8])] = []
    let groups = ids.map { judge.groups[$0] }
    for group in groups {
      counts.entries += group.entries
      let (bytes, overflow) = counts.bytes.addingReportingOverflow(group.bytes)
      counts.bytes = overflow ? .max : bytes
      nonce = EntryGroup.smaller(nonce, group.nonce)
      unreadNonce = EntryGroup.smaller(unreadNonce, group.unreadNonce)
      samples += group.samples
    }
    counts.distinct = Contents.distinct(groups)
    let leaves = LeafReferences(
      ranges: LeafRanges.union(groups.map(\.leaves)).map(\.text),
      samples: samples.sorted { $0.leaf < $1.leaf }.prefix(EntryGroup.sampleLimit).map { Hex.encode($0.hash) })
    let sum = Sum(counts: counts, leaves: leaves, nonce: nonce ?? unreadNonce)
    sums[ids] = sum
    return sum
  }

  private func path(_ place: Place) -> String? {
    guard judge.context.disclosesPaths, case .folder(let id) = place else { return nil }
    return FolderKey.shown(places.values[id])
  }

  private func condition(_ rule: Rule, _ outcome: RuleOutcome, _ values: ConditionTemplate.Values) -> String {
    var text = rule.condition.render(values)
    switch outcome.cause {
    case "weak-evidence" where outcome.verdict == .inconclusive:
      text += " The evidence is weak: a lead to follow, not a proof."
    case "fact-missing" where outcome.verdict == .inconclusive:
      text += " A fact that the rule asks for is not known."
    default: break
    }
    if values.specimens > 0 {
      text += " Of these, \(ConditionTemplate.counted(values.specimens, "item is", "items are")) public test material."
    }
    return text
  }

  private func state(_ matches: Set<AuthorizationMatch>) -> AuthorizationState {
    let states = Set(matches.map(\.state.rawValue))
    let rows = Set(matches.map(\.row))
    var record: String?
    if rows.count == 1, let row = rows.first, row >= 0 {
      record = Printable.escape(judge.context.matcher.rows[Int(row)].label, limit: 200)
    }
    return AuthorizationState(state: states.count == 1 ? states.first ?? "mixed" : "mixed", record: record)
  }

  private func fingerprint(_ rule: Rule, _ key: Key, _ nonce: EntryGroup.Nonce?) -> String {
    var text = rule.id + "\n" + key.outcome.cause + "\n"
    if case .row(let row) = key.place { text += judge.context.matcher.rows[Int(row)].id + "\n" }
    return Hex.encode(judge.context.digests.sha256(Array(text.utf8) + (nonce?.bytes ?? [])))
  }

  /// Two folders may hold the same smallest content: the collection's number then tells their findings apart.
  private func id(
    _ rule: Rule, _ key: Key, _ fingerprint: String, _ collection: Int, _ ids: inout Set<String>
  ) -> String {
    let name = [rule.id, key.outcome.verdict.rawValue, key.outcome.cause, fingerprint].joined(separator: "\n")
    var id = uuid(name)
    if !ids.insert(id).inserted {
      id = uuid(name + "\n" + String(collection))
      ids.insert(id)
    }
    return id
  }

  /// RFC 9562 section 5.5, version 5.
  private func uuid(_ name: String) -> String {
    var hash = Array(judge.context.digests.sha1(Self.namespace + Array(name.utf8)).prefix(16))
    while hash.count < 16 { hash.append(0) }
    hash[6] = hash[6] & 0x0F | 0x50
    hash[8] = hash[8] & 0x3F | 0x80
    let hex = Array(Hex.encode(hash).utf8)
    return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(decoding: hex[$0], as: UTF8.self) }
      .joined(separator: "-")
  }
}
