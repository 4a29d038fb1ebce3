import CustodyCore

/// What rules can ask about the files that are about the pictures of a folder.
struct FolderLinks: Sendable {
  /// Those that name pictures or are called like them.
  var sidecars = 0
  /// Pictures that they name.
  var named = 0
  /// What they hold.
  var classes: Set<DataClass> = []
}

/// Links folders of pictures with the sidecars that are about them, when all lines have been seen.
///
/// Two passes over the folders: the first counts how much of each sidecar is found anywhere in its snapshot, the second
/// decides. Work: one look for each name kept of a folder, times at most `NameIndex.widest`.
struct CollectionLinker {
  /// Collections that are reported: those whose pictures something names, then those with the most pictures.
  static let mostCollections = 1000
  /// Sidecars listed of one.
  static let mostSidecars = 32
  /// Elsewhere in the snapshot at least this many names must be found, and half of all.
  private static let fewestElsewhere = 8

  struct Result {
    var collections: [LinkedCollection] = []
    /// All that there are.
    var total = 0
    /// Sidecars that were not looked at.
    var omittedSides = 0
    /// A sidecar is known by a sample only.
    var isEstimated = false
    /// Names that stand in more sidecars than were followed.
    var isCut = false
  }

  private static let links: [Sidecar.Link] = [.names, .keys, .stem]

  private let notes: CollectionNotes
  private let sides: [CollectionNotes.Side]
  private let tree: FolderTree
  /// Three for each side, in the order of `links`.
  private let lists: [NameList]
  private let index: NameIndex
  /// By folder: sides in it.
  private var sidesIn: [Int: [Int]] = [:]
  /// By folder: sides in folders and containers right in it.
  private var sidesBelow: [Int: [Int]] = [:]
  /// By list: names found in pictures of the same snapshot, a name in two folders twice.
  private var totals: [Int]
  /// Of these, in the side's own folder, above or below it.
  private var nearTotals: [Int]
  /// By list: which of its names were found in linked folders.
  private var found: [[UInt64]]
  /// By list: up to where all linked folders know their names.
  private var ceilings: [UInt64]

  init(_ notes: CollectionNotes) {
    self.notes = notes
    sides = notes.isEmpty ? [] : notes.sides()
    tree = FolderTree(notes.keys)
    lists = sides.flatMap { side in
      [side.files, side.fileKeys, side.stems].map { NameList($0.names.map(\.hash), limit: $0.limit) }
    }
    // Stems link in one folder only, where they are compared.
    index = NameIndex(lists.enumerated().map { $0 % 3 == 2 ? [] : $1.hashes })
    totals = [Int](repeating: 0, count: lists.count)
    nearTotals = totals
    found = lists.map { _ in [] }
    ceilings = lists.map(\.ceiling)
    for (i, side) in sides.enumerated() {
      sidesIn[side.folder, default: []].append(i)
      sidesBelow[tree.parent(of: side.folder), default: []].append(i)
    }
  }

  /// By key of the folder.
  private(set) var links: [(key: [UInt8], facts: FolderLinks)] = []

  /// A sidecar that belongs to a folder.
  private struct Draft {
    var side: Int
    var link: Sidecar.Link
    var place: Sidecar.Place
    /// Position in `lists`; nil for what lies beside.
    var list: Int?
    var linked: NameCount?
  }
  private struct Folder {
    var pictures: CollectionNotes.Pictures
    var key: Int
    var drafts: [Draft]
    var omitted: Int
    var named: NameCount?
  }

  /// - Parameters:
  ///   - disclosesPaths: whether collections name their folders.
  ///   - samples: leaf hashes of a folder that may be shown, ascending by leaf.
  mutating func link(disclosesPaths: Bool, samples: ([UInt8]) -> [EntryGroup.Sample]) -> Result {
    var result = Result(omittedSides: notes.omittedSides)
    guard !sides.isEmpty else { return result }
    let order = notes.pictures.map { (id: $0.key, firstLeaf: $0.value.firstLeaf) }.sorted {
      $0.firstLeaf < $1.firstLeaf
    }
    for (folder, _) in order { count(folder) }
    var kept: [Folder] = []
    for (id, _) in order {
      guard let folder = decide(id) else { continue }
      result.total += 1
      if folder.drafts.contains(where: { $0.list.map { !lists[$0].isWhole } ?? false }) { result.isEstimated = true }
      kept.append(folder)
      if kept.count >= 4 * Self.mostCollections { Self.prune(&kept) }
    }
    Self.prune(&kept)
    result.isCut = isCut
    result.collections = kept.enumerated().map { position, folder in
      collection(folder, position + 1, samples(tree.key(folder.key)), disclosesPaths)
    }
    return result
  }

  private static func prune(_ folders: inout [Folder]) {
    folders.sort { a, b in
      if (a.named == nil) != (b.named == nil) { return b.named == nil }
      return a.pictures.count == b.pictures.count
        ? a.pictures.firstLeaf < b.pictures.firstLeaf : a.pictures.count > b.pictures.count
    }
    if folders.count > mostCollections { folders.removeLast(folders.count - mostCollections) }
  }

  // MARK: Passes

  private mutating func count(_ folder: Int) {
    guard let pictures = notes.pictures[folder] else { return }
    for hit in hits(folder, pictures.names.names) {
      guard let place = tree.place(of: sides[hit.list / 3].folder, from: folder) else { continue }
      totals[hit.list] += 1
      if place == .same || place == .above || place == .below { nearTotals[hit.list] += 1 }
    }
  }

  /// A name of the folder in a list.
  fileprivate struct Hit {
    var list: Int
    var position: Int
    /// Position among the folder's names.
    var name: Int
  }

  private mutating func decide(_ id: Int) -> Folder? {
    guard let pictures = notes.pictures[id] else { return nil }
    let names = pictures.names.names
    let own = NameList(names.map(\.hash), limit: pictures.names.limit)
    var hits = hits(id, names)
    // Lists of one side lie together, the surest first.
    hits.sort { $0.list == $1.list ? $0.name < $1.name : $0.list < $1.list }
    var drafts: [Draft] = []
    var linkedHits: [ArraySlice<Hit>] = []
    var last = -1
    var at = 0
    while at < hits.count {
      var end = at
      while end < hits.count, hits[end].list == hits[at].list { end += 1 }
      let here = hits[at..<end]
      at = end
      let list = here[here.startIndex].list
      guard list / 3 != last, let place = place(list, id, here.count, own), isWorth(list / 3, pictures) else {
        continue
      }
      last = list / 3
      drafts.append(draft(list, place, here, names, pictures, own))
      linkedHits.append(here)
    }
    for side in sidesIn[id] ?? [] where !drafts.contains(where: { $0.side == side }) {
      guard sides[side].files.isEmpty, !sides[side].classes.counts.isEmpty, !pictures.classes.counts.isEmpty else {
        continue
      }
      drafts.append(Draft(side: side, link: .beside, place: .same))
    }
    guard !drafts.isEmpty else { return nil }
    for here in linkedHits { mark(here, own.ceiling) }
    let named = self.named(linkedHits, names, pictures, own)
    noteLinks(drafts, named, id)
    drafts.sort { a, b in
      let (x, y) = (Self.rank(a.link), Self.rank(b.link))
      if x != y { return x < y }
      let (m, n) = (a.linked?.count ?? 0, b.linked?.count ?? 0)
      return m == n ? sides[a.side].firstLeaf < sides[b.side].firstLeaf : m > n
    }
    let omitted = max(0, drafts.count - Self.mostSidecars)
    return Folder(
      pictures: pictures, key: id, drafts: Array(drafts.prefix(Self.mostSidecars)), omitted: omitted, named: named)
  }

  /// The folder's names in the lists of sides.
  private mutating func hits(_ id: Int, _ names: [NameSample.Name]) -> [Hit] {
    var hits: [Hit] = []
    var isWhole = true
    for (i, name) in names.enumerated() {
      let all = index.find(name.hash) { hits.append(Hit(list: Int($0.list), position: Int($0.position), name: i)) }
      isWhole = isWhole && all
    }
    join(id, names, alsoNames: !isWhole, &hits)
    return hits
  }

  /// Compares the folder with the sides near it, one by one: their stems and, where a name stands in more sidecars than
  /// the index follows (every day's folder has a `000001.jpg`), their names.
  private mutating func join(_ id: Int, _ names: [NameSample.Name], alsoNames: Bool, _ hits: inout [Hit]) {
    let own = sidesIn[id] ?? []
    let below = sidesBelow[id] ?? []
    var joined = own.map { $0 * 3 + 2 }
    joined += below.filter { tree.isContainer(sides[$0].folder, in: id) }.map { $0 * 3 + 2 }
    if alsoNames {
      isCut = true
      let above = tree.parent(of: id) < 0 ? [] : sidesIn[tree.parent(of: id)] ?? []
      joined += (own + above + below).prefix(Self.mostJoined).flatMap { [$0 * 3, $0 * 3 + 1] }
      let lists = Set(joined)
      hits.removeAll { lists.contains($0.list) }
    }
    for list in Set(joined).sorted().prefix(4 * Self.mostJoined) {
      let theirs = lists[list].hashes
      guard names.count * 16 > theirs.count else {
        // A folder of few pictures costs no more than they do: there may be very many of such.
        for (i, name) in names.enumerated() {
          let j = lists[list].count(upTo: name.hash) - 1
          if j >= 0, theirs[j] == name.hash { hits.append(Hit(list: list, position: j, name: i)) }
        }
        continue
      }
      var (i, j) = (0, 0)
      while i < names.count, j < theirs.count {
        if names[i].hash == theirs[j] { hits.append(Hit(list: list, position: j, name: i)) }
        let step = names[i].hash <= theirs[j]
        if names[i].hash >= theirs[j] { j += 1 }
        if step { i += 1 }
      }
    }
  }
  /// A name was met that stands in more sidecars than are followed.
  private var isCut = false
  /// Sides that are compared with one folder by one.
  private static let mostJoined = 256

  private static func rank(_ link: Sidecar.Link) -> Int { Sidecar.Link.allCases.firstIndex(of: link) ?? 0 }

  /// Icons of a page beside a list of them are nothing to report.
  private func isWorth(_ side: Int, _ pictures: CollectionNotes.Pictures) -> Bool {
    !pictures.classes.counts.isEmpty || !sides[side].classes.counts.isEmpty
  }

  /// Where the sidecar of a list lies, when as many of its names as were found make it one of this folder.
  private func place(_ list: Int, _ folder: Int, _ count: Int, _ own: NameList) -> Sidecar.Place? {
    let side = sides[list / 3]
    guard let place = tree.place(of: side.folder, from: folder) else { return nil }
    // What half of the names is found near is about that, and not about every folder that numbers its pictures alike.
    let isFar = place == .sibling || place == .elsewhere
    if isFar, nearTotals[list] * 2 >= lists[list].hashes.count { return nil }
    switch Self.links[list % 3] {
    case .names:
      guard place == .elsewhere else { return place }
      let total = totals[list]
      let here = own.count(upTo: min(own.ceiling, lists[list].ceiling))
      let isMost = total >= Self.fewestElsewhere && total * 2 >= lists[list].hashes.count
      // A name that is everywhere, as `1.jpg`, makes no folder part of it.
      return isMost && count * 10 >= here ? place : nil
    case .keys:
      // Numbers from 1 up stand in every table: half of one side must be found, and more than two by chance.
      let ceiling = min(own.ceiling, lists[list].ceiling)
      let theirs = lists[list].count(upTo: ceiling)
      let isMost = count * 2 >= theirs || count * 2 >= own.count(upTo: ceiling)
      return place != .elsewhere && isMost && (count >= 3 || count == theirs) ? place : nil
    case .stem:
      return place == .same || tree.isContainer(side.folder, in: folder) ? place : nil
    case .beside: return nil
    }
  }

  private func draft(
    _ list: Int, _ place: Sidecar.Place, _ hits: ArraySlice<Hit>, _ names: [NameSample.Name],
    _ pictures: CollectionNotes.Pictures, _ own: NameList
  ) -> Draft {
    let ceiling = min(own.ceiling, lists[list].ceiling)
    let matched = hits.reduce(0) { $1.isWithin(ceiling, names) ? $0 + names[$1.name].times : $0 }
    return Draft(
      side: list / 3, link: Self.links[list % 3], place: place, list: list,
      linked: estimate(matched, ceiling, names, pictures, own))
  }

  private func estimate(
    _ matched: Int, _ ceiling: UInt64, _ names: [NameSample.Name], _ pictures: CollectionNotes.Pictures,
    _ own: NameList
  ) -> NameCount {
    let sampled = names[..<own.count(upTo: ceiling)].reduce(0) { $0 + $1.times }
    return NameEstimate.part(matched, of: sampled, total: pictures.names.total)
  }

  /// Pictures that at least one of the linked sidecars names.
  private func named(
    _ linked: [ArraySlice<Hit>], _ names: [NameSample.Name], _ pictures: CollectionNotes.Pictures, _ own: NameList
  ) -> NameCount? {
    guard !linked.isEmpty else { return nil }
    let ceiling = linked.reduce(own.ceiling) { min($0, lists[$1[$1.startIndex].list].ceiling) }
    var isNamed = [Bool](repeating: false, count: names.count)
    for hits in linked { for hit in hits where hit.isWithin(ceiling, names) { isNamed[hit.name] = true } }
    let matched = names.indices.reduce(0) { isNamed[$1] ? $0 + names[$1].times : $0 }
    let estimate = estimate(matched, ceiling, names, pictures, own)
    guard ceiling != own.ceiling, linked.count > 1 else { return estimate }
    // What one sidecar alone is seen to name is named.
    let most = linked.map { hits in hits.reduce(0) { $0 + names[$1.name].times } }.max() ?? 0
    return NameCount(
      about: max(estimate.count, most), atLeast: max(estimate.atLeast, most), atMost: max(estimate.atMost, most))
  }

  /// What rules can ask: of sidecars that name something.
  private mutating func noteLinks(_ drafts: [Draft], _ named: NameCount?, _ folder: Int) {
    guard let named else { return }
    var facts = FolderLinks(named: named.count)
    for draft in drafts where draft.link != .beside {
      facts.sidecars += 1
      for one in sides[draft.side].classes.counts { facts.classes.insert(one.dataClass) }
    }
    links.append((tree.key(folder), facts))
  }

  private mutating func mark(_ hits: ArraySlice<Hit>, _ ceiling: UInt64) {
    guard let list = hits.first?.list else { return }
    if found[list].isEmpty { found[list] = [UInt64](repeating: 0, count: lists[list].hashes.count / 64 + 1) }
    for hit in hits { found[list][hit.position >> 6] |= 1 << UInt64(hit.position & 63) }
    ceilings[list] = min(ceilings[list], ceiling)
  }

  // MARK: Writing

  private func collection(
    _ folder: Folder, _ ordinal: Int, _ samples: [EntryGroup.Sample], _ disclosesPaths: Bool
  ) -> LinkedCollection {
    let runs = folder.pictures.leaves.runs
    let shown = samples.filter { sample in runs.contains { $0.first <= sample.leaf && sample.leaf <= $0.last } }
    return LinkedCollection(
      ordinal: ordinal, path: disclosesPaths ? FolderKey.shown(tree.key(folder.key)) : nil,
      pictures: folder.pictures.count,
      leaves: LeafReferences(
        ranges: runs.map(\.text), samples: shown.prefix(EntryGroup.sampleLimit).map { $0.hash.description }),
      classes: folder.pictures.classes.sorted, named: folder.named,
      unnamed: folder.named.map {
        let all = folder.pictures.count
        return NameCount(about: all - $0.count, atLeast: all - $0.atMost, atMost: all - $0.atLeast)
      },
      sidecars: folder.drafts.map(sidecar), moreSidecars: folder.omitted)
  }

  private func sidecar(_ draft: Draft) -> Sidecar {
    let side = sides[draft.side]
    var values: Int?
    if draft.link == .names { values = side.files.total }
    if draft.link == .keys { values = side.fileKeys.total }
    return Sidecar(
      kind: side.kind, entries: side.entries, leaves: side.leaves.runs.map(\.text), classes: side.classes.sorted,
      link: draft.link, place: draft.place, values: values, linked: draft.linked,
      absent: draft.list.map { absent($0, values: values ?? side.stems.total) })
  }

  /// Names whose picture is in none of the linked folders.
  private func absent(_ list: Int, values: Int) -> NameCount {
    let names = lists[list]
    let sampled = names.count(upTo: ceilings[list])
    let here = (0..<sampled).count { found[list][$0 >> 6] & 1 << UInt64($0 & 63) != 0 }
    let distinct =
      names.isWhole
      ? NameCount(exactly: names.hashes.count)
      : NameEstimate.distinct(names.hashes.count, ceiling: names.ceiling, values: values)
    return NameEstimate.part(sampled - here, of: sampled, names: distinct)
  }
}

extension CollectionLinker.Hit {
  fileprivate func isWithin(_ ceiling: UInt64, _ names: [NameSample.Name]) -> Bool { names[name].hash <= ceiling }
}
