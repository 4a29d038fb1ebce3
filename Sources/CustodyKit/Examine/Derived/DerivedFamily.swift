internal import CustodyCore
internal import Detection
internal import Evidence
import Foundation
internal import Snapshots
internal import VisionProtocol

/// Content found inside an entry, as an entry of its own.
final class DerivedChild: @unchecked Sendable {
  let place: Place
  let encoding: DerivedEncoding
  let size: UInt64
  let digests: LeafDigests
  let children: [DerivedChild]
  /// Of an archive that was opened.
  let members: [DerivedMember]
  // Written by whoever finds it, then by whoever looks at it, read when the family is complete.
  fileprivate(set) var facts: EntryFacts
  fileprivate(set) var seen: [SeenChild] = []

  fileprivate init(
    _ content: DerivedContent, digests: LeafDigests, facts: EntryFacts, children: [DerivedChild],
    members: [DerivedMember] = []
  ) {
    self.members = members
    place = content.place
    encoding = content.encoding
    size = UInt64(content.bytes.count)
    self.digests = digests
    self.facts = facts
    self.children = children
  }

  /// What is inside this one, then itself.
  ///
  /// - Parameter records: what was seen in the bytes around. Text in a literal is read there as well, as far as its
  ///   escapes allow: what was seen so is not said again.
  func examinations(in parent: Locator, beside records: [Observation]) -> [Examination] {
    let locator = parent.appending(Array("@\(place.offset)+\(place.length)".utf8))
    var own = facts
    if encoding == .escapes { own.observations.removeAll { seen in records.contains { $0.says(seen, in: place) } } }
    let inside =
      Self.lines(children, seen, in: locator, beside: facts.observations)
      + members.flatMap { $0.examinations(in: locator) }
    if inside.isEmpty, own.observations.count < facts.observations.count, !own.isWorthListing { return [] }
    return inside + [
      Examination(
        index: 0, nonce: digests.nonce, locator: locator, size: size, sha256: digests.content, kind: own.kind,
        modified: nil, disposition: own.disposition, reason: own.reason,
        notes: [encoding.note] + own.notes, link: nil,
        attributes: own.attributes, names: own.names, observations: own.observations)
    ]
  }
}

extension DerivedChild {
  /// The lines of what lies in one content: what examiners found, then what the image worker saw.
  static func lines(
    _ children: [DerivedChild], _ seen: [SeenChild], in locator: Locator, beside records: [Observation]
  ) -> [Examination] {
    let shown = ShownPlaces(seen.map(\.place.place))
    let inside = standing(children).filter { !shown.shows($0.place) }
    return inside.flatMap { $0.examinations(in: locator, beside: records) }
      + seen.flatMap { $0.examinations(in: locator) }
  }

  /// In the order of place, without what was decoded from text wholly within a file that was cut out or put together, or
  /// within a literal: those were searched for such text themselves.
  fileprivate static func standing(_ children: [DerivedChild]) -> [DerivedChild] {
    var end: UInt64 = 0
    return children.sorted { a, b in
      // A file before what is written in its first bytes.
      (a.place.offset, a.encoding.isText ? 1 : 0, b.place.length)
        < (b.place.offset, b.encoding.isText ? 1 : 0, a.place.length)
    }.filter { child in
      guard child.encoding.isText, child.encoding != .escapes || child.place.offset < end else {
        end = max(end, child.place.offset &+ child.place.length)
        return true
      }
      // What goes on behind that file was cut off in it.
      return child.place.offset &+ child.place.length > end
    }
  }
}

/// Where the image worker saw pictures inside a picture. What it was shown less of than there is stands beside it.
private struct ShownPlaces {
  private var lengths: [UInt64: UInt64] = [:]

  init(_ places: [Place]) {
    for place in places { lengths[place.offset] = max(lengths[place.offset] ?? 0, place.length) }
  }

  func shows(_ place: Place) -> Bool { lengths[place.offset].map { $0 >= place.length } ?? false }
}

/// Everything found inside one entry, in the order of place, while the pictures among it are looked at.
///
/// | call | thread | duty |
/// |---|---|---|
/// | `take` | one examine worker at a time | examine the content, hand pictures to the desk |
/// | completion of a look | a thread of the pool | note what was seen |
/// | `finish` | whoever has the entry complete | call back once nothing is looked at any more |
final class DerivedFamily: @unchecked Sendable {
  private let catalog: CompiledCatalog
  private let limits: DerivedLimits
  private let desk: SightDesk?
  /// The entry all of this lies in.
  private let entry: WorkPlace.Entry
  private let lock = NSLock()
  private var looking = 1
  private var then: (@Sendable () -> Void)?
  // Only `take` writes these two, only what runs after `finish` reads them.
  private var children: [DerivedChild] = []
  /// Listed so far, of what was decoded from text and of what was cut out or put together: the two are found at their
  /// own pace, and where one ends must not depend on it.
  private var counts = (decoded: 0, cut: 0)
  /// Bytes examined so far, apart like `counts`.
  private var work = (decoded: 0, cut: 0)
  /// Bytes that may still be examined of the content at hand; below zero once they are used up.
  private var left = 0
  private(set) var isLimited = false
  /// What archives inside the entry may still give.
  private struct Room {
    var members = UInt64(DerivedLimits().maxChildren)
    var bytes: UInt64 = 1 << 30
  }
  /// Apart like `counts`.
  private var rooms = (decoded: Room(), cut: Room())
  /// Of these two, that of the content at hand.
  private var room = Room()
  private let spool: SpoolSupply

  init(
    limits: DerivedLimits, desk: SightDesk?, catalog: CompiledCatalog, spool: SpoolSupply = .own,
    entry: WorkPlace.Entry = .init()
  ) {
    self.spool = spool
    self.entry = entry
    self.catalog = catalog
    self.limits = limits
    self.desk = desk
  }

  var isEmpty: Bool { children.isEmpty && !isLimited }

  /// Examines what was found and keeps it when it is worth a line.
  func take(_ content: DerivedContent) {
    guard (content.encoding.isText ? counts.decoded : counts.cut) < limits.maxChildren else {
      isLimited = true
      return
    }
    if !content.isWhole { isLimited = true }
    let isText = content.encoding.isText
    let passed = Int(clamping: content.place.offset.addingReportingOverflow(content.place.length).partialValue)
    let (most, overflow) = passed.multipliedReportingOverflow(by: limits.workPerByte)
    let before = (overflow ? .max / 2 : min(most, .max / 2)) + limits.freeWork - (isText ? work.decoded : work.cut)
    left = before
    room = isText ? rooms.decoded : rooms.cut
    defer {
      if isText {
        work.decoded += before - left
        rooms.decoded = room
      } else {
        work.cut += before - left
        rooms.cut = room
      }
    }
    guard left > 0 else {
      isLimited = true
      return
    }
    guard let child = examine(content, depth: 1) else { return }
    children.append(child)
    if isText { counts.decoded += 1 } else { counts.cut += 1 }
  }

  /// Calls `then` when all pictures have been looked at, perhaps before it returns.
  func finish(_ then: @escaping @Sendable () -> Void) {
    lock.lock()
    self.then = then
    lock.unlock()
    leave()
  }

  /// Lines of what was found, without what lies inside a record of the entry: that is counted with the record.
  ///
  /// - Parameter pictures: where the image worker saw pictures inside this one.
  /// - Parameter opened: bytes of the entry whose members are entries already.
  func examinations(
    in parent: Locator, records: [Observation], pictures: [Place] = [], opened: Range<UInt64>? = nil
  ) -> [Examination] {
    let shown = ShownPlaces(pictures)
    let outside = children.filter { child in
      !(opened?.contains(child.place.offset) ?? false)
        || child.place.offset + child.place.length > opened?.upperBound ?? 0
    }
    return DerivedChild.standing(outside)
      .filter { child in !shown.shows(child.place) && !records.contains { $0.covers(child.place) } }
      .flatMap { $0.examinations(in: parent, beside: records) }
  }

  private func examine(_ content: DerivedContent, depth: Int) -> DerivedChild? {
    if let opened = open(content, depth: depth) { return opened }
    var (facts, inside) = examine(content.bytes, name: [], isWhole: content.isWhole, depth: depth)
    if !content.isWhole { facts.limitDerived() }
    // A file that was cut out has a structure that holds: what of it was not seen must be counted.
    guard facts.isWorthListing || !inside.isEmpty || (content.encoding == .carved && facts.hasUnseenContent) else {
      return nil
    }
    let digests = Self.digests(content.bytes)
    let child = DerivedChild(content, digests: digests, facts: facts, children: inside)
    if let desk, let sight = facts.sight, content.isWhole {
      look(sight, digests.content, content.bytes, desk) { seen in
        child.facts.see(seen.verdict, size: child.size)
        child.seen = seen.children
      }
    }
    return child
  }

  private static func digests(_ bytes: [UInt8]) -> LeafDigests {
    var digester = Digester()
    digester.update(bytes)
    return digester.finish()
  }

  /// What detectors say of bytes, and the contents in them.
  private func examine(_ bytes: [UInt8], name: [UInt8], isWhole: Bool, depth: Int) -> (EntryFacts, [DerivedChild]) {
    var inside: [DerivedChild] = []
    var isLimited = false
    left -= bytes.count
    let take: (DerivedContent) -> Void = { [self] inner in
      guard depth < limits.maxDepth, inside.count < limits.maxChildren, left > 0 else {
        isLimited = true
        return
      }
      if !inner.isWhole { isLimited = true }
      if let child = examine(inner, depth: depth + 1) { inside.append(child) }
    }
    var facts = bytes.withUnsafeBytes { bytes in
      var finder = EntryFinder(limits: limits)
      finder.consume(bytes, take)
      finder.finish(take)
      var facts = EntryExaminer.examineWhole(bytes, catalog: catalog, name: name)
      left -= facts.unpacked
      // Facts are kept until the entry is written, contents are not.
      facts.takeContents().forEach(take)
      return facts
    }
    if isLimited { facts.limitDerived() }
    return (facts, inside)
  }

  /// An archive or a mail: its members are entries, as those of any other.
  private func open(_ content: DerivedContent, depth: Int) -> DerivedChild? {
    guard content.isWhole, depth < limits.maxDepth, room.members > 0, room.bytes > 0 else { return nil }
    var snapshotLimits = SnapshotLimits()
    snapshotLimits.maxDepth = limits.maxDepth
    snapshotLimits.maxEntries = room.members
    snapshotLimits.maxExpandedBytes = room.bytes
    snapshotLimits.maxSpoolMemory = 4 << 20
    let sink = DerivedArchiveSink(most: limits.maxBytes) { [self] read, bytes in
      member(read, bytes, depth: depth + 1)
    }
    guard let outcome = ContentReader.read(content.bytes, limits: snapshotLimits, spool: spool, into: sink) else {
      return nil
    }
    room.members -= min(room.members, UInt64(sink.members.count))
    room.bytes -= min(room.bytes, sink.expanded)
    // Its own bytes are those of its members.
    var facts = EntryFacts(kind: content.bytes.withUnsafeBytes { EntryExaminer.kind(of: $0) }, notes: outcome.notes)
    if let disposition = outcome.disposition { (facts.disposition, facts.reason) = (disposition, outcome.reason) }
    return DerivedChild(
      content, digests: Self.digests(content.bytes), facts: facts, children: [], members: sink.members)
  }

  private func member(_ read: ReadEntry, _ bytes: [UInt8], depth: Int) -> DerivedMember {
    guard read.header.isExaminable else { return DerivedMember(read, children: []) }
    var read = read
    let isWhole = UInt64(bytes.count) == read.size
    var (facts, inside) = examine(
      bytes, name: read.header.locator.components.last ?? [], isWhole: isWhole, depth: depth)
    if !isWhole { facts.limitDerived() }
    read.facts = facts
    let member = DerivedMember(read, children: inside)
    if let desk, let sight = facts.sight, isWhole, !bytes.isEmpty {
      look(sight, read.digests.content, bytes, desk) { seen in
        member.see(seen)
      }
    }
    return member
  }

  private func look(
    _ sight: Sight, _ digest: Digest, _ bytes: [UInt8], _ desk: SightDesk,
    then note: @escaping @Sendable (SightDesk.Seen) -> Void
  ) {
    lock.lock()
    looking += 1
    lock.unlock()
    desk.look(sight, digest, for: entry) {
      .memory(bytes.withUnsafeBytes { HeldBytes(copying: $0) })
    } then: { [self] seen in
      note(seen)
      leave()
    }
  }

  private func leave() {
    lock.lock()
    looking -= 1
    let done = looking == 0 ? then : nil
    if done != nil { then = nil }
    lock.unlock()
    done?()
  }
}

extension Observation {
  /// True when this one, of the bytes around, is that of the content at `place`.
  fileprivate func says(_ other: Observation, in place: Place) -> Bool {
    guard dataClass == other.dataClass, strength >= other.strength, let own = self.place, own.offset >= place.offset
    else { return false }
    let (end, overflow) = own.offset.addingReportingOverflow(own.length)
    return !overflow && end <= place.offset + place.length
  }

  /// What is said of a whole database or of all rows of a table spans everything between the first and the last of them:
  /// a photograph there is none of theirs. Nor does a record cover what its detector did not read, which only a proof
  /// says.
  fileprivate func covers(_ other: Place) -> Bool {
    guard strength == .proof, ![.biometricDatabase, .plateRead, .identityRecord].contains(dataClass), let place,
      place.length > 0
    else { return false }
    let (end, overflow) = place.offset.addingReportingOverflow(place.length)
    return place.offset <= other.offset && (overflow || other.offset + other.length <= end)
  }
}

extension EntryFacts {
  /// Says that not all that is encoded inside was followed.
  mutating func limitDerived() {
    notes.append("not all encoded content inside was decoded: it is too large, too much or too deep")
    guard disposition == .examined || disposition == .partial else { return }
    disposition = .limited
    reason = .derivedLimit
  }
}

extension DerivedEncoding {
  /// Written down as characters.
  fileprivate var isText: Bool { ![.pieces, .carved, .samples].contains(self) }

  fileprivate var note: String {
    switch self {
    case .carved: "cut out of another entry"
    case .samples: "a picture made a file of its samples inside another entry"
    case .pieces: "put together from inside another entry"
    default: "decoded from \(rawValue) inside another entry"
    }
  }
}
