internal import CustodyCore
internal import Detection
internal import Evidence
import Foundation
internal import VisionProtocol

/// Content found inside an entry, as an entry of its own.
final class DerivedChild: @unchecked Sendable {
  let place: Place
  let encoding: DerivedEncoding
  let size: UInt64
  let digests: LeafDigests
  let children: [DerivedChild]
  // Written by whoever finds it, then by whoever looks at it, read when the family is complete.
  fileprivate(set) var facts: EntryFacts
  fileprivate(set) var seen: [SeenChild] = []

  fileprivate init(_ content: DerivedContent, digests: LeafDigests, facts: EntryFacts, children: [DerivedChild]) {
    place = content.place
    encoding = content.encoding
    size = UInt64(content.bytes.count)
    self.digests = digests
    self.facts = facts
    self.children = children
  }

  /// What is inside this one, then itself.
  func examinations(in parent: Locator) -> [Examination] {
    let locator = parent.appending(Array("@\(place.offset)+\(place.length)".utf8))
    let outer = ShownPlaces(seen.map(\.place.place))
    let inside = Self.standing(children).filter { !outer.shows($0.place) }
    return inside.flatMap { $0.examinations(in: locator) } + seen.flatMap { $0.examinations(in: locator) } + [
      Examination(
        index: 0, nonce: digests.nonce, locator: locator, size: size, sha256: digests.content, kind: facts.kind,
        modified: nil, disposition: facts.disposition, reason: facts.reason,
        notes: [encoding.note] + facts.notes, link: nil,
        attributes: facts.attributes, observations: facts.observations)
    ]
  }
}

extension DerivedChild {
  /// In the order of place, without what was decoded from text wholly within a file that was cut out or put together: that file
  /// was searched for such text itself.
  fileprivate static func standing(_ children: [DerivedChild]) -> [DerivedChild] {
    var end: UInt64 = 0
    return children.sorted { a, b in
      // A file before what is written in its first bytes.
      (a.place.offset, a.encoding.isText ? 1 : 0, b.place.length)
        < (b.place.offset, b.encoding.isText ? 1 : 0, a.place.length)
    }.filter { child in
      guard child.encoding.isText else {
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
  private(set) var isLimited = false

  init(limits: DerivedLimits, desk: SightDesk?, catalog: CompiledCatalog, entry: WorkPlace.Entry = .init()) {
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
    var left = (overflow ? .max / 2 : min(most, .max / 2)) + limits.freeWork - (isText ? work.decoded : work.cut)
    let before = left
    defer { if isText { work.decoded += before - left } else { work.cut += before - left } }
    guard left > 0 else {
      isLimited = true
      return
    }
    guard let child = examine(content, depth: 1, work: &left) else { return }
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
  func examinations(in parent: Locator, records: [Observation], pictures: [Place] = []) -> [Examination] {
    let shown = ShownPlaces(pictures)
    return DerivedChild.standing(children)
      .filter { child in !shown.shows(child.place) && !records.contains { $0.covers(child.place) } }
      .flatMap { $0.examinations(in: parent) }
  }

  /// - Parameter work: bytes that may still be examined; below zero once they are used up.
  private func examine(_ content: DerivedContent, depth: Int, work: inout Int) -> DerivedChild? {
    var inside: [DerivedChild] = []
    work -= content.bytes.count
    var (facts, isLimited) = content.bytes.withUnsafeBytes { bytes in
      var isLimited = false
      var finder = EntryFinder(limits: limits)
      let take: (DerivedContent) -> Void = { [self] inner in
        guard depth < limits.maxDepth, inside.count < limits.maxChildren, work > 0 else {
          isLimited = true
          return
        }
        if !inner.isWhole { isLimited = true }
        if let child = examine(inner, depth: depth + 1, work: &work) { inside.append(child) }
      }
      finder.consume(bytes, take)
      finder.finish(take)
      var facts = EntryExaminer.examineWhole(bytes, catalog: catalog)
      work -= facts.unpacked
      // Facts are kept until the entry is written, contents are not.
      facts.takeContents().forEach(take)
      return (facts, isLimited)
    }
    if isLimited || !content.isWhole { facts.limitDerived() }
    // A file that was cut out has a structure that holds: what of it was not seen must be counted.
    guard facts.isWorthListing || !inside.isEmpty || (content.encoding == .carved && facts.hasUnseenContent) else {
      return nil
    }
    var digester = Digester()
    let digests = content.bytes.withUnsafeBytes { bytes in
      digester.update(bytes)
      return digester.finish()
    }
    let child = DerivedChild(content, digests: digests, facts: facts, children: inside)
    if let desk, let sight = facts.sight, content.isWhole { look(child, sight, content.bytes, desk) }
    return child
  }

  private func look(_ child: DerivedChild, _ sight: Sight, _ bytes: [UInt8], _ desk: SightDesk) {
    lock.lock()
    looking += 1
    lock.unlock()
    desk.look(sight, child.digests.content, for: entry) {
      .memory(bytes.withUnsafeBytes { HeldBytes(copying: $0) })
    } then: { [self] seen in
      child.facts.see(seen.verdict, size: child.size)
      child.seen = seen.children
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
