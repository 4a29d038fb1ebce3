import CArchive
import CustodyCore
import Glibc

extension ArchiveStage {
  /// Moves to the next member. `entry` is nil at the end and after a fatal error (then `fatal` is set).
  func nextHeader() -> (entry: OpaquePointer?, result: Int32) {
    NameLocale.use(unicode: kind.hasUnicodeNames)
    var entry: OpaquePointer?
    gaps?.leaveContent()
    let result = archive_read_next_header(handle, &entry)
    closeGap(result == ARCHIVE_OK || result == ARCHIVE_WARN ? entry : nil)
    switch result {
    case ARCHIVE_OK, ARCHIVE_WARN, ARCHIVE_FAILED: return (entry, result)
    case ARCHIVE_EOF, ARCHIVE_RETRY: return (nil, result)
    default:
      var trouble = diagnose()
      if trouble.disposition == .failed, archive_read_has_encrypted_entries(handle) > 0 {
        trouble = Trouble(.opaque, .encrypted, trouble.note)
      }
      fatal = trouble
      return (nil, ARCHIVE_FATAL)
    }
  }
}

/// Types of directory entries, the values of `st_mode` (POSIX `sys/stat.h`).
enum FileType {
  static let mask: UInt32 = 0o170000
  static let regular: UInt32 = 0o100000
  static let directory: UInt32 = 0o040000

  /// The kind of what has no content of its own.
  /// POSIX `S_IROTH`
  static let readableByOthers: UInt32 = 0o004

  static func kind(_ mode: UInt32) -> ContentKind? {
    switch mode & mask {
    case 0o120000: .symlink
    case 0o020000, 0o060000: .device
    case 0o010000: .fifo
    case 0o140000: .socket
    case directory: .directory
    default: nil
    }
  }
}

extension Walker {
  private static let maxRetries = 64
  private static let maxBadHeaders = 1000

  /// Every member of an open archive.
  ///
  /// - Parameters:
  ///   - note: put on every entry.
  ///   - names: gives the raw name of the nth member where libarchive cannot be trusted with it.
  func members(
    _ stage: ArchiveStage, _ locator: Locator, _ level: Level, _ account: inout Account, note: String? = nil,
    names: ZipNames? = nil
  ) {
    var retries = 0
    var badHeaders = 0
    var number: UInt64 = 0
    while true {
      if let reason = level.stop { return account.add(.limited(reason)) }
      let (entry, result) = stage.nextHeader()
      switch result {
      case ARCHIVE_EOF:
        if let reason = level.stop { account.add(.limited(reason)) }
        return
      case ARCHIVE_RETRY:
        retries += 1
        account.add(Trouble(.failed, .corrupt, "damaged headers were skipped"))
        if retries > Self.maxRetries {
          stage.fatal = Trouble(.failed, .corrupt)
          return
        }
        continue
      case ARCHIVE_FATAL: return account.add(stage.fatal)
      default: break
      }
      if let gaps = stage.gaps { self.gaps(gaps, locator, level, all: false) }
      retries = 0
      number += 1
      guard let entry else { return }
      if result == ARCHIVE_FAILED {
        badHeaders += 1
        if badHeaders > Self.maxBadHeaders { return account.add(stage.diagnose()) }
      }
      let header = member(stage, entry, result, number, locator, level, note, names)
      attributes(of: entry, header, level, &account)
      if let fatal = stage.fatal { return account.add(fatal) }
    }
  }

  /// What is known of a member before its bytes; then these.
  private func member(
    _ stage: ArchiveStage, _ entry: OpaquePointer, _ result: Int32, _ number: UInt64, _ locator: Locator,
    _ level: Level, _ note: String?, _ names: ZipNames?
  ) -> EntryHeader {
    var header = EntryHeader(locator: locator)
    var failure: Trouble?
    if result != ARCHIVE_OK {
      let text = ErrorText(stage.handle)
      if result == ARCHIVE_FAILED {
        failure = stage.diagnose()
      } else if !text.mentions("converted"), let words = text.note {
        header.notes.append(words)
      }
    }
    if let note { header.notes.append(note) }
    let path = name(entry, number, names, &header.notes)
    header.locator = locator.appending(path)
    if archive_entry_mtime_is_set(entry) != 0 {
      header.modified = Instant(seconds: Int64(archive_entry_mtime(entry)))
    }
    // Other forms have no such bits, or libarchive makes some up.
    if stage.kind == .tar || stage.kind == .cpio {
      header.isWorldReadable = UInt32(archive_entry_perm(entry)) & FileType.readableByOthers != 0
    }
    let size = archive_entry_size_is_set(entry) != 0 ? UInt64(clamping: archive_entry_size(entry)) : nil
    header.declaredSize = size
    content(stage, entry, header, failure, level)
    return header
  }

  private func content(
    _ stage: ArchiveStage, _ entry: OpaquePointer, _ header: EntryHeader, _ failure: Trouble?, _ level: Level
  ) {
    if let failure { return bare(header, failure, in: level) }
    var header = header
    if let target = archive_entry_hardlink(entry) {
      header.link = bytes(target)
      guard let size = header.declaredSize, size > 0 else {
        header.kind = .hardlink
        return bare(header, nil, in: level)
      }
      header.notes.append("a hard link that carries data")
    } else if let kind = FileType.kind(UInt32(archive_entry_filetype(entry))) {
      header.kind = kind
      if kind == .symlink {
        header.link = archive_entry_symlink(entry).map { bytes($0) } ?? []
        return bare(header, nil, in: level)
      }
      return special(stage, header, kind, in: level)
    }
    if archive_entry_is_encrypted(entry) != 0 {
      return bare(header, Trouble(.opaque, .encrypted), in: level)
    }
    let content = stage.member
    content.reset()
    if stage.kind == .tar || stage.kind == .cpio, let source = stage.source, let place = source.place, !source.hadHoles
    {
      let start = UInt64(clamping: archive_filter_bytes(stage.handle, 0))
      content.place = FilePlace(descriptor: place.descriptor, offset: place.offset.addingClamped(start))
    }
    examine(content, header, in: level)
  }

  /// A directory, device, pipe or socket: nothing to read, unless somebody hid data behind it.
  private func special(_ stage: ArchiveStage, _ header: EntryHeader, _ kind: ContentKind, in level: Level) {
    let content = stage.member
    content.reset()
    let head = header.declaredSize ?? 0 > 0 ? content.head(declared: header.declaredSize) : nil
    guard let head, !head.isEmpty else {
      if kind == .directory {
        directories += 1
      } else {
        bare(header, nil, in: level)
      }
      return
    }
    var header = header
    header.kind = nil
    header.notes.append(kind == .directory ? "a directory that carries data" : "a special file that carries data")
    examine(content, header, head, in: level)
  }

  /// An entry without content of its own.
  func bare(_ header: EntryHeader, _ trouble: Trouble?, in level: Level?) {
    guard let token = begin(header, in: level) else { return }
    var account = Account()
    account.add(trouble)
    end(token, account.outcome(complete: trouble == nil), in: level)
  }

  private func name(
    _ entry: OpaquePointer, _ number: UInt64, _ names: ZipNames?, _ notes: inout [String]
  ) -> [UInt8] {
    if let known = names?.next() {
      return known.withUnsafeBufferPointer { cut($0, &notes) }
    }
    guard let raw = archive_entry_pathname(entry) ?? archive_entry_pathname_utf8(entry), raw.pointee != 0 else {
      notes.append("the member has no usable name")
      return Array("?unnamed-\(number)".utf8)
    }
    return raw.withMemoryRebound(to: UInt8.self, capacity: 1) {
      cut(UnsafeBufferPointer(start: $0, count: strlen(raw)), &notes)
    }
  }

  private func cut(_ raw: UnsafeBufferPointer<UInt8>, _ notes: inout [String]) -> [UInt8] {
    let (path, isCut) = Names.member(raw, limit: limits.maxPathBytes)
    if isCut { notes.append("the path is longer than the limit and was cut") }
    return path
  }

  private func bytes(_ text: UnsafePointer<CChar>) -> [UInt8] {
    let count = min(strlen(text), limits.maxPathBytes)
    return [UInt8](UnsafeRawBufferPointer(start: text, count: count))
  }
}
