import CArchive
import CustodyCore

extension Walker {
  /// One compressed stream. An archive inside it takes the filter's place; anything else is a member with a name.
  func filter(
    _ source: Source, _ locator: Locator, _ kind: ContainerKind, _ stated: (name: [UInt8]?, time: Int64?),
    _ level: Level, _ account: inout Account
  ) {
    let stage: ArchiveStage
    switch ArchiveStage.open(kind, source: source, level: level, budget: budget) {
    case .trouble(let trouble, _): return account.add(trouble)
    case .stage(let opened): stage = opened
    }
    // Only .Z can be found inside .Z by libarchive itself; each layer still counts.
    if level.depth + Int(archive_filter_count(stage.handle)) - 2 > limits.maxDepth {
      return account.add(.limited(.depthLimit))
    }
    let name = stated.name ?? Names.unfiltered(locator.components.last ?? [], kind)
    let entry = EntryHeader(locator: locator.appending(name), modified: stated.time.map { Instant(seconds: $0) })
    if stage.nextHeader().entry == nil {
      if let trouble = stage.fatal {
        account.add(trouble)
      } else {
        plain(Source(), entry, in: level)
      }
    } else {
      let content = stage.member
      content.reset()
      if isNextUnread(in: level) { return bare(entry, .unread, in: level) }
      note(reading: 1, of: level.node)
      let head = content.head(declared: nil)
      guard unwrapped(content, entry, head, locator, level, &account) else { return }
      account.add(stage.fatal)
    }
    if let reason = level.stop { return account.add(.limited(reason)) }
    if stage.fatal == nil { trailing(stage, source, locator, level) }
  }

  /// What a filter holds: an archive takes the filter's place, anything else is a member.
  ///
  /// - Returns: false when the rest of the filter must not be read.
  func unwrapped(
    _ content: Source, _ entry: EntryHeader, _ head: UnsafeRawBufferPointer, _ locator: Locator, _ level: Level,
    _ account: inout Account
  ) -> Bool {
    guard let inner = container(head), !inner.isFilter, inner != .mtree, obstacle(inner, in: level) == nil else {
      examine(content, entry, head, in: level)
      return true
    }
    (content as? MemberSource)?.isTimed = false
    let inside = newLevel(inside: level)
    open(content, nil, locator, inner, (nil, nil), inside, &account)
    note(reading: 1, of: level.node)
    // Decompressing on may be what must not be done.
    if leavesRest(1, of: level.node, inside: inside) { return false }
    content.drain()
    note(level.node)
    account.add(content.trouble)
    return true
  }

  /// An archive whose bytes come in order.
  func archive(
    _ source: Source, _ locator: Locator, _ kind: ContainerKind, _ level: Level, _ account: inout Account,
    note: String? = nil
  ) {
    switch ArchiveStage.open(kind, source: source, level: level, budget: budget) {
    case .trouble(let trouble, let stage):
      account.add(trouble)
      if let stage, kind.storesPlainly, stage.consumed > 0 { trailing(stage, source, locator, level) }
    case .stage(let stage):
      members(stage, locator, level, &account, note: note)
      guard level.stop == nil else {
        // Whatever is wrong with the next header: what lies behind it as it stands can be searched as bytes.
        if level.stop == .quarantined, kind.storesPlainly, stage.consumed > 0, canReadOn(in: level) {
          self.note(reading: level.node.entries + 1, of: level.node)
          trailing(stage, source, locator, level, note: "not read as members")
        }
        return
      }
      if let gaps = stage.gaps {
        self.gaps(gaps, locator, level, all: true)
        if gaps.isMissed {
          account.add(.limited(.derivedLimit))
          account.note("headers of the archive that are larger than is searched")
        }
      }
      if stage.fatal == nil {
        if kind == .tar, !stage.mayEndWithZeros {
          account.add(Trouble(.failed, .truncated, "the end-of-archive mark is missing"))
        }
        trailing(stage, source, locator, level)
      } else if kind.storesPlainly, !stage.reachedEnd, stage.consumed > 0 {
        trailing(stage, source, locator, level)
      }
    }
  }

  /// A zip, 7z or ISO image, at random.
  func seekable(
    _ content: RandomAccess, _ locator: Locator, _ kind: ContainerKind, _ level: Level, _ account: inout Account
  ) {
    if kind.isVirtualDisk { return virtualDisk(content, locator, kind, level, &account) }
    if kind == .pst { return mailStore(content, locator, level, &account) }
    if kind == .gitPack || kind == .gitBundle { return git(content, locator, kind, level, &account) }
    if kind == .tnef { return tnef(content, locator, level, &account) }
    if kind.isDisk { return disk(content, locator, kind, level, &account) }
    if kind == .zip { return zip(content, locator, level, &account, isAppended: false) }
    switch ArchiveStage.open(kind, random: content, level: level, budget: budget) {
    case .trouble(let trouble, _): account.add(trouble)
    case .stage(let stage): members(stage, locator, level, &account)
    }
    guard level.stop == nil else { return }
    if let end = statedEnd(content, kind), end < content.size {
      range(content, end, content.size - end, locator, level)
    }
  }

  /// Where a 7z archive (7zFormat.txt, signature header) or an ISO image (ECMA-119, 8.4.8) says that it ends.
  private func statedEnd(_ content: RandomAccess, _ kind: ContainerKind) -> UInt64? {
    let wanted: (UInt64, Int) = kind == .sevenZip ? (0, 32) : (32_768, 88)
    return content.bytes(at: wanted.0, count: wanted.1).withUnsafeBytes { head in
      guard head.count == wanted.1 else { return nil }
      if kind == .sevenZip { return head.little64(12).addingClamped(head.little64(20)).addingClamped(32) }
      guard kind == .iso9660 else { return nil }
      return UInt64(head.little32(80)) * 2048
    }
  }

  /// Bytes of a container that belong to none of its members become an entry, unless they are all zero.
  func range(
    _ content: RandomAccess, _ start: UInt64, _ length: UInt64, _ locator: Locator, _ level: Level,
    note: String = "data outside the archive's members"
  ) {
    guard holdsData(RangeView(content, from: start, size: length)) else { return }
    let entry = EntryHeader(
      locator: locator.appending(Names.range(start, length)), declaredSize: length, notes: [note])
    let source = SequentialSource(RangeView(content, from: start, size: length))
    source.total = length
    if start == 0, length == content.size {
      plain(source, entry, in: level)  // Nothing was a member: opening the same bytes again would not end otherwise.
    } else {
      examine(source, entry, in: level)
    }
  }

  /// True as well where bytes cannot be read: then nobody knows.
  func holdsData(_ content: RandomAccess) -> Bool {
    let source = SequentialSource(content)
    while true {
      switch source.next() {
      case .bytes(let bytes): if bytes.firstNonZero != nil { return true }
      case .zeros: continue
      case .end: return source.trouble?.reason == .unreadable
      }
    }
  }

  /// What follows the end of an archive in its source. Zero padding is nothing; other data is an entry.
  ///
  /// - Parameter note: why it is not opened, whatever it looks like; nil when it may be.
  private func trailing(
    _ stage: ArchiveStage, _ source: Source, _ locator: Locator, _ level: Level, note: String? = nil
  ) {
    trailing(RemainderSource(of: stage, source), from: stage.consumed, source.total, locator, level, note: note)
  }

  /// - Parameters:
  ///   - start: where the rest begins in its source.
  ///   - total: size of the source, when it is known.
  func trailing(
    _ rest: Source, from start: UInt64, _ total: UInt64?, _ locator: Locator, _ level: Level, note: String? = nil
  ) {
    var position = start
    while true {
      switch rest.next() {
      case .end: return
      case .zeros(let count): position = position.addingClamped(count)
      case .bytes(let bytes):
        guard let index = bytes.firstNonZero else {
          position = position.addingClamped(UInt64(bytes.count))
          continue
        }
        let found = position.addingClamped(UInt64(index))
        // Zeros may belong to what follows: keep those of its first block of 512 bytes, the unit of tar. But a
        // container is recognized at its first byte only.
        let data = UnsafeRawBufferPointer(rebasing: bytes[index...])
        let block = found - start < 512 ? start : max(start, found & ~511)
        let from = ContainerKind.identify(head: data) == nil ? block : found
        let length = total.flatMap { $0 > from ? $0 - from : nil }
        let follow = ResumedSource(leadingZeros: found - from, data, then: rest)
        let entry = EntryHeader(
          locator: locator.appending(Names.range(from, length)), notes: [note ?? "data after the end of the archive"])
        if start == 0 || note != nil {
          // What follows would only be opened again: the reader took nothing, or must not.
          plain(follow, entry, in: level)
        } else {
          examine(follow, entry, in: level)
        }
        return follow.drain()
      }
    }
  }
}

extension UnsafeRawBufferPointer {
  var firstNonZero: Int? {
    var i = 0
    while i + 8 <= count, loadUnaligned(fromByteOffset: i, as: UInt64.self) == 0 { i += 8 }
    while i < count {
      if self[i] != 0 { return i }
      i += 1
    }
    return nil
  }
}
