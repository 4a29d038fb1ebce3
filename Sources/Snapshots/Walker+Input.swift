import CustodyCore
import Glibc

extension Walker {
  /// The input itself. Returns remarks on an archive that has no entry because all went well.
  ///
  /// - Parameters:
  ///   - random: the input at any offset, when it is a regular file.
  ///   - pool: where blocks come from when a second thread reads.
  func input(
    _ source: DescriptorSource, _ entry: EntryHeader, random: RandomAccess?, pool: BlockPool?
  ) -> [String] {
    if isNextUnread(in: nil) {
      bare(entry, .unread, in: nil)
      return []
    }
    note(reading: 1, of: root)
    let head = source.head(declared: nil)
    guard let kind = container(head), kind != .mtree, kind != .uuencode, kind != .ebcdic, obstacle(kind, in: nil) == nil
    else {
      examine(source, entry, head, in: nil)
      return []
    }
    let stated = Names.stated(head, kind, limit: limits.maxPathBytes)
    var account = Account()
    let level = newLevel(inside: nil)
    if kind.needsSeeking, let random, let pool {
      let publisher = Publisher(source, pool, sink, progress)
      open(source, random, entry.locator, kind, stated, level, &account)
      account.add(publisher.join())
    } else {
      open(source, nil, entry.locator, kind, stated, level, &account)
      source.drain()
      account.add(source.trouble)
    }
    guard account.trouble != nil else { return account.notes }
    var header = entry
    header.kind = kind.contentKind
    header.isContainer = true
    if let token = begin(header, in: nil) ?? Optional(sink.begin(header)) {
      end(token, account.outcome(complete: false), in: nil)
    }
    return []
  }
}

/// Reads the rest of the input on another thread, for its digest, while its members are read by seeking.
private final class Publisher: @unchecked Sendable {
  private let source: DescriptorSource
  private var thread = pthread_t()
  private var started = false

  init(_ source: DescriptorSource, _ pool: BlockPool, _ sink: any EntrySink, _ progress: ReadProgress?) {
    self.source = source
    let box = Unmanaged.passRetained(self)
    let result = pthread_create(
      &thread, nil,
      { argument in
        if let argument {
          Unmanaged<Publisher>.fromOpaque(argument).takeRetainedValue().source.drain()
        }
        return nil
      }, box.toOpaque())
    started = result == 0
    if !started { box.release() }
  }

  /// Waits until everything was read.
  func join() -> Trouble? {
    if started { pthread_join(thread, nil) } else { source.drain() }
    return source.trouble
  }
}
