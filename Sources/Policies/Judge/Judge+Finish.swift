import CEL
public import CustodyCore

extension Judge {
  /// The report. Its findings, counts and order depend on the lines alone.
  ///
  /// - Parameters:
  ///   - snapshots: inputs under audit, from the scan record; empty when only an inventory is at hand, which the report
  ///     then says.
  ///   - inventory: digest, size and tree head of the inventory.
  ///   - configuration: packs, register and records with their digests, and whatever else shaped the result.
  ///   - detectors: `name/version` of the detectors that took part.
  public func finish(
    snapshots: [SnapshotSummary] = [], inventory: InventorySummary, configuration: [ResourceDescriptor],
    detectors: [String]
  ) -> Report {
    let coverage = coverageSummary(snapshots)
    let exposure = exposureLines()
    let (linked, links) = linked()
    var builder = FindingBuilder(judge: self, links: links)
    let findings = builder.findings()
    let limitations = Limitations.list(
      judge: self, linked: linked, hasScanRecord: !snapshots.isEmpty, rolledUp: builder.rolledUpRules,
      indicated: builder.indicatedEntries,
      uncompared: exposure.filter { self.exposure[$0.dataClass]?.isUncompared($0) ?? false }.map(\.dataClass),
      waivers: waiverUses(builder.waiverEntries))
    let result: ReportResult =
      findings.contains { $0.verdict == .violation && !$0.isWaived }
      ? .failed : findings.isEmpty && coverage.isComplete ? .passed : .warned
    return Report(
      asOf: context.asOf, engagement: context.engagement, configuration: configuration, result: result,
      coverage: coverage, exposure: exposure, findings: findings, limitations: limitations, inventory: inventory,
      detectors: detectors.sorted(), collections: linked.collections, waivers: waiverUses(builder.waiverEntries))
  }

  /// Pictures with the files that are about them, for the report, and what rules can ask of them, by folder.
  func linked() -> (result: CollectionLinker.Result, links: [Int: FolderLinks]) {
    var linker = CollectionLinker(collections)
    let result = linker.link(disclosesPaths: context.disclosesPaths, samples: leafSamples())
    var links: [Int: FolderLinks] = [:]
    for (key, facts) in linker.links { if let folder = folders.find(key) { links[folder] = facts } }
    return (result, links)
  }

  /// Leaf hashes that may be shown, by folder.
  private func leafSamples() -> ([UInt8]) -> [EntryGroup.Sample] {
    guard !collections.isEmpty else { return { _ in [] } }
    var byFolder: [Int: [Int]] = [:]
    for (group, folder) in groupFolders.enumerated() { byFolder[folder, default: []].append(group) }
    return { key in
      let own = folders.find(key).flatMap { byFolder[$0] } ?? []
      return own.flatMap { groups[$0].samples }.sorted { $0.leaf < $1.leaf }
    }
  }

  private func waiverUses(_ entries: [Int32: Int]) -> [WaiverUse] {
    (context.policies.waivers?.all ?? []).enumerated().map { position, waiver in
      let matched = entries[Int32(position)] ?? 0
      return WaiverUse(
        id: Printable.escape(waiver.id, limit: 100), rule: Printable.escape(waiver.rule, limit: 60),
        owner: Printable.escape(waiver.owner, limit: 100), reason: Printable.escape(waiver.reason, limit: 300),
        expires: waiver.expires,
        state: waiver.expires < context.asOf ? .expired : matched == 0 ? .unmatched : .applied, entries: matched)
    }
  }

  private func coverageSummary(_ snapshots: [SnapshotSummary]) -> Coverage {
    let order = Dictionary(uniqueKeysWithValues: Disposition.allCases.enumerated().map { ($1, $0) })
    let lines = coverage.map { key, count in
      Coverage.Line(
        disposition: key.disposition, reason: key.reason, entries: count.entries, bytes: count.bytes)
    }.sorted {
      let a = order[$0.disposition] ?? 0
      let b = order[$1.disposition] ?? 0
      return a != b ? a < b : ($0.reason?.rawValue ?? "") < ($1.reason?.rawValue ?? "")
    }
    var total = CoverageCount()
    for count in coverage.values { total.merge(count) }
    return Coverage(snapshots: snapshots, entries: total.entries, bytes: total.bytes, lines: lines)
  }

  private func exposureLines() -> [ExposureLine] {
    var byClass: [DataClass: [EntryGroup]] = [:]
    for group in groups {
      for tuple in signatures.values[group.signature] {
        if let dataClass = tuples.values[tuple].dataClass { byClass[dataClass, default: []].append(group) }
      }
    }
    return exposure.keys.sorted().compactMap { dataClass in
      exposure[dataClass]?.line(dataClass, distinct: Contents.distinct(byClass[dataClass] ?? []))
    }
  }

  /// Facts about the snapshots as a whole.
  func snapshotFacts(hasSecrets: Bool) -> SnapshotFacts {
    var facts = SnapshotFacts()
    for (key, count) in coverage {
      facts.entries += count.entries
      if key.disposition != .examined { facts.notExamined += count.entries }
    }
    for (dataClass, count) in exposure where dataClass != .videoUnexamined {
      facts.items = facts.items.addingSaturated(count.items)
      facts.itemsByClass[dataClass] = count.items
    }
    for tuple in tuples.values where tuple.dataClass != nil { facts.agencies.formUnion(tuple.agencies) }
    facts.agenciesCovered = context.matcher.holderRows.map { context.rowFacts[$0] }.contains {
      $0.state == .active && !$0.isRefused && facts.agencies.isCovered(by: $0.agencies)
    }
    facts.hasSecrets = hasSecrets
    return facts
  }

  /// What every row covers, in all and without repeats.
  func holdings() -> [Holdings] {
    var holdings = [Holdings](repeating: Holdings(), count: context.rowFacts.count)
    var contents: [Int: [(content: UInt64, items: Int)]] = [:]
    for group in groups {
      for (position, tuple) in signatures.values[group.signature].enumerated() {
        let facts = tuples.values[tuple]
        guard facts.authorization.isMatched, let dataClass = facts.dataClass, dataClass != .videoUnexamined else {
          continue
        }
        let row = Int(facts.authorization.row)
        holdings[row].items = holdings[row].items.addingSaturated(group.counts[position].items)
        guard context.rowFacts[row].row.maxItems != nil else { continue }
        var read = 0
        for (index, content) in group.contents.enumerated() {
          let items = group.itemCount(ofContent: index, at: position)
          read = read.addingSaturated(items)
          // Two classes in one content are two items; the class is mixed in so that they stay apart.
          let mixed = content ^ (UInt64(DataClassTable.position(dataClass)) &* 0x9E37_79B9_7F4A_7C15)
          contents[row, default: []].append((mixed, items))
        }
        // Content that was not read in full cannot be compared: all of it counts.
        let unread = group.counts[position].items - min(read, group.counts[position].items)
        holdings[row].distinctItems = holdings[row].distinctItems.addingSaturated(unread)
      }
    }
    for (row, list) in contents {
      var last: UInt64?
      var most = 0
      var sum = 0
      for entry in list.sorted(by: { $0.content < $1.content }) {
        if entry.content != last {
          sum = sum.addingSaturated(most)
          most = 0
          last = entry.content
        }
        most = max(most, entry.items)
      }
      holdings[row].distinctItems = holdings[row].distinctItems.addingSaturated(sum.addingSaturated(most))
    }
    return holdings
  }
}
