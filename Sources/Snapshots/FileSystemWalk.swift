import CTsk
import CustodyCore

/// Every file of one file system: those with a name, then deleted ones, then those no directory names, then whatever
/// bytes nobody's content claimed.
final class FileSystemWalk {
  private let walker: Walker
  private let system: FileSystem
  private let locator: Locator
  private let prefix: [UInt8]
  private let level: Level
  var account = Account()

  private var claims: ClaimedBytes
  private var seen = InodeSet()
  /// First names of files that have several.
  private var linked: [UInt64: [UInt8]] = [:]
  /// Names that are not in use any more, for when all in use were seen.
  private var deleted: [Found] = []
  private var deletedBytes = 0
  private var overlapping: UInt64 = 0
  /// Where the records of an NTFS lie; small files are inside them.
  private var records: (layout: FileSystem.Layout, size: UInt64)?

  private static let maxDeletedBytes = 64 << 20
  private static let maxLinked = 1 << 20

  private static let label = Array(" (Volume Label Entry)".utf8)
  private static let exFATTables = ["$ALLOC_BITMAP", "$UPCASE_TABLE"].map { Array($0.utf8) }

  private struct Found {
    var path: [UInt8]
    var inode: UInt64
  }

  init(_ walker: Walker, _ system: FileSystem, _ locator: Locator, _ prefix: [UInt8], _ level: Level) {
    self.walker = walker
    self.system = system
    self.locator = locator
    self.prefix = prefix
    self.level = level
    let unit = system.form == .ntfs ? min(1024, system.blockSize) : system.blockSize
    claims = ClaimedBytes(size: system.content.size, unit: unit)
  }

  func run() {
    if system.form == .ntfs { readRecordPlaces() }
    named()
    if level.stop == nil { unnamed() }
    if system.isExhausted {
      account.add(Trouble(.failed, .corrupt, "the file system's structures lead nowhere; reading them was given up"))
    }
    // What was not reached by its name is searched with the rest: that needs nothing of the library.
    let isStopped = level.stop == .quarantined
    if isStopped {
      account.add(.stopped)
      level.stop = nil
    }
    if level.stop == nil { unclaimed() }
    if isStopped, level.stop == .quarantined { level.stop = nil }
    if let reason = level.stop { account.add(.limited(reason)) }
  }

  // MARK: Walking

  private func named() {
    seen.insert(system.root)
    var folders = [Found(path: prefix, inode: system.root)]
    while let folder = folders.popLast() {
      walk(folder, isDeleted: false, &folders)
      if level.stop != nil { return }
    }
    var next = 0
    while next < deleted.count, level.stop == nil, !system.isExhausted {
      let found = deleted[next]
      next += 1
      guard let file = system.file(found.inode), file.meta.is_deleted != 0, seen.insert(found.inode) else { continue }
      if file.meta.type == CTSK_DIRECTORY {
        var folders: [Found] = []
        walk(found, isDeleted: true, &folders)
      } else {
        lost(file, found, note: "deleted")
      }
    }
  }

  private func walk(_ folder: Found, isDeleted: Bool, _ folders: inout [Found]) {
    guard let names = system.names(of: folder.inode) else {
      if !isDeleted { account.add(Trouble(.failed, .corrupt, "a directory cannot be read")) }
      return
    }
    if !isDeleted { walker.directories += 1 }
    for name in names {
      if level.stop != nil { return }
      if name.type == CTSK_VIRTUAL || isMetadata(name, in: folder) { continue }
      var notes: [String] = []
      let path = self.path(folder.path, name.name, &notes)
      let found = Found(path: path, inode: name.inode)
      if isDeleted || name.isDeleted {
        keep(found)
        continue
      }
      guard let file = system.file(name.inode) else {
        let header = EntryHeader(locator: locator.appending(path), notes: notes)
        walker.bare(header, Trouble(.failed, .corrupt, "the name leads to no file"), in: level)
        continue
      }
      if file.meta.is_deleted != 0 {
        keep(found)
        continue
      }
      if file.meta.type == CTSK_DIRECTORY {
        guard seen.insert(name.inode) else {
          account.add(Trouble(.failed, .corrupt, "a directory is named twice"))
          continue
        }
        if system.form == .ntfs { use(file, found, notes) }
        if notes.isEmpty {
          folders.append(found)
        } else {
          account.add(.limited(.pathLengthLimit))
        }
      } else {
        use(file, found, notes)
      }
    }
  }

  /// Structures of the file system that the library lists as if they were files: examined with the unclaimed bytes.
  private func isMetadata(_ name: FileSystem.Name, in folder: Found) -> Bool {
    switch system.form {
    // The first records of an NTFS are its own, but for the root and the folder of extensions.
    case .ntfs: name.inode < 24 && name.inode != 11
    case .exfat where folder.inode == system.root && Self.exFATTables.contains(name.name): true
    case .fat, .exfat: name.name.suffix(Self.label.count) == Self.label[...]
    default: false
    }
  }

  private func path(_ folder: [UInt8], _ name: [UInt8], _ notes: inout [String]) -> [UInt8] {
    var path = folder
    path.append(0x2F)
    path += name.isEmpty ? Array("?unnamed".utf8) : name
    let limit = max(1, walker.limits.maxPathBytes)
    if path.count > limit {
      path.removeLast(path.count - limit)
      notes.append("the path is longer than the limit and was cut")
    }
    return path
  }

  private func keep(_ found: Found) {
    guard found.inode >= system.inodes.lowerBound, found.inode < system.inodes.upperBound, !seen.contains(found.inode)
    else { return }
    guard deletedBytes + found.path.count + 32 <= Self.maxDeletedBytes else {
      // Their bytes are still found, with those nobody claims.
      return account.note("more deleted names than are kept")
    }
    deletedBytes += found.path.count + 32
    deleted.append(found)
  }

  /// Files that no directory names, where they can be found by counting.
  private func unnamed() {
    guard system.form == .ext || system.form == .ntfs else { return }
    let first = max(system.inodes.lowerBound, system.form == .ext ? 11 : 24)
    guard first < system.inodes.upperBound else { return }
    let sparse = system.form == .ext ? SparseInodes(system.content) : nil
    var next = first
    while next < system.inodes.upperBound {
      if level.stop != nil || system.isExhausted { return }
      let absent = sparse?.absent(from: next) ?? 0
      let inode = next
      next = next.addingClamped(max(1, absent))
      guard absent == 0, !seen.contains(inode), let file = system.file(inode), file.meta.type == CTSK_FILE else {
        continue
      }
      let path = prefix + Array(("/$orphans/" + String(inode)).utf8)
      lost(file, Found(path: path, inode: inode), note: "no directory names it")
    }
  }

  // MARK: Files

  private func header(_ file: FileSystem.File, _ path: [UInt8], _ notes: [String]) -> EntryHeader {
    var header = EntryHeader(locator: locator.appending(path), notes: notes)
    if file.meta.modified != 0 { header.modified = Instant(seconds: file.meta.modified) }
    if file.meta.mode != 0 { header.isWorldReadable = file.meta.mode & FileType.readableByOthers != 0 }
    header.isDeleted = file.meta.is_deleted != 0
    return header
  }

  /// A file with a name in use: all its streams.
  private func use(_ file: FileSystem.File, _ found: Found, _ notes: [String]) {
    var header = header(file, found.path, notes)
    let isDirectory = file.meta.type == CTSK_DIRECTORY
    if !isDirectory, !seen.insert(found.inode) {
      header.link = linked[found.inode] ?? []
      header.kind = .hardlink
      return walker.bare(header, nil, in: level)
    }
    if !isDirectory, file.meta.links > 1, linked.count < Self.maxLinked { linked[found.inode] = found.path }
    switch file.meta.type {
    case CTSK_SYMLINK:
      header.kind = .symlink
      header.link = file.link
      return walker.bare(header, nil, in: level)
    case CTSK_FIFO, CTSK_DEVICE, CTSK_SOCKET:
      header.kind =
        file.meta.type == CTSK_FIFO ? .fifo : file.meta.type == CTSK_SOCKET ? .socket : .device
      return walker.bare(header, nil, in: level)
    default: break
    }
    header.declaredSize = file.meta.size
    if file.claimsTooMuch { return walker.bare(header, .limited(.entrySizeLimit), in: level) }
    guard let streams = file.streams() else {
      return walker.bare(
        header, Trouble(.failed, .corrupt, "the file system does not tell where the file lies"), in: level)
    }
    var hasContent = isDirectory
    for stream in streams where level.stop == nil {
      if stream.name == nil { hasContent = true }
      if isDirectory, stream.name == nil { continue }
      deliver(file, stream, header)
    }
    if !hasContent {
      let trouble = Trouble(.failed, .corrupt, "the file system does not tell where the file lies")
      walker.bare(header, file.meta.size > 0 ? trouble : nil, in: level)
    }
  }

  /// A file without a name in use: what of it nobody else has.
  private func lost(_ file: FileSystem.File, _ found: Found, note: String) {
    guard let streams = file.streams() else { return }
    for stream in streams where level.stop == nil {
      guard stream.size > 0, !stream.isEncrypted, isOwn(stream) else { continue }
      deliver(file, stream, header(file, found.path, [note]))
    }
  }

  /// True when the stream has bytes and none of them was examined as part of another file.
  private func isOwn(_ stream: FileSystem.File.Stream) -> Bool {
    switch stream.place {
    case .inside(let bytes): return !bytes.isEmpty
    case .pieces(let layout), .compressed(let layout):
      // Half a file is made of what can be found; a deleted one is not, its bytes are searched with the rest.
      guard !layout.isDamaged, layout.length == stream.size else { return false }
      var hasBytes = false
      for piece in layout.pieces {
        guard let start = piece.start else { continue }
        hasBytes = true
        if claims.overlaps(start, piece.length) { return false }
      }
      return hasBytes
    }
  }

  private func deliver(_ file: FileSystem.File, _ stream: FileSystem.File.Stream, _ header: EntryHeader) {
    var header = header
    if let name = stream.name {
      let path = (header.locator.components.last ?? []) + [0x3A] + name
      header.locator = locator.appending(Array(path.prefix(max(1, walker.limits.maxPathBytes))))
      header.notes.append("an alternate data stream")
    }
    header.declaredSize = stream.size
    // What must not be read as a file is left to the search of the rest.
    if walker.isNextUnread(in: level) { return walker.bare(header, .unread, in: level) }
    claim(file, stream)
    if stream.isEncrypted { return walker.bare(header, Trouble(.opaque, .encrypted), in: level) }
    let source = StreamSource(file, stream, system.content, budget: walker.budget, level: level)
    walker.examine(source, header, in: level)
  }

  /// Marks the bytes of a stream as examined. Where files claim the same bytes that is damage, and bounded.
  private func claim(_ file: FileSystem.File, _ stream: FileSystem.File.Stream) {
    switch stream.place {
    case .inside:
      if let place = record(file.meta.inode), let records { claims.claim(place, records.size) }
    case .pieces(let layout), .compressed(let layout):
      for piece in layout.pieces {
        guard let start = piece.start else { continue }
        if claims.overlaps(start, piece.length) {
          account.add(Trouble(.failed, .corrupt, "files claim the same bytes"))
          overlapping = overlapping.addingClamped(piece.length)
          if overlapping > max(64 << 20, system.content.dataSize.multipliedClamped(4)) {
            level.stop = level.stop ?? .ratioLimit
          }
        }
        claims.claim(start, piece.length)
      }
    }
  }

  // MARK: The rest

  private func readRecordPlaces() {
    let boot = system.content.bytes(at: 0, count: 512)
    guard boot.count == 512, let file = system.file(0),
      let data = file.streams()?.first(where: { $0.name == nil }), case .pieces(let layout) = data.place
    else { return }
    let code = Int8(bitPattern: boot[64])
    let size = code > 0 ? UInt64(code) * system.blockSize : 1 << min(16, UInt64(-Int(code)))
    guard (512...65_536).contains(size) else { return }
    records = (layout, size)
  }

  /// Where the record of an inode lies.
  private func record(_ inode: UInt64) -> UInt64? {
    guard let records else { return nil }
    var offset = inode.multipliedClamped(records.size)
    for piece in records.layout.pieces {
      if offset < piece.length { return piece.start.map { $0 + offset } }
      offset -= piece.length
    }
    return nil
  }

  /// Free space, slack, journals, directories, deleted files that were partly overwritten: searched as bytes.
  private func unclaimed() {
    let name = prefix + Array("/$unallocated".utf8)
    let whole = 0..<system.content.size
    for range in system.content.islands(whole) where level.stop == nil {
      guard range == whole || !claims.covers(range) else { continue }
      let source = UnclaimedSource(system.content, claims, range, charge: walker.budget.account(of: level))
      let length = range.upperBound - range.lowerBound
      let path = range == whole ? name : name + [0x2F] + Names.range(range.lowerBound, length)
      let header = EntryHeader(
        locator: locator.appending(path), declaredSize: length,
        notes: ["what no file holds, at its offsets in the file system; files are left out as holes"])
      walker.plain(source, header, in: level)
    }
  }
}

/// Numbers in use, dense or not.
struct InodeSet {
  private var words: [UInt64: UInt64] = [:]

  func contains(_ number: UInt64) -> Bool { (words[number >> 6] ?? 0) >> (number & 63) & 1 != 0 }

  /// False when it was there already.
  @discardableResult
  mutating func insert(_ number: UInt64) -> Bool {
    let bit: UInt64 = 1 << (number & 63)
    let old = words[number >> 6] ?? 0
    words[number >> 6] = old | bit
    return old & bit == 0
  }
}
