import CustodyCore

/// VirtualBox disks, version 1 (VirtualBox src/VBox/Storage/VDICore.h).
final class VDIDisk: VirtualDisk {
  private let block: UInt64
  private let map: UInt64
  private let data: UInt64
  private let entries: UInt64
  private let hasParent: Bool
  private let reader: TableReader

  static func open(_ image: RandomAccess) -> VirtualDiskResult {
    let head = Fields(image, at: 0, count: 512)
    guard head.count == 512 else { return .refused(Trouble(.failed, .truncated)) }
    guard head.little(70, 2) == 1 else { return .refused(Trouble(.opaque, .unsupportedFormat)) }
    guard let disk = VDIDisk(image, head) else {
      return .refused(Trouble(.failed, .corrupt, "the image's header does not fit together"))
    }
    return .disk(disk)
  }

  private init?(_ image: RandomAccess, _ head: Fields) {
    map = head.little(340, 4)
    data = head.little(344, 4)
    let size = head.little(368, 8)
    block = head.little(376, 4)
    entries = head.little(384, 4)
    // Types: 1 dynamic, 2 fixed, 3 undo, 4 differencing.
    hasParent = head.little(76, 4) > 2
    reader = TableReader(image)
    guard block >= 512, block & (block - 1) == 0, size > 0, size <= Self.mostSize, map < image.size else { return nil }
    super.init(image, size: size)
    if entries < (size - 1) / block + 1 {
      remark(Trouble(.failed, .corrupt, "the table of the image is shorter than its disk"))
    }
    if hasParent { remark(Trouble(.partial, .contentNotDecoded, "part of the disk is in a parent disk")) }
  }

  override func extent(at offset: UInt64) -> Extent {
    let index = offset / block
    let start = index * block
    guard index < entries else { return Extent(start: start, length: size - start, place: .damaged) }
    guard let entry = reader.number(at: map + index * 4, 4, big: false) else {
      return Extent(start: start, length: size - start, place: .damaged)
    }
    let place: Place =
      entry == 0xFFFF_FFFF
      ? (hasParent ? .missing : .hole) : entry == 0xFFFF_FFFE ? .hole : .stored(data + entry * block)
    return Extent(start: start, length: block, place: place)
  }
}
