internal import CustodyCore
internal import Detection
internal import Evidence
internal import Snapshots

/// Takes entries from the reading thread and hands them to the workers.
///
/// | call | thread | duty |
/// |---|---|---|
/// | `begin`, `data`, `zeros`, `end` | reader | copy bytes into slabs, number the entries, hand over |
/// | `snapshotBlock` | reader, or the sequential pass beside it | hand the block to the digest thread |
/// | `EntryWorker.run` | workers | hash, identify, detect, encode |
/// | `SightDesk.look` | workers | have pictures looked at, once each content |
/// | `InventoryWriter.submit` | whichever worker fills the gap | order, number, pass on |
final class ExaminePipeline: EntrySink {
  private final class Open {
    let header: EntryHeader
    /// Offset in the batch slab; nil once the entry has a slab of its own or is a stream.
    var start: Int?
    var slab: Slab?
    var stream: EntryStream?
    /// Where its digest will be, when it is computed with the snapshot's.
    var shared: SharedDigest?
    var hasBytes = false
    init(_ header: EntryHeader) { self.header = header }
  }

  private let pool: SlabPool
  private let queue: WorkQueue<Work>
  private let writer: InventoryWriter
  /// Keepers of pictures' bytes; nil when they are not to be looked at.
  private let makeKeeper: (() -> SightKeeper)?
  /// Takers of what is found inside entries.
  private let makeFamily: (WorkPlace.Entry) -> DerivedFamily
  private let catalog: CompiledCatalog
  private var open: [Int: Open] = [:]
  private var nextToken = 0
  private var nextPlace: UInt64 = 0
  private var batch: Batch?
  /// The token of the entry that is being written at the end of the batch slab.
  private var batchOwner: Int?
  var hasher: SnapshotHasher? {
    didSet { tape = hasher.flatMap { SnapshotTape($0) } }
  }
  /// What the digest thread is told of where entries lie in the snapshot; nil when nothing is to be gained.
  private var tape: SnapshotTape?
  /// Waits until all that was handed over is worked off; nil where reading goes on meanwhile.
  private let settle: (() -> Void)?

  init(
    pool: SlabPool, queue: WorkQueue<Work>, writer: InventoryWriter, makeKeeper: (() -> SightKeeper)?,
    makeFamily: @escaping (WorkPlace.Entry) -> DerivedFamily, catalog: CompiledCatalog, settle: (() -> Void)? = nil
  ) {
    self.settle = settle
    self.catalog = catalog
    self.pool = pool
    self.queue = queue
    self.writer = writer
    self.makeKeeper = makeKeeper
    self.makeFamily = makeFamily
  }

  func snapshotBlock(_ block: Block) {
    if let tape, tape.isReader { tape.turn(to: block) } else { hasher?.add(block) }
  }

  func begin(_ header: EntryHeader) -> Int {
    let token = nextToken
    nextToken += 1
    let entry = Open(header)
    // An archive appended to a picture: the picture is still open when its members come.
    if let owner = batchOwner, let other = open[owner] { leaveBatch(other) }
    if !header.isContainer {
      let batch = currentBatch()
      entry.start = batch.slab.used
      batchOwner = token
    }
    open[token] = entry
    return token
  }

  func data(_ bytes: UnsafeRawBufferPointer, of token: Int) {
    guard let entry = open[token] else { return }
    if !bytes.isEmpty { tape?.note(bytes, of: token, isFirst: !entry.hasBytes, &entry.shared) }
    entry.hasBytes = entry.hasBytes || !bytes.isEmpty
    var rest = bytes
    if entry.start != nil {
      if stays(entry, adding: bytes.count) {
        _ = batch?.slab.fill(from: bytes)
        return
      }
      leaveBatch(entry)
    }
    while !rest.isEmpty {
      let slab = entry.slab ?? takeSlab()
      entry.slab = slab
      let n = slab.fill(from: rest)
      rest = UnsafeRawBufferPointer(rebasing: rest[n...])
      if slab.free == 0 {
        push(.bytes(slab), of: entry)
        entry.slab = nil
      }
    }
  }

  func zeros(_ count: UInt64, of token: Int) {
    guard count > 0, let entry = open[token] else { return }
    entry.hasBytes = true
    if entry.shared != nil { tape?.zeros(count) }
    if entry.start != nil { leaveBatch(entry) }
    if let slab = entry.slab {
      push(.bytes(slab), of: entry)
      entry.slab = nil
    }
    push(.zeros(count), of: entry)
  }

  func end(_ token: Int, _ outcome: EntryOutcome) {
    guard let entry = open.removeValue(forKey: token) else { return }
    close(entry, outcome)
    if settle != nil {
      if let owner = batchOwner, let other = open[owner] { leaveBatch(other) }
      flushBatch()
    }
    guard nextPlace & 255 == 0, writer.isFull else { return }
    // What finished out of order waits for the oldest, which must not itself wait in a half-full slab.
    if let owner = batchOwner, let other = open[owner] { leaveBatch(other) }
    flushBatch()
    writer.pauseWhileFull()
  }

  private func close(_ entry: Open, _ outcome: EntryOutcome) {
    let place = nextPlace
    nextPlace += 1
    if let shared = entry.shared { tape?.end(shared) }
    if let start = entry.start, let batch {
      batch.append(
        WholeEntry(
          place: place, header: entry.header, outcome: outcome, range: start..<batch.slab.used, shared: entry.shared))
      batchOwner = nil
      if batch.entries.count >= 2048 || batch.slab.free < 4096 { flushBatch() }
      return
    }
    // Results are put in order by index: what is older must not wait in a half-full slab.
    if batchOwner == nil { flushBatch() }
    if let stream = entry.stream {
      if let slab = entry.slab { push(.bytes(slab), of: entry) }
      if stream.add(.end(place: place, outcome: outcome)) { hand(.stream(stream)) }
      // Whoever is at it already waits for the digest next.
      tape?.flush()
    } else if let slab = entry.slab {
      let own = Batch(slab: slab)
      own.append(
        WholeEntry(place: place, header: entry.header, outcome: outcome, range: 0..<slab.used, shared: entry.shared))
      hand(.batch(own))
    } else {
      let stream = makeStream(entry)
      if stream.add(.end(place: place, outcome: outcome)) { hand(.stream(stream)) }
    }
  }

  /// Ends what the digest thread is told of a snapshot.
  func endSnapshot() {
    tape?.flush()
    tape = nil
  }

  /// Hands over what is left. Call once the reader is done.
  func finish() { flushBatch() }

  private func makeStream(_ entry: Open) -> EntryStream {
    EntryStream(
      header: entry.header, keeper: makeKeeper?(),
      family: entry.header.isExaminable ? makeFamily(entry.header.workPlace) : nil, shared: entry.shared,
      catalog: catalog)
  }

  private func currentBatch() -> Batch {
    if let batch { return batch }
    let fresh = Batch(slab: takeSlab())
    batch = fresh
    return fresh
  }

  private func flushBatch() {
    guard let full = batch else { return }
    batch = nil
    if !full.entries.isEmpty { hand(.batch(full)) }
  }

  /// Makes room in the batch for `count` more bytes of the entry; false when it outgrows a slab.
  private func stays(_ entry: Open, adding count: Int) -> Bool {
    guard let old = batch, let start = entry.start else { return false }
    if count <= old.slab.free { return true }
    guard start > 0, old.slab.used - start + count <= Slab.size else { return false }
    let so = old.slab.bytes(start..<old.slab.used)
    old.slab.used = start
    let fresh = Batch(slab: takeSlab())
    _ = fresh.slab.fill(from: UnsafeRawBufferPointer(start: so.baseAddress, count: so.count))
    if !old.entries.isEmpty { hand(.batch(old)) }
    batch = fresh
    entry.start = 0
    return true
  }

  /// Gives the entry, which turned out to be large, a slab of its own.
  private func leaveBatch(_ entry: Open) {
    guard let old = batch, let start = entry.start else { return }
    let so = old.slab.bytes(start..<old.slab.used)
    if so.count > 0 {
      let own = takeSlab()
      _ = own.fill(from: so)
      entry.slab = own
    }
    old.slab.used = start
    entry.start = nil
    batchOwner = nil
    flushBatch()
  }

  /// Who waits for a digest must not wait for commands that lie here.
  private func hand(_ work: Work) {
    tape?.flush()
    guard let settle else { return queue.push(work) }
    // Waiting before there is anything to wait for: whoever ends the process now finds one thread at work, not two.
    WorkPlace.wait {
      queue.push(work)
      settle()
    }
  }

  private func takeSlab() -> Slab {
    tape?.flush()
    return pool.take()
  }

  private func push(_ piece: EntryStream.Piece, of entry: Open) {
    let stream = entry.stream ?? makeStream(entry)
    entry.stream = stream
    if stream.add(piece) { hand(.stream(stream)) }
  }
}
