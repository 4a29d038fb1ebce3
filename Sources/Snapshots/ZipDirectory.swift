/// One line of a zip's central directory, as much as is needed to compare it (APPNOTE.TXT 4.3.12).
struct ZipRecord {
  /// Position of the local header in the content.
  var local: UInt64
  var compressed: UInt64
  /// Position of the name in the content.
  var name: UInt64
  var crc: UInt32
  var nameLength: UInt16
  var flags: UInt16
  var uncompressed: UInt64
  /// The upper half of the external attributes (4.4.15): `st_mode` where a Unix program wrote the line.
  var mode: UInt32
  /// Its name ends with a slash, or a DOS program set the attribute of directories.
  var isDirectory: Bool

  var isLink: Bool { mode & FileType.mask == 0o120000 }
  /// libarchive gives no content for a directory or device, and of a link only the target up to its first zero byte.
  var hidesContent: Bool {
    let type = mode & FileType.mask
    if isLink { return uncompressed > Self.longestPlainTarget }
    return uncompressed > 0 && (isDirectory || Self.withoutContent.contains(type))
  }

  /// Directories, devices, sockets.
  private static let withoutContent: [UInt32] = [FileType.directory, 0o020000, 0o060000, 0o140000]
  /// Targets of symbolic links up to this long are taken for what they say that they are.
  private static let longestPlainTarget: UInt64 = 128
}

/// The central directory, read with bounds and in order of the members' places.
struct ZipDirectory {
  private(set) var records: [ZipRecord] = []
  private(set) var isDamaged = false
  private(set) var sharesHeaders = false

  /// More lines than this are not held in memory.
  static let maxRecords: UInt64 = 4_000_000

  init(_ content: RandomAccess, _ end: ZipEnd) {
    let reader = WindowReader(content)
    var at = end.directory
    let stop = end.directory + end.directorySize
    while at + 46 <= stop, UInt64(records.count) < Self.maxRecords {
      guard let record = Self.record(reader, at, end.base, stop) else {
        isDamaged = true
        break
      }
      records.append(record.0)
      at = record.next
    }
    if UInt64(records.count) != end.entries { isDamaged = true }
    records.sort { $0.local < $1.local }
    // libarchive lists one member for each local header; so does this.
    let all = records.count
    var kept = 0
    for i in records.indices where i == 0 || records[i].local != records[kept - 1].local {
      records[kept] = records[i]
      kept += 1
    }
    records.removeLast(all - kept)
    sharesHeaders = kept < all
  }

  private static func record(
    _ reader: WindowReader, _ at: UInt64, _ base: UInt64, _ stop: UInt64
  ) -> (ZipRecord, next: UInt64)? {
    reader.with(at, 46) { h -> (ZipRecord, UInt64, UInt64, Int)? in
      guard h.count == 46, h.has([0x50, 0x4B, 1, 2]) else { return nil }
      let lengths = UInt64(h.little16(28)) + UInt64(h.little16(30)) + UInt64(h.little16(32))
      let record = ZipRecord(
        local: UInt64(h.little32(42)), compressed: UInt64(h.little32(20)), name: at + 46, crc: h.little32(16),
        nameLength: h.little16(28), flags: h.little16(8), uncompressed: UInt64(h.little32(24)),
        mode: h[5] == 3 ? UInt32(h.little16(40)) : 0, isDirectory: h[5] == 0 && h[38] & 0x10 != 0)
      return (record, at + 46 + lengths, UInt64(h.little32(24)), Int(h.little16(30)))
    }.flatMap { found in
      var (record, next, uncompressed, extraLength) = found
      guard next <= stop else { return nil }
      if record.local == 0xFFFF_FFFF || record.compressed == 0xFFFF_FFFF || uncompressed == 0xFFFF_FFFF {
        reader.with(record.name + UInt64(record.nameLength), extraLength) { widen(&record, uncompressed, $0) }
      }
      record.local = record.local.addingClamped(base)
      if record.nameLength > 0, reader.with(record.name + UInt64(record.nameLength) - 1, 1, { $0.first == 0x2F }) {
        record.isDirectory = true
      }
      return (record, next)
    }
  }

  /// Zip64 extended information (4.5.3): only the fields whose 32-bit form is all ones are there, in this order.
  private static func widen(_ record: inout ZipRecord, _ uncompressed: UInt64, _ extra: UnsafeRawBufferPointer) {
    var at = 0
    while at + 4 <= extra.count {
      let size = Int(extra.little16(at + 2))
      guard at + 4 + size <= extra.count else { return }
      if extra.little16(at) == 1 {
        var field = at + 4
        let end = field + size
        if uncompressed == 0xFFFF_FFFF { field += 8 }
        if record.compressed == 0xFFFF_FFFF, field + 8 <= end {
          record.compressed = extra.little64(field)
          field += 8
        }
        if record.local == 0xFFFF_FFFF, field + 8 <= end { record.local = extra.little64(field) }
        return
      }
      at += 4 + size
    }
  }
}

/// Raw names of the members in the order in which libarchive lists them.
final class ZipNames {
  private let records: [ZipRecord]
  private let reader: WindowReader
  private var index = 0

  init(_ content: RandomAccess, _ records: [ZipRecord]) {
    reader = WindowReader(content)
    self.records = records
  }

  /// Nil when there is no such member or it has an empty name.
  func next() -> [UInt8]? {
    guard index < records.count else { return nil }
    defer { index += 1 }
    let record = records[index]
    let name = reader.with(record.name, Int(record.nameLength)) { [UInt8]($0) }
    return name.isEmpty ? nil : name
  }
}

/// Small reads close to each other, served from one buffer.
final class WindowReader {
  private let content: RandomAccess
  private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 << 10, alignment: 16)
  private var start: UInt64 = 0
  private var count = 0

  init(_ content: RandomAccess) { self.content = content }
  deinit { memory.deallocate() }

  /// Calls `body` with up to `length` (at most 128 KiB) bytes at `offset`; fewer at the end of the content.
  func with<T>(_ offset: UInt64, _ length: Int, _ body: (UnsafeRawBufferPointer) -> T) -> T {
    let wanted = min(max(0, length), 128 << 10)
    if offset < start || offset.addingClamped(UInt64(wanted)) > start + UInt64(count) {
      start = min(offset, content.size)
      // Members may be far apart: read little more than is asked for.
      let part = UnsafeMutableRawBufferPointer(rebasing: memory[0..<max(wanted, 16 << 10)])
      count = max(0, content.read(at: start, into: part))
    }
    let from = Int(min(offset - min(offset, start), UInt64(count)))
    return body(UnsafeRawBufferPointer(rebasing: memory[from..<min(count, from + wanted)]))
  }
}
