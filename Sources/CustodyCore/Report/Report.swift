/// What judge produces and seal signs: findings, coverage, exposure and limitations.
///
/// A pure function of inventory, policy packs, register, side records and `asOf`.
public struct Report: Sendable, Hashable {
  public var asOf: Instant
  public var engagement: Engagement
  /// Packs, register and records with their digests, in the order they were given.
  public var configuration: [ResourceDescriptor]
  public var result: ReportResult
  public var coverage: Coverage
  /// One line per data class that was observed, by class.
  public var exposure: [ExposureLine]
  /// Most severe first, then by rule, cause and collection.
  public var findings: [Finding]
  public var limitations: [Limitation]
  public var inventory: InventorySummary
  /// Detectors that took part, `name/version`, sorted; their list is part of the configuration.
  public var detectors: [String]
  /// Pictures with the files that are about them, in order of their ordinals.
  public var collections: [LinkedCollection]
  /// What became of every waiver that was given.
  public var waivers: [WaiverUse]

  public init(
    asOf: Instant, engagement: Engagement, configuration: [ResourceDescriptor], result: ReportResult,
    coverage: Coverage, exposure: [ExposureLine], findings: [Finding], limitations: [Limitation],
    inventory: InventorySummary, detectors: [String], collections: [LinkedCollection] = [],
    waivers: [WaiverUse] = []
  ) {
    self.asOf = asOf
    self.engagement = engagement
    self.configuration = configuration
    self.result = result
    self.coverage = coverage
    self.exposure = exposure
    self.findings = findings
    self.limitations = limitations
    self.inventory = inventory
    self.detectors = detectors
    self.collections = collections
    self.waivers = waivers
  }
}

/// FAILED: a violation that is not waived. WARNED: no violation, but something inconclusive or not examined. PASSED: neither.
public enum ReportResult: String, Sendable, Hashable, CaseIterable {
  case passed = "PASSED"
  case warned = "WARNED"
  case failed = "FAILED"
}

/// Who is audited, as the operator said it. Nil means "not supplied"; nothing here is ever invented.
public struct Engagement: Sendable, Hashable {
  public var holder: String?
  public var system: String?
  public init(holder: String? = nil, system: String? = nil) {
    self.holder = holder
    self.system = system
  }
}

/// A file that shaped the result (in-toto resource descriptor: name and digest).
public struct ResourceDescriptor: Sendable, Hashable {
  /// `policy`, `register`, `records`, `limits`
  public var role: String
  /// File or pack name without directories.
  public var name: String
  public var sha256: Digest
  public init(role: String, name: String, sha256: Digest) {
    self.role = role
    self.name = name
    self.sha256 = sha256
  }
}

/// One input under audit as a whole.
public struct SnapshotSummary: Sendable, Hashable {
  /// Position among the inputs, from 1.
  public var ordinal: Int
  /// `file`, `directory` or `stream`
  public var form: String
  /// Bytes read from the input itself; 0 for a directory.
  public var size: UInt64
  /// SHA-256 of the input itself; nil for a directory.
  public var sha256: Digest?
  /// Shown only in restricted output.
  public var name: String
  /// Directories met (they hold no bytes and have no inventory line).
  public var directories: UInt64

  public init(
    ordinal: Int, form: String, size: UInt64, sha256: Digest?, name: String, directories: UInt64
  ) {
    self.ordinal = ordinal
    self.form = form
    self.size = size
    self.sha256 = sha256
    self.name = name
    self.directories = directories
  }
}

/// How complete the answer is: every entry and byte by disposition and reason.
public struct Coverage: Sendable, Hashable {
  public struct Line: Sendable, Hashable {
    public var disposition: Disposition
    public var reason: Reason?
    public var entries: Int
    public var bytes: UInt64
    public init(disposition: Disposition, reason: Reason?, entries: Int, bytes: UInt64) {
      self.disposition = disposition
      self.reason = reason
      self.entries = entries
      self.bytes = bytes
    }
  }
  /// Empty when judge was given an inventory without its scan record.
  public var snapshots: [SnapshotSummary]
  public var entries: Int
  public var bytes: UInt64
  /// Sorted by disposition, then reason.
  public var lines: [Line]

  public init(snapshots: [SnapshotSummary], entries: Int, bytes: UInt64, lines: [Line]) {
    self.snapshots = snapshots
    self.entries = entries
    self.bytes = bytes
    self.lines = lines
  }

  /// True when every entry is `examined`.
  public var isComplete: Bool { lines.allSatisfy { $0.disposition == .examined } }
}

/// What of one data class was seen.
public struct ExposureLine: Sendable, Hashable {
  public var dataClass: DataClass
  /// Entries that carry the class, by the strongest observation in each.
  public var entriesByStrength: [Strength: Int]
  /// Items inside those entries. A picture is one, however many faces or plates it shows.
  public var items: Int
  /// Faces, plates … counted in the pixels of pictures. They are not people: one person can be in many pictures.
  public var seenInPictures: Int
  /// Distinct contents by SHA-256.
  public var distinct: Int
  /// Contents when pictures that look alike (PDQ, at most 31 of 256 bits apart) are counted once; nil without pictures.
  public var lookDistinct: Int?
  /// First and last capture time among observations whose clock is better than the file's own time.
  public var capturedFrom: String?
  public var capturedTo: String?
  /// The best clock met: `record`, `database`, `exif`, `name`, `mtime` or `none`.
  public var clock: String
  /// First and last capture time by the clock that was best for the item, best clock first; the file's own time included.
  public var periods: [CapturePeriod]
  /// Site tokens are names: only their number is shareable.
  public var sites: Int
  /// How many people it can be about; nil where the class is not about people.
  public var subjects: SubjectBounds?

  public init(
    dataClass: DataClass, entriesByStrength: [Strength: Int], items: Int, seenInPictures: Int = 0, distinct: Int,
    lookDistinct: Int? = nil,
    capturedFrom: String? = nil, capturedTo: String? = nil, clock: String = "none",
    periods: [CapturePeriod] = [], sites: Int = 0, subjects: SubjectBounds? = nil
  ) {
    self.dataClass = dataClass
    self.entriesByStrength = entriesByStrength
    self.items = items
    self.seenInPictures = seenInPictures
    self.distinct = distinct
    self.lookDistinct = lookDistinct
    self.capturedFrom = capturedFrom
    self.capturedTo = capturedTo
    self.clock = clock
    self.periods = periods
    self.sites = sites
    self.subjects = subjects
  }
}

/// When items of a class were captured, as one kind of clock tells it.
public struct CapturePeriod: Sendable, Hashable {
  /// `record`, `database`, `exif`, `name` or `mtime`: copying resets the last.
  public var clock: String
  public var from: String
  public var to: String
  /// Entries dated by it.
  public var entries: Int

  public init(clock: String, from: String, to: String, entries: Int) {
    self.clock = clock
    self.from = from
    self.to = to
    self.entries = entries
  }
}

/// Something the reader must know before relying on the answer.
public struct Limitation: Sendable, Hashable {
  /// Stable code, e.g. `no-register`, `pixels-not-examined`.
  public var code: String
  public var text: String
  /// How many entries it touches; 0 when it touches the audit as a whole.
  public var entries: Int
  public init(code: String, text: String, entries: Int) {
    self.code = code
    self.text = text
    self.entries = entries
  }
}

/// The inventory as the report knows it.
public struct InventorySummary: Sendable, Hashable {
  /// SHA-256 of the file `inventory.jsonl`.
  public var sha256: Digest
  public var treeSize: UInt64
  /// RFC 6962 section 2.1 tree head over the lines without their newlines.
  public var rootHash: Digest
  public init(sha256: Digest, treeSize: UInt64, rootHash: Digest) {
    self.sha256 = sha256
    self.treeSize = treeSize
    self.rootHash = rootHash
  }
}
