import CEL
import CustodyCore

/// Rules about more, or about something else, than single items: folders, the snapshots, side records.
extension FindingBuilder {
  /// Asks them and adds what they found.
  mutating func askScopes(
    _ snapshot: CELValue, _ surroundings: [LateFacts], into drafts: inout [Key: [Part]]
  ) {
    for rule in judge.context.rules.indices {
      switch judge.context.rules[rule].scope {
      case .item: break
      case .collection: askCollections(rule, snapshot, surroundings, &drafts)
      case .snapshot: askSnapshot(rule, snapshot, &drafts)
      case .record: askRecords(rule, snapshot, &drafts)
      }
    }
  }

  /// Groups and positions of the items a rule is about, by folder.
  private func parts(of rule: Rule) -> [(folder: Int, part: Part)] {
    judge.groups.indices.compactMap { group in
      let positions = judge.signatures.values[judge.groups[group].signature].enumerated().filter { _, tuple in
        judge.tuples.values[tuple].dataClass.map(rule.classes.contains) ?? false
      }.map(\.offset)
      return positions.isEmpty ? nil : (judge.groupFolders[group], Part(group: group, positions: positions))
    }
  }

  private mutating func askCollections(
    _ index: Int, _ snapshot: CELValue, _ surroundings: [LateFacts], _ drafts: inout [Key: [Part]]
  ) {
    let rule = judge.context.rules[index]
    var byFolder: [Int: [Part]] = [:]
    for (folder, part) in parts(of: rule) { byFolder[folder, default: []].append(part) }
    var speaks = [Bool](repeating: false, count: judge.folders.values.count)
    var found: [(folder: Int, outcome: Int, parts: [Part])] = []
    for folder in byFolder.keys.sorted() {
      let parts = byFolder[folder] ?? []
      let links = links[folder] ?? FolderLinks()
      let subject = collection(parts, late: surroundings[folder], links)
      let slots =
        [.object(FieldObject(subject: subject, fields: Vocabulary.collection))]
        + judge.context.common(rule, snapshot)
      let grounds = grounds(of: rule, parts, surroundings[folder], links, snapshot)
      guard let outcome = outcome(rule, slots, grounds, .folder(folder)) else { continue }
      speaks[folder] = true
      found.append((folder, outcomes.id(of: outcome), parts))
    }
    let homes = places.home(ofRule: index, speaks)
    for one in found {
      let place = Place.folder(homes?[one.folder] ?? one.folder)
      drafts[Key(rule: index, outcome: one.outcome, place: place), default: []] += one.parts
    }
  }

  /// What the answer of a rule about several items rests on.
  private struct Grounds {
    /// The items that are neither weakly observed nor test material.
    var solid: [Part] = []
    var hasOthers = false
    /// Something is weakly observed and no test material.
    var hasWeak = false
    var isSpecimen = false
    var isWeak = false
  }

  /// What is only weak, or only test material, stays so for the whole.
  private func grounds(_ parts: [Part]) -> Grounds {
    var grounds = Grounds()
    for part in parts {
      let signature = judge.signatures.values[judge.groups[part.group].signature]
      var positions: [Int] = []
      for position in part.positions {
        let facts = judge.tuples.values[signature[position]]
        let isSpecimen = facts.flags.contains(.specimen)
        if facts.strength == .weak, !isSpecimen { grounds.hasWeak = true }
        if facts.strength > .weak, !isSpecimen { positions.append(position) }
      }
      if positions.count < part.positions.count { grounds.hasOthers = true }
      if !positions.isEmpty { grounds.solid.append(Part(group: part.group, positions: positions)) }
    }
    if grounds.solid.isEmpty, grounds.hasOthers {
      grounds.isWeak = grounds.hasWeak
      grounds.isSpecimen = !grounds.hasWeak
    }
    return grounds
  }

  /// The same of a folder. What is solid in it lends nothing to the rest: where it does not break the rule by itself, a
  /// violation would rest on what is weak or test material.
  private func grounds(
    of rule: Rule, _ parts: [Part], _ late: LateFacts, _ links: FolderLinks, _ snapshot: CELValue
  ) -> Grounds {
    var grounds = grounds(parts)
    guard rule.evidence == .observation, grounds.hasOthers, !grounds.solid.isEmpty else { return grounds }
    let slots =
      [.object(FieldObject(subject: collection(grounds.solid, late: late, links), fields: Vocabulary.collection))]
      + judge.context.common(rule, snapshot)
    if judge.context.answer(of: rule, slots, isSpecimen: false, isWeak: false)?.verdict != .violation {
      grounds.isWeak = grounds.hasWeak
      grounds.isSpecimen = !grounds.hasWeak
    }
    return grounds
  }

  private mutating func askSnapshot(_ index: Int, _ snapshot: CELValue, _ drafts: inout [Key: [Part]]) {
    let rule = judge.context.rules[index]
    let parts = parts(of: rule).map(\.part)
    guard let outcome = outcome(rule, judge.context.common(rule, snapshot), grounds(parts), .snapshot) else { return }
    drafts[Key(rule: index, outcome: outcomes.id(of: outcome), place: .snapshot), default: []] += parts
  }

  private mutating func askRecords(_ index: Int, _ snapshot: CELValue, _ drafts: inout [Key: [Part]]) {
    let context = judge.context
    let rule = context.rules[index]
    let all = context.policies.records?.all ?? []
    let proofs = context.policies.records?.proofs(at: context.asOf) ?? []
    for (position, record) in all.enumerated() where rule.records.contains(record.kind) {
      guard record.isAbout(holder: context.matcher.holder), record.hasHappened(by: context.asOf),
        !(record.words[.row].map(context.matcher.foreignRows.contains) ?? false)
      else { continue }
      let subject = RecordSubject(
        record: record, hasProof: record.words[.certificate].map(proofs.contains) ?? false,
        row: record.words[.row].flatMap { id in context.matcher.rows.first { $0.id == id } }, asOf: context.asOf)
      let slots = [.object(FieldObject(subject: subject, fields: Vocabulary.record))] + context.common(rule, snapshot)
      guard
        let outcome = context.outcome(
          of: rule, slots, origin: .place(.record(position)), isSpecimen: false, isWeak: false)
      else { continue }
      drafts[Key(rule: index, outcome: outcomes.id(of: outcome), place: .record(position))] = []
    }
  }

  private func outcome(_ rule: Rule, _ slots: [CELValue], _ grounds: Grounds, _ place: Place) -> RuleOutcome? {
    judge.context.outcome(
      of: rule, slots, origin: .place(place), isSpecimen: grounds.isSpecimen, isWeak: grounds.isWeak)
  }

  private func collection(_ parts: [Part], late: LateFacts, _ links: FolderLinks) -> CollectionSubject {
    var subject = CollectionSubject()
    subject.late = late
    subject.links = links
    var media: Set<MediaClass> = []
    for part in parts {
      let group = judge.groups[part.group]
      let signature = judge.signatures.values[group.signature]
      subject.entries += group.entries
      for position in part.positions {
        let facts = judge.tuples.values[signature[position]]
        let items = group.counts[position].items
        subject.items = subject.items.addingSaturated(items)
        if let dataClass = facts.dataClass {
          subject.itemsByClass[dataClass] = (subject.itemsByClass[dataClass] ?? 0).addingSaturated(items)
        }
        subject.agencies.formUnion(facts.agencies)
        media.insert(facts.media == .unknown && late.hasRemovableSidecar ? .removable : facts.media)
        if !facts.authorization.isMatched { subject.unauthorized = subject.unauthorized.addingSaturated(items) }
        if facts.authorization.isUndecided { subject.undecided = subject.undecided.addingSaturated(items) }
        if facts.encrypted == .no { subject.plain = subject.plain.addingSaturated(items) }
      }
    }
    subject.media = media.count == 1 ? media.first ?? .unknown : .unknown
    subject.distinct = Contents.distinct(parts.map { judge.groups[$0.group] })
    return subject
  }
}
