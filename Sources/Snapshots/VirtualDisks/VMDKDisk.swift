import CustodyCore

/// Sparse extents of VMware disks (VMware Virtual Disk Format 5.0, "Hosted Sparse Extent" and "ESX Server Sparse
/// Extent"), stream-optimized ones included.
final class VMDKDisk: VirtualDisk {
  private let grain: UInt64
  private let perTable: UInt64
  private let isPacked: Bool
  private let hasZeroGrains: Bool
  private let hasParent: Bool
  /// Offsets of grain tables; nil where a table is used twice or cannot be there.
  private var tables: [UInt64?] = []
  private let reader: TableReader
  private static let mostTables: UInt64 = 4 << 20
  private static let mostDescriptor = 64 << 10

  private struct Layout {
    var capacity: UInt64
    var grain: UInt64
    var perTable: UInt64
    var directory: UInt64
    var flags: UInt64
  }

  static func open(_ image: RandomAccess) -> VirtualDiskResult {
    let head = Fields(image, at: 0, count: 512)
    guard head.count == 512 else { return .refused(Trouble(.failed, .truncated)) }
    guard head.has("KDMV") else { return esx(image, head) }
    var layout = layout(head)
    if layout.directory == .max {
      // A stream states its directory behind everything else, in a copy of the header.
      let footer = Fields(image, at: image.size - min(image.size, 1024), count: 512)
      guard footer.has("KDMV") else { return .refused(Trouble(.failed, .truncated, "the image's footer is missing")) }
      layout = Self.layout(footer)
    }
    guard head.little(4, 4) <= 3 else { return .refused(Trouble(.opaque, .unsupportedFormat)) }
    if layout.flags & 1 << 16 != 0, head.little(77, 2) != 1 {
      return .refused(Trouble(.opaque, .unsupportedMethod))
    }
    let descriptor = head.little(28, 8).multipliedClamped(512)
    let length = Int(min(head.little(36, 8).multipliedClamped(512), UInt64(mostDescriptor)))
    let text = descriptor == 0 ? nil : VMDKDescriptor(image.bytes(at: descriptor, count: length))
    return make(image, layout, text)
  }

  /// VMware names the fields `capacity`, `grainSize`, `numGTEsPerGT`, `gdOffset`; all but the third in sectors.
  private static func layout(_ head: Fields) -> Layout {
    let directory = head.little(56, 8)
    return Layout(
      capacity: head.little(12, 8).multipliedClamped(512), grain: head.little(20, 8).multipliedClamped(512),
      perTable: head.little(44, 4), directory: directory == .max ? .max : directory.multipliedClamped(512),
      flags: head.little(8, 4))
  }

  /// `COWD`: 4096 entries a table, no compression; in practice what changed since a snapshot.
  private static func esx(_ image: RandomAccess, _ head: Fields) -> VirtualDiskResult {
    let layout = Layout(
      capacity: head.little(12, 4) * 512, grain: head.little(16, 4) * 512, perTable: 4096,
      directory: head.little(20, 4) * 512, flags: 0)
    return make(image, layout, VMDKDescriptor(parent: head.little(8, 4) & 1 == 0))
  }

  private static func make(_ image: RandomAccess, _ layout: Layout, _ text: VMDKDescriptor?) -> VirtualDiskResult {
    guard let disk = VMDKDisk(image, layout, text) else {
      return .refused(Trouble(.failed, .corrupt, "the image's header does not fit together"))
    }
    return .disk(disk)
  }

  private init?(_ image: RandomAccess, _ layout: Layout, _ text: VMDKDescriptor?) {
    grain = layout.grain
    perTable = layout.perTable
    isPacked = layout.flags & 1 << 16 != 0
    hasZeroGrains = layout.flags & 4 != 0
    hasParent = text?.hasParent ?? false
    reader = TableReader(image)
    guard (512...Self.mostUnit).contains(grain), grain & (grain - 1) == 0, (1...65_536).contains(perTable),
      layout.capacity > 0, layout.capacity <= Self.mostSize
    else { return nil }
    super.init(image, size: layout.capacity)
    let count = (size - 1) / (grain * perTable) + 1
    guard count <= Self.mostTables, layout.directory < image.size else { return nil }
    var seen: Set<UInt64> = []
    for i in 0..<count {
      let table = (reader.number(at: layout.directory.addingClamped(i * 4), 4, big: false) ?? 0) * 512
      if table != 0, table >= image.size || !seen.insert(table).inserted {
        remark(Trouble(.failed, .corrupt, "tables of the image lead nowhere or are used twice"))
        tables.append(nil)
      } else {
        tables.append(table)
      }
    }
    separateTables()
    if hasParent { remark(Trouble(.partial, .contentNotDecoded, "part of the disk is in a parent disk")) }
    if text?.extents != 1 {
      // The other extents are entries of their own.
      remark(Trouble(.partial, .contentNotDecoded, "one extent of a disk that has others, or may have"))
    }
  }

  /// Tables that lie on each other would make more grains than the image has room for.
  private func separateTables() {
    var end: UInt64 = 0
    for index in tables.indices.sorted(by: { tables[$0] ?? 0 < tables[$1] ?? 0 }) {
      guard let table = tables[index], table > 0 else { continue }
      if table < end {
        remark(Trouble(.failed, .corrupt, "tables of the image lead nowhere or are used twice"))
        tables[index] = nil
      } else {
        end = table + perTable * 4
      }
    }
  }

  override func extent(at offset: UInt64) -> Extent {
    let span = grain * perTable
    let index = offset / span
    let absent: Place = hasParent ? .missing : .hole
    guard index < UInt64(tables.count), let table = tables[Int(index)] else {
      return Extent(start: index * span, length: span, place: .damaged)
    }
    guard table != 0 else { return Extent(start: index * span, length: span, place: absent) }
    let start = offset / grain * grain
    guard let entry = reader.number(at: table + offset / grain % perTable * 4, 4, big: false) else {
      return Extent(start: start, length: grain, place: .damaged)
    }
    let place: Place
    if entry == 0 {
      place = absent
    } else if entry == 1, hasZeroGrains {
      place = .hole
    } else if isPacked {
      place = packed(entry * 512)
    } else {
      place = .stored(entry * 512)
    }
    return Extent(start: start, length: grain, place: place)
  }

  /// A grain with its marker: the sector it is for, and the length of what follows.
  private func packed(_ offset: UInt64) -> Place {
    guard let length = reader.number(at: offset + 8, 4, big: false), length > 0, length <= 2 * grain + 4096 else {
      return .damaged
    }
    return .packed(Packed(offset: offset + 12, length: Int(length), method: .zlib))
  }
}

/// What the text says that describes a disk: how many extents it has, and whether it rests on another.
struct VMDKDescriptor {
  var hasParent = false
  var extents = 1

  init(parent: Bool) { hasParent = parent }

  init(_ bytes: [UInt8]) {
    extents = 0
    for line in bytes.prefix(while: { $0 != 0 }).split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
      let text = String(decoding: line.prefix(256), as: UTF8.self)
      if text.hasPrefix("parentCID=") { hasParent = text.dropFirst(10).lowercased() != "ffffffff" }
      if text.hasPrefix("RW ") || text.hasPrefix("RDONLY ") || text.hasPrefix("NOACCESS ") { extents += 1 }
    }
  }
}
