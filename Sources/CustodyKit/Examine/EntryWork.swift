internal import CustodyCore
internal import Detection
internal import Evidence
import Foundation
internal import Snapshots

/// An entry whose bytes lie whole in one slab.
struct WholeEntry: Sendable {
  /// Among all entries, in the order in which their reading ended.
  let place: UInt64
  var header: EntryHeader
  let outcome: EntryOutcome
  let range: Range<Int>
  /// Its digest, when it is computed with the snapshot's.
  let shared: SharedDigest?
}

/// Entries that share a slab: one piece of work however small they are.
final class Batch: @unchecked Sendable {
  let slab: Slab
  private(set) var entries: [WholeEntry] = []

  init(slab: Slab) { self.slab = slab }
  func append(_ entry: WholeEntry) { entries.append(entry) }
}

/// An entry larger than a slab, or a container: its pieces are worked on one after the other, by any worker.
final class EntryStream: @unchecked Sendable {
  enum Piece: Sendable {
    case bytes(Slab)
    case zeros(UInt64)
    case end(place: UInt64, outcome: EntryOutcome)
  }

  let header: EntryHeader
  private let lock = NSLock()
  private var pending: [Piece] = []
  private var scheduled = false
  private var digester: Digester
  /// Set when the digest is computed with the snapshot's; `digester` then stands idle.
  private let shared: SharedDigest?
  /// Nil for containers: their members are examined, their own bytes only hashed.
  private var examiner: EntryExaminer?
  private var keeper: SightKeeper?
  private var finder: EntryFinder?
  private let family: DerivedFamily?
  private var size: UInt64 = 0

  /// - Parameter keeper: keeps the bytes of pictures; nil when they are not to be looked at.
  /// - Parameter family: takes what is found inside; nil for containers.
  /// - Parameter catalog: the detectors to ask.
  init(
    header: EntryHeader, keeper: consuming SightKeeper?, family: DerivedFamily?, shared: SharedDigest?,
    catalog: CompiledCatalog = .standard
  ) {
    self.header = header
    self.family = family
    finder = family == nil ? nil : EntryFinder()
    digester = Digester()
    self.shared = shared
    examiner =
      header.isContainer || header.isOnlyHashed
      ? nil : EntryExaminer(catalog: catalog, name: header.locator.components.last ?? [])
    self.keeper = header.isContainer || header.isOnlyHashed ? nil : keeper
  }

  /// True when the stream was idle, so that the caller must hand it to the workers.
  func add(_ piece: Piece) -> Bool {
    lock.lock()
    defer { lock.unlock() }
    pending.append(piece)
    if scheduled { return false }
    scheduled = true
    return true
  }

  /// Hands on what was cut out so far. Called with the examiner to itself.
  private func deliver() {
    guard let family else { return }
    examiner?.takeContents().forEach { family.take($0) }
  }

  /// Works off what is pending; returns what is known of the entry when the end was among it.
  func work() -> ReadEntry? {
    while true {
      lock.lock()
      guard !pending.isEmpty else {
        scheduled = false
        lock.unlock()
        return nil
      }
      let piece = pending.removeFirst()
      lock.unlock()
      switch piece {
      case .bytes(let slab):
        let bytes = slab.bytes(0..<slab.used)
        if shared == nil { digester.update(bytes) }
        examiner?.consume(bytes)
        deliver()
        keeper?.take(bytes, sight: examiner?.sight, isIdentified: examiner?.isIdentified ?? true)
        if let family { finder?.consume(bytes) { family.take($0) } }
        size += UInt64(bytes.count)
      case .zeros(let count):
        if shared == nil { digester.updateZeros(count) }
        examiner?.consumeZeros(count)
        deliver()
        keeper?.takeZeros(count, sight: examiner?.sight, isIdentified: examiner?.isIdentified ?? true)
        if let family { finder?.consumeZeros(count) { family.take($0) } }
        size += count
      case .end(let place, let outcome):
        var facts = examiner?.finish()
        if let family { finder?.finish { family.take($0) } }
        if let family { facts?.takeContents().forEach { family.take($0) } }
        let content = keeper?.finish(sight: facts?.sight)
        if facts?.sight != nil, let trouble = keeper?.trouble { facts?.overlook(trouble) }
        keeper = nil
        // Last, when it is there already.
        let digests = shared.map { $0.wait() } ?? digester.finish()
        return ReadEntry(
          place: place, header: header, outcome: outcome, size: size, digests: digests, facts: facts, content: content,
          family: family)
      }
    }
  }
}

/// What the reader, the digester and the detectors know of one entry.
struct ReadEntry: Sendable {
  var place: UInt64
  var header: EntryHeader
  var outcome: EntryOutcome
  var size: UInt64
  var digests: LeafDigests
  var facts: EntryFacts?
  /// The bytes of a picture or video that came in pieces.
  var content: SightContent?
  /// What was found inside; nil for containers.
  var family: DerivedFamily?

  /// The lines of the entry, when all pictures are looked at: what was found inside, then itself.
  ///
  /// - Parameter records: what was observed in the bytes; what lies inside one of them is no entry of its own.
  /// - Parameter pictures: where the image worker saw pictures inside this one.
  func examinations(records: [Observation], pictures: [Place] = []) -> [Examination] {
    guard let family, !family.isEmpty else { return [examination] }
    var own = self
    if family.isLimited { own.facts?.limitDerived() }
    return family.examinations(
      in: header.locator, records: records, pictures: pictures, opened: outcome.opened) + [own.examination]
  }

  /// All of it put together, not numbered yet.
  ///
  /// What the reader says of an entry (encrypted, corrupt, limited) outranks what the detectors made of its bytes.
  var examination: Examination {
    var kind = header.kind ?? .unknown
    var disposition = Disposition.examined
    var reason: Reason?
    var notes = header.notes + outcome.notes
    var attributes = Attributes()
    var observations: [Observation] = []
    var names: PictureNames?
    if let facts {
      if header.kind == nil { kind = facts.kind }
      disposition = facts.disposition
      reason = facts.reason
      notes += facts.notes
      attributes = facts.attributes
      observations = facts.observations
      names = facts.names
      // By its bytes it is a message that nobody opened; but its parts are entries beside it.
      if kind == .messageText, reason == .contentNotDecoded { (disposition, reason) = (.examined, nil) }
    }
    if header.isUnexamined {
      (disposition, reason) = (.failed, .quarantined)
      notes.append("examining this entry ended the examining process: its bytes were only hashed")
    } else if header.isListed, !header.isContainer, !isInode(header.kind) {
      (disposition, reason) = (.limited, .crashLimit)
      notes.append("too much before it ended the examining process: its bytes were only hashed")
    }
    // Worth saying of what is sensitive only.
    if header.isWorldReadable, !observations.isEmpty { attributes["worldReadable"] = true }
    if header.isDeleted { attributes["deleted"] = true }
    if let forced = outcome.disposition {
      disposition = forced
      reason = outcome.reason
    }
    var size = size
    if disposition == .opaque || disposition == .limited, let declared = header.declaredSize, declared > size,
      declared <= 1 << 50
    {
      // Nobody read it: its container's word for the size is all there is, and coverage must count it.
      notes.append("size as its container declares it; \(size) bytes were read")
      if size == 0, !header.isContainer { kind = .unknown }
      size = declared
    } else if kind == .empty, !outcome.contentComplete {
      kind = .unknown
    }
    return Examination(
      index: 0, nonce: digests.nonce, locator: header.locator, size: size,
      sha256: outcome.contentComplete && !isInode(header.kind) ? digests.content : nil, kind: kind,
      modified: header.modified, disposition: disposition, reason: reason, notes: notes, link: header.link,
      attributes: attributes, names: names, observations: observations)
  }
}

extension EntryHeader {
  /// True when its bytes are to be looked into, not only hashed.
  var isExaminable: Bool { !isContainer && !isOnlyHashed && !isInode(kind) }
  var isOnlyHashed: Bool { isUnexamined || isListed }
}

/// Links, devices and the like hold no content of their own.
func isInode(_ kind: ContentKind?) -> Bool { kind?.family == "inode" }
