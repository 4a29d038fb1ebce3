internal import CustodyCore
internal import Detection
internal import Evidence
internal import Snapshots

/// A member of an archive that was found inside an entry.
final class DerivedMember: @unchecked Sendable {
  // Written by whoever finds it, then by whoever looks at it, read when the family is complete.
  var read: ReadEntry
  var seen: [SeenChild] = []
  let children: [DerivedChild]

  init(_ read: ReadEntry, children: [DerivedChild]) {
    self.read = read
    self.children = children
  }

  func see(_ seen: SightDesk.Seen) {
    let size = read.size
    read.facts?.see(seen.verdict, size: size)
    self.seen = seen.children
  }

  /// What is inside this one, then itself.
  ///
  /// - Parameter archive: the locator of the archive, in the place of which the reader put one component.
  func examinations(in archive: Locator) -> [Examination] {
    var read = read
    read.header.locator = Locator(archive.components + read.header.locator.components.dropFirst())
    let locator = read.header.locator
    return DerivedChild.lines(children, seen, in: locator, beside: read.facts?.observations ?? []) + [read.examination]
  }
}

/// Takes the members of an archive that lies in memory, and has each examined when it is complete.
final class DerivedArchiveSink: EntrySink {
  private final class Open {
    let header: EntryHeader
    var bytes: [UInt8] = []
    var size: UInt64 = 0
    var digester = Digester()
    init(_ header: EntryHeader) { self.header = header }

    /// Bytes that are still kept.
    func room(_ most: Int) -> Int { header.isContainer ? 0 : max(0, most - bytes.count) }
  }

  private var open: [Int: Open] = [:]
  private var next = 0
  private let most: Int
  private let examine: (_ read: ReadEntry, _ bytes: [UInt8]) -> DerivedMember
  private(set) var members: [DerivedMember] = []
  /// Bytes that came out of the archive, at any depth.
  private(set) var expanded: UInt64 = 0

  /// - Parameters:
  ///   - most: bytes of a member that are kept.
  ///   - examine: called with all that is known of a member and its bytes, or their beginning.
  init(most: Int, examine: @escaping (_ read: ReadEntry, _ bytes: [UInt8]) -> DerivedMember) {
    self.most = most
    self.examine = examine
  }

  func snapshotBlock(_ block: Block) {}

  func begin(_ entry: EntryHeader) -> Int {
    next += 1
    open[next] = Open(entry)
    return next
  }

  func data(_ bytes: UnsafeRawBufferPointer, of token: Int) {
    expanded += UInt64(bytes.count)
    guard let entry = open[token] else { return }
    entry.digester.update(bytes)
    entry.size += UInt64(bytes.count)
    entry.bytes.append(contentsOf: bytes.prefix(entry.room(most)))
  }

  func zeros(_ count: UInt64, of token: Int) {
    expanded += count
    guard let entry = open[token] else { return }
    entry.digester.updateZeros(count)
    entry.size += count
    entry.bytes.append(contentsOf: repeatElement(0, count: Int(min(count, UInt64(entry.room(most))))))
  }

  func end(_ token: Int, _ outcome: EntryOutcome) {
    guard let entry = open.removeValue(forKey: token) else { return }
    let read = ReadEntry(
      place: 0, header: entry.header, outcome: outcome, size: entry.size, digests: entry.digester.finish(), facts: nil)
    members.append(examine(read, entry.bytes))
  }
}
