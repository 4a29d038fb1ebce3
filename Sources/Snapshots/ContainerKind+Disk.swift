extension ContainerKind {
  /// Disk images, by the fields a reader needs to make sense of them.
  static func disk(_ h: UnsafeRawBufferPointer) -> ContainerKind? {
    // Smaller ones hold no file system, and a single boot sector is no disk.
    guard h.count >= 8192 else { return nil }
    if isExt(h) { return .ext }
    guard h[510] == 0x55, h[511] == 0xAA else { return h.has("EFI PART", at: 512) ? .partitions : nil }
    if h.has("NTFS    ", at: 3), isGeometry(h, sector: h.little16(11)) { return .ntfs }
    if h.has("EXFAT   ", at: 3), (9...12).contains(h[108]), h[109] <= 25 - h[108], h[110] == 1 || h[110] == 2 {
      return .exfat
    }
    if isFAT(h) { return .fat }
    return isPartitionTable(h) ? .partitions : nil
  }

  /// The superblock at 1024: `s_magic`, `s_log_block_size`, `s_inodes_count`, `s_blocks_per_group`.
  private static func isExt(_ h: UnsafeRawBufferPointer) -> Bool {
    h.little16(1024 + 56) == 0xEF53 && h.little32(1024 + 24) <= 6 && h.little32(1024) > 0
      && h.little32(1024 + 32) > 0 && h.little16(1024 + 58) <= 7
  }

  private static func isGeometry(_ h: UnsafeRawBufferPointer, sector: UInt16) -> Bool {
    [512, 1024, 2048, 4096].contains(sector) && h[13] != 0
  }

  /// The BIOS parameter block: a jump, sectors, clusters of a power of two, reserved sectors, one or two tables, a
  /// medium.
  private static func isFAT(_ h: UnsafeRawBufferPointer) -> Bool {
    guard (h[0] == 0xEB && h[2] == 0x90) || h[0] == 0xE9 else { return false }
    let cluster = h[13]
    return isGeometry(h, sector: h.little16(11)) && cluster & (cluster &- 1) == 0 && h.little16(14) > 0
      && (1...2).contains(h[16]) && (h[21] >= 0xF8 || h[21] == 0xF0)
  }

  /// Four entries whose status is legal, at least one of them in use, none of them all over the table.
  private static func isPartitionTable(_ h: UnsafeRawBufferPointer) -> Bool {
    var used = 0
    for at in stride(from: 446, to: 510, by: 16) {
      guard h[at] == 0 || h[at] == 0x80 else { return false }
      if h[at + 4] != 0, h.little32(at + 8) > 0, h.little32(at + 12) > 0 { used += 1 }
    }
    return used > 0
  }
}
