import CustodyCore
import Glibc

/// Walks a directory in byte order of names, relative to open descriptors, following no link.
struct DirectoryWalk {
  private let walker: Walker
  private let progress: ReadProgress
  private let pool = BlockPool(limit: 4)
  private var root: [UInt8] = []
  /// First path of every file that has several.
  private var linked: [FileIdentity: [UInt8]] = [:]
  private var isFull = false

  private struct FileIdentity: Hashable {
    var device: UInt
    var inode: UInt
  }

  init(_ walker: Walker, _ progress: ReadProgress) {
    self.walker = walker
    self.progress = progress
  }

  /// - Parameter descriptor: the directory; stays open.
  mutating func run(_ descriptor: Int32, name: [UInt8]) {
    root = name
    let own = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard own >= 0 else { return unreadable([], .directory) }
    attributes(own, EntryHeader(locator: Locator([root])))
    walk(own, [])
    if isFull, walker.budget.entries >= walker.limits.maxEntries {
      let token = walker.sink.begin(EntryHeader(locator: Locator([root]), kind: .directory))
      walker.sink.end(
        token, EntryOutcome(disposition: .limited, reason: .entriesLimit, contentComplete: false))
    }
  }

  /// Takes the descriptor over.
  private mutating func walk(_ descriptor: Int32, _ path: [UInt8]) {
    guard let stream = fdopendir(descriptor) else {
      close(descriptor)
      return unreadable(path, .directory)
    }
    defer { closedir(stream) }
    let (names, complete) = Self.names(stream)
    if !complete { unreadable(path, .directory) }
    for name in names {
      if isFull { return }
      visit(dirfd(stream), name, path.isEmpty ? name : path + [0x2F] + name)
    }
  }

  private static func names(_ stream: OpaquePointer) -> (sorted: [[UInt8]], complete: Bool) {
    var names: [[UInt8]] = []
    while true {
      errno = 0
      guard let item = readdir(stream) else { break }
      let name = withUnsafeBytes(of: &item.pointee.d_name) { raw in
        [UInt8](raw.prefix { $0 != 0 })
      }
      if name != [0x2E], name != [0x2E, 0x2E] { names.append(name) }
    }
    let complete = errno == 0
    names.sort { $0.lexicographicallyPrecedes($1) }
    return (names, complete)
  }

  private mutating func visit(_ parent: Int32, _ name: [UInt8], _ path: [UInt8]) {
    var status = stat()
    let text = name.map { CChar(bitPattern: $0) } + [0]
    guard fstatat(parent, text, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return unreadable(path, nil) }
    let mode = UInt32(status.st_mode)
    if mode & FileType.mask == FileType.directory {
      walker.directories += 1
      let child = openat(parent, text, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      guard child >= 0 else { return unreadable(path, .directory) }
      attributes(child, Self.header(root, path, status))
      return walk(child, path)
    }
    var entry = Self.header(root, path, status)
    if let kind = FileType.kind(mode) {
      entry.kind = kind
      if kind == .symlink { entry.link = Self.target(parent, text) }
      return note(entry, nil)
    }
    if status.st_nlink > 1 {
      let identity = FileIdentity(device: UInt(status.st_dev), inode: UInt(status.st_ino))
      if let first = linked[identity] {
        entry.kind = .hardlink
        entry.link = first
        return note(entry, nil)
      }
      linked[identity] = path
    }
    file(parent, text, status, entry)
  }

  private static func header(_ root: [UInt8], _ path: [UInt8], _ status: stat) -> EntryHeader {
    var entry = EntryHeader(
      locator: Locator([root, path]), modified: Instant(seconds: Int64(status.st_mtim.tv_sec)))
    entry.isWorldReadable = UInt32(status.st_mode) & FileType.readableByOthers != 0
    return entry
  }

  private mutating func file(_ parent: Int32, _ name: [CChar], _ seen: stat, _ entry: EntryHeader) {
    let descriptor = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      return note(entry, Trouble(.failed, .unreadable, "the file cannot be opened"))
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, UInt32(status.st_mode) & FileType.mask == FileType.regular,
      status.st_ino == seen.st_ino, status.st_dev == seen.st_dev
    else { return note(entry, Trouble(.failed, .changedWhileReading)) }
    let source = DescriptorSource(descriptor, pool: pool, publish: nil, progress: progress)
    source.place = FilePlace(descriptor: descriptor, offset: 0)
    source.total = UInt64(clamping: status.st_size)
    let before = FileStamp(status)
    source.closing = { FileStamp(descriptor) == before ? nil : Trouble(.failed, .changedWhileReading) }
    var entry = entry
    entry.declaredSize = source.total
    let count = walker.budget.entries
    walker.examine(source, entry, in: nil)
    if walker.budget.entries == count { isFull = true }
    attributes(descriptor, entry)
  }

  /// The attributes of a file or a folder, through the descriptor by which it is read.
  private mutating func attributes(_ descriptor: Int32, _ entry: EntryHeader) {
    guard !isFull else { return }
    let found = ExtendedAttributes(of: descriptor)
    guard !found.isEmpty else { return }
    var account = Account()
    if !walker.examine(found, of: entry, in: nil, &account) { isFull = true }
    // No archive is around them to say it.
    if let trouble = account.trouble, !isFull {
      note(EntryHeader(locator: walker.attributePlace(entry)), trouble)
    }
  }

  private mutating func note(_ entry: EntryHeader, _ trouble: Trouble?) {
    let count = walker.budget.entries
    walker.bare(entry, trouble, in: nil)
    if walker.budget.entries == count { isFull = true }
  }

  private mutating func unreadable(_ path: [UInt8], _ kind: ContentKind?) {
    let locator = Locator(path.isEmpty ? [root] : [root, path])
    note(EntryHeader(locator: locator, kind: kind), Trouble(.failed, .unreadable, "it cannot be opened or listed"))
  }

  private static func target(_ parent: Int32, _ name: [CChar]) -> [UInt8] {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlinkat(parent, name, &buffer, buffer.count)
    return buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
  }
}
