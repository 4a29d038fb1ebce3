import CEL
public import CustodyCore

/// Judges an inventory: a pure function of its lines, the policies and a moment.
///
/// Lines pass once, in order. What a rule can ask about an item is reduced to a few hundred bytes of equal facts per
/// folder; rules are asked once for each different set of facts, at the end, when the surroundings of every item are
/// known. Consecutive stretches of the inventory can be judged apart and merged: the report does not depend on how
/// the lines were split.
public struct Judge: Sendable {
  let context: JudgeContext
  var tuples = Interned<ItemFacts>()
  /// Combinations of items in one entry: positions in `tuples`.
  var signatures = Interned<[Int]>()
  var folders = Interned<[UInt8]>()
  var groups: [EntryGroup] = []
  /// Folder of each group.
  var groupFolders: [Int] = []
  private var groupsBySite: [GroupKey: Int] = [:]
  var marks: [[UInt8]: FolderMarks] = [:]
  var coverage: [CoverageKey: CoverageCount] = [:]
  var exposure: [DataClass: ExposureCount] = [:]
  var collections = CollectionNotes()
  /// Beyond this many folders the findings of a rule are gathered under parent folders.
  var folderLimit = 10_000
  private var folder: CurrentFolder?
  private var scratch: [UInt8] = []

  struct GroupKey: Hashable, Sendable {
    var folder: Int
    var signature: Int
  }
  struct CoverageKey: Hashable, Sendable {
    var disposition: Disposition
    var reason: Reason?
  }
  struct CoverageCount: Sendable {
    var entries = 0
    var bytes: UInt64 = 0
  }

  /// - Parameters:
  ///   - asOf: the moment judged for: never the clock.
  ///   - digests: hash functions for fingerprints and ids.
  ///   - disclosesPaths: whether findings name their folders. Only for reports that stay with the auditor.
  public init(
    policies: PolicySet, engagement: Engagement, asOf: Instant, digests: DigestFunctions, disclosesPaths: Bool = false
  ) {
    self.init(
      policies: policies, engagement: engagement, asOf: asOf, digests: digests, disclosesPaths: disclosesPaths,
      watcher: nil)
  }

  init(
    policies: PolicySet, engagement: Engagement, asOf: Instant, digests: DigestFunctions, disclosesPaths: Bool,
    watcher: RuleWatcher?
  ) {
    context = JudgeContext(
      policies: policies, engagement: engagement, asOf: asOf, digests: digests, disclosesPaths: disclosesPaths,
      watcher: watcher)
  }

  private init(context: JudgeContext) { self.context = context }

  /// An empty judge with the same policies, for another stretch of the inventory.
  public func partial() -> Judge {
    var judge = Judge(context: context)
    judge.folderLimit = folderLimit
    return judge
  }

  /// Takes one inventory line. Lines come in ascending order of index.
  ///
  /// - Parameter leafHash: the RFC 6962 leaf hash of the line, or nil when its nonce is not drawn from content; asked only
  ///   for the few leaves a finding shows.
  public mutating func add(_ e: Examination, leafHash: () -> [UInt8]? = { nil }) {
    let key = CoverageKey(disposition: e.disposition, reason: e.reason)
    coverage[key, default: CoverageCount()].add(e.size)
    enterFolder(of: e.locator)
    let name = FolderKey.fileName(e.locator)
    let fileMark = FileNames.mark(ofFile: name, size: e.size)
    if !fileMark.isEmpty, let folder { mark(folder.key, fileMark) }
    let claims = context.hasClaims ? context.claims(of: e.sha256) : ContentClaims()
    let waivers = context.policies.waivers?.matches(e.sha256, sha256: context.digests.sha256) ?? []
    if e.disposition == .opaque, e.reason == .encrypted, let folder { mark(folder.key, .encrypted) }
    if e.observations.isEmpty {
      noteCollection(e, name: name, [])
      let words = PathWords.read(name).meaning
      if words.contains(.cloudFace), let folder { mark(folder.key, .cloudFace) }
      guard context.asksAboutEntries, !claims.isEmpty || e.disposition.couldNotBeRead else { return }
      record(
        e, [facts(of: e, nil, name: name, claims: claims, waivers: waivers)], [ItemCount(items: 0, specimens: 0)],
        leafHash)
      return
    }
    let layout = ExportLayout.read(name, in: folder?.facts.layout ?? .none)
    let nameTime = layout.time.map { CaptureTime(local: $0, clock: .name) }
    let readings = ItemReader.read(e, nameTime: nameTime)
    noteCollection(e, name: name, readings)
    var items: [ItemFacts] = []
    var counts: [ItemCount] = []
    items.reserveCapacity(readings.count)
    var beside: ItemFacts.Flags = []
    for reading in readings {
      if reading.dataClass.modality == "plate" { beside.insert(.withPlates) }
      if reading.dataClass.modality == "face" { beside.insert(.withFaces) }
    }
    counts.reserveCapacity(readings.count)
    for reading in readings {
      items.append(
        facts(of: e, reading, name: name, claims: claims, waivers: waivers, isExport: layout.isExport, beside: beside))
      counts.append(reading.count)
      note(reading, of: e)
    }
    record(e, items, counts, leafHash)
  }

  private mutating func record(
    _ e: Examination, _ items: [ItemFacts], _ counts: [ItemCount], _ leafHash: () -> [UInt8]?
  ) {
    guard let id = folderId() else { return }
    let signature = signatures.id(of: items.map { tuples.id(of: $0) })
    let group = groupIndex(GroupKey(folder: id, signature: signature), width: items.count, firstLeaf: e.index)
    groups[group].add(e, counts: counts, leafHash: leafHash)
  }

  private mutating func groupIndex(_ key: GroupKey, width: Int, firstLeaf: UInt64) -> Int {
    if let index = groupsBySite[key] { return index }
    groupsBySite[key] = groups.count
    groups.append(EntryGroup(signature: key.signature, width: width, firstLeaf: firstLeaf))
    groupFolders.append(key.folder)
    return groups.count - 1
  }

  // MARK: Folders

  /// The folder of the last line: entries come folder by folder, so most lines find theirs here.
  struct CurrentFolder: Sendable {
    var key: [UInt8]
    var facts: FolderFacts
    /// Position in `folders`, once the folder holds something to be judged.
    var id: Int?
    /// Position in the folders of `collections`, once it holds a picture or a sidecar.
    var noted: Int?
    /// Answers of the register, where they do not depend on file names; the last place is for entries without class.
    var matches: [AuthorizationMatch?] = []
  }

  private mutating func enterFolder(of locator: Locator) {
    FolderKey.write(locator, into: &scratch)
    if let folder, folder.key == scratch { return }
    let facts = FolderFacts(key: scratch)
    for mark in facts.marks { self.mark(Array(scratch[..<mark.keyLength]), mark.mark) }
    folder = CurrentFolder(key: scratch, facts: facts, id: nil)
  }

  private mutating func folderId() -> Int? {
    guard let current = folder else { return nil }
    if let id = current.id { return id }
    let id = folders.id(of: current.key)
    folder?.id = id
    return id
  }

  private mutating func mark(_ key: [UInt8], _ mark: FolderMarks) {
    if let known = marks[key], known.contains(mark) { return }
    marks[key, default: []].formUnion(mark)
  }

  // MARK: Facts

  private mutating func facts(
    of e: Examination, _ reading: ClassReading?, name: ArraySlice<UInt8>, claims: ContentClaims,
    waivers: [Int32], isExport: Bool = false, beside: ItemFacts.Flags = []
  ) -> ItemFacts {
    let path = folder?.facts ?? FolderFacts(key: [])
    let words = PathWords.read(name)
    var flags = beside
    if path.hasTicket || words.meaning.contains(.ticket) { flags.insert(.ticket) }
    if path.hasLane || words.meaning.contains(.lane) { flags.insert(.lane) }
    if path.hasSite { flags.insert(.site) }
    if isExport || path.hasLane || words.meaning.contains(.lane) { flags.insert(.fieldExport) }
    if path.hasTrainingWord || words.meaning.contains(.training) { flags.insert(.trainingWord) }
    if path.hasCloudFaceWord || words.meaning.contains(.cloudFace) { flags.insert(.cloudFace) }
    if path.hasScrapeWord || words.meaning.contains(.scraped) { flags.insert(.scrapeWord) }
    if e.attributes["worldReadable"] == .bool(true) { flags.insert(.worldReadable) }
    if reading?.inPicture ?? false { flags.insert(.inPicture) }
    if let reading, reading.count.specimens >= reading.count.items { flags.insert(.specimen) }
    var agencies = path.agencies
    agencies.formUnion(words.agencies)
    var media = path.media
    if media == .unknown { media = FolderFacts.media(words.meaning) }
    var embedding = path.embedding
    if embedding == .none { embedding = FileNames.embedding(ofKind: e.kind.rawValue) }
    var match = match(reading?.dataClass, name: name)
    if match.row >= 0, match.failed.contains(.path), context.trustsReceipts,
      claims.receiptRows.contains(context.rowFacts[Int(match.row)].row.id)
    {
      // What the owner handed over, file by file, may lie where the row's paths do not reach.
      match.failed.remove(.path)
    }
    let limit = match.row >= 0 ? context.limits[Int(match.row)] : nil
    let retention = limit?.state(reading?.captured) ?? .none
    var facts = ItemFacts(
      dataClass: reading?.dataClass, strength: reading?.strength ?? .weak, kind: e.kind.rawValue,
      disposition: e.disposition, reason: e.reason, encrypted: reading?.encrypted ?? Self.encryption(of: e),
      media: media, embedding: embedding, clock: reading?.captured?.clock ?? .none, retention: retention,
      authorization: match, claims: claims, waivers: waivers, detector: reading?.detector ?? "", agencies: agencies,
      flags: flags,
      eager: [])
    if !context.exactRules.isEmpty {
      let exact = ExactFacts(
        count: reading?.count.items ?? 0, size: e.size, seen: reading?.seen ?? 0, captured: reading?.captured,
        retainUntil: limit?.retainUntil(reading?.captured))
      let subject = ItemSubject(
        facts: facts, exact: exact, row: match.row >= 0 ? context.rowFacts[Int(match.row)] : nil,
        holder: context.holderFacts, asOf: context.asOf,
        rowConsent: match.row >= 0 ? context.rowFacts[Int(match.row)].consent : .none)
      let bit = facts.dataClass.map { 1 << UInt64(DataClassTable.position($0)) } ?? UInt64.max
      facts.eager = context.exactRules.indices.map { i in
        guard context.exactClasses[i] & bit != 0 else { return nil }
        return context.outcome(of: context.rules[context.exactRules[i]], subject, .null, origin: .leaf(e.index))
      }
    }
    return facts
  }

  private static func encryption(of e: Examination) -> Tristate {
    e.disposition == .opaque && e.reason == .encrypted ? .yes : .unknown
  }

  private mutating func match(_ dataClass: DataClass?, name: ArraySlice<UInt8>) -> AuthorizationMatch {
    let slot = dataClass.map(DataClassTable.position) ?? DataClassTable.count
    let cached = context.matcher.dependsOnFolderOnly
    if cached, let folder, slot < folder.matches.count, let known = folder.matches[slot] { return known }
    guard let current = folder else { return .none(.noRow) }
    var locator: [UInt8] = []
    locator.reserveCapacity(current.key.count + name.count + 1)
    var inner = 0
    for b in current.key {
      if b == 0 {
        locator.append(0x21)
        if inner == 0 { inner = locator.count + 1 }
      } else {
        locator.append(b)
      }
    }
    if let last = locator.last, last != 0x2F || !FolderKey.isContainerRoot(current.key[...]) { locator.append(0x2F) }
    locator.append(contentsOf: name)
    let match = context.matcher.match(
      dataClass, locator: locator, innerStart: inner, hidesItsPlace: current.facts.hasParentReference)
    if cached {
      if folder?.matches.isEmpty ?? false {
        folder?.matches = [AuthorizationMatch?](repeating: nil, count: DataClassTable.count + 1)
      }
      folder?.matches[slot] = match
    }
    return match
  }

  private mutating func noteCollection(_ e: Examination, name: ArraySlice<UInt8>, _ readings: [ClassReading]) {
    let isPicture = CollectionNotes.isPicture(e)
    guard isPicture || CollectionNotes.isSidecar(e), let current = folder else { return }
    let id = current.noted ?? collections.folder(current.key)
    if current.noted == nil { folder?.noted = id }
    if isPicture {
      collections.addPicture(e, in: id, name: name, readings)
    } else {
      collections.addSidecar(e, in: id, name: name, readings)
    }
  }

  private mutating func note(_ reading: ClassReading, of e: Examination) {
    let site = (folder?.facts.hasSite ?? false) ? folder?.facts.siteToken : nil
    exposure[reading.dataClass, default: ExposureCount()].add(reading, of: e, site: site)
  }

  // MARK: Merging

  /// Adds what another judge of the same policies saw of the lines that follow those seen here.
  public mutating func merge(_ later: Judge) {
    let tupleIds = later.tuples.values.map { tuples.id(of: $0) }
    let signatureIds = later.signatures.values.map { old in signatures.id(of: old.map { tupleIds[$0] }) }
    let folderIds = later.folders.values.map { folders.id(of: $0) }
    for (i, group) in later.groups.enumerated() {
      let key = GroupKey(folder: folderIds[later.groupFolders[i]], signature: signatureIds[group.signature])
      let index = groupIndex(key, width: group.counts.count, firstLeaf: group.firstLeaf)
      groups[index].merge(group)
    }
    for (key, mark) in later.marks { self.mark(key, mark) }
    for (key, count) in later.coverage { coverage[key, default: CoverageCount()].merge(count) }
    collections.merge(later.collections)
    for (dataClass, count) in later.exposure { exposure[dataClass, default: ExposureCount()].merge(count) }
    folder = nil
  }
}

extension Judge.CoverageCount {
  mutating func add(_ size: UInt64) {
    entries += 1
    let (sum, overflow) = bytes.addingReportingOverflow(size)
    bytes = overflow ? .max : sum
  }
  mutating func merge(_ other: Self) {
    entries += other.entries
    let (sum, overflow) = bytes.addingReportingOverflow(other.bytes)
    bytes = overflow ? .max : sum
  }
}

extension Disposition {
  /// Nothing, or not all, of the entry could be read.
  var couldNotBeRead: Bool { self == .opaque || self == .failed || self == .limited }
}

/// Positions of data classes in their list.
enum DataClassTable {
  static let count = DataClass.allCases.count
  private static let positions: [DataClass: Int] = Dictionary(
    uniqueKeysWithValues: DataClass.allCases.enumerated().map { ($1, $0) })
  static func position(_ dataClass: DataClass) -> Int { positions[dataClass] ?? 0 }
}

/// Values numbered in order of arrival.
struct Interned<Value: Hashable & Sendable>: Sendable {
  private(set) var values: [Value] = []
  private var ids: [Value: Int] = [:]

  /// The number of a value that was met; nil for others.
  func find(_ value: Value) -> Int? { ids[value] }

  mutating func id(of value: Value) -> Int {
    if let id = ids[value] { return id }
    ids[value] = values.count
    values.append(value)
    return values.count - 1
  }
}
