import CustodyCore

/// How much work one snapshot may cause. Reaching a limit ends one entry or one container with the disposition
/// `limited` and a reason; it never ends the scan and never drops an entry silently.
///
/// All nested archives draw on the same account, so nesting cannot multiply an allowance.
public struct SnapshotLimits: Sendable, Hashable {
  /// Containers that may enclose an entry, each compression filter counting as one. Reason `depth-limit`.
  public var maxDepth = 17
  /// Entries of the whole snapshot. Reason `entries-limit`.
  public var maxEntries: UInt64 = 20_000_000
  /// Bytes that all archives and filters together may yield (a tar inside a gzip counts in both). Reason
  /// `expanded-bytes-limit`.
  public var maxExpandedBytes: UInt64 = 16 << 40
  /// Bytes a container yields, its nested containers included, per byte read from it. Reason `expansion-ratio-limit`.
  public var maxExpansionRatio: UInt64 = 10_000
  /// A container's yield, in bytes, below which its ratio is not looked at.
  public var ratioFreeBytes: UInt64 = 64 << 20
  /// Logical bytes of one entry, holes included. Reason `entry-size-limit`.
  public var maxEntrySize: UInt64 = 8 << 40
  /// Wall time for reading one entry that is not a container, in seconds. Reason `entry-time-limit`.
  public var entryTime: UInt64 = 3600
  /// Bytes that may lie in temporary files at one time. Reason `spool-limit`.
  public var maxSpoolBytes: UInt64 = 64 << 30
  /// Bytes kept in memory, all nesting levels together, before a temporary file is used.
  public var maxSpoolMemory: UInt64 = 32 << 20
  /// Bytes of one member path; a longer one is cut and noted.
  public var maxPathBytes = 65_536
  /// Largest streamed entry that is kept in memory to look for an archive appended to it, in bytes.
  public var maxAppendedSearch = 16 << 20

  public init() {}
}

/// One container that is open: what it has taken in and given out, linked to the containers around it.
final class Level {
  let parent: Level?
  /// 1 for a container that is the snapshot itself or lies directly in a directory.
  let depth: Int
  var compressed: UInt64 = 0
  var expanded: UInt64 = 0
  /// Set when a limit ended this container; its members are not read any further.
  var stop: Reason?
  /// What its entries are counted by.
  var node: WalkNode

  /// - Parameter node: its place in the walk; a trial that is no part of the walk has none.
  init(inside parent: Level?, node: WalkNode = WalkNode(0)) {
    self.parent = parent
    self.node = node
    depth = (parent?.depth ?? 0) + 1
  }
}

/// The account that all containers of one snapshot share.
final class Budget {
  let limits: SnapshotLimits
  private(set) var entries: UInt64 = 0
  private var expanded: UInt64 = 0
  var spooled: UInt64 = 0
  var spooledInMemory: UInt64 = 0

  let spool: SpoolSupply

  init(_ limits: SnapshotLimits, spool: SpoolSupply = .own) {
    self.limits = limits
    self.spool = spool
  }

  /// Counts one entry, or says no and stops every open container.
  func admitEntry(in level: Level?) -> Bool {
    guard entries < limits.maxEntries else {
      stopAll(level, .entriesLimit)
      return false
    }
    entries += 1
    return true
  }

  /// Counts the bytes of one entry of a container, which may not pass the limit of an entry either.
  func account(of level: Level) -> (_ count: UInt64) -> Reason? {
    var taken: UInt64 = 0
    return { [self] count in
      taken = taken.addingClamped(count)
      return taken > limits.maxEntrySize ? .entrySizeLimit : charge(count, to: level)
    }
  }

  /// Counts bytes a container is about to deliver. A reason means: do not deliver them.
  func charge(_ count: UInt64, to level: Level) -> Reason? {
    if let stop = level.stop { return stop }
    expanded = expanded.addingClamped(count)
    if expanded > limits.maxExpandedBytes {
      stopAll(level, .expandedBytesLimit)
      return .expandedBytesLimit
    }
    var outermost: Level?
    var next: Level? = level
    while let l = next {
      l.expanded = l.expanded.addingClamped(count)
      if l.expanded > limits.ratioFreeBytes, l.expanded / max(1, l.compressed) >= limits.maxExpansionRatio {
        outermost = l
      }
      next = l.parent
    }
    guard let outermost else { return nil }
    next = level
    while let l = next {
      l.stop = l.stop ?? .ratioLimit
      next = l === outermost ? nil : l.parent
    }
    return .ratioLimit
  }

  /// True when so many bytes more would end no container. What can be told to be a hole before it is read can be left
  /// out alone.
  func admits(_ count: UInt64, to level: Level) -> Bool {
    guard level.stop == nil, expanded.addingClamped(count) <= limits.maxExpandedBytes else { return false }
    var next: Level? = level
    while let l = next {
      let after = l.expanded.addingClamped(count)
      if after > limits.ratioFreeBytes, after / max(1, l.compressed) >= limits.maxExpansionRatio { return false }
      next = l.parent
    }
    return true
  }

  private func stopAll(_ level: Level?, _ reason: Reason) {
    var next = level
    while let l = next {
      l.stop = l.stop ?? reason
      next = l.parent
    }
  }
}

extension UInt64 {
  func addingClamped(_ other: UInt64) -> UInt64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
