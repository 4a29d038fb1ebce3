internal import CustodyCore

/// Opens a container that lies in memory, found by an examiner inside an entry: an archive in a column of a database, a
/// document in a dump.
public enum ContentReader {
  /// Forms that are read where their bytes are: images of disks are not, whose library keeps a state of its own.
  private static func isRead(_ kind: ContainerKind) -> Bool {
    switch kind {
    case .mtree, .uuencode, .ebcdic, .iso9660, .pst, .warc: false
    default: !kind.isDisk && !kind.isVirtualDisk
    }
  }

  /// Reads all members into `sink`. Their locators begin with one component, for which the caller puts what it knows.
  ///
  /// May be called on any thread, also on several at once; it notes no places (decision 0023).
  ///
  /// - Returns: how the container ended; nil when the bytes are none that is opened here.
  public static func read(
    _ bytes: [UInt8], limits: SnapshotLimits, spool: SpoolSupply, into sink: any EntrySink
  ) -> EntryOutcome? {
    // Nearly all contents are none: they cost one look at their first bytes.
    guard let first = bytes.withUnsafeBytes({ ContainerKind.identify(head: Self.head($0)) }), isRead(first) else {
      return nil
    }
    _ = NameLocale.utcTimes
    let previous = NameLocale.current()
    defer { NameLocale.restore(previous) }
    let content = MemoryBytes(bytes)
    let walker = Walker(limits, sink: sink, progress: nil, spool: spool, isNoted: false)
    let source = SequentialSource(content)
    source.total = content.size
    let head = source.head(declared: content.size)
    guard let kind = walker.container(head), isRead(kind), walker.obstacle(kind, in: nil) == nil else { return nil }
    let stated = Names.stated(head, kind, limit: limits.maxPathBytes)
    var account = Account()
    walker.open(source, content, Locator([[0x2E]]), kind, stated, walker.newLevel(inside: nil), &account)
    source.drain()
    account.add(source.trouble)
    return account.outcome(complete: !source.isCutShort)
  }

  private static func head(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[..<min(bytes.count, ContainerKind.headSize)])
  }
}
