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
      let subject = collection(parts, late: surroundings[folder])
      let slots =
        [.object(FieldObject(subject: subject, fields: Vocabulary.collection))]
        + judge.context.common(rule, snapshot)
      guard let outcome = outcome(rule, slots, parts, .folder(folder)) else { continue }
      speaks[folder] = true
      found.append((folder, outcomes.id(of: outcome), parts))
    }
    let homes = home(ofRule: index, speaks)
    for one in found {
      let place = Place.folder(homes?[one.folder] ?? one.folder)
      drafts[Key(rule: index, outcome: one.outcome, place: place), default: []] += one.parts
    }
  }

  private mutating func askSnapshot(_ index: Int, _ snapshot: CELValue, _ drafts: inout [Key: [Part]]) {
    let rule = judge.context.rules[index]
    let parts = parts(of: rule).map(\.part)
    guard let outcome = outcome(rule, judge.context.common(rule, snapshot), parts, .snapshot) else { return }
    drafts[Key(rule: index, outcome: outcomes.id(of: outcome), place: .snapshot), default: []] += parts
  }

  private mutating func askRecords(_ index: Int, _ snapshot: CELValue, _ drafts: inout [Key: [Part]]) {
    let context = judge.context
    let rule = context.rules[index]
    let all = context.policies.records?.all ?? []
    let proofs = context.policies.records?.proofs(at: context.asOf) ?? []
    for (position, record) in all.enumerated() where rule.records.contains(record.kind) {
      guard record.isAbout(holder: context.matcher.holder), record.hasHappened(by: context.asOf) else { continue }
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

  /// What is only weak, or only test material, stays so for the whole.
  private func outcome(
    _ rule: Rule, _ slots: [CELValue], _ parts: [Part], _ place: Place
  ) -> RuleOutcome? {
    var isSpecimen = !parts.isEmpty
    var isWeak = !parts.isEmpty
    for part in parts {
      let signature = judge.signatures.values[judge.groups[part.group].signature]
      for position in part.positions {
        let facts = judge.tuples.values[signature[position]]
        if !facts.flags.contains(.specimen) { isSpecimen = false }
        if facts.strength > .weak { isWeak = false }
      }
    }
    return judge.context.outcome(
      of: rule, slots, origin: .place(place), isSpecimen: isSpecimen, isWeak: isWeak)
  }

  private func collection(_ parts: [Part], late: LateFacts) -> CollectionSubject {
    var subject = CollectionSubject()
    subject.late = late
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
