/// Where the inodes of an ext file system lie in the holes of a sparse disk: such inodes were never written, and a large
/// disk has hundreds of millions of them. Only spares work: what it does not understand is looked at.
struct SparseInodes {
  private let content: RandomAccess
  private let blockSize: UInt64
  private let perGroup: UInt64
  private let inodeSize: UInt64
  private let descriptors: UInt64
  private let descriptorSize: UInt64
  private let tables: TableReader

  /// Nil where nothing can be spared. Fields are those of the superblock (Linux, Documentation/filesystems/ext4).
  init?(_ content: RandomAccess) {
    guard content.dataSize < content.size else { return nil }
    let block = Fields(content, at: 1024, count: 1024)
    guard block.count == 1024, block.little(24, 4) <= 6 else { return nil }
    let features = block.little(96, 4)
    // Descriptors that are spread over the groups (meta_bg) are left alone.
    guard features & 0x10 == 0 else { return nil }
    self.content = content
    blockSize = 1024 << block.little(24, 4)
    perGroup = block.little(40, 4)
    inodeSize = block.little(76, 4) == 0 ? 128 : block.little(88, 2)
    descriptors = (block.little(20, 4) + 1) * blockSize
    descriptorSize = features & 0x80 != 0 ? max(32, block.little(254, 2)) : 32
    tables = TableReader(content)
    guard perGroup > 0, inodeSize >= 128 else { return nil }
  }

  /// How many inodes from this one on lie in holes.
  func absent(from inode: UInt64) -> UInt64 {
    guard inode > 0 else { return 0 }
    let group = (inode - 1) / perGroup
    let index = (inode - 1) % perGroup
    let at = descriptors.addingClamped(group * descriptorSize)
    guard var table = tables.number(at: at.addingClamped(8), 4, big: false) else { return 0 }
    if descriptorSize >= 64 { table |= (tables.number(at: at.addingClamped(40), 4, big: false) ?? 0) << 32 }
    let start = table.multipliedClamped(blockSize).addingClamped(index * inodeSize)
    guard start < content.size else { return 0 }
    let (state, length) = content.stretch(at: start)
    guard state == .zeros else { return 0 }
    return min(length / inodeSize, perGroup - index)
  }
}
