import CustodyCore

extension Walker {
  /// Streams of RFC 1950, usually one. The first is read as any filter is, unless it is an object of git: then its
  /// content is a member named by its type, whatever it holds. Further streams are members named by their offset.
  func zlib(_ source: Source, _ locator: Locator, _ level: Level, _ account: inout Account) {
    guard let inflation = Inflation() else {
      return account.add(Trouble(.failed, .unreadable, "no memory for a reader"))
    }
    let watched = TailSource(source)
    let input = BufferedInput(watched)
    let name = Names.unfiltered(locator.components.last ?? [], .zlib)
    var entry = EntryHeader(locator: locator.appending(name))
    while true {
      if isNextUnread(in: level) { return bare(entry, .unread, in: level) }
      note(reading: level.node.entries + 1, of: level.node)
      let isFirst = input.position == 0
      inflation.restart()
      let content = InflatedSource(input, inflation, level: level, budget: budget)
      let head = content.head(declared: nil)
      if isFirst, let object = GitObjectHead(head) {
        entry.locator = locator.appending(Array(object.kind.rawValue.utf8))
        entry.declaredSize = object.size
        let inside = GitObjectSource(content, size: object.size, dropping: object.length)
        examine(inside, entry, in: level)
        account.add(inside.trouble)
      } else if isFirst {
        guard unwrapped(content, entry, head, locator, level, &account) else { return }
      } else {
        examine(content, entry, head, in: level)
      }
      account.add(content.trouble)
      if let reason = level.stop { return account.add(.limited(reason)) }
      guard content.isWhole else { return }
      input.fill(ZlibHead.trial)
      guard ZlibHead.isStream(input.view) else { break }
      entry = EntryHeader(locator: locator.appending(Names.range(input.position, nil)))
    }
    trailing(input.rest(), from: input.position, source.total, locator, level)
    if let reason = level.stop { return account.add(.limited(reason)) }
    if watched.endsDiskImage { account.add(Trouble(.opaque, .unsupportedFormat, "a disk image of Apple (UDIF)")) }
  }
}

/// Passes everything on, and knows how it ended.
private final class TailSource: Source {
  private let upstream: Source
  private var tail: [UInt8] = []
  private static let size = 512

  init(_ upstream: Source) { self.upstream = upstream }

  /// Images of Apple's often begin with a compressed piece; what they are is said in their last 512 bytes, which begin
  /// with `koly` and the size of themselves.
  var endsDiskImage: Bool { tail.suffix(Self.size).starts(with: [0x6B, 0x6F, 0x6C, 0x79, 0, 0, 0, 4, 0, 0, 2, 0]) }

  override func pull() -> Piece {
    let piece = upstream.next()
    switch piece {
    case .bytes(let bytes):
      tail += bytes.suffix(Self.size)
      if tail.count > 2 * Self.size { tail.removeFirst(tail.count - Self.size) }
    case .zeros: tail = []
    case .end:
      trouble = upstream.trouble
      isCutShort = upstream.isCutShort
    }
    return piece
  }
}
