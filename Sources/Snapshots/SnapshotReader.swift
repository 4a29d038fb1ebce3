// Not used here: whichever C module is loaded first owns `timespec`, and both must be visible.
import CArchive
internal import CPlaces
public import CustodyCore
import Glibc

/// Where a snapshot comes from.
public enum SnapshotInput: Sendable {
  /// A file or a directory. A symbolic link given here is followed; none below it is.
  case path(String)
  /// The same, opened for reading by somebody else, with the path it was opened by. The descriptor stays open.
  case opened(descriptor: Int32, path: String)
  /// Something that can only be read from front to back, such as standard input, with the name it shall have.
  case stream(descriptor: Int32, name: String)
}

/// What was read.
public struct SnapshotReadSummary: Sendable, Hashable {
  public enum Form: String, Sendable { case file, directory, stream }
  public var form: Form
  /// Bytes read from the input, or from all files of a directory.
  public var bytesRead: UInt64
  /// Size of a regular file in bytes, as the file system gave it at the start.
  public var totalSize: UInt64?
  /// Directories that carry no data and so have no entry.
  public var directories: UInt64
  /// Entries begun.
  public var entries: UInt64
  /// Remarks on the input itself when it is an archive read without trouble (such an archive has no entry).
  public var notes: [String] = []
}

/// Turns one input into entries.
///
/// ```swift
/// let summary = try SnapshotReader().read(.path("usb.tar"), into: sink)
/// ```
///
/// Containers are recognized by content at every level and descended into. An input that is itself a container has
/// no entry, unless something is wrong with it: then a `begin` and an `end` without data follow its members. Locators
/// start with the input's last path component.
///
/// Reading sets the time zone of the process to UTC (`TZ=UTC0`), because libarchive reads zip times in local time; the
/// calling thread's locale is changed during the call only.
public struct SnapshotReader: Sendable {
  public var limits: SnapshotLimits
  /// Where temporary files come from.
  public var spool: SpoolSupply
  /// What must not be read again.
  public var quarantine = Quarantine()
  /// Of the input among all that are read together, from 1.
  public var ordinal = 1

  public init(limits: SnapshotLimits = SnapshotLimits(), spool: SpoolSupply = .own) {
    self.limits = limits
    self.spool = spool
  }

  /// Loads what reading otherwise loads from the disk on first use (locales, character conversions, the time zone), so
  /// that a process without a file system reads the same.
  public static func prepare() { NameLocale.prepare() }

  /// Reads the whole input; returns when every entry has ended.
  ///
  /// - Parameters:
  ///   - input: what to read. A descriptor stays open.
  ///   - sink: receives everything; see `EntrySink` for the threads.
  ///   - progress: kept up to date meanwhile, for other threads to look at.
  /// - Throws: `snapshot.unreadable` when the input itself cannot be opened. Nothing inside it ever throws.
  public func read(
    _ input: SnapshotInput, into sink: any EntrySink, progress: ReadProgress? = nil
  ) throws(Complaint) -> SnapshotReadSummary {
    _ = NameLocale.utcTimes
    let previous = NameLocale.current()
    defer { NameLocale.restore(previous) }
    let progress = progress ?? ReadProgress()
    let walker = Walker(
      limits, sink: sink, progress: progress, spool: spool, quarantine: quarantine, ordinal: ordinal)
    defer { cplaces_set(UInt32(CPLACES_NOWHERE), 0, 0, 0, 0) }
    switch input {
    case .stream(let descriptor, let name):
      return Self.stream(descriptor, name, walker, progress)
    case .path(let path):
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw Self.complaint(path, errno) }
      defer { close(descriptor) }
      return try opened(descriptor, path, walker, progress)
    case .opened(let descriptor, let path):
      return try opened(descriptor, path, walker, progress)
    }
  }

  private func opened(
    _ descriptor: Int32, _ path: String, _ walker: Walker, _ progress: ReadProgress
  ) throws(Complaint) -> SnapshotReadSummary {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.complaint(path, errno) }
    switch UInt32(status.st_mode) & FileType.mask {
    case FileType.directory:
      var walk = DirectoryWalk(walker, progress)
      walk.run(descriptor, name: Self.name(path))
      return Self.summary(.directory, nil, walker, progress)
    case FileType.regular:
      return Self.file(descriptor, Self.name(path), status, walker, progress)
    default:
      return Self.stream(descriptor, path, walker, progress)
    }
  }

  private static func stream(
    _ descriptor: Int32, _ name: String, _ walker: Walker, _ progress: ReadProgress
  ) -> SnapshotReadSummary {
    let source = DescriptorSource(descriptor, pool: BlockPool(), publish: walker.sink, progress: progress)
    let entry = EntryHeader(locator: Locator(name))
    let notes = walker.input(source, entry, random: nil, pool: nil)
    return summary(.stream, nil, walker, progress, notes)
  }

  private static func file(
    _ descriptor: Int32, _ name: [UInt8], _ status: stat, _ walker: Walker, _ progress: ReadProgress
  ) -> SnapshotReadSummary {
    let size = UInt64(clamping: status.st_size)
    progress.expect(size)
    let pool = BlockPool()
    let source = DescriptorSource(descriptor, pool: pool, publish: walker.sink, progress: progress)
    source.place = FilePlace(descriptor: descriptor, offset: 0)
    source.total = size
    let before = FileStamp(status)
    source.closing = { FileStamp(descriptor) == before ? nil : Trouble(.failed, .changedWhileReading) }
    let entry = EntryHeader(
      locator: Locator([name]), modified: Instant(seconds: Int64(status.st_mtim.tv_sec)), declaredSize: size)
    let notes = walker.input(
      source, entry, random: FileRange(descriptor, from: 0, size: size), pool: pool)
    return summary(.file, size, walker, progress, notes)
  }

  private static func summary(
    _ form: SnapshotReadSummary.Form, _ size: UInt64?, _ walker: Walker, _ progress: ReadProgress,
    _ notes: [String] = []
  ) -> SnapshotReadSummary {
    SnapshotReadSummary(
      form: form, bytesRead: progress.bytesRead, totalSize: size, directories: walker.directories,
      entries: walker.budget.entries, notes: notes)
  }

  /// Last component of a path; of the real path where that says more (`.`, `..`, a trailing slash).
  private static func name(_ path: String) -> [UInt8] {
    func last(_ bytes: [UInt8]) -> [UInt8] {
      var end = bytes.count
      while end > 1, bytes[end - 1] == 0x2F { end -= 1 }
      let start = bytes[0..<end].lastIndex(of: 0x2F).map { $0 + 1 } ?? 0
      return Array(bytes[min(start, max(0, end - 1))..<end])
    }
    let name = last(Array(path.utf8))
    guard name == [0x2E] || name == [0x2E, 0x2E] || name.isEmpty else { return name }
    guard let real = realpath(path, nil) else { return name }
    defer { free(real) }
    return last(Array(String(cString: real).utf8))
  }

  private static func complaint(_ path: String, _ error: Int32) -> Complaint {
    Complaint(
      code: "snapshot.unreadable", "the snapshot cannot be opened: " + String(cString: strerror(error)).lowercased(),
      at: Printable.escape(path), hint: "give a file or a directory that you may read, or - for standard input")
  }
}

/// What changes when somebody writes to a file.
struct FileStamp: Equatable {
  var size: Int64
  var seconds: Int
  var nanoseconds: Int

  init(_ status: stat) {
    size = Int64(status.st_size)
    seconds = status.st_mtim.tv_sec
    nanoseconds = status.st_mtim.tv_nsec
  }

  init?(_ descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }
}
