import CustodyCore

/// Disk images (decision 0018). Members have the locator `disk.img!/pN/path`: N is the partition's number, 0 a file
/// system without partition table.
extension Walker {
  func disk(
    _ content: RandomAccess, _ locator: Locator, _ kind: ContainerKind, _ level: Level, _ account: inout Account
  ) {
    level.compressed = level.compressed == 0 ? content.size : level.compressed
    guard kind == .partitions else {
      if isBitLockerToGo(content) { return sealedVolume(content, Array("p0".utf8), locator, level) }
      if !fileSystem(content, Array("p0".utf8), kind, locator, level, &account) {
        // Not one structure could be used: its bytes are all there is.
        account.add(Trouble(.failed, .corrupt, "the file system could not be read"))
        plainRange(content, Names.range(0, content.size), locator, level)
      }
      return
    }
    let table = PartitionTable(content)
    for fault in table.faults { account.add(Trouble(.failed, .corrupt, fault)) }
    var end: UInt64 = 0
    for partition in table.partitions {
      if partition.start > end { gap(content, end, partition.start, table, locator, level) }
      self.partition(
        RangeView(content, from: partition.start, size: partition.length), partition.number, locator, level, &account)
      end = partition.start + partition.length
      if let reason = level.stop { return account.add(.limited(reason)) }
    }
    if content.size > end { gap(content, end, content.size, table, locator, level) }
  }

  /// First bytes, for recognition: zeros where they are not in the image.
  private func head(_ content: RandomAccess) -> [UInt8] {
    let wanted = Int(min(content.size, UInt64(ContainerKind.headSize)))
    let head = content.bytes(at: 0, count: wanted)
    return head + [UInt8](repeating: 0, count: wanted - head.count)
  }

  /// The disk of an image that is no raw one.
  func wholeDisk(_ disk: RandomAccess, _ locator: Locator, _ level: Level, _ account: inout Account) {
    let head = head(disk)
    if head.withUnsafeBytes({ ContainerKind.identify(head: $0) }) == .partitions {
      self.disk(disk, locator, .partitions, level, &account)
    } else {
      partition(disk, 0, locator, level, &account)
    }
  }

  private func partition(
    _ content: RandomAccess, _ number: Int, _ locator: Locator, _ level: Level, _ account: inout Account
  ) {
    let name = Array(("p" + String(number)).utf8)
    let head = head(content)
    let kind = head.withUnsafeBytes { ContainerKind.identify(head: $0) }
    if isBitLockerToGo(content) { return sealedVolume(content, name, locator, level) }
    if let kind, kind.isFileSystem {
      if fileSystem(content, name, kind, locator, level, &account) { return }
      account.add(Trouble(.failed, .corrupt, "the file system of a partition could not be read"))
      return plainRange(content, name, locator, level)
    }
    // Encrypted volumes, swap, what is not known, archives written to a partition as they are.
    islands(content, name) { view, path in
      guard holdsData(view) else { return }
      let source = SequentialSource(view)
      source.total = view.size
      examine(
        charged(source, level), EntryHeader(locator: locator.appending(path), declaredSize: view.size), in: level)
    } until: {
      level.stop != nil
    }
  }

  /// The parts of a volume between long holes: one, by its own name, where there is no such hole.
  private func islands(
    _ content: RandomAccess, _ name: [UInt8], _ visit: (RandomAccess, [UInt8]) -> Void, until isOver: () -> Bool
  ) {
    for range in content.islands(0..<content.size) where !isOver() {
      let length = range.upperBound - range.lowerBound
      if length == content.size {
        visit(content, name)
      } else {
        visit(
          RangeView(content, from: range.lowerBound, size: length),
          name + [0x2F] + Names.range(range.lowerBound, length))
      }
    }
  }

  /// An encrypted volume that shows a small FAT to who cannot open it (libyal/libbde, volume header).
  private func isBitLockerToGo(_ content: RandomAccess) -> Bool {
    let mark: [UInt8] = [
      0x3B, 0xD6, 0x67, 0x49, 0x29, 0x2E, 0xD8, 0x4A, 0x83, 0x99, 0xF6, 0xA3, 0x39, 0xE3, 0xD0, 0x01,
    ]
    return content.bytes(at: 424, count: 16) == mark
  }

  private func sealedVolume(_ content: RandomAccess, _ name: [UInt8], _ locator: Locator, _ level: Level) {
    let entry = EntryHeader(locator: locator.appending(name), declaredSize: content.size)
    bare(entry, Trouble(.opaque, .encrypted, "BitLocker To Go volume"), in: level)
  }

  /// Sectors outside the partitions. A table's own sector is an entry of its own, and only when it holds a program too.
  private func gap(
    _ content: RandomAccess, _ start: UInt64, _ end: UInt64, _ table: PartitionTable, _ locator: Locator, _ level: Level
  ) {
    let note = "sectors outside the partitions"
    var position = start
    for sector in table.sectors.sorted() where sector >= position && sector < end {
      if sector > position { ranges(content, position, sector, locator, level, note: note) }
      let own = RangeView(content, from: sector, size: 512)
      if holdsData(RangeView(own, from: 0, size: 440)) {
        plainRange(own, Names.range(sector, own.size), locator, level, note: note)
      }
      position = min(end, sector + 512)
    }
    if end > position { ranges(content, position, end, locator, level, note: note) }
  }

  private func ranges(
    _ content: RandomAccess, _ start: UInt64, _ end: UInt64, _ locator: Locator, _ level: Level, note: String
  ) {
    for part in content.islands(start..<end) where level.stop == nil {
      range(content, part.lowerBound, part.upperBound - part.lowerBound, locator, level, note: note)
    }
  }

  func plainRange(
    _ content: RandomAccess, _ name: [UInt8], _ locator: Locator, _ level: Level, note: String? = nil
  ) {
    islands(content, name) { view, path in
      let source = SequentialSource(view)
      source.total = view.size
      let entry = EntryHeader(
        locator: locator.appending(path), declaredSize: view.size, notes: note.map { [$0] } ?? [])
      plain(charged(source, level), entry, in: level)
    } until: {
      level.stop != nil
    }
  }

  func charged(_ source: Source, _ level: Level) -> Source {
    ChargedSource(source, budget.account(of: level))
  }

  /// False when it cannot be opened at all; then nothing was said of it.
  private func fileSystem(
    _ content: RandomAccess, _ prefix: [UInt8], _ kind: ContainerKind, _ locator: Locator, _ level: Level,
    _ account: inout Account
  ) -> Bool {
    // One file system may be given up without the partitions behind it.
    let image = level.node
    let node = image.nextContainer(quarantine)
    level.node = node
    defer {
      level.node = image
      note(image)
    }
    note(node)
    guard node.stop != 0 else {
      account.add(.closed)
      return false
    }
    guard let system = FileSystem(content, kind) else { return false }
    let walk = FileSystemWalk(self, system, locator, prefix, level)
    walk.run()
    account.add(walk.account)
    return true
  }
}

/// Another source, whose bytes a container pays for.
final class ChargedSource: Source {
  private let upstream: Source
  private let charge: (UInt64) -> Reason?

  init(_ upstream: Source, _ charge: @escaping (UInt64) -> Reason?) {
    self.upstream = upstream
    self.charge = charge
    super.init()
    total = upstream.total
  }

  override func pull() -> Piece {
    guard trouble == nil else { return .end }
    let piece = upstream.next()
    let count: UInt64
    switch piece {
    case .end:
      trouble = upstream.trouble
      isCutShort = upstream.isCutShort
      return .end
    case .bytes(let bytes): count = UInt64(bytes.count)
    case .zeros(let zeros): count = zeros
    }
    if let reason = charge(count) {
      trouble = .limited(reason)
      isCutShort = true
      return .end
    }
    return piece
  }
}
