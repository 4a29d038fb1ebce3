public import CustodyCore

/// What is known of an entry before its bytes.
public struct EntryHeader: Sendable {
  /// Chain of containers and the raw path.
  public var locator: Locator
  /// Modification time recorded beside the entry, whole seconds.
  public var modified: Instant?
  /// `inode/*` for what has no bytes of its own (links, devices, pipes, sockets); the media type of a container;
  /// otherwise nil, to be found from the bytes.
  public var kind: ContentKind?
  /// True when the entry is opened as a container (or would be, but for a limit); its members have locators below it.
  public var isContainer: Bool
  /// The size its container claims, in bytes. Never to be trusted.
  public var declaredSize: UInt64?
  /// Target of a link, raw bytes; never followed.
  public var link: [UInt8]?
  /// The program's own words; they quote nothing from the input.
  public var notes: [String]
  /// Mode bits of a Unix file system, in a folder, a tar or a cpio, let everybody read it (POSIX `S_IROTH`).
  public var isWorldReadable = false
  /// The file was deleted from a file system in a disk image; its bytes were still there.
  public var isDeleted = false
  /// The place of the entry in the walk, the same whenever the same snapshot is read; 0 where nobody counts.
  public var number: UInt64 = 0
  /// Counts entries as they are begun, over all inputs; 0 where nobody counts.
  public var ordinal: UInt64 = 0
  /// Examining it has ended a process before: its bytes are only to be hashed.
  public var isUnexamined = false
  /// Too much before it has ended a process: its bytes are only to be hashed.
  public var isListed = false

  public init(
    locator: Locator, modified: Instant? = nil, kind: ContentKind? = nil, isContainer: Bool = false,
    declaredSize: UInt64? = nil, link: [UInt8]? = nil, notes: [String] = []
  ) {
    self.locator = locator
    self.modified = modified
    self.kind = kind
    self.isContainer = isContainer
    self.declaredSize = declaredSize
    self.link = link
    self.notes = notes
  }
}

/// How reading an entry ended.
public struct EntryOutcome: Sendable {
  /// nil when there is nothing to complain of: the pipeline decides.
  public var disposition: Disposition?
  /// Present exactly when `disposition` is.
  public var reason: Reason?
  /// More of the program's own words.
  public var notes: [String]
  /// False when not all logical bytes were delivered: no digest may be published then.
  public var contentComplete: Bool
  /// Bytes of an entry that is no container which were opened as an archive: its members are entries.
  public var opened: Range<UInt64>?

  public init(
    disposition: Disposition? = nil, reason: Reason? = nil, notes: [String] = [], contentComplete: Bool = true
  ) {
    self.disposition = disposition
    self.reason = reason
    self.notes = notes
    self.contentComplete = contentComplete
  }
}

/// Receives what a `SnapshotReader` finds.
///
/// | call | thread |
/// |---|---|
/// | `begin`, `data`, `zeros`, `end` | the one that called `read` |
/// | `snapshotBlock` | the same, or (zip, 7z and ISO files read in place) one other; never two at a time |
///
/// For every token: `begin`, then any number of `data` and `zeros`, then `end`, once. Entries nest: between `begin` and
/// `end` of a container come its members. Bytes of a container and of its members may be interleaved.
public protocol EntrySink: AnyObject {
  /// Bytes of the input itself, in order, each exactly once. Files and streams only, not directories.
  func snapshotBlock(_ block: Block)
  /// A new entry. Returns a token by which the reader names it from now on.
  func begin(_ entry: EntryHeader) -> Int
  /// The next bytes of an entry, valid only during the call.
  func data(_ bytes: UnsafeRawBufferPointer, of token: Int)
  /// A hole in a sparse entry: `count` zero bytes. At most `SnapshotLimits.maxEntrySize`.
  func zeros(_ count: UInt64, of token: Int)
  /// The entry is over; a container's comes after those of all its members.
  func end(_ token: Int, _ outcome: EntryOutcome)
}

/// Why something was not read whole.
struct Trouble {
  var disposition: Disposition
  var reason: Reason
  var note: String?

  init(_ disposition: Disposition, _ reason: Reason, _ note: String? = nil) {
    self.disposition = disposition
    self.reason = reason
    self.note = note
  }
  /// What ended a container before its end: a limit, or the place behind which it must not be read again.
  static func limited(_ reason: Reason) -> Trouble {
    reason == .quarantined ? .stopped : Trouble(.limited, reason)
  }
}

/// Collects what went wrong with one entry; the gravest trouble gives its disposition, all of them leave notes.
struct Account {
  private(set) var trouble: Trouble?
  private(set) var notes: [String] = []
  private static let maxNotes = 16

  mutating func add(_ trouble: Trouble?) {
    guard let trouble else { return }
    if let note = trouble.note { self.note(note) }
    guard let old = self.trouble else {
      self.trouble = trouble
      return
    }
    if Self.rank(trouble.disposition) > Self.rank(old.disposition) { self.trouble = trouble }
  }

  mutating func add(_ other: Account) {
    for note in other.notes { self.note(note) }
    add(other.trouble)
  }

  mutating func note(_ text: String) {
    guard notes.count < Self.maxNotes, !notes.contains(text) else { return }
    notes.append(text)
  }

  /// Of an archive that lies in an entry of another kind: when the archive is damaged, the entry is not.
  var ofAppended: Account {
    guard trouble?.disposition == .failed else { return self }
    var account = Account()
    for note in notes { account.note(note) }
    account.add(Trouble(.partial, .appendedDataNotOpened, "the archive in it could not be read whole"))
    return account
  }

  func outcome(complete: Bool) -> EntryOutcome {
    EntryOutcome(
      disposition: trouble?.disposition, reason: trouble?.reason, notes: notes, contentComplete: complete)
  }

  private static func rank(_ disposition: Disposition) -> Int {
    switch disposition {
    case .examined: 0
    case .partial: 1
    case .opaque: 2
    case .limited: 3
    case .failed: 4
    }
  }
}
