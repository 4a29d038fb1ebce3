import CustodyCore

/// Disks of Hyper-V, second format ([MS-VHDX] 8.0). The log of changes that were not yet applied is not replayed.
final class VHDXDisk: VirtualDisk {
  private let block: UInt64
  private let table: Region
  /// Blocks between entries of the table that are for bitmaps ([MS-VHDX] 2.5).
  private let ratio: UInt64
  private let hasParent: Bool
  private let reader: TableReader
  /// Of a table entry: offsets are whole MiB.
  private static let offsetMask: UInt64 = ~0xF_FFFF

  private struct Region {
    var offset: UInt64
    var length: UInt64
  }
  private enum Identifier {
    static let table: [UInt8] = [
      0x66, 0x77, 0xC2, 0x2D, 0x23, 0xF6, 0x00, 0x42, 0x9D, 0x64, 0x11, 0x5E, 0x9B, 0xFD, 0x4A, 0x08,
    ]
    static let metadata: [UInt8] = [
      0x06, 0xA2, 0x7C, 0x8B, 0x90, 0x47, 0x9A, 0x4B, 0xB8, 0xFE, 0x57, 0x5F, 0x05, 0x0F, 0x88, 0x6E,
    ]
    static let parameters: [UInt8] = [
      0x37, 0x67, 0xA1, 0xCA, 0x36, 0xFA, 0x43, 0x4D, 0xB3, 0xB6, 0x33, 0xF0, 0xAA, 0x44, 0xE7, 0x6B,
    ]
    static let size: [UInt8] = [
      0x24, 0x42, 0xA5, 0x2F, 0x1B, 0xCD, 0x76, 0x48, 0xB2, 0x11, 0x5D, 0xBE, 0xD8, 0x3B, 0xF4, 0xB8,
    ]
    static let sector: [UInt8] = [
      0x1D, 0xBF, 0x41, 0x81, 0x6F, 0xA9, 0x09, 0x47, 0xBA, 0x47, 0xF2, 0x33, 0xA8, 0xFA, 0xAB, 0x5F,
    ]
  }

  static func open(_ image: RandomAccess) -> VirtualDiskResult {
    guard let disk = VHDXDisk(image) else {
      return .refused(Trouble(.failed, .corrupt, "the image's header does not fit together"))
    }
    return .disk(disk)
  }

  private init?(_ image: RandomAccess) {
    var regions: [[UInt8]: Region] = [:]
    for copy in [UInt64(192 << 10), 256 << 10] where regions.isEmpty {
      let table = Fields(image, at: copy, count: 64 << 10)
      guard table.has("regi") else { continue }
      for i in 0..<Int(min(table.little(8, 4), 2047)) where 48 + 32 * i <= table.count {
        let at = 16 + 32 * i
        regions[Array(table.bytes[at..<(at + 16)])] = Region(
          offset: table.little(at + 16, 8), length: table.little(at + 24, 4))
      }
    }
    guard let table = regions[Identifier.table], let place = regions[Identifier.metadata], table.offset < image.size
    else { return nil }
    let metadata = Fields(image, at: place.offset, count: 64 << 10)
    guard metadata.has("metadata") else { return nil }
    func item(_ identifier: [UInt8], _ count: Int) -> Fields? {
      for i in 0..<Int(min(metadata.little(10, 2), 2047)) where metadata.has(identifier, at: 32 + 32 * i) {
        let offset = place.offset.addingClamped(metadata.little(48 + 32 * i, 4))
        let found = Fields(image, at: offset, count: count)
        return found.count == count ? found : nil
      }
      return nil
    }
    guard let parameters = item(Identifier.parameters, 8), let stated = item(Identifier.size, 8),
      let sector = item(Identifier.sector, 4)?.little(0, 4), sector == 512 || sector == 4096
    else { return nil }
    block = parameters.little(0, 4)
    let size = stated.little(0, 8)
    guard (1 << 20...256 << 20).contains(block), block & (block - 1) == 0, size > 0, size <= Self.mostSize else {
      return nil
    }
    self.table = table
    ratio = (sector << 23) / block
    hasParent = parameters.little(4, 4) & 2 != 0
    reader = TableReader(image)
    super.init(image, size: size)
    if hasParent { remark(Trouble(.partial, .contentNotDecoded, "part of the disk is in a parent disk")) }
    if logIsInUse() {
      let note = "changes that wait in the image's log were searched as bytes only"
      remark(Trouble(.partial, .contentNotDecoded, note))
    }
  }

  /// The header with the higher number counts; it names its log unless that is empty.
  private func logIsInUse() -> Bool {
    var current: Fields?
    for copy in [UInt64(64 << 10), 128 << 10] {
      let header = Fields(image, at: copy, count: 80)
      guard header.has("head") else { continue }
      if header.little(8, 8) >= current?.little(8, 8) ?? 0 { current = header }
    }
    guard let current, current.count == 80 else { return true }
    return current.bytes[48..<64].contains { $0 != 0 }
  }

  override func extent(at offset: UInt64) -> Extent {
    let index = offset / block
    let start = index * block
    let at = (index + index / ratio) * 8
    guard at < table.length, let entry = reader.number(at: table.offset.addingClamped(at), 8, big: false) else {
      return Extent(start: start, length: size - start, place: .damaged)
    }
    // Payload block states ([MS-VHDX] 2.5.1.1): 6 fully present, 7 in part, the rest in the parent.
    let place: Place
    switch entry & 7 {
    case 6: place = .stored(entry & Self.offsetMask)
    case 7: return shared(offset, start, index, entry & Self.offsetMask)
    case 0: place = hasParent ? .missing : .hole
    case 1, 2, 3: place = .hole
    default: place = .damaged
    }
    return Extent(start: start, length: block, place: place)
  }

  /// A sector of a block of which the parent has a part: a bit for each, lowest first.
  private func shared(_ offset: UInt64, _ start: UInt64, _ index: UInt64, _ host: UInt64) -> Extent {
    let sector = (ratio * block) >> 23
    let number = offset / sector
    let from = number * sector
    let at = (index / ratio * (ratio + 1) + ratio) * 8
    var isOwn = false
    if at < table.length, let entry = reader.number(at: table.offset.addingClamped(at), 8, big: false), entry & 7 == 6 {
      let bit = number % (1 << 23)
      let byte = image.bytes(at: (entry & Self.offsetMask).addingClamped(bit / 8), count: 1).first ?? 0
      isOwn = byte >> UInt8(bit % 8) & 1 != 0
    }
    return Extent(start: from, length: sector, place: isOwn ? .stored(host.addingClamped(from - start)) : .missing)
  }
}
