import CArchive
import Glibc

/// A member of an archive that a test builds.
public struct BuiltMember: Sendable {
  public enum Form: Sendable { case file, directory, symlink, hardlink, fifo }
  public var path: [UInt8]
  public var content: [UInt8]
  public var form: Form
  /// Target of a link.
  public var target: [UInt8]
  /// Seconds since 1970.
  public var modified: Int64
  /// Holes: pairs of offset and length of the parts that hold data; empty for a dense file.
  public var extents: [(offset: Int64, length: Int64)]
  /// Extended attributes, in the formats that have them.
  public var attributes: [(name: String, value: [UInt8])] = []

  public init(
    _ path: String, _ content: [UInt8] = [], form: Form = .file, target: String = "", modified: Int64 = 1_541_167_391
  ) {
    self.init(raw: Array(path.utf8), content, form: form, target: Array(target.utf8), modified: modified)
  }

  public init(
    raw path: [UInt8], _ content: [UInt8] = [], form: Form = .file, target: [UInt8] = [],
    modified: Int64 = 1_541_167_391, extents: [(offset: Int64, length: Int64)] = []
  ) {
    self.path = path
    self.content = content
    self.form = form
    self.target = target
    self.modified = modified
    self.extents = extents
  }

  public init(_ path: String, text: String) { self.init(path, Array(text.utf8)) }
}

/// Archives built in memory with libarchive's writers, and a few bytes by hand.
public enum ArchiveBuilder {
  /// Formats that libarchive writes and whose members carry bytes.
  public static let formats = [
    "v7tar", "ustar", "pax", "gnutar", "cpio", "newc", "bin", "zip", "7zip", "iso9660", "arbsd", "xar", "warc",
  ]
  /// Filters that libarchive writes without an external program.
  public static let filters = ["gzip", "bzip2", "xz", "lzma", "lzip", "zstd", "lz4", "compress", "uuencode"]

  /// - Parameters:
  ///   - format: a name for `archive_write_set_format_by_name`, or `raw`.
  ///   - filters: outermost last.
  ///   - options: for `archive_write_set_options`, e.g. `zip:encryption=aes256`.
  /// - Returns: the archive, empty when libarchive refuses.
  public static func archive(
    _ format: String, _ members: [BuiltMember], filters: [String] = [], options: String? = nil,
    passphrase: String? = nil
  ) -> [UInt8] {
    guard let a = archive_write_new() else { return [] }
    let output = Output()
    // Freeing what was not closed still writes.
    defer { withExtendedLifetime(output) { _ = archive_write_free(a) } }
    let utf8 = newlocale(1 << LC_CTYPE, "C.UTF-8", nil)
    let before = utf8.map { uselocale($0) }
    defer {
      if let before { uselocale(before) }
      if let utf8 { freelocale(utf8) }
    }
    guard archive_write_set_format_by_name(a, format) >= ARCHIVE_WARN else { return [] }
    for filter in filters where archive_write_add_filter_by_name(a, filter) < ARCHIVE_WARN { return [] }
    archive_write_set_bytes_in_last_block(a, 1)
    if let options, archive_write_set_options(a, options) != ARCHIVE_OK { return [] }
    if let passphrase, archive_write_set_passphrase(a, passphrase) != ARCHIVE_OK { return [] }
    let client = Unmanaged.passUnretained(output).toOpaque()
    let opened = archive_write_open(
      a, client, nil,
      { _, client, bytes, count in
        guard let client else { return -1 }
        Unmanaged<Output>.fromOpaque(client).takeUnretainedValue().bytes.append(
          contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
        return count
      }, nil)
    guard opened == ARCHIVE_OK else { return [] }
    for member in members where !write(member, to: a) { return [] }
    guard archive_write_close(a) == ARCHIVE_OK else { return [] }
    return output.bytes
  }

  /// One stream through filters, outermost last.
  public static func filtered(_ content: [UInt8], _ filters: String...) -> [UInt8] {
    archive("raw", [BuiltMember("data", content)], filters: filters)
  }

  private final class Output { var bytes: [UInt8] = [] }

  private static func write(_ member: BuiltMember, to a: OpaquePointer) -> Bool {
    guard let entry = archive_entry_new() else { return false }
    defer { archive_entry_free(entry) }
    archive_entry_copy_pathname(entry, member.path.map { CChar(bitPattern: $0) } + [0])
    archive_entry_set_mtime(entry, time_t(member.modified), 0)
    archive_entry_set_perm(entry, member.form == .directory ? 0o755 : 0o644)
    let target = member.target.map { CChar(bitPattern: $0) } + [0]
    let types: [BuiltMember.Form: UInt32] = [.directory: 0o040000, .symlink: 0o120000, .fifo: 0o010000]
    archive_entry_set_filetype(entry, types[member.form] ?? 0o100000)
    if member.form == .symlink { archive_entry_copy_symlink(entry, target) }
    if member.form == .hardlink { archive_entry_copy_hardlink(entry, target) }
    if member.form == .file || !member.content.isEmpty { archive_entry_set_size(entry, Int64(member.content.count)) }
    for extent in member.extents { archive_entry_sparse_add_entry(entry, extent.offset, extent.length) }
    for item in member.attributes {
      item.value.withUnsafeBytes { archive_entry_xattr_add_entry(entry, item.name, $0.baseAddress, $0.count) }
    }
    guard archive_write_header(a, entry) >= ARCHIVE_WARN else { return false }
    var done = 0
    while done < member.content.count {
      let n = member.content.withUnsafeBytes {
        archive_write_data(a, $0.baseAddress.map { $0 + done }, member.content.count - done)
      }
      guard n > 0 else { return false }
      done += n
    }
    return true
  }
}
