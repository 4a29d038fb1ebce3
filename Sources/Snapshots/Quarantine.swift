internal import CPlaces
internal import CustodyCore

/// What must not be done again, because the process that did it died of it.
///
/// Places are numbered by the walk: an input, a container and an entry each have a number that follows from their
/// position among their siblings and from the number of what holds them. Reading the same snapshot again gives the same
/// numbers, and leaving out the content of one container changes no number outside it.
public struct Quarantine: Sendable, Hashable {
  /// Most places together. Each costs a reading of the snapshot, so there are never that many.
  public static let most = 64

  /// Containers that are read up to so many of their entries and no further; 0 keeps them closed.
  public var stops: [UInt64: UInt64] = [:]
  /// Entries whose bytes are not read. Where the container that such an entry is has a stop of its own, it is read up
  /// to there, and what is left of its bytes is not.
  public var unread: Set<UInt64> = []
  /// Entries whose bytes are hashed and not examined.
  public var unexamined: Set<UInt64> = []
  /// Contents that are hashed and not examined, wherever they occur: the first 16 bytes of their SHA-256.
  public var contents: Set<Content> = []

  /// Entries whose ordinal is not below this are listed and hashed, and containers among them stay closed; nil without
  /// such a limit. See `EntryHeader.ordinal`.
  public var listedFrom: UInt64?

  public struct Content: Sendable, Hashable {
    public var high: UInt64
    public var low: UInt64
    public init(high: UInt64, low: UInt64) {
      self.high = high
      self.low = low
    }
  }

  public init() {}
  public var isEmpty: Bool { count == 0 && listedFrom == nil }
  public var count: Int { stops.count + unread.count + unexamined.count + contents.count }
}

/// What the walk is at, as it is told to whoever may find the process dead.
public enum WalkPlace: Sendable, Hashable {
  /// Reading on in a container (or in the input itself), behind so many of its entries.
  case between(container: UInt64, entries: UInt64)
  /// Reading the bytes of the nth entry of a container, counted from 1.
  case reading(container: UInt64, entry: UInt64)

  /// The number of the nth entry of a container.
  public static func entry(_ n: UInt64, of container: UInt64) -> UInt64 { mix(container, n &* 2) }
  /// The number of the nth container directly inside a container, those that take no entry included.
  static func container(_ n: UInt64, of container: UInt64) -> UInt64 { mix(container, n &* 2 &+ 1) }
  /// The number of the nth input, counted from 1.
  public static func input(_ n: Int) -> UInt64 { mix(0, UInt64(clamping: n)) }

  /// Scatters, so that different positions have different numbers. Who finds two that agree has gained nothing: both
  /// are named as not examined.
  private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    // The finalizer of SplitMix64 (Steele, Lea and Flood 2014), over both numbers.
    var z = a &+ 0x9E37_79B9_7F4A_7C15 &* (b &+ 1)
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Something that holds entries: an input, an open container, a file system of a disk image.
final class WalkNode {
  /// See `WalkPlace`.
  let number: UInt64
  /// Entries begun so far.
  private(set) var entries: UInt64 = 0
  private var containers: UInt64 = 0
  /// Position of the entry whose bytes were last asked for.
  fileprivate(set) var reading: UInt64 = 0
  /// Entries after which it must not be read any further, if so.
  let stop: UInt64?

  init(_ number: UInt64, stop: UInt64? = nil) {
    self.number = number
    self.stop = stop
  }

  /// Counts an entry and gives its number.
  func nextEntry() -> UInt64 {
    entries += 1
    return WalkPlace.entry(entries, of: number)
  }

  var numberOfNextEntry: UInt64 { WalkPlace.entry(entries + 1, of: number) }
  var numberOfNextContainer: UInt64 { WalkPlace.container(containers + 1, of: number) }

  /// Counts a container.
  func nextContainer(_ quarantine: Quarantine) -> WalkNode {
    let next = numberOfNextContainer
    containers += 1
    return WalkNode(next, stop: quarantine.stops[next])
  }
}

extension Trouble {
  /// A container of which nothing is read but its own bytes.
  static let closed = Trouble(
    .failed, .quarantined, "opening this container ended the examining process: its bytes were only hashed")
  /// A container that was read up to the place of its last entry.
  static let stopped = Trouble(
    .failed, .quarantined,
    "reading on in this container ended the examining process: what follows its last entry was not seen")
  /// Why a container is not opened at all.
  static func closed(_ reason: Reason) -> Trouble { reason == .quarantined ? .closed : .limited(reason) }
  static let unread = Trouble(
    .failed, .quarantined, "reading this entry ended the examining process: its bytes were not read")
}

extension Walker {
  func node(_ level: Level?) -> WalkNode { level?.node ?? root }

  /// A container that is about to be opened inside another one.
  func newLevel(inside level: Level?) -> Level {
    let inner = Level(inside: level, node: node(level).nextContainer(quarantine))
    if inner.node.stop == 0 {
      inner.stop = .quarantined
    } else if isListed(ordinal) {
      inner.stop = .crashLimit
    }
    note(inner.node)
    return inner
  }

  /// Of the entry begun last: entries are counted as they are begun, those of later inputs behind those of earlier ones.
  var ordinal: UInt64 { ordinalOfInput + budget.entries }

  /// True when too much has ended the examining process before this place.
  func isListed(_ ordinal: UInt64) -> Bool { quarantine.listedFrom.map { ordinal >= $0 } ?? false }

  /// True when the bytes of the entry that comes next must not be asked for.
  func isNextUnread(in level: Level?) -> Bool {
    guard !quarantine.unread.isEmpty else { return false }
    let node = node(level)
    // A container that stops of itself can be read up to there: see `leavesRest`.
    return quarantine.unread.contains(node.numberOfNextEntry)
      && quarantine.stops[node.numberOfNextContainer] == nil
  }

  /// True when nothing speaks against the bytes behind the last entry of a container: neither they nor those of that
  /// entry have ended a process.
  func canReadOn(in level: Level) -> Bool {
    !isNextUnread(in: level)
      && !quarantine.unread.contains(WalkPlace.entry(level.node.entries, of: level.node.number))
  }

  /// True when what a container left of its bytes must not be read, as it was stopped.
  func leavesRest(_ entry: UInt64, of node: WalkNode, inside: Level) -> Bool {
    inside.stop == .quarantined && quarantine.unread.contains(WalkPlace.entry(entry, of: node.number))
  }

  /// Notes that reading goes on in a container, between its entries.
  func note(_ node: WalkNode) {
    guard isNoted else { return }
    cplaces_set(UInt32(CPLACES_BETWEEN), node.number, node.entries, 0, ordinal)
  }

  /// Notes that the bytes of an entry are read.
  func note(reading entry: UInt64, of node: WalkNode) {
    node.reading = entry
    guard isNoted else { return }
    cplaces_set(UInt32(CPLACES_READING), node.number, entry, 0, ordinal)
  }

  /// Every entry ends here: a container may have to stop behind it.
  func end(_ token: Int, _ outcome: EntryOutcome, in level: Level?) {
    sink.end(token, outcome)
    let node = node(level)
    note(node)
    if let level, let stop = node.stop, node.entries >= stop { level.stop = level.stop ?? .quarantined }
  }
}
