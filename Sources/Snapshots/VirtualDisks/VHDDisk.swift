import CustodyCore

/// Dynamic and differencing disks of Virtual PC and Hyper-V (Virtual Hard Disk Image Format Specification 1.0). A fixed
/// disk is a raw image with 512 bytes behind it.
final class VHDDisk: VirtualDisk {
  private let block: UInt64
  private let bitmap: UInt64
  private let table: UInt64
  private let entries: UInt64
  private let isDifferencing: Bool
  private let reader: TableReader
  private static let mostSectors: UInt64 = 4096

  static func open(_ image: RandomAccess) -> VirtualDiskResult {
    let footer = Fields(image, at: 0, count: 512)
    guard footer.count == 512 else { return .refused(Trouble(.failed, .truncated)) }
    guard (3...4).contains(footer.big(60, 4)) else { return .refused(Trouble(.opaque, .unsupportedFormat)) }
    guard let disk = VHDDisk(image, footer) else {
      return .refused(Trouble(.failed, .corrupt, "the image's header does not fit together"))
    }
    return .disk(disk)
  }

  private init?(_ image: RandomAccess, _ footer: Fields) {
    let head = Fields(image, at: footer.big(16, 8), count: 1024)
    let size = footer.big(48, 8)
    block = head.big(32, 4)
    guard head.count == 1024, head.has("cxsparse"), block >= 512, block & (block - 1) == 0, size > 0,
      size <= Self.mostSize
    else { return nil }
    bitmap = max(1, (block / 4096 + 511) / 512) * 512
    table = head.big(16, 8)
    entries = head.big(28, 4)
    isDifferencing = footer.big(60, 4) == 4
    reader = TableReader(image)
    super.init(image, size: size)
    guard table < image.size else { return nil }
    if entries < (size - 1) / block + 1 {
      remark(Trouble(.failed, .corrupt, "the table of the image is shorter than its disk"))
    }
    if isDifferencing { remark(Trouble(.partial, .contentNotDecoded, "part of the disk is in a parent disk")) }
  }

  override func extent(at offset: UInt64) -> Extent {
    let index = offset / block
    let start = index * block
    guard index < entries else { return Extent(start: start, length: size - start, place: .damaged) }
    guard let entry = reader.number(at: table.addingClamped(index * 4), 4, big: true) else {
      return Extent(start: start, length: size - start, place: .damaged)
    }
    guard entry != 0xFFFF_FFFF else {
      return Extent(start: start, length: block, place: isDifferencing ? .missing : .hole)
    }
    let bits = entry * 512
    // In a dynamic disk the bitmap says which sectors were written; the others are read too, nothing hides there.
    guard isDifferencing else {
      return Extent(start: start, length: block, place: .stored(bits + bitmap))
    }
    let first = (offset - start) / 512
    let isOwn = isOwn(first, bits)
    var next = first + 1
    // Blocks can have millions of sectors, and each read asks again.
    let last = min(block / 512, first + Self.mostSectors)
    while next < last, self.isOwn(next, bits) == isOwn { next += 1 }
    return Extent(
      start: start + first * 512, length: (next - first) * 512,
      place: isOwn ? .stored(bits + bitmap + first * 512) : .missing)
  }

  private func isOwn(_ sector: UInt64, _ bits: UInt64) -> Bool {
    (reader.number(at: bits + sector / 8, 1, big: false) ?? 0) >> (7 - sector % 8) & 1 != 0
  }
}
