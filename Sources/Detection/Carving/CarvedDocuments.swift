internal import CustodyCore

extension CarvedForm {
  static let documents: [CarvedForm] = [
    CarvedForm(name: "SQLite", patterns: [ascii("SQLite f")], measure: sqlite),
    CarvedForm(name: "OLE2", patterns: [CompoundFile.magic], measure: compound),
    CarvedForm(name: "PDF", patterns: [ascii("%PDF-1."), ascii("%PDF-2.")], measure: pdf),
    CarvedForm(name: "ZIP", patterns: [[0x50, 0x4B, 0x03, 0x04]], measure: zip),
    CarvedForm(
      name: "7z", patterns: [[0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]],
      measure: { b in
        // 7zFormat.txt, "Start Header": place and size of the next header, under a checksum.
        guard let offset = b.u64le(12), let size = b.u64le(20), let stored = b.u32le(8) else { return .open }
        guard size > 0, offset < 1 << 48, size < 1 << 48,
          PNG.crc(b, 12, 20) == UInt32(truncatingIfNeeded: stored)
        else { return .none }
        return .length(32 + offset + size)
      }),
    CarvedForm(name: "HDF5", patterns: [[0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]], measure: hdf5),
    CarvedForm(
      name: "Parquet", patterns: [ascii("PAR1")],
      measure: { b in
        // A page header opens with its type, a 32-bit field (parquet.thrift, compact protocol).
        guard let page = b.u8(4) else { return .open }
        return page == 0x15 ? footed(b, ascii("PAR1"), head: 4) : .none
      }),
    CarvedForm(
      name: "Arrow", patterns: [ascii("ARROW1") + [0, 0]], measure: { footed($0, ascii("ARROW1"), head: 8) }),
    CarvedForm(name: "pickle", patterns: [[0x80, 4, 0x95], [0x80, 5, 0x95]], measure: pickle),
  ]

  /// SQLite file format, 1.3: the size of the database in pages.
  private static func sqlite(_ b: RawSpan) -> Extent {
    guard b.byteCount >= 100 else { return .open }
    guard b.has(SQLiteFile.magic, at: 0), let stated = b.u16(16), let pages = b.u32(28), b.u8(21) == 64, b.u8(22) == 32,
      b.u8(23) == 32
    else { return .none }
    let size = stated == 1 ? 65536 : stated
    guard size >= 512, size & (size - 1) == 0 else { return .none }
    // Before version 3.7.0 nobody wrote it down.
    return pages == 0 || b.u32(24) != b.u32(92) ? .beyond : .length(pages * size)
  }

  /// [MS-CFB] 2.3: up to the last sector that the allocation tables do not call free.
  private static func compound(_ b: RawSpan) -> Extent {
    guard b.byteCount >= 512 else { return .open }
    guard let major = b.u16le(26), let shift = b.u16le(30), b.u16le(28) == 0xFFFE,
      (major == 3 && shift == 9) || (major == 4 && shift == 12), let tables = b.u32le(44), tables > 0
    else { return .none }
    // More tables than the header lists: larger than the window.
    guard tables <= 109 else { return .beyond }
    let size = 1 << shift
    for i in (0..<tables).reversed() {
      guard let sector = b.u32le(76 + 4 * i), sector < 1 << 28 else { return .none }
      let at = (sector + 1) * size
      guard at + size <= b.byteCount else { return at + size > EntryExaminer.windowLimit ? .none : .beyond }
      for k in (0..<(size / 4)).reversed() where b.u32le(at + 4 * k) != 0xFFFF_FFFF {
        return .length((i * (size / 4) + k + 2) * size)
      }
    }
    return .none
  }

  /// ISO 32000-1 7.5: to the last end-of-file marker before another file begins.
  private static func pdf(_ b: RawSpan) -> Extent {
    guard b.byteCount > 1024 || b.next(ascii("%%EOF"), from: 8) != nil else { return .open }
    guard let behind = b.u8(8), [0x0A, 0x0D, 0x20].contains(behind), let object = b.next(ascii(" obj"), from: 8),
      object < 2048
    else { return .none }
    let limit = b.next(ascii("%PDF-"), from: 8) ?? b.byteCount
    var end: Int?
    var at = 8
    while let mark = b.next(ascii("%%EOF"), from: at), mark < limit {
      end = mark + 5
      at = mark + 5
    }
    return end.map { .length($0) } ?? .beyond
  }

  /// APPNOTE.TXT 4.3.7 and 4.3.16: from a local header to the end of the central directory that counts from it.
  private static func zip(_ b: RawSpan) -> Extent {
    guard b.byteCount >= 30 else { return .open }
    guard let version = b.u16le(4), version & 0xFF <= 63, let method = b.u16le(8), method <= 20 || method >= 93,
      let name = b.u16le(26), (1...1024).contains(name)
    else { return .none }
    for i in 30..<(30 + name) {
      guard let c = b.u8(i) else { return .open }
      guard c >= 0x20 else { return .none }
    }
    guard let end = b.next([0x50, 0x4B, 0x05, 0x06], from: 30 + name), let size = b.u32le(end + 12),
      let offset = b.u32le(end + 16), let comment = b.u16le(end + 20)
    else { return .beyond }
    // Of another archive, in which this one is a member or which lies behind it.
    guard offset + size == end else { return .none }
    return .length(end + 22 + comment)
  }

  /// HDF5 File Format Specification 3.0, II.A: the end of file address of the superblock.
  private static func hdf5(_ b: RawSpan) -> Extent {
    guard let version = b.u8(8), b.byteCount >= 52 else { return .open }
    let isOld = version < 2
    guard version <= 3, b.u8(isOld ? 13 : 9) == 8, let end = b.u64le(isOld ? 40 + 4 * Int(version) : 28),
      end > 48, end < 1 << 48
    else { return .none }
    return .length(end)
  }

  /// A magic at both ends, the second behind the length of a footer.
  private static func footed(_ b: RawSpan, _ magic: [UInt8], head: Int) -> Extent {
    var at = head
    while let mark = b.next(magic, from: at) {
      if let footer = b.u32le(mark - 4), footer > 0, footer <= mark - 4 - head { return .length(mark + magic.count) }
      at = mark + 1
    }
    return .open
  }

  /// Python's pickletools, protocol 4: frames, and large objects between them, to the stop.
  private static func pickle(_ b: RawSpan) -> Extent {
    var at = 2
    while let opcode = b.u8(at) {
      let isWide = [0x95, 0x8E, 0x8D, 0x96].contains(opcode)
      guard isWide || [0x42, 0x58].contains(opcode) else { return .none }
      guard at + 9 <= b.byteCount else { return .open }
      let stated = isWide ? b.u64le(at + 1) : b.u32le(at + 1)
      guard let stated, stated < EntryExaminer.windowLimit else { return .none }
      let size = stated + (isWide ? 8 : 4)
      guard stated > 0 || opcode != 0x95 else { return .none }
      at += 1 + size
      if opcode == 0x95, at <= b.byteCount, b.u8(at - 1) == 0x2E { return .length(at) }
    }
    return .beyond
  }
}
