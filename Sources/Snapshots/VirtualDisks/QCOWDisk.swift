import CustodyCore

/// QEMU's copy-on-write images, versions 1 to 3 (QEMU docs/interop/qcow2.rst; block/qcow.c for version 1).
///
/// Two levels of tables lead from an offset of the disk to a cluster. Internal snapshots have first-level tables of
/// their own, which are not followed: what only they hold is searched with the rest of the image.
final class QCOWDisk: VirtualDisk {
  private let clusterBits: UInt64
  /// log2 of the entries of a second-level table.
  private let tableBits: UInt64
  private let version: UInt64
  private let hasBacking: Bool
  private let method: Unpacking
  private let hasSubclusters: Bool
  /// Offsets of second-level tables, nil where a table is used twice or cannot be there.
  private var tables: [UInt64?] = []
  private let reader: TableReader
  /// 32 MiB, the largest first-level table QEMU itself accepts.
  private static let mostTables: UInt64 = 4 << 20

  static func open(_ image: RandomAccess) -> VirtualDiskResult {
    let head = Fields(image, at: 0, count: 112)
    guard head.count == 112 else { return .refused(Trouble(.failed, .truncated)) }
    let version = head.big(4, 4)
    guard (1...3).contains(version) else { return .refused(Trouble(.opaque, .unsupportedFormat)) }
    guard head.big(version == 1 ? 36 : 32, 4) == 0 else { return .refused(Trouble(.opaque, .encrypted)) }
    let features = version == 3 ? head.big(72, 8) : 0
    // Dirty, corrupt, compression method and subclusters are understood.
    if features & 4 != 0 {
      return .refused(Trouble(.partial, .contentNotDecoded, "the disk's content is in another file"))
    }
    guard features & ~0b11011 == 0 else { return .refused(Trouble(.opaque, .unsupportedFormat)) }
    guard let disk = QCOWDisk(image, head, version, features) else {
      return .refused(Trouble(.failed, .corrupt, "the image's header does not fit together"))
    }
    return .disk(disk)
  }

  private init?(_ image: RandomAccess, _ head: Fields, _ version: UInt64, _ features: UInt64) {
    let size = head.big(24, 8)
    let isFirst = version == 1
    clusterBits = isFirst ? head.big(32, 1) : head.big(20, 4)
    hasSubclusters = features & 16 != 0
    let entryBits: UInt64 = hasSubclusters ? 4 : 3
    guard (9...21).contains(clusterBits), size > 0, size <= Self.mostSize else { return nil }
    tableBits = isFirst ? head.big(33, 1) : clusterBits - entryBits
    guard (1...18).contains(tableBits) else { return nil }
    let method: Unpacking? =
      version < 3 || head.big(100, 4) <= 104 || head.big(104, 1) == 0
      ? .deflate : head.big(104, 1) == 1 ? .zstd : nil
    guard let method else { return nil }
    self.method = method
    self.version = version
    hasBacking = head.big(8, 8) != 0
    reader = TableReader(image)
    super.init(image, size: size)
    let span = clusterBits + tableBits
    let wanted = (size - 1) >> span + 1
    let stated = isFirst ? wanted : head.big(36, 4)
    let start = head.big(40, 8)
    guard wanted <= Self.mostTables, start < image.size else { return nil }
    var seen: Set<UInt64> = []
    for i in 0..<wanted {
      let entry = i < stated ? reader.number(at: start + i * 8, 8, big: true) ?? 0 : 0
      let table = isFirst ? entry : entry & 0x00FF_FFFF_FFFF_FE00
      let isMisplaced = table >= image.size || (!isFirst && table & (1 << clusterBits - 1) != 0)
      if table != 0, isMisplaced || !seen.insert(table).inserted {
        remark(Trouble(.failed, .corrupt, "tables of the image lead nowhere or are used twice"))
        tables.append(nil)
      } else {
        tables.append(table)
      }
    }
    describe(head, features)
  }

  private func describe(_ head: Fields, _ features: UInt64) {
    if hasBacking {
      remark(Trouble(.partial, .contentNotDecoded, "part of the disk is in a backing file"))
    }
    if features & 2 != 0 { remark(Trouble(.failed, .corrupt, "the image is marked as corrupt")) }
    if version > 1, head.big(60, 4) > 0 {
      let note = "earlier states of the disk (internal snapshots) were searched as bytes only"
      remark(Trouble(.partial, .contentNotDecoded, note))
    }
  }

  private var absent: Place { hasBacking ? .missing : .hole }

  override func extent(at offset: UInt64) -> Extent {
    let span = clusterBits + tableBits
    let index = offset >> span
    guard index < UInt64(tables.count) else { return Extent(start: offset, length: size - offset, place: .damaged) }
    let tableStart = index << span
    guard let table = tables[Int(index)] else { return Extent(start: tableStart, length: 1 << span, place: .damaged) }
    guard table != 0 else { return Extent(start: tableStart, length: 1 << span, place: absent) }
    let cluster: UInt64 = 1 << clusterBits
    let start = offset & ~(cluster - 1)
    let at = table + (offset >> clusterBits & (1 << tableBits - 1)) * (hasSubclusters ? 16 : 8)
    guard let entry = reader.number(at: at, 8, big: true) else {
      return Extent(start: start, length: cluster, place: .damaged)
    }
    if version == 1 ? entry >> 63 != 0 : entry >> 62 & 1 != 0 {
      return Extent(start: start, length: cluster, place: .packed(packed(entry)))
    }
    let host = version == 1 ? entry : entry & 0x00FF_FFFF_FFFF_FE00
    if hasSubclusters { return subcluster(offset, start, host, reader.number(at: at + 8, 8, big: true) ?? 0) }
    if version == 3, entry & 1 != 0 { return Extent(start: start, length: cluster, place: .hole) }
    return Extent(start: start, length: cluster, place: host == 0 ? absent : .stored(host))
  }

  /// Offset in bytes, and a length: sectors of 512 bytes beyond the first (versions 2 and 3), or bytes (version 1).
  private func packed(_ entry: UInt64) -> Packed {
    if version == 1 {
      let bits = 63 - clusterBits
      return Packed(
        offset: entry & (1 << bits - 1), length: Int(entry >> bits & (1 << clusterBits - 1)), method: method)
    }
    let bits = 62 - (clusterBits - 8)
    let offset = entry & (1 << bits - 1)
    let sectors = (entry & 0x3FFF_FFFF_FFFF_FFFF) >> bits
    return Packed(offset: offset, length: Int((sectors + 1) * 512 - (offset & 511)), method: method)
  }

  /// One of 32 parts of a cluster, by the bits of its bitmap: allocated below, zeros above.
  private func subcluster(_ offset: UInt64, _ start: UInt64, _ host: UInt64, _ bitmap: UInt64) -> Extent {
    let part: UInt64 = (1 << clusterBits) / 32
    let index = (offset - start) / part
    let place: Place
    if bitmap >> (32 + index) & 1 != 0 {
      place = .hole
    } else if bitmap >> index & 1 != 0 {
      place = host == 0 ? .damaged : .stored(host + index * part)
    } else {
      place = absent
    }
    return Extent(start: start + index * part, length: part, place: place)
  }
}
