import CustodyCore

/// Turns sources into entries: identifies, opens containers, delivers bytes, and settles how each entry ended.
///
/// One per snapshot, used by one thread. Containers nest by recursion, at most `SnapshotLimits.maxDepth` deep.
final class Walker {
  let limits: SnapshotLimits
  let budget: Budget
  let sink: any EntrySink
  let progress: ReadProgress?
  /// Directories met that carry no data and so have no entry.
  var directories: UInt64 = 0
  /// For the entry that is being read; an appended archive is copied out of it before its members are read.
  let keepBuffer: KeepBuffer
  /// What an earlier reading of the snapshot died of.
  let quarantine: Quarantine
  /// False where another reading notes what the thread is at.
  let isNoted: Bool
  /// The input itself.
  let root: WalkNode
  /// Below the ordinals of all its entries.
  let ordinalOfInput: UInt64

  /// - Parameter ordinal: of the input among all, from 1.
  init(
    _ limits: SnapshotLimits, sink: any EntrySink, progress: ReadProgress?, spool: SpoolSupply = .own,
    quarantine: Quarantine = Quarantine(), ordinal: Int = 1, isNoted: Bool = true
  ) {
    self.isNoted = isNoted
    self.quarantine = quarantine
    root = WalkNode(WalkPlace.input(ordinal))
    // No input has so many entries, nor has a command so many inputs.
    ordinalOfInput = UInt64(clamping: min(max(0, ordinal), 1 << 20)) << 40
    self.limits = limits
    self.sink = sink
    self.progress = progress
    budget = Budget(limits, spool: spool)
    keepBuffer = KeepBuffer(limit: limits.maxAppendedSearch)
  }

  /// Nil when the limit of entries is reached.
  func begin(_ entry: EntryHeader, in level: Level?) -> Int? {
    guard budget.admitEntry(in: level) else { return nil }
    progress?.noteEntry(budget.entries)
    let node = node(level)
    var entry = entry
    entry.number = node.nextEntry()
    entry.isUnexamined = quarantine.unexamined.contains(entry.number)
    entry.ordinal = ordinal
    entry.isListed = isListed(ordinal)
    note(reading: node.entries, of: node)
    return sink.begin(entry)
  }

  /// An entry of unknown content: a plain one, or a container with everything in it.
  func examine(_ source: Source, _ entry: EntryHeader, in level: Level?) {
    if isNextUnread(in: level) { return bare(entry, .unread, in: level) }
    let node = node(level)
    note(reading: node.entries + 1, of: node)
    let head = source.head(declared: entry.declaredSize)
    examine(source, entry, head, in: level)
  }

  func examine(_ source: Source, _ entry: EntryHeader, _ head: UnsafeRawBufferPointer, in level: Level?) {
    examine(source, entry, head, as: container(head), in: level)
  }

  /// - Parameter kind: of the container that the entry is; nil for other entries.
  func examine(
    _ source: Source, _ entry: EntryHeader, _ head: UnsafeRawBufferPointer, as kind: ContainerKind?, in level: Level?
  ) {
    if isNextUnread(in: level) { return bare(entry, .unread, in: level) }
    var entry = entry
    guard let kind else {
      if head.has("# Disk DescriptorFile") { entry.notes.append("describes a disk whose content is in other files") }
      return plain(source, entry, in: level)
    }
    entry.kind = kind.contentKind
    if kind == .mtree { return plain(source, entry, in: level) }
    // What stands outside the encoded lines of a text is passed over by the decoder: its own bytes are examined too.
    entry.isContainer = kind != .uuencode && kind != .ebcdic
    if let obstacle = obstacle(kind, in: level) { return sealed(source, entry, obstacle, in: level) }
    let stated = Names.stated(head, kind, limit: limits.maxPathBytes)
    guard let token = begin(entry, in: level) else { return }
    let node = node(level)
    let number = node.entries
    source.copy(to: sink, token)
    (source as? MemberSource)?.isTimed = false
    var account = Account()
    let inside = newLevel(inside: level)
    open(source, nil, entry.locator, kind, stated, inside, &account)
    note(reading: number, of: node)
    let leavesRest = leavesRest(number, of: node, inside: inside)
    if leavesRest { account.note("its bytes were not read to the end") } else { source.drain() }
    for note in source.notes { account.note(note) }
    account.add(source.trouble)
    end(token, account.outcome(complete: !leavesRest && !source.isCutShort), in: level)
  }

  /// Recognizes a container; where the signature is weak, only when decoding its first bytes succeeds.
  func container(_ head: UnsafeRawBufferPointer) -> ContainerKind? {
    guard let kind = ContainerKind.identify(head: head) else { return nil }
    if kind == .lzma || kind == .compress, !decodesSomething(head, kind) { return nil }
    return kind
  }

  private func decodesSomething(_ head: UnsafeRawBufferPointer, _ kind: ContainerKind) -> Bool {
    let trial = Budget(SnapshotLimits())
    let source = ResumedSource(leadingZeros: 0, head, then: Source())
    switch ArchiveStage.open(kind, source: source, level: Level(inside: nil), budget: trial) {
    case .trouble(let trouble, _): return trouble.reason == .depthLimit
    case .stage(let stage):
      guard stage.nextHeader().entry != nil, case .bytes(let bytes) = stage.member.next() else { return false }
      return bytes.count > 0
    }
  }

  /// Why a container of this kind cannot be opened here, if so.
  func obstacle(_ kind: ContainerKind, in level: Level?) -> Trouble? {
    if kind.isFilter, !ArchiveStage.decodes(kind) { return Trouble(.opaque, .unsupportedFormat) }
    return (level?.depth ?? 0) >= limits.maxDepth ? .limited(.depthLimit) : nil
  }

  /// A container that stays closed: its own bytes only.
  private func sealed(_ source: Source, _ entry: EntryHeader, _ trouble: Trouble, in level: Level?) {
    guard let token = begin(entry, in: level) else { return }
    source.copy(to: sink, token)
    source.drain()
    var account = Account()
    account.add(trouble)
    account.add(source.trouble)
    end(token, account.outcome(complete: !source.isCutShort), in: level)
  }

  /// An entry that is not a container by its first bytes. An archive may still hang on its end.
  func plain(_ source: Source, _ entry: EntryHeader, in level: Level?) {
    if isNextUnread(in: level) { return bare(entry, .unread, in: level) }
    guard let token = begin(entry, in: level) else { return }
    var search = AppendedArchive(declared: entry.declaredSize, place: source.place, scratch: keepBuffer)
    deliver: while true {
      switch source.next() {
      case .bytes(let bytes):
        search.see(bytes)
        sink.data(bytes, of: token)
      case .zeros(let count):
        search.see(zeros: count)
        sink.zeros(count, of: token)
      case .end: break deliver
      }
    }
    var account = Account()
    if let trouble = source.trouble { account.add(trouble) }
    if !source.notes.isEmpty { for note in source.notes { account.note(note) } }
    var complete = !source.isCutShort
    var opened: Range<UInt64>?
    if complete, let declared = entry.declaredSize, source.delivered < declared {
      complete = false
      account.add(Trouble(.failed, .truncated, "fewer bytes than declared"))
    }
    if complete {
      switch search.result() {
      case .none: break
      case .unreachable: account.add(Trouble(.partial, .appendedDataNotOpened))
      case .archive(let content, let range):
        if let obstacle = obstacle(.zip, in: level) {
          account.add(obstacle)
        } else {
          account.note("a zip archive is appended")
          opened = range
          let inside = newLevel(inside: level)
          if let reason = inside.stop {
            account.add(.closed(reason))
          } else {
            var appended = Account()
            zip(content, entry.locator, inside, &appended, isAppended: true)
            account.add(appended.ofAppended)
            if inside.stop == .quarantined { account.add(.stopped) }
          }
        }
      }
    }
    var outcome = account.outcome(complete: complete)
    outcome.opened = opened
    end(token, outcome, in: level)
  }

  /// Opens a container and examines its members; everything that goes wrong ends up in `account`.
  ///
  /// - Parameter random: the same content, when it can be read at any offset without spooling.
  func open(
    _ source: Source, _ random: RandomAccess?, _ locator: Locator, _ kind: ContainerKind,
    _ stated: (name: [UInt8]?, time: Int64?), _ level: Level, _ account: inout Account
  ) {
    if let reason = level.stop { return account.add(.closed(reason)) }
    defer { if level.stop == .quarantined { account.add(.stopped) } }
    if kind == .zlib {
      zlib(source, locator, level, &account)
    } else if kind.isFilter {
      filter(source, locator, kind, stated, level, &account)
    } else if kind == .mail || kind == .mbox {
      mail(source, locator, kind, level, &account)
    } else if kind == .ebcdic {
      recoded(source, locator, level, &account)
    } else if kind.needsSeeking {
      if let random { return seekable(random, locator, kind, level, &account) }
      // These are the bytes of an entry of what holds the container.
      let outer = node(level.parent)
      note(reading: outer.reading, of: outer)
      let spooled = Spool.take(source, budget: budget)
      note(level.node)
      switch spooled {
      case .trouble(let trouble): account.add(trouble)
      case .content(let content, let release):
        seekable(content, locator, kind, level, &account)
        release()
      }
    } else {
      archive(source, locator, kind, level, &account)
    }
  }
}
