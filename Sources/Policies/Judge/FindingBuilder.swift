import CEL
import CustodyCore

/// Asks every rule about every group of equal entries and gathers what is broken into findings.
struct FindingBuilder {
  let judge: Judge
  /// Many rules break on the same entries: what depends on the groups alone is worked out once.
  private var sums: [[Int]: Sum] = [:]

  /// Places of rules in a report: the most severe first, then by id.
  private var ruleRanks: [Int]

  private struct Sum {
    var counts: FindingCounts
    var leaves: LeafReferences
    var nonce: EntryGroup.Nonce?
  }

  var places: FindingPlaces
  var outcomes = Interned<RuleOutcome>()
  var rolledUpRules: [String] { places.rolledUpRules }
  /// Groups with a finding that rests on words in paths.
  private var indicated: [Bool]
  /// Entries under findings that rest on words in paths, each counted once.
  var indicatedEntries: Int {
    indicated.indices.reduce(0) { indicated[$1] ? $0 + judge.groups[$1].entries : $0 }
  }

  enum Place: Hashable {
    case folder(Int)
    case row(Int32)
    case snapshot
    /// Position among the side records.
    case record(Int)
  }

  struct Key: Hashable {
    var rule: Int
    /// Position in `outcomes`.
    var outcome: Int
    var place: Place
  }

  /// A group and those positions of its signature that the finding is about.
  struct Part {
    var group: Int
    var positions: [Int]
  }

  /// Files that are about the pictures of a folder, by folder.
  let links: [Int: FolderLinks]

  init(judge: Judge, links: [Int: FolderLinks]) {
    self.judge = judge
    self.links = links
    places = FindingPlaces(judge)
    indicated = [Bool](repeating: false, count: judge.groups.count)
    let rules = judge.context.rules
    let order = rules.indices.sorted {
      rules[$0].severity != rules[$1].severity ? rules[$0].severity > rules[$1].severity : rules[$0].id < rules[$1].id
    }
    ruleRanks = [Int](repeating: 0, count: rules.count)
    for (rank, rule) in order.enumerated() { ruleRanks[rule] = rank }
  }

  /// What the questions behind each finding were about, by id; filled when findings are to be explained.
  private(set) var origins: [String: Set<RuleWatcher.Origin>] = [:]

  /// - Parameter notesOrigins: fills `origins`.
  mutating func findings(notesOrigins: Bool = false) -> [Finding] {
    let asked = ask()
    var drafts = gather(asked)
    askScopes(asked.snapshot, asked.surroundings, into: &drafts)
    let ordinals = places.number(drafts)
    let keys = drafts.keys.sorted { precedes($0, $1, ordinals) }
    var identity = FindingIdentity(context: judge.context)
    var findings: [Finding] = []
    findings.reserveCapacity(keys.count)
    for key in keys {
      guard let parts = drafts[key] else { continue }
      let one = finding(key, parts, collection: ordinals[key.place] ?? 0, &identity)
      if notesOrigins { origins[one.id] = origins(key, parts, asked.late) }
      findings.append(one)
    }
    return findings
  }

  private func origins(_ key: Key, _ parts: [Part], _ late: [UInt64]) -> Set<RuleWatcher.Origin> {
    let rule = judge.context.rules[key.rule]
    var all: Set<RuleWatcher.Origin> = []
    for part in parts {
      let folder = judge.groupFolders[part.group]
      if rule.scope == .collection { all.insert(.place(.folder(folder))) }
      guard rule.scope == .item else { continue }
      let signature = judge.signatures.values[judge.groups[part.group].signature]
      for position in part.positions {
        all.insert(.facts(UInt64(signature[position]) << LateFacts.codeBits | late[folder]))
      }
      if rule.phase == .exact { all.insert(.leaf(judge.groups[part.group].firstLeaf)) }
    }
    if rule.scope == .snapshot { all.insert(.place(.snapshot)) }
    if case .record = key.place { all.insert(.place(key.place)) }
    return all
  }

  // MARK: Asking

  /// Answers of all rules, once for each different set of facts and surroundings.
  private struct Asked {
    /// By tuple and surroundings.
    var memo: [UInt64: [(rule: Int, outcome: Int)]] = [:]
    /// Code of the surroundings, by folder.
    var late: [UInt64]
    var surroundings: [LateFacts]
    var snapshot: CELValue
    /// Folders in which each rule has something to say.
    var folders: [[Bool]]
  }

  private mutating func ask() -> Asked {
    let context = judge.context
    let surroundings = Surroundings(marks: judge.marks)
    let snapshot = CELValue.object(
      FieldObject(subject: judge.snapshotFacts(hasSecrets: surroundings.hasSecrets), fields: Vocabulary.snapshot))
    let holdings = judge.holdings()
    let exactPosition = Dictionary(uniqueKeysWithValues: context.exactRules.enumerated().map { ($1, $0) })
    let lateFacts = judge.folders.values.map { surroundings.facts(of: $0) }
    let none = [Bool](repeating: false, count: judge.folders.values.count)
    var asked = Asked(
      late: lateFacts.map(\.code), surroundings: lateFacts, snapshot: snapshot, folders: context.rules.map { _ in none }
    )
    for group in judge.groups.indices {
      let folder = judge.groupFolders[group]
      for tuple in judge.signatures.values[judge.groups[group].signature] {
        let memoKey = UInt64(tuple) << LateFacts.codeBits | asked.late[folder]
        if asked.memo[memoKey] == nil {
          let facts = judge.tuples.values[tuple]
          let row = facts.authorization.row
          let subject = ItemSubject(
            facts: facts, late: lateFacts[folder], row: row >= 0 ? context.rowFacts[Int(row)] : nil,
            holder: context.holderFacts, holdings: row >= 0 ? holdings[Int(row)] : Holdings(), asOf: context.asOf,
            rowConsent: row >= 0 ? context.rowFacts[Int(row)].consent : .none)
          var answers: [(rule: Int, outcome: Int)] = []
          for rule in context.rules.indices {
            let outcome: RuleOutcome?
            if let early = exactPosition[rule] {
              outcome = facts.eager.indices.contains(early) ? facts.eager[early] : nil
            } else {
              outcome = context.outcome(of: context.rules[rule], subject, snapshot, origin: .facts(memoKey))
            }
            if let outcome { answers.append((rule, outcomes.id(of: outcome))) }
          }
          asked.memo[memoKey] = answers
        }
        for answer in asked.memo[memoKey] ?? [] { asked.folders[answer.rule][folder] = true }
      }
    }
    return asked
  }

  private mutating func gather(_ asked: Asked) -> [Key: [Part]] {
    let rules = judge.context.rules
    let homes = rules.indices.map { places.home(ofRule: $0, asked.folders[$0]) }
    let groupings = rules.map(\.grouping)
    var drafts: [Key: [Part]] = [:]
    for group in judge.groups.indices {
      let folder = judge.groupFolders[group]
      for (position, tuple) in judge.signatures.values[judge.groups[group].signature].enumerated() {
        for (rule, outcome) in asked.memo[UInt64(tuple) << LateFacts.codeBits | asked.late[folder]] ?? [] {
          let place: Place
          switch groupings[rule] {
          case .folder: place = .folder(homes[rule]?[folder] ?? folder)
          case .snapshot: place = .snapshot
          case .authorization:
            let row = judge.tuples.values[tuple].authorization.row
            place = row >= 0 ? .row(row) : .snapshot
          }
          Self.add(group, position, to: &drafts[Key(rule: rule, outcome: outcome, place: place), default: []])
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

  private func precedes(_ a: Key, _ b: Key, _ ordinals: [Place: Int]) -> Bool {
    if a.rule != b.rule { return ruleRanks[a.rule] < ruleRanks[b.rule] }
    let x = outcomes.values[a.outcome]
    let y = outcomes.values[b.outcome]
    if x.cause != y.cause { return x.cause < y.cause }
    if a.place != b.place { return (ordinals[a.place] ?? 0) < (ordinals[b.place] ?? 0) }
    return x.verdict == .violation && y.verdict != .violation
  }

  // MARK: Writing

  private mutating func finding(_ key: Key, _ unsorted: [Part], collection: Int, _ identity: inout FindingIdentity)
    -> Finding
  {
    let context = judge.context
    let rule = context.rules[key.rule]
    let outcome = outcomes.values[key.outcome]
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
        counts.items = counts.items.addingSaturated(judge.groups[part.group].counts[position].items)
        specimens = specimens.addingSaturated(judge.groups[part.group].counts[position].specimens)
        if let dataClass = facts.dataClass { classes.insert(dataClass) }
        authorizations.insert(facts.authorization)
      }
    }
    if rule.restsOnIndications(outcome.verdict) { for part in parts { indicated[part.group] = true } }
    let authorization = state(authorizations, key.place)
    let fingerprint = identity.fingerprint(rule, outcome, key.place, sum.nonce)
    let values = ConditionTemplate.Values(
      items: counts.items, entries: counts.entries, distinct: counts.distinct, bytes: counts.bytes,
      classes: classes.sorted(), specimens: specimens, authorization: authorization, cause: outcome.cause)
    return Finding(
      id: identity.id(rule, outcome, fingerprint, collection), ruleId: rule.id, pack: rule.pack,
      severity: rule.severity,
      verdict: outcome.verdict, title: rule.title, cause: outcome.cause, criteria: rule.criteria,
      condition: condition(rule, outcome, values), effect: rule.effect, recommendation: rule.recommendation,
      dataClasses: classes.sorted(), counts: counts, leaves: sum.leaves, authorization: authorization,
      collection: collection, path: places.path(key.place), fingerprint: fingerprint, waiver: waiver(rule, parts))
  }

  /// Entries of these parts that waivers of this rule match, by waiver; filled as findings are written.
  private(set) var waiverEntries: [Int32: Int] = [:]

  private mutating func waiver(_ rule: Rule, _ parts: [Part]) -> FindingWaiver? {
    guard let waivers = judge.context.policies.waivers else { return nil }
    var entries = 0
    var used: Set<Int32> = []
    for part in parts {
      let signature = judge.signatures.values[judge.groups[part.group].signature]
      guard let position = part.positions.first else { continue }
      let matching = judge.tuples.values[signature[position]].waivers.filter { waivers.all[Int($0)].rule == rule.id }
      for one in matching { waiverEntries[one, default: 0] += judge.groups[part.group].entries }
      let inForce = matching.filter { waivers.all[Int($0)].expires >= judge.context.asOf }
      guard !inForce.isEmpty else { continue }
      entries += judge.groups[part.group].entries
      used.formUnion(inForce)
    }
    guard let until = used.map({ waivers.all[Int($0)].expires }).min() else { return nil }
    let all = used.map { waivers.all[Int($0)] }
    return FindingWaiver(
      ids: Set(all.map { Printable.escape($0.id, limit: 100) }).sorted(),
      owners: Set(all.map { Printable.escape($0.owner, limit: 100) }).sorted(), entries: entries, until: until)
  }

  private mutating func sum(of ids: [Int]) -> Sum {
    if let known = sums[ids] { return known }
    var counts = FindingCounts(entries: 0, distinct: 0, items: 0, bytes: 0)
    var nonce: EntryGroup.Nonce?
    var unreadNonce: EntryGroup.Nonce?
    var samples: [EntryGroup.Sample] = []
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
      samples: samples.sorted { $0.leaf < $1.leaf }.prefix(EntryGroup.sampleLimit).map { $0.hash.description })
    let sum = Sum(counts: counts, leaves: leaves, nonce: nonce ?? unreadNonce)
    sums[ids] = sum
    return sum
  }

  private func condition(_ rule: Rule, _ outcome: RuleOutcome, _ values: ConditionTemplate.Values) -> String {
    var text = rule.condition.render(values)
    switch outcome.cause {
    case EngineCause.weakEvidence.rawValue where outcome.verdict == .inconclusive:
      text += " The evidence is weak: a lead to follow, not a proof."
    case EngineCause.factMissing.rawValue where outcome.verdict == .inconclusive:
      text += " A fact that the rule asks for is not known."
    default: break
    }
    if values.specimens > 0 {
      text += " Of these, \(ConditionTemplate.counted(values.specimens, "item is", "items are")) public test material."
    }
    return text
  }

  private func state(_ matches: Set<AuthorizationMatch>, _ place: Place) -> AuthorizationState {
    if case .record(let position) = place, let record = judge.context.policies.records?.all[position] {
      return AuthorizationState(state: "not-applicable", record: Printable.escape(record.id, limit: 200))
    }
    let states = Set(matches.map(\.state.rawValue))
    let rows = Set(matches.map(\.row))
    var record: String?
    if rows.count == 1, let row = rows.first, row >= 0 {
      record = Printable.escape(judge.context.matcher.rows[Int(row)].label, limit: 200)
    }
    return AuthorizationState(state: states.count == 1 ? states.first ?? "mixed" : "mixed", record: record)
  }
}
