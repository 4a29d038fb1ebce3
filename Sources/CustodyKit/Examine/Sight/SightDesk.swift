internal import CustodyCore
internal import Detection
internal import Evidence
import Foundation
internal import Vision
internal import VisionProtocol

/// Has pictures and videos looked at, each content once, and never runs ahead of the image workers beyond its budget.
///
/// | call | thread | duty |
/// |---|---|---|
/// | `look` | examine workers | wait for room in the backlog, hand over |
/// | completion | a thread of the pool, or the caller's when the content is known | pictures inside, merge, submit lines |
final class SightDesk: @unchecked Sendable {
  /// What was seen in one content.
  struct Seen: Sendable {
    var verdict: VisionVerdict
    var children: [SeenChild] = []
  }

  private enum State {
    case underWay([@Sendable (Seen) -> Void])
    case seen(Seen)
  }

  private let catalog: CompiledCatalog
  private let pool: VisionPool
  private let limits: SightLimits
  private let backlog: Backlog
  private let lock = NSLock()
  private var known: [Digest: State] = [:]
  /// Contents in the order in which they were settled, to forget the oldest.
  private var settled: [Digest] = []
  private var oldest = 0
  private(set) var looked: UInt64 = 0
  private(set) var repeated: UInt64 = 0

  init(pool: VisionPool, limits: SightLimits, catalog: CompiledCatalog) {
    self.catalog = catalog
    self.pool = pool
    self.limits = limits
    backlog = Backlog(bytes: limits.maxWaitingBytes, jobs: limits.maxWaitingJobs)
  }

  /// Calls `then` once somebody has looked at the content, perhaps before it returns.
  ///
  /// - Parameters:
  ///   - digest: SHA-256 of the content.
  ///   - entry: the one that is, or holds, the content.
  ///   - content: asked for only when the content is new.
  func look(
    _ sight: Sight, _ digest: Digest, for entry: WorkPlace.Entry, content: () -> SightContent,
    then: @escaping @Sendable (Seen) -> Void
  ) {
    switch enter(digest, then) {
    case .known(let seen): then(seen)
    case .waits: break
    case .new:
      let content = content()
      let held = backlog.enter(content)
      start(sight, content, depth: 1, entry) { [self] seen in
        settle(digest, seen)
        backlog.leave(held)
      }
    }
  }

  /// Returns when everything that was handed over is settled, pictures inside pictures included.
  func finish() { backlog.waitUntilEmpty() }

  private enum Entry { case known(Seen), waits, new }

  private func enter(_ digest: Digest, _ then: @escaping @Sendable (Seen) -> Void) -> Entry {
    lock.lock()
    defer { lock.unlock() }
    switch known[digest] {
    case .seen(let seen):
      repeated += 1
      return .known(seen)
    case .underWay(let others):
      repeated += 1
      known[digest] = .underWay(others + [then])
      return .waits
    case nil:
      looked += 1
      known[digest] = .underWay([then])
      return .new
    }
  }

  private func settle(_ digest: Digest, _ seen: Seen) {
    lock.lock()
    var waiting: [@Sendable (Seen) -> Void] = []
    if case .underWay(let others)? = known[digest] { waiting = others }
    // Failures too: ten thousand copies of a picture that ends its worker must not end twenty thousand.
    known[digest] = .seen(seen)
    settled.append(digest)
    if settled.count - oldest > limits.maxRemembered {
      known[settled[oldest]] = nil
      oldest += 1
      if oldest > 4096, oldest * 2 > settled.count {
        settled.removeFirst(oldest)
        oldest = 0
      }
    }
    lock.unlock()
    for then in waiting { then(seen) }
  }

  // MARK: - Pictures inside pictures

  /// Looks at a content and then at the pictures inside it.
  private func start(
    _ sight: Sight, _ content: SightContent, depth: Int, _ entry: WorkPlace.Entry,
    then: @escaping @Sendable (Seen) -> Void
  ) {
    pool.submit(content.job(sight)) { [self, content] verdict in
      WorkPlace.note(entry)
      defer { WorkPlace.leave() }
      let inside = depth < limits.maxDepth ? verdict.children.prefix(limits.maxChildren) : []
      guard !inside.isEmpty else { return then(Seen(verdict: verdict)) }
      descend(Array(inside), at: 0, of: content, depth, entry, Seen(verdict: verdict), then)
    }
  }

  /// One child after the other: they are few, and their order is that of the verdict.
  private func descend(
    _ inside: [VisionVerdict.Child], at n: Int, of content: SightContent, _ depth: Int, _ entry: WorkPlace.Entry,
    _ seen: Seen,
    _ then: @escaping @Sendable (Seen) -> Void
  ) {
    guard n < inside.count else { return then(seen) }
    let place = inside[n]
    guard let bytes = content.part(place.place.offset, place.place.length, limit: limits.maxChildBytes) else {
      var seen = seen
      seen.verdict.notes.append("a picture inside the picture could not be taken out")
      return descend(inside, at: n + 1, of: content, depth, entry, seen, then)
    }
    let (digests, facts) = bytes.withBytes { bytes in
      var digester = Digester()
      digester.update(bytes)
      return (digester.finish(), EntryExaminer.examineWhole(bytes, catalog: catalog))
    }
    let add: @Sendable (SeenChild) -> Void = { [self] child in
      var seen = seen
      seen.children.append(child)
      descend(inside, at: n + 1, of: content, depth, entry, seen, then)
    }
    let child = SeenChild(place: place, digests: digests, facts: facts)
    guard let sight = facts.sight else { return add(child) }
    start(sight, .memory(bytes), depth: depth + 1, entry) { inner in
      var child = child
      child.facts.see(inner.verdict, size: place.place.length)
      child.children = inner.children
      add(child)
    }
  }
}

/// A picture that lies inside another one's file.
struct SeenChild: Sendable {
  var place: VisionVerdict.Child
  var digests: LeafDigests
  var facts: EntryFacts
  var children: [SeenChild] = []
}

/// Bounds what waits for the image workers.
private final class Backlog: @unchecked Sendable {
  private let condition = NSCondition()
  private var bytes = 0
  private var jobs = 0
  private let maxBytes: Int
  private let maxJobs: Int

  init(bytes: Int, jobs: Int) {
    maxBytes = bytes
    maxJobs = jobs
  }

  /// Waits until nothing is looked at any more.
  func waitUntilEmpty() {
    condition.lock()
    while jobs > 0 { condition.wait() }
    condition.unlock()
  }

  /// Waits for room; returns what `leave` must give back.
  func enter(_ content: SightContent) -> Int {
    let size: Int
    switch content {
    case .memory(let held): size = held.count
    case .file: size = 0
    }
    condition.lock()
    while jobs > 0, jobs >= maxJobs || bytes + size > maxBytes { condition.wait() }
    jobs += 1
    bytes += size
    condition.unlock()
    return size
  }

  func leave(_ size: Int) {
    condition.lock()
    jobs -= 1
    bytes -= size
    condition.broadcast()
    condition.unlock()
  }
}
